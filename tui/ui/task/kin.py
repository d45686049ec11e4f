"""Kin: the tasks in the store that have something in common with one, counted and the newest of them kept. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from heapq import nlargest
from typing import NamedTuple

from tui.model import State, Task
from tui.store import Store

SLICE = 2_000  # tasks that are looked at between two looks at the keys: 2 ms
LAST = 50
LABELS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "alibaba-fc": (("name", "function"), ("fc.instance", "instance")),
    "alibaba-opensearch": (("name", "function"), ("target", "app/instance")),
    "tencent-mps": (("kind", "type"), ("target", "subtasks")),
    "tencent-tat": (
        ("tat.command", "command"),
        ("name", "command name"),
        ("tat.invocation", "invocation"),
        ("target", "instance"),
    ),
    "huawei-kps": (("target", "server"), ("kps.keypair", "key pair"), ("name", "operation")),
}
"""What tasks of an adapter can have in common: the field, and what it is called. The first is what they run."""
PLAIN = (("name", "name"), ("target", "target"))


class Relation(NamedTuple):
    """One thing that tasks have in common, and how those that have it ended."""

    field: str
    called: str
    value: str
    states: Counter[State]

    @property
    def others(self) -> int:
        """How many there are beside the task itself."""
        return self.states.total()


class Kin:
    """What was found: counts for each relation, the newest tasks, how long those took that ended well."""

    def __init__(self, relations: list[Relation]) -> None:
        self.relations = relations
        self.newest: list[tuple[Task, tuple[str, ...]]] = []
        self.took: list[int] = []
        self.whole = False

    def usual(self, share: float) -> int | None:
        """How long the quickest `share` of those that ended well took; None where fewer than five did."""
        if len(self.took) < 5:
            return None
        return sorted(self.took)[min(len(self.took) - 1, int(len(self.took) * share))]


def value(task: Task, field: str) -> str:
    """What a task says in a field; "" for nothing."""
    found = task.extra.get(field) if "." in field else getattr(task, field)
    return found if isinstance(found, str) else ""


def gather(store: Store, task: Task) -> Iterator[Kin]:
    """Looks through the tasks of the same adapter, a slice at a time; what it yields last is whole."""
    adapter = store.sources[task.key.source].adapter
    fields = [(field, called, value(task, field)) for field, called in LABELS.get(adapter, PLAIN)]
    relations = [Relation(field, called, said, Counter()) for field, called, said in fields if said]
    kin, newest = Kin(relations), list[tuple[Task, tuple[str, ...]]]()
    for name, source in list(store.sources.items()):
        if source.adapter != adapter:
            continue
        for at, other in enumerate(list(store.tasks(name).values()), 1):
            if other.key != task.key:
                _compare(other, kin, newest)
            if at % SLICE == 0:
                newest = _last(newest)
                yield kin
    kin.newest, kin.whole = _last(newest), True
    yield kin


def _compare(other: Task, kin: Kin, newest: list[tuple[Task, tuple[str, ...]]]) -> None:
    shared = tuple(one for one in kin.relations if value(other, one.field) == one.value)
    if not shared:
        return
    for one in shared:
        one.states[other.state] += 1
    if shared[0] is kin.relations[0] and other.state is State.SUCCEEDED and other.duration_ms is not None:
        kin.took.append(other.duration_ms)
    newest.append((other, tuple(one.called for one in shared)))


def _last(found: list[tuple[Task, tuple[str, ...]]]) -> list[tuple[Task, tuple[str, ...]]]:
    return nlargest(LAST, found, key=lambda one: (one[0].since, one[0].key))
