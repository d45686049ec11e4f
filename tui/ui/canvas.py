"""Canvas: a widget that is a list of lines; only the lines that differ are painted again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len
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

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """The lines to show, each exactly `width` cells."""
        raise NotImplementedError

    def render_line(self, y: int) -> Strip:
        """One line, for Textual."""
        if self._drawn_for != self.size:
            self._drawn_for = self.size
            self._drawn = self.draw(*self.size)
        line = self._drawn[y] if y < len(self._drawn) else Strip.blank(self.size.width)
        return line.apply_style(self.rich_style)

    def repaint(self) -> None:
        """Draws anew and has painted what differs."""
        if not self.display or not self.size:
            self._drawn_for = None  # is drawn when it is seen
            return
        if self._drawn_for != self.size:
            self.refresh()
            return
        old, self._drawn = self._drawn, self.draw(*self.size)
        regions = [
            Region(x1, y, x2 - x1, 1)
            for y, (before, after) in enumerate(zip(old, self._drawn, strict=False))
            if before is not after
            for x1, x2 in changed(before, after)
        ]
        if len(old) != len(self._drawn):
            self.refresh()
        elif regions:
            self.refresh(*regions)


GAP = 10  # equal cells between two runs that are cheaper written than jumped over


def changed(before: Strip, after: Strip) -> list[tuple[int, int]]:
    """The runs of cells that differ, from cell to cell; nothing when the strips are equal."""
    old, new = _cells(before), _cells(after)
    differ = [at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other]
    if len(old) != len(new) or (differ and any(len(text) > 1 for text, _ in (*old, *new))):
        return [(0, after.cell_length)]  # lines with combining marks are not cut: a cut may part them from their base
    runs: list[tuple[int, int]] = []
    for at in differ:
        start = at - (new[at][0] == "")  # never the second half of a wide character alone
        end = at + 1 + (at + 1 < len(new) and new[at + 1][0] == "")
        if runs and start - runs[-1][1] <= GAP:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    return runs


def _cells(strip: Strip) -> list[tuple[str, Style | None]]:
    """Each cell with its style; the second cell of a wide character is empty."""
    cells: list[tuple[str, Style | None]] = []
    for text, style, _ in strip:
        if text.isascii():
            cells += [(char, style) for char in text]
            continue
        for char in text:
            size = cell_len(char)
            if size == 0 and cells:  # a combining mark belongs to the cell before
                cells[-1] = (cells[-1][0] + char, style)
            else:
                cells += [(char, style), ("", style)][:size]
    return cells


class Bar(Canvas):
    """One line, drawn by whatever it was last given."""

    DEFAULT_CSS = "Bar { height: 1; }"

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._line: Callable[[int], Strip] = Strip.blank

    def show(self, line: Callable[[int], Strip]) -> None:
        """Another content: a function of the width."""
        self._line = line
        self.repaint()

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """The one line."""
        return [self._line(width)]
