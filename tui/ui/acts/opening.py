"""Opening: the task under the cursor."""

from __future__ import annotations

from tui.model import Task
from tui.ui.board import DECK
from tui.ui.deck import Deck
from tui.ui.table import Pane


class Opening(Deck, inherit_bindings=False):
    """Drill-down, walking the list without leaving it."""

    def action_open(self) -> None:
        """The task under the cursor."""
        task = self.active.selected
        if task is not None and self.fits.enough:
            from tui.ui.detail import TaskScreen

            self.app.push_screen(TaskScreen(self.desk, task, self.pen, self.legend, self._step))

    def _step(self, by: int) -> tuple[Task | None, int, int]:
        place = self.active.place
        place.move(by) if by else None
        return place.task, place.cursor + 1, len(place.rows)

    def on_pane_picked(self, message: Pane.Picked) -> None:
        """A click: the pane, then the row, then the task."""
        if self.view == DECK:
            self.open_pane = message.digit
        if message.again:
            self.action_open()
        self.lay_out()
