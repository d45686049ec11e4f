"""`command:ARGV`: another program prints the key. Run without a shell, bounded, and ended with all that it started."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from tui.calls import Credential
from tui.credentials.environment import without_keys
from tui.credentials.moments import told
from tui.credentials.shapes import credential_of
from tui.errors import NoCredential
from tui.mask import inside
from tui.settings import Account
from tui.text import clean

SECONDS = 60.0  # as long as the vendors' own tools wait for such a program
LARGEST = 64 * 1024  # bytes that it may print; the longest STS answers have some 5,000
GRACE_SECONDS = 1.0  # for what is still in the pipe of a program that has ended, and for one that was killed
LINE = 160  # signs of its first line of complaint


class Command:
    """An Origin: run when there is no key, when it ends soon, or when it is refused; never for a key that works."""

    pace: float | None = None
    patience = 30.0  # a program may ask somebody for a finger on a key: not every 5 s
    margin = 180.0
    note = ""

    def __init__(
        self, account: Account, line: str, environ: Mapping[str, str] = os.environ, seconds: float = SECONDS
    ) -> None:
        self._account, self._line, self._environ, self._seconds = account, line, environ, seconds

    def again(self) -> None:
        """Nothing was given up."""

    async def changed(self) -> bool:
        """Only running it shows that."""
        return True

    async def read(self) -> Credential:
        """What the program prints, as a credential."""
        words = argv(self._line)
        if not words:
            raise self._wrong('names no program, or a quote in it is open: credentials = "command:PROGRAM WORDS"')
        code, printed, complaint = await self._run(words)
        name = clean(os.path.basename(words[0]), limit=60)  # noqa: PTH119 - the last part of a text
        if code != 0:
            said = _first_line(complaint)
            how = f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
            raise self._wrong(f"({name}) {how}{f': {said}' if said else ''}")
        try:
            given = json.loads(printed.decode("utf-8-sig"))
        except (ValueError, RecursionError):  # the second: ten thousand brackets
            given = None
        if not isinstance(given, dict):
            raise self._wrong(f"({name}) printed {'no JSON object' if printed.strip() else 'nothing'}")
        found = credential_of(self._account, given)
        if found.expires_at is not None and found.expires_at <= time.time() * 1000:
            raise self._wrong(f"({name}) printed a key that ended at {told(found.expires_at)}")
        return found

    async def _run(self, words: Sequence[str]) -> tuple[int, bytes, bytes]:
        loop = asyncio.get_running_loop()
        name = clean(words[0], limit=60)
        try:
            transport, run = await loop.subprocess_exec(
                _Run,
                *words,
                stdin=asyncio.subprocess.DEVNULL,
                env=without_keys(self._environ),
                start_new_session=True,  # a group of its own, so that all that it starts ends with it
            )
        except FileNotFoundError:
            raise self._wrong(f"names no program that is there: {name}") from None
        except (OSError, ValueError) as error:  # the second: a zero byte
            raise self._wrong(f"cannot be run: {name}: {getattr(error, 'strerror', None) or 'no such name'}") from None
        try:
            async with asyncio.timeout(self._seconds):
                await run.over
            if run.flooded:
                raise self._wrong(f"({name}) printed more than {LARGEST:,} bytes")
            code = transport.get_returncode()
            return (0 if code is None else code), bytes(run.printed[1]), bytes(run.printed[2])
        except TimeoutError:
            raise self._wrong(f"({name}) has not ended within {self._seconds:g} s; it was stopped") from None
        finally:
            if not run.whole:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(transport.get_pid(), signal.SIGKILL)
            with suppress(TimeoutError):  # so that nobody is left to tell the loop, once it is closed, that it ended
                async with asyncio.timeout(GRACE_SECONDS):
                    await run.exited
            transport.close()

    def _wrong(self, problem: str) -> NoCredential:
        return NoCredential(f"account {self._account.name}: its command {problem}")


class _Run(asyncio.SubprocessProtocol):
    """What a program prints, up to a limit. `over`: it has ended, or printed too much."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        self.over: asyncio.Future[None] = loop.create_future()
        self.exited: asyncio.Future[None] = loop.create_future()
        self.printed = {1: bytearray(), 2: bytearray()}
        self.flooded = False
        self._open = {1, 2}

    @property
    def whole(self) -> bool:
        """Whether it has ended, and nothing that it started can print any more."""
        return self.exited.done() and not self._open

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        kept = self.printed[fd]
        kept += data[: LARGEST - len(kept)]
        if fd == 1 and len(data) and len(kept) == LARGEST:
            self.flooded = True
            _set(self.over)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        self._open.discard(fd)
        if self.exited.done() and 1 not in self._open:
            _set(self.over)

    def process_exited(self) -> None:
        _set(self.exited)
        if 1 not in self._open:
            _set(self.over)
        else:  # what it left behind holds the pipe
            asyncio.get_running_loop().call_later(GRACE_SECONDS, _set, self.over)


def argv(line: str) -> list[str]:
    """The words of a command line, quotes as in a shell; empty where a quote is open or there is no word."""
    try:
        words = shlex.split(line)
    except ValueError:
        return []
    return [os.path.expanduser(words[0]), *words[1:]] if words and words[0] else []  # noqa: PTH111 - Path's raises


def _set(future: asyncio.Future[Any]) -> None:
    if not future.done():
        future.set_result(None)


def _first_line(complaint: bytes) -> str:
    """The first line that says something, without what looks like a secret."""
    for line in complaint.decode("utf-8", "replace").splitlines():
        if line.strip():
            return inside(clean(line.strip(), limit=LINE))
    return ""
