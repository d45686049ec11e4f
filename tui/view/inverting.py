"""Inverting: the order that tasks stand in, the other way round. Nothing is sorted. Pure.

Tasks that are alike in the field stay newest first, and those without it stay last: what turns round is the order of
the groups of those alike. Sorted anew, 100,000 tasks take 130 ms and, for as long as it lasts, 12 MB.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import chain, islice, pairwise
from operator import eq

from tui.model import Task
from tui.view.arranging import Arranging
from tui.view.order import FIRST, Ranker, by_field, turning
from tui.view.ordered import PART, Ordered, cut

PINNED_END = (FIRST, math.inf)  # behind the ranks of those that stand before all others
WITHOUT = (1,)  # before the ranks of those without the field, where an order has such


class Inverting(Arranging):
    """Tasks on their way into the order of `rank`, which is the one that they stand in but for its direction."""

    def __init__(self, tasks: Ordered, rank: Ranker, now: int) -> None:
        super().__init__(tasks, rank, now)
        self._begin, self._end = tasks.at(PINNED_END), tasks.at(WITHOUT) if by_field(rank) else len(tasks)
        self._apart = [tasks[at] for at in range(self._begin)]

    def _work(self) -> Iterator[bool]:
        made: list[Task] = []
        for some in chain(self._turned(), self._others()):
            made += some
            if len(made) >= PART:
                self._parts += cut(self._by, made)
                made = []
            yield False
        self._parts += cut(self._by, made)

    def _turned(self) -> Iterator[list[Task]]:
        """Those that have the field, from the last to the first. Of each part the first ones wait for those before."""
        alike: list[Task] = []
        of: object = None
        for part, first, last in reversed(self._tasks.spans(self._begin, self._end)):
            tasks = part.tasks[first:last]
            heads = turning(self.rank, tasks, self.now)
            joined = list(map(eq, heads, islice(heads, 1, None)))  # which are alike with the one behind them
            made: list[Task] = []
            if heads[-1] == of:
                joined += [True] * len(alike)
                tasks += alike
            else:
                made += alike
            if any(joined):
                begins = [0, *(at for at, one in enumerate(joined, 1) if not one), len(tasks)]
                for begin, end in reversed(list(pairwise(begins))[1:]):
                    made += tasks[begin:end]
                alike = tasks[: begins[1]]
            else:
                made += tasks[:0:-1]
                alike = tasks[:1]
            of = heads[0]
            yield made
        yield alike

    def _others(self) -> Iterator[list[Task]]:
        """Those that have no such field."""
        for part, first, last in self._tasks.spans(self._end, len(self._tasks)):
            yield part.tasks[first:last]
