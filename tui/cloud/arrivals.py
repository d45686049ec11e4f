"""When tasks arrive, when they fail together, and when a worker is free for them."""

import math
import random
from collections.abc import Iterator
from heapq import heapify, heappop, heappush

DAY_MS = 86_400_000
STEP_MS = 600_000
CROWD_MS = 4_000
CROWD_TIMES = 20
STORM_MS = 90_000
STORM_RISK = 0.4


def daylight(at: int) -> float:
    """The share of the mean rate at this time: busiest in the afternoon of UTC+8."""
    return 1.0 + 0.3 * math.sin(2 * math.pi * ((at % DAY_MS) / DAY_MS - 1 / 24))


class Arrivals:
    """A Poisson process with a day/night sine and flash crowds; the same seed gives the same times."""

    __slots__ = ("_crowd", "_crowd_ms", "_next", "_per_ms", "_rate", "_rng")

    def __init__(self, rng: random.Random, per_second: float, start: int, rate: float) -> None:
        self._rng = rng
        self._per_ms = per_second / 1000
        self._rate = rate
        self._crowd_ms = max(1, int(CROWD_MS / rate))
        self._crowd = self._draw_crowd(start)
        self._next = self._draw(start)

    def _draw_crowd(self, after: int) -> int:
        return after + int(self._rng.expovariate(1 / (900_000 / self._rate)))

    def _draw(self, at: int) -> int:
        """The next arrival: exact, because a Poisson process may be drawn anew where its rate changes."""
        while True:
            if at >= self._crowd + self._crowd_ms:
                self._crowd = self._draw_crowd(at)
            crowded = at >= self._crowd
            edge = self._crowd + self._crowd_ms if crowded else self._crowd
            border = min(edge, at - at % STEP_MS + STEP_MS)
            rate = self._per_ms * daylight(at) * (CROWD_TIMES if crowded else 1)
            wait = self._rng.expovariate(rate) if rate > 0 else math.inf
            if at + wait < border:
                return at + int(wait) + 1
            at = border

    def until(self, now: int) -> Iterator[int]:
        """The arrivals up to now that were not told yet."""
        while self._next <= now:
            at = self._next
            self._next = self._draw(at)
            yield at


class Weather:
    """Storms of failures: for about 90 s most of what fails belongs to one owner."""

    __slots__ = ("_from", "_owner", "_owners", "_rate", "_rng", "_to")

    def __init__(self, rng: random.Random, owners: int, start: int, rate: float) -> None:
        self._rng = rng
        self._owners = owners
        self._rate = rate
        self._from = self._to = start
        self._owner = 0
        self._draw(start)

    def _draw(self, after: int) -> None:
        self._from = after + int(self._rng.expovariate(1 / (720_000 / self._rate)))
        self._to = self._from + int(STORM_MS / self._rate * self._rng.uniform(0.7, 1.3)) + 1
        self._owner = self._rng.randrange(self._owners)

    def fails(self, at: int, owner: int, calm: float) -> bool:
        """Whether a task of this owner that arrives now will fail."""
        while at >= self._to:
            self._draw(self._to)
        stormy = at >= self._from and owner == self._owner
        return self._rng.random() < (STORM_RISK if stormy else calm)


class Workers:
    """A queue with c workers: a task starts when it is ready and one of them is free."""

    __slots__ = ("_free",)

    def __init__(self, free: list[int]) -> None:
        self._free = free
        heapify(self._free)

    def start(self, ready: int, service: int) -> int:
        """Take the next free worker; answers when the task starts."""
        start = max(ready, heappop(self._free))
        heappush(self._free, start + service)
        return start
