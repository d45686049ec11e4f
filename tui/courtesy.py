"""Courtesy: background work lets keys go first, and takes turns.

On 100,000 tasks a poll is 2 s of work in slices of 2 ms. Left alone, eight sources run eight slices each time the loop
comes round, and a key, which has six hops to its paint, waits 40 ms and more. The same goes for the cycle collector: a
look at everything takes 0.2 s with 220 sources and a second with 100,000 tasks, and finds next to nothing, since what
we make hangs in no cycles. Many short looks cost more than few long ones: rows live for a round, and each look goes
through those of that round (0.9 % of a core with 220 sources, for looks of 5 ms).
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable

HUSH = 0.06  # seconds after a key in which no slice begins: its paint is out by then
LULL = 1.0  # seconds without a key, after which a pause is seen by few
AWAY = 10.0  # seconds without a key, after which it is seen by nobody
SELDOM = 60.0  # seconds between two looks of the collector, at least
REST = 1_000  # and so many times as long as the last one took: a thousandth of a core
MANY = 50_000  # objects that a look got rid of, from which on it comes ten times as often: some 8 MB
PATIENCE = 5  # times of rest, after which it comes in any lull: somebody is always there


class Courtesy:
    """One slice each time the loop comes round, none right after a key. Keys slow polling but never stop it.

    The cycle collector, which was told to come by itself for millions of objects only, comes while nobody is there.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._key_at = -LULL
        self._looked_at = now()
        self._rest = SELDOM
        self._settled = False
        self._one = asyncio.Lock()

    def key(self) -> None:
        """Somebody has pressed a key."""
        self._key_at = self._now()

    async def turn(self) -> None:
        """Waits until one more slice may be done."""
        async with self._one:
            quiet = self._now() - self._key_at
            since = self._now() - self._looked_at
            if since >= self._rest and (quiet >= AWAY or (quiet >= LULL and since >= PATIENCE * self._rest)):
                self._look()
            await asyncio.sleep(min(HUSH, max(0.0, HUSH - quiet)))

    def _look(self) -> None:
        began = self._now()
        found = gc.collect()
        if not self._settled:
            self._settled = True
            gc.freeze()  # modules and what is shown, for good: later looks go through what has come since alone
        self._looked_at = self._now()
        took = self._looked_at - began
        self._rest = max(SELDOM, took * (REST if found < MANY else REST / 10))
