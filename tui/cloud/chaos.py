"""Chaos: faults that come and go by the clock, so that always one to three of them are on."""

import random
from collections.abc import Iterator

MOST = 3
ON_MS = 8_000  # means of the exponential periods
PAUSE_MS = 5_000


class Chaos:
    """The same seed and the same start give the same edges, whenever one looks."""

    __slots__ = ("_names", "_next", "_rng", "_until")

    def __init__(self, rng: random.Random, names: tuple[str, ...], start: int) -> None:
        self._rng = rng
        self._names = names
        self._next = start
        self._until: dict[str, int] = {}

    @property
    def names(self) -> list[str]:
        """Those that are on."""
        return sorted(self._until)

    def edges(self, now: int) -> Iterator[tuple[int, str, bool]]:
        """What has been switched since the last look: when, which, on or off."""
        while True:
            name, until = min(self._until.items(), key=lambda one: (one[1], one[0]), default=("", self._next + 1))
            if min(until, self._next) > now:
                return
            if until <= self._next:
                del self._until[name]
                yield until, name, False
                if not self._until:
                    yield self._start(until, name)
                continue
            at, self._next = self._next, self._next + self._draw(PAUSE_MS)
            if len(self._until) < MOST:
                yield self._start(at)

    def _start(self, at: int, but: str = "") -> tuple[int, str, bool]:
        name = self._rng.choice([name for name in self._names if name not in self._until and name != but])
        self._until[name] = at + self._draw(ON_MS)
        return at, name, True

    def _draw(self, mean: int) -> int:
        return int(self._rng.expovariate(1 / mean)) + 1
