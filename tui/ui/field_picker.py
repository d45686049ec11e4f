"""The field picker: what the row under the cursor says; Enter filters by it, `!` leaves it out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import events
from textual.strip import Strip

from tui.text import clean, cut_end, cut_middle
from tui.ui.clauses import Fact
from tui.ui.ink import Ink, between
from tui.ui.picker import Choices, Picker
from tui.ui.titles import Pen

WIDEST, NAME = 76, 15  # cells
EDGES = 2  # lines: the title and the keys


class Picked(NamedTuple):
    """The clause to write, and whether to leave out what it keeps."""

    clause: str
    negated: bool


class Fields(Choices):
    """The list itself: a window round the cursor."""

    DEFAULT_CSS = "Fields { max-width: 100%; max-height: 100%; }"

    def __init__(self, pen: Pen, facts: Sequence[Fact]) -> None:
        super().__init__(len(facts))
        self.negated = False
        self._pen = pen
        self._facts = facts
        self._top = 0
        self.styles.width, self.styles.height = WIDEST, len(facts) + EDGES

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """A title, then name and value on each line, then the keys."""
        look, room = self._pen.look, max(1, height - EDGES)
        self._top = max(self.cursor - room + 1, min(self._top, self.cursor))
        title = "  leave out what has the same" if self.negated else "  keep what has the same"
        keys = Ink().add("  Enter", look["key"]).add(" take  ").add("-", look["key"])
        keys.add(" keep  " if self.negated else " leave out  ").add("Esc", look["key"]).add(" back")
        shown = range(self._top, min(self._top + room, len(self._facts)))
        lines = [self._line(at, width) for at in shown]
        place = Ink().add(f"{self.cursor + 1}/{len(self._facts)}  ") if len(lines) < len(self._facts) else Ink()
        head = between(Ink().add(title), place, width).strip(width, look["title.active"])
        return [head, *lines, keys.strip(width, look["title"])][:height]

    def _line(self, at: int, cells: int) -> Strip:
        look, fact = self._pen.look, self._facts[at]
        sign = "-" if self.negated and at == self.cursor else " "
        ink = Ink().add(f" {sign}", look["state.bad"]).add(cut_end(clean(fact.name), NAME - 1), look["key"])
        ink.fill(NAME + 2)
        cut = cut_middle if fact.name in ("id", "scope", "req") else cut_end
        value = cut(clean(fact.text), cells - ink.width - 1)
        ink.add(value or "(empty)", look["text" if value else "dim"])
        return ink.strip(cells, look["cursor" if at == self.cursor else "title"])

    def seek(self, letter: str) -> None:
        """The next field whose name begins with a letter."""
        count = len(self._facts)
        turns = ((self.cursor + step) % count for step in range(1, count + 1))
        self.cursor = next((at for at in turns if self._facts[at].name.startswith(letter)), self.cursor)
        self.repaint()

    def turn(self) -> None:
        """From keeping to leaving out, and back."""
        self.negated = not self.negated
        self.repaint()

    @property
    def choice(self) -> str:
        """The clause of the field under the cursor."""
        return self._facts[self.cursor].clause


class FieldPicker(Picker[Picked, Fields], inherit_bindings=False):
    """Answers a clause, None when left."""

    HINTS = ()

    def __init__(self, pen: Pen, facts: Sequence[Fact]) -> None:
        super().__init__(Fields(pen, facts))

    def take(self) -> Picked:
        """The clause under the cursor."""
        return Picked(self.choices.choice, self.choices.negated)

    def press(self, event: events.Key) -> bool:
        """Letters seek, - turns to leaving out, ! takes left out."""
        if event.character == "!":
            self.dismiss(Picked(self.choices.choice, negated=True))
        elif event.character == "-":
            self.choices.turn()
        elif event.character and event.character.isalpha() and event.character != "q":
            self.choices.seek(event.character.lower())
        else:
            return False
        return True
