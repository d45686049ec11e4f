"""`taskdeck frame`: one frame of any screen of the monitor as text, for tickets and tests."""

from __future__ import annotations

import asyncio
import math
import re
import sys
import time
from argparse import Namespace
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from typing import TYPE_CHECKING, Any

from tui.cli import say
from tui.cli.exits import Exit
from tui.cli.place import config
from tui.errors import UsageError

if TYPE_CHECKING:
    from tui.settings import Config

LARGEST = 1_000


def run(given: Namespace) -> int:
    """Polls once, draws, prints, answers the exit code."""
    from tui import logs
    from tui.adapters import by_hand, titles
    from tui.cli.once import poll_once
    from tui.store import Store
    from tui.ui import still
    from tui.ui.desk import Provider

    logs.start(given)
    size = size_of(given.size)
    providers = [Provider(*one) for one in titles()]
    screen = named(given.screen, still.scenes(providers))
    settings = config(given)
    tables = _tables(given, settings)
    store = Store(raw_rows=math.inf if screen == still.TASK else 0)
    code = asyncio.run(poll_once(settings, store))
    now = round(time.time() * 1000)
    desk, scene = still.StillDesk(store, providers, by_hand), still.Scene(screen, given.filter)
    lines = asyncio.run(still.picture(desk, scene, size, tables, lambda: now))
    if lines is None:
        say("taskdeck: no task to show")
        return code or Exit.NOT_MET
    _print(lines)
    return code


def size_of(text: str) -> tuple[int, int]:
    """Columns and rows of `120x40`. Raises UsageError."""
    found = re.fullmatch("([0-9]{1,6})[xX]([0-9]{1,6})", text)
    width, height = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (1 <= width <= LARGEST and 1 <= height <= LARGEST):
        raise UsageError(f"--size: {text[:40]!r} is not like 120x40, from 1x1 to {LARGEST}x{LARGEST}")
    return width, height


def named(name: str, scenes: Mapping[str, int | str]) -> int | str:
    """The screen of a name. Raises UsageError, which says the nearest one."""
    from tui.query.fields import nearest

    found = scenes.get(name.lower())
    if found is None:
        near = nearest(name.lower(), tuple(scenes)) or f"; there is {', '.join(scenes)}"
        raise UsageError(f"--screen: there is no {name[:40]!r}{near}")
    return found


def _tables(given: Namespace, settings: Config) -> Mapping[str, Any]:
    """What the app reads of the config, with a filter that was found to be right. Raises UsageError."""
    from tui.cli.asked import asked, saved
    from tui.query.fields import SCREEN

    asked(given, settings, screen={name: lambda task: False for name in SCREEN})
    return {
        "monitor": {"time": settings.monitor.time},  # of a theme a text shows nothing
        "ui": {"glyphs": settings.ui.glyphs, "layout": settings.ui.layout},
        "keys": settings.keys,
        "views": dict(saved(given, settings)),
    }


def _print(lines: Sequence[str]) -> None:
    """A sign that the locale has not is a question mark: an escape would be wider than its line."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    sys.stdout.writelines(f"{line}\n" for line in lines)
