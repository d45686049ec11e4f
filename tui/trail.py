"""Trail: how far back a list was read, and in which order it came. Pure; seen from rows, never from a document."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import compress, repeat
from typing import NamedTuple

from tui.model import Task, TaskKey

PART = 0.25  # of the time that a list covers: more disorder than that is none
HEAD = 10  # pages from the top that tell the order: what was stuck for days says nothing about what comes


class Reach(NamedTuple):
    """Of some rows, by one of their times (epoch ms): the youngest, the oldest, and how far they are out of order.

    `slack` is by how many milliseconds a row is younger than one above it, at most.
    """

    youngest: float = -math.inf
    oldest: float = math.inf
    slack: float = 0.0

    def then(self, below: Reach) -> Reach:
        """Both, one below the other."""
        return Reach(
            max(self.youngest, below.youngest),
            min(self.oldest, below.oldest),
            max(self.slack, below.slack, below.youngest - self.oldest),
        )


NOTHING = Reach()


class Span(NamedTuple):
    """What the times of some rows come to: their reach by when they came and by when they ended (epoch ms).

    `first` is when the first of them came, -inf where one does not say; `oldest` are the earliest of either time.
    """

    came: Reach
    ended: Reach
    first: float
    oldest: tuple[float, float]


def span(tasks: Sequence[Task], news: Collection[TaskKey] = ()) -> Span:
    """The span of some rows; its `oldest` leave out what is news."""
    came = [one.created_at or one.started_at for one in tasks]
    # a list of tasks that have not all ended is not one by the time of their end
    ended = [one.ended_at or math.inf for one in tasks]
    old = [one.key not in news for one in tasks] if news else repeat(True)
    times = [*filter(None, came)]
    first = min(times, default=math.inf) if len(times) == len(came) else -math.inf
    oldest = min(filter(None, compress(came, old)), default=math.inf), min(compress(ended, old), default=math.inf)
    return Span(_reach(came), _reach(ended), first, oldest)


class Order(NamedTuple):
    """How far a list is out of order, newest first, by when tasks came and by when they ended (ms; inf: no order).

    `news_first`: of a list that was known before, no row that is news stood below a page without any. None where there
    was no news, or nothing else: that shows nothing.
    """

    came: float
    ended: float
    news_first: bool | None = None

    @property
    def slack(self) -> float:
        """By the better time. Where both are as good it is the end: that one reads further."""
        return min(self.came, self.ended)

    def and_also(self, other: Order) -> Order:
        """What both say: as much disorder as either has seen."""
        return self._replace(came=max(self.came, other.came), ended=max(self.ended, other.ended))


class Trail:
    """The pages of one list as they are read: how far back they reach by the time tasks came, and by when they ended.

    A list that no document calls sorted is newest first when its rows have shown it; then a read that catches up
    need not go to its end.
    """

    def __init__(self) -> None:
        self.pages = 0
        self.cut = False  # it was not read to its end
        self._came: dict[int, Reach] = {}
        self._ended: dict[int, Reach] = {}
        self._news: dict[int, int] = {}
        self._earliest = math.inf  # of all rows; -inf where one has no time
        self._oldest = [math.inf, math.inf]  # by when they came and when they ended, of the rows that are no news

    def add(self, at: int, tasks: Sequence[Task], news: Collection[TaskKey] = ()) -> None:
        """Takes in the page `at` of the list (0 is its first), in any order; `news` are those that were not known so.

        What is news says nothing about how far the read has come: a task that waited for two hours may stand on top.
        """
        self.take(at, span(tasks, news), len(news))

    def take(self, at: int, told: Span, news: int) -> None:
        """Takes in a page by its span, and how many of its tasks are news."""
        self.pages += 1
        self._news[at] = news
        self._earliest = min(self._earliest, told.first)
        self._oldest = [*map(min, self._oldest, told.oldest)]
        self._came[at], self._ended[at] = told.came, told.ended

    @property
    def order(self) -> Order:
        """How far the list is out of order by either time."""
        news = [self._news[at] for at in sorted(self._news)]
        first = not any(news[news.index(0) :]) if 0 in news and any(news) else None
        return Order(_slack(self._came), _slack(self._ended), first)

    @property
    def shown(self) -> Order:
        """The disorder of its head so far, which a part of a list can show; that it is in order it cannot."""
        return Order(_head(self._came).slack, _head(self._ended).slack)

    @property
    def stale(self) -> bool:
        """Whether its last page (so far) held no news."""
        return bool(self._news) and self._news[max(self._news)] == 0

    @property
    def quiet(self) -> int:
        """How many pages without news it has (so far) below the last one that had some."""
        pages = sorted(self._news, reverse=True)
        return next((count for count, at in enumerate(pages) if self._news[at]), len(pages))

    @property
    def deep(self) -> int:
        """How many pages from the top hold all of its news."""
        return 1 + max((at for at, count in self._news.items() if count), default=-1)

    def picked(self, after: float) -> bool:
        """Whether it may be what came after a time alone (epoch ms): no row says otherwise."""
        return self._earliest >= after

    def reached(self, order: Order) -> float:
        """How far back it was read (epoch ms) by the time that it is in the order of; inf before any known row."""
        return self._oldest[0] if order.came < order.ended else self._oldest[1]


def _slack(pages: Mapping[int, Reach]) -> float:
    """The slack at the head; inf where it is a good part of all the time that the list covers: that is no order."""
    if len(pages) == 1:  # most lists
        ((youngest, oldest, slack),) = pages.values()
        return slack if slack <= (youngest - oldest) * PART else math.inf
    slack = _head(pages).slack
    youngest = max((reach.youngest for reach in pages.values()), default=-math.inf)
    oldest = min((reach.oldest for reach in pages.values()), default=math.inf)
    return slack if slack <= (youngest - oldest) * PART else math.inf


def _head(pages: Mapping[int, Reach]) -> Reach:
    head = NOTHING
    for at in sorted(pages)[:HEAD]:
        head = head.then(pages[at])
    return head


def _reach(times: Iterable[int | float | None]) -> Reach:
    youngest, oldest, slack = NOTHING
    for when in times:
        if when is None:
            continue
        if when - oldest > slack:
            slack = when - oldest
        if when > youngest:
            youngest = when
        if when < oldest:
            oldest = when
    return Reach(youngest, oldest, slack)
