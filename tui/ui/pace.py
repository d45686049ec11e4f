"""Pace: lets work be done at once, but not again before its time: at most twice a second, a fifth of a core.

With 220 sources something differs 50 times a second: five pictures a second cost as much as all the reading does.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

LEAST = 0.5  # seconds; what keys do is shown at once, not by this
SHARE = 4  # rests four times as long as the work took


class Pace:
    """Coalesces requests for one piece of work. `later` runs a callback after some seconds."""

    def __init__(self, later: Callable[[float, Callable[[], None]], object], work: Callable[[], None]) -> None:
        self._later = later
        self._work = work
        self._waiting = False
        self._free_at = 0.0

    @property
    def waiting(self) -> bool:
        """Whether the work will be done anyway, soon."""
        return self._waiting

    def ask(self) -> None:
        """Has the work done now, or as soon as it may be."""
        if self._waiting:
            return
        wait = self._free_at - perf_counter()
        if wait <= 0:
            self._run()
        else:
            self._waiting = True
            self._later(wait, self._run)

    def _run(self) -> None:
        self._waiting = False
        began = perf_counter()
        self._work()
        ended = perf_counter()
        self._free_at = ended + max(LEAST, SHARE * (ended - began))
