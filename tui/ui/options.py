"""What the user may choose about the screen: read for the first frame, unchecked; the config's check follows."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tui.memory import Memory


def wall_clock() -> int:
    """Epoch milliseconds."""
    return time.time_ns() // 1_000_000


@dataclass(frozen=True)
class Options:
    """Choices of the command line and of the tables `monitor`, `ui`, `keys` and `views`."""

    theme: str = "auto"
    glyphs: str = "auto"
    layout: str = "auto"
    mouse: str = "auto"
    notify: str = "auto"
    utc: bool = False
    filter_text: str = ""
    keys: Mapping[str, str] = field(default_factory=dict)
    views: Mapping[str, str] = field(default_factory=dict)
    clock: Callable[[], int] = wall_clock
    memory: Memory = field(default_factory=Memory)


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
