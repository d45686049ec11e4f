"""Caret: the keys that every line being typed has, whatever holds its text. Pure."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable


class Caret(ABC):
    """Moves `caret` between 0 and `length`, and takes out what is beside it."""

    __slots__ = ("caret",)
    caret: int

    @property
    @abstractmethod
    def length(self) -> int:
        """How many characters there are."""

    @abstractmethod
    def erase(self, start: int, end: int) -> None:
        """Takes out the characters from `start` to `end`."""

    @abstractmethod
    def word_start(self) -> int:
        """Where the word before the caret begins."""

    def press(self, key: str) -> bool:
        """Acts on an editing key; False when it is none."""
        action = self._keys().get(key)
        if action is not None:
            action()
        return action is not None

    def _keys(self) -> dict[str, Callable[[], None]]:
        return {
            "left": lambda: self._go(self.caret - 1),
            "right": lambda: self._go(self.caret + 1),
            "home": lambda: self._go(0),
            "end": lambda: self._go(self.length),
            "ctrl+e": lambda: self._go(self.length),
            "backspace": lambda: self.erase(self.caret - 1, self.caret) if self.caret else None,
            "delete": lambda: self.erase(self.caret, self.caret + 1),
            "ctrl+w": lambda: self.erase(self.word_start(), self.caret),
            "ctrl+u": lambda: self.erase(0, self.caret),
            "ctrl+k": lambda: self.erase(self.caret, self.length),
        }

    def _go(self, caret: int) -> None:
        self.caret = max(0, min(self.length, caret))
