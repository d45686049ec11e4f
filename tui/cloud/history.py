"""How a realm is scaled, and the seven days that lie behind it at the start."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from tui.cloud.arrivals import DAY_MS, daylight
from tui.cloud.chance import lognormal, mean_of
from tui.cloud.habits import Habits
from tui.cloud.job import Job

STUCK_SHARE = 0.01
STUCK_TIMES = 20
LONGEST_S = 6 * 3600.0
OLDEST_MS = 160 * 3_600_000  # leaves room for the task's own length within 168 hours
YOUNGEST_MS = 15_000
RETENTION_MS = 168 * 3_600_000


@dataclass(frozen=True, slots=True)
class Scale:
    """Size, seed and speed of one realm."""

    start: int
    listed: int
    live: int
    seed: int
    rate: float = 1.0
    habits: Habits = field(default_factory=lambda: Habits(1), compare=False)

    @property
    def keep(self) -> int:
        """How many ended tasks it remembers at most."""
        return max(self.listed * 3 // 2, self.listed + 200)

    def rng(self, what: str) -> random.Random:
        """An own stream of chance for each purpose, so that one more draw here changes nothing there."""
        return random.Random(f"{self.seed}/{what}")


class Past(NamedTuple):
    """One task of the history: when it ended, whose it was, whether it fell into a storm."""

    ended: int
    owner: int
    stormy: bool
    struck: bool = False
    """Whether the storm of `storm.py` has it: it failed for that cause."""


@dataclass(frozen=True, slots=True)
class Spans:
    """The log-normal time in the queue and the log-normal time of work (seconds)."""

    latency: float
    latency_sigma: float
    service: float
    service_sigma: float

    def draw(self, rng: random.Random, rate: float) -> tuple[int, int]:
        """Milliseconds in the queue and at work; one in a hundred is stuck."""
        latency = lognormal(rng, self.latency, self.latency_sigma)
        service = lognormal(rng, self.service, self.service_sigma)
        if rng.random() < STUCK_SHARE:
            service *= STUCK_TIMES
        service = min(service, LONGEST_S)
        return int(latency * 1000 / rate) + 1, int(service * 1000 / rate) + 1

    def per_second(self, live: int, rate: float) -> float:
        """The arrivals that keep so many tasks alive (Little's law)."""
        live = max(live, 8)  # a small world still moves
        work = mean_of(self.service, self.service_sigma) * (1 + STUCK_SHARE * (STUCK_TIMES - 1))
        return live * rate / (mean_of(self.latency, self.latency_sigma) + work)


def ages(rng: random.Random, now: int, recent: float) -> int:
    """How long ago: a recent share dense toward now, the rest spread over seven days with day and night."""
    if rng.random() < recent:
        return int(YOUNGEST_MS * (OLDEST_MS / YOUNGEST_MS) ** rng.random())
    while True:
        age = int(rng.uniform(YOUNGEST_MS, OLDEST_MS))
        if rng.random() * 1.3 < daylight(now - age):
            return age


def history(rng: random.Random, count: int, weights: Sequence[int], now: int) -> Iterator[Past]:
    """The ended tasks of the past, storms included, in no order."""
    owners = range(len(weights))
    recent = 0.5 if count < 5_000 else 2_500 / count
    left = count
    while left:
        owner = rng.choices(owners, weights)[0]
        ended = now - ages(rng, now, recent)
        storm = min(left, rng.randint(6, 20)) if rng.random() < 0.006 else 0
        if storm and now - ended < DAY_MS * 5:
            for _ in range(storm):
                yield Past(min(now - YOUNGEST_MS, ended + rng.randrange(90_000)), owner, True)
            left -= storm
        else:
            yield Past(ended, owner, False)
            left -= 1


def by_creation(jobs: Iterable[Job]) -> list[Job]:
    """The jobs in the order in which they arrived."""
    return sorted(jobs, key=attrgetter("created"))
