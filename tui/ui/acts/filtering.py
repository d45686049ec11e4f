"""Filtering: the bar, and the keys that write into it."""

from __future__ import annotations

from tui.ui.deck import Deck
from tui.ui.filter_bar import with_state


class Filtering(Deck, inherit_bindings=False):
    """One text for every way to filter."""

    def action_filter(self) -> None:
        """Opens the bar."""
        self.filter.display = True
        self.set_focus(self.filter)
        self.lay_out()

    def on_filter_bar_typed(self) -> None:
        """Live, from the first character."""
        self.board.ask(self.filter.edit.text)
        self.take()

    def on_filter_bar_kept(self) -> None:
        """Enter: the filter stays."""
        self._leave_bar()

    def on_filter_bar_left(self) -> None:
        """Esc: the bar is left, the filter stays until the next one."""
        self._leave_bar()

    def _leave_bar(self) -> None:
        self.set_focus(None)
        self.lay_out()

    def action_only(self, group: str) -> None:
        """Bad only, live only: on and off."""
        self.write_filter(with_state(self.filter.edit.text, group))

    def action_states(self) -> None:
        """The state picker."""
        from tui.ui.picker import StatePicker

        def picked(value: str | None) -> None:
            if value is not None:
                self.write_filter(with_state(self.filter.edit.text, value))

        self.app.push_screen(StatePicker(self.pen(), self.board.facts), picked)
