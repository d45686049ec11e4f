"""The world: all realms under one clock."""

import time
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from tui.cloud.habits import Habits
from tui.cloud.history import Scale
from tui.cloud.job import Job
from tui.cloud.realms.fc import FunctionCompute
from tui.cloud.realms.kps import KeyPairs
from tui.cloud.realms.mps import MediaProcessing
from tui.cloud.realms.opensearch import OpenSearch
from tui.cloud.realms.tat import Automation
from tui.cloud.sources import ADAPTERS, SOURCES, Source
from tui.cloud.truth import truths

LIVE_EACH = 80


def wall() -> int:
    """The machine's clock, in milliseconds."""
    return time.time_ns() // 1_000_000


class Realm(Protocol):
    """What lives behind one source."""

    def advance(self, now: int) -> None:
        """Let everything happen that has happened by now."""

    def jobs(self) -> Iterator[tuple[Job, bool, bool]]:
        """Every task, whether its list shows it, whether a by-id read finds it."""


REALMS: dict[str, Callable[[str, Scale], Realm]] = {
    "alibaba-fc": FunctionCompute,
    "alibaba-opensearch": OpenSearch,
    "tencent-mps": MediaProcessing,
    "tencent-tat": Automation,
    "huawei-kps": KeyPairs,
}


class World:
    """Every realm, moved on lazily whenever somebody looks."""

    def __init__(
        self,
        tasks: int = 2000,
        seed: int = 1,
        rate: float = 1.0,
        freeze: bool = False,
        clock: Callable[[], int] = wall,
        habits: Habits | None = None,
    ) -> None:
        self._clock = clock
        self.habits = habits or Habits(seed, rate)
        self._freeze = freeze
        self._now = self.habits.start = clock()
        scales = shares(tasks)
        self.realms: dict[tuple[str, str], Realm] = {}
        for source in SOURCES:
            listed, live = scales[source]
            scale = Scale(self._now, listed, live, seed, rate, self.habits)
            self.realms[source.adapter, source.region] = REALMS[source.adapter](source.region, scale)

    def now(self) -> int:
        """The world's time: never backwards, and fixed when it is frozen."""
        if not self._freeze:
            self._now = max(self._now, self._clock())
        return self._now

    def stop(self) -> None:
        """From now on nothing happens any more; requests are answered as before."""
        self.advance()
        self._freeze = True

    def advance(self) -> int:
        """Let everything happen that has happened by now; answers the time."""
        now = self.now()
        if not self._freeze:
            for realm in self.realms.values():
                realm.advance(now)
        return now

    def truth(self) -> Iterator[dict[str, Any]]:
        """Every task as contract JSON."""
        now = self.advance()
        for source in SOURCES:
            jobs = self.realms[source.adapter, source.region].jobs()
            shown = ((job, listed and not self.habits.late(job, now), by_id) for job, listed, by_id in jobs)
            yield from truths(source, shown, now)


def shares(tasks: int) -> dict[Source, tuple[int, int]]:
    """How many tasks each source lists at the start, and how many of them are alive: exactly `tasks` in all."""
    answer: dict[Source, tuple[int, int]] = {}
    for i, adapter in enumerate(ADAPTERS):
        whole = tasks // len(ADAPTERS) + (i < tasks % len(ADAPTERS))
        alive = min(whole // 5, LIVE_EACH + whole // 200) or min(whole, 1)
        sources = [source for source in SOURCES if source.adapter == adapter]
        for j, source in enumerate(sources):
            first = j == 0 and len(sources) > 1
            listed = whole if len(sources) == 1 else (whole * 3 + 4) // 5 if first else whole - (whole * 3 + 4) // 5
            live = alive if len(sources) == 1 else (alive * 3 + 4) // 5 if first else alive - (alive * 3 + 4) // 5
            answer[source] = (listed, min(live, listed))
    return answer
