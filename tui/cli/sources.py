"""`taskdeck sources`: what is polled, what it costs, and how it is after one poll."""

from __future__ import annotations

import asyncio
import math
import sys
import time
from argparse import Namespace
from typing import Any

from tui.cli.once import poll_once
from tui.cli.place import config
from tui.settings import Config

COLUMNS = ("source", "adapter", "account", "region", "word", "tasks", "calls", "budget", "used", "interval", "way_out")


def run(given: Namespace) -> int:
    """Polls once, prints one line a source, answers the exit code."""
    from tui import logs
    from tui.store import Store

    logs.start(given)
    if given.discover:
        from tui.cli import discover

        return discover.run(given)
    settings = config(given)
    store = Store(raw_rows=0)
    code = asyncio.run(poll_once(settings, store))
    rows = [_facts(settings, store, name) for name in store.sources]
    if given.output_format == "json":
        from tui.formats import dumps, write_lines

        write_lines(map(dumps, rows), sys.stdout, array=True)
    else:
        _table(rows)
    return code


def _facts(settings: Config, store: Any, name: str) -> dict[str, Any]:
    from tui.adapters import load
    from tui.budget import allowed
    from tui.ways_out import way_out

    now = round(time.time() * 1000)
    source, status = store.sources[name], store.status(name)
    share = settings.accounts[source.account].rate_share
    listing = next(action for action in load(source.adapter).actions if action.kind == "read")
    rate = allowed(listing, share)
    trouble = status.trouble
    return {
        "source": name,
        "adapter": source.adapter,
        "account": source.account,
        "region": source.region,
        "word": status.word(now).value,
        "code": trouble.code or None if trouble else None,
        "message": trouble.message if trouble else None,
        "request_id": trouble.request_id if trouble else None,
        "tasks": status.tasks,
        "missing": list(status.missing),
        "calls": status.calls,
        "by_id": status.by_id,
        "budget": None if math.isinf(rate) else round(rate, 3),
        "used": None if status.budget is None else round(status.budget, 4),
        "interval": status.interval,
        "pushed": list(status.pushed),
        "skew": None if status.skew is None else round(status.skew, 1),
        "way_out": way_out(status, now) or None,
    }


def _table(rows: list[dict[str, Any]]) -> None:
    """Aligned columns; `calls` are a poll's, `budget` requests a second that we may send, `used` the part of it that
    the last minute took, `interval` seconds."""
    from tui.cli.output import aligned

    cells = [[name.upper().replace("_", " ") for name in COLUMNS]]
    for row in rows:
        shown = {
            **row,
            "budget": "off" if row["budget"] is None else f"{row['budget']:g}/s",
            "used": "-" if row["used"] is None else f"{row['used']:.1%}",
            "interval": f"{row['interval']:g}s",
        }
        cells.append([shown[name] for name in COLUMNS])
    aligned(cells)
