"""Recall: what a source's lists showed last, page by page and row by row, with the tasks that was made into. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from tui.answers import Listing, Mapped, Page
from tui.lean import without
from tui.model import Task
from tui.sheet import Sheet

with without("typing_extensions"):  # 2.4 ms and 0.6 MB, for what this Python's own `typing` has
    import msgspec.msgpack

ROWS = 1_000  # that are known again, of a source: what a round that catches up reads of the largest

Row = Mapping[str, Any]
_BYTES = msgspec.msgpack.Encoder().encode
_ODD = (TypeError, ValueError, OverflowError, RecursionError)  # an integer or a depth beyond it, half a pair


class Recall:
    """Most pages of a round are those of the round before, and of the others most rows are.

    To know a row again takes a tenth of making it into a task, to know a page again a third of knowing its rows. What a
    row is made into depends on itself and on its list alone; when and by which call it was seen is put right.
    """

    def __init__(self) -> None:
        self._last: dict[Listing, dict[object, Sheet]] = {}
        self._now: dict[Listing, dict[object, Sheet]] = {}
        self._rows: dict[Listing, Mapping[int, Task]] = {}
        self._room = ROWS

    def turn(self) -> None:
        """A new round: what this one does not show again is forgotten after it."""
        self._last, self._now, self._rows, self._room = self._now, {}, {}, ROWS

    def known(self, listing: Listing, page: Page) -> Page:
        """The same page with a sheet: one that is filled where it is known, and then its tasks are made already.

        Of any other page the rows that were there before need not be made into tasks.
        """
        if not isinstance(page.tasks, Mapped):
            return page
        mark = _mark(page.rows) if 0 < len(page.rows) <= self._room else None
        sheet = None if mark is None else self._last.get(listing, {}).get(mark)
        if sheet is not None and sheet.tasks is not None:
            self._room -= len(page.rows)
            self._now.setdefault(listing, {})[mark] = sheet
            return page._replace(tasks=sheet.again(page.at, page.request_id), sheet=sheet)
        sheet = Sheet()
        if mark is not None:
            self._now.setdefault(listing, {})[mark] = sheet
        elif self._room > 0:  # some of its rows will be known again; its tasks, of 100,000 45 MB, are nobody's business
            rows = Sheet(sheet.rows)
            self._now.setdefault(listing, {})[rows] = rows
        make = partial(self._task, self._shown(listing), sheet.rows, page)
        return page._replace(tasks=page.tasks.through(make), sheet=sheet)

    def _shown(self, listing: Listing) -> Mapping[int, Task]:
        """The rows that the last round has seen in a list, by their marks."""
        if listing not in self._rows:
            sheets = self._last.get(listing, {}).values()
            self._rows[listing] = {mark: task for sheet in sheets for mark, task in sheet.rows.items()}
        return self._rows[listing]

    def _task(
        self, last: Mapping[int, Task], now: dict[int, Task], page: Page, make: Callable[[Row], Task], row: Row
    ) -> Task:
        if not last and self._room <= 0:
            return make(row)
        mark = _mark(row)
        if mark is None:
            return make(row)
        task = last.get(mark) or now.get(mark)
        task = make(row) if task is None else task.seen(page.at, page.request_id)
        if self._room > 0:
            self._room -= 1
            now[mark] = task
        return task


def _mark(what: Row | Sequence[Row]) -> int | None:
    """What the same row or rows have again: 1.4 us a row. marshal takes 3.8, comparing 0.9 and 1.5 KB an old row."""
    try:
        return hash(_BYTES(what))
    except _ODD:
        return None
