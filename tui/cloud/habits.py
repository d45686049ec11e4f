"""What the world itself does on purpose: tasks that are born odd, and rows that come late.

Whether a task is odd is drawn at its birth, from its number, and holds for its whole life: no provider rewrites an id,
a name or an ending because somebody switched a fault off.
"""

import math
from bisect import bisect_right
from collections.abc import Callable
from operator import attrgetter

from tui.cloud.chance import mix
from tui.cloud.job import Job

HOSTILE, NOVEL, NOVEL_END = 1, 2, 4  # flags of `Job.odd`
SHARES = {"hostile": 0.3, "novel": 0.25, "order": 0.15, "storm": 0.85}
LATE_MS = (2_000, 20_000)
MOST_EDGES = 512
WHOLE = 1 << 64


class Periods:
    """When something was on: births are told long after they happened, so the past is kept for a while."""

    __slots__ = ("_edges", "_first", "share")

    def __init__(self, share: float) -> None:
        self.share = share
        self._edges: list[int] = []
        self._first = False

    @property
    def on(self) -> bool:
        """Whether it is on since the last switch."""
        return self._first ^ (len(self._edges) % 2 == 1)

    @property
    def since(self) -> float:
        """When it was switched on; the end of time while it is off."""
        if not self.on:
            return math.inf
        return self._edges[-1] if self._edges else -math.inf

    def switch(self, on: bool, at: int | None) -> None:
        """From `at` on it is on or off; None is the beginning of time."""
        if on == self.on:
            return
        if at is None:
            self._first, self._edges = on, []
            return
        self._edges.append(max(at, self._edges[-1]) if self._edges else at)
        if len(self._edges) > MOST_EDGES:
            del self._edges[: MOST_EDGES // 2]  # an even number: which side of an edge is on stays the same

    def holds(self, at: int) -> bool:
        """Whether it was on at a time."""
        return self._first ^ (bisect_right(self._edges, at) % 2 == 1)


class Habits:
    """The world's own faults, as they are switched."""

    __slots__ = ("_longest", "_periods", "_rate", "_seed", "start")

    def __init__(self, seed: int, rate: float = 1.0) -> None:
        self._seed = seed
        self._rate = rate
        self._longest = int(LATE_MS[1] / rate)
        self._periods = {name: Periods(share) for name, share in SHARES.items()}
        self.start = 0  # of the world: what is older is listed

    def switch(self, name: str, on: bool, at: int | None, share: float | None = None) -> None:
        """Switch `hostile`, `novel`, `storm` or the late rows of `order`; other names are nothing to the world."""
        periods = self._periods.get(name)
        if periods is None:
            return
        if on:
            wanted = SHARES[name] if share is None else share
            if wanted != periods.share:
                periods.switch(False, at)  # a new share is for what is born from now on
                periods.share = wanted
        periods.switch(on, at)

    def mark(self, job: Job) -> None:
        """Draw what is odd about a newborn task."""
        if self._strikes("hostile", job, 1):
            job.odd |= HOSTILE
        if self._strikes("novel", job, 2):
            job.odd |= NOVEL
            if mix(job.n, self._seed + 3) % 3 == 0:
                job.odd |= NOVEL_END

    def stormy(self, at: int) -> bool:
        """Whether the storm raged at a time."""
        return self._periods["storm"].holds(at)

    def struck(self, job: Job) -> bool:
        """Whether the storm has a newborn task of one of its owners."""
        return self._strikes("storm", job, 6)

    def late(self, job: Job, now: int) -> bool:
        """Whether no list shows the task yet, although it is there."""
        if job.created <= now - self._longest or job.created < max(self._periods["order"].since, self.start):
            return False
        drawn = self._drawn(job, 4)
        if drawn >= self._periods["order"].share:
            return False
        low, high = LATE_MS
        return now < job.created + (low + mix(job.n, self._seed + 5) % (high - low)) / self._rate

    def shown(self, jobs: list[Job], now: int, when: Callable[[Job], int] = attrgetter("created")) -> list[Job]:
        """The jobs without the late ones; `when` is the time by which they are sorted, at least that of creation."""
        if not self._periods["order"].on:
            return jobs
        at = len(jobs)
        while at and when(jobs[at - 1]) > now - self._longest:
            at -= 1
        tail = [job for job in jobs[at:] if not self.late(job, now)]
        return jobs if len(tail) == len(jobs) - at else jobs[:at] + tail

    def _strikes(self, name: str, job: Job, salt: int) -> bool:
        periods = self._periods[name]
        return periods.holds(job.created) and self._drawn(job, salt) < periods.share

    def _drawn(self, job: Job, salt: int) -> float:
        return mix(job.n ^ job.created << 20, self._seed * 16 + salt) / WHOLE
