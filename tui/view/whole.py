"""View: filter + sort -> the rows to show. Pure: the same tasks and the same view give the same rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.model import Source, Task
from tui.view.order import Sort, ranker

if TYPE_CHECKING:
    from tui.query import Query


@dataclass(frozen=True, slots=True)
class View:
    """A filter and an order. `sort` is a field of the filter language; "" is newest first."""

    query: Query | None = None
    sort: str = ""
    descending: bool = False

    def of(self, tasks: Iterable[Task], sources: Mapping[str, Source], now: int) -> list[Task]:
        """The tasks that match, in order: ties newest first, then by id; tasks without the field come last."""
        query = self.query
        found = [task for task in tasks if query is None or query.match(task, sources[task.source], now)]
        rank = ranker(Sort(*(query and query.sort) or (self.sort, self.descending)), sources)
        found.sort(key=lambda task: rank(task, now))
        return found if query is None else found[: query.limit]
