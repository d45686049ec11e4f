"""Ordered: tasks in the order of their ranks, in parts of some hundred. Pure.

A part never changes, nor does an Ordered: a refresh makes new parts where something differs and takes over the others,
so that it costs what it changes, of a million rows as of a thousand, and rows that somebody still looks at stay whole.
Ranks are made when they are looked for: kept, they are 120 bytes of each task.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate, chain
from operator import itemgetter
from typing import TYPE_CHECKING, overload

from tui.model import Task
from tui.view.order import Rank

if TYPE_CHECKING:
    from tui.query import Words

PART = 512  # tasks of a part; one of more than twice as many is cut
CHANGES = 8  # of a part, for which what was made of its tasks is worth keeping: it holds the old ones
Move = tuple[Rank | None, Rank | None, Task | None]


class Part:
    """Tasks that stand one behind the other. What is kept of them stays true."""

    __slots__ = ("_changes", "_numbers", "first", "origin", "tasks", "words")

    def __init__(self, first: Rank, tasks: list[Task], numbers: array[float] | None = None) -> None:
        self.first = first
        self.tasks = tasks
        self._numbers = numbers
        self.words: Words | None = None
        """What bare words search of them, once somebody has searched."""
        self.origin: Part | None = None
        """The part that this one was when it had `words`."""
        self._changes = 0

    def instead(self, old: Part) -> Part:
        """This one for another, row by row: a refresh changes a hundredth of the tasks, but nearly every part."""
        if old.words is not None:
            self.origin, self._changes = old, 1
        elif old._changes < CHANGES:
            self.origin, self._changes = old.origin, old._changes + 1
        return self

    def numbers(self, rank: Callable[[Task], Rank]) -> array[float]:
        """What their ranks begin with, kept: of nine ranks that a search would make one is left."""
        if self._numbers is None:
            self._numbers = array("d", [rank(task)[0] for task in self.tasks])
        return self._numbers

    def find(self, rank: Callable[[Task], Rank], wanted: Rank) -> int:
        """Where a rank stands, or would stand."""
        numbers = self.numbers(rank)
        first = bisect_left(numbers, wanted[0])
        return bisect_left(self.tasks, wanted, first, bisect_right(numbers, wanted[0], first), key=rank)

    def under(self, rank: Callable[[Task], Rank]) -> Part:
        """By another rank that puts them into the same order."""
        part = Part(rank(self.tasks[0]), self.tasks)
        part.words, part.origin, part._changes = self.words, self.origin, self._changes
        return part


class Ordered(Sequence[Task]):
    """Tasks by rank. Another one comes from `splice`, `extend` and `moved`."""

    __slots__ = ("_firsts", "_starts", "parts", "rank")

    def __init__(self, rank: Callable[[Task], Rank], parts: Sequence[Part] = ()) -> None:
        self.rank = rank
        self.parts = parts
        self._firsts = [part.first for part in parts]
        self._starts = list(accumulate((len(part.tasks) for part in parts), initial=0))

    @classmethod
    def of(cls, rank: Callable[[Task], Rank], tasks: Sequence[Task]) -> Ordered:
        """Tasks that are in order."""
        return cls(rank, list(cut(rank, tasks)))

    def __len__(self) -> int:
        return self._starts[-1]

    def __iter__(self) -> Iterator[Task]:
        return chain.from_iterable(part.tasks for part in self.parts)

    @overload
    def __getitem__(self, at: int) -> Task: ...
    @overload
    def __getitem__(self, at: slice) -> list[Task]: ...
    def __getitem__(self, at: int | slice) -> Task | list[Task]:
        if isinstance(at, slice):
            return [self[one] for one in range(*at.indices(len(self)))]
        if at < 0:
            at += len(self)
        if not 0 <= at < len(self):
            raise IndexError(at)
        part, inside = self.place(at)
        return self.parts[part].tasks[inside]

    def place(self, at: int) -> tuple[int, int]:
        """The part that a row is in, and where in it; behind the last row, the part behind the last."""
        part = bisect_right(self._starts, at) - 1
        return part, at - self._starts[part]

    def spans(self, first: int, last: int) -> list[tuple[Part, int, int]]:
        """The rows from one to another, as parts and where in them."""
        found = []
        for number in range(self.place(first)[0] if first < last else len(self.parts), len(self.parts)):
            start, end = self._starts[number : number + 2]
            if start >= last:
                break
            found.append((self.parts[number], max(first - start, 0), min(last, end) - start))
        return found

    def at(self, rank: Rank) -> int:
        """Where a rank stands, or would stand."""
        part = bisect_right(self._firsts, rank) - 1
        if part < 0:
            return 0
        return self._starts[part] + self.parts[part].find(self.rank, rank)

    def has(self, rank: Rank) -> bool:
        """Whether a row has exactly that rank."""
        at = self.at(rank)
        return at < len(self) and self.rank(self[at]) == rank

    def after(self, rank: Rank) -> int:
        """The first row behind a rank."""
        return self.at(rank) + self.has(rank)

    def extend(self, tasks: list[Task], part: Part | None = None) -> Ordered:
        """With tasks that come behind all others, in order; `part` has just these."""
        if not tasks:
            return self
        last = self.parts[-1] if self.parts else None
        if last is not None and len(last.tasks) + len(tasks) <= PART:
            return self._ending(self.parts[:-1], Part(last.first, last.tasks + tasks))
        return self._ending(self.parts, part or Part(self.rank(tasks[0]), tasks))

    def _ending(self, parts: Sequence[Part], last: Part) -> Ordered:
        """One more part behind some that are known: counted anew, a million rows found would take a second."""
        longer, many = Ordered(self.rank), len(parts)
        longer.parts = [*parts, last]
        longer._firsts = [*self._firsts[:many], last.first]
        longer._starts = [*self._starts[: many + 1], self._starts[many] + len(last.tasks)]
        return longer

    def moved(self, tasks: Iterable[Task], rank: Callable[[Task], Rank]) -> Ordered:
        """By another rank, in which only these tasks stand elsewhere."""
        there = [task for task in tasks if self.has(self.rank(task))]
        left = self.splice((self.rank(task), None, None) for task in there)
        return left.under(rank).splice((None, rank(task), task) for task in there)

    def under(self, rank: Callable[[Task], Rank]) -> Ordered:
        """By another rank that puts all of them into the same order."""
        return Ordered(rank, [part.under(rank) for part in self.parts])

    def splice(self, moves: Iterable[Move]) -> Ordered:
        """With tasks where they belong now: (old rank or None, new rank or None, task). An unknown rank is no error."""
        leaving: dict[int, list[Rank]] = {}
        coming: dict[int, list[tuple[Rank, Task]]] = {}
        for old, rank, task in moves:
            if old is not None and (old != rank or task is None):
                leaving.setdefault(self._part(old), []).append(old)
            if rank is not None and task is not None:
                coming.setdefault(self._part(rank), []).append((rank, task))
        parts: list[Part] = []
        done = 0
        for at in sorted(leaving.keys() | coming.keys()):
            parts += self.parts[done:at]
            parts += self._spliced(at, leaving.get(at, []), coming.get(at, []), parts)
            done = at + 1
        return Ordered(self.rank, [*parts, *self.parts[done:]]) if done else self

    def _part(self, rank: Rank) -> int:
        """The part where a rank belongs; what comes before all of them belongs to the first."""
        return max(0, bisect_right(self._firsts, rank) - 1)

    def _spliced(
        self, at: int, leaving: list[Rank], coming: list[tuple[Rank, Task]], above: list[Part]
    ) -> Iterable[Part]:
        """One part without some tasks and with others, in parts; with the last one `above` it where both are small."""
        part = self.parts[at] if self.parts else Part((), [])
        tasks = part.tasks
        left: list[Task | None] = list(tasks)

        def found(rank: Rank) -> tuple[int, bool]:
            place = part.find(self.rank, rank)
            return place, place < len(tasks) and self.rank(tasks[place]) == rank

        gone = [place for place, there in map(found, leaving) if there]
        for place in gone:
            left[place] = None
        new: list[tuple[int, Task]] = []
        for rank, task in sorted(coming, key=itemgetter(0)):
            place, there = found(rank)
            if there:
                left[place] = task
            else:
                new.append((place, task))
        if tasks and not new and all(left[place] is not None for place in gone):  # most changes: nothing moves
            same = Part(part.first, left, part.numbers(self.rank))  # type: ignore[arg-type]  # nobody has left
            return [same.instead(part)]
        rows: list[Task | None] = []
        done = 0
        for place, task in new:
            rows += left[done:place]
            rows.append(task)
            done = place
        rows += left[done:]
        some = [task for task in rows if task is not None]
        if above and len(above[-1].tasks) + len(some) <= PART:
            some = above.pop().tasks + some
        return cut(self.rank, some)


def cut(rank: Callable[[Task], Rank], tasks: Sequence[Task]) -> Iterator[Part]:
    """Parts of a good size."""
    step = PART if len(tasks) > 2 * PART else max(1, len(tasks))
    for at in range(0, len(tasks), step):
        some = list(tasks[at : at + step])
        yield Part(rank(some[0]), some)
