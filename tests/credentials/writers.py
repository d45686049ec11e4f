"""Programs that write one vault: killed at random moments, or all at once. Run as `python -m`, in a process of its own.

    kills FOLDER N     N children, each forked from this warm process, write in a loop until SIGKILL
    race FOLDER N M    N children at once, each puts M accounts of its own

Prints one line of JSON with what it saw; what is wrong is an AssertionError.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import select
import signal
import sys
import time
from collections.abc import Callable, Coroutine
from importlib import import_module
from pathlib import Path
from typing import Any

from tui.calls import Secret
from tui.credentials.sealed import Cost
from tui.credentials.vault import Vault

CHEAP = Cost(8, 1, 1)
LONGEST = 0.008  # seconds until a kill: some three writes, where fsync costs nothing
FILL = "x" * 60_000  # so that writing takes a while


async def _passphrase() -> Secret:
    return Secret("passphrase")


def _vault(folder: Path) -> Vault:
    return Vault(folder / "vault", _passphrase, cost=CHEAP)


def _child(work: Callable[[], Coroutine[Any, Any, None]]) -> int:
    """A fork that does this and nothing else; the pid."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            asyncio.run(work())
            status = 0
        finally:
            os._exit(status)
    return pid


def kills(folder: Path, rounds: int) -> dict[str, int]:
    """What a writer was told is written, is written; what was there before, too; and the file always opens."""
    chance = random.Random(6)
    vault = _vault(folder)

    async def begin() -> None:
        await vault.put("kept", "from the beginning")
        await vault.put("count", json.dumps([0, FILL]))

    asyncio.run(begin())
    vault.lock()  # its timer is of a loop that has ended
    told, torn, between = 0, 0, 0

    async def write(to: int, first: int) -> None:
        mine = _vault(folder)
        number = first
        while True:
            await mine.put("count", json.dumps([number, FILL]))
            os.write(to, number.to_bytes(4, "big"))
            number += 1

    async def look() -> tuple[str | None, int]:
        kept, count = await vault.get("kept"), await vault.get("count")
        assert count is not None
        number, fill = json.loads(count)
        assert fill == FILL
        return kept, number

    for _ in range(rounds):
        end, to = os.pipe()
        first = told + 1

        async def go(to: int = to, first: int = first) -> None:
            await write(to, first)

        pid = _child(go)
        os.close(to)
        select.select([end], [], [], 5)  # its first write is done: from here on it writes all the time
        time.sleep(chance.uniform(0, LONGEST))
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        with os.fdopen(end, "rb") as said:
            numbers = said.read()
        told = max(told, int.from_bytes(numbers[-4:], "big"))
        torn += (folder / "vault.new").exists()
        kept, number = asyncio.run(look())
        vault.lock()
        assert kept == "from the beginning"
        assert told <= number <= told + 1, (told, number)
        between += number > told
        told = number
    return {"kills": rounds, "writes": told, "during a write": torn, "before it was told": between}


def race(folder: Path, writers: int, puts: int) -> dict[str, int]:
    """All of what all of them put is there."""

    async def write(writer: int) -> None:
        vault = _vault(folder)
        for number in range(puts):
            await vault.put(f"{writer}-{number}", f"{writer}")

    async def look() -> int:
        vault = _vault(folder)
        names = await vault.names()
        assert set(names) == {f"{writer}-{number}" for writer in range(writers) for number in range(puts)}
        assert [await vault.get(name) for name in names] == [name.partition("-")[0] for name in names]
        return len(names)

    def work(writer: int) -> Callable[[], Coroutine[Any, Any, None]]:
        return lambda: write(writer)

    ended = [os.waitpid(pid, 0)[1] for pid in [_child(work(writer)) for writer in range(writers)]]
    assert ended == [0] * writers
    return {"kept": asyncio.run(look())}


if __name__ == "__main__":
    what, folder, *numbers = sys.argv[1:]
    import_module("cryptography.hazmat.primitives.ciphers.aead")  # here, and not in each child anew
    import_module("cryptography.hazmat.primitives.kdf.argon2")
    gc.freeze()
    saw = (kills if what == "kills" else race)(Path(folder), *map(int, numbers))
    sys.stdout.write(json.dumps(saw))
