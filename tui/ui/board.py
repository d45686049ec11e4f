"""Board: the store behind filters and orders, as the screens need it: rows by pane, facts by provider. No widget."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from tui.model import State, Task, TaskKey
from tui.store import Moved, Store
from tui.ui.desk import Provider
from tui.ui.facts import GREY, Facts, gather, skews
from tui.ui.filter_bar import Verdict
from tui.ui.fresh import Fresh
from tui.view import Roster, Sort
from tui.view.behind import Behind
from tui.view.order import ranker
from tui.view.subject import as_shown

if TYPE_CHECKING:
    from tui.query import Query, QueryError

DECK = -1  # the view of all panes, beside the digits of single ones
ALL = 0
CLAUSES = 6  # that an empty result is tried without
MOMENT = 3_000  # ms for which a row that is new, changed or leaving is marked
AT_ONCE = 1_500  # changes that are in the very next picture: 15 ms
TYPED = 1_000  # characters that somebody may be typing; more were pasted
A_TURN = 500  # changes that a roster takes in between two looks at the clock: 5 ms
LATER = 200  # that wait for a roster which nobody sees: 2 ms of the picture that shows it
AGAIN = 10_000  # ms after which a filter like age<2h looks at every task again


class Filter(NamedTuple):
    """The text of one view, the last good query of it, and what is wrong with the text now."""

    text: str = ""
    query: Query | None = None
    wrong: QueryError | None = None


class Board:
    """What is asked and what answers it. Panes are known by their digit, 0 is all of them."""

    def __init__(self, store: Store, providers: Sequence[Provider], views: Mapping[str, str], *, utc: bool) -> None:
        self.store = store
        self.providers = {provider.digit: provider for provider in providers}
        self.shorts = {provider.adapter: provider.short for provider in providers}
        self.facts: list[Facts] = []
        self.marked: set[TaskKey] = set()
        self.pins: frozenset[TaskKey] = frozenset()
        """The tasks of the watch list, which stand before all others."""
        self._digits = {provider.adapter: provider.digit for provider in providers}
        self._rosters = {
            digit: Roster(store.sources, partial(self._known_to, digit)) for digit in (ALL, *self.providers)
        }
        self._filters: dict[int, Filter] = {}
        self._pin = Filter()
        self._sorts: dict[int, Sort] = {}
        self._asked: dict[int, tuple[tuple[Query, ...], frozenset[TaskKey] | None]] = dict.fromkeys(
            self._rosters, ((), None)
        )
        self._queries: dict[int, Query | None] = dict.fromkeys(self._rosters)
        self.skews: Mapping[str, int] = {}
        self._views, self._utc = views, utc
        self._feed = store.follow()
        self._tally: dict[str, Counter[State]] = {}
        self._settled: set[str] = set()
        self._fresh = Fresh()
        self._news: set[TaskKey] = set()
        self._looked_at = self._now = 0
        self._shown: tuple[int, ...] = ()
        self._waiting: dict[int, Behind] = {}
        """What each roster has not looked at yet."""
        self._guilt: Iterator[str] | None = None
        self.guilty = ""
        self._texts: Iterator[bool] | None = None
        """What bare words will search, while it is made."""
        self._begin()

    def _begin(self) -> None:
        """What the store already holds."""
        for name in self.store.sources:
            tasks = self.store.tasks(name).values()
            self._tally[name] = Counter(task.state for task in tasks)
            for waiting in self._behind(name) if tasks else ():
                waiting.begin(tasks)

    def text(self, view: int) -> str:
        """The filter of a view as it was typed: the deck's holds for every provider, the others for their own pane."""
        return self._filters.get(view, Filter()).text

    @property
    def pinned(self) -> str:
        """The filter that holds on every view."""
        return self._pin.text

    def beside(self, view: int) -> str:
        """What holds on a view beside its own filter: the pinned one, and the deck's on a provider's."""
        return " ".join(text for text in (self.pinned.strip(), self.above(view)) if text)

    def above(self, view: int) -> str:
        """The deck's filter, on a provider's view."""
        return self.text(DECK).strip() if view > ALL else ""

    def holding(self, view: int) -> list[Query]:
        """The last good query of each filter that holds on a view, the pinned one first."""
        asked = [self._pin, *(self._filters.get(one, Filter()) for one in ((view,) if view <= ALL else (DECK, view)))]
        return [one.query for one in asked if one.query is not None]

    def ask(self, view: int, text: str) -> None:
        """Another filter for a view; of a wrong one, what stands before its unfinished end, else the last good one."""
        self._filters[view] = self._parsed(text, self._filters.get(view, Filter()))

    def pin(self, text: str) -> None:
        """Another filter for every view; "" takes it off."""
        self._pin = self._parsed(text, self._pin)

    def sort(self, digit: int) -> Sort:
        """The order of a pane."""
        return self._sorts.get(digit, Sort())

    def order(self, digit: int, sort: Sort) -> None:
        """Another order for a pane. Raises UsageError for a field that there is not."""
        ranker(sort, self.store.sources)
        self._sorts[digit] = sort

    def _parsed(self, text: str, before: Filter) -> Filter:
        if not text.strip():
            return Filter(text)
        from datetime import UTC  # with the filter language 40 ms of imports: not before the first frame

        from tui.query import QueryError, parse

        screen = {
            "mark": lambda task: task.key in self.marked,
            "new": lambda task: task.key in self._news,
            "pin": lambda task: task.key in self.pins,
        }
        try:
            query = parse(
                text,
                views=self._views,
                zone=UTC if self._utc else None,
                shorts=self.shorts,
                screen=screen,
            )
        except QueryError as error:
            if len(text) > TYPED or " " in text[error.end :].rstrip():
                return before._replace(text=text, wrong=error)
            finished = text[: max(0, text.rfind(" ", 0, error.start))]  # the last clause is still being typed
            return Filter(text, self._parsed(finished, before).query, error)
        return Filter(text, query)

    @property
    def held(self) -> int:
        """How many tasks have changed since the store was last looked at."""
        return len(self._feed)

    def take(self, now: int) -> None:
        """Takes in what has changed in the store."""
        self._now = now
        moved = self._feed.take()
        if moved:
            for one in moved:
                self._mark(one, now)
                self._count(*one)
                for waiting in self._behind(one.key.source):
                    waiting.note(one)
        self._settled = {name for name in self.store.sources if self.store.status(name).answered_at is not None}

    def _count(self, key: TaskKey, before: Task | None, after: Task | None) -> None:
        tally = self._tally.setdefault(key.source, Counter())
        if before is not None:
            tally[before.state] -= 1
        if after is not None:
            tally[after.state] += 1
        else:
            self._forget(key)

    def _behind(self, source: str) -> list[Behind]:
        """What waits for the two rosters that look at the tasks of a source: that of all, and its provider's."""
        digits = ALL, self._digits.get(self.store.sources[source].adapter)
        return [self._waiting.setdefault(digit, Behind()) for digit in digits if digit is not None]

    def _catch_up(self, digit: int, most: int = A_TURN) -> None:
        """Gives a roster some of what it has not seen yet, as it was when the store was last looked at."""
        waiting = self._waiting.get(digit)
        if waiting is None:
            return
        moves = waiting.take(most, self._known)
        if not waiting:
            del self._waiting[digit]
        self._rosters[digit].change(moves, self._now, linger=True)

    def _known(self, key: TaskKey) -> Task | None:
        """A task as it was when the store was last looked at."""
        return self._feed.before(key, self.store.get(key))

    def _known_to(self, digit: int, key: TaskKey) -> Task | None:
        """The same, but for what the roster of a pane has not looked at since."""
        known, waiting = self._known(key), self._waiting.get(digit)
        return known if waiting is None else waiting.known(key, known)

    def _mark(self, moved: Moved, now: int) -> None:
        """Notes what is new or changed; what the first read of a source brings is neither."""
        if moved.key.source not in self._settled or moved.after is None:
            return
        if moved.before is None:
            self._news.add(moved.key)
        self._fresh.mark(moved.key, "new" if moved.before is None else "changed", now)

    def _forget(self, key: TaskKey) -> None:
        self.marked.discard(key)
        self._news.discard(key)

    def settle(self, now: int) -> bool:
        """Ends the moment of rows that were new, changed or leaving; whether there were any."""
        ended = self._fresh.let_go(now - MOMENT)
        for roster in self._rosters.values():
            ended = roster.let_go(now - MOMENT) or ended
        if now - self._looked_at >= AGAIN:
            self._looked_at = now
            for digit in self._shown:
                roster = self._rosters[digit]
                if roster.sort.moving or (roster.query is not None and roster.query.moving):
                    roster.again(now)
        return ended

    def use(self, digits: Iterable[int], now: int) -> None:
        """Has panes filtered and ordered as is asked, and gathers the facts of all."""
        before, self._shown, self._now = self._shown, tuple(digits), now
        self.skews = skews(self.store.status(name) for name in self.store.sources)
        for digit in self._shown:
            self._catch_up(digit, AT_ONCE)
            if digit not in before:  # who was not looking on sees no row leave
                self._rosters[digit].let_go(now)
            self._direct(digit, now)
        self.facts = [
            gather(provider, self.store, self.shown(digit), self._tally) for digit, provider in self.providers.items()
        ]

    def _direct(self, digit: int, now: int) -> None:
        roster, asked = self._rosters[digit], [self._pin, self._filters.get(digit, Filter())]
        if digit != ALL:
            asked.insert(1, self._filters.get(DECK, Filter()))
        queries = tuple(one.query for one in asked if one.query is not None)
        marks = frozenset(self.marked) if any("mark" in query.flags for query in queries) else None
        if any("pin" in query.flags for query in queries):
            marks = (marks or frozenset()) | self.pins
        roster.pin(self.pins, now)
        differs = self._asked[digit] != (queries, marks)
        if differs:
            self._asked[digit] = queries, marks
            self._queries[digit] = _joined(queries) if queries else None
        query, roster.skews = self._queries[digit], self.skews
        if query is not None and query.sort:
            roster.order(Sort(*query.sort), now)  # by the field, as in `taskdeck list`
        else:
            roster.order(self.sort(digit), now, as_shown if digit == ALL else ranker)
        if differs:
            self._guilt, self.guilty = None, ""
            roster.ask(query, now)

    def fill(self, going_on: Callable[[], bool]) -> None:
        """Looks for the rows that the next picture has room for, as long as it may."""
        for digit in self._shown:
            while digit in self._waiting and going_on():
                self._catch_up(digit)
            self._rosters[digit].fill(going_on)

    def work(self, going_on: Callable[[], bool]) -> bool:
        """Goes on looking for the rows on the screen, as long as it may; True when all of them are found."""
        done = True
        for digit in self._shown:
            while digit in self._waiting and going_on():
                self._catch_up(digit)
            done = self._rosters[digit].work(going_on) and digit not in self._waiting and done
        return done

    def expect(self) -> None:
        """A filter is about to be typed: what its words search is made in `rest`, not after the first character."""
        self._texts = chain.from_iterable([self._rosters[digit].prepare() for digit in self._shown])

    def rest(self, going_on: Callable[[], bool]) -> bool:
        """Does what no picture waits for: what a filter will search, rosters that are not on the screen, and which
        clause emptied a result.
        """
        while self._texts is not None and going_on():
            self._texts = self._texts if next(self._texts, False) else None
        while (late := self._late()) is not None and going_on():
            self._catch_up(late)
        if not self.guilty and self._guilt is None and self._empty():
            self._guilt = self._search()
        while self._guilt is not None and going_on():
            found = next(self._guilt, None)
            if found is None:
                self._guilt, self.guilty = None, self.guilty or " "
            elif found:
                self._guilt, self.guilty = None, found
        return self._guilt is None and self._late() is None and self._texts is None

    def _late(self) -> int | None:
        """A roster off the screen for which much waits: changes of one part cost little more than one of them."""
        return next((digit for digit, keys in self._waiting.items() if len(keys) > LATER), None)

    def _empty(self) -> bool:
        return bool(self._shown) and all(
            (query := self._rosters[digit].query) is not None
            and len(query.clauses) > 1
            and not self._rosters[digit].rows
            for digit in self._shown
        )

    def _search(self) -> Iterator[str]:
        """Which clause emptied the result: `; without -name:canary: 12`. Stops to breathe every few hundred tasks."""
        query = self._rosters[self._shown[0]].query
        for clause in query.clauses[:CLAUSES] if query is not None else ():
            count = 0
            for digit in self._shown:
                asked = self._rosters[digit].query
                match = asked.without(clause).match if asked is not None else None
                for at, task in enumerate(self._rosters[digit].every()):
                    if match is not None and match(task, self.store.sources[task.source], self._now):
                        count += 1
                    if at % 250 == 249:
                        yield ""
            if count:
                yield f"; without {clause}: {count:,}"

    @property
    def rows(self) -> Mapping[int, Sequence[Task]]:
        """The rows of the panes on the screen, as far as they are found."""
        return {digit: self._rosters[digit].rows for digit in self._shown}

    def signs(self, digit: int) -> Mapping[TaskKey, str]:
        """The rows of a pane that are "new", "changed" or "gone", for a moment."""
        leaving = self._rosters[digit].leaving
        signs = self._fresh.signs
        return {**signs, **dict.fromkeys(leaving, "gone")} if leaving else signs

    def where(self, digit: int) -> Roster:
        """Where tasks stand in the rows of a pane."""
        return self._rosters[digit]

    def shown(self, digit: int) -> int | None:
        """How many rows a filter left of a pane that is on the screen; None without a filter."""
        return self._rosters[digit].shown if digit in self._shown and self.filtered(digit) else None

    def filtered(self, digit: int) -> bool:
        """Whether tasks of a pane may be hidden."""
        query = self._rosters[digit].query
        return query is not None and (not query.empty or query.limit is not None)

    def fact(self, digit: int) -> Facts | None:
        """The facts of one pane; None for that of all."""
        return next((facts for facts in self.facts if facts.provider.digit == digit), None)

    def grey(self, now: int) -> frozenset[str]:
        """The sources whose rows are not live."""
        names = self.store.sources
        return frozenset(name for name in names if self.store.status(name).word(now) in GREY)

    def verdict(self, view: int, now: int) -> Verdict:
        """What the filter bar says about the rows, or about the text."""
        wrong = self._filters.get(view, Filter()).wrong
        if wrong is not None:
            return Verdict(wrong=wrong.message, start=wrong.start, end=wrong.end)
        rosters = [self._rosters[digit] for digit in self._shown]
        among = [facts for facts in self.facts if facts.provider.digit in self._shown or ALL in self._shown]
        shown, total = sum(one.shown for one in rosters), sum(facts.total for facts in among)
        more = "+" if any(one.counting for one in rosters) else ""
        whole = "" if all(facts.whole for facts in among) else "+"
        told = f"{shown:,}{more} of {total:,}{whole}"
        known = [facts for facts in among if facts.answered_at]
        if shown == 0 and self.guilty.strip():
            told += self.guilty
        elif known:
            told += f"  oldest {min(known, key=lambda one: one.answered_at or 0).age(now)}"
        return Verdict(told)


def _joined(queries: Sequence[Query]) -> Query | None:
    from tui.query import both

    found: Query | None = None
    for query in queries:
        found = both(found, query)
    return found
