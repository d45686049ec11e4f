"""The filter bar: live from the first character; a wrong query shows where and why. Quick keys write into its text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.message import Message
from textual.strip import Strip

from tui.text import clean, cut_end
from tui.text import width as terminal
from tui.ui.canvas import Canvas
from tui.ui.edit import Edit
from tui.ui.ink import Ink, between
from tui.ui.titles import Pen


@dataclass(frozen=True)
class Verdict:
    """What came of the text: how many rows, or what is wrong from which character to which."""

    told: str = ""
    wrong: str = ""
    start: int = 0
    end: int = 0


class FilterBar(Canvas, can_focus=True):
    """One line. Messages go up, verdicts come down."""

    DEFAULT_CSS = "FilterBar { height: 1; display: none; }"

    class Typed(Message):
        """The text is another one."""

    class Kept(Message):
        """Enter: the filter stays, the bar is left."""

    class Left(Message):
        """Esc."""

    def __init__(self, pen: Pen, text: str = "") -> None:
        super().__init__(id="filter")
        self.edit = Edit(text)
        self._pen = pen
        self._verdict = Verdict()

    def judge(self, verdict: Verdict) -> None:
        """Shows what came of the text."""
        self._verdict = verdict
        self.repaint()

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """`/ text                 39 of 1,284`."""
        look, verdict = self._pen.look, self._verdict
        told = verdict.wrong or verdict.told
        room = width - 5  # beside ` / `, a blank between the two and one at the end
        typed = self._wide(0, len(self.edit.text)) + 1
        text = self._text(min(typed, max(room - terminal(clean(told)), room // 2)))
        left = Ink().add(" /", look["key"]).add(" ").extend(text)
        told = cut_end(clean(told), width - 2 - left.width)
        right = Ink().add(told, look["state.bad" if verdict.wrong else "dim"]).add(" ")
        return [between(left, right, width).strip(width)]

    def _wide(self, start: int, end: int) -> int:
        return terminal(clean(self.edit.text[start:end]))

    def _text(self, cells: int) -> Ink:
        """The part of the text round the caret that fits, the caret reversed, the wrong span underlined."""
        look, edit, verdict = self._pen.look, self.edit, self._verdict
        first = 0
        while first < edit.caret and self._wide(first, edit.caret + 1) >= cells:
            first += 1
        ink = Ink()
        for at in range(first, len(edit.text) + 1):
            char = clean(edit.text[at]) if at < len(edit.text) else " "
            if ink.width + terminal(char) > cells:
                break
            wrong = verdict.wrong and verdict.start <= at < verdict.end
            style = look["match"] + look["state.bad"] if wrong else look["text"]
            ink.add(char, style + look["caret"] if self.has_focus and at == edit.caret else style)
        return ink

    def on_key(self, event: events.Key) -> None:
        """Types, edits, keeps or leaves. What it does not know goes on to the screen."""
        before = self.edit.text
        if event.key == "enter":
            self.edit.remember()
            self.post_message(self.Kept())
        elif event.key == "escape":
            self.post_message(self.Left())
        elif event.is_printable and event.character:
            self.edit.insert(event.character)
        elif not self.edit.press(event.key):
            return
        event.stop()
        event.prevent_default()
        self._after(before)

    def on_paste(self, event: events.Paste) -> None:
        """A paste is typed."""
        before = self.edit.text
        self.edit.insert(event.text.strip())
        event.stop()
        self._after(before)

    def _after(self, before: str) -> None:
        if self.edit.text != before:
            self.post_message(self.Typed())
        self.repaint()


_TOKEN = re.compile(r"""(?:"(?:\\.|[^"\\])*"?|\([^)]*\)?|[^\s"(])+""")
_STATE = re.compile(r"state[:=]", re.IGNORECASE)


def with_state(text: str, value: str) -> str:
    """The text with its plain `state:` clause set to `value`; taken out where it says just that, or for ""."""
    tokens = _TOKEN.findall(text)
    wanted = f"state:{value}"
    kept = [token for token in tokens if not _STATE.match(token)]
    if value and wanted not in tokens:
        kept.insert(0, wanted)
    return " ".join(kept)
