"""Courtesy: background work lets keys go first, and takes turns.

On 100,000 tasks a poll is 2 s of work in slices of 2 ms. Left alone, eight sources run eight slices each time the loop
comes round, and a key, which has six hops to its paint, waits 40 ms and more. The same goes for the cycle collector: a
look at what is young takes 20 to 80 ms there, since each refresh makes new lists of all rows.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable

HUSH = 0.06  # seconds after a key in which no slice begins: its paint is out by then
LULL = 1.0  # seconds without a key, after which a pause of 50 ms will not be seen
YOUNG = 5_000  # objects made and not freed since the collector last looked, which takes 1 us for each
MIDDLE = 64  # looks at what is young to one at what has survived them, which takes 0.1 to 0.3 s with 220 sources
AWAY = 10.0  # seconds without a key, after which that is not seen either
MOST = 4 * MIDDLE  # looks at what is young after which it comes in any lull


class Courtesy:
    """One slice each time the loop comes round, none right after a key. Keys slow polling but never stop it.

    Where the collector was told to look rarely, it looks in the lulls between keys.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._key_at = -LULL
        self._looks = 0
        self._one = asyncio.Lock()

    def key(self) -> None:
        """Somebody has pressed a key."""
        self._key_at = self._now()

    async def turn(self) -> None:
        """Waits until one more slice may be done."""
        async with self._one:
            quiet = self._now() - self._key_at
            if quiet >= LULL and gc.get_count()[0] > YOUNG:
                self._looks += 1
                long = self._looks >= (MIDDLE if quiet >= AWAY else MOST)
                self._looks = 0 if long else self._looks
                gc.collect(int(long))
            await asyncio.sleep(min(HUSH, max(0.0, HUSH - quiet)))
