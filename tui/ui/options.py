"""What the user may choose about the screen: read for the first frame, unchecked; the config's check follows."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tui.memory import Memory


def wall_clock() -> int:
    """Epoch milliseconds."""
    return time.time_ns() // 1_000_000


class Options(NamedTuple):
    """Choices of the command line and of the tables `monitor`, `ui`, `keys` and `views`."""

    theme: str
    glyphs: str
    layout: str
    mouse: str
    notify: str
    utc: bool
    filter_text: str
    keys: Mapping[str, str]
    views: Mapping[str, str]
    clock: Callable[[], int]
    memory: Memory


def read(
    tables: Mapping[str, Any], filter_text: str, theme: str | None, clock: Callable[[], int], memory: Memory
) -> Options:
    """The options in raw tables; what has the wrong type is left to the check that follows."""
    monitor, ui = _table(tables, "monitor"), _table(tables, "ui")
    return Options(
        theme=theme or monitor.get("theme", "auto"),
        glyphs=ui.get("glyphs", "auto"),
        layout=ui.get("layout", "auto"),
        mouse=ui.get("mouse", "auto"),
        notify=ui.get("notify", "auto"),
        utc=monitor.get("time") == "utc",
        filter_text=filter_text,
        keys=_table(tables, "keys"),
        views=memory.beside(_table(tables, "views")),
        clock=clock,
        memory=memory,
    )


def _table(tables: Mapping[str, Any], name: str) -> dict[str, str]:
    table = tables.get(name)
    return {key: text for key, text in table.items() if isinstance(text, str)} if isinstance(table, dict) else {}
