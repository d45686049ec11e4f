"""Causes: what failed, by why. The cursor is a cause, not a line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

from textual.app import ComposeResult
from textual.strip import Strip

from tui.text import clean, cut_end
from tui.ui import causes
from tui.ui.canvas import Bar
from tui.ui.cells import Legend
from tui.ui.ink import Ink, between
from tui.ui.keys import CAUSES
from tui.ui.titles import Pen
from tui.ui.walked import Walked, Walking
from tui.view.causes import Cause, Causes

SLICE = 0.008  # seconds of looking at tasks between two looks at the keys
AGAIN = 10.0  # seconds after which a filter like age<2h looks at every task again
PICTURE = 0.2  # seconds between two pictures while tasks are looked at
LEAST, SHEET = 4, 9  # lines of the table that there must be beside the sheet, and lines of that


class Table(Walked[Cause]):
    """The rows in the window, and the cursor's cause whole below them."""

    DEFAULT_CSS = "Table { height: 1fr; }"

    def __init__(self, about: Callable[[], causes.About], empty: Callable[[], str]) -> None:
        super().__init__()
        self._about, self._empty = about, empty

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """The lines."""
        about, spot = self._about(), self.spot
        below = min(max(SHEET, height // 5), height - LEAST - 2) if height >= LEAST + 7 else 0
        spot.resize(height - 1 - (below + 1 if below else 0))
        lines = [causes.head(about, width)]
        for at in range(spot.top, min(spot.top + spot.height, len(spot.rows))):
            lines.append(causes.row(spot.rows[at], about, width, here=at == spot.cursor))
        if spot.row is None:
            lines.append(Ink().add(f"    {self._empty()}", about.pen.look["dim"]).strip(width))
        elif below:
            lines += [Strip.blank(width)] * max(0, height - below - len(lines))
            lines += causes.sheet(spot.row, about, width, below)
        return [*lines, *[Strip.blank(width)] * (height - len(lines))][:height]


class CausesScreen(Walking[None, Cause], inherit_bindings=False):
    """The table. `scope` is what holds on the view below, in words; `follow` shows the tasks of a cause.

    With `moving` the filter says something else of the same task as time goes by; `still` holds the picture.
    """

    BINDINGS = CAUSES

    def __init__(
        self,
        found: Causes,
        pen: Callable[[], Pen],
        legend: Callable[[], Legend],
        *,
        scope: str,
        follow: Callable[[Cause], None],
        copy: Callable[[str, str], None],
        still: Callable[[], bool],
        moving: bool = False,
    ) -> None:
        super().__init__(pen)
        self._found, self._legend, self._scope = found, legend, scope
        self._follow, self._copy, self._still, self._moving = follow, copy, still, moving
        self._drawn = -1
        self._src = causes.SRC_LEAST
        self._pictured = self._begun = monotonic()
        self.working = False

    def compose(self) -> ComposeResult:
        """Where one is and how many, the causes, the keys."""
        yield Bar(id="header")
        yield Table(self._about, self._empty)
        yield Bar(id="hints")

    def on_mount(self) -> None:
        """Begins to look at the tasks, and takes in what has come every second."""
        self.table = self.query_one(Table)
        self.set_interval(1, self._tick)
        self._go_on()
        self.look()

    @property
    def walked(self) -> Table:
        """The causes."""
        return self.table

    def on_unmount(self) -> None:
        """Nobody asks any more."""
        self._found.leave()

    def on_screen_resume(self) -> None:
        """Back from the tasks of a cause."""
        if self.is_mounted and hasattr(self, "table"):
            self._tick()

    def _tick(self) -> None:
        if not self.is_current or self._still():
            return
        if self._moving and monotonic() - self._begun >= AGAIN:
            self._begun = monotonic()
            self._found.again()
        self._found.take()
        if not self.working:
            self._go_on()
        self.look()

    def _go_on(self) -> None:
        """Looks at tasks for a while, and comes back for the rest between the keys."""
        until = monotonic() + SLICE
        self.working = not self._found.work(lambda: monotonic() < until)
        if self.working:
            self.set_timer(0.001, self._go_on)
        if not self.working or monotonic() - self._pictured >= PICTURE:
            self.look()

    def look(self) -> None:
        """Puts the causes in order, where something has changed, and shows them."""
        found, words = self._found, self.words
        asked = hash((found.version, tuple(words)))
        if asked != self._drawn:
            self._drawn = asked
            self.table.spot.show(found.in_order(self._wanted(words)))
            self._src = self._about().fitted(self.table.spot.rows).src
        self._pictured = monotonic()
        pen = self._pen()
        self.query_one("#header", Bar).show(lambda cells: self._header(pen, cells))
        self.paint_hints()
        self.table.repaint()

    def _wanted(self, words: Sequence[str]) -> Callable[[Cause], bool] | None:
        if not words:
            return None
        about = self._about()

        def wanted(cause: Cause) -> bool:
            told = f"{cause.text}\n{about.shorts(cause)}\n{' '.join(cause.sources)}\n{' '.join(cause.targets)}".lower()
            return all(word in told for word in words)

        return wanted

    def _about(self) -> causes.About:
        return causes.About(self._found, self._pen(), self._legend(), self._src)

    def _header(self, pen: Pen, cells: int) -> Strip:
        """`taskdeck  all tasks > causes   of state:bad age<2h              12 causes of 37 tasks`."""
        look, found = pen.look, self._found
        shown, many = len(self.table.spot.rows), found.known + (1 if found.others else 0)
        told = f"{shown:,} of " if shown != found.known else ""
        told += f"{many:,}{'+' if found.others else ''} cause{'s' if many != 1 else ''}"
        told += f" of {found.tasks:,}{'+' if self.working else ''} task{'s' if found.tasks != 1 else ''}"
        right = Ink().add(told, look["chrome.dim"]).add(" ")
        left = Ink().add(" taskdeck", look["chrome.name"]).add("  causes").extend(self.typed(pen))
        room = cells - left.width - right.width - 8
        if self._scope and room > 6:
            left.add("   of ", look["chrome.dim"]).add(cut_end(clean(self._scope), room), look["mark"])
        return between(left, right, cells).strip(cells, look["chrome"])

    def _empty(self) -> str:
        if self.working:
            return "looking at tasks .."
        if self.words and self._found.known:
            return "no cause has these words"
        return "no task that failed matches the filter" if self._scope else "nothing has failed, as far as is known"

    def action_open(self) -> None:
        """The tasks that have it."""
        cause = self.table.spot.row
        if cause is not None and cause.count:
            self._follow(cause)

    def action_copy_as(self) -> None:
        """All that is shown, as Markdown."""
        rows = [cause for cause in self.table.spot.rows if cause.count]
        if not rows:
            self.say("no cause to copy")
            return
        text = causes.as_markdown(rows, self._legend(), lambda cause: self._found.task(cause.latest))
        self._copy(text, f"{len(rows):,} cause{'s' if len(rows) > 1 else ''} as Markdown")
