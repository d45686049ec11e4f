"""Moving: the cursor of the active pane."""

from __future__ import annotations

from collections.abc import Callable

from tui.ui.deck import Deck
from tui.ui.place import Place


class Moving(Deck, inherit_bindings=False):
    """Rows, pages, head and end, the next task that wants an eye."""

    def _move(self, movement: Callable[[Place], object]) -> None:
        self.active.act(movement)

    def action_move(self, by: int) -> None:
        """Down or up."""
        self._move(lambda place: place.move(by))

    def action_page(self, share: float) -> None:
        """A page, or a part of it."""
        self._move(lambda place: place.page(int(place.height * share) or 1))

    def action_first(self) -> None:
        """To the head."""
        self._move(lambda place: place.home())

    def action_last(self) -> None:
        """To the end."""
        self._move(lambda place: place.move(len(place.rows)))

    def action_next_bad(self, by: int) -> None:
        """To the next or previous task that wants an eye."""
        place = self.active.place
        here = place.key
        self._move(lambda place: place.step_to(by, lambda task: task.state.bad))
        if place.key == here:
            self.say(f"no failed task {'below' if by > 0 else 'above'}")
