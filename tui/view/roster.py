"""Roster: the rows of one table, filtered and in order, kept up to date by what changes. Pure.

A filter is worked through in slices: the first rows are there at once, the rest follows between two key presses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from tui.model import FINAL, Source, Task, TaskKey
from tui.view.order import NEWEST, Rank, Ranker, Ranking, Sort, pinned, ranker
from tui.view.ordered import Move, Ordered

if TYPE_CHECKING:
    from tui.query import Query

SLICE = 250  # rows looked at between two looks at the clock: 0.2 ms
AT_ONCE = 5_000  # tasks that are put into another order in one go: 20 ms
AT_LEAST = 4  # slices that are looked at before there is a picture
DONE = object()
ENOUGH = 200  # matches that fill any screen: shown while the rest is being looked for


class Roster:
    """What one table shows. `rows` is a plain list that is replaced, never reordered in place."""

    def __init__(self, sources: Mapping[str, Source], sort: Sort = NEWEST) -> None:
        self.sources = sources
        self.sort = sort
        self.query: Query | None = None
        self.skews: Mapping[str, int] = {}
        """What the clocks of some sources' providers are ahead of ours, in ms: ages are counted on those."""
        self.pinned: frozenset[TaskKey] = frozenset()
        """The tasks that stand before all others; within both parts the order holds."""
        self._ranking: Ranking = ranker
        self._plain = self._rank = ranker(sort, sources)
        self._as_of = 0
        self._known: dict[TaskKey, Task] = {}
        self._all = Ordered()
        self._found = self._all
        self._sifting: Iterator[None] | None = None
        self._sifted: Ordered | None = None
        self._upto: Rank | None = None
        self._arranging: Iterator[None] | None = None
        self._moved_since: set[TaskKey] = set()
        self._leaving: dict[TaskKey, tuple[Task, int]] = {}

    @property
    def rows(self) -> Sequence[Task]:
        """The tasks that match, in order; some of them only, while `working` and nothing else is known yet."""
        rows = self._found.tasks
        limit = self.query.limit if self.query is not None else None
        return rows if limit is None or len(rows) <= limit else rows[:limit]

    @property
    def total(self) -> int:
        """How many tasks there are before the filter."""
        return len(self._known)

    @property
    def shown(self) -> int:
        """How many tasks match; rows that are about to leave do not count."""
        return len(self.rows) - len(self._leaving)

    @property
    def question(self) -> object:
        """What the rows answer: the filter."""
        return self.query

    @property
    def leaving(self) -> Iterable[TaskKey]:
        """The rows that match no more and are about to go."""
        return self._leaving

    @property
    def working(self) -> bool:
        """Whether rows may still be missing, or stand there although they do not match any more."""
        return self._sifting is not None

    def task(self, key: TaskKey) -> Task | None:
        """One task, whether it is shown or not."""
        return self._known.get(key)

    def find(self, key: TaskKey) -> int | None:
        """The row of a task; None where it is not shown."""
        task = self._known.get(key)
        if task is None:
            return None
        at = self.near(task)
        return at if at < len(self.rows) and self.rows[at].key == key else None

    def near(self, task: Task) -> int:
        """The row where a task stands, or would stand."""
        return self._found.at(self._rank(task, self._as_of))

    def every(self) -> Iterable[Task]:
        """All tasks, whether they match or not, in order."""
        return self._all.tasks

    def order(self, sort: Sort, now: int, ranking: Ranking = ranker) -> None:
        """Another order: at once, or, of many tasks, when `work` has come to the end of them; until then the old one.

        Raises UsageError for a field that there is not.
        """
        if sort == self.sort and ranking is self._ranking:
            return
        rank, self._ranking = ranking(sort, self.sources), ranking
        self.sort = sort
        self._arranging = self._arrange(rank, now)
        if len(self._known) <= AT_ONCE:
            while next(self._arranging, DONE) is not DONE:
                pass
            self._arranging = None

    def _arrange(self, rank: Ranker, now: int) -> Iterator[None]:
        """Puts all tasks into another order, a slice a turn; the last turn merges the slices (60 ms of 100,000)."""
        self._moved_since, keys, pairs = set(), list(self._known), []
        for at in range(0, len(keys), SLICE):
            there = [task for task in map(self._known.get, keys[at : at + SLICE]) if task is not None]
            pairs += sorted([(rank(task, now), task) for task in there], key=itemgetter(0))
            yield
        since = self._moved_since
        above = pinned(rank, self.pinned)
        since |= self.pinned & self._known.keys()
        if since:
            pairs = [pair for pair in pairs if pair[1].key not in since]
            pairs += [(above(task, now), task) for task in map(self._known.get, since) if task is not None]
        pairs.sort(key=itemgetter(0))
        coming = Ordered()
        coming.extend([rank for rank, _ in pairs], [task for _, task in pairs])
        shown = None if self._found is self._all else {task.key for task in self._found.tasks}
        self._plain, self._rank, self._as_of, self._all = rank, above, now, coming
        self._found = self._all
        if shown is not None:
            self._found = Ordered()
            pairs = [pair for pair in zip(self._all.ranks, self._all.tasks, strict=True) if pair[1].key in shown]
            self._found.extend([rank for rank, _ in pairs], [task for _, task in pairs])
        self._arranging = None
        if self._sifting is not None:
            self._begin(now)

    def pin(self, keys: frozenset[TaskKey], now: int) -> None:
        """Other tasks before all others; the rest stay where they are."""
        if keys == self.pinned:
            return
        there = [task for key in keys ^ self.pinned if (task := self._known.get(key)) is not None]
        before = [self._ranked(task) for task in there]
        self.pinned, self._rank = keys, pinned(self._plain, keys)
        moves = [_Moved(task.key, old, task, self._ranked(task)) for task, old in zip(there, before, strict=True)]
        self._move(moves, now, linger=True)

    def ask(self, query: Query | None, now: int) -> None:
        """Another filter, None for none. The rows of before stay until the first new ones are found."""
        self.query = query
        self._leaving.clear()
        self._sifting = self._sifted = None
        if query is None or query.empty:
            self._found = self._all
        else:
            self._begin(now)
            turns = iter(range(AT_LEAST))
            self.work(lambda: next(turns, None) is not None)

    def again(self, now: int) -> None:
        """Looks through everything once more: time has passed for a filter or an order that depends on it."""
        if self.sort.moving and self._arranging is None:
            self._move_live(now)
        if self.query is not None and not self.query.empty and not self.working:
            self._begin(now, quietly=True)

    def _move_live(self, now: int) -> None:
        live = [(task, self._rank(task, self._as_of)) for task in self._all.tasks if task.state not in FINAL]
        self._as_of = now
        found, sifted = self._found, self._sifted
        for ordered in {id(one): one for one in (self._all, found, sifted) if one is not None}.values():
            there = [(task, rank) for task, rank in live if ordered.has(rank, ordered.at(rank))]
            ordered.splice((rank, self._rank(task, now), task) for task, rank in there)

    def work(self, going_on: Callable[[], bool]) -> bool:
        """Looks through tasks as long as it may; True when there is nothing left to do."""
        while self._arranging is not None and going_on():
            next(self._arranging, None)
        while self._arranging is None and self._sifting is not None and going_on():
            if next(self._sifting, DONE) is DONE:
                self._sifting = self._sifted = None
        return self._arranging is None and self._sifting is None

    def _begin(self, now: int, *, quietly: bool = False) -> None:
        self._sifted, self._upto = Ordered(), None
        self._sifting = self._sift(self._sifted, now, quietly=quietly)

    def _sift(self, found: Ordered, now: int, *, quietly: bool) -> Iterator[None]:
        """Looks through all tasks in order, a slice a turn; `quietly` shows the result only when it is whole."""
        assert self.query is not None  # noqa: S101 - `_begin` is called for a query only
        match, sources = self.query.match, self.sources
        while True:
            at = 0 if self._upto is None else self._all.after(self._upto)
            ranks, tasks = self._all.ranks[at : at + SLICE], self._all.tasks[at : at + SLICE]
            if not ranks:
                break
            if skews := self.skews:
                clocks = [now + skews.get(task.key.source, 0) for task in tasks]
                hits = [at for at, task in enumerate(tasks) if match(task, sources[task.key.source], clocks[at])]
            else:
                hits = [at for at, task in enumerate(tasks) if match(task, sources[task.key.source], now)]
            if len(hits) == len(tasks):
                found.extend(ranks, tasks)
            elif hits:
                found.extend([ranks[at] for at in hits], [tasks[at] for at in hits])
            self._upto = ranks[-1]
            if not quietly and len(found) >= ENOUGH:
                self._found = found
            yield
        self._found = found
        self._leaving.clear()

    def change(self, moved: Iterable[tuple[TaskKey, Task | None]], now: int, *, linger: bool = False) -> None:
        """Takes in what became of tasks; None is gone. With `linger`, rows that match no more stay until `let_go`."""
        moves = [_Moved(key, self._ranked(self._known.get(key)), task, self._ranked(task)) for key, task in moved]
        self._move(moves, now, linger=linger)

    def _move(self, moves: Sequence[_Moved], now: int, *, linger: bool) -> None:
        if self._arranging is not None:
            self._moved_since.update(move.key for move in moves)
        for move in moves:
            if move.task is None:
                self._known.pop(move.key, None)
                self._leaving.pop(move.key, None)
            else:
                self._known[move.key] = move.task
        filtered = {id(one): one for one in (self._found, self._sifted) if one is not None and one is not self._all}
        for ordered in filtered.values():
            self._take_in(ordered, moves, now, linger=linger and ordered is self._found)
        self._all.splice((move.old, move.rank, move.task) for move in moves)

    def _ranked(self, task: Task | None) -> Rank | None:
        return None if task is None else self._rank(task, self._as_of)

    def _take_in(self, ordered: Ordered, moves: Sequence[_Moved], now: int, *, linger: bool) -> None:
        """The same for the rows behind the filter; for those being found, as far as tasks have been looked at."""
        assert self.query is not None  # noqa: S101 - without one the rows are `_all`
        match, sources, upto = self.query.match, self.sources, self._upto
        stay: list[Move] = []
        for key, old, task, rank in moves:
            if task is None or rank is None or (ordered is self._sifted and (upto is None or rank > upto)):
                stay.append((old, None, None))
            elif match(task, sources[key.source], now + self.skews.get(key.source, 0)):
                self._leaving.pop(key, None)
                stay.append((old, rank, task))
            elif linger and old is not None and ordered.has(old, ordered.at(old)):
                self._leaving[key] = task, now
                stay.append((old, rank, task))
            else:
                stay.append((old, None, None))
        ordered.splice(stay)

    def let_go(self, until: int) -> bool:
        """Takes out the rows that have lingered since then or longer; whether there were any."""
        over = [task for task, since in self._leaving.values() if since <= until]
        for task in over:
            del self._leaving[task.key]
        if over and self._found is not self._all:
            self._found.splice((self._rank(task, self._as_of), None, None) for task in over)
        return bool(over)


class _Moved(NamedTuple):
    """What became of one task: where it stood, what it is now and where that stands."""

    key: TaskKey
    old: Rank | None
    task: Task | None
    rank: Rank | None
