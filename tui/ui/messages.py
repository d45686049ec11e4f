"""The one message that crosses from the background to the screen, and those from a screen to home."""

from __future__ import annotations

from textual.message import Message

from tui.model import Task


class Wanted(Message):
    """Somebody wants something done with a task of a screen above home: `what` is the id of the key for it."""

    def __init__(self, task: Task, what: str = "act") -> None:
        super().__init__()
        self.task = task
        self.what = what


class Sought(Message):
    """Somebody wants to see the tasks that share something with one: what it is called, and the filter for it."""

    def __init__(self, called: str, clause: str) -> None:
        super().__init__()
        self.called = called
        self.clause = clause


class Changed(Message, bubble=False):
    """Store or note differ. No payload; of many only one is waiting."""

    def can_replace(self, message: Message) -> bool:
        """Whether this one makes the waiting one needless."""
        return isinstance(message, Changed)
