"""Telling: one line for what the user just did, where one looks: the screen on top, or home."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.ui.deck import Deck

if TYPE_CHECKING:
    from tui.ui.layer import Layer


class Telling(Deck, inherit_bindings=False):
    """What goes on after its screen was left is told as well."""

    def tell(self, text: str, link: str = "") -> None:
        """Says a line, on a screen above home there; `link` makes it a hyperlink where the terminal has those."""
        top = self.top()
        if top is None:
            self.say(text, link)
        else:
            top.say(text, link)
            self.say("")

    def write(self, sequence: str) -> None:
        """To the terminal, in one piece: Textual's driver writes whole texts one after another."""
        driver = self.app._driver
        if driver is not None and sequence:
            driver.write(sequence)
            driver.flush()

    def top(self) -> Layer[object] | None:
        """The screen above home that has a line to say things in."""
        from tui.ui.layer import Layer

        return self.app.screen if isinstance(self.app.screen, Layer) else None
