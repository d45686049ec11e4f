"""Arranging: many tasks put into another order, a little a turn, while they go on changing. Pure.

Sorted in one go, 100,000 tasks hold the loop for 300 ms and a million for seconds. Here some ranks say where the parts
begin, each task goes to its part, and each part is sorted by itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import repeat
from typing import Any

from tui.model import Task, TaskKey
from tui.view.order import Ranker, as_of, pinned
from tui.view.ordered import PART, Ordered, Part, cut

SLICE = 250  # tasks of a turn: 0.5 ms
SAMPLES = 2  # ranks looked at for each part


class Arranging:
    """All known tasks on their way into the order of a ranker. It must be told `before` a task changes."""

    def __init__(self, known: Mapping[TaskKey, Task], rank: Ranker, now: int) -> None:
        self.rank, self.now = rank, now
        self._by = as_of(rank, now)
        self._known = known
        self._placed: dict[TaskKey, Task | None] = {}
        """Tasks that have changed, as they were when they were looked at."""
        self._parts: list[Part] = []
        self._turns = self._work()

    def before(self, key: TaskKey) -> None:
        """A task is about to change."""
        self._placed.setdefault(key, self._known.get(key))

    def step(self) -> bool:
        """One turn; True at the end."""
        return next(self._turns, True)

    def rows(self, pins: AbstractSet[TaskKey]) -> Ordered:
        """All tasks as they are by now, some before all others."""
        above = as_of(pinned(self.rank, pins), self.now)
        there = self._placed | {key: self._known[key] for key in pins & self._known.keys() if key not in self._placed}
        placed = Ordered(self._by, self._parts)
        left = placed.splice((self._by(task), None, None) for task in there.values() if task is not None)
        now = [task for key in there if (task := self._known.get(key)) is not None]
        return left.under(above).splice((None, above(task), task) for task in now)

    def _work(self) -> Iterator[bool]:
        keys = list(self._known)
        step = max(1, PART // SAMPLES)
        ends = sorted(self._by(self._known[key]) for key in keys[step::step])[SAMPLES - 1 :: SAMPLES]
        heaps: list[list[tuple[Any, ...]]] = [[] for _ in range(len(ends) + 1)]
        for at in range(0, len(keys), SLICE):
            some = keys[at : at + SLICE]
            for key in self._placed.keys() & some if self._placed else ():
                del self._placed[key]
            tasks = [task for task in map(self._known.get, some) if task is not None]
            ranks = list(map(self._by, tasks))
            for place, rank, task in zip(map(bisect_right, repeat(ends), ranks), ranks, tasks, strict=True):
                heaps[place].append((*rank, task))  # one tuple: no two ranks are alike
            yield False
        for heap in heaps:
            heap.sort()
            self._parts += cut(self._by, [ranked[-1] for ranked in heap])
            heap.clear()
            yield False
