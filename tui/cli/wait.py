"""`taskdeck wait`: until one task, or every task that matched at the start, has ended."""

from __future__ import annotations

import asyncio
import re
import sys
from argparse import Namespace
from asyncio import timeout
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from tui.cli import complain, say
from tui.cli.asked import asked, zone
from tui.cli.awaited import Awaited
from tui.cli.event_lines import Paper, ended
from tui.cli.exits import Exit, code_of
from tui.cli.following import TICK, news, polled
from tui.cli.once import now_ms, read_once, there_ms, want_of, within_reach
from tui.cli.output import cells, coloured, listened_to
from tui.cli.place import config
from tui.cli.show import task_key
from tui.cli.trouble import line_of
from tui.cli.words import Complaints, Words
from tui.errors import CallError, Malformed, Throttled, Unavailable
from tui.model import State, Task, TaskKey
from tui.status import Change
from tui.store import Store

if TYPE_CHECKING:
    from tui.adapters import Adapter
    from tui.query import Query
    from tui.settings import Config

SLOWEST = 15.0  # seconds between two questions about one task: one call, whatever its source's lists cost
_TASK = re.compile(r"([\w.-]+)/\S+$")
PASSING = (Throttled, Unavailable, Malformed)


def run(given: Namespace) -> int:
    """Waits, prints a line for each task that ended, answers the exit code."""
    from tui import logs

    logs.start(given)
    settings = config(given)
    paper = Paper(cells(), coloured(given), zone(settings))
    key = named(given.filter, [one.name for one in settings.sources])
    if key is not None:
        return asyncio.run(_one(settings, key, given.timeout, paper))
    return asyncio.run(_all(settings, asked(given, settings), given.timeout, paper))


def named(text: str, sources: Sequence[str]) -> TaskKey | None:
    """The key of a TASK; None for a FILTER. A name up to the first slash that is a source makes it a TASK."""
    first, slash, _ = text.partition("/")
    return task_key(text, [*sources]) if slash and first in sources else None


class ById:
    """One task, asked by its id until it has ended."""

    def __init__(self, adapter: Adapter, key: TaskKey, pause: float) -> None:
        self._adapter, self.key, self._pause = adapter, key, pause
        self.task: Task | None = None
        self.error: CallError | None = None

    async def ended(self) -> Task:
        """The task with its final state. Raises CallError where the first question or waiting is in vain."""
        from tui.patience import retrying

        task = self.task = (await retrying(lambda: self._adapter.detail(self.key))).task
        while task.state.live:
            hint = getattr(self.error, "retry_after", None) or 0.0
            await asyncio.sleep(max(self._pause, hint))
            try:
                (task,) = await retrying(lambda known=task: self._adapter.settle([known]))  # type: ignore[misc]
            except PASSING as error:
                if type(error) is not type(self.error):
                    say(f"taskdeck: {self.key.source}: {line_of(error)}")
                self.error = error
            else:
                self.task, self.error = task, None
        return task


async def _one(settings: Config, key: TaskKey, seconds: float, paper: Paper) -> int:
    from tui.cli.unlocking import wired

    async with wired(settings, Store(raw_rows=0), only=[key.source]) as wiring:
        poller = wiring.pollers[key.source]
        asking = ById(wiring.adapters[key.source], key, min(SLOWEST, poller.status.interval))
        try:
            async with timeout(seconds):
                task = await asking.ended()
        except TimeoutError:
            state = asking.task.state if asking.task else "not known yet"
            say(f"taskdeck: {key}: {state} after {_shown(seconds)}: the time is up")
            return Exit.NOT_MET if asking.error is None else code_of(asking.error)
        except CallError as error:
            return complain(f"{key.source}: {line_of(error)}", code_of(error, of_task=True))
    _write([task], paper)
    say(f"taskdeck: {key}: {task.state}")
    return Exit.FINE if task.state is State.SUCCEEDED else Exit.NOT_MET


async def _all(settings: Config, query: Query, seconds: float, paper: Paper) -> int:
    from tui.cli.unlocking import unlocked

    following = Following(settings, query, paper)
    await unlocked(settings, within_reach(query, settings))  # which takes none of the seconds
    try:
        async with timeout(seconds):
            return await following.run()
    except TimeoutError:
        return following.late(seconds)


class Following:
    """Every task that matches at the start, followed by reading its source again and again."""

    def __init__(self, settings: Config, query: Query, paper: Paper) -> None:
        self._settings, self._query, self._paper = settings, query, paper
        self._store = Store(raw_rows=0)
        self._words, self._complaints = Words(now_ms), Complaints()
        self._told = asyncio.Event()
        self._awaited: Awaited | None = None
        self._first = Exit.FINE

    async def run(self) -> int:
        """The exit code, when no more will be known."""
        from tui.cli.unlocking import wired

        only = within_reach(self._query, self._settings)
        async with wired(self._settings, self._store, only=only, told=self._listen) as wiring:
            pollers = wiring.pollers
            self._first = await read_once(pollers.values(), want_of(self._query, self._settings))
            if self._first not in (Exit.FINE, Exit.PARTIAL):
                return self._first
            for poller in pollers.values():
                self._words.turned(poller.status)
            awaited = self._awaited = Awaited(self._store, self._matching())
            if not awaited.states and not awaited.left:
                return self._none()
            names = {key.source for key in awaited.left}
            async with polled((pollers[name] for name in names), rested=True) as running:
                while not awaited.over:
                    self._write()
                    listened_to()
                    await news(self._told, TICK, running)
        self._write()
        return self._ending()

    def _none(self) -> int:
        """None of none have failed; but a TASK with a slip in its source is not a success for it."""
        looked = _TASK.match(self._query.text)
        if looked and self._first == Exit.FINE:
            return complain(f"no task matches, and no source is called {looked[1]!r}", Exit.NOT_MET)
        return complain("no task matches: there is nothing to wait for", self._first)

    def late(self, seconds: float) -> int:
        """The exit code, when the time is up."""
        if self._awaited is None:
            return complain(f"the time is up: the tasks could not be read in {_shown(seconds)}", Exit.NOT_MET)
        self._write()
        say(f"taskdeck: the time is up after {_shown(seconds)}")
        return self._ending()

    def _matching(self) -> Iterable[Task]:
        for name, source in self._store.sources.items():
            now = there_ms(self._store.status(name))
            for task in self._store.tasks(name).values():
                if self._query.match(task, source, now):
                    yield task

    def _listen(self, change: Change) -> None:
        if self._awaited is None:
            return
        self._awaited.listen(change)
        self._told.set()
        turned = self._words.turned(change.status)
        if turned is not None and (line := self._complaints.line(turned)):
            say(line)

    def _write(self) -> None:
        _write(self._awaited.due() if self._awaited else (), self._paper)

    def _ending(self) -> int:
        """Partial data beats the rest; then a failure, or a task that has not ended."""
        awaited = self._awaited
        assert awaited is not None  # noqa: S101 - it is asked for once the tasks are known
        say(f"taskdeck: {awaited.said()}")
        if self._first != Exit.FINE or awaited.troubled:
            return Exit.PARTIAL
        if awaited.left or set(awaited.states) - {State.SUCCEEDED}:
            return Exit.NOT_MET
        return Exit.FINE


def _write(tasks: Iterable[Task], paper: Paper) -> None:
    now = now_ms()
    for task in tasks:
        sys.stdout.write(ended(task, now, paper) + "\n")
    sys.stdout.flush()


def _shown(seconds: float) -> str:
    from tui.query.values import show_duration

    return show_duration(seconds * 1000)
