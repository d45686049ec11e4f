"""What is wrong with a query, in one line, and where."""

from __future__ import annotations

from tui.errors import UsageError
from tui.text import clean


class QueryError(UsageError):
    """A query that cannot be read: `message` is one line, `start` to `end` are the characters to underline."""

    def __init__(self, message: str, start: int = 0, end: int | None = None) -> None:
        self.message = clean(message, limit=300)
        super().__init__(self.message)
        self.start = start
        self.end = start + 1 if end is None else max(start, end)
