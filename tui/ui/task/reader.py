"""Reader: the lines of a tab with a cursor among them; of a million lines only those in the window are made."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual import events
from textual.message import Message
from textual.strip import Strip

from tui.ui.canvas import Canvas
from tui.ui.ink import Ink
from tui.ui.task.about import Line
from tui.ui.titles import Pen


class Spot:
    """Where one is in the lines of one tab."""

    def __init__(self) -> None:
        self.cursor = self.top = 0
        self.moved = False


class Reader(Canvas):
    """Shows what `write` gives for a width. The place in it belongs to the tab: `spot` is set from outside."""

    DEFAULT_CSS = "Reader { height: 1fr; }"

    class Picked(Message):
        """Somebody pointed at the line that has the cursor."""

    def __init__(self, write: Callable[[int], Sequence[Line]], pen: Callable[[], Pen]) -> None:
        super().__init__()
        self.spot = Spot()
        self.lines: Sequence[Line] = ()
        self.height = 1
        self._write, self._pen = write, pen

    @property
    def line(self) -> Line | None:
        """The line under the cursor."""
        return self.lines[self.spot.cursor] if self.spot.cursor < len(self.lines) else None

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """The lines in the window. Until one moves, the cursor is on the first that opens something, no head."""
        self.lines, self.height, spot, pen = self._write(width), height, self.spot, self._pen()
        if not spot.moved:
            first = list(enumerate(self.lines[:height]))
            opening = next((at for at, line in first if line.opens is not None), None)
            head = pen.look["head"]
            told = (at for at, line in first if line.ink.width and line.ink.parts[0][1] != head)
            spot.cursor = opening if opening is not None else next(told, 0)
        self._clamp()
        drawn = []
        for at, line in enumerate(self.lines[spot.top : spot.top + height], spot.top):
            here = at == spot.cursor
            ink = Ink().add(pen.glyphs.cursor if here else " ", pen.look["key"]).extend(line.ink)
            drawn.append(ink.strip(width, pen.look["cursor"]) if here else ink.strip(width))
        return drawn + [Strip.blank(width)] * (height - len(drawn))

    def go(self, index: int) -> None:
        """Puts the cursor on a line."""
        self.spot.cursor, self.spot.moved = index, True
        self._clamp()
        self.repaint()

    def page(self, share: float) -> None:
        """Window and cursor together."""
        by = int(self.height * share) or 1
        self.spot.top = max(0, min(self.spot.top + by, len(self.lines) - self.height))
        self.go(self.spot.cursor + by)

    def _clamp(self) -> None:
        spot, last = self.spot, max(0, len(self.lines) - 1)
        spot.cursor = max(0, min(spot.cursor, last))
        spot.top = min(spot.top, spot.cursor, max(0, len(self.lines) - self.height))
        spot.top = max(0, spot.top, spot.cursor - self.height + 1)

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor on a line; one on the line that has it opens it."""
        index = self.spot.top + event.y
        if index < len(self.lines):
            again = index == self.spot.cursor
            self.go(index)
            if again:
                self.post_message(self.Picked())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel."""
        self.go(self.spot.cursor + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel."""
        self.go(self.spot.cursor - 3)
