"""`taskdeck check`: whether more tasks match than may."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace

from tui.cli.asked import asked
from tui.cli.exits import Exit
from tui.cli.once import poll_once, there_ms, want_of, within_reach
from tui.cli.place import config


def run(given: Namespace) -> int:
    """Reads every source once, prints the count, answers the exit code."""
    from tui import logs
    from tui.store import Store

    logs.start(given)
    settings = config(given)
    query = asked(given, settings)
    store = Store(raw_rows=0)
    code = asyncio.run(poll_once(settings, store, within_reach(query, settings), want=want_of(query, settings)))
    count = 0
    for name, source in store.sources.items():
        now = there_ms(store.status(name))
        count += sum(query.match(task, source, now) for task in store.tasks(name).values())
    some = "" if code == Exit.FINE else " of what could be read"
    sys.stdout.write(f"{count} {'task matches' if count == 1 else 'tasks match'}{some} (at most {given.max})\n")
    return Exit.NOT_MET if count > given.max else code
