"""Intake: one read of a source on its way into the store. Takes its pages, and says when a list was read far enough."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from tui.answers import Listing, Page, Want
from tui.model import Source, Task, TaskKey
from tui.rounds import Rounds
from tui.sheet import Sheet
from tui.status import Change
from tui.store import Round, Store, outdated
from tui.trail import Trail


class Intake:
    """The Sink and the Bounds of one read (`tui.reading`).

    `told` hears of each change, `landed` of each page or part of one.
    """

    def __init__(
        self,
        source: Source,
        store: Store,
        want: Want,
        *,
        rounds: Rounds,
        interval: float,
        at_once: int,
        oldest: float,
        most: float,
        now: Callable[[], int],
        told: Callable[[Change], None],
        landed: Callable[[Page], None],
    ) -> None:
        self.taken = Round(source)
        self._source, self._store, self._want = source, store, want
        self._rounds, self._interval, self._at_once = rounds, interval, at_once
        self._oldest, self._most = oldest, most
        self._now, self._told, self._landed = now, told, landed
        self._counted: set[TaskKey] = set()
        self._news: set[TaskKey] = set()
        self._fresh: set[TaskKey] = set()
        self._let_go = self._full_since()
        # live tasks that were not met so far, and how many of each scope: counted once, not with each page
        self._unmet = set(store.live(source.name)) if want.since is not None else set()
        self._left = Counter(key.scope for key in self._unmet)

    def __call__(self, page: Page) -> float:
        """Takes a page in; answers how many more tasks the source's limit lets in."""
        sheet = page.sheet
        if sheet is not None and self._store.again(self.taken, sheet, page.rows, oldest=self._oldest):
            self._same(sheet)
            self._landed(page)
            return self._most - len(self._counted)
        bounded = self._oldest > -math.inf
        within = [task for task in page.tasks if not outdated(task, self._oldest)] if bounded else page.tasks
        if self._most < math.inf:
            self._counted.update(task.key for task in within)
        if self._want.newest_first is not None:  # somebody watches: there are rounds after this one
            unknown = self._unknown(within)
            self._news.update(task.key for task in unknown)
            self._fresh |= self._news
            if self._want.since is None:
                self._rounds.check((one for one in unknown if self._store.get(one.key) is None), self._interval)
        self._told(self._store.merge(self.taken, page.tasks, page.rows, at=self._now(), oldest=self._oldest))
        if sheet is not None and sheet.back:
            sheet.keep(self._store.taken(self._source, sheet, oldest=self._oldest))
        self._landed(page)
        if self._unmet:
            self._meet(task.key for task in page.tasks)
        return self._most - len(self._counted)

    def _same(self, sheet: Sheet) -> None:
        """Counts a page in whose tasks all are as they were: none of them is news."""
        if self._most < math.inf and sheet.taken is not None:
            self._counted.update(sheet.taken.inside)
        if self._unmet and not self._unmet.isdisjoint(sheet.keys):
            self._meet(sheet.keys)

    def _meet(self, keys: Iterable[TaskKey]) -> None:
        for key in keys:
            if key in self._unmet:
                self._unmet.remove(key)
                self._left[key.scope] -= 1

    def news(self) -> frozenset[TaskKey]:
        """The tasks of the last page that were not known, or had not ended as far as was known."""
        news, self._news = frozenset(self._news), set()
        return news

    def enough(self, listing: Listing, trail: Trail) -> bool:
        """Whether a list was read far enough: never by a read that is whole."""
        if self._want.since is None:
            return False
        left = len(self._unmet) if listing.scope is None else self._left[listing.scope]
        return self._rounds.enough(listing, trail, math.ceil(left / self._at_once), self._interval)

    def _unknown(self, tasks: Sequence[Task]) -> list[Task]:
        """Those that were not known, or had not ended as far as was known. Most are in the state that they were in."""
        known, fresh = self._store.tasks(self._source.name), self._fresh
        return [
            task
            for task in tasks
            if ((old := known.of(task)) is None or old.state is not task.state or (fresh and task.key in fresh))
            and self._is_news(task)
        ]

    def _is_news(self, task: Task) -> bool:
        if task.key in self._fresh:  # pushed down by what came meanwhile: nobody knows yet what stands below it
            return True
        known = self._store.get(task.key)
        if known is None:
            return task.state.live or task.since > self._let_go
        return known.state.live and task.state.final

    def _full_since(self) -> float:
        """Ended tasks up to here (epoch ms) are those that the limit lets go each time they are read: no news."""
        tasks = self._store.tasks(self._source.name)
        if len(tasks) < self._most:
            return -math.inf
        return min((one.since for one in tasks.values() if one.state.final), default=math.inf)
