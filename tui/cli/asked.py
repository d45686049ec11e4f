"""What a FILTER asks for on the command line: the same language, saved views and zone as the filter bar's."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Mapping
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from tui.errors import UsageError

if TYPE_CHECKING:
    from tui.model import Task
    from tui.query import Query
    from tui.settings import Config

NO_SCREEN: Mapping[str, Callable[[Task], bool]] = {}


def asked(given: Namespace, settings: Config, *, screen: Mapping[str, Callable[[Task], bool]] = NO_SCREEN) -> Query:
    """The query of a command line's FILTER; `screen` are the facts that only a screen knows. Raises UsageError.

    A filter that wants none of the sources is said to: `check src:typo` in a cron job must not look like health.
    """
    from tui.query import QueryError, parse

    views, codes = saved(given, settings), shorts(settings)
    try:
        query = parse(given.filter, views=views, zone=zone(settings), shorts=codes, screen=screen)
    except QueryError as error:
        raise UsageError(f"filter: {error}") from None
    if not screen and settings.sources and not query.empty:
        from tui.cli import say
        from tui.query.reach import reaches

        if not any(reaches(query, one.source, codes) for one in settings.sources):
            say(f"taskdeck: the filter fits no configured source: {given.filter}")
    return query


def shorts(settings: Config) -> Mapping[str, str]:
    """The short codes that `src:` takes, by adapter."""
    from tui.adapters import load

    return {source.adapter: load(source.adapter).short for source in settings.sources}


def saved(given: Namespace, settings: Config) -> Mapping[str, str]:
    """The saved views by name; those of the monitor are read only where the filter names one."""
    if "@" not in given.filter:
        return settings.views
    from tui.logs import state_dir
    from tui.memory import Memory

    return Memory(state_dir(given)).beside(settings.views)


def zone(settings: Config) -> tzinfo | None:
    """The zone of the screen (None: the local one): times in filters mean the same on both."""
    return UTC if settings.monitor.time == "utc" else None
