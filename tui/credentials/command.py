"""`command:ARGV`: another program prints the key. Run without a shell, bounded, and ended with all that it started."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

from tui.calls import Credential
from tui.credentials import leash
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
PAUSES = (0.005, 0.1)  # seconds between two looks whether it has ended: most take some milliseconds
SHAPE = "it has to print the JSON of docs/credentials.md"
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
            raise self._wrong(f"({name}) {how}{f': {said}' if said else ''}; run it by hand to see more")
        try:
            given = json.loads(printed.decode("utf-8-sig"))
        except (ValueError, RecursionError):  # the second: ten thousand brackets
            given = None
        if not isinstance(given, dict):
            raise self._wrong(f"({name}) printed {'no JSON object' if printed.strip() else 'nothing'}; {SHAPE}")
        found = credential_of(self._account, given)
        if found.expires_at is not None and found.expires_at <= time.time() * 1000:
            raise self._wrong(f"({name}) printed a key that ended at {told(found.expires_at)}")
        return found

    async def _run(self, words: Sequence[str]) -> tuple[int, bytes, bytes]:
        name = clean(words[0], limit=60)
        run = _Run(self._started(words, name))
        try:
            async with asyncio.timeout(self._seconds):
                code = await run.ended()
            if run.flooded:
                raise self._wrong(f"({name}) printed more than {LARGEST:,} bytes")
            return code, bytes(run.printed), bytes(run.complaint)
        except TimeoutError:
            raise self._wrong(f"({name}) has not ended within {self._seconds:g} s; it was stopped") from None
        finally:
            run.close()

    def _started(self, words: Sequence[str], name: str) -> subprocess.Popen[bytes]:
        """The program. Not asyncio's: cancelled while it connects the pipes, that one waits for ever (Python 3.11)."""
        try:
            return leash.started(
                lambda: subprocess.Popen(  # noqa: S603 - the words are the user's own config
                    words,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    env=without_keys(self._environ),
                    start_new_session=True,  # a group of its own, so that all that it starts ends with it
                    preexec_fn=leash.bound(),
                )
            )
        except FileNotFoundError:
            raise self._wrong(f"names no program that is there: {name}") from None
        except (OSError, ValueError) as error:  # the second: a zero byte
            raise self._wrong(f"cannot be run: {name}: {getattr(error, 'strerror', None) or 'no such name'}") from None

    def _wrong(self, problem: str) -> NoCredential:
        return NoCredential(f"account {self._account.name}: its command {problem}")


class _Run:
    """What a program prints, up to a limit, and its end. `close` ends it with its group, and waits for nobody."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.printed, self.complaint = bytearray(), bytearray()
        self._process, self._loop = process, asyncio.get_running_loop()
        self._over: asyncio.Future[None] = self._loop.create_future()  # nothing more is printed, or too much was
        self._pipes: dict[int, bytearray] = {}
        for pipe, kept in ((process.stdout, self.printed), (process.stderr, self.complaint)):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
                self._pipes[pipe.fileno()] = kept
                self._loop.add_reader(pipe.fileno(), self._more, pipe.fileno())

    @property
    def flooded(self) -> bool:
        """Whether it printed more than anybody wants to read."""
        return len(self.printed) > LARGEST

    async def ended(self) -> int:
        """Its exit code, once it has ended and its output is read; what it leaves behind may hold the pipe."""
        pause = PAUSES[0]
        while not self.flooded:
            code = self._process.poll()
            if code is not None:
                await asyncio.wait([self._over], timeout=GRACE_SECONDS)
                return code
            if self._over.done():
                await asyncio.sleep(pause)
            else:
                await asyncio.wait([self._over], timeout=pause)
            pause = min(2 * pause, PAUSES[1])
        return 0

    def close(self) -> None:
        """Ends it, and whatever of its group may still be there."""
        for fd in self._pipes:
            self._loop.remove_reader(fd)
        if self._pipes or self._process.poll() is None:
            leash.kill(self._process.pid)
        leash.let_go(self._process.pid)
        with suppress(subprocess.TimeoutExpired):  # a disk that it waits for may hold it even so
            self._process.wait(GRACE_SECONDS)
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def _more(self, fd: int) -> None:
        try:
            data = os.read(fd, LARGEST)
        except BlockingIOError:
            return
        kept = self._pipes[fd]
        kept += data[: LARGEST + 1 - len(kept)]
        if not data:
            del self._pipes[fd]
            self._loop.remove_reader(fd)
        if (not data or self.flooded) and kept is self.printed and not self._over.done():
            self._over.set_result(None)


def argv(line: str) -> list[str]:
    """The words of a command line, quotes as in a shell; empty where a quote is open or there is no word."""
    try:
        words = shlex.split(line)
    except ValueError:
        return []
    return [os.path.expanduser(words[0]), *words[1:]] if words and words[0] else []  # noqa: PTH111 - Path's raises


def _first_line(complaint: bytes) -> str:
    """The first line that says something, without what looks like a secret."""
    for line in complaint.decode("utf-8", "replace").splitlines():
        if line.strip():
            return inside(clean(line.strip(), limit=LINE))
    return ""
