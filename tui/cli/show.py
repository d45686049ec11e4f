"""`taskdeck show`: one task, asked from the provider by its detail operation."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from typing import TYPE_CHECKING

from tui.cli import complain
from tui.cli.exits import Exit, code_of
from tui.cli.place import config
from tui.cli.trouble import line_of
from tui.errors import CallError, UsageError
from tui.model import Source, TaskKey

if TYPE_CHECKING:
    from tui.answers import Detail
    from tui.settings import Config


def run(given: Namespace) -> int:
    """Asks, prints, answers the exit code."""
    from tui import logs

    logs.start(given)
    settings = config(given)
    key = task_key(given.task, [one.name for one in settings.sources])
    try:
        source, detail = asyncio.run(_ask(settings, key, output=given.output))
    except CallError as error:
        return complain(f"{key.source}: {line_of(error)}", code_of(error, of_task=True))
    if given.output_format == "json":
        _json(source, detail, output=given.output)
    else:
        _text(source, detail, output=given.output)
    return Exit.FINE


def task_key(text: str, sources: list[str]) -> TaskKey:
    """SOURCE/ID or SOURCE/SCOPE/ID as a key; a slash inside a part may stand as %2F. Raises UsageError."""
    parts = [part.replace("%2F", "/").replace("%2f", "/") for part in text.split("/")]
    if parts[0] not in sources:
        raise UsageError(f"{text!r} is no TASK: there is no source {parts[0]!r}, only {', '.join(sources) or 'none'}")
    if len(parts) < 2 or not parts[-1]:
        raise UsageError(f"{text!r} is no TASK: it is SOURCE/ID or SOURCE/SCOPE/ID")
    return TaskKey(parts[0], "/".join(parts[1:-1]), parts[-1])


async def _ask(settings: Config, key: TaskKey, *, output: bool) -> tuple[Source, Detail]:
    from tui.cli.unlocking import wired
    from tui.patience import retrying
    from tui.store import Store

    async with wired(settings, Store(), only=[key.source]) as wiring:
        adapter = wiring.adapters[key.source]
        detail = await retrying(lambda: adapter.detail(key, output=output))
        source: Source = wiring.pollers[key.source].source
        return source, detail


def _json(source: Source, detail: Detail, *, output: bool) -> None:
    from tui.formats import as_json, dumps

    shown = as_json(detail.task, source) | {"detail": detail.answer}
    if output:
        shown["output"] = detail.output.text if detail.output else None
    sys.stdout.write(dumps(shown, indent=2) + "\n")


def _text(source: Source, detail: Detail, *, output: bool) -> None:
    from tui.formats import as_json, dumps
    from tui.mask import masked
    from tui.text import clean

    shown = as_json(detail.task, source)
    extra = shown.pop("extra")
    for name, value in (shown | extra).items():
        if value is not None:
            text = value if isinstance(value, str) else dumps(value)
            sys.stdout.write(f"{clean(name):<16} {clean(text, limit=100_000)}\n")
    sys.stdout.write("\ndetail\n" + dumps(masked(detail.answer), indent=2) + "\n")
    if output and detail.output:
        sys.stdout.write("\noutput\n" + clean(detail.output.text, lines=True, limit=2**31) + "\n")
        if detail.output.dropped:
            sys.stdout.write(f"({detail.output.dropped} bytes were cut off by the provider)\n")
        if detail.output.url:
            sys.stdout.write(f"(whole at {clean(detail.output.url)})\n")
    elif output:
        sys.stdout.write("\noutput: none\n")
