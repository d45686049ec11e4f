"""Picker: a short list above the screen, one line of which is taken with Enter or a letter; anything else leaves."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.app import ComposeResult

from tui.ui.canvas import Canvas
from tui.ui.over import Hints, Over

Answer = TypeVar("Answer")
Lines = TypeVar("Lines", bound="Choices")


class Choices(Canvas):
    """The list itself: `count` lines, one under the cursor."""

    def __init__(self, count: int, cursor: int = 0) -> None:
        super().__init__()
        self.count, self.cursor = count, cursor

    def move(self, by: int) -> None:
        """The next one, round the ends."""
        self.cursor = (self.cursor + by) % self.count
        self.repaint()


class Picker(Over[Answer | None], Generic[Answer, Lines], inherit_bindings=False):
    """Answers what was taken, None when left."""

    AUTO_FOCUS = ""
    HINTS: ClassVar[Hints] = (("j", "down"), ("k", "up"), ("Enter", "take"), ("Esc", "back"))
    DEFAULT_CSS = "Picker { align: center middle; background: transparent; }"

    def __init__(self, choices: Lines) -> None:
        super().__init__()
        self.choices = choices

    def compose(self) -> ComposeResult:
        """The list."""
        yield self.choices

    @abstractmethod
    def take(self) -> Answer:
        """What the line under the cursor stands for."""

    @abstractmethod
    def press(self, event: events.Key) -> bool:
        """Acts on a key that only this list has; False when it has no such key."""

    def on_key(self, event: events.Key) -> None:
        """j k and arrows move, Enter takes, the list's own keys do what they do, anything else leaves."""
        if event.key == "ctrl+c":
            return
        event.stop()
        event.prevent_default()
        step = {"j": 1, "down": 1, "k": -1, "up": -1}.get(event.key)
        if step is not None:
            self.choices.move(step)
        elif event.key == "enter":
            self.dismiss(self.take())
        elif not self.press(event):
            self.dismiss(None)
