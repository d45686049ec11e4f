"""`taskdeck list`: every source once, whole, side by side."""

from __future__ import annotations

import asyncio
import gc
import math
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tui.cli.once import now_ms, poll_once, want_of, within_reach
from tui.cli.output import cells, coloured
from tui.cli.place import config
from tui.errors import UsageError
from tui.model import Task, newest_first

if TYPE_CHECKING:
    from tui.settings import Config
    from tui.store import Store
    from tui.view.whole import View


def run(given: Namespace) -> int:
    """Polls, prints, answers the exit code."""
    gc.disable()  # one list and out: what few cycles there are need no collector, which would cost a tenth of the time
    try:
        return _list(given)
    finally:
        gc.enable()


def _list(given: Namespace) -> int:
    from tui import logs
    from tui.store import Store

    logs.start(given)
    settings = config(given)
    view, columns = _asked(given, settings)
    store = Store(raw_rows=math.inf if given.raw else 0)
    query = view.query if view else None
    only, want = within_reach(query, settings, given.source), want_of(query, settings)
    code = asyncio.run(poll_once(settings, store, only, want=want))
    _print(given, store, view, columns)
    return code


def _asked(given: Namespace, settings: Config) -> tuple[View | None, tuple[str, ...]]:
    """The view and the columns, before anything is read: a wrong filter costs no call. No view: all, newest first."""
    from tui.formats import JSON_FIELDS, TABLE_FIELDS

    if given.raw and given.output_format not in ("json", "ndjson"):
        raise UsageError("--raw goes with -o json or -o ndjson")
    standard = TABLE_FIELDS if given.output_format == "table" else JSON_FIELDS
    if not (given.filter.strip() or given.sort or given.columns):
        return None, standard  # the filter language takes 35 ms to import, a tenth of a short list
    from tui.cli.asked import asked
    from tui.query.fields import field
    from tui.view.whole import View

    query = asked(given, settings)
    sort = given.sort or ""
    columns = tuple(name.strip() for name in (given.columns or "").split(",") if name.strip())
    for option, names in (("--sort", [sort.lstrip("-")] if sort.lstrip("-") else []), ("--columns", columns)):
        try:
            for name in names:
                field(name)
        except UsageError as error:
            raise UsageError(f"{option}: {error}") from None
    return View(query, sort.lstrip("-"), sort.startswith("-")), columns or standard


def _print(given: Namespace, store: Store, view: View | None, columns: tuple[str, ...]) -> None:
    from tui import formats

    now = now_ms()
    every = [task for name in store.sources for task in store.tasks(name).values()]
    if view is None:
        every.sort(key=newest_first)
    tasks = (every if view is None else view.of(every, store.sources, now))[: given.limit]
    if given.output_format == "table":
        colour = coloured(given)
        formats.write_table(tasks, store.sources, columns, sys.stdout, now=now, cells=cells(), colour=colour)
        return
    if given.output_format == "csv":
        formats.write_csv(_flat(_objects(tasks, store), tasks, columns, store, now), columns, sys.stdout)
        return
    lines: Iterable[str]
    if given.columns:
        lines = map(formats.dumps, _flat(_objects(tasks, store), tasks, columns, store, now))
    elif given.raw:
        lines = map(formats.dumps, _objects(tasks, store, raw=True))
    else:
        lines = (formats.json_line(task, store.sources[task.source]) for task in tasks)
    formats.write_lines(lines, sys.stdout, array=given.output_format == "json")


def _objects(tasks: Sequence[Task], store: Store, *, raw: bool = False) -> Iterator[Mapping[str, Any]]:
    from tui.formats import as_json

    for task in tasks:
        yield as_json(task, store.sources[task.key.source], (store.raw(task.key) or {}) if raw else None)


def _flat(
    objects: Iterable[Mapping[str, Any]], tasks: Sequence[Task], columns: Sequence[str], store: Store, now: int
) -> Iterator[Mapping[str, Any]]:
    """The asked columns of each task: JSON fields and extra facts as they are, the filter language's own as text."""
    from tui.query.fields import field

    fields = {name: field(name) for name in columns}
    for one, task in zip(objects, tasks, strict=True):
        facts = {**task.extra, **one}
        source = store.sources[task.key.source]
        yield {
            name: facts[known.name] if known.name in facts else known.text(task, source, now)
            for name, known in fields.items()
        }
