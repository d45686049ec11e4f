"""Offers: the list of completions that drops down from the filter bar, over the table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.strip import Strip

from tui.text import clean, cut_end, width
from tui.ui.canvas import Canvas
from tui.ui.ink import Ink
from tui.ui.titles import Pen

if TYPE_CHECKING:
    from tui.query import Completion

LINES = 8
DOC = 48  # cells of the words beside an offer


class Offers(Canvas):
    """At most eight lines, never wider than the screen. One of them is the choice."""

    DEFAULT_CSS = "Offers { overlay: screen; display: none; width: 1; height: 1; }"

    def __init__(self, pen: Pen) -> None:
        super().__init__()
        self.offers: Sequence[Completion] = ()
        self.cursor = 0
        self.chosen = False
        """Whether a key has moved to the choice: until then typing narrows the list down."""
        self._top = 0
        self._pen = pen

    @property
    def open(self) -> bool:
        """Whether there is something to choose from."""
        return bool(self.offers)

    @property
    def choice(self) -> Completion:
        """What would be taken."""
        return self.offers[self.cursor]

    def show(self, offers: Sequence[Completion], column: int, screen: int) -> None:
        """Other offers, the first one the choice, from a column of the screen on; none of them closes the list."""
        self.offers, self.cursor, self.chosen, self._top = offers, 0, False, 0
        if offers:
            cells = min(screen, max(map(_cells, offers)))
            self.styles.width, self.styles.height = cells, min(LINES, len(offers))
            self.styles.offset = (max(0, min(column, screen - cells)), 1)
        self.display = bool(offers)
        self.repaint()

    def close(self) -> None:
        """Takes the list away."""
        if self.offers:
            self.show((), 0, 0)

    def move(self, by: int) -> None:
        """The next choice, round the ends."""
        self.cursor = (self.cursor + by) % len(self.offers)
        self._top = max(self.cursor - LINES + 1, min(self._top, self.cursor))
        self.chosen = True
        self.repaint()

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """A window of the list round the choice."""
        shown = range(self._top, min(self._top + height, len(self.offers)))
        return [self._line(at, width) for at in shown]

    def _line(self, at: int, cells: int) -> Strip:
        look, offer = self._pen.look, self.offers[at]
        label = clean(offer.label)
        count = label.removeprefix(clean(offer.text))
        ink = Ink().add(" ").add(cut_end(clean(offer.text), cells - 2 - width(count)), look["text"])
        ink.add(count, look["key"])
        if (room := cells - ink.width - 3) > 0 and _doc(offer):
            doc = cut_end(_doc(offer), room)
            ink.fill(cells - 1 - width(doc)).add(doc, look["dim"])
        return ink.strip(cells, look["title.active" if at == self.cursor else "title"])


def _cells(offer: Completion) -> int:
    doc = _doc(offer)
    return width(clean(offer.label)) + 2 + (min(width(doc), DOC) + 2 if doc else 0)


def _doc(offer: Completion) -> str:
    """What is said beside an offer: of a saved view its text may be anything."""
    return clean(offer.doc)
