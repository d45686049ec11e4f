"""Looking: at the cursor's task beside the table, at one task for a while, at what has happened."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult

from tui.text import clean, cut_middle
from tui.ui import bars, sizes
from tui.ui.board import DECK
from tui.ui.deck import Deck
from tui.ui.events import Event
from tui.ui.peek import About, Middle, Peek

NAMED = 40  # cells of an id in a message


class Looking(Deck, inherit_bindings=False):
    """Peek, follow, events."""

    _says_follow = False  # no header is drawn where the first size is too small

    def compose(self) -> ComposeResult:
        """The deck, with the peek below or beside its panes."""
        self.peek, self.middle = Peek(), Middle()
        for widget in super().compose():
            if widget is self.body:
                with self.middle:
                    yield widget
                    yield self.peek
            else:
                yield widget
        for pane in self.panes.values():
            pane.moved = self._moved

    def action_peek(self) -> None:
        """On or off for this run, whatever the size suggests."""
        self.peeking = self._side() is sizes.Peek.OFF
        self.lay_out()
        if self.peeking and self.fits.enough and self._side() is sizes.Peek.OFF:
            self.say("no room for the peek: 18 lines are needed")

    def action_follow(self) -> None:
        """The view stays with this task until one moves; pressed again, it lets go."""
        place = self.active.place
        if place.follow is not None:
            place.follow, place.at_home = None, False
        elif place.key is None:
            self.say("no task to follow")
        else:
            place.follow = place.key
        self.paint()

    def action_events(self) -> None:
        """What has changed in this run."""
        if self.fits.enough:
            from tui.ui.events_screen import EventsScreen

            screen = EventsScreen(self.desk, self.pen, self.legend, self._newest)
            self.app.push_screen(screen, lambda health: self.action_health() if health else None)

    def action_health(self) -> None:
        """How each source is."""
        if self.fits.enough:
            from tui.ui.health_screen import EVENTS_INSTEAD, HealthScreen

            def after(answer: int | None) -> None:
                if answer == EVENTS_INSTEAD:
                    self.action_events()
                elif answer is not None:
                    self.show(answer)

            screen = HealthScreen(self.desk, self.pen, self.legend, self._newest, self.attention.show)
            self.app.push_screen(screen, after)

    def _newest(self) -> Sequence[Event]:
        if self.paused:
            return self._log
        self._events.look(self.desk.store, self._options.clock())
        return self._events.lines

    def paint(self) -> None:
        """The deck, then the peek; says so when a task that was followed has left."""
        for digit in self.digits:
            place = self.panes[digit].place
            lost = place.follow
            if lost is not None and lost != place.key and not place.waiting:
                place.follow = None
                self.say(f"{cut_middle(clean(lost.id), NAMED)} left the list")
        super().paint()
        self._paint_peek()

    def _header(self) -> bars.Header:
        self._says_follow = self.active.place.follow is not None
        return super()._header()._replace(follow=self._says_follow)

    def _moved(self) -> None:
        """The cursor of a pane is on another task: only what that changes is painted."""
        self._paint_peek()
        if self._says_follow and self.active.place.follow is None:
            self.bars["header"].show(lambda cells: bars.header(self._header(), self.pen(), cells))

    def _paint_peek(self) -> None:
        if self._side() is sizes.Peek.OFF:
            return
        task, store = self.active.selected, self.desk.store
        if task is None:
            self.peek.show(None)
            return
        fresh = task if self.paused else store.get(task.key) or task  # rows are kept while only `seen_at` differs
        pace = store.status(task.key.source).interval
        self.peek.show(About(fresh, self._still(self.pen()), self._still(self.legend()), pace))

    def _side(self) -> sizes.Peek:
        """Where the peek is: in the deck of panes side by side only when asked for, and then below them."""
        if not self.fits.enough:
            return sizes.Peek.OFF
        if self.view == DECK and self.fits.wide:
            return sizes.Peek.BELOW if self.peeking else sizes.Peek.OFF
        return self.fits.peek

    def _place(self, fits: sizes.Layout, *, told: bool, filtering: bool) -> None:
        super()._place(fits, told=told, filtering=filtering)
        self.middle.place(self._side())
