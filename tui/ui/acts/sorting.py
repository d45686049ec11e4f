"""Sorting: each table has its order and keeps it, also into the next run."""

from __future__ import annotations

from contextlib import suppress

from tui.errors import UsageError
from tui.ui import columns, orders
from tui.ui.bars import Header
from tui.ui.board import ALL
from tui.ui.deck import Deck
from tui.view import Sort


class Sorting(Deck, inherit_bindings=False):
    """The picker, the other way round, the column beside."""

    def on_mount(self) -> None:
        """The orders of the last run, once the first frame is there: their fields are 40 ms of imports."""
        self.memory.told = self._not_written
        if self.memory.sorts:
            self.call_after_refresh(self._recall)

    def action_sorts(self) -> None:
        """The sort picker."""
        if self._free():
            from tui.ui.sort_picker import SortPicker

            digit = self.active.digit
            adapter = self._adapter(digit)
            _, full = columns.of(adapter, merged=digit == ALL, zoomed=True)
            choices = orders.choices(full, adapter)
            self.app.push_screen(SortPicker(self.pen(), choices, self.board.sort(digit)), self._picked)

    def _picked(self, sort: Sort | None) -> None:
        if sort is not None:
            self._order(sort)

    def action_invert(self) -> None:
        """The same, from the other end."""
        if self._free():
            self._order(orders.inverted(self.board.sort(self.active.digit)))

    def action_sort_beside(self, by: int) -> None:
        """By the column to the right or left."""
        if self._free():
            pane = self.active
            usual, full = columns.of(self._adapter(pane.digit), merged=pane.digit == ALL, zoomed=pane.zoomed)
            fields = orders.ring(usual, full, wide=pane.wide)
            self._order(orders.beside(self.board.sort(pane.digit), fields, by))

    def _order(self, sort: Sort) -> None:
        digit = self.active.digit
        self.board.order(digit, sort)
        self.memory.save_sort(self._adapter(digit) or "all", str(sort))
        self.take()

    def _free(self) -> bool:
        """Whether the filter leaves the order to the keys."""
        query = self.board.where(self.active.digit).query
        if query is None or query.sort is None:
            return True
        self.say(f"the filter says {orders.told(query.sort)}; take it out first")
        return False

    def _adapter(self, digit: int) -> str:
        provider = self.board.providers.get(digit)
        return provider.adapter if provider else ""

    def _recall(self) -> None:
        from tui.query.fields import field

        for digit in (ALL, *self.board.providers):
            sort = Sort.of(self.memory.sorts.get(self._adapter(digit) or "all", ""))
            with suppress(UsageError):  # of another version, or written by hand
                self.board.order(digit, sort._replace(field=field(sort.field).name) if sort.field else sort)
        self.take()

    def _not_written(self, reason: str) -> None:
        """In the thread that writes."""
        with suppress(RuntimeError):  # the loop has ended meanwhile
            self.call_later(self.say, reason)

    def _header(self) -> Header:
        header = super()._header()
        order = orders.told(self.active.order) if self.view == ALL else ""  # the other panes have titles
        return header._replace(view=f"{header.view}  {order}") if order else header
