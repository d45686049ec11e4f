"""Tasks and sources for tests that do not care where they come from."""

from __future__ import annotations

from typing import Any

from tui.model import Source, State, Task, TaskKey

SOURCE = Source("src", "alibaba-fc", "ali", "cn-hangzhou")
NOW = 1_768_465_800_000  # 2026-01-15T08:30:00Z


def task(
    ident: str = "t1", state: State = State.RUNNING, *, source: str = "src", scope: str = "fn", **facts: Any
) -> Task:
    """One task."""
    return Task(key=TaskKey(source, scope, ident), state=state, **facts)
