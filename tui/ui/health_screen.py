"""Health: how each source is, what polling it costs, and the one way out of what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.strip import Strip

from tui.ui import health
from tui.ui.acts.pacing import reading
from tui.ui.canvas import Bar, Canvas
from tui.ui.cells import Legend
from tui.ui.desk import Desk
from tui.ui.events import Event
from tui.ui.health_sheet import sheet
from tui.ui.ink import Ink
from tui.ui.keys import HEALTH
from tui.ui.narrowing import Narrowing
from tui.ui.spot import Spot
from tui.ui.titles import Pen

BESIDE = (180, 20)  # from this size on the sheet of the cursor's source stands beside a table that is long
SHARE = 0.55  # of the width that the table has then
LEAST = 3  # lines of the table, however little room there is
EVENTS_INSTEAD = -1  # no digit of a provider
SHEET = 12  # lines of the sheet of a source in some trouble: what is beyond them the table may have


class Page(Canvas):
    """The table, and the sheet of the cursor's source below or beside it."""

    DEFAULT_CSS = "Page { height: 1fr; }"

    class Picked(Message):
        """Somebody pointed at the source that has the cursor."""

    def __init__(self, about: Callable[[], health.About]) -> None:
        super().__init__()
        self.spot: Spot[str] = Spot()
        self._about = about
        self._lines = 0

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """The lines."""
        about, spot = self._about(), self.spot
        beside = width >= BESIDE[0] and height >= BESIDE[1] and len(spot.rows) >= height // 2
        across = int(width * SHARE) if beside else width
        most = max(LEAST + 1, height * 2 // 5, height - 1 - SHEET)
        self._lines = height if beside else min(len(spot.rows) + 1, most)
        spot.resize(self._lines - 1)
        table = [health.head(about.pen, across)]
        for at in range(spot.top, min(spot.top + spot.height, len(spot.rows))):
            table.append(health.row(about.statuses[spot.rows[at]], about, across, here=at == spot.cursor))
        if spot.row is None:
            table.append(Ink().add("    no source has these words", about.pen.look["dim"]).strip(across))
            return _filled(table, width, height)
        status = about.statuses[spot.row]
        if not beside:
            below = sheet(status, about, width, height - len(table) - 1)
            return _filled([*table, Strip.blank(width), *below], width, height)
        rest = width - across - 2
        right = _filled(sheet(status, about, rest, height), rest, height)
        pairs = zip(_filled(table, across, height), right, strict=True)
        return [Strip.join([one, Strip.blank(2), other]) for one, other in pairs]

    def go(self, index: int) -> None:
        """Puts the cursor on a source and paints that."""
        self.spot.go(index)
        self.repaint()

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor on a source; one on the source that has it opens its provider."""
        index = self.spot.top + event.y - 1
        if 0 < event.y < self._lines and index < len(self.spot.rows):
            again = index == self.spot.cursor
            self.go(index)
            if again:
                self.post_message(self.Picked())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel."""
        self.go(self.spot.cursor + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel."""
        self.go(self.spot.cursor - 3)


def _filled(lines: Sequence[Strip], width: int, height: int) -> list[Strip]:
    return [*lines, *[Strip.blank(width)] * (height - len(lines))][:height]


class HealthScreen(Narrowing[int | None], inherit_bindings=False):
    """The table, the cursor on the source `at`. Answers a provider's digit to open, `EVENTS_INSTEAD`, or None."""

    BINDINGS = HEALTH

    def __init__(
        self,
        desk: Desk,
        pen: Callable[[], Pen],
        legend: Callable[[], Legend],
        newest: Callable[[], Sequence[Event]],
        attend: Callable[[frozenset[str]], None],
        at: str | None = None,
    ) -> None:
        super().__init__(pen)
        self._at = at
        self._desk, self._legend, self._newest, self._attend = desk, legend, newest, attend

    def compose(self) -> ComposeResult:
        """How many are how, the sources, the keys."""
        yield Bar(id="header")
        yield Page(self._about)
        yield Bar(id="hints")

    def on_mount(self) -> None:
        """Shows what there is, and looks again every second."""
        self.page = self.query_one(Page)
        self.set_interval(1, self.look)
        self.look()
        if self._at in self.page.spot.rows:
            self.page.go(self.page.spot.rows.index(self._at))

    def _about(self) -> health.About:
        store = self._desk.store
        return health.About(
            {name: store.status(name) for name in store.sources}, self._pen(), self._legend(), self._newest()
        )

    def look(self) -> None:
        """Shows the sources as they are now, those of one provider together, in the order of the config."""
        about, words = self._about(), self.words
        digits = {provider.adapter: provider.digit for provider in self._desk.providers}
        names = sorted(about.statuses, key=lambda name: digits.get(about.statuses[name].source.adapter, 10))
        self._attend(frozenset(names))
        self.page.spot.show([name for name in names if self._wanted(name, about, words)] if words else names)
        self.query_one("#header", Bar).show(lambda cells: health.header(about, self.typed(about.pen), cells))
        self.paint_hints()
        self.page.repaint()

    def _wanted(self, name: str, about: health.About, words: Sequence[str]) -> bool:
        status = about.statuses[name]
        told = f"{' '.join(status.source)} {about.short(status)} {status.word(about.pen.now)}".lower()
        return all(word in told for word in words)

    def action_move(self, by: int) -> None:
        """A source."""
        self.page.go(self.page.spot.cursor + by)

    def action_page(self, share: float) -> None:
        """A page, or a part of it."""
        spot = self.page.spot
        by = int(spot.height * share) or (1 if share > 0 else -1)
        spot.top += by
        self.page.go(spot.cursor + by)

    def action_first(self) -> None:
        """The first source."""
        self.page.go(0)

    def action_last(self) -> None:
        """The last one."""
        self.page.go(len(self.page.spot.rows) - 1)

    def action_events(self) -> None:
        """The other screen about the sources."""
        self.dismiss(EVENTS_INSTEAD)

    def action_open(self) -> None:
        """The provider of the source."""
        name = self.page.spot.row
        adapter = None if name is None else self._desk.store.sources[name].adapter
        digit = next((one.digit for one in self._desk.providers if one.adapter == adapter), None)
        if digit is not None:
            self.dismiss(digit)

    def action_poke(self) -> None:
        """Reads the source now."""
        name = self.page.spot.row
        if name is not None:
            self._desk.poke(name)
            self.say(reading([name]))

    def on_page_picked(self) -> None:
        """A click."""
        self.action_open()
