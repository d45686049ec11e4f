"""A real pty with a terminal emulator on its other end: what a person would see, and the keys they press."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType

import pyte
from wcwidth import wcwidth

from tests import leaks

# What pyte does not know and would print: key protocol and mode questions.
_UNKNOWN = re.compile(rb"\x1b\[[<>=?]\d*u|\x1b\[\?\d+\$p|\x1b\[>\d*q|\x1bP[^\x1b]*\x1b\\")
_ANSWERS = ((b"\x1b[6n", b"\x1b[1;1R"), (b"\x1b[c", b"\x1b[?62;22c"), (b"\x1b[?2026$p", b"\x1b[?2026;2$y"))


class Screen(pyte.Screen):
    """An emulator that blanks, as terminals do, what is left of a wide sign when its first half is written over.

    It happens where a program is told a wrong width: what it never writes to may hold the second half.
    """

    @property
    def display(self) -> list[str]:
        """The lines."""
        for y in range(self.lines):
            line = self.buffer[y]
            for x in [x for x, cell in line.items() if not cell.data]:
                if x == 0 or not line[x - 1].data or wcwidth(line[x - 1].data[0]) < 2:
                    line[x] = line[x]._replace(data=" ")
        return super().display


class Terminal:
    """One program in a pty of a size. Waits are for what the screen shows, never for time to pass."""

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str],
        *,
        columns: int,
        lines: int,
        told: tuple[int, int] | None = None,
    ) -> None:
        self.screen = Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self.seen = bytearray()
        self.code: int | None = None
        across, down = told or (columns, lines)  # what the program is told of it
        self.pid, self._fd = pty.fork()
        if self.pid == 0:  # pragma: no cover - the child
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", down, across, 0, 0))
            os.execvpe(command[0], list(command), dict(env))
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", down, across, 0, 0))

    def __enter__(self) -> Terminal:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.code is None:
            os.kill(self.pid, signal.SIGTERM)
            if self.wait(5) is None:
                os.kill(self.pid, signal.SIGKILL)
                self.wait(5)
        self.hang_up()
        leaks.trail.told("bytes of a terminal", bytes(self.seen))

    @property
    def text(self) -> str:
        """The screen as lines."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    @property
    def line(self) -> Sequence[object]:
        """How the line is set: echo, signals and all that, as `stty` would say it; not what the driver cannot know."""
        return termios.tcgetattr(self._fd)[:6]

    @property
    def modes(self) -> dict[int, bool]:
        """The private modes that the program has turned on (True) or off, as it last did."""
        found = re.findall(rb"\x1b\[\?([0-9]+)([hl])", bytes(self.seen))
        return {int(number): how == b"h" for number, how in found}

    def press(self, keys: str | bytes) -> None:
        """Types, be it text or not."""
        os.write(self._fd, keys.encode() if isinstance(keys, str) else keys)

    def hang_up(self) -> None:
        """The terminal goes away, as a lost connection has it."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def stopped(self, limit: float = 10) -> bool:
        """Reads until the program is stopped by a signal; whether it is."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            self._pump(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG | os.WUNTRACED)
            if pid:
                self._rest()
                return os.WIFSTOPPED(status)
        return False

    def ended(self, limit: float) -> bool:
        """Whether the program ends while nobody reads what it writes."""
        watch = os.pidfd_open(self.pid)
        try:
            return bool(select.select([watch], [], [], limit)[0])
        finally:
            os.close(watch)

    def signal(self, number: int) -> None:
        """Sends a signal to the program."""
        os.kill(self.pid, number)

    def resize(self, columns: int, lines: int) -> None:
        """Another size, as a terminal tells it."""
        self.screen.resize(lines, columns)
        self.tell(columns, lines)

    def tell(self, columns: int, lines: int) -> None:
        """Tells the program a size, true or not."""
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        os.kill(self.pid, signal.SIGWINCH)

    def until(self, shows: str | Callable[[str], object], limit: float = 30) -> str:
        """Reads until the screen shows a text (or satisfies a test). AssertionError with the screen otherwise."""
        wanted = (lambda text: shows in text) if isinstance(shows, str) else shows
        end = time.monotonic() + limit
        while time.monotonic() < end:
            if wanted(self.text):
                leaks.processes(self.pid)
                return self.text
            if not self._pump(0.2):
                break
        raise AssertionError(f"never showed {shows!r}; the screen is\n{self.text}")

    def wait(self, limit: float = 20) -> int | None:
        """Reads until the program has ended; answers its exit code, as a shell would say it."""
        end = time.monotonic() + limit
        while self.code is None and time.monotonic() < end:
            self._pump(0.05)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(status)
                self.code = code if code >= 0 else 128 - code
        self._rest()
        return self.code

    def _rest(self) -> None:
        """What it wrote last."""
        before = -1
        while len(self.seen) > before:
            before = len(self.seen)
            if not self._pump(0.1):
                break

    def _pump(self, seconds: float) -> bool:
        """Reads what there is; False when the program's side is closed."""
        ready, _, _ = select.select([self._fd] if self._fd >= 0 else [], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self._fd, 1 << 16)
        except OSError:
            return False
        self.seen += data
        for question, answer in _ANSWERS:
            if question in data:
                os.write(self._fd, answer)
        self._stream.feed(_UNKNOWN.sub(b"", data))
        return bool(data)
