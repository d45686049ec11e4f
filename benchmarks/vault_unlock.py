"""What opening the vault takes: Argon2id at its real cost, cold and warm, and a read when it is open."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tui.calls import Secret  # noqa: E402 - after the path
from tui.credentials.sealed import COST  # noqa: E402 - as above
from tui.credentials.vault import Vault  # noqa: E402 - as above

ROUNDS = int(os.environ.get("ROUNDS", "21"))
LIMIT = 0.5  # seconds: what an unlock may take (issue 6)
COLD = """
import asyncio, sys, time
from pathlib import Path
from tui.calls import Secret
from tui.credentials.vault import Vault
vault = Vault(Path(sys.argv[1]), None)
start = time.perf_counter()
asyncio.run(vault.unlock(Secret("correct horse battery staple")))
print(time.perf_counter() - start)
"""


async def passphrase() -> Secret:
    """The one of all rounds."""
    return Secret("correct horse battery staple")


async def taken(work: Callable[[], Awaitable[object]]) -> float:
    """Seconds that something takes."""
    start = time.perf_counter()
    await work()
    return time.perf_counter() - start


async def warm(path: Path) -> dict[str, list[float]]:
    """Seconds of each thing, round by round, in one process."""
    vault = Vault(path, passphrase)
    await vault.put("ali-prod", '{"access_key_id": "x", "access_key_secret": "y"}')
    names = ("unlock, warm", "its CPU, all threads", "read, unlocked", "write, unlocked")
    found: dict[str, list[float]] = {name: [] for name in names}
    for _ in range(ROUNDS):
        vault.lock()
        busy = time.process_time()
        found["unlock, warm"].append(await taken(vault.unlock))
        found["its CPU, all threads"].append(time.process_time() - busy)
        found["read, unlocked"].append(await taken(lambda: vault.get("ali-prod")))
        found["write, unlocked"].append(await taken(lambda: vault.put("ali-prod", "{}")))
    return found


def cold(path: Path) -> float:
    """Seconds of the first unlock of a process: it imports cryptography and starts a loop."""
    ran = subprocess.run([sys.executable, "-c", COLD, str(path)], capture_output=True, text=True, check=True, cwd=ROOT)
    return float(ran.stdout)


def main() -> int:
    """Prints medians and worst; 1 where the median unlock takes too long."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "state" / "vault"
        found = asyncio.run(warm(path))
        found = {"unlock, first of a process": [cold(path) for _ in range(ROUNDS)], **found}
    print(f"Argon2id, {COST.memory // 1024} MiB, {COST.passes} passes, {COST.lanes} lanes; {ROUNDS} rounds; ", end="")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors\n")
    print(f"{'':28}{'median':>10}{'best':>10}{'worst':>10}   ms")
    for name, times in found.items():
        shown = (statistics.median(times), min(times), max(times))
        print(f"{name:28}" + "".join(f"{1000 * one:10.1f}" for one in shown))
    slowest = max(statistics.median(times) for name, times in found.items() if name.startswith("unlock"))
    print(f"\nunlock below {LIMIT} s: {'yes' if slowest < LIMIT else 'NO'}")
    return int(slowest >= LIMIT)


if __name__ == "__main__":
    raise SystemExit(main())
