"""Rounds: which reads a source gets. Whole ones from time to time, in between ones that only catch up.

A whole read of 10,000 tasks is 100 calls; what has changed since the last read stands on the first pages and in the
tasks that had not ended. So a read that catches up goes down each list until everything further down came (or ended)
before the last good read of that list began, less an overlap; what was live and was not met on the way is asked by id.
That a list is newest first is not believed but seen (`tui.trail`), and each whole read checks whether those before it
would have missed something: then the overlap doubles, and past an hour every read is whole.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from tui.answers import Listing, Want
from tui.model import Task
from tui.patience import AGAIN, FATAL
from tui.reading import Outcome
from tui.trail import Order, Trail

log = logging.getLogger(__name__)

RECONCILE = 300.0  # seconds between two whole reads, or this many intervals: a late row is missed so long at most
INTERVALS = 10
FIRST = 60.0  # the second whole read comes soon: it is the first that can tell whether catching up misses something
OVERLAP = 15_000.0  # ms, or two intervals: rows that the provider lists late
LARGEST = 3_600_000.0  # ms: a list that needs more overlap than this has no order to rely on
WHOLES = 3  # whole reads one after another that something is missing from: then the missing waits for the next turn
JUMP = OVERLAP / 2000  # seconds by which a provider's clock has not just been measured differently
CALM = 12  # whole reads without a row that came late, after which the overlap is half as long again


class Known(NamedTuple):
    """A list as it last was: when its last good read began, and in which order it came when it was whole.

    `began` is in epoch ms by the provider's clock, as the times of its rows are; `before`, of the good one before it:
    what has come since then is read twice, for a row may have moved up past one read. `deep`: how many of its pages
    held what was news then; where rows have no time, so many are read twice.
    """

    began: int
    before: int
    order: Order
    live: bool | None = None
    scope: str | None = None
    deep: int = 0


class Rounds:
    """How the lists of a source turned out: decides what its next read is."""

    def __init__(self) -> None:
        self._lists: dict[str, Known] = {}
        self._holes: set[str] = set()  # lists of which the last read brought a part: below it there may be more news
        self._short: set[str] = set()  # lists that lacked something in each of several whole reads
        self._first_at: int | None = None
        self._whole_at: int | None = None
        self._whole_there = 0  # the same by the provider's clock
        self._skew: float | None = None
        self._wholes = 0
        self._wanting = 0
        self._must, self._moved = True, False
        self._few = True
        self._overlap = self._next_overlap = OVERLAP
        self._calm = 0

    def insist(self) -> None:
        """The next read is a whole one."""
        self._must = True

    def want(self, now: int, interval: float) -> Want:
        """What the next read is for (`now` in epoch ms, the interval in seconds)."""
        if self._is_whole(now, interval):
            return Want(newest_first=True)
        lap = self._lap(interval)
        since = round(min(min(known.began - lap, known.before) for known in self._lists.values()))
        orderly = all(known.order.news_first or known.order.slack <= LARGEST for known in self._lists.values())
        return Want(newest_first=True, since=since, created_after=None if orderly else since)

    def _is_whole(self, now: int, interval: float) -> bool:
        if self._must or self._few or self._whole_at is None or not self._lists or self._overlap > LARGEST:
            return True
        every = max(RECONCILE, INTERVALS * interval) if self._wholes > 1 else FIRST
        return not 0 <= now - self._whole_at < every * 1000  # below 0: the clock was set back, nothing is known so far

    def enough(self, listing: Listing, trail: Trail, calls: int, interval: float) -> bool:
        """Whether a list need not be read further. `calls` would ask its live tasks by id that were not met yet.

        Reading on may meet them, in a list that holds them: as many calls are spent on either.
        """
        known = self._lists.get(listing.label)
        if listing.live or known is None:
            return False
        order = known.order.and_also(trail.shown)
        reached, until = trail.reached(order), min(self._until(known) - self._lap(interval), known.before)
        far = order.slack <= LARGEST and reached < until - order.slack
        # rows without a time are known by their place alone; with one, what came late may stand below what is known
        # and what a deletion moved up past the last read stands among what was news then: that is looked through again
        again = reached == math.inf and trail.quiet >= known.deep
        stale = known.order.news_first and trail.stale and (reached < until or again)
        if not far and (not stale or listing.label in self._holes):
            return False
        return listing.live is False or calls <= trail.pages

    def _until(self, known: Known) -> int:
        """Down to when a list has to be read: what ended in it may have lived, unseen, since the live ones were read.

        Not further back than the last whole read: a list that may not be read for good would make each read one.
        """
        if known.live is not False:
            return known.began
        live = [one.began for one in self._lists.values() if one.live and one.scope in (None, known.scope)]
        return min(known.began, max(min(live, default=known.began), self._whole_there))

    def over(self, want: Want, began: int, outcome: Outcome, skew: float = 0.0) -> None:
        """Takes in how a read turned out that began at `began` (epoch ms); the provider's clock is `skew` s ahead."""
        there = began + round(skew * 1000)
        trails = {**outcome.trails, **self._parts(want, outcome)}
        self._holes = self._lists.keys() - {listing.label for listing in trails}
        for listing, trail in trails.items():
            known, order = self._lists.get(listing.label), trail.order
            if known is not None:
                first = known.order.news_first if order.news_first is None else order.news_first
                after = want.created_after  # what the provider has picked, or a part, says nothing about all of a list
                if trail.cut or (after is not None and trail.picked(after)):
                    order = known.order
                else:
                    order = (order if after is None else known.order)._replace(news_first=first)
            self._lists[listing.label] = Known(
                there, there if known is None else known.began, order, listing.live, listing.scope, trail.deep
            )
        if want.since is None:
            self._whole_is_over(began, there, outcome)
        elif self._skew is not None and abs(skew - self._skew) > JUMP:
            self._must = True  # by another clock than the last read: what it took for old may be new
        self._skew = skew

    def _parts(self, want: Want, outcome: Outcome) -> Mapping[Listing, Trail]:
        """The lists that go on lacking something: as good as they get, they need not be read whole each time."""
        if want.since is None and self._wanting + 1 < WHOLES:
            self._short = set()
        elif want.since is None:
            self._short = {listing.label for listing in outcome.parts}
        return {listing: trail for listing, trail in outcome.parts.items() if listing.label in self._short}

    def _whole_is_over(self, began: int, there: int, outcome: Outcome) -> None:
        self._learn()
        if outcome.complete:  # a function that is deleted leaves nothing behind
            labels = {listing.label for listing in outcome.trails}
            self._lists = {label: known for label, known in self._lists.items() if label in labels}
        broken = any(isinstance(error, (*AGAIN, *FATAL)) for error in outcome.errors)
        wanting = broken or (bool(outcome.missing) and not outcome.errors and not outcome.full)
        self._wanting = self._wanting + 1 if wanting else 0
        if broken and (self._wanting < WHOLES or not outcome.pages):
            return
        again = outcome.moved and not self._moved  # once: a list that always loses some is read whole as often as all
        self._must, self._moved = (wanting and self._wanting < WHOLES) or again, again
        self._few = outcome.pages <= max(1, outcome.lists)
        self._whole_at, self._whole_there = began, there
        self._first_at = there if self._first_at is None else self._first_at
        self._wholes += 1

    def _learn(self) -> None:
        """One lesson a read, however many rows came late: a backlog that comes at once says no more than one row."""
        if self._next_overlap > self._overlap:
            self._overlap, self._calm = self._next_overlap, 0
            log.info("tasks came late: catching up overlaps by %.0f s from now on", self._overlap / 1000)
            return
        self._calm += 1
        if self._calm >= CALM:
            self._overlap, self._calm = max(OVERLAP, self._overlap / 2), 0
        self._next_overlap = self._overlap

    def check(self, found: Iterable[Task], interval: float) -> None:
        """Looks at what only a whole read has found: should catching up have found it? Then it overlaps more."""
        if self._first_at is None or not self._lists:
            return
        until = min(known.began for known in self._lists.values()) - self._lap(interval)
        if any(self._first_at < (one.created_at or one.started_at or 0) < until for one in found):
            self._next_overlap = self._lap(interval) * 2

    def _lap(self, interval: float) -> float:
        return max(self._overlap, 2000 * interval)
