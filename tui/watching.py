"""Watching: the pinned tasks asked by id every few seconds while they live, source by source, within the budget."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Protocol

from tui.budget import Urgency, urgency
from tui.errors import CallError, Malformed, Throttled, Unavailable
from tui.model import State, Task, TaskKey
from tui.status import Word
from tui.store import Store
from tui.text import clean
from tui.watch import to_ask

EVERY = 3.0  # seconds between two looks at a task
LONGEST = 60.0  # and at most, after a source has failed again and again
SILENT = frozenset({Word.NOKEY, Word.AUTH, Word.DENIED})  # words of a source that nobody calls until somebody helps
PASSING = (Throttled, Unavailable, Malformed)

log = logging.getLogger(__name__)


class Asked(Protocol):
    """The part of an adapter that is needed here."""

    at_once: ClassVar[int]

    async def settle(self, tasks: Sequence[Task]) -> Sequence[Task]:
        """Tasks asked by id."""
        ...


class Watching:
    """One loop for all sources; each source has its own turn, so that one which hangs holds up no other."""

    def __init__(
        self,
        store: Store,
        adapters: Mapping[str, Asked],
        *,
        changed: Callable[[], None],
        now: Callable[[], int],
        every: float = EVERY,
    ) -> None:
        self._store, self._adapters, self._changed, self._now = store, adapters, changed, now
        self._every = every
        self._keys: frozenset[TaskKey] = frozenset()
        self._more = asyncio.Event()
        self._pauses: dict[str, float] = {}
        self._turns: dict[str, asyncio.Task[None]] = {}

    def watch(self, keys: frozenset[TaskKey]) -> None:
        """These tasks from now on; new ones are asked at once."""
        if keys - self._keys:
            self._more.set()
        self._keys = keys

    async def run(self) -> None:
        """Until cancelled. Raises a bug of ours."""
        async with asyncio.TaskGroup() as group:
            while True:
                self._more.clear()
                for name, tasks in to_ask(self._keys, self._store.get).items():
                    turn = self._turns.get(name)
                    if (turn is None or turn.done()) and self._may(name):
                        self._turns[name] = group.create_task(self._turn(name, tasks))
                try:
                    async with asyncio.timeout(self._every):  # wait_for of 3.11 loses an end that comes with the news
                        await self._more.wait()
                except TimeoutError:
                    continue

    def _may(self, name: str) -> bool:
        """Whether a source answers at all; one that has stopped calling is left alone."""
        trouble = self._store.status(name).trouble
        return name in self._adapters and (trouble is None or trouble.word not in SILENT)

    async def _turn(self, name: str, tasks: Sequence[Task]) -> None:
        """Asks the tasks of one source; after a failure the source has a pause, each time twice as long."""
        urgency.set(Urgency.WATCHED)  # of this asyncio task alone
        try:
            adapter = self._adapters[name]
            for at in range(0, len(tasks), adapter.at_once):
                self._take(name, await adapter.settle(tasks[at : at + adapter.at_once]))
        except CallError as error:
            pause = min(LONGEST, 2 * self._pauses.get(name, self._every))
            self._pauses[name] = pause
            hint = error.retry_after or 0.0 if isinstance(error, Throttled) else 0.0
            log.info("watch list: %s: %s; again in %g s", clean(name), clean(error, limit=200), max(pause, hint))
            await asyncio.sleep(max(pause, min(hint, LONGEST)) if isinstance(error, PASSING) else LONGEST)
        else:
            self._pauses.pop(name, None)

    def _take(self, name: str, found: Sequence[Task]) -> None:
        """Stores what was said. Who is not found by id may still be in a list: that is for the next whole read."""
        known = [task for task in found if task.state is not State.VANISHED and self._store.get(task.key) is not None]
        if self._store.settle(self._store.sources[name], known, at=self._now()):
            self._changed()
