"""The one message that crosses from the background to the screen, and the one from a screen to home."""

from __future__ import annotations

from textual.message import Message

from tui.model import Task


class Wanted(Message):
    """Somebody wants to act on a task of a screen above home."""

    def __init__(self, task: Task) -> None:
        super().__init__()
        self.task = task


class Changed(Message, bubble=False):
    """Store or note differ. No payload; of many only one is waiting."""

    def can_replace(self, message: Message) -> bool:
        """Whether this one makes the waiting one needless."""
        return isinstance(message, Changed)
