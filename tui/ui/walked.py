"""Walked: lines with a cursor that keys, the wheel and clicks move: events, causes, sources."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.message import Message

from tui.ui.canvas import Canvas
from tui.ui.narrowing import Narrowing
from tui.ui.spot import Spot

Row = TypeVar("Row")
Answer = TypeVar("Answer")


class Walked(Canvas, Generic[Row]):
    """The lines, `HEAD` of them above the first row; each row is one line."""

    HEAD: ClassVar[int] = 1

    class Picked(Message):
        """Somebody pointed at the row that has the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self.spot: Spot[Row] = Spot()

    def go(self, index: int) -> None:
        """Puts the cursor on a row and paints that."""
        self.spot.go(index)
        self.repaint()

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor on a row; one on the row that has it opens it."""
        line, spot = event.y - self.HEAD, self.spot
        if 0 <= line < spot.height and spot.top + line < len(spot.rows):
            again = spot.top + line == spot.cursor
            self.go(spot.top + line)
            if again:
                self.post_message(self.Picked())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel."""
        self.go(self.spot.cursor + 3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel."""
        self.go(self.spot.cursor - 3)


class Walking(Narrowing[Answer], Generic[Answer, Row], inherit_bindings=False):
    """A screen whose keys move the cursor of such a list."""

    @property
    @abstractmethod
    def walked(self) -> Walked[Row]:
        """The list."""

    @abstractmethod
    def action_open(self) -> None:
        """What is under the cursor."""

    def action_move(self, by: int) -> None:
        """A row."""
        self.walked.go(self.walked.spot.cursor + by)

    def action_page(self, share: float) -> None:
        """A page, or a part of it."""
        spot = self.walked.spot
        by = int(spot.height * share) or (1 if share > 0 else -1)
        spot.top += by
        self.walked.go(spot.cursor + by)

    def action_first(self) -> None:
        """The first row."""
        self.walked.go(0)

    def action_last(self) -> None:
        """The last one."""
        self.walked.go(len(self.walked.spot.rows) - 1)

    def on_walked_picked(self) -> None:
        """A click."""
        self.action_open()
