"""The state picker: a list with counts; a letter or Enter writes `state:` into the filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from textual import events
from textual.strip import Strip

from tui.model import BAD, FINAL, State
from tui.ui.facts import Facts
from tui.ui.ink import Ink
from tui.ui.picker import Choices, Picker
from tui.ui.themes import TONES
from tui.ui.titles import ORDER, Pen

LETTERS = dict(zip(ORDER, "urtsfegocn", strict=True))


class States(Choices):
    """The list itself."""

    DEFAULT_CSS = "States { width: 30; height: 14; }"

    def __init__(self, pen: Pen, lines: Sequence[tuple[str, str, str, int]]) -> None:
        super().__init__(len(lines))
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


class StatePicker(Picker[str, States], inherit_bindings=False):
    """Answers the value of a `state:` clause, "" for any state, None when left."""

    def __init__(self, pen: Pen, all_facts: Sequence[Facts]) -> None:
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
        super().__init__(States(pen, [(letter, words, token, count) for letter, words, token, count, _ in groups]))

    def take(self) -> str:
        """The state or the group."""
        return self._values[self.choices.cursor]

    def press(self, event: events.Key) -> bool:
        """A letter takes its line."""
        known = event.key in self._letters
        if known:
            self.dismiss(self._values[self._letters.index(event.key)])
        return known


def _value(state: State) -> str:
    """How the filter language calls the state: by the word on the screen."""
    return state.label.lower()
