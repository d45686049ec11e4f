"""`taskdeck stop`: asks the provider to stop one task, or to delete the record of one that failed. Never twice."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.cli import complain, say
from tui.cli.exits import Exit, code_of
from tui.cli.place import config
from tui.cli.show import task_key
from tui.cli.trouble import line_of
from tui.errors import BadRequest, CallError, UsageError
from tui.model import TaskKey

if TYPE_CHECKING:
    from tui.deeds import Deed, Done
    from tui.model import Task
    from tui.settings import Config


def run(given: Namespace) -> int:
    """Reads the task, asks whether, asks the provider, reads the task again; answers the exit code."""
    from tui import logs

    logs.start(given)
    settings = config(given)
    key = task_key(given.task, [one.name for one in settings.sources])
    if not (given.write or settings.monitor.write):
        raise UsageError("stop changes something: it needs write = true under [monitor] of the config, or --write")
    account = next(settings.accounts[one.account] for one in settings.sources if one.name == key.source)
    _granted(given, key, account.name if account.prod else "")
    try:
        task, deeds = asyncio.run(_found(settings, key))
    except CallError as error:
        return complain(f"{key.source}: {line_of(error)}", code_of(error, of_task=True))
    deed = next((one for one in deeds if one.legal), None)
    if deed is None:
        return complain(f"{task.key}: {'; '.join(f'{one.label}: {one.why_not}' for one in deeds)}", Exit.NOT_MET)
    if not _wanted(given, task, deed, account.name if account.prod else ""):
        return complain("nothing was done", Exit.NOT_MET)
    return _said(asyncio.run(_done(settings, task, deed)))


def _granted(given: Namespace, key: TaskKey, prod: str) -> None:
    """What can be told before any call: a wrong --confirm, and nobody there to be asked."""
    if given.confirm is not None and given.confirm != key.id:
        raise UsageError(f"--confirm {given.confirm!r} is not the id of the task, {key.id!r}: nothing was done")
    if _asked_here():
        return
    if not given.yes:
        raise UsageError("stop asks before it does anything, and stdin is no terminal: say --yes")
    if prod and given.confirm is None:
        raise UsageError(f"account {prod} is marked prod, and stdin is no terminal: say --confirm ID, the id in full")


def _asked_here() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _wanted(given: Namespace, task: Task, deed: Deed, prod: str) -> bool:
    """Whether the user wants it, having read what it will do."""
    what = task.native_state or task.state.value
    say(f"{deed.label} {task.key} ({what}): {deed.does}")
    if prod and given.confirm is None:
        say(f"account {prod} is marked prod: type the id of the task to go on")
        return _typed() == task.key.id
    if given.yes or given.confirm is not None:
        return True
    say(f"{deed.label}? y")
    return _typed().strip().lower() in ("y", "yes")


def _typed() -> str:
    return sys.stdin.readline().rstrip("\r\n")


async def _found(settings: Config, key: TaskKey) -> tuple[Task, Sequence[Deed]]:
    """The task as the provider knows it now, and what may be done with it."""
    from tui.adapters import deeds_of
    from tui.cli.unlocking import wired
    from tui.patience import retrying
    from tui.store import Store

    async with wired(settings, Store(), only=[key.source]) as wiring:
        adapter = wiring.adapters[key.source]
        task = (await retrying(lambda: adapter.detail(key))).task
        return task, deeds_of(adapter, task)


async def _done(settings: Config, task: Task, deed: Deed) -> Done:
    """The one place of the command with the grant to write."""
    from tui.cli.unlocking import wired
    from tui.doing import carry_out
    from tui.store import Store

    async with wired(settings, Store(), only=[task.key.source], write=True) as wiring:
        return await carry_out(wiring.adapters[task.key.source], deed, task)


def _said(done: Done) -> int:
    """What came of it: on stdout where the provider took it, else on stderr."""
    from tui.text import clean

    line = f"{done.key} {done.told}"
    if done.error is None:
        sys.stdout.write(clean(line, limit=4000) + "\n")
        return Exit.FINE
    refused = isinstance(done.error, BadRequest)
    return complain(line, Exit.NOT_MET if refused else code_of(done.error, of_task=True))
