"""Canvas: a widget that is a list of lines; only the lines that differ are painted again.

What is abstract here and in other classes of widgets, mypy alone enforces: Textual's metaclass is no ABCMeta.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget


class Canvas(Widget):
    """Draws itself whole when its size changes, and line by line afterwards."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._drawn: Sequence[Strip] = ()
        self._drawn_for: Size | None = None
        self._under: Style | None = None
        self._of: object = None

    @abstractmethod
    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """The lines to show, each exactly `width` cells."""

    def render_line(self, y: int) -> Strip:
        """One line, for Textual."""
        return self._lines_of(range(y, y + 1))[0]

    def render_lines(self, crop: Region) -> list[Strip]:
        """Some lines, for Textual, which would look for borders, padding and tints at each: we have none."""
        strips = self._lines_of(crop.line_range)
        ground = self.background_colors[1]
        for one in self.get_line_filters():
            strips = [strip.apply_filter(one, ground) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def _lines_of(self, rows: Iterable[int]) -> list[Strip]:
        """On what lies under them."""
        size = self.size
        if self._drawn_for != size:
            self._drawn_for = size
            self._drawn = self.draw(*size)
        if self._under is None:
            self._under = self.rich_style
        drawn, blank = self._drawn, Strip.blank(size.width)
        return [(drawn[y] if y < len(drawn) else blank).apply_style(self._under) for y in rows]

    def redraw(self) -> None:
        """Everything anew: the same content looks otherwise."""
        self._drawn_for = self._under = None
        self.refresh()

    def notify_style_update(self) -> None:
        """The theme is another one: what lies under the lines is found anew (0.1 ms, too much for each line)."""
        self._under = None
        super().notify_style_update()

    def repaint(self, of: object = None) -> None:
        """Draws anew and has painted what differs. Where all that is drawn is told by `of`, not while that is equal:
        nearly all lines round the panes are what they were a second ago, and drawing them was half of a picture.
        """
        if of is not None and of == self._of:
            return
        self._of = of
        if not self.display or not self.size:
            self._drawn_for = None  # is drawn when it is seen
            return
        if self._drawn_for != self.size:
            self.refresh()
            return
        old, self._drawn = self._drawn, self.draw(*self.size)
        scrolled = moved(old, self._drawn)
        regions = [
            Region(x1, y, x2 - x1, 1)
            for y, (before, after) in enumerate(zip(old, self._drawn, strict=False))
            if before is not after
            for x1, x2 in ([(0, after.cell_length)] if y in scrolled else changed(before, after))
        ]
        if len(old) != len(self._drawn):
            self.refresh()
        elif regions:
            self.refresh(*regions)


GAP = 4  # equal cells between two runs that are not dearer to write than to jump over, if they look like one of both
SCROLLED = 4  # lines that have moved together, as many as `Picture` moves
KEPT = 200  # lines whose cells (8 KB at 120 columns) are remembered: of a table that scrolls by one, all but one
# Texts without wide characters and combining marks that are not ASCII: mostly our own signs.
_NARROW = re.compile("[ -~\u00a1-\u02ff\u203a\u21bb\u2298\u2400-\u2426\u25b8\u25e6\u2713\u2717\u2800-\u28ff]*")
_NOTHING = Style()
Cell = tuple[str, Style | None]
_known: dict[int, tuple[Strip, list[Cell]]] = {}


def moved(before: Sequence[Strip], after: Sequence[Strip]) -> frozenset[int]:
    """The lines that stood elsewhere before, where a table has scrolled. To compare each with the line that was in its
    place takes 70 us, and nothing comes of it: `Picture` moves them on the terminal, and compares what is left.
    """
    places = {id(line): y for y, line in enumerate(before)}
    found = {y: was - y for y, line in enumerate(after) if (was := places.get(id(line), y)) != y}
    by, count = Counter(found.values()).most_common(1)[0] if found else (0, 0)
    return frozenset(y for y, far in found.items() if far == by) if count >= SCROLLED else frozenset()


def changed(before: Strip, after: Strip) -> list[tuple[int, int]]:
    """The runs of cells that differ, from cell to cell; nothing when the strips are equal.

    A line most of whose parts differ, as all lines do in a table that scrolls, is one run: to find the few equal cells
    in it costs more (5 ms for 60 lines of 200 cells) than to write them.
    """
    one, other = list(before), list(after)
    if len(one) == len(other):
        apart = [at for at, (first, second) in enumerate(zip(one, other, strict=True)) if first != second]
        if not apart:
            return []
        if len(apart) * 2 > len(one) > 3 and before.cell_length == after.cell_length:
            first, last = apart[0], apart[-1]
            start, behind = (sum(part.cell_length for part in parts) for parts in (one[:first], one[last + 1 :]))
            return [(start, after.cell_length - behind - _blank(one[last], other[last]))]
        letters = _letters(one, other)
        if letters is not None:
            return letters
    old, new = _cells(before), _cells(after)
    if len(old) != len(new) or not old:
        return [] if before == after else [(0, after.cell_length)]
    runs: list[tuple[int, int]] = []
    for at in [at for at, (left, right) in enumerate(zip(old, new, strict=True)) if left != right]:
        start = at - (new[at][0] == "")  # never the second half of a wide character alone
        end = at + 1 + (at + 1 < len(new) and new[at + 1][0] == "")
        gap = start - runs[-1][1] if runs else GAP + 1
        if gap <= 0 or (gap <= GAP and _alike(new[start - gap - 1 : start + 1])):
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def _letters(one: Sequence[Segment], other: Sequence[Segment]) -> list[tuple[int, int]] | None:
    """The runs where nothing but plain letters differ in parts that look alike: a row whose age goes on. None where
    each cell of the line must be looked at, which takes ten times as long (60 us).
    """
    runs: list[tuple[int, int]] = []
    begin = 0
    for (old, style, _), (new, look, _) in zip(one, other, strict=True):
        if len(old) != len(new) or not (new.isascii() or _NARROW.fullmatch(new)):
            return None
        if old != new or style != look:
            if style != look or not (old.isascii() and new.isascii()):
                return None
            for at, (left, right) in enumerate(zip(old, new, strict=True), begin):
                if left == right:
                    continue
                gap = at - runs[-1][1] if runs else GAP + 1
                first = at - begin - gap - 1
                if 0 < gap <= GAP and (first < 0 or " " in (new[first], right)):
                    return None  # blanks look like any ground
                if gap <= GAP:
                    runs[-1] = runs[-1][0], at + 1
                else:
                    runs.append((at, at + 1))
        begin += len(new)
    return runs


def _blank(one: Segment, other: Segment) -> int:
    """How many blanks both end with that look alike."""
    if _ground(one.style) != _ground(other.style):
        return 0
    return min(len(text) - len(text.rstrip(" ")) for text in (one.text, other.text))


def _alike(cells: Sequence[Cell]) -> bool:
    """Whether those between the first and the last look like either, and are short to write."""
    first, *between, last = cells
    return _like(first[1], between) or _like(last[1], between)


def _like(look: Style | None, cells: Sequence[Cell]) -> bool:
    ground = _ground(look)
    return all(char.isascii() and (style is look or style in (ground, look)) for char, style in cells)


def _cells(strip: Strip) -> list[Cell]:
    """Each cell with its style, as remembered by the strip itself: lines are the same objects while they are equal."""
    known = _known.get(id(strip))
    if known is not None and known[0] is strip:
        return known[1]
    if len(_known) > KEPT:
        _known.clear()
    cells = _split(strip)
    _known[id(strip)] = (strip, cells)
    return cells


def _split(strip: Strip) -> list[Cell]:
    """The cells; the second one of a wide character is empty. None for a line with combining marks."""
    cells: list[Cell] = []
    for text, style, _ in strip:
        blank = (" ", _ground(style))
        if text.isascii() or _NARROW.fullmatch(text):
            cells += [blank if char == " " else (char, style) for char in text]
            continue
        for char in text:
            size = cell_len(char)
            if size == 0:  # a cut could part the mark from its base
                return []
            cells += [blank if char == " " else (char, style), ("", style)][:size]
    return cells


@lru_cache(4096)
def _ground(style: Style | None) -> Style | None:
    """What one sees of a style where nothing is written: blanks in other colours need not be written again."""
    if style is None:
        return _NOTHING
    if style.underline or style.underline2 or style.reverse or style.strike or style.overline:
        return style
    return Style(bgcolor=style.bgcolor)


class Bar(Canvas):
    """One line, drawn by whatever it was last given."""

    DEFAULT_CSS = "Bar { height: 1; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._line: Callable[[int], Strip] = Strip.blank

    def show(self, line: Callable[[int], Strip], of: object = None) -> None:
        """Another content: a function of the width and of what `of` tells, where that is told."""
        self._line = line
        self.repaint(of)

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """The one line."""
        return [self._line(width)]
