"""Pager: lines to read, scrolled by keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.strip import Strip

from tui.ui.canvas import Canvas
from tui.ui.ink import Ink
from tui.ui.titles import Pen


class Pager(Canvas):
    """Shows what a function of the width writes, from line `top`; where that is not all, the last line says so."""

    DEFAULT_CSS = "Pager { height: 1fr; }"

    def __init__(self, write: Callable[[int], Sequence[Ink]], pen: Callable[[], Pen]) -> None:
        super().__init__()
        self.top = 0
        self._write, self._pen = write, pen
        self._height = 1
        self._count = 0

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """The lines in the window."""
        written = self._write(width)
        self._count = len(written)
        more = self._count > height > 1
        self._height = height - more
        self.top = max(0, min(self.top, self._count - self._height))
        end = min(self._count, self.top + self._height)
        lines = [ink.strip(width) for ink in written[self.top : end]]
        if more:
            told = f" lines {self.top + 1:,}-{end:,} of {self._count:,}"
            lines.append(Ink().add(told, self._pen().look["dim"]).strip(width))
        return lines + [Strip.blank(width)] * (height - len(lines))

    def scroll(self, by: int) -> None:
        """Other lines."""
        self.top = max(0, min(self.top + by, self._count - self._height))
        self.repaint()

    def page(self, share: float) -> None:
        """A page, or a part of it."""
        self.scroll(int(self._height * share) or 1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel."""
        self.scroll(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel."""
        self.scroll(-3)
