"""A task as one line of a table. Lines are kept as long as their task and texts stay the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.model import State, Task, TaskKey
from tui.text import cut_end, fit
from tui.ui.cells import CELLS, SHORT, Legend, age, dur
from tui.ui.columns import Shown, ordered
from tui.ui.glyphs import Glyphs
from tui.ui.ink import PLAIN, Ink
from tui.ui.themes import TONES, Look

KEPT = 800  # lines, 2.3 KB each: all panes of a large screen, and the pages around them
GUTTER = 2  # cells left of the columns
MARGIN = 1  # and right of them
MOVING = ("age", "dur")  # the cells that change by themselves
Order = tuple[str, bool]  # a field, and whether its greatest values come first
NEWEST: Order = ("", False)


class Mark(NamedTuple):
    """How a line stands out."""

    cursor: bool = False
    active: bool = False
    grey: bool = False
    marked: bool = False
    fresh: str = ""
    """One of "new", "changed", "gone", or nothing."""
    pinned: bool = False


class _Line(NamedTuple):
    task: Task
    texts: tuple[str, ...]
    strip: Strip


class Lines:
    """Draws lines for one table."""

    def __init__(self, look: Look, glyphs: Glyphs) -> None:
        self.look = look
        self._glyphs = glyphs
        self._shown = Shown()
        self._kept: dict[tuple[TaskKey, Mark], _Line] = {}
        self._known: dict[tuple[State, bool], Mapping[str, Style]] = {}
        self._drawn_in = look.styles
        self._head: tuple[object, Strip] = None, Strip([])

    def arrange(self, shown: Shown) -> None:
        """Other columns, or another theme."""
        if shown.placed != self._shown.placed or self.look.styles is not self._drawn_in:
            self._kept.clear()
            self._known.clear()
            self._drawn_in = self.look.styles
        self._shown = shown

    def head(self, width: int, order: Order = NEWEST) -> Strip:
        """The names of the columns, the one that the rows are ordered by with its direction; signs where more are."""
        of = width, order, self._shown, self.look.styles
        if self._head[0] != of:
            self._head = of, self._named(width, order)
        return self._head[1]

    def _named(self, width: int, order: Order) -> Strip:
        signs, base, bright = self._glyphs, self.look["head"], self.look["key"]
        ink = Ink().add((signs.left if self._shown.left else "").ljust(GUTTER), bright)
        field, descending = order
        by = ordered(self._shown.placed, field)
        for at, (column, cells) in enumerate(self._shown.placed):
            name = column.head
            if column is by:
                name = cut_end(name, cells - 1) + (signs.down if descending else signs.up)
            ink.add(" " if at else "", base).add(fit(name, cells, right=column.right), bright if column is by else base)
        return ink.fill(width - 1).add(signs.right if self._shown.right else " ", bright).strip(width, base)

    def line(self, task: Task, mark: Mark, legend: Legend, width: int) -> Strip:
        """One task. What moves by itself is its age and, while it runs, its duration."""
        texts = (age(task, legend), dur(task, legend))
        kept = self._kept.get((task.key, mark))
        strip = None
        if kept is not None and kept.task is task and kept.strip.cell_length == width:
            if kept.texts == texts:
                return kept.strip
            strip = self._ticked(kept.strip, texts)
        if strip is None:
            strip = self._draw(task, mark, legend, width)
        if len(self._kept) > KEPT:
            self._kept.clear()
        self._kept[(task.key, mark)] = _Line(task, texts, strip)
        return strip

    def _ticked(self, strip: Strip, texts: tuple[str, str]) -> Strip | None:
        """The line with another age and duration in their places, in a tenth of the time that drawing it takes (60 us).

        None where they do not lie in plain letters.
        """
        parts, told = list(strip), dict(zip(MOVING, texts, strict=True))
        column = GUTTER
        for shown, cells in self._shown.placed:
            if shown.cell in told:
                text = fit(told[shown.cell], cells, right=shown.right, middle=shown.middle)
                if not _put(parts, column, text):
                    return None
            column += cells + 1
        return Strip(parts, strip.cell_length)

    def _draw(self, task: Task, mark: Mark, legend: Legend, width: int) -> Strip:
        styles = self._styles(task.state, grey=mark.grey)
        ink = self._gutter(mark, styles["state"])
        for column, cells in self._shown.placed:
            text = CELLS[column.cell](task, legend)
            if column.cell in SHORT:
                text = SHORT[column.cell](text, cells)
            text = fit(text, cells, right=column.right, middle=column.middle)
            ink.add(f"{text} ", styles[column.tone], cells + 1)
        under = PLAIN
        if mark.cursor:
            under = self.look["cursor" if mark.active else "cursor.idle"]
        return ink.strip(width, under)

    def _gutter(self, mark: Mark, state: Style) -> Ink:
        """Two cells: the cursor, then whether the row is marked, else pinned, else fresh.

        What has changed is its state: the sign looks like it, red before what has failed, and is one run with it.
        """
        ink = Ink().add(self._glyphs.cursor if mark.active else " ", self.look["key"])
        if mark.marked:
            return ink.add(self._glyphs.mark, self.look["mark"])
        if mark.pinned:
            return ink.add(self._glyphs.pin, self.look["key"])
        look = state if mark.fresh == "changed" else self.look["dim" if mark.grey else "age.fresh"]
        return ink.add(self._glyphs.fresh.get(mark.fresh, " "), look)

    def _styles(self, state: State, *, grey: bool) -> Mapping[str, Style]:
        """The styles of a row by the tones of its columns."""
        known = self._known.get((state, grey))
        if known is None:
            # Names look the same in every state: else each change of one writes them again, twice its own bytes.
            tokens = {"state": TONES[state], "note": "error" if state.bad else "dim", "dim": "dim", "text": "text"}
            known = {tone: self.look["faint" if grey else token] for tone, token in tokens.items()}
            self._known[(state, grey)] = known
        return known


def _put(parts: list[Segment], at: int, text: str) -> bool:
    """Writes over the cells from a column on; False, and nothing done, where they are not in one part of letters."""
    for place, (told, style, _) in enumerate(parts):
        cells = len(told) if told.isascii() else parts[place].cell_length
        if at < cells:
            if not told.isascii() or not text.isascii() or at + len(text) > cells:
                return False
            parts[place] = Segment(told[:at] + text + told[at + len(text) :], style)
            return True
        at -= cells
    return False
