"""The compact record of one task, and the two ways in which records are kept."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count
from typing import Any


class Job:
    """A whole life, drawn at birth: what it looks like at a time is worked out, never stored (times in epoch ms)."""

    __slots__ = ("created", "ended", "n", "odd", "outcome", "owner", "started", "tries")

    def __init__(
        self, owner: Any, n: int, created: int, started: int, ended: int, outcome: int, tries: int = 0
    ) -> None:
        self.owner = owner
        self.n = n
        self.created = created
        self.started = started  # 0: never starts
        self.ended = ended
        self.outcome = outcome
        self.tries = tries
        self.odd = 0  # the flags of `habits` and `showing`


def _number(job: Job) -> int:
    return job.n


class Roll:
    """The jobs of one owner, oldest first, found by number and by place."""

    __slots__ = ("_limit", "jobs", "keep", "next_n")

    def __init__(self) -> None:
        self.jobs: list[Job] = []
        self.next_n = 1
        self.keep = 0
        self._limit = 0

    def add(self, job: Job) -> None:
        """Append the youngest job; it gets its number here."""
        job.n = self.next_n
        self.next_n += 1
        self.jobs.append(job)

    def place(self, n: int) -> int:
        """Where the job with this number stands, or would stand."""
        return bisect_left(self.jobs, n, key=_number)

    def find(self, n: int) -> Job | None:
        """The job with this number."""
        at = self.place(n)
        return self.jobs[at] if at < len(self.jobs) and self.jobs[at].n == n else None

    def remove(self, job: Job) -> None:
        """Take one job out."""
        at = self.place(job.n)
        if at < len(self.jobs) and self.jobs[at] is job:
            del self.jobs[at]

    def settle_in(self) -> None:
        """Take the present size as the measure of how many ended jobs are kept."""
        self.keep = max(len(self.jobs) * 3 // 2, len(self.jobs) + 60)
        self._limit = self.keep * 21 // 20 + 10

    def tidy(self, now: int, horizon: int) -> None:
        """Forget ended jobs: those from before the horizon, and the oldest beyond the number to keep."""
        if len(self.jobs) <= self._limit and (not self.jobs or self.jobs[0].ended >= horizon):
            return
        surplus = sum(1 for job in self.jobs if job.ended <= now) - self.keep
        kept = []
        for job in self.jobs:
            if job.ended <= now and (surplus > 0 or job.ended < horizon):
                surplus -= 1
            else:
                kept.append(job)
        self.jobs = kept
        self._limit = max(len(kept), self.keep) * 21 // 20 + 10  # some slack, so that tidying stays rare


class Live:
    """The jobs that have not ended, oldest first, and an agenda of their ends."""

    __slots__ = ("_agenda", "_order", "jobs")

    def __init__(self) -> None:
        self.jobs: dict[Job, None] = {}
        self._agenda: list[tuple[int, int, Job]] = []
        self._order = count()

    def add(self, job: Job) -> None:
        """Watch a job until it ends."""
        self.jobs[job] = None
        self.reschedule(job)

    def reschedule(self, job: Job) -> None:
        """Its end has moved."""
        heappush(self._agenda, (job.ended, next(self._order), job))

    def settle(self, now: int) -> Iterator[Job]:
        """The jobs that have ended since the last time, in the order of their ends."""
        while self._agenda and self._agenda[0][0] <= now:
            when, _, job = heappop(self._agenda)
            if job in self.jobs and job.ended == when:
                del self.jobs[job]
                yield job
