"""Rounds: which reads a source gets. Whole ones from time to time, in between ones that only catch up.

A whole read of 10,000 tasks is 100 calls; what has changed since the last read stands on the first pages and in the
tasks that had not ended. So a read that catches up goes down each list until everything further down came (or ended)
before the last good read of that list began, less an overlap; what was live and was not met on the way is asked by id.
That a list is newest first is not believed but seen (`tui.trail`), and each whole read checks whether those before it
would have missed something: then the overlap doubles, and past an hour every read is whole.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable
from typing import NamedTuple

from tui.answers import Listing, Want
from tui.model import Task
from tui.reading import AGAIN, Outcome
from tui.trail import Order, Trail

log = logging.getLogger(__name__)

RECONCILE = 300.0  # seconds between two whole reads, or this many intervals: a late row is missed so long at most
INTERVALS = 10
FIRST = 60.0  # the second whole read comes soon: it is the first that can tell whether catching up misses something
OVERLAP = 15_000.0  # ms, or two intervals: rows that the provider lists late
LARGEST = 3_600_000.0  # ms: a list that needs more overlap than this has no order to rely on


class Known(NamedTuple):
    """A list as it last was: when its last good read began (epoch ms), and in which order it came when it was whole."""

    began: int
    order: Order


class Rounds:
    """How the lists of a source turned out: decides what its next read is."""

    def __init__(self) -> None:
        self._lists: dict[str, Known] = {}
        self._first_at: int | None = None
        self._whole_at: int | None = None
        self._wholes = 0
        self._must = True
        self._few = True
        self._overlap = OVERLAP

    def insist(self) -> None:
        """The next read is a whole one."""
        self._must = True

    def want(self, now: int, interval: float) -> Want:
        """What the next read is for (`now` in epoch ms, the interval in seconds)."""
        if self._is_whole(now, interval):
            return Want(newest_first=True)
        since = round(min(known.began for known in self._lists.values()) - self._lap(interval))
        orderly = all(known.order.news_first or known.order.slack <= LARGEST for known in self._lists.values())
        return Want(newest_first=True, since=since, created_after=None if orderly else since)

    def _is_whole(self, now: int, interval: float) -> bool:
        if self._must or self._few or self._whole_at is None or not self._lists or self._overlap > LARGEST:
            return True
        every = max(RECONCILE, INTERVALS * interval) if self._wholes > 1 else FIRST
        return now - self._whole_at >= every * 1000

    def enough(self, listing: Listing, trail: Trail, calls: int, interval: float) -> bool:
        """Whether a list need not be read further. `calls` would ask its live tasks by id that were not met yet.

        Reading on may meet them, in a list that holds them: as many calls are spent on either.
        """
        known = self._lists.get(listing.label)
        if listing.live or known is None:
            return False
        slack = known.order.slack
        far = slack <= LARGEST and trail.reached(known.order) < known.began - slack - self._lap(interval)
        if not far and not (known.order.news_first and trail.stale):
            return False
        return listing.live is False or calls <= trail.pages

    def over(self, want: Want, began: int, outcome: Outcome) -> None:
        """Takes in how a read turned out that began at `began` (epoch ms)."""
        for listing, trail in outcome.trails.items():
            known = self._lists.get(listing.label)
            order = known.order if known is not None and trail.cut else trail.order
            self._lists[listing.label] = Known(began, order)
        if want.since is None and not any(isinstance(error, AGAIN) for error in outcome.errors):
            self._must = bool(outcome.missing) and not outcome.errors and not outcome.full
            self._few = outcome.pages <= max(1, outcome.lists)
            self._whole_at = began
            self._first_at = began if self._first_at is None else self._first_at
            self._wholes += 1

    def check(self, found: Iterable[Task], interval: float) -> None:
        """Looks at what only a whole read has found: should catching up have found it? Then it overlaps more."""
        if self._first_at is None or not self._lists:
            return
        until = min(known.began for known in self._lists.values()) - self._lap(interval)
        late = sum(self._first_at < (one.created_at or one.started_at or 0) < until for one in found)
        if late:
            self._overlap = self._lap(interval) * 2
            log.info("%d tasks came late: catching up overlaps by %.0f s from now on", late, self._overlap / 1000)

    def _lap(self, interval: float) -> float:
        return max(self._overlap, 2000 * interval)


def portions(tasks: Collection[Task], size: int) -> Iterable[tuple[Task, ...]]:
    """Tasks in portions of a size."""
    every = tuple(tasks)
    return (every[at : at + size] for at in range(0, len(every), size))
