"""Courtesy: background work lets keys go first, and takes turns.

On 100,000 tasks a poll is 2 s of work in slices of 2 ms. Left alone, eight sources run eight slices each time the loop
comes round, and a key, which has six hops to its paint, waits 40 ms and more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

HUSH = 0.06  # seconds after a key in which no slice begins: its paint is out by then


class Courtesy:
    """One slice each time the loop comes round, none right after a key. Keys slow polling but never stop it."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._quiet_until = 0.0
        self._one = asyncio.Lock()

    def key(self) -> None:
        """Somebody has pressed a key."""
        self._quiet_until = self._now() + HUSH

    async def turn(self) -> None:
        """Waits until one more slice may be done."""
        async with self._one:
            await asyncio.sleep(min(HUSH, max(0.0, self._quiet_until - self._now())))
