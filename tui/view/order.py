"""The order of rows, as ranks: tuples that sort as the tasks do. No two tasks have the same one. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from tui.model import Source, Task, TaskKey

Rank = tuple[Any, ...]
Ranker = Callable[[Task, int], Rank]


class Sort(NamedTuple):
    """A field of the filter language and a direction; no field is newest first."""

    field: str = ""
    descending: bool = False

    @classmethod
    def of(cls, text: str) -> Sort:
        """`-created` as people write it."""
        return cls(text.removeprefix("-"), text.startswith("-"))

    def __str__(self) -> str:
        return f"{'-' if self.descending else ''}{self.field}"

    @property
    def moving(self) -> bool:
        """Whether tasks change places as time passes: a live task grows, an ended one does not."""
        return self.field == "dur"

    @property
    def by_sight(self) -> bool:
        """Whether it is by when tasks were seen, or by which call: that changes while they stay what they are."""
        if not self.field:
            return False
        from tui.query.fields import field

        return field(self.field).name in BY_SIGHT


Ranking = Callable[[Sort, Mapping[str, Source]], Ranker]
"""What an order is over some sources."""
NEWEST = Sort()
BY_SIGHT = frozenset({"seen_at", "request_id"})
FIRST = -math.inf  # every rank begins with a number


class _Falling:
    """A value that sorts the other way round."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __lt__(self, other: _Falling) -> bool:
        return bool(other.value < self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Falling) and bool(self.value == other.value)

    __hash__ = None  # type: ignore[assignment]


def undated(task: Task) -> bool:
    """Whether a task has no time but that when it was seen, by which it is ordered then."""
    return not (task.created_at or task.started_at)


def falling(value: Any) -> Any:
    """A value that sorts the other way round."""
    return -value if isinstance(value, int | float) else _Falling(value)


def pinned(rank: Ranker, keys: AbstractSet[TaskKey]) -> Ranker:
    """The same order with some tasks before all others, whatever they are ordered by."""
    if not keys:
        return rank

    def above(task: Task, now: int) -> Rank:
        found = rank(task, now)
        return (FIRST, *found) if task.key in keys else found

    return above


def _newest(task: Task, now: int = 0) -> Rank:
    """`newest_first`, written out: each row that is looked for has nine of them made."""
    kin = task.kin
    return (-(task.created_at or task.started_at or task.look.at), task.id, kin.scope, kin.source)


def _oldest(task: Task, now: int = 0) -> Rank:
    """The other way round; ties as before."""
    kin = task.kin
    return (task.created_at or task.started_at or task.look.at, task.id, kin.scope, kin.source)


def as_of(rank: Ranker, now: int) -> Callable[[Task], Rank]:
    """A ranker at one moment; those by birth are the same at all, and half of a call is its second one."""
    if rank is _newest:
        return _newest
    return _oldest if rank is _oldest else lambda task: rank(task, now)


def by_field(rank: Ranker) -> bool:
    """Whether a rank begins with whether a task has the field, and with what it has there; else with when it began."""
    return rank is not _newest and rank is not _oldest


def turning(rank: Ranker, tasks: Sequence[Task], now: int) -> list[Any]:
    """Of each task what tells it from those that it changes places with when the order takes its other direction."""
    if by_field(rank):
        return [rank(task, now)[:2] for task in tasks]
    return [task.created_at or task.started_at or task.look.at for task in tasks]


def ranker(sort: Sort, sources: Mapping[str, Source]) -> Ranker:
    """Task and moment -> rank: by the field, tasks without it last; ties newest first, then by id (contract).

    Raises UsageError for a field that there is not.
    """
    if not sort.field:
        return _oldest if sort.descending else _newest
    from tui.query.fields import Kind, field  # 35 ms of imports, not before somebody sorts

    known = field(sort.field)
    value, down = known.value, sort.descending
    if known.kind is Kind.AGE:  # ages all grow alike: by the moment they count from, that stays
        down = not down

        def value(task: Task, source: Source, now: int) -> int:
            return task.since

    def rank(task: Task, now: int) -> Rank:
        kin, last = task.kin, 0
        found = value(task, sources[kin.source], now)
        if found is None:
            found, last = 0, 1
        elif down:
            found = falling(found)
        return (last, found, -(task.created_at or task.started_at or task.look.at), task.id, kin.scope, kin.source)

    return rank
