"""Pace: lets work be done at once, but not again before its time: at most twice a second, a hundredth of a core.

With 220 sources something differs 50 times a second: five pictures a second cost as much as all the reading does, and
two of 20 ms a quarter of it. So what is dear is done once a second, and rarer only where it takes a fifth of a core.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from tui.courtesy import HUSH

LEAST = 0.5  # seconds; what keys do is shown at once, not by this
PATIENCE = (
    1.5  # seconds for which keys that follow each other put it off: a picture of 15 ms is in the way of one in 30
)
UNSEEN = 1.0  # seconds for which nobody misses what sources say every five
CALM = 100  # rests so many times as long as the work took, up to UNSEEN
SHARE = 4  # and so many times in any case


class Pace:
    """Coalesces requests for one piece of work. `later` runs a callback after some seconds."""

    def __init__(
        self,
        later: Callable[[float, Callable[[], None]], object],
        work: Callable[[], None],
        now: Callable[[], float] = perf_counter,
    ) -> None:
        self._later = later
        self._work = work
        self._now = now
        self._waiting = False
        self._free_at = self._wanted_at = 0.0
        self._key_at = -HUSH

    @property
    def waiting(self) -> bool:
        """Whether the work will be done anyway, soon."""
        return self._waiting

    @property
    def hushed(self) -> bool:
        """Whether a key has just been pressed."""
        return self._now() < self._key_at + HUSH

    def key(self) -> None:
        """Somebody has pressed a key: what that shows goes first, the work waits a moment."""
        self._key_at = self._now()

    def ask(self) -> None:
        """Has the work done now, or as soon as it may be."""
        if not self._waiting:
            self._wanted_at = max(self._now(), self._free_at)
            self._go()

    def _go(self) -> None:
        now = self._now()
        hushed = self._key_at + HUSH if now - self._wanted_at < PATIENCE else 0.0
        wait = max(self._free_at, hushed) - now
        self._waiting = wait > 0
        if self._waiting:
            self._later(wait, self._go)
        else:
            self._run()

    def _run(self) -> None:
        began = self._now()
        self._work()
        ended = self._now()
        took = ended - began
        self._free_at = ended + max(LEAST, min(UNSEEN, CALM * took), SHARE * took)
