"""Every source read once, side by side: what `list`, `check`, `sources` and the start of `wait` do."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from tui.answers import Want
from tui.cli.exits import Exit, summed
from tui.cli.trouble import report
from tui.status import Change, SourceStatus
from tui.ways_out import SKEWED

if TYPE_CHECKING:
    from tui.poller import Poller
    from tui.query import Query
    from tui.settings import Config
    from tui.store import Store

WHOLE = Want()
WIDTH = 4  # requests in flight for one source: enough to overlap the network with our own parsing


async def poll_once(
    settings: Config,
    store: Store,
    only: Sequence[str] | None = None,
    *,
    told: Callable[[Change], None] | None = None,
    want: Want = WHOLE,
) -> Exit:
    """Reads every source once, all that is wanted; each failed one is a line on stderr. Answers the exit code."""
    from tui.cli.unlocking import wired

    progress = Progress(store) if sys.stderr.isatty() else None
    listeners = [one for one in (told, progress) if one is not None]

    def tell(change: Change) -> None:
        for listener in listeners:
            listener(change)

    async with wired(settings, store, only=only, told=tell, width=WIDTH) as wiring:
        return await read_once(wiring.pollers.values(), want, progress)


async def read_once(pollers: Iterable[Poller], want: Want, progress: Progress | None = None) -> Exit:
    """One read of each; the line of progress makes room for the lines of those that failed."""
    every = list(pollers)
    outcomes = await asyncio.gather(*(poller.poll(want) for poller in every))
    if progress:
        progress.clear()
    said: dict[str, str] = {}
    failures = [code for pair in zip(every, outcomes, strict=True) if (code := report(*pair, said)) is not None]
    answered = any(outcome is not None and (outcome.pages or not outcome.errors) for outcome in outcomes)
    return summed(failures, answered=answered)


def want_of(query: Query | None, settings: Config) -> Want:
    """How little will do: what a filter lets a provider leave out, at the same rows and exit code."""
    if query is None or query.empty:
        return WHOLE
    from tui.cli.asked import zone
    from tui.query.push import wanted

    return wanted(query, now_ms(), zone(settings))


def within_reach(query: Query | None, settings: Config, only: Sequence[str] | None = None) -> Sequence[str] | None:
    """The sources to read for a filter, None for all: not those of which it says that it wants nothing.

    One that wants none of them has a slip in it, or is right: all are read, so that nobody takes 0 for an answer
    that nobody was asked for.
    """
    if query is None or query.empty:
        return only
    from tui.cli.asked import shorts
    from tui.query.reach import reaches

    codes = shorts(settings)
    out = {one.name for one in settings.sources if not reaches(query, one.source, codes)}
    wanted = [one.name for one in settings.sources] if only is None else only
    return [name for name in wanted if name not in out] or only


def now_ms() -> int:
    """The time as tasks have it: epoch milliseconds."""
    return round(time.time() * 1000)


def there_ms(status: SourceStatus) -> int:
    """The time on the clock that stamps a source's tasks: what the screen counts their ages by too."""
    skew = status.skew or 0.0
    return now_ms() + (round(skew * 1000) if abs(skew) >= SKEWED else 0)


class Progress:
    """One line on stderr that says how far each source is; gone when the rows are printed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._at = 0.0

    def __call__(self, change: Change) -> None:
        now = time.monotonic()
        if now - self._at < 0.1:
            return
        self._at = now
        from shutil import get_terminal_size

        from tui.text import clean, cut_end

        statuses = [self._store.status(name) for name in self._store.sources]
        parts = [f"{one.source.name} {one.rows_read}{'..' if one.reading else ''}" for one in statuses]
        cells = get_terminal_size().columns - 1
        sys.stderr.write("\r\x1b[K" + cut_end(clean("reading " + "  ".join(parts)), cells))
        sys.stderr.flush()

    def clear(self) -> None:
        """Takes the line away."""
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
