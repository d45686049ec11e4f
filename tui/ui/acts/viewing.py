"""Viewing: which panes are on the screen, and the way back."""

from __future__ import annotations

from tui.ui.board import ALL, DECK
from tui.ui.deck import Deck


class Viewing(Deck, inherit_bindings=False):
    """The deck, one provider, all tasks."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Digits without a provider do nothing, and help does not list them."""
        return action != "view" or parameters[0] in (ALL, *self.board.providers)

    def action_view(self, digit: int) -> None:
        """All tasks, or one provider."""
        self.show(digit)

    def action_deck(self) -> None:
        """All panes."""
        self.show(DECK)

    def action_zoom(self) -> None:
        """The pane to the whole screen, and back."""
        self.show(self.open_pane if self.view == DECK else DECK)

    def action_next_pane(self, by: int) -> None:
        """The pane beside."""
        digits = list(self.board.providers)
        if digits and self.view != ALL:
            self.open_pane = digits[(digits.index(self.open_pane) + by) % len(digits)]
            self.show(DECK if self.view == DECK else self.open_pane)
