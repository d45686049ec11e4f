"""The sort picker: the columns of the table, then all other fields; the current one again turns the order round."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.strip import Strip

from tui.ui.ink import Ink, between
from tui.ui.orders import Choice, chosen
from tui.ui.picker import Choices, Picker
from tui.ui.titles import Pen
from tui.view import Sort

NAMES = 14  # cells for the name of a field


class Orders(Choices):
    """The list itself."""

    DEFAULT_CSS = "Orders { width: 64; max-width: 100%; max-height: 100%; }"

    def __init__(self, pen: Pen, choices: Sequence[Choice], sort: Sort) -> None:
        super().__init__(len(choices), next((at for at, one in enumerate(choices) if one.field == sort.field), 0))
        self.styles.height = len(choices) + 1
        self._pen, self._choices, self._sort = pen, choices, sort

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """A title, then letter, field and what it is; the current one with its direction."""
        look, room = self._pen.look, max(1, height - 1)
        top = max(0, min(self.cursor - room // 2, len(self._choices) - room))
        left, right = Ink().add("  sort by; the same again: the other way round"), Ink()
        right.add(f"{self.cursor + 1} of {len(self._choices)} ")
        strips = [between(left, right, width).strip(width, look["title.active"])]
        for at in range(top, min(top + room, len(self._choices))):
            choice = self._choices[at]
            ink = Ink().add(f"  {choice.letter or ' '} {self._direction(choice)} ", look["key"])
            ink.add(choice.field or "newest", look["text"]).fill(NAMES + 6).add(f" {choice.doc}", look["dim"])
            strips.append(ink.strip(width, look["cursor" if at == self.cursor else "title"]))
        return strips[:height]

    def _direction(self, choice: Choice) -> str:
        if choice.field != self._sort.field:
            return " "
        return self._pen.glyphs.down if self._sort.descending else self._pen.glyphs.up


class SortPicker(Picker[Sort, Orders], inherit_bindings=False):
    """Answers the order to take, None when left. However long the list is, the line with its keys stays free."""

    DEFAULT_CSS = "SortPicker Orders { margin: 0 0 1 0; }"

    def __init__(self, pen: Pen, choices: Sequence[Choice], sort: Sort) -> None:
        super().__init__(Orders(pen, choices, sort))
        self._sort, self._all = sort, choices

    def take(self) -> Sort:
        """The field; the current one the other way round."""
        return chosen(self._sort, self._all[self.choices.cursor].field)

    def press(self, event: events.Key) -> bool:
        """A letter takes its field."""
        found = next((choice for choice in self._all if choice.letter == event.key), None)
        if found is not None:
            self.dismiss(chosen(self._sort, found.field))
        return found is not None
