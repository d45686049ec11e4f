"""Home: the deck of provider panes, one pane zoomed, or all tasks merged; with the lines round them."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui.model import Task
from tui.ui import bars, sizes
from tui.ui.board import ALL, Board
from tui.ui.canvas import Bar
from tui.ui.cells import Legend
from tui.ui.desk import Desk
from tui.ui.events import Events, line
from tui.ui.filter_bar import FilterBar, with_state
from tui.ui.glyphs import Glyphs
from tui.ui.ink import Ink
from tui.ui.keys import HOME, hinted
from tui.ui.messages import Changed
from tui.ui.options import Options
from tui.ui.pace import Pace
from tui.ui.place import Place
from tui.ui.quiet import hush
from tui.ui.table import Log, Pane
from tui.ui.themes import Look
from tui.ui.titles import Pen

DECK = -1


class Home(Screen[None], inherit_bindings=False):
    """The screen one comes back to."""

    AUTO_FOCUS = ""
    BINDINGS = HOME
    DEFAULT_CSS = """
    Home { layout: vertical; overflow: hidden; }
    Home #body { height: 1fr; layout: vertical; }
    Home #body.-wide { layout: grid; grid-size: 2; grid-gutter: 1 2; grid-rows: 1fr; }
    """

    def __init__(self, desk: Desk, options: Options, look: Look, glyphs: Glyphs) -> None:
        super().__init__()
        hush(self)
        self.desk = desk
        self.board = Board(desk.store, desk.providers, options.views, utc=options.utc)
        self.board.ask(options.filter_text)
        self.view = DECK
        self.open_pane = min(self.board.providers, default=ALL)
        self._options, self._look, self._glyphs = options, look, glyphs
        self._events = Events()
        self._pace = Pace(lambda wait, work: self.set_timer(wait, work), self.take)
        self._fits = sizes.Layout()
        self._arranged: tuple[object, ...] | None = None
        self._taken = -1
        self._paused_at: int | None = None
        self._question = ""
        self._message = ""

    # What is there

    def compose(self) -> ComposeResult:
        """Header, providers, states, filter, panes, last event, hints."""
        pen, legend = self.pen(), self.legend()
        for name in ("small", "header", "providers", "states"):
            yield Bar(id=name)
        yield FilterBar(pen, self._options.filter_text)
        with Widget(id="body"):
            for digit, provider in self.board.providers.items():
                yield Pane(digit, provider.adapter, pen, legend)
            yield Pane(ALL, "", pen, legend)
            yield Log(self._event, pen)
        yield Bar(id="event")
        yield Bar(id="hints")

    def on_mount(self) -> None:
        """The frame is drawn before anything has been polled."""
        self.panes = {pane.digit: pane for pane in self.query(Pane)}
        self.bars = {bar.id or "": bar for bar in self.query(Bar)}
        self.filter = self.query_one(FilterBar)
        self.log_pane = self.query_one(Log)
        self.body = self.query_one("#body", Widget)
        self._arrange()
        self.set_interval(1, self.tick)

    def on_resize(self, event: events.Resize) -> None:
        """Another size, maybe another layout."""
        self._arrange()

    def on_screen_resume(self) -> None:
        """Back from a screen above: shows what has come since."""
        if self._arranged is not None:
            self.take()

    def on_changed(self, message: Changed) -> None:
        """Something differs. Painted at once, but at most five times a second."""
        if self.is_current:
            self._pace.ask()

    @property
    def active(self) -> Pane:
        """The pane that keys go to."""
        return self.panes[self.open_pane if self.view == DECK else self.view]

    @property
    def digits(self) -> list[int]:
        """The digits of the panes shown."""
        if self.view == DECK and self._fits.wide:
            return list(self.board.providers)
        return [self.active.digit]

    def pen(self) -> Pen:
        """What drawing needs now."""
        return Pen(self._look, self._glyphs, self._options.clock(), self._options.utc)

    def legend(self) -> Legend:
        """What cells need now."""
        return Legend(self._options.clock(), self._glyphs, self.desk.store.sources, self.board.shorts)

    # From the store to the screen

    def take(self) -> None:
        """Takes what differs out of the store and paints it."""
        if self._paused_at is not None:
            self._lines()
            return
        now = self._options.clock()
        self._events.look(self.desk.store, now)
        self._taken = self.desk.store.version
        self.board.read(self.digits, now)
        grey = self.board.grey(now)
        for digit in self.digits:
            self.panes[digit].show(self.board.rows[digit], self.board.fact(digit), grey, self._empty())
        self.paint()

    def tick(self) -> None:
        """A second has passed: ages, and words that depend on them."""
        if self._paused_at is None and self.is_current:
            self._events.look(self.desk.store, self._options.clock())
            self.paint()

    def paint(self) -> None:
        """Draws everything; only lines that differ are written."""
        self._lines()
        pen, legend = self.pen(), self.legend()
        for digit in self.digits:
            pane = self.panes[digit]
            pane.active = pane is self.active
            pane.tell(pen, legend)
            pane.repaint()
        if self.log_pane.display:
            self.log_pane.repaint()

    def _lines(self) -> None:
        pen, facts = self.pen(), self.board.facts
        active = None if self.active.digit == ALL else self.active.digit
        self.bars["header"].show(lambda cells: bars.header(self._header(), pen, cells))
        self.bars["providers"].show(lambda cells: bars.providers(facts, pen, cells, active))
        self.bars["states"].show(lambda cells: bars.states(facts, pen, cells))
        self.bars["event"].show(lambda cells: self._last_line(pen, cells))
        self.bars["hints"].show(lambda cells: bars.hints(hinted(self.active_bindings.values()), pen, cells))
        if self.filter.display:
            self.filter.judge(self.board.verdict(pen.now))

    def _header(self) -> bars.Header:
        names = {DECK: "deck", ALL: "all tasks"} | {at: one.title for at, one in self.board.providers.items()}
        store = self.desk.store
        paces = sorted({store.status(name).interval for name in store.sources})
        held = f"PAUSED +{store.version - self._paused_at} held" if self._paused_at is not None else ""
        return bars.Header(
            view=names[self.view],
            accounts=",".join(sorted({source.account for source in store.sources.values()})),
            read_only=self.desk.read_only,
            every="-".join(f"{pace:g}s" for pace in dict.fromkeys((*paces[:1], *paces[-1:]))),
            note=self.desk.note,
            held=held,
        )

    def _last_line(self, pen: Pen, cells: int) -> Strip:
        told = self._question or self._message
        if told:
            return Ink().add(" ").add(told, pen.look["mark"]).strip(cells)
        return self._event(0, cells) or Strip.blank(cells)

    def _event(self, at: int, cells: int) -> Strip | None:
        return line(self._events.lines[at], self.pen(), self.legend(), cells) if at < len(self._events.lines) else None

    def _empty(self) -> str:
        if not self.board.filtered:
            return ""
        return "no task matches the filter; Esc twice clears it"

    def _arrange(self) -> None:
        """Shows the parts that the size and the view have room for."""
        size = self.app.size
        self._fits = fits = sizes.choose(*size, self._fits, self._options.layout)
        told = bool(self._question or self._message)
        filtering = self.filter.has_focus or bool(self.filter.edit.text)
        arranged = (size, self.view, self.active.digit, told, filtering)
        if arranged != self._arranged:
            self._arranged = arranged
            self._place(fits, told=told, filtering=filtering)
        self.take()

    def _place(self, fits: sizes.Layout, *, told: bool, filtering: bool) -> None:
        size = self.app.size
        deck = self.view == DECK and fits.wide
        self.body.set_class(deck, "-wide")
        shown = {"small": not fits.enough, "header": True, "providers": not deck, "states": fits.states}
        shown |= {"event": (fits.event and not deck) or told, "hints": fits.hints}
        for name, bar in self.bars.items():
            bar.display = shown[name] and (fits.enough or name == "small")
        text = f" taskdeck needs 60x15, have {size.width}x{size.height} (still polling)"
        self.bars["small"].show(lambda cells: Ink().add(text).strip(cells))
        self.body.display = fits.enough
        self.filter.display = fits.enough and filtering
        for digit, pane in self.panes.items():
            pane.display = digit in self.digits
            pane.zoomed = digit == self.view
        self.log_pane.display = deck

    # Keys

    def on_key(self, event: events.Key) -> None:
        """The answer to a question; anything but yes is no."""
        if self._question:
            event.stop()
            self._question = ""
            if event.key == "y":
                self.app.exit(0)
            self._arrange()

    def say(self, text: str) -> None:
        """One line for what the user just did; "" takes it away."""
        self._message = text
        self._arrange()

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
            self._arrange()

    def action_deck(self) -> None:
        """All panes."""
        self.view = DECK
        self._arrange()

    def action_zoom(self) -> None:
        """The pane to the whole screen, and back."""
        self.view = self.open_pane if self.view == DECK else DECK
        self._arrange()

    def action_next_pane(self, by: int) -> None:
        """The pane beside."""
        digits = list(self.board.providers)
        if digits and self.view != ALL:
            self.open_pane = digits[(digits.index(self.open_pane) + by) % len(digits)]
            self.view = DECK if self.view == DECK else self.open_pane
            self._arrange()

    def on_pane_picked(self, message: Pane.Picked) -> None:
        """A click: the pane, then the row, then the task."""
        if self.view == DECK:
            self.open_pane = message.digit
        if message.again:
            self.action_open()
        self._arrange()

    def action_open(self) -> None:
        """The task under the cursor."""
        task = self.active.selected
        if task is not None and self._fits.enough:
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
        self._arrange()

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
        self._arrange()

    def write_filter(self, text: str) -> None:
        """Puts a text into the bar, as if typed."""
        self.filter.edit.put(text)
        self.board.ask(text)
        self._arrange()

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
        self._paused_at = self._taken if self._paused_at is None else None
        self.take()

    def action_back(self) -> None:
        """One layer: message, filter, zoomed pane."""
        if self._message:
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
            self._question = "quit? y"
            self._arrange()
