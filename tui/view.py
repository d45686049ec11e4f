"""View: filter + sort -> the rows to show. Pure: the same tasks and the same view give the same rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tui.model import Source, State, Task, newest_first
from tui.query import EMPTY, Query
from tui.query.fields import field


@dataclass(frozen=True, slots=True)
class View:
    """A filter and an order. `sort` is a field of the filter language; "" is newest first."""

    query: Query = EMPTY
    sort: str = ""
    descending: bool = False

    def of(self, tasks: Iterable[Task], sources: Mapping[str, Source], now: int) -> list[Task]:
        """The tasks that match, in order; ties by newest first, then by key. Tasks without the field come last."""
        match = self.query.match
        found = [task for task in tasks if match(task, sources[task.key.source], now)]
        found.sort(key=newest_first)
        sort, descending = self.query.sort or (self.sort, self.descending)
        if sort:
            value = field(sort).value
            known = [(value(task, sources[task.key.source], now), task) for task in found]
            valued = [pair for pair in known if pair[0] is not None]
            valued.sort(key=lambda pair: pair[0], reverse=descending)
            found = [task for _, task in valued] + [task for at, task in known if at is None]
        return found[: self.query.limit] if self.query.limit is not None else found


def counts(tasks: Iterable[Task]) -> Counter[State]:
    """How many tasks are in each state."""
    return Counter(task.state for task in tasks)
