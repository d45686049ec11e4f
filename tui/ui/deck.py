"""Deck: what home shows: the panes of all providers, one zoomed, or all tasks merged; with the lines round them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import TypeVar

from textual import events
from textual.app import ComposeResult
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget

from tui.text import clean
from tui.ui import bars, facts, sizes
from tui.ui.attention import Attention
from tui.ui.board import ALL, DECK, Board
from tui.ui.canvas import Bar
from tui.ui.cards import nowhere
from tui.ui.cells import Legend
from tui.ui.desk import Desk
from tui.ui.events import Event, Events, line
from tui.ui.filter_bar import FilterBar
from tui.ui.glyphs import Glyphs
from tui.ui.ink import Ink, linked
from tui.ui.keys import hinted
from tui.ui.messages import Changed
from tui.ui.options import Options
from tui.ui.over import hints_above
from tui.ui.pace import Pace
from tui.ui.quiet import hush
from tui.ui.table import Log, Pane
from tui.ui.themes import Look
from tui.ui.titles import Pen

Drawn = TypeVar("Drawn", Pen, Legend)
SLICE = 0.008  # seconds of looking for rows between two looks at the keys
FIRST = 0.006  # and before the first picture of a new filter
SAID = 10.0  # seconds that a line stays which says what the user did; the next key ends it
PICTURE = 0.08  # seconds between two pictures while rows are being found


class Deck(Screen[None], inherit_bindings=False):
    """From the store to the screen. What keys do is in `Home`."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = """
    Deck { layout: vertical; overflow: hidden; }
    Deck #body { height: 1fr; layout: vertical; }
    Deck #body.-wide { layout: grid; grid-size: 2; grid-gutter: 1 2; grid-rows: 1fr; }
    """

    def __init_subclass__(cls, **options: bool) -> None:
        """Textual looks through all of a class for 0.3 ms: not through each of the acts, of which none is a screen."""
        if "BINDINGS" in vars(cls):
            super().__init_subclass__(**options)

    def __init__(self, desk: Desk, options: Options, look: Look, glyphs: Glyphs) -> None:
        super().__init__()
        hush(self)
        self.desk = desk
        self.memory = options.memory
        self.board = Board(desk.store, desk.providers, options.views, utc=options.utc)
        for view in (DECK, ALL):
            self.board.ask(view, options.filter_text)
        self.view = DECK
        self.open_pane = min(self.board.providers, default=ALL)
        self._options, self._look, self._glyphs = options, look, glyphs
        self._events = Events()
        self._pace = Pace(lambda wait, work: self.set_timer(wait, work), self.take)
        self.attention = Attention(desk)
        self.fits = sizes.Layout()
        self.peeking: bool | None = None  # what the user asked for; else the size decides
        self._arranged: tuple[object, ...] | None = None
        self.paused = False
        self._shown: int | None = None
        self._taken = -1
        self._keys: tuple[object, tuple[tuple[str, str], ...]] = None, ()
        self._working = False
        self._pictured = 0.0
        self._typed_in = DECK
        self._log: list[Event] = []
        self.question = ""
        self.told = ""
        self._told_at = 0.0
        self._link = ""

    def compose(self) -> ComposeResult:
        """Header, providers, states, filter, panes, last event, hints; laid out before the first paint."""
        pen, legend = self.pen(), self.legend()
        self.bars = {name: Bar(id=name) for name in ("small", "header", "providers", "states", "event", "hints")}
        self.filter = FilterBar(pen, self._options.filter_text)
        providers = self.board.providers.items()
        self.panes = {digit: Pane(digit, provider.adapter, pen, legend) for digit, provider in providers}
        self.panes[ALL] = Pane(ALL, "", pen, legend)
        self.log_pane = Log(self._event, pen)
        self.body = Widget(*self.panes.values(), self.log_pane, id="body")
        self.lay_out()
        *above, event, hints = self.bars.values()
        yield from (*above, self.filter, self.body, event, hints)

    def on_mount(self) -> None:
        """Ages move by themselves."""
        self.set_interval(1, self.tick)

    def on_resize(self, event: events.Resize) -> None:
        """Another size, maybe another layout. Textual tells the first one three times, and each time it was drawn."""
        if self._arranged is None or self._arranged[0] != self.app.size:
            self.lay_out()

    def on_screen_suspend(self) -> None:
        """A screen above: what shows of this one round a box tells the keys of that box."""
        if self._arranged is not None:
            self._hints(self.pen())

    def on_screen_resume(self) -> None:
        """Back from a screen above: shows what has come since."""
        if self._arranged is not None:
            self.take()

    @property
    def will_paint(self) -> bool:
        """Whether the next picture is already on its way: it will show what differs now, too."""
        return self._pace.waiting

    def typing(self) -> None:
        """Somebody has pressed a key: what differs in the store waits until its picture is out."""
        self._pace.key()

    def on_changed(self, message: Changed) -> None:
        """Something differs. Painted at once, but at most twice a second."""
        if self.is_current:
            self._pace.ask()

    @property
    def active(self) -> Pane:
        """The pane that keys go to."""
        return self.panes[self.open_pane if self.view == DECK else self.view]

    @property
    def digits(self) -> list[int]:
        """The digits of the panes shown."""
        if self.view == DECK and self.fits.wide:
            return list(self.board.providers)
        return [self.active.digit]

    def show(self, view: int) -> None:
        """Another view: the deck, all tasks, or one provider by its digit."""
        if view == DECK or view in self.panes:
            self.view = view
            self.open_pane = view if view > ALL else self.open_pane
            self.lay_out()

    def say(self, text: str, link: str = "") -> None:
        """One line for what the user just did; "" takes it away. With `link` it is a hyperlink (OSC 8)."""
        self.told, self._told_at, self._link = clean(text), monotonic(), link
        self.lay_out()

    def write_filter(self, text: str) -> None:
        """Puts a text into the filter of the view, as if typed."""
        self.filter.edit.put(text)
        self.board.ask(self.view, text)
        self.lay_out()

    def pen(self) -> Pen:
        """What drawing needs now."""
        return Pen(self._look, self._glyphs, self._options.clock(), self._options.utc)

    def legend(self) -> Legend:
        """What cells need now."""
        sources, shorts = self.desk.store.sources, self.board.shorts
        now, skews = self._options.clock(), self.board.skews
        return Legend(now, self._glyphs, sources, shorts, utc=self._options.utc, skews=skews)

    def _still(self, drawn: Drawn) -> Drawn:
        """With the time of the picture while the screen is paused: its ages and words are of then."""
        return drawn._replace(now=self._shown) if self.paused and self._shown else drawn

    def take(self) -> None:
        """Takes what differs out of the store and paints it; a paused screen looks at the tasks of before."""
        now, self._taken = self._options.clock(), self.desk.store.version
        self._events.look(self.desk.store, now)
        if not self.paused or self._shown is None:
            self.board.take(now)
            self._shown, self._log = now, list(self._events.lines)
        self.attention.show(self._watched())
        self._hand_out(FIRST)

    def _watched(self) -> frozenset[str]:
        """The sources whose panes are on the screen."""
        shown = {provider.adapter for digit, provider in self.board.providers.items() if digit in self.digits}
        sources = self.desk.store.sources if self.fits.enough else {}
        return frozenset(name for name, one in sources.items() if ALL in self.digits or one.adapter in shown)

    def _hand_out(self, seconds: float) -> None:
        """Looks for rows for a while, gives the panes what there is and comes back for the rest."""
        now = self._shown or self._options.clock()
        self.board.use(self.digits, now)
        self.board.fill(_for(seconds))
        done = self.board.work(_for(seconds / 8)) and self.board.rest(_for(seconds / 4))
        grey, rows = self.board.grey(now), self.board.rows
        for digit, found in rows.items():
            pane = self.panes[digit]
            pane.order, pane.fresh = self.board.where(digit).sort, self.board.signs(digit)
            pane.show(found, self.board.fact(digit), grey, self._empty(digit), self.board.where(digit))
        self._pictured = monotonic()
        self.paint()
        self._come_back(done)

    def _come_back(self, done: bool) -> None:
        if not done and not self._working:
            self._working = True
            self.set_timer(0.001, self._go_on)

    def _go_on(self) -> None:
        """Rows are still missing: looks for more, between the keys."""
        self._working = False
        going_on, guilty = _for(SLICE), self.board.guilty
        found, done = self.board.work(_for(0)), self.board.work(going_on)
        if not found and (done or monotonic() - self._pictured >= PICTURE):
            self._hand_out(0)
            return
        rested = done and self.board.rest(going_on)
        if self.board.guilty != guilty:
            self._lines()
        self._come_back(rested)

    def tick(self) -> None:
        """A second has passed: ages, and words that depend on them."""
        now = self._options.clock()
        self._events.look(self.desk.store, now)  # also below another screen: an event is told when it happens
        if not self.is_current:
            return
        if self.told and monotonic() - self._told_at >= SAID:
            self.say("")
        if self.paused:
            self.paint()
            return
        self._log = list(self._events.lines)
        ended = self.board.settle(now)
        if self._pace.hushed or self._taken != self.desk.store.version:
            self._pace.ask()
        elif self.will_paint:  # soon: one picture fewer of three
            return
        elif ended:
            self._hand_out(SLICE)
        else:
            self.paint()

    def paint(self) -> None:
        """Draws everything; only lines that differ are written."""
        self._lines()
        pen, legend = self._still(self.pen()), self._still(self.legend())
        for digit in self.digits:
            pane = self.panes[digit]
            pane.active = pane is self.active
            pane.tell(pen, legend)
            pane.repaint()
        if self.log_pane.display:
            self.log_pane.repaint()

    def _lines(self) -> None:
        pen, facts = self._still(self.pen()), self.board.facts
        active = None if self.active.digit == ALL else self.active.digit
        header, minute = self._header(), self._options.clock() // 60_000
        self.bars["header"].show(lambda cells: bars.header(header, self.pen(), cells), (header, minute))
        strip = active, *(bars.brief(one, pen.now) for one in facts)
        self.bars["providers"].show(lambda cells: bars.providers(facts, pen, cells, active), strip)
        counts = [(dict(one.counts), one.whole) for one in facts]
        self.bars["states"].show(lambda cells: bars.states(facts, pen, cells), counts)
        told = self.question, self.told, self._link, self._log[:1], len(self.desk.store.sources)
        self.bars["event"].show(lambda cells: self._last_line(pen, cells), told)
        self._hints(pen)
        if self.filter.display:
            verdict, above = self.board.verdict(self.view, pen.now), self.board.above(self.view)
            self.filter.judge(verdict, self.board.pinned.strip(), above)

    def _hints(self, pen: Pen) -> None:
        keys: Sequence[tuple[str, str]] | None = hints_above(self.app)
        if keys is None:
            keys = self.filter.hints if self.focused is self.filter else self._own_keys()
        self.bars["hints"].show(lambda cells: bars.hints(keys, pen, cells), tuple(keys))

    def _own_keys(self) -> Sequence[tuple[str, str]]:
        """The keys of this screen, looked up (0.4 ms) only where something else has the focus or the right to write."""
        of = self.focused, self.desk.read_only
        if self._keys[0] != of:
            self._keys = of, tuple(hinted(self.active_bindings.values()))
        return self._keys[1]

    def _header(self) -> bars.Header:
        names = {DECK: "deck", ALL: "all tasks"} | {at: one.title for at, one in self.board.providers.items()}
        store = self.desk.store
        statuses = [store.status(name) for name in store.sources]
        paces, used = sorted({status.interval for status in statuses}), facts.budget(statuses)
        held = f"PAUSED +{self.board.held} held" if self.paused else ""
        return bars.Header(
            view=names[self.view],
            accounts=",".join(sorted({source.account for source in store.sources.values() if source.account})),
            read_only=self.desk.read_only,
            every=""
            if self.desk.replays
            else "-".join(f"{pace:g}s" for pace in dict.fromkeys((*paces[:1], *paces[-1:]))),
            note=self.desk.note,
            held=held,
            clock=facts.clock(statuses),
            budget="" if used is None else f"budget {used:.0%}",
            prod=any(self.desk.guarded(name) for name in store.sources),
        )

    def _last_line(self, pen: Pen, cells: int) -> Strip:
        told = self.question or self.told
        if told:
            return Ink().add(" ").add(told, linked(pen.look["mark"], "" if self.question else self._link)).strip(cells)
        return self._event(0, cells) or Strip.blank(cells)

    def _event(self, at: int, cells: int) -> Strip | None:
        return line(self._log[at], self.pen(), self.legend(), cells) if at < len(self._log) else None

    def _empty(self, digit: int) -> str:
        if not self.board.filtered(digit):
            return nowhere(self.board.facts, self.pen().now) if digit == ALL else ""
        if self.board.where(digit).working:
            return "looking for tasks .."
        among = [facts for facts in self.board.facts if digit in (ALL, facts.provider.digit)]
        whole = all(facts.whole for facts in among)
        return "no task matches the filter" if whole else "no task matches the filter so far: not all are read"

    def lay_out(self) -> None:
        """Shows the parts that the size and the view have room for."""
        size = self.app.size
        self.fits = fits = sizes.choose(*size, self.fits, self._options.layout, self.peeking)
        told = bool(self.question or self.told)
        if self._typed_in != self.view:
            self._typed_in = self.view
            self.filter.edit.put(self.board.text(self.view))
        filtering = self.focused is self.filter or bool(self.filter.edit.text or self.board.beside(self.view))
        arranged = (size, self.view, self.active.digit, told, filtering, self.peeking)
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
        self.bars["small"].show(lambda cells: Ink().add(sizes.small(*size)).strip(cells))
        self.body.display = fits.enough
        self.filter.display = fits.enough and filtering
        for digit, pane in self.panes.items():
            pane.display = digit in self.digits
            pane.zoomed = digit == self.view
        self.log_pane.display = deck


def _for(seconds: float) -> Callable[[], bool]:
    """True for so long, then False."""
    until = monotonic() + seconds
    return lambda: monotonic() < until
