"""Marking: the tasks that one means. Marks are keys: no refresh, order, filter or size takes them away."""

from __future__ import annotations

from operator import attrgetter

from tui.model import Task, newest_first
from tui.ui.bars import Header
from tui.ui.deck import Deck

KEY = attrgetter("key")


class Marking(Deck, inherit_bindings=False):
    """One task, all that are shown, none."""

    def meant(self) -> list[Task]:
        """All marked tasks, newest first, else the one under the cursor: what the keys for tasks are about."""
        found = [task for key in self.board.marked if (task := self.desk.store.get(key)) is not None]
        one = self.active.selected
        return sorted(found, key=newest_first) or ([one] if one is not None else [])

    def action_mark(self) -> None:
        """The task under the cursor, on and off; then the next one."""
        key = self.active.place.key
        if key is not None:
            self.board.marked ^= {key}
            self.active.place.move(1)
            self.paint()

    def action_mark_all(self) -> None:
        """All rows of the pane; where all of them are marked, none of them."""
        marked, rows = self.board.marked, self.active.place.rows
        before = len(marked)
        marked.update(map(KEY, rows))
        if len(marked) == before:
            marked.difference_update(map(KEY, rows))
        self.paint()

    def action_unmark(self) -> None:
        """No task at all, whichever pane it is in."""
        self.board.marked.clear()
        self.paint()

    def paint(self) -> None:
        """The panes show what is marked now."""
        for digit in self.digits:
            self.panes[digit].marked = self.board.marked
        super().paint()

    def _header(self) -> Header:
        return super()._header()._replace(marked=len(self.board.marked))
