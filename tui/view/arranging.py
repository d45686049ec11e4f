"""Arranging: many tasks put into another order, a little a turn, while they go on changing. Pure.

Sorted in one go, 100,000 tasks hold the loop for 300 ms and a million for seconds. Here some ranks say where the parts
begin, each task goes to its part, and each part is sorted by itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import islice, repeat
from typing import Any

from tui.model import Task, TaskKey
from tui.view.order import Ranker, as_of, pinned
from tui.view.ordered import PART, Ordered, Part, cut

SLICE = 250  # tasks of a turn: 0.5 ms
SAMPLES = 2  # ranks looked at for each part
MANY = 300_000  # tasks from which on ranks are made twice: kept, they are 180 bytes of each, and a third of the time


class Arranging:
    """Tasks on their way into the order of a ranker. What becomes of them meanwhile must be noted."""

    def __init__(self, tasks: Ordered, rank: Ranker, now: int) -> None:
        self.rank, self.now = rank, now
        self._by = as_of(rank, now)
        self._tasks = tasks
        self._changed: dict[TaskKey, tuple[Task | None, Task | None]] = {}
        """As they were among the tasks, and as they are now."""
        self._parts: list[Part] = []
        self._apart: list[Task] = []
        """Tasks that are not in any part; placed with those that have changed."""
        self._turns = self._work()

    def note(self, key: TaskKey, before: Task | None, after: Task | None) -> None:
        """One task has changed; `before` is the very one that was among the tasks."""
        was, _ = self._changed.get(key, (before, None))
        self._changed[key] = was, after

    def step(self) -> bool:
        """One turn; True at the end."""
        return next(self._turns, True)

    def rows(self, pins: AbstractSet[TaskKey], there: Iterable[Task]) -> Ordered:
        """All tasks as they are by now, some before all others; those of them that are `there` are given."""
        above = as_of(pinned(self.rank, pins), self.now)
        still = {task.key: (task, task) for task in (*self._apart, *there) if task.key not in self._changed}
        moving = self._changed | still
        placed = Ordered(self._by, self._parts)
        left = placed.splice((self._by(was), None, None) for was, _ in moving.values() if was is not None)
        return left.under(above).splice((None, above(now), now) for _, now in moving.values() if now is not None)

    def _work(self) -> Iterator[bool]:
        step = max(1, PART // SAMPLES)
        ends = sorted(map(self._by, islice(self._tasks, step, None, step)))[SAMPLES - 1 :: SAMPLES]
        heaps: list[list[Any]] = [[] for _ in range(len(ends) + 1)]
        tasks, kept = iter(self._tasks), len(self._tasks) < MANY
        while some := list(islice(tasks, SLICE)):
            ranks = list(map(self._by, some))
            for place, rank, task in zip(map(bisect_right, repeat(ends), ranks), ranks, some, strict=True):
                heaps[place].append((*rank, task) if kept else task)  # one tuple: no two ranks are alike
            yield False
        for heap in heaps:
            heap.sort(key=None if kept else self._by)
            self._parts += cut(self._by, [ranked[-1] for ranked in heap] if kept else heap)
            heap.clear()
            yield False
