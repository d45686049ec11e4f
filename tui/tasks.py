"""Tasks: those of one source, by key. A key is made when somebody asks for it: kept, it is 80 bytes of each task."""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from itertools import chain

from tui.model import Task, TaskKey


class Tasks(Mapping[TaskKey, Task]):
    """By their ids alone; those whose id is that of a task in another scope, too, by both."""

    __slots__ = ("_by_id", "_by_key", "source")

    def __init__(self, source: str) -> None:
        self.source = source
        self._by_id: dict[str, Task] = {}
        self._by_key: dict[tuple[str, str], Task] = {}

    def __len__(self) -> int:
        return len(self._by_id) + len(self._by_key)

    def __iter__(self) -> Iterator[TaskKey]:
        return (task.key for task in self._every())

    def __getitem__(self, key: TaskKey) -> Task:
        if key.source != self.source:
            raise KeyError(key)
        there = self._by_id.get(key.id)
        return there if there is not None and there.kin.scope == key.scope else self._by_key[key.scope, key.id]

    def values(self) -> ValuesView[Task]:
        """The tasks, without their keys."""
        return _Values(self)

    def items(self) -> ItemsView[TaskKey, Task]:
        """Each with its key."""
        return _Items(self)

    def of(self, task: Task) -> Task | None:
        """The one with the key of a task, which is of this source."""
        there = self._by_id.get(task.id)
        if there is not None and there.kin.scope == task.kin.scope:
            return there
        return self._by_key.get((task.kin.scope, task.id)) if self._by_key else None

    def alike(self, ids: Sequence[str], tasks: Sequence[Task | None]) -> bool:
        """Whether just these tasks have these ids; nobody knows quickly where an id may be that of two."""
        return not self._by_key and [*map(self._by_id.get, ids)] == tasks

    def any_of(self, ids: Iterable[str]) -> bool:
        """Whether one of these ids may be that of a task in here."""
        return bool(self._by_key) or not self._by_id.keys().isdisjoint(ids)

    def renew(self, tasks: Mapping[str, Task]) -> None:
        """Takes tasks in by their ids, for those with just these keys, or where nothing has these ids (`any_of`)."""
        self._by_id.update(tasks)

    def put(self, task: Task) -> None:
        """Takes a task in, for the one that had its key."""
        there = self._by_id.get(task.id)
        if there is not None:
            alone = there.kin.scope == task.kin.scope
        else:
            alone = not self._by_key or (task.kin.scope, task.id) not in self._by_key
        if alone:
            self._by_id[task.id] = task
        else:
            self._by_key[task.kin.scope, task.id] = task

    def update(self, tasks: Iterable[Task]) -> None:
        """Takes all of them in."""
        for task in tasks:
            self.put(task)

    def pop(self, key: TaskKey) -> Task | None:
        """Lets a task go."""
        there = self._by_id.get(key.id)
        if there is not None and there.kin.scope == key.scope:
            return self._by_id.pop(key.id)
        return self._by_key.pop((key.scope, key.id), None)

    def _every(self) -> Iterator[Task]:
        return chain(self._by_id.values(), self._by_key.values())


class _Values(ValuesView[Task]):
    _mapping: Tasks

    def __iter__(self) -> Iterator[Task]:
        return self._mapping._every()


class _Items(ItemsView[TaskKey, Task]):
    _mapping: Tasks

    def __iter__(self) -> Iterator[tuple[TaskKey, Task]]:
        return ((task.key, task) for task in self._mapping._every())
