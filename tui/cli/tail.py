"""`taskdeck tail`: every task that matches now, then a line for each that appears, changes state or vanishes."""

from __future__ import annotations

import asyncio
import math
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING

from tui.cli import say
from tui.cli.asked import asked, zone
from tui.cli.event_lines import Paper, ndjson, text
from tui.cli.exits import Exit, code_of_trouble, summed
from tui.cli.following import TICK, news, polled
from tui.cli.happenings import Happened, Happenings
from tui.cli.once import now_ms, there_ms, within_reach
from tui.cli.output import cells, coloured, listened_to
from tui.cli.place import config
from tui.cli.words import Complaints, Turned
from tui.errors import UsageError
from tui.model import Source, Task
from tui.status import Change
from tui.store import Store

if TYPE_CHECKING:
    from tui.query import Query
    from tui.settings import Config


def run(given: Namespace) -> int:
    """Polls and prints until the time is over, the reader has gone or Ctrl+C; answers the exit code."""
    from tui import logs

    logs.start(given)
    settings, query = wanted(given)
    paper = Paper(cells(), coloured(given), zone(settings)) if given.output_format == "text" else None
    complaints = Complaints()

    def write(due: Sequence[Happened | Turned], store: Store) -> None:
        _write(due, store.sources, paper, complaints)
        listened_to()

    return asyncio.run(follow(settings, query, write, given.duration))


def wanted(given: Namespace) -> tuple[Config, Query]:
    """What is followed, and what of it. Raises UsageError, also where there is nothing to follow."""
    settings = config(given)
    query = asked(given, settings)
    if not settings.sources:
        raise UsageError("the config has no [[sources]] yet: there is nothing to follow")
    return settings, query


async def follow(
    settings: Config,
    query: Query,
    write: Callable[[Sequence[Happened | Turned], Store], None],
    seconds: float | None,
    *,
    kept: bool = False,
) -> Exit:
    """Polls what a filter can match and hands on what happens, each second at least; answers the exit code.

    What is `kept` loses nothing to Ctrl+C: what first reads have brought until then is handed on before it ends.
    """
    from tui.cli.unlocking import wired

    store = Store(raw_rows=0)

    def matches(task: Task) -> bool:
        return query.match(task, store.sources[task.key.source], there_ms(store.status(task.key.source)))

    happenings, told = Happenings(store, matches, now_ms), asyncio.Event()

    def listen(change: Change) -> None:
        happenings.listen(change)
        told.set()

    only = within_reach(query, settings)
    async with wired(settings, store, only=only, told=listen) as wiring:
        end = math.inf if seconds is None else monotonic() + seconds
        try:
            async with polled(wiring.pollers.values()) as running:
                while (rest := end - monotonic()) > 0:
                    happenings.look()
                    write(happenings.due(), store)
                    await news(told, min(TICK, rest), running)
        except asyncio.CancelledError:
            if kept:
                happenings.close()
                write(happenings.due(), store)
            raise
        happenings.close()
        write(happenings.due(), store)
    return _ending(store)


def _write(
    due: Iterable[Happened | Turned], sources: Mapping[str, Source], paper: Paper | None, complaints: Complaints
) -> None:
    """Each task a line, at once; what is wrong with a source on stderr, in ndjson every change of its state too."""
    now = now_ms()
    if paper is not None and paper.cells is not None:
        paper = paper._replace(cells=cells())  # a terminal may have another width by now
    for one in due:
        if paper is None:
            sys.stdout.write(ndjson(one, sources) + "\n")
        elif isinstance(one, Happened):
            sys.stdout.write(text(one, now, paper) + "\n")
        if isinstance(one, Turned) and (line := complaints.line(one)):
            sys.stdout.flush()
            say(line)
    sys.stdout.flush()


def _ending(store: Store) -> Exit:
    """The exit code after the time is over: as `list`, of how each source is then."""
    failures: list[Exit] = []
    statuses = [store.status(name) for name in store.sources]
    for status in statuses:
        if status.trouble is not None:
            failures.append(code_of_trouble(status.trouble))
        elif status.answered_at is None:
            say(f"taskdeck: {status.source.name}: no answer yet")
            failures.append(Exit.PARTIAL)
        elif status.missing:
            failures.append(Exit.PARTIAL)
    return summed(failures, answered=any(status.answered_at is not None for status in statuses))
