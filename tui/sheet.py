"""Sheet: one page as its list showed it last, and what follows from its tasks alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from tui.model import Task, TaskKey
from tui.trail import Span, span


class Taken(NamedTuple):
    """What a store held when it had taken a page in, task by task: None for those that ended before `oldest`.

    `inside` are the keys of the others, `leaves` is when the first of them that has ended did (epoch ms).
    """

    held: list[Task | None]
    inside: Sequence[TaskKey]
    oldest: float
    leaves: float


def hashed(tasks: Iterable[Task]) -> list[int]:
    """What tells the tasks of one source apart, without a key made for each: of 10,000 it takes 7 ms."""
    return [hash((one.kin.scope, one.id)) for one in tasks]


class Sheet:
    """A page whose rows may come again: then nothing but when and by which call its tasks were seen is new.

    `rows` is what each of its rows was made into, by its mark; `tasks` are None until they are made. `taken` is what
    the store made of it, once it is `back`: None where it may want to look at each task again.
    """

    def __init__(self, rows: dict[int, Task] | None = None) -> None:
        self.rows: dict[int, Task] = {} if rows is None else rows
        self.tasks: tuple[Task, ...] | None = None
        self.back = False
        self.hashes: frozenset[int] = frozenset()
        self.taken: Taken | None = None

    def fill(self, tasks: Iterable[Task], hashes: Sequence[int]) -> None:
        """Takes the tasks that its rows were made into, once, with what tells them apart."""
        self.tasks = tuple(tasks)
        self.hashes = frozenset(hashes)
        self.shape = hash(tuple(hashes))

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of its tasks."""
        return tuple([one.id for one in self.tasks or ()])

    @cached_property
    def keys(self) -> tuple[TaskKey, ...]:
        """The keys of its tasks: made for those pages alone that come again."""
        return tuple([one.key for one in self.tasks or ()])

    @cached_property
    def span(self) -> Span:
        """What the times of its tasks come to."""
        return span(self.tasks or ())

    def keep(self, taken: Taken | None) -> None:
        """Takes what the store made of it. The texts in memory are the store's: many tasks share them."""
        self.taken = taken
        if taken is not None:
            self._renew([old or own for old, own in zip(taken.held, self.tasks or (), strict=True)])

    def again(self, at: int, request_id: str | None) -> tuple[Task, ...]:
        """Its tasks, seen then (epoch ms) and by that call: it is `back`."""
        self.back = True
        return self._renew([one.seen(at, request_id) for one in self.tasks or ()])

    def _renew(self, tasks: Sequence[Task]) -> tuple[Task, ...]:
        self.tasks = tuple(tasks)
        if len(self.rows) == len(self.tasks):  # each row has one, in their order: no second copy of it is held
            self.rows = dict(zip(self.rows, self.tasks, strict=True))
        return self.tasks
