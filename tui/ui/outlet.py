"""Outlet: writes to the terminal what it takes, in a thread that nobody waits for.

Textual (8.2.8) lets 30 writes wait and then whoever draws: behind a terminal that is not read, polling and keys stop.
"""

from __future__ import annotations

import codecs
import os
import select
from collections.abc import Callable
from contextlib import suppress
from threading import Condition, Thread, current_thread
from time import monotonic

from rich.cells import cell_len

from tui.ui.charset import Narrow

PIECE = 1 << 14  # bytes at a time
LOOK = 0.1  # seconds between two looks whether anybody still wants it written
ROOM = 1 << 18  # characters that may wait: a frame of 500x200 with all its colours has half of them
LATE = 0.5  # seconds in which a terminal takes what it got; a link is as slow at times, its screen is then drawn whole
LAST = 0.5  # seconds for what waits at the end


def _as_wide(error: UnicodeError) -> tuple[str, int]:
    """As many question marks as the signs would have taken cells: what follows stays where it belongs."""
    assert isinstance(error, UnicodeEncodeError)  # noqa: S101 - codecs asks for nothing else here
    return "?" * cell_len(error.object[error.start : error.end]), error.end


codecs.register_error("taskdeck-as-wide", _as_wide)


class Outlet(Thread):
    """`drained`: the terminal has all it was to get, but missed a frame. `lost`: it is gone. Told from this thread."""

    def __init__(
        self,
        fileno: int,
        encoding: str,
        *,
        drained: Callable[[], None],
        lost: Callable[[], None],
        room: int = ROOM,
        narrow: Narrow | None = None,
    ) -> None:
        super().__init__(name="taskdeck-output", daemon=True)
        self._fileno, self._encoding, self._room = fileno, encoding, room
        self._drained, self._lost, self._narrow = drained, lost, narrow
        self._changed = Condition()
        self._waiting: list[str] = []
        self._size = 0  # characters that wait or are being written
        self._since = 0.0
        self._missed = self._ended = self._shut = False

    @property
    def shut(self) -> bool:
        """Whether it was abandoned."""
        return self._shut

    @property
    def stuck(self) -> bool:
        """Whether something has not been taken yet."""
        return self._size > 0

    @property
    def behind(self) -> bool:
        """Whether a frame would only wait. Who hears so drops it, and `drained` says when to draw everything."""
        with self._changed:
            late = self._size > 0 and (self._size > self._room or monotonic() - self._since > LATE)
            self._missed |= late
            return late

    def write(self, text: str) -> None:
        """Has it written. What is no frame is short, and waits; a hundred thousand bells do not."""
        with self._changed:
            if self._ended or self._size > 2 * self._room:
                self._missed = True
                return
            if not self._size:
                self._since = monotonic()
            self._waiting.append(text)
            self._size += len(text)
            self._changed.notify()

    def stop(self) -> None:
        """Has the rest written, if the terminal takes it."""
        with self._changed:
            self._ended = True
            self._changed.notify()
        self._join(LAST)

    def abandon(self) -> None:
        """Nothing more is written, whatever waits."""
        with self._changed:
            self._shut = self._ended = True
            self._waiting.clear()
            self._changed.notify()
        self._join(2 * LOOK)

    def _join(self, seconds: float) -> None:
        if self.ident is not None and self is not current_thread():  # a terminal may be gone before this has begun
            self.join(seconds)

    def run(self) -> None:
        """The thread."""
        while True:
            with self._changed:
                while not self._waiting and not self._ended:
                    self._changed.wait()
                if not self._waiting:
                    return
                text = "".join(self._waiting)
                self._waiting.clear()
                self._since = monotonic()
            try:
                shown = text if self._narrow is None or text.isascii() else text.translate(self._narrow)
                self._put(shown.encode(self._encoding, "taskdeck-as-wide"))
            except OSError:
                self.abandon()
                self._lost()
                return
            with self._changed:
                self._size -= len(text)
                told, self._missed = self._missed and not self._size, self._missed and self._size > 0
            if told:
                self._drained()

    def last(self, text: str) -> None:
        """Writes this now, in whatever thread, if the terminal takes it. OSError where it is gone."""
        if select.select((), (self._fileno,), (), LAST)[1]:
            os.write(self._fileno, text.encode())

    def _put(self, data: bytes) -> None:
        view, at = memoryview(data), 0
        while at < len(data) and not self._shut:
            if select.select((), (self._fileno,), (), LOOK)[1] and not self._shut:
                with suppress(BlockingIOError):  # others write there, too
                    at += os.write(self._fileno, view[at : at + PIECE])


def unblocked(fileno: int) -> int:
    """The same terminal, opened again so that no write to it blocks: to say so of ours would say it of the shell's.

    Where that is forbidden (after `su`) it is ours: a write may then be stuck until the terminal reads on or flushes.
    """
    try:
        return os.open(os.ttyname(fileno), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
    except OSError:
        return os.dup(fileno)
