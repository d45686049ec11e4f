"""Events: what has changed in this run, newest first. The cursor is an event, not a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.strip import Strip

from tui.model import State, Task
from tui.text import clean, fit
from tui.ui.canvas import Bar
from tui.ui.cells import Legend
from tui.ui.desk import Desk
from tui.ui.events import Event, text
from tui.ui.ink import Ink, between
from tui.ui.keys import EVENTS
from tui.ui.themes import TONES
from tui.ui.titles import Pen
from tui.ui.walked import Walked, Walking

SOURCE, NAMED = 14, 100  # cells for the name of a source, from this width on


class Listed(Walked[Event]):
    """The lines in the window."""

    DEFAULT_CSS = "Listed { height: 1fr; }"
    HEAD = 0

    def __init__(self, write: Callable[[Event, int], Ink], empty: Callable[[], Ink], pen: Callable[[], Pen]) -> None:
        super().__init__()
        self._write, self._empty, self._pen = write, empty, pen

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """One line for each event, or why there is none."""
        spot, pen = self.spot, self._pen()
        spot.resize(height)
        lines = [] if spot.rows else [self._empty().strip(width)]
        for at in range(spot.top, min(spot.top + height, len(spot.rows))):
            here = at == spot.cursor
            ink = (
                Ink().add(pen.glyphs.cursor if here else " ", pen.look["key"]).extend(self._write(spot.rows[at], width))
            )
            lines.append(ink.strip(width, pen.look["cursor"]) if here else ink.strip(width))
        return (lines + [Strip.blank(width)] * (height - len(lines)))[:height]


class EventsScreen(Walking[bool | None, Event], inherit_bindings=False):
    """The list. `newest` answers with the events there are, newest first. Answers True for health instead of it."""

    BINDINGS = EVENTS

    def __init__(
        self,
        desk: Desk,
        pen: Callable[[], Pen],
        legend: Callable[[], Legend],
        newest: Callable[[], Sequence[Event]],
    ) -> None:
        super().__init__(pen)
        self._desk, self._legend, self._newest = desk, legend, newest
        self._known = 0

    def compose(self) -> ComposeResult:
        """How many, the lines, the keys."""
        yield Bar(id="header")
        yield Listed(self._line, self._empty, self._pen)
        yield Bar(id="hints")

    def on_mount(self) -> None:
        """Shows what there is, and looks again every second."""
        self.listed = self.query_one(Listed)
        self.set_interval(1, self.look)
        self.look()

    @property
    def walked(self) -> Listed:
        """The lines."""
        return self.listed

    def look(self) -> None:
        """Takes in what has come since."""
        newest, words = self._newest(), self.words
        self._known = len(newest)
        self.listed.spot.show([one for one in newest if self._wanted(one, words)] if words else list(newest))
        self._paint()

    def _wanted(self, event: Event, words: Sequence[str]) -> bool:
        told = text(event, self._pen(), self._legend())
        told = f"{_what(event)} {self._short(event)} {event.source} {told}".lower()
        return all(word in told for word in words)

    def _paint(self) -> None:
        pen = self._pen()
        self.query_one("#header", Bar).show(lambda cells: self._header(pen, cells))
        self.paint_hints()
        self.listed.repaint()

    def _header(self, pen: Pen, cells: int) -> Strip:
        look, shown = pen.look, len(self.listed.spot.rows)
        left = Ink().add(" taskdeck", look["chrome.name"]).add("  events of this run")
        left.extend(self.typed(pen))
        told = f"{shown:,} of {self._known:,}" if shown != self._known else f"{shown:,}"
        return between(left, Ink().add(told, look["chrome.dim"]).add(" "), cells).strip(cells, look["chrome"])

    def _line(self, event: Event, cells: int) -> Ink:
        pen = self._pen()
        look, what = pen.look, event.what
        ink = Ink().add(f"{pen.time(event.at)} ", look["dim"])
        if isinstance(what, State):
            ink.add(f"{pen.glyphs.states[what]} {what.label:<9} ", look[TONES[what]])
        else:
            ink.add(pen.worded(what), look[pen.word_token(what)]).fill(21)
        ink.add(f"{self._short(event):<3} ", look["dim"])
        if cells >= NAMED:
            ink.add(fit(clean(event.source), SOURCE) + "  ", look["dim"])
        return ink.add(text(event, pen, self._legend()), look["text"])

    def _short(self, event: Event) -> str:
        legend = self._legend()
        source = legend.sources.get(event.source)
        return clean(legend.shorts.get(source.adapter, "")) if source else ""

    def _empty(self) -> Ink:
        told = "no event has these words" if self._known else "nothing has changed yet"
        return Ink().add(f"    {told}", self._pen().look["dim"])

    def action_health(self) -> None:
        """The other screen about the sources."""
        self.dismiss(True)

    def action_open(self) -> None:
        """The task of the event, if it is still known."""
        event = self.listed.spot.row
        if event is None:
            return
        task, _, _ = self._step(0)
        if task is None:
            self.say("that task is no longer known" if event.key else "about the whole source: no task to open")
            return
        from tui.ui.detail import TaskScreen

        self.app.push_screen(TaskScreen(self._desk, task, self._pen, self._legend, self._step))

    def _step(self, by: int) -> tuple[Task | None, int, int]:
        """The task of the next or previous event that has one; of this event for 0."""
        spot = self.listed.spot
        at = spot.cursor + by
        while by and 0 <= at < len(spot.rows) and self._known_task(at) is None:
            at += by
        if by and 0 <= at < len(spot.rows):
            spot.go(at)
        return self._known_task(spot.cursor), spot.cursor + 1, len(spot.rows)

    def _known_task(self, at: int) -> Task | None:
        key = self.listed.spot.rows[at].key if at < len(self.listed.spot.rows) else None
        return None if key is None else self._desk.store.get(key)


def _what(event: Event) -> str:
    """What happened in the words that one may look for: `FAIL failed`."""
    return f"{event.what.label} {event.what.value}" if isinstance(event.what, State) else event.what.value
