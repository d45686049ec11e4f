"""Edit: one line of text being typed, with the lines typed before. Search: looking back through those. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from tui.ui.caret import Caret

REMEMBERED = 200  # lines
LONGEST = 2_000  # characters of one: what is longer was pasted by mistake


class Edit(Caret):
    """Text, caret and the lines typed before."""

    def __init__(self, text: str = "") -> None:
        self.text = text
        self.caret = len(text)
        self.history: list[str] = []
        self._at = 0
        self._draft = ""

    @property
    def length(self) -> int:
        """How many characters there are."""
        return len(self.text)

    def put(self, text: str) -> None:
        """Replaces everything; the caret goes to the end."""
        self._at = len(self.history)
        self._put(text)

    def _put(self, text: str) -> None:
        self.text = text
        self.caret = len(text)

    def insert(self, typed: str) -> None:
        """Types at the caret. Only what can be seen is taken: a paste is one line."""
        typed = "".join(char if char.isprintable() else " " for char in typed)
        self.text = self.text[: self.caret] + typed + self.text[self.caret :]
        self.caret += len(typed)

    def replace(self, start: int, end: int, text: str) -> None:
        """Puts `text` in place of the characters from `start` to `end`.

        What follows them is not written twice: `fail` in place of the `fa` of `fail` leaves `fail`.
        """
        rest = self.text[end:]
        twice = next((size for size in range(len(text), 0, -1) if rest.startswith(text[-size:])), 0)
        self.text = self.text[:start] + text + rest[twice:]
        self.caret = start + len(text)

    def erase(self, start: int, end: int) -> None:
        """Takes out the characters from `start` to `end`."""
        start, end = max(0, start), min(len(self.text), end)
        self.text = self.text[:start] + self.text[end:]
        self.caret = start

    def word_start(self) -> int:
        """Where the word before the caret begins."""
        return self.text[: self.caret].rstrip().rfind(" ") + 1

    def recollect(self, lines: Iterable[str]) -> None:
        """Takes over the lines of an earlier run."""
        self.history = [line for line in lines if line.isprintable()][-REMEMBERED:]
        self._at = len(self.history)

    def remember(self) -> bool:
        """Puts the text into the history, each line once; whether it did. What no single line can show stays out."""
        text, worth = self.text.strip(), self.text.isprintable() and len(self.text) <= LONGEST
        worth = worth and bool(text)
        if worth:
            self.history = [*(line for line in self.history if line != text), text][-REMEMBERED:]
        self._at = len(self.history)
        return worth

    def recall(self, by: int) -> None:
        """An older (-1) or newer (1) line of the history; after the newest what was being typed."""
        if self._at == len(self.history):
            self._draft = self.text
        self._at = max(0, min(len(self.history), self._at + by))
        self._put(self.history[self._at] if self._at < len(self.history) else self._draft)

    def _keys(self) -> dict[str, Callable[[], None]]:
        return super()._keys() | {"up": lambda: self.recall(-1), "down": lambda: self.recall(1)}


class Search:
    """Backwards through lines, as `ctrl-r` does in a shell: `hit` is the newest that contains what is `wanted`."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.wanted = ""
        self.hit = ""
        self.failed = False
        self._lines = lines
        self._at = len(lines)

    def type(self, text: str) -> None:
        """Looks for more; the hit stays where it still holds."""
        self.wanted += text
        self._look(self._at)

    def erase(self) -> None:
        """Looks for less, from the newest line again."""
        self.wanted = self.wanted[:-1]
        self._at = len(self._lines)
        self._look(self._at)

    def older(self) -> None:
        """The next hit before this one."""
        self._look(self._at - 1)

    def _look(self, start: int) -> None:
        """The first hit from `start` backwards; where there is none, the last one stays and `failed` says so."""
        wanted, last = self.wanted.casefold(), min(start, len(self._lines) - 1)
        found = (at for at in range(last, -1, -1) if wanted in self._lines[at].casefold())
        at = next(found, None) if wanted else None
        self.failed = bool(wanted) and at is None
        if at is not None:
            self._at, self.hit = at, self._lines[at]
        elif not wanted:
            self.hit = ""
