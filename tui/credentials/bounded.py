"""Bounded: work on what may never answer, in a thread, with a time limit; and a breaker for what did not answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from tui.aside import aside
from tui.errors import NoCredential

Answer = TypeVar("Answer")


async def bounded(work: Callable[[], Answer], seconds: float) -> Answer:
    """What `work` answers or raises; TimeoutError after `seconds`.

    The thread is left behind then. Nothing waits for it, neither the loop's end nor the process's.
    """
    async with asyncio.timeout(seconds):
        return await aside(work, "bounded")


class Breaker:
    """Remembers that something did not answer, so that whoever asks next is told at once and not after 3 s.

    It forgets after `rest` seconds: the next one then waits again, once for all.
    """

    def __init__(self, rest: float = 30.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._rest = rest
        self._clock = clock
        self._until = float("-inf")
        self._why: NoCredential | None = None

    @property
    def open(self) -> bool:
        """Whether asking is useless by now."""
        return self._clock() < self._until

    @property
    def told(self) -> NoCredential | None:
        """What whoever asks now is told: why it was tripped. None where asking may be worth it."""
        return self._why if self.open else None

    def trip(self, why: NoCredential | None = None) -> None:
        """It did not answer."""
        self._until = self._clock() + self._rest
        self._why = why

    def close(self) -> None:
        """It answered, or somebody wants to know now."""
        self._until = float("-inf")
