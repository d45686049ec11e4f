"""Spot: where one is in a list of things that are not tasks: events, sources. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

Row = TypeVar("Row")


class Spot(Generic[Row]):
    """Where one is in a list that may grow at its head.

    Until one moves (and again at the first line) the window stays at the head; then it stays where it is.
    """

    def __init__(self) -> None:
        self.rows: Sequence[Row] = ()
        self.cursor = self.top = 0
        self.height = 1
        self.at_head = True

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def show(self, rows: Sequence[Row]) -> None:
        """Other rows: the cursor stays on its row and on its line; if that left, it stays at its number."""
        here, line = self.row, self.cursor - self.top
        self.rows = rows
        if self.at_head:
            self.cursor = self.top = 0
            return
        found = next((at for at, one in enumerate(rows) if one is here), self.cursor)
        self.cursor = max(0, min(found, len(rows) - 1))
        self.top = self.cursor - line
        self.resize(self.height)

    def resize(self, height: int) -> None:
        """Another number of lines: the cursor stays in the window."""
        self.height = max(1, height)
        self.top = min(self.top, self.cursor, max(0, len(self.rows) - self.height))
        self.top = max(0, self.top, self.cursor - self.height + 1)

    def go(self, index: int) -> None:
        """Puts the cursor on a line; back at the first one, new rows are seen again."""
        self.cursor = max(0, min(index, len(self.rows) - 1))
        self.at_head = index <= 0
        self.resize(self.height)
