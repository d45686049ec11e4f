"""The sort picker: the columns of the table, then all other fields; the current one again turns the order round."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.strip import Strip

from tui.ui.canvas import Canvas
from tui.ui.ink import Ink, between
from tui.ui.orders import Choice, chosen
from tui.ui.titles import Pen
from tui.view import Sort

NAMES = 14  # cells for the name of a field


class Choices(Canvas):
    """The list itself."""

    DEFAULT_CSS = "Choices { width: 64; max-width: 100%; max-height: 100%; }"

    def __init__(self, pen: Pen, choices: Sequence[Choice], sort: Sort) -> None:
        super().__init__()
        self.styles.height = len(choices) + 1
        self.cursor = next((at for at, choice in enumerate(choices) if choice.field == sort.field), 0)
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


class SortPicker(ModalScreen[Sort | None], inherit_bindings=False):
    """Answers the order to take, None when left."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = "SortPicker { align: center middle; background: transparent; }"

    def __init__(self, pen: Pen, choices: Sequence[Choice], sort: Sort) -> None:
        super().__init__()
        self._sort, self._all = sort, choices
        self._choices = Choices(pen, choices, sort)

    def compose(self) -> ComposeResult:
        """The list."""
        yield self._choices

    def on_key(self, event: events.Key) -> None:
        """Letters choose, j k and arrows move, Enter takes, anything else leaves."""
        if event.key == "ctrl+c":
            return
        event.stop()
        event.prevent_default()
        step = {"j": 1, "down": 1, "k": -1, "up": -1}.get(event.key)
        letters = {choice.letter: choice.field for choice in self._all if choice.letter}
        if step is not None:
            self._choices.cursor = (self._choices.cursor + step) % len(self._all)
            self._choices.repaint()
        elif event.key == "enter":
            self.dismiss(chosen(self._sort, self._all[self._choices.cursor].field))
        elif event.key in letters:
            self.dismiss(chosen(self._sort, letters[event.key]))
        else:
            self.dismiss(None)
