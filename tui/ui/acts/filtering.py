"""Filtering: the bar, and the keys that write into it."""

from __future__ import annotations

from collections import Counter
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

from tui.model import State
from tui.text import clean, cut_end
from tui.ui.board import ALL
from tui.ui.deck import Deck
from tui.ui.filter_bar import FilterBar

if TYPE_CHECKING:
    from tui.query import Completion

SHOWN = 40  # cells of a filter in a line that says something about it


class Filtering(Deck, inherit_bindings=False):
    """One text for every way to filter."""

    def action_filter(self) -> None:
        """Opens the bar."""
        if not self.filter.edit.history:
            self.filter.edit.recollect(self.memory.history)
        self.filter.offer = self._offered
        self.filter.display = True
        self.set_focus(self.filter)
        self.lay_out()
        self.call_after_refresh(self._expect)

    def _expect(self) -> None:
        """The bar is painted: what the first character would wait for is made now, 60 ms of imports among it."""
        import tui.query  # noqa: F401 - to have it loaded

        self.board.expect()
        self._come_back(done=False)

    def on_filter_bar_typed(self, message: FilterBar.Typed) -> None:
        """Live, from the first character."""
        self.board.ask(self.view, self.filter.edit.text)
        self.take()

    def on_filter_bar_kept(self, message: FilterBar.Kept) -> None:
        """Enter: the filter stays, and is remembered."""
        self.memory.save_history(self.filter.edit.history)
        self._leave_bar()

    def on_filter_bar_left(self, message: FilterBar.Left) -> None:
        """Esc: the bar is left, the filter stays until the next one."""
        self._leave_bar()

    def on_filter_bar_turned(self, message: FilterBar.Turned) -> None:
        """The last line says what the keys do now."""
        self.paint()

    def _leave_bar(self) -> None:
        self.set_focus(None)
        self.lay_out()

    def _offered(self, text: str, caret: int, view: int | None = None) -> list[Completion]:
        """What could stand at the caret, counted in the view (shown): the newest tasks of each of its providers."""
        from tui.query import complete
        from tui.query.completion import Known

        store = self.desk.store
        view = self.view if view is None else view
        shown = [view] if view > ALL else list(self.board.providers)
        facts = [each for each in self.board.facts if each.provider.digit in shown]
        states: Counter[State] = sum((each.counts for each in facts), Counter())
        names = [status.source.name for each in facts for status in each.statuses]
        turns = zip_longest(*(self.board.where(digit).every() for digit in shown))
        return complete(
            text,
            caret,
            (task for task in chain.from_iterable(turns) if task is not None),
            {name: store.sources[name] for name in names},
            views=self._options.views,
            screen=("new", "mark", "pin"),
            known=Known(states, {name: len(store.tasks(name)) for name in names}),
        )

    def action_only(self, group: str) -> None:
        """Bad only, live only: on and off."""
        self._write_state(group)

    def action_states(self) -> None:
        """The state picker."""
        from tui.ui.state_picker import StatePicker

        def picked(value: str | None) -> None:
            if value is not None:
                self._write_state(value)

        self.app.push_screen(StatePicker(self.pen(), self.board.facts), picked)

    def _write_state(self, value: str) -> None:
        from tui.ui.clauses import with_state

        self.write_filter(with_state(self.filter.edit.text, value))

    def action_by_field(self) -> None:
        """A field of the row under the cursor."""
        task = self.active.selected
        if task is None:
            self.say("no row to take a field from")
            return
        from tui.ui.clauses import facts, with_clause
        from tui.ui.field_picker import FieldPicker, Picked

        def picked(found: Picked | None) -> None:
            if found is not None:
                self.write_filter(with_clause(self.filter.edit.text, found.clause, negated=found.negated))

        source = self.desk.store.sources[task.key.source]
        self.app.push_screen(FieldPicker(self.pen(), facts(task, source, self.board.shorts)), picked)

    def action_pin(self) -> None:
        """The filter of this view on every view; the same again takes it off."""
        text, pinned = self.filter.edit.text.strip(), self.board.pinned
        wrong = self.board.verdict(self.view, 0).wrong
        if wrong:
            self.say(f"not pinned: {wrong}")
        elif pinned and text in ("", pinned):
            self.board.pin("")
            self.say(f"no longer on every view: {_brief(pinned)}")
        elif text:
            self.board.pin(text)
            self.say(f"on every view until = is pressed again: {_brief(text)}")
        else:
            self.say("no filter to pin: / writes one")

    def leave_filter(self) -> None:
        """Takes the filter of this view away. A pin stays, and that is said: rows never seem missing."""
        if self.filter.edit.text:
            self.write_filter("")
        if self.board.pinned:
            self.say(f"still on every view: {_brief(self.board.pinned)}; = takes it off")
        elif self.board.beside(self.view):
            self.say(f"the deck's filter still holds: {_brief(self.board.beside(self.view))}; W, then Esc clears it")


def _brief(text: str) -> str:
    return cut_end(clean(text), SHOWN)
