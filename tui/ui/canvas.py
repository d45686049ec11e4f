"""Canvas: a widget that is a list of lines; only the lines that differ are painted again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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


def changed(before: Strip, after: Strip) -> list[tuple[int, int]]:
    """The cells from the first to the last segment that differ; nothing when the strips are equal."""
    old, new = list(before), list(after)
    if old == new:
        return []
    start = 0
    for one, other in zip(old, new, strict=False):
        if one != other:
            break
        start += one.cell_length
    end = after.cell_length
    for one, other in zip(reversed(old), reversed(new), strict=False):
        if one != other:
            break
        end -= one.cell_length
    return [(start, max(end, start + 1))]


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
