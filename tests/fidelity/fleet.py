"""Several demo clouds in one process, and everything that one has to know of them to judge a monitor.

The clouds of a fleet are numbered from 1; `CLOUD-SOURCE` names a source of one of them, each has accounts of its own,
all with the demo's one key: what a key is not sent for, as after Huawei refused it twice, holds for all clouds.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

from tests.fidelity.picture import Fields, Name, name_of
from tui.cloud.faults import LIMIT, LIMITS
from tui.cloud.job import Job
from tui.cloud.ledger import Entry
from tui.cloud.server import Cloud, running
from tui.cloud.sources import SOURCES, Source
from tui.cloud.truth import named, truths

SHARE = 0.6  # of each documented limit, what the config allows where it says nothing
SECOND = 1000
SOURCES_HEAD = "[[sources]]"
QUICK = "5s"


class Life(NamedTuple):
    """When a task came, began and ended, to the millisecond; 0: it never began."""

    created: int
    started: int
    ended: int


class Pace(NamedTuple):
    """The busiest second of one action of one account, and how many requests it may have."""

    account: str
    api: str
    region: str
    operation: str
    requests: int
    most: int
    allowed: float


class Account(NamedTuple):
    """What is true: all tasks; the last of those that no provider knows any more; which were shown; each one's life.

    `skews` is how far the clock of each source's cloud is off while `skew` is on (ms).
    """

    truth: list[Fields]
    forgotten: dict[Name, Fields]
    shown: set[Name]
    lives: dict[Name, Life]
    paces: list[Pace]
    skews: dict[str, tuple[int, ...]]


class Fleet:
    """Clouds that run. Use `fleet(...)`."""

    def __init__(self, clouds: Sequence[Cloud], sources: int, quick: int = 0) -> None:
        self._clouds, self._quick = clouds, quick
        every = [f"{number}-{source.name}" for number in range(1, len(clouds) + 1) for source in SOURCES]
        self.sources = tuple(every[:sources])
        self._jobs: dict[str, dict[Job, None]] = {name: {} for name in self.sources}

    @property
    def config(self) -> str:
        """One config for all clouds."""
        texts = [self._config(number, cloud) for number, cloud in enumerate(self._clouds, start=1)]
        whole = "".join([texts[0], *(text[text.index("[accounts") :] for text in texts[1:])])
        head, *blocks = re.split(rf"(?m)^(?=\[accounts|{re.escape(SOURCES_HEAD)})", whole)
        kept = [head, *(block for block in blocks if not block.startswith(SOURCES_HEAD))]
        sources = [block for block in blocks if block.startswith(SOURCES_HEAD)][: len(self.sources)]
        every = len(sources) // self._quick if self._quick else 0  # the quick ones are spread over all APIs
        quick = set(range(0, every * self._quick, every)) if every else ()
        return "".join(
            [
                *kept,
                *(
                    f'{one.rstrip()}\ninterval = "{QUICK}"\n\n' if at in quick else one
                    for at, one in enumerate(sources)
                ),
            ]
        )

    def _config(self, number: int, cloud: Cloud) -> str:
        text = re.sub(r"\b(ali|tx|hw)-demo\b", rf"\1-{number}", cloud.config)
        return re.sub(r'^name = "', f'name = "{number}-', text, flags=re.MULTILINE)

    def switch(self, fault: str, on: bool) -> None:
        """A fault of all clouds; whatever is on besides is nothing to it."""
        for cloud in self._clouds:
            cloud.faults.switch(fault, on)

    def stop(self) -> None:
        """From now on no task is born, moves or ends."""
        for cloud in self._clouds:
            cloud.world.stop()

    @property
    def born(self) -> int:
        """How many tasks there have been."""
        return sum(map(len, self._jobs.values()))

    @property
    def requests(self) -> int:
        """How many requests there have been."""
        return sum(len(cloud.ledger.entries) for cloud in self._clouds)

    async def remember(self) -> None:
        """Goes round the sources, each once in two seconds: no task is born and forgotten between two visits."""
        while True:
            for name in self.sources:
                self._visit(name)
                await asyncio.sleep(2 / len(self.sources))

    def _visit(self, name: str) -> None:
        cloud, source = self._source(name)
        cloud.world.advance()
        jobs = cloud.world.realms[source.adapter, source.region].jobs()
        self._jobs[name].update((job, None) for job, *_ in jobs)

    def _source(self, name: str) -> tuple[Cloud, Source]:
        number, _, plain = name.partition("-")
        return self._clouds[int(number) - 1], next(one for one in SOURCES if one.name == plain)

    def account(self) -> Account:
        """Everything that is to be known, as of now."""
        for name in self.sources:
            self._visit(name)
        asked = set(self.sources)
        clouds = list(enumerate(self._clouds, start=1))
        truth: list[Fields] = [
            one for at, cloud in clouds for one in renamed(cloud.world.truth(), at) if one["source"] in asked
        ]
        known = {name_of(one) for one in truth}
        forgotten: dict[Name, Fields] = {name_of(one): one for one in self._ever() if name_of(one) not in known}
        shown = {name_of(one) for at, cloud in clouds for one in renamed(cloud.shown.rows(), at)}
        paces = [pace for number, cloud in clouds for pace in busiest(cloud.ledger.entries, str(number))]
        skews: dict[str, tuple[int, ...]] = {}
        for name in self.sources:
            cloud, source = self._source(name)
            skews[name] = (cloud.faults.off(source.adapter, source.region),)
        return Account(truth, forgotten, shown, dict(self._lives()), paces, skews)

    def _ever(self) -> Iterator[Fields]:
        for name, jobs in self._jobs.items():
            cloud, source = self._source(name)
            every = ((job, False, False) for job in list(jobs))
            yield from renamed(truths(source, every, cloud.world.now()), int(name.partition("-")[0]))

    def _lives(self) -> Iterator[tuple[Name, Life]]:
        for name, jobs in self._jobs.items():
            _, source = self._source(name)
            for job in jobs:
                fields = {"source": name, **named(source.adapter, job)}
                yield name_of(fields), Life(job.created, job.started, job.ended)


@asynccontextmanager
async def fleet(
    clouds: int, *, sources: int, tasks: int, rate: float, interval: str, seed: int, quick: int = 0
) -> AsyncIterator[Fleet]:
    """Clouds that listen until the block ends, with `tasks` each, and remember what they show.

    `quick` of the sources are read every 5 s, whatever the interval of the others.
    """
    async with AsyncExitStack() as stack:
        found = [
            await stack.enter_async_context(
                running(tasks=tasks, seed=seed + number, rate=rate, interval=interval, remember=True)
            )
            for number in range(clouds)
        ]
        here = Fleet(found, sources, quick)
        remembering = asyncio.create_task(here.remember())
        try:
            yield here
        finally:
            remembering.cancel()


def renamed(tasks: Iterable[Mapping[str, Any]], number: int) -> Iterator[dict[str, Any]]:
    """The tasks of one cloud under the names that the fleet's config has."""
    for task in tasks:
        account = {"account": task["account"].replace("-demo", f"-{number}")} if "account" in task else {}
        yield {**task, **account, "source": f"{number}-{task['source']}"}


def busiest(entries: Iterable[Entry], account: str, share: float = SHARE) -> Iterator[Pace]:
    """For each action that was asked for: how many requests came in its busiest second, wherever that begins."""
    times: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for entry in entries:
        times[entry.api, entry.region, entry.operation].append(entry.at)
    for (api, region, operation), came in sorted(times.items()):
        window: deque[int] = deque()
        most = 0
        for at in sorted(came):
            window.append(at)
            while window[0] <= at - SECOND:
                window.popleft()
            most = max(most, len(window))
        allowed = math.floor(share * LIMITS.get(api, LIMIT) + 1e-9)
        yield Pace(account, api, region, operation, len(came), most, allowed)
