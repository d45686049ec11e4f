"""A program in a pty, watched from the outside: when each piece of its output came, and what its screen shows then.

A thread reads and takes the time; the terminal emulator is fed afterwards, so that its slowness is in no figure.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

import pyte

QUIET = 0.015  # seconds without output after which a paint is over, where the program does not mark its frames
BATCH = 0.06  # seconds after which output that never pauses is looked at all the same
SETTLE = 0.5  # seconds that what is painted so far may still change, when it may be all or not
NO, MAYBE, YES = 0, 1, 2  # what a screen says to "is it painted?"
FRAME_END = b"\x1b[?2026l"
TICKS = os.sysconf("SC_CLK_TCK")
# What pyte does not know and would print, and the start of a sequence whose end is in the next piece.
_UNKNOWN = re.compile(rb"\x1b\[[<>=?]\d*u|\x1b\[\?\d+\$p|\x1b\[>[\d;]*[qmc]|\x1bP[^\x1b]*\x1b\\")
_CUT = re.compile(rb"\x1b(?:\[[0-9;:?<=>! $]*|P[^\x1b]*|\][^\x07\x1b]*)?$")
_BARE = re.compile(
    rb"\x1b\[[0-9;:?<=>!]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\|\x1b[()=>78][A-Z0-9]?"
)
_ANSWERS = ((b"\x1b[6n", b"\x1b[1;1R"), (b"\x1b[c", b"\x1b[?62;22c"), (b"\x1b[?2026$p", b"\x1b[?2026;2$y"))


class Piece(NamedTuple):
    """What one read gave, and when (`time.perf_counter`)."""

    at: float
    data: bytes


class Paint(NamedTuple):
    """Milliseconds from a key to the first output, and to the last byte of the frame that shows its effect."""

    first: float
    last: float
    written: int
    shown: bool = True
    """False: it never came, `last` is how long it was waited for."""


class Still(NamedTuple):
    """What a program did while no key was pressed."""

    seconds: float
    cpu: float
    frames: int
    written: int


def bare(data: bytes) -> bytes:
    """The text of it, without escape sequences and control characters."""
    return bytes(byte for byte in _BARE.sub(b"", data) if byte >= 32)


class Watched:
    """One program in a pty. Keys go in, paints come out."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], *, columns: int = 120, lines: int = 40) -> None:
        sys.setswitchinterval(0.0005)  # the reading thread is not to wait for the emulator
        self.screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self.screen)
        self._cut = b""
        self._frames = False
        self._pieces: list[Piece] = []
        self._came = threading.Condition()
        self._ended = False
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
            try:
                os.execvpe(command[0], list(command), dict(env))
            finally:
                os._exit(127)
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Watched:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for sign in (signal.SIGTERM, signal.SIGKILL):
            os.kill(self.pid, sign)
            end = time.monotonic() + 3
            while time.monotonic() < end:
                if os.waitpid(self.pid, os.WNOHANG)[0]:
                    self._ended = True
                    self._reader.join(1)
                    os.close(self._fd)
                    return
                time.sleep(0.02)

    @property
    def text(self) -> str:
        """The screen as lines."""
        return "\n".join(self.lines())

    def lines(self) -> list[str]:
        """The lines of the screen."""
        return [self.line(y) for y in range(self.screen.lines)]

    def line(self, y: int) -> str:
        """One line of the screen."""
        row = self.screen.buffer[y]
        return "".join(row[x].data or " " for x in range(self.screen.columns))

    def press(self, keys: str) -> float:
        """Types; answers when."""
        at = time.perf_counter()
        os.write(self._fd, keys.encode())
        return at

    def until(self, shows: Callable[[Watched], object], limit: float) -> float:
        """Waits for a screen; seconds that it took. RuntimeError with the screen otherwise."""
        began = time.perf_counter()
        while time.perf_counter() - began < limit and not self._ended:
            if shows(self):
                return time.perf_counter() - began
            for piece in self._batch(time.perf_counter() + 0.2):
                self._feed(piece.data)
        raise RuntimeError(f"the program never got ready; its screen is\n{self.text}")

    def paint(self, keys: str, painted: Callable[[Watched], int], limit: float = 6.0) -> Paint:
        """Presses and waits until the screen shows the effect. `painted` is asked after each piece of output.

        MAYBE is taken when nothing better comes within `SETTLE`.
        """
        self.catch_up()
        began = self.press(keys)
        first = maybe = last = 0.0
        written = 0
        while not last and not self._ended:
            now = time.perf_counter()
            if now - began > limit or (maybe and now - maybe > SETTLE):
                break
            pieces = self._batch(now + 0.05)
            for at, piece in enumerate(pieces):
                first = first or piece.at
                self._feed(piece.data)
                written += len(piece.data)
                answer = NO if last else painted(self)
                if answer != NO and (answer == YES or not maybe):
                    end = self._end(pieces[at:])
                    maybe, last = end, end if answer == YES else 0.0
        last = last or maybe
        if not last:
            return Paint((first - began) * 1000 if first else limit * 1000, limit * 1000, written, shown=False)
        return Paint((first - began) * 1000, (last - began) * 1000, written)

    def still(self, seconds: float) -> Still:
        """Presses nothing for a while."""
        self.catch_up()
        before, began = self.cpu(), time.perf_counter()
        time.sleep(seconds)
        used, took = self.cpu() - before, time.perf_counter() - began
        with self._came:
            pieces = list(self._pieces)
        self.catch_up()
        if self._frames:
            frames = sum(piece.data.count(FRAME_END) for piece in pieces)
        else:
            frames = sum(not at or piece.at - pieces[at - 1].at > QUIET for at, piece in enumerate(pieces))
        return Still(took, used / took, frames, sum(len(piece.data) for piece in pieces))

    @property
    def ended(self) -> bool:
        """Whether nothing can come any more."""
        return self._ended

    @property
    def fate(self) -> str:
        """How the program has ended by itself, "" while it runs."""
        told = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if told is None:
            return ""
        if told.si_code == os.CLD_EXITED:
            return f"ended with {told.si_status}"
        return f"was ended by {signal.Signals(told.si_status).name}"

    def take(self, limit: float = 0.0) -> list[Piece]:
        """What has come, and the screen does not show yet; waits so long for anything."""
        with self._came:
            if not self._pieces and limit:
                self._came.wait(limit)
            pieces, self._pieces = self._pieces, []
        return pieces

    def feed(self, pieces: Sequence[Piece]) -> None:
        """Lets the screen show what was taken."""
        for piece in pieces:
            self._feed(piece.data)

    def catch_up(self) -> None:
        """Lets the screen show all that has come."""
        self.feed(self.take())

    def cpu(self) -> float:
        """Seconds of CPU that the program has used."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def cpu_exactly(self) -> float:
        """Seconds of CPU of the threads that it has now, to the nanosecond."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(one.read_text().split()[0]) for one in tasks) / 1e9

    def peak(self) -> float:
        """MiB of memory at the peak."""
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{self.pid}/status").read_text())
        return int(found[1]) / 1024 if found else float("nan")

    def _end(self, pieces: Sequence[Piece]) -> float:
        """When the frame ends whose effect shows in the first of these pieces."""
        last = pieces[0].at
        for piece in pieces:
            if not self._frames and piece.at - last > QUIET:
                break
            last = piece.at
            if self._frames and FRAME_END in piece.data:
                break
        return last

    def _batch(self, deadline: float) -> list[Piece]:
        """Output up to its next pause; nothing when there is none before the deadline."""
        with self._came:
            while not self._pieces and not self._ended and (left := deadline - time.perf_counter()) > 0:
                self._came.wait(left)
            if not self._pieces:
                return []
            most = time.perf_counter() + BATCH
            while (now := time.perf_counter()) < most and (left := self._pieces[-1].at + QUIET - now) > 0:
                self._came.wait(left)
            pieces, self._pieces = self._pieces, []
        return pieces

    def _feed(self, data: bytes) -> None:
        data = self._cut + data
        cut = _CUT.search(data, max(0, data.rfind(b"\x1b")))
        self._cut = cut[0] if cut else b""
        self._frames = self._frames or FRAME_END in data
        self._stream.feed(_UNKNOWN.sub(b"", data[: len(data) - len(self._cut)]))

    def _read(self) -> None:
        while not self._ended:
            try:
                if not select.select([self._fd], [], [], 0.5)[0]:
                    continue
                data = os.read(self._fd, 1 << 16)
                at = time.perf_counter()
                for question, answer in _ANSWERS:
                    if question in data:
                        os.write(self._fd, answer)
            except OSError:
                break
            with self._came:
                self._pieces.append(Piece(at, data))
                self._came.notify()
        self._ended = True
        with self._came:
            self._came.notify()
