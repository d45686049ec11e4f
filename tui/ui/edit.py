"""Edit: one line of text being typed, with a history. Pure."""

from __future__ import annotations

from collections.abc import Callable


class Edit:
    """Text, caret and the lines typed before."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.caret = len(text)
        self._history: list[str] = []
        self._at = 0
        self._draft = ""

    def put(self, text: str) -> None:
        """Replaces everything; the caret goes to the end."""
        self.text = text
        self.caret = len(text)

    def insert(self, typed: str) -> None:
        """Types at the caret. Only what can be seen is taken: a paste is one line."""
        typed = "".join(char if char.isprintable() else " " for char in typed)
        self.text = self.text[: self.caret] + typed + self.text[self.caret :]
        self.caret += len(typed)

    def erase(self, start: int, end: int) -> None:
        """Takes out the characters from `start` to `end`."""
        start, end = max(0, start), min(len(self.text), end)
        self.text = self.text[:start] + self.text[end:]
        self.caret = start

    def word_start(self) -> int:
        """Where the word before the caret begins."""
        return self.text.rstrip()[: self.caret].rstrip().rfind(" ", 0, self.caret) + 1

    def remember(self) -> None:
        """Puts the text into the history."""
        if self.text and (not self._history or self._history[-1] != self.text):
            self._history.append(self.text)
        self._at = len(self._history)

    def recall(self, by: int) -> None:
        """An older (-1) or newer (1) line of the history; after the newest what was being typed."""
        if self._at == len(self._history):
            self._draft = self.text
        self._at = max(0, min(len(self._history), self._at + by))
        self.put(self._history[self._at] if self._at < len(self._history) else self._draft)

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
            "end": lambda: self._go(len(self.text)),
            "ctrl+e": lambda: self._go(len(self.text)),
            "backspace": lambda: self.erase(self.caret - 1, self.caret) if self.caret else None,
            "delete": lambda: self.erase(self.caret, self.caret + 1),
            "ctrl+w": lambda: self.erase(self.word_start(), self.caret),
            "ctrl+u": lambda: self.erase(0, self.caret),
            "ctrl+k": lambda: self.erase(self.caret, len(self.text)),
            "up": lambda: self.recall(-1),
            "down": lambda: self.recall(1),
        }

    def _go(self, caret: int) -> None:
        self.caret = max(0, min(len(self.text), caret))
