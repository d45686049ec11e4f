"""The one message that crosses from the background to the screen."""

from __future__ import annotations

from textual.message import Message


class Changed(Message, bubble=False):
    """Store or note differ. No payload; of many only one is waiting."""

    def can_replace(self, message: Message) -> bool:
        """Whether this one makes the waiting one needless."""
        return isinstance(message, Changed)
