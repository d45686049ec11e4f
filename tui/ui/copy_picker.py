"""The copy picker: what a task can be copied as, with the beginning of each; and what a test of the ways has shown."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.strip import Strip

from tui.text import clean, cut_end
from tui.ui.copying import Tried
from tui.ui.forms import Form
from tui.ui.ink import Ink, between
from tui.ui.picker import Choices, Picker
from tui.ui.titles import Pen

WIDEST, NAME = 76, 13  # cells


class Forms(Choices):
    """The list itself: a window round the cursor."""

    DEFAULT_CSS = "Forms { max-width: 100%; max-height: 100%; }"

    def __init__(self, pen: Pen, title: str, forms: Sequence[Form]) -> None:
        super().__init__(len(forms))
        self._pen, self._title, self._forms = pen, title, forms
        self.styles.width, self.styles.height = WIDEST, len(forms) + 1

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """A title, then letter, name and the beginning of the text on each line."""
        look, room = self._pen.look, max(1, height - 1)
        top = max(0, min(self.cursor - room // 2, len(self._forms) - room))
        place = Ink().add(f"{self.cursor + 1}/{len(self._forms)}  ") if len(self._forms) > room else Ink()
        head = between(Ink().add(f"  copy {self._title} as"), place, width)
        shown = range(top, min(top + room, len(self._forms)))
        return [head.strip(width, look["title.active"]), *(self._line(at, width) for at in shown)][:height]

    def _line(self, at: int, cells: int) -> Strip:
        look, form = self._pen.look, self._forms[at]
        ink = Ink().add(f"  {form.letter or ' '} ", look["key"])
        ink.add(cut_end(form.label, NAME), look["text" if form.text else "dim"]).fill(NAME + 6)
        told = form.why_not if form.text is None else form.text
        first, more = clean(told[: 4 * cells].partition("\n")[0]), "\n" in told
        room = cells - ink.width - 1
        ink.add(f"{cut_end(first, room - 3)} .." if more else cut_end(first, room), look["dim"])
        return ink.strip(cells, look["cursor" if at == self.cursor else "title"])


class CopyPicker(Picker[Form, Forms], inherit_bindings=False):
    """Answers what to copy, None when left."""

    def __init__(self, pen: Pen, title: str, forms: Sequence[Form]) -> None:
        super().__init__(Forms(pen, title, forms))
        self._forms = forms

    def take(self) -> Form:
        """The line under the cursor."""
        return self._forms[self.choices.cursor]

    def press(self, event: events.Key) -> bool:
        """A letter or a digit takes its line."""
        found = next((form for form in self._forms if form.letter and form.letter == event.character), None)
        if found is not None:
            self.dismiss(found)
        return found is not None


class Tries(Choices):
    """What came of each way."""

    DEFAULT_CSS = "Tries { max-width: 100%; max-height: 100%; }"

    def __init__(self, pen: Pen, tried: Sequence[Tried]) -> None:
        super().__init__(len(tried))
        self._pen, self._tried = pen, tried
        self.styles.width, self.styles.height = WIDEST, len(tried) + 5

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """A title, the ways in the order in which they were tried, and what to look for."""
        look = self._pen.look
        inks = [Ink()]
        for one in self._tried:
            ink = Ink().add(f"  {one.way}", look["key"]).fill(NAME)
            inks.append(ink.add(clean(one.came), look["text"]))
        inks.append(Ink().add(f"  Now paste somewhere else. `{self._tried[-1].text}`,", look["dim"]))
        inks.append(Ink().add("  or another way's name, is the way that reaches you. Nothing: none does.", look["dim"]))
        lines = [ink.strip(width, look["title"]) for ink in inks]
        lines.insert(-2, Strip.blank(width, look["title"]))
        return [Ink().add("  copy test").strip(width, look["title.active"]), *lines][:height]


class CopyTest(Picker[None, Tries], inherit_bindings=False):
    """Any key leaves."""

    def __init__(self, pen: Pen, tried: Sequence[Tried]) -> None:
        super().__init__(Tries(pen, tried))

    def take(self) -> None:
        """There is nothing to take."""

    def press(self, event: events.Key) -> bool:
        """No key of its own."""
        return False
