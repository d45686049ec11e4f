"""Layer: a screen above home with something to read, and the keys that all of those share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from textual import events
from textual.screen import Screen
from textual.strip import Strip

from tui.model import TaskKey
from tui.text import clean
from tui.ui import bars, sizes
from tui.ui.canvas import Bar, Canvas
from tui.ui.ink import Ink, linked
from tui.ui.keys import LAYER, hinted
from tui.ui.over import hints_above
from tui.ui.pager import Pager
from tui.ui.quiet import hush
from tui.ui.titles import Pen

Answer = TypeVar("Answer")


class Small(Canvas):
    """Covers a screen that is too small to be read with the one line that says so."""

    DEFAULT_CSS = "Small { layer: above; width: 100%; height: 100%; display: none; }"

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """The line."""
        line = Ink().add(sizes.small(*self.app.size)).strip(width)
        return [line, *[Strip.blank(width)] * (height - 1)]


class Layer(Screen[Answer], inherit_bindings=False):
    """Esc goes back; the movement keys scroll `pager`."""

    AUTO_FOCUS = ""
    BINDINGS = LAYER
    DEFAULT_CSS = "Layer { layout: vertical; overflow: hidden; layers: default above; }"
    pager: Pager

    def __init__(self, pen: Callable[[], Pen]) -> None:
        super().__init__()
        hush(self)
        self._pen = pen
        self._said = self._link = ""
        self._small = Small()

    def on_mount(self) -> None:
        """Beside what the screen itself is made of."""
        self.mount(self._small)

    def on_resize(self, event: events.Resize) -> None:
        """Too small, or large enough again."""
        self._small.display = bool(sizes.small(*self.app.size))

    def on_screen_suspend(self) -> None:
        """A box above: the last line tells its keys."""
        if hints_above(self.app) is not None:
            self.paint_hints()

    def say(self, text: str, link: str = "") -> None:
        """One line for what the user just did, in the place of the hints; "" takes it away."""
        self._said, self._link = clean(text), link
        self.paint_hints()

    def paint_hints(self) -> None:
        """The last line: what is said, else the keys."""
        pen = self._pen()
        above = hints_above(self.app)
        keys = hinted(self.active_bindings.values()) if above is None else above
        said = Ink().add(" ").add(self._said, linked(pen.look["mark"], self._link))
        bar = self.query_one("#hints", Bar)
        bar.show(lambda cells: said.strip(cells) if self._said else bars.hints(keys, pen, cells))

    def dressed(self) -> None:
        """The theme is another one: what was inked before is inked anew."""
        self.paint_hints()

    def acted(self, keys: Sequence[TaskKey]) -> None:
        """Somebody has acted on these tasks while this screen was on top."""

    def action_back(self) -> None:
        """One layer back."""
        self.dismiss(None)

    def action_move(self, by: int) -> None:
        """A line."""
        self.pager.scroll(by)

    def action_page(self, share: float) -> None:
        """A page, or a part of it."""
        self.pager.page(share)

    def action_first(self) -> None:
        """The beginning."""
        self.pager.scroll(-self.pager.top)

    def action_last(self) -> None:
        """The end."""
        self.pager.scroll(1_000_000)
