"""Sheet: the box of the login dialog: a title, and the lines that its stage has to say."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from textual.strip import Strip

from tui.text import clean
from tui.ui.canvas import Canvas
from tui.ui.ink import Ink
from tui.ui.login_lines import Line, fitted
from tui.ui.titles import Pen

WIDEST = 78  # cells


class Sheet(Canvas):
    """The lines, as high as they need."""

    DEFAULT_CSS = "Sheet { max-width: 100%; max-height: 100%; }"

    def __init__(self, pen: Callable[[], Pen], title: str, cells: int, told: Callable[[int], Iterator[Line]]) -> None:
        super().__init__()
        self._pen, self._title, self._told = pen, title, told
        self._cells = min(WIDEST, cells)
        self.styles.width = self._cells

    def fit(self, cells: int) -> None:
        """Another width of the screen."""
        self._cells = min(WIDEST, cells)
        self.styles.width = self._cells
        self.resize()

    def resize(self) -> None:
        """As high as its lines, and drawn anew."""
        self.styles.height = 1 + sum(1 for _ in self._told(self._cells))
        self.repaint()

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """A title, and what the stage has to say."""
        look = self._pen().look
        inks = fitted([Line(Ink().add(f"  {clean(self._title)}")), *self._told(width)], height)
        strips = [ink.strip(width, look["title" if at else "title.active"]) for at, ink in enumerate(inks)]
        return [*strips, *[Ink().strip(width, look["title"])] * (height - len(strips))]
