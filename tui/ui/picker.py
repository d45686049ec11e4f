"""The state picker: a list with counts; a letter or Enter writes `state:` into the filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.screen import ModalScreen
from textual.strip import Strip

from tui.model import BAD, FINAL, State
from tui.ui.canvas import Canvas
from tui.ui.facts import Facts
from tui.ui.ink import Ink
from tui.ui.themes import TONES
from tui.ui.titles import ORDER, Pen

LETTERS = dict(zip(ORDER, "urtsfegocn", strict=True))


class Choices(Canvas):
    """The list itself."""

    DEFAULT_CSS = "Choices { width: 30; height: 14; }"

    def __init__(self, pen: Pen, lines: Sequence[tuple[str, str, str, int]]) -> None:
        super().__init__()
        self.cursor = 0
        self._pen = pen
        self._lines = lines

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """A title, then letter, words and count on each line."""
        look = self._pen.look
        strips = [Ink().add("  state").strip(width, look["title.active"])]
        for at, (letter, words, token, count) in enumerate(self._lines):
            ink = Ink().add(f"  {letter} ", look["key"]).add(f" {words}", look[token])
            ink.fill(width - len(f"{count:,}") - 2).add(f"{count:,}", look["text"])
            strips.append(ink.strip(width, look["cursor" if at == self.cursor else "title"]))
        return strips


class StatePicker(ModalScreen[str | None], inherit_bindings=False):
    """Answers the value of a `state:` clause, "" for any state, None when left."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = "StatePicker { align: center middle; background: transparent; }"

    def __init__(self, pen: Pen, all_facts: Sequence[Facts]) -> None:
        super().__init__()
        tally: Counter[State] = Counter()
        for facts in all_facts:
            tally += facts.counts
        live = sum(count for state, count in tally.items() if state not in FINAL)
        bad = sum(count for state, count in tally.items() if state in BAD)
        groups = [("a", "any", "text", tally.total(), ""), ("b", "bad", "state.bad", bad, "bad")]
        groups += [("l", "live", "state.live", live, "live")]
        signs = pen.glyphs.states
        groups += [
            (LETTERS[state], f"{signs[state]} {state.value}", TONES[state], tally[state], _value(state))
            for state in ORDER
        ]
        self._values = [value for *_, value in groups]
        self._letters = [letter for letter, *_ in groups]
        self._choices = Choices(pen, [(letter, words, token, count) for letter, words, token, count, _ in groups])

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
        if step is not None:
            self._choices.cursor = (self._choices.cursor + step) % len(self._values)
            self._choices.repaint()
        elif event.key == "enter":
            self.dismiss(self._values[self._choices.cursor])
        elif event.key in self._letters:
            self.dismiss(self._values[self._letters.index(event.key)])
        else:
            self.dismiss(None)


def _value(state: State) -> str:
    """How the filter language calls the state: by the word on the screen."""
    return state.label.lower()
