"""Rows: a text of any size cut into rows of a screen, a slice at a time, and looked through the same way. Pure."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator

from tui.text import clean, width

MOST = 1_000_000  # rows: 8 MB of places; of 50 MB of empty lines nobody reads more
BLOCK = 1 << 18  # characters that are searched between two looks at the keys: some ms


class Rows:
    """Where each row of a text begins. A line that is too long goes on in the next row, cut by characters.

    `work` goes on as long as it may; what is found so far can be shown. Memory: the text, and 8 bytes for each row.
    """

    def __init__(self, text: str, cells: int) -> None:
        self.text, self.cells = text, max(8, cells)
        self.done = False
        self.cut = False
        self._starts = array("Q")
        self._working = self._find()

    def __len__(self) -> int:
        return len(self._starts)

    def begin(self) -> None:
        """The first screen of it."""
        turns = iter((True,))
        self.work(lambda: next(turns, False))

    def work(self, going_on: Callable[[], bool]) -> bool:
        """Looks for more rows; True when there are no more."""
        while not self.done and going_on():
            for _ in range(500):
                if next(self._working, None) is None:
                    self.done = True
                    break
        return self.done

    def _find(self) -> Iterator[bool]:
        text, end, at = self.text, len(self.text), 0
        add = self._starts.append
        while at < end:
            stop = text.find("\n", at)
            stop = end if stop < 0 else stop
            while True:
                if len(self._starts) >= MOST:
                    self.cut = True
                    return
                add(at)
                yield True
                piece = text[at : min(stop, at + self.cells)]
                size = self.cells if piece.isascii() else self.cells // 2  # a sign takes two cells at most
                if stop - at <= size:
                    break
                at += size
            at = stop + 1

    def row(self, at: int) -> str:
        """One row, clean: never wider than it may be."""
        start = self._starts[at]
        end = self._starts[at + 1] if at + 1 < len(self._starts) else len(self.text)
        raw = self.text[start : min(end, start + self.cells + 1)].rstrip("\r\n")[: self.cells]
        shown = clean(raw, lines=True).replace("\n", " ")
        return shown if width(shown) <= self.cells else clean(raw)  # tabs are one blank where four do not fit

    def place(self, offset: int) -> int:
        """The row that a character is in."""
        return max(0, bisect_right(self._starts, offset) - 1)

    def start(self, at: int) -> int:
        """The first character of a row."""
        return self._starts[at] if at < len(self._starts) else len(self.text)


def pattern(words: str) -> re.Pattern[str]:
    """What is looked for, as it is typed; a capital makes it exact."""
    return re.compile(re.escape(words), 0 if words != words.lower() else re.IGNORECASE)


def search(text: str, words: str, start: int, *, back: bool = False) -> Iterator[int | None]:
    """Looks for words from a place on, round the end: yields None between slices, then where they are, or -1."""
    found, overlap, size = pattern(words), len(words) - 1, len(text)
    if back:
        spans = [(0, start), (start, size)]
        for low, high in spans:
            while high > low:
                begin = max(low, high - BLOCK)
                hits = [hit.start() for hit in found.finditer(text, begin, min(size, high + overlap))]
                if hits:
                    yield hits[-1]
                    return
                high = begin
                yield None
    else:
        for low, high in ((start, size), (0, start)):
            while low < high:
                hit = found.search(text, low, min(size, low + BLOCK + overlap))
                if hit is not None:
                    yield hit.start()
                    return
                low += BLOCK
                yield None
    yield -1
