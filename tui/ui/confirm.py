"""Confirm: what is about to happen, in words; y, or what must be typed, lets it happen. Anything else does not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.strip import Strip

from tui.text import clean
from tui.ui.canvas import Canvas
from tui.ui.edit import Edit
from tui.ui.ink import Ink
from tui.ui.over import Over
from tui.ui.titles import Pen
from tui.ui.wrapping import wrapped

WIDEST, INDENT = 76, 2  # cells


class Question(NamedTuple):
    """The title, what it is about (ids), what will happen (foreign), and what must be typed: None, and y is enough."""

    title: str
    about: Sequence[str]
    told: Sequence[str]
    typed: str | None = None
    why_typed: str = ""


class Asking(Canvas):
    """The lines of a question, with the line that is typed into."""

    DEFAULT_CSS = "Asking { max-width: 100%; max-height: 100%; }"

    def __init__(self, pen: Pen, question: Question, edit: Edit, cells: int) -> None:
        super().__init__()
        self._pen, self._question, self._edit = pen, question, edit
        self._cells = min(WIDEST, cells)
        self.wrong = False
        self.styles.width = self._cells
        self.styles.height = len(self._lines())

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """The last lines are the ones to answer in: they stay where not all fit."""
        look, lines = self._pen.look, self._lines()
        title = look["prod" if self._question.typed is not None else "title.active"]
        strips = [ink.strip(width, look["title"] if at else title) for at, ink in enumerate(lines)]
        return strips if len(strips) <= height else [*strips[:1], *strips[len(strips) - height + 1 :]]

    def _lines(self) -> list[Ink]:
        look, question = self._pen.look, self._question
        lines = [Ink().add(f"  {question.title}")]
        for texts, token in ((question.about, "text"), (question.told, "dim")):
            lines += [self._told(line, token) for text in texts for line in self._wrapped(text)]
        if question.typed is None:
            keys = Ink().add("  y", look["key"]).add(" do it   ").add("any other key", look["key"])
            return [*lines, Ink(), keys.add(" nothing is done")]
        lines += [Ink(), *(self._told(line, "text") for line in self._wrapped(question.why_typed))]
        lines += [self._told(line, "mark") for line in self._wrapped(question.typed)]
        typed = Ink().add("  > ", look["key"]).add(self._shown(), look["text"])
        lines.append(typed.add(" ", look["caret"]))
        if self.wrong:
            return [*lines, self._told("that is not it; nothing is done until it is", "state.bad")]
        return [
            *lines,
            Ink().add("  Enter", look["key"]).add(" do it   ").add("Esc", look["key"]).add(" nothing is done"),
        ]

    def _shown(self) -> str:
        """The end of what is typed, where not all of it fits."""
        return clean(self._edit.text)[-(self._cells - 6) :]

    def _told(self, line: str, token: str) -> Ink:
        return Ink().add(" " * INDENT).add(line, self._pen.look[token])

    def _wrapped(self, text: str) -> list[str]:
        return wrapped(clean(text), self._cells - 2 * INDENT)


class Confirm(Over[bool], inherit_bindings=False):
    """Answers whether to do it."""

    AUTO_FOCUS = ""
    DEFAULT_CSS = "Confirm { align: center middle; background: transparent; }"

    def __init__(self, pen: Pen, question: Question, cells: int) -> None:
        super().__init__()
        self._question, self._edit = question, Edit()
        self.asking = Asking(pen, question, self._edit, cells)

    def compose(self) -> ComposeResult:
        """The question."""
        yield self.asking

    def on_key(self, event: events.Key) -> None:
        """Where nothing must be typed, y alone is a yes; else Enter, once all is typed. Esc never does anything."""
        if event.key == "ctrl+c":
            return
        event.stop()
        event.prevent_default()
        if self._question.typed is None:
            self.dismiss(event.key == "y")
        elif event.key == "escape":
            self.dismiss(False)
        elif event.key == "enter":
            self._take(self._question.typed)
        elif event.is_printable and event.character:
            self._type(event.character)
        elif self._edit.press(event.key):
            self._type("")

    def on_paste(self, event: events.Paste) -> None:
        """An id is long: it may be pasted."""
        event.stop()
        self._type(event.text.strip("\r\n"))

    def _type(self, text: str) -> None:
        if text:
            self._edit.insert(text)
        self.asking.wrong = False
        self.asking.repaint()

    def _take(self, wanted: str) -> None:
        if self._edit.text == wanted:
            self.dismiss(True)
        else:
            self.asking.wrong = True
            self.asking.repaint()
