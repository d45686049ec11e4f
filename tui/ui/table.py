"""Pane: a table of tasks under its title, virtual, bound to task keys. Holds what it shows, never the tasks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet

from textual import events
from textual.message import Message
from textual.strip import Strip

from tui.model import Task, TaskKey
from tui.ui import columns, orders
from tui.ui.canvas import Canvas
from tui.ui.cards import card
from tui.ui.cells import Legend
from tui.ui.facts import GREY, Facts
from tui.ui.ink import Ink
from tui.ui.place import Place, Where
from tui.ui.rows import GUTTER, MARGIN, NEWEST, Lines, Mark
from tui.ui.titles import Pen, note, notes, title


class Pane(Canvas):
    """One provider's tasks, or all of them (`digit` 0, without a title)."""

    DEFAULT_CSS = "Pane { height: 1fr; }"

    class Picked(Message):
        """Somebody pointed at a pane."""

        def __init__(self, digit: int, *, again: bool) -> None:
            super().__init__()
            self.digit = digit
            self.again = again

    def __init__(self, digit: int, adapter: str, pen: Pen, legend: Legend) -> None:
        super().__init__(id=f"pane-{digit}")
        self.digit = digit
        self.place = Place()
        self.moved: Callable[[], None] = lambda: None
        self.active = False
        self.zoomed = digit == 0
        self.empty = ""
        self.wide = False
        self.shift = 0
        self.order = NEWEST
        self.marked: AbstractSet[TaskKey] = frozenset()
        self.pins: AbstractSet[TaskKey] = frozenset()
        self.fresh: Mapping[TaskKey, str] = {}
        self._adapter = adapter
        self._pen = pen
        self._legend = legend
        self._facts: Facts | None = None
        self._grey: frozenset[str] = frozenset()
        self._lines = Lines(pen.look, pen.glyphs)

    @property
    def selected(self) -> Task | None:
        """The task under the cursor."""
        return self.place.task

    def show(
        self,
        rows: Sequence[Task],
        facts: Facts | None,
        grey: frozenset[str],
        empty: str = "",
        where: Where | None = None,
    ) -> None:
        """Other rows; `grey` names the sources that are not live, `empty` is said where there is no row."""
        self.place.show(rows, where)
        before = self._facts
        if self.place.at_home and self.place.follow is None and before is not None and before.beginning:
            self.place.home()  # the pages of a first read come in any order: nobody has chosen a task yet
        self._facts, self._grey, self.empty = facts, grey, empty

    def tell(self, pen: Pen, legend: Legend) -> None:
        """Another time of day."""
        self._pen, self._legend = pen, legend

    def act(self, movement: Callable[[Place], object]) -> None:
        """Moves the cursor and paints what that changes."""
        movement(self.place)
        self.repaint()
        self.moved()

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """Title, notes, column names where zoomed or other than usual, rows; a card where there is no row."""
        said = self._facts is None or self.place.rows or self.empty
        about = [] if said or self._facts is None else card(self._facts, self._pen, width, height - 1)
        lines = self._top(width, height, told=not about) + about
        shown = self._shown(width)
        self._lines.arrange(shown)
        if (self.zoomed or self.wide or shown.shift) and height > 4 and not about:
            lines.append(self._lines.head(width, self.order))
        self.place.resize(height - len(lines))
        self._offset = len(lines)
        if not self.place.rows and self.empty:
            lines.append(note(self.empty, self._pen, width, calm=True))
        lines += [self._row(index, width) for index in self.place.window]
        return (lines + [Strip.blank(width)] * (height - len(lines)))[:height]

    def _top(self, width: int, height: int, *, told: bool) -> list[Strip]:
        if self._facts is None:
            return []
        lines = [title(self._facts, self._pen, width, active=self.active, order=orders.told(self.order))]
        if told and height >= 6:
            calm = self._facts.word(self._pen.now) not in GREY
            lines += [note(text, self._pen, width, calm=calm) for text in notes(self._facts, self._pen)]
        return lines

    @property
    def heads(self) -> list[columns.Column]:
        """The columns that are shown now."""
        return [column for column, _ in self._shown(self.size.width).placed]

    def widen(self) -> None:
        """All columns there are, or those for the width again."""
        self.wide, self.shift = not self.wide, 0
        self.repaint()

    def scroll_columns(self, by: int) -> None:
        """Moves the columns beside those that stay; ends where there are no more."""
        now = self._shown(self.size.width).shift
        self.shift = max(0, now + by)
        self.shift = self._shown(self.size.width).shift
        self.repaint()

    def _shown(self, width: int) -> columns.Shown:
        usual, full = columns.of(self._adapter, merged=self.digit == 0, zoomed=self.zoomed)
        return columns.show(usual, full, max(1, width - GUTTER - MARGIN), wide=self.wide, shift=self.shift)

    def _row(self, index: int, width: int) -> Strip:
        task = self.place.rows[index]
        here = index == self.place.cursor
        key = task.key
        active, grey, fresh = here and self.active, key.source in self._grey, self.fresh.get(key, "")
        mark = Mark(here, active, grey, key in self.marked, fresh, key in self.pins)
        return self._lines.line(task, mark, self._legend, width)

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor on a row; one on the row that has it opens it."""
        index = self.place.top + event.y - self._offset
        again = self.active and index == self.place.cursor
        if event.y >= self._offset and index in self.place.window:
            self.place.go(index)
        self.post_message(self.Picked(self.digit, again=again))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel."""
        self.act(lambda place: place.page(3))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel."""
        self.act(lambda place: place.page(-3))


class Log(Canvas):
    """The newest events, as the deck's sixth pane."""

    DEFAULT_CSS = "Log { height: 1fr; }"

    def __init__(self, line: Callable[[int, int], Strip | None], pen: Pen) -> None:
        super().__init__(id="log")
        self._line = line
        self._pen = pen

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """A title, then one line for each event."""
        lines = [Ink().add("   EVENTS").strip(width, self._pen.look["title"])]
        for at in range(height - 1):
            line = self._line(at, width)
            if line is None:
                break
            lines.append(line)
        if len(lines) == 1:
            lines.append(note("nothing has changed yet", self._pen, width, calm=True))
        return (lines + [Strip.blank(width)] * (height - len(lines)))[:height]
