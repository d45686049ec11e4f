"""Layer: a screen above home with something to read, and the keys that all of those share."""

from __future__ import annotations

from typing import TypeVar

from textual.screen import Screen

from tui.ui.keys import LAYER
from tui.ui.pager import Pager
from tui.ui.quiet import hush

Answer = TypeVar("Answer")


class Layer(Screen[Answer], inherit_bindings=False):
    """Esc goes back; the movement keys scroll `pager`."""

    AUTO_FOCUS = ""
    BINDINGS = LAYER
    DEFAULT_CSS = "Layer { layout: vertical; overflow: hidden; }"
    pager: Pager

    def __init__(self) -> None:
        super().__init__()
        hush(self)

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
