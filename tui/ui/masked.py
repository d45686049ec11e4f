"""Masked: one secret line being typed, in memory of our own that is wiped; no repr, pickle or screen shows it."""

from __future__ import annotations

from tui.calls import Secret
from tui.ui.caret import Caret

MOST = 8_192  # characters: an STS token has some 1,500
CELL = 4  # bytes of a character


class Masked(Caret):
    """Text and caret. The memory is taken once: a buffer that grows leaves copies behind."""

    __slots__ = ("_memory", "size")

    def __init__(self) -> None:
        self._memory = bytearray(CELL * MOST)
        self.size = self.caret = 0

    def insert(self, typed: str) -> bool:
        """Types at the caret; whether there was room."""
        count = len(typed)
        if self.size + count > MOST:
            return False
        self._move(self.caret, self.caret + count)
        self._memory[CELL * self.caret : CELL * (self.caret + count)] = typed.encode("utf-32-le", "replace")
        self.size += count
        self.caret += count
        return True

    def erase(self, start: int, end: int) -> None:
        """Takes out the characters from `start` to `end`."""
        start, end = max(0, start), min(self.size, end)
        if start >= end:
            return
        self._move(end, start)
        before, self.size, self.caret = self.size, self.size - (end - start), start
        self._memory[CELL * self.size : CELL * before] = bytes(CELL * (before - self.size))

    def wipe(self) -> None:
        """Nothing of it is left."""
        self._memory[:] = bytes(len(self._memory))
        self.size = self.caret = 0

    def reveal(self) -> Secret:
        """What was typed, for whoever signs or keeps it."""
        return Secret(self._memory[: CELL * self.size].decode("utf-32-le", "replace"))

    @property
    def length(self) -> int:
        """How many characters there are."""
        return self.size

    def word_start(self) -> int:
        """Where its words end is nobody's business: the beginning."""
        return 0

    def _move(self, start: int, to: int) -> None:
        """What stands from `start` on, elsewhere: within the memory, without a copy."""
        view = memoryview(self._memory)
        view[CELL * to : CELL * (to + self.size - start)] = view[CELL * start : CELL * self.size]

    def __repr__(self) -> str:
        return "Masked(***)"

    def __reduce__(self) -> str:
        raise TypeError("a secret is not written anywhere")
