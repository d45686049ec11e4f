"""Health: how each source is, what polling it costs, and the one way out of what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.strip import Strip

from tui.ui import health
from tui.ui.acts.pacing import reading
from tui.ui.canvas import Bar
from tui.ui.cells import Legend
from tui.ui.desk import Desk
from tui.ui.events import Event
from tui.ui.health_sheet import sheet
from tui.ui.ink import Ink
from tui.ui.keys import HEALTH
from tui.ui.titles import Pen
from tui.ui.walked import Walked, Walking

BESIDE = (180, 20)  # from this size on the sheet of the cursor's source stands beside a table that is long
SHARE = 0.55  # of the width that the table has then
LEAST = 3  # lines of the table, however little room there is
EVENTS_INSTEAD = -1  # no digit of a provider
SHEET = 12  # lines of the sheet of a source in some trouble: what is beyond them the table may have


class Page(Walked[str]):
    """The table, and the sheet of the cursor's source below or beside it."""

    DEFAULT_CSS = "Page { height: 1fr; }"

    def __init__(self, about: Callable[[], health.About]) -> None:
        super().__init__()
        self._about = about

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """The lines."""
        about, spot = self._about(), self.spot
        beside = width >= BESIDE[0] and height >= BESIDE[1] and len(spot.rows) >= height // 2
        across = int(width * SHARE) if beside else width
        most = max(LEAST + 1, height * 2 // 5, height - 1 - SHEET)
        spot.resize((height if beside else min(len(spot.rows) + 1, most)) - 1)
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


def _filled(lines: Sequence[Strip], width: int, height: int) -> list[Strip]:
    return [*lines, *[Strip.blank(width)] * (height - len(lines))][:height]


class HealthScreen(Walking[int | None, str], inherit_bindings=False):
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

    @property
    def walked(self) -> Page:
        """The sources."""
        return self.page

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
