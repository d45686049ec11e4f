"""Travelling: back and forth between the views one has been at, each with the filter it had."""

from __future__ import annotations

from tui.ui.deck import Deck
from tui.ui.desk import Desk
from tui.ui.glyphs import Glyphs
from tui.ui.options import Options
from tui.ui.themes import Look
from tui.ui.trail import Stop, Trail


class Travelling(Deck, inherit_bindings=False):
    """Every other view is a step; a filter that is typed belongs to the step one is at."""

    def __init__(self, desk: Desk, options: Options, look: Look, glyphs: Glyphs) -> None:
        super().__init__(desk, options, look, glyphs)
        self.trail = Trail(self._stop())

    def _stop(self) -> Stop:
        return Stop(self.view, self.board.text(self.view))

    def show(self, view: int) -> None:
        """Another view, remembered."""
        self.trail.amend(self._stop())
        super().show(view)
        self.trail.step(self._stop())

    def go(self, view: int, text: str) -> None:
        """Another view with another filter: one step."""
        self.trail.amend(self._stop())
        super().show(view)
        self.write_filter(text)
        self.trail.step(self._stop())

    def action_travel(self, by: int) -> None:
        """To the view before or after this one."""
        self.trail.amend(self._stop())
        self._arrive(self.trail.travel(by), "no view after this one" if by > 0 else "no view before this one")

    def action_last_view(self) -> None:
        """To the last view, and back."""
        self.trail.amend(self._stop())
        self._arrive(self.trail.swap(), "no other view yet")

    def _arrive(self, stop: Stop | None, otherwise: str) -> None:
        if stop is None:
            self.say(otherwise)
            return
        super().show(stop.view)
        self.write_filter(stop.text)
