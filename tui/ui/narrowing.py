"""Narrowing: a screen with a list that words after `/` narrow down."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from typing import TypeVar

from textual import events

from tui.text import clean
from tui.ui.edit import Edit
from tui.ui.ink import Ink
from tui.ui.layer import Layer
from tui.ui.titles import Pen

Answer = TypeVar("Answer")


class Narrowing(Layer[Answer], inherit_bindings=False):
    """`look` shows the list anew, as far as it has `words`."""

    def __init__(self, pen: Callable[[], Pen]) -> None:
        super().__init__(pen)
        self._edit = Edit()
        self._typing = False

    @abstractmethod
    def look(self) -> None:
        """Takes in what has come since."""

    @property
    def words(self) -> Sequence[str]:
        """What is looked for, in small letters."""
        return clean(self._edit.text).lower().split()

    def typed(self, pen: Pen) -> Ink:
        """The words as the header shows them."""
        ink = Ink()
        if self._typing or self._edit.text:
            ink.add("   /", pen.look["key"]).add(clean(self._edit.text))
            ink.add(" ", pen.look["caret"]) if self._typing else None
        return ink

    def action_narrow(self) -> None:
        """Starts typing."""
        self._typing = True
        self.look()

    def action_back(self) -> None:
        """The words, then the screen."""
        if self._edit.text:
            self._edit = Edit()
            self.look()
        else:
            self.dismiss(None)

    def on_key(self, event: events.Key) -> None:
        """While typing, keys are text; Enter keeps the words, Esc takes them away."""
        if not self._typing:
            self.say("") if self._said else None
            return
        if event.key == "enter":
            self._typing = False
        elif event.key == "escape":
            self._typing, self._edit = False, Edit()
        elif event.is_printable and event.character:
            self._edit.insert(event.character)
        elif not self._edit.press(event.key):
            return
        event.stop()
        event.prevent_default()
        self.look()
