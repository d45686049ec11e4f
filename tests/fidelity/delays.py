"""From a change in the cloud to its report: when the monitor first said that a task is there, and that it has ended."""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tests.fidelity.fleet import Life
from tests.fidelity.picture import Name
from tui.model import State
from tui.status import Change


class Delay(NamedTuple):
    """The delays of one kind of change at one adapter, in seconds."""

    adapter: str
    change: str
    changes: int
    median: float
    p95: float


class Reports:
    """Hears every Change; `clock` in epoch seconds."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._seen: dict[Name, float] = {}
        self._ended: dict[Name, float] = {}
        self._adapters: dict[str, str] = {}

    def told(self, change: Change) -> None:
        """Notes what is said for the first time."""
        now = self._clock()
        self._adapters[change.source.name] = change.source.adapter
        for task in change.upserted:
            name = (task.key.source, task.key.scope, task.key.id)
            self._seen.setdefault(name, now)
            if task.state.final and task.state is not State.VANISHED:
                self._ended.setdefault(name, now)

    def delays(self, lives: Mapping[Name, Life], since: float) -> list[Delay]:
        """By adapter, of what has changed since then (epoch seconds)."""
        found: dict[tuple[str, str], list[float]] = defaultdict(list)
        for change, said in (("appeared", self._seen), ("ended", self._ended)):
            for name, at in said.items():
                life = lives.get(name)
                when = (life.created if change == "appeared" else life.ended) / 1000 if life else 0.0
                if when >= since:
                    found[self._adapters[name[0]], change].append(at - when)
        return [
            Delay(adapter, change, len(some), statistics.median(some), percentile(some, 0.95))
            for (adapter, change), some in sorted(found.items())
        ]


def percentile(values: Sequence[float], part: float) -> float:
    """The smallest value that is not below this part of them."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * len(ordered)))]
