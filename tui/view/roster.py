"""Roster: the rows of one table, filtered and in order, kept up to date by what changes. Pure.

A filter is worked through in slices: the first rows are there at once, the rest follows between two key presses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from tui.model import FINAL, Source, Task, TaskKey
from tui.store import Moved
from tui.view.arranging import Arranging
from tui.view.inverting import Inverting
from tui.view.order import NEWEST, Rank, Ranking, Sort, as_of, pinned, ranker, undated
from tui.view.ordered import Move, Ordered, Part

if TYPE_CHECKING:
    from tui.query import Kinds, Query, Words

AT_ONCE = 5_000  # tasks that are put into another order in one go: 20 ms
DONE = object()
AT_LEAST = 2  # parts that are looked at before there is a picture
ENOUGH = 200  # matches that fill any screen: shown while the rest is being looked for


class Roster:
    """What one table shows. `rows` is a plain list that is replaced, never reordered in place.

    `known` is any task as this roster was told of it last, seen again since or not: a dict of them here, beside that of
    the store, would be 84 bytes a task.
    """

    def __init__(
        self, sources: Mapping[str, Source], known: Callable[[TaskKey], Task | None], sort: Sort = NEWEST
    ) -> None:
        self.sources = sources
        self.sort = sort
        self.query: Query | None = None
        self.skews: Mapping[str, int] = {}
        """What the clocks of some sources' providers are ahead of ours, in ms: ages are counted on those."""
        self.pinned: frozenset[TaskKey] = frozenset()
        """The tasks that stand before all others; within both parts the order holds."""
        self._ranking: Ranking = ranker
        self._standing: tuple[Sort, Ranking] = sort, self._ranking  # the order that the rows are in
        self._plain = self._rank = ranker(sort, sources)
        self._as_of = 0
        self._by_sight = sort.by_sight
        self._known = known
        self._undated: dict[TaskKey, Task] = {}
        """Those whose place depends on when they were seen, as they stand here."""
        self._kinds: Kinds = {}
        self._all = Ordered(self._by())
        self._found: Ordered | None = None  # without a filter
        self._sifting: Iterator[None] | None = None
        self._sifted: Ordered | None = None
        self._upto: Rank | None = None
        self._quietly = False
        self._arranging: Arranging | None = None
        self._leaving: dict[TaskKey, tuple[Task, int]] = {}

    @property
    def rows(self) -> Sequence[Task]:
        """The tasks that match, in order; some of them only, while `working` and nothing else is known yet."""
        rows = self._rows
        limit = self.query.limit if self.query is not None else None
        return rows if limit is None or len(rows) <= limit else rows[:limit]

    @property
    def _rows(self) -> Ordered:
        return self._all if self._found is None else self._found

    @property
    def total(self) -> int:
        """How many tasks there are before the filter."""
        return len(self._all)

    @property
    def shown(self) -> int:
        """How many tasks match, as far as is known; rows that are about to leave do not count."""
        if not self.filled and self._sifted is not None:
            return len(self._sifted)  # the rows are still those of before
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

    @property
    def counting(self) -> bool:
        """Whether `shown` may still grow: not while all is looked at once more, with the rows of before standing."""
        return self.working and not self._quietly

    def task(self, key: TaskKey) -> Task | None:
        """One task, whether it is shown or not."""
        return self._undated.get(key) or self._known(key)

    def find(self, key: TaskKey) -> int | None:
        """The row of a task; None where it is not shown."""
        task = self.task(key)
        if task is None:
            return None
        at = self.near(task)
        return at if at < len(self.rows) and self.rows[at].key == key else None

    def near(self, task: Task) -> int:
        """The row where a task stands, or would stand."""
        return self._rows.at(self._ranked(task))

    def every(self) -> Iterable[Task]:
        """All tasks, whether they match or not, in order."""
        return self._all

    def order(self, sort: Sort, now: int, ranking: Ranking = ranker) -> None:
        """Another order: at once, or, of many tasks, when `work` has come to the end of them; until then the old one.

        Raises UsageError for a field that there is not.
        """
        if sort == self.sort and ranking is self._ranking:
            return
        rank, self._ranking = ranking(sort, self.sources), ranking
        self.sort = sort
        if rank is self._plain:  # newest first has two names, and is what rows were in before another order was asked
            self._arranging, self._standing = None, (sort, ranking)
            return
        self._arranging = (Inverting if self._inverse(sort) else Arranging)(self._all, rank, now)
        if len(self._all) <= AT_ONCE:
            while not self._arranging.step():
                pass
            self._arranged(self._arranging)

    def _inverse(self, sort: Sort) -> bool:
        """Whether the rows stand in this order, but for its direction."""
        standing, ranking = self._standing
        alike = ranking is self._ranking or not sort.field
        return alike and standing == (sort.field, not sort.descending) and not sort.moving

    def _arranged(self, done: Arranging) -> None:
        """The rows are those of the other order from here on."""
        shown = None if self._found is None else set(map(id, self._found))  # each of them is one of all, the same
        there = [own for key in self.pinned if (own := self._own(self.task(key))) is not None]
        self._plain, self._rank, self._as_of = done.rank, pinned(done.rank, self.pinned), done.now
        self._all, self._arranging = done.rows(self.pinned, there), None
        self._standing = self.sort, self._ranking
        if self._by_sight != self.sort.by_sight:
            self._by_sight = self.sort.by_sight
            self._undated = {task.key: task for task in self._all if self._by_sight or undated(task)}
        if shown is not None:
            self._found = Ordered.of(self._by(), [task for task in self._all if id(task) in shown])
        if self._sifting is not None:
            self._begin(done.now, quietly=self._quietly)

    def pin(self, keys: frozenset[TaskKey], now: int) -> None:
        """Other tasks before all others; the rest stay where they are."""
        if keys == self.pinned:
            return
        there = [own for key in keys ^ self.pinned if (own := self._own(self.task(key))) is not None]
        self.pinned, self._rank = keys, pinned(self._plain, keys)
        self._move_under(there, now)

    def ask(self, query: Query | None, now: int) -> None:
        """Another filter, None for none. The rows of before stay until the first new ones are found."""
        self.query = query
        self._leaving.clear()
        self._sifting = self._sifted = None
        if query is None or query.empty:
            self._found = None
        else:
            self._begin(now)
            turns = iter(range(AT_LEAST))
            self.fill(lambda: next(turns, None) is not None)

    def again(self, now: int) -> None:
        """Looks through everything once more: time has passed for a filter or an order that depends on it."""
        if self.sort.moving and self._arranging is None:
            self._as_of = now
            self._move_under([task for task in self._all if task.state not in FINAL], now)
        if self.query is not None and not self.query.empty and not self.working:
            self._begin(now, quietly=True)

    def _by(self) -> Callable[[Task], Rank]:
        """The rank of a task in the order of now."""
        return as_of(self._rank, self._as_of)

    def _move_under(self, tasks: Sequence[Task], now: int) -> None:
        """Puts tasks where they stand by another ranker; what is being looked for is looked for anew."""
        by = self._by()
        self._all = self._all.moved(tasks, by)
        if self._found is not None:
            self._found = self._found.moved(tasks, by)
        if self._sifting is not None:
            self._begin(now, quietly=self._quietly)

    @property
    def filled(self) -> bool:
        """Whether the rows are those of the filter, as many as any screen shows."""
        return not self.working or self._quietly or self._found is self._sifted

    def fill(self, going_on: Callable[[], bool]) -> None:
        """Looks for as many rows as any screen shows, as long as it may."""
        self.work(lambda: not self.filled and going_on())

    def work(self, going_on: Callable[[], bool]) -> bool:
        """Looks through tasks as long as it may; True when there is nothing left to do."""
        while self._arranging is not None and going_on():
            if self._arranging.step():
                self._arranged(self._arranging)
        while self._arranging is None and self._sifting is not None and going_on():
            if next(self._sifting, DONE) is DONE:
                self._sifting = self._sifted = None
        return self._arranging is None and self._sifting is None

    def _begin(self, now: int, *, quietly: bool = False) -> None:
        self._sifted, self._upto, self._quietly = Ordered(self._by()), None, quietly
        self._sifting = self._sift(now)

    def _sift(self, now: int) -> Iterator[None]:
        """Looks through all tasks in order, a part a turn; quietly, the result is shown only when it is whole."""
        from tui.query import Batch

        assert self.query is not None  # noqa: S101 - `_begin` is called for a query only
        sift = self.query.sift
        while True:
            number, begin = self._all.place(0 if self._upto is None else self._all.after(self._upto))
            if number >= len(self._all.parts):
                break
            part = self._all.parts[number]
            batch = Batch(part.tasks, self.sources, now, partial(self._words, part), self.skews)
            hits = sift(batch, range(begin, len(part.tasks)))
            assert self._sifted is not None  # noqa: S101 - as long as this goes on
            if len(hits) == len(part.tasks):
                self._sifted = self._sifted.extend(part.tasks, part)
            else:
                self._sifted = self._sifted.extend([part.tasks[at] for at in hits])
            self._upto = self._all.rank(part.tasks[-1])
            if not self._quietly and len(self._sifted) >= ENOUGH:
                self._found = self._sifted
            yield
        self._found = self._sifted
        self._leaving.clear()

    def prepare(self) -> Iterator[bool]:
        """Makes what bare words search, a part a turn: 350 ms for 100,000 tasks, before somebody waits for it."""
        number = 0
        while number < len(self._all.parts):
            self._words(self._all.parts[number])
            number += 1
            yield True

    def _words(self, part: Part) -> Words:
        """What bare words search of a part: made once, from what it was before it changed where there is that."""
        if part.words is None:
            from tui.query import Words

            old, part.origin = part.origin, None
            if old is None or old.words is None:
                part.words = Words(part.tasks, self.sources, self._kinds)
            else:
                part.words = old.words.changed(old.tasks, part.tasks, self.sources, self._kinds)
        return part.words

    def change(self, moved: Iterable[Moved], now: int, *, linger: bool = False) -> None:
        """Takes in what became of tasks, from what they were known as here.

        With `linger`, rows that match no more stay until `let_go`.
        """
        moves = [self._moved(*one) for one in moved]
        for move in moves:
            if move.task is None:
                self._leaving.pop(move.key, None)
            elif self._by_sight or undated(move.task):
                self._undated[move.key] = move.task
        found, sifted = self._found, self._sifted
        if found is not None:
            self._found = self._take_in(found, moves, now, upto=found is sifted, linger=linger)
        if sifted is not None:
            whole = found is sifted
            self._sifted = self._found if whole else self._take_in(sifted, moves, now, upto=True, linger=False)
        self._all = self._all.splice((move.old, move.rank, move.task) for move in moves)

    def _moved(self, key: TaskKey, before: Task | None, task: Task | None) -> _Moved:
        old = self._undated.pop(key, before)
        if self._arranging is not None:
            self._arranging.note(key, self._own(old), task)
        was = None if old is None else self._ranked(old)
        return _Moved(key, was, task, None if task is None else self._ranked(task))

    def _own(self, task: Task | None) -> Task | None:
        """The very one of all tasks that stands where this one does; None where it is not among them."""
        at = len(self._all) if task is None else self._all.at(self._ranked(task))
        own = self._all[at] if at < len(self._all) else None
        return own if own is not None and task is not None and own.key == task.key else None

    def _ranked(self, task: Task) -> Rank:
        return self._rank(task, self._as_of)

    def _take_in(self, ordered: Ordered, moves: Sequence[_Moved], now: int, *, upto: bool, linger: bool) -> Ordered:
        """The same for the rows behind the filter; for those being found, as far as tasks have been looked at."""
        assert self.query is not None  # noqa: S101 - without one the rows are `_all`
        match, sources = self.query.match, self.sources
        stay: list[Move] = []
        for key, old, task, rank in moves:
            if task is None or rank is None or (upto and (self._upto is None or rank > self._upto)):
                stay.append((old, None, None))
            elif match(task, sources[key.source], now + self.skews.get(key.source, 0)):
                self._leaving.pop(key, None)
                stay.append((old, rank, task))
            elif linger and old is not None and ordered.has(old):
                self._leaving[key] = task, now
                stay.append((old, rank, task))
            else:
                stay.append((old, None, None))
        return ordered.splice(stay)

    def let_go(self, until: int) -> bool:
        """Takes out the rows that have lingered since then or longer; whether there were any."""
        over = [task for task, since in self._leaving.values() if since <= until]
        for task in over:
            del self._leaving[task.key]
        if over and self._found is not None:
            left = self._found.splice((self._ranked(task), None, None) for task in over)
            self._found, self._sifted = left, left if self._found is self._sifted else self._sifted
        return bool(over)


class _Moved(NamedTuple):
    """What became of one task: where it stood, what it is now and where that stands."""

    key: TaskKey
    old: Rank | None
    task: Task | None
    rank: Rank | None
