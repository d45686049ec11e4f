"""What a task works on, in the words of one column for all providers, and the order of that. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from tui.model import Source, Task, newest_first
from tui.view.order import Rank, Ranker, Sort, falling, ranker

TARGET = ("target", "inst")


def subject(task: Task, adapter: str) -> str:
    """The function, the model and its group, the instance, the server; foreign."""
    match adapter:
        case "alibaba-fc":
            return task.name or task.target or ""
        case "alibaba-opensearch":
            return "/".join(part for part in (task.name, (task.target or "").split("/")[0]) if part)
        case _:
            return task.target or task.name or ""


def as_shown(sort: Sort, sources: Mapping[str, Source]) -> Ranker:
    """The order of a table that shows subjects under TARGET: sorting by it is by what is shown, of FC the function.

    `sort:target` in a filter is by the field, as in `taskdeck list`.
    """
    if sort.field not in TARGET:
        return ranker(sort, sources)

    def rank(task: Task, now: int) -> Rank:
        told = subject(task, sources[task.source].adapter)
        if not told:
            return (1, 0, *newest_first(task))
        return (0, falling(told) if sort.descending else told, *newest_first(task))

    return rank
