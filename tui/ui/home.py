"""Home: the screen one comes back to, and what its keys do."""

from __future__ import annotations

from collections.abc import Callable

from textual import events

from tui.model import Task
from tui.ui.board import ALL
from tui.ui.deck import DECK, Deck
from tui.ui.filter_bar import with_state
from tui.ui.keys import HOME
from tui.ui.place import Place
from tui.ui.table import Pane


class Home(Deck, inherit_bindings=False):
    """The deck, with keys."""

    BINDINGS = HOME

    def on_key(self, event: events.Key) -> None:
        """The answer to a question; anything but yes is no."""
        if self.question:
            event.stop()
            self.question = ""
            if event.key == "y":
                self.app.exit(0)
            self.lay_out()

    def say(self, text: str) -> None:
        """One line for what the user just did; "" takes it away."""
        self.told = text
        self.lay_out()

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
        self._move(lambda place: place.step_to(by, lambda task: task.state.bad))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Digits without a provider do nothing, and help does not list them."""
        return action != "view" or parameters[0] in (ALL, *self.board.providers)

    def action_view(self, digit: int) -> None:
        """All tasks, or one provider."""
        if digit in self.panes:
            self.view = digit
            self.open_pane = digit or self.open_pane
            self.lay_out()

    def action_deck(self) -> None:
        """All panes."""
        self.view = DECK
        self.lay_out()

    def action_zoom(self) -> None:
        """The pane to the whole screen, and back."""
        self.view = self.open_pane if self.view == DECK else DECK
        self.lay_out()

    def action_next_pane(self, by: int) -> None:
        """The pane beside."""
        digits = list(self.board.providers)
        if digits and self.view != ALL:
            self.open_pane = digits[(digits.index(self.open_pane) + by) % len(digits)]
            self.view = DECK if self.view == DECK else self.open_pane
            self.lay_out()

    def on_pane_picked(self, message: Pane.Picked) -> None:
        """A click: the pane, then the row, then the task."""
        if self.view == DECK:
            self.open_pane = message.digit
        if message.again:
            self.action_open()
        self.lay_out()

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

    def write_filter(self, text: str) -> None:
        """Puts a text into the bar, as if typed."""
        self.filter.edit.put(text)
        self.board.ask(text)
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

    def action_poke(self) -> None:
        """Reads the sources of the pane now."""
        facts = self.board.fact(self.active.digit)
        for name in [None] if facts is None else [status.source.name for status in facts.statuses]:
            self.desk.poke(name)

    def action_pause(self) -> None:
        """Holds the screen; polling goes on."""
        self.paused = not self.paused
        self.take()

    def action_back(self) -> None:
        """One layer: message, filter, zoomed pane."""
        if self.told:
            self.say("")
        elif self.filter.edit.text:
            self.write_filter("")
        elif self.view != DECK:
            self.action_deck()

    def action_leave(self) -> None:
        """Back to the deck; there it asks."""
        if self.view != DECK:
            self.action_deck()
        else:
            self.question = "quit? y"
            self.lay_out()
