"""Board: the store behind a filter, as the screens need it: rows by pane, facts by provider. No widget in here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from tui.model import Task, TaskKey, newest_first
from tui.store import Store
from tui.ui.desk import Provider
from tui.ui.facts import GREY, Facts, gather, of
from tui.ui.filter_bar import Verdict

if TYPE_CHECKING:
    from tui.query import Query, QueryError

ALL = 0
CLAUSES = 6  # that an empty result is tried without


class Board:
    """What is asked and what answers it. Panes are known by their digit, 0 is all of them."""

    def __init__(self, store: Store, providers: Sequence[Provider], views: Mapping[str, str], *, utc: bool) -> None:
        self.store = store
        self.providers = {provider.digit: provider for provider in providers}
        self.shorts = {provider.adapter: provider.short for provider in providers}
        self.query: Query | None = None
        self.wrong: QueryError | None = None
        self.rows: dict[int, list[Task]] = {}
        self.facts: list[Facts] = []
        self.marked: set[TaskKey] = set()
        self._views = views
        self._utc = utc

    def ask(self, text: str) -> None:
        """Another filter; a wrong one leaves the last good one in place."""
        if not text.strip():
            self.query = self.wrong = None
            return
        from datetime import UTC  # with the filter language 40 ms of imports: not before the first frame

        from tui.query import QueryError, parse

        zone = UTC if self._utc else None
        try:
            self.query, self.wrong = parse(text, views=self._views, zone=zone, shorts=self.shorts), None
        except QueryError as error:
            self.wrong = error

    @property
    def filtered(self) -> bool:
        """Whether tasks may be hidden."""
        return self.query is not None and (not self.query.empty or self.query.limit is not None)

    def read(self, digits: Iterable[int], now: int) -> None:
        """Takes rows for some panes and the facts of all out of the store."""
        self.rows = {digit: self._rows(digit, now) for digit in digits}
        self.facts = [gather(provider, self.store, self._shown(digit)) for digit, provider in self.providers.items()]

    def fact(self, digit: int) -> Facts | None:
        """The facts of one pane; None for that of all."""
        return next((facts for facts in self.facts if facts.provider.digit == digit), None)

    def grey(self, now: int) -> frozenset[str]:
        """The sources whose rows are not live."""
        names = self.store.sources
        return frozenset(name for name in names if self.store.status(name).word(now) in GREY)

    def verdict(self, now: int) -> Verdict:
        """What the filter bar says about the rows, or about the text."""
        if self.wrong is not None:
            return Verdict(wrong=self.wrong.message, start=self.wrong.start, end=self.wrong.end)
        shown = sum(len(rows) for rows in self.rows.values())
        among = [facts for facts in self.facts if facts.provider.digit in self.rows or ALL in self.rows]
        total = sum(facts.total for facts in among)
        whole = all(facts.whole for facts in among)
        oldest = min(
            (facts for facts in among if facts.answered_at), key=lambda one: one.answered_at or 0, default=None
        )
        told = f"{shown:,} of {total:,}" + ("" if whole else "+")
        if shown == 0 and self.filtered:
            told += self._guilty(now)
        elif oldest is not None:
            told += f"  oldest {oldest.age(now)}"
        return Verdict(told)

    def _rows(self, digit: int, now: int) -> list[Task]:
        tasks = list(self._tasks(digit))
        if self.query is None:
            tasks.sort(key=newest_first)
            return tasks
        from tui.view import View

        return View(self.query).of(tasks, self.store.sources, now)

    def _guilty(self, now: int) -> str:
        """Which clause emptied the result: `; without -name:canary: 12`."""
        if self.query is None:
            return ""
        sources = self.store.sources
        tasks = [task for digit in self.rows for task in self._tasks(digit)]
        for clause in self.query.clauses[:CLAUSES] if len(self.query.clauses) > 1 else ():
            match = self.query.without(clause).match
            if found := sum(1 for task in tasks if match(task, sources[task.key.source], now)):
                return f"; without {clause}: {found:,}"
        return ""

    def _shown(self, digit: int) -> int | None:
        return len(self.rows[digit]) if self.filtered and digit in self.rows else None

    def _tasks(self, digit: int) -> Iterable[Task]:
        sources = self.store.sources.values()
        wanted = sources if digit == ALL else of(self.providers[digit], sources)
        return chain.from_iterable(self.store.tasks(source.name).values() for source in list(wanted))
