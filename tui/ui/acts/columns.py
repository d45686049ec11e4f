"""Columns: all that there are, and those that the screen has no room for."""

from __future__ import annotations

from tui.ui.deck import Deck


class Columns(Deck, inherit_bindings=False):
    """Wide, left, right: each pane for itself."""

    def action_wide(self) -> None:
        """All columns, whatever the width; and back."""
        self.active.widen()

    def action_columns(self, by: int) -> None:
        """Scrolls the columns; STATE and TASK stay."""
        self.active.scroll_columns(by)
