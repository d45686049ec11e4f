"""Log: the end of the log file, as it was when one asked for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.cells import chop_cells
from textual.app import ComposeResult
from textual.strip import Strip

from tui.mask import inside
from tui.text import clean, cut_middle
from tui.ui.canvas import Bar
from tui.ui.ink import Ink, between
from tui.ui.keys import LOG
from tui.ui.layer import Layer
from tui.ui.pager import Pager
from tui.ui.titles import Pen

LONGEST = 4_000  # characters of one line of the log
END = 1_000_000  # a line below all lines: drawing makes it the last that fits


class LogScreen(Layer[None], inherit_bindings=False):
    """Its lines, the last one in sight."""

    BINDINGS = LOG

    def __init__(self, pen: Callable[[], Pen], path: Path, lines: Sequence[str]) -> None:
        super().__init__(pen)
        self._path = path
        self._lines = [clean(inside(line), limit=LONGEST) for line in lines]
        self._written: tuple[int, list[Ink]] = (0, [])
        self.pager = Pager(self._write, pen)  # a key may come before it is mounted

    def compose(self) -> ComposeResult:
        """Which file, its lines, the way out."""
        yield Bar(id="header")
        yield self.pager
        yield Bar(id="hints")

    def on_mount(self) -> None:
        """Begins at the end."""
        self.pager.top = END
        pen = self._pen()
        self.query_one("#header", Bar).show(lambda cells: self._header(pen, cells))
        self.paint_hints()

    def dressed(self) -> None:
        """The theme is another one."""
        super().dressed()
        pen, self._written = self._pen(), (0, [])
        self.query_one("#header", Bar).show(lambda cells: self._header(pen, cells))

    def _header(self, pen: Pen, cells: int) -> Strip:
        look, many = pen.look, len(self._lines)
        right = Ink().add(f"the last {many:,} line{'s' if many != 1 else ''}", look["chrome.dim"]).add(" ")
        left = Ink().add(" taskdeck", look["chrome.name"]).add("  log   ")
        left.add(cut_middle(clean(self._path), max(8, cells - left.width - right.width - 2)), look["chrome.dim"])
        return between(left, right, cells).strip(cells, look["chrome"])

    def _write(self, width: int) -> Sequence[Ink]:
        """The lines wrapped, made once for a width."""
        if self._written[0] != width:
            look = self._pen().look
            rows = [row for line in self._lines for row in chop_cells(line, max(8, width - 2)) or [""]]
            self._written = (width, [Ink().add(" ").add(row, look["text"]) for row in rows])
        return self._written[1]
