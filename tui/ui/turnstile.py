"""Turnstile: one key at a time. The next one goes to where the last one has put the focus.

Textual forwards every key of a burst to what has the focus when the burst arrives: of `/state`, typed fast or
pasted over a slow link, the bar would be opened by the first key and miss the others. Here a marker follows each
key on its way up; while it travels, later keys wait.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable

from textual import events
from textual.message import Message
from textual.message_pump import MessagePump

Typed = events.Key | events.Paste
LIMIT = 1.0  # seconds after which a marker counts as lost: its widget was taken away


class Passed(Message, bubble=True):
    """Follows a key from where it was sent up to the app, hop by hop, behind it."""


class Turnstile:
    """Lets keys through one by one. `send` forwards a key as Textual does, `target` is where it went."""

    def __init__(
        self,
        send: Callable[[Typed], Awaitable[None]],
        target: Callable[[], MessagePump],
        later: Callable[[float, Callable[[], Awaitable[None]]], object],
    ) -> None:
        self._send, self._target, self._later = send, target, later
        self._waiting: deque[Typed] = deque()
        self._turn = 0
        self._busy = False

    async def key(self, key: Typed) -> None:
        """A key or a paste from the terminal: what is pasted after Tab must not be there before it."""
        self._waiting.append(key)
        if not self._busy:
            await self.passed()

    async def passed(self) -> None:
        """The last key is through: the next one, if any."""
        self._busy = bool(self._waiting)
        if not self._busy:
            return
        self._turn += 1
        turn, target = self._turn, self._target()
        await self._send(self._waiting.popleft())
        if not target.post_message(Passed()):
            await self.passed()
            return

        async def lost() -> None:
            if self._busy and self._turn == turn:
                await self.passed()

        self._later(LIMIT, lost)
