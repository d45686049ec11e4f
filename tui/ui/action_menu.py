"""The action menu: what can be done with a task or with all marked ones; what cannot is there with its reason."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.strip import Strip

from tui.text import clean
from tui.ui.errands import Offer
from tui.ui.ink import Ink, between
from tui.ui.picker import Choices, Picker
from tui.ui.titles import Pen
from tui.ui.wrapping import wrapped

WIDEST, INDENT = 76, 4  # cells
MOST = 6  # lines of one offer: a reason is a foreign text


class Deeds(Choices):
    """The list itself: a title, then each offer with its sentences under it, then the keys."""

    DEFAULT_CSS = "Deeds { max-width: 100%; max-height: 100%; }"

    def __init__(self, pen: Pen, about: str, offers: Sequence[Offer], cells: int) -> None:
        super().__init__(len(offers))
        self._pen, self._about, self._offers = pen, about, offers
        self._cells = min(WIDEST, cells)
        self.styles.width = self._cells
        self.styles.height = 2 + sum(1 + len(self._sentences(offer)) for offer in offers)

    def _sentences(self, offer: Offer) -> list[str]:
        room = self._cells - INDENT - 1
        return [line for told in offer.what() for line in wrapped(clean(told), room)][:MOST]

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """All lines; an offer that is not legal is grey."""
        look = self._pen.look
        strips = [Ink().add(f"  {clean(self._about)}").strip(width, look["title.active"])]
        for at, offer in enumerate(self._offers):
            under = look["cursor" if at == self.cursor else "title"]
            letter = Ink().add(f"  {letter_of(offer)} ", look["key" if offer.legal else "faint"])
            letter.add(offer.title, look["text" if offer.legal else "faint"])
            cannot = Ink() if offer.legal else Ink().add("cannot be done now ", look["faint"])
            strips.append(between(letter, cannot, width).strip(width, under))
            for line in self._sentences(offer):
                told = Ink().add(" " * INDENT).add(line, look["dim" if offer.legal else "faint"])
                strips.append(told.strip(width, under))
        keys = Ink().add("  Enter", look["key"]).add(" take  ").add("Esc", look["key"]).add(" back: nothing is done")
        return [*strips, keys.strip(width, look["title"])][:height]


def letter_of(offer: Offer) -> str:
    """The key of an offer: the first letter of its kind."""
    return offer.id[:1]


class ActionMenu(Picker[Offer, Deeds], inherit_bindings=False):
    """Answers an offer, None when left."""

    HINTS = ()

    def __init__(self, pen: Pen, about: str, offers: Sequence[Offer], cells: int) -> None:
        super().__init__(Deeds(pen, about, offers, cells))
        self._offers = offers

    def take(self) -> Offer:
        """The offer under the cursor."""
        return self._offers[self.choices.cursor]

    def press(self, event: events.Key) -> bool:
        """A letter takes its offer."""
        found = next((offer for offer in self._offers if letter_of(offer) == event.key), None)
        if found is not None:
            self.dismiss(found)
        return found is not None
