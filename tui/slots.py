"""Slots: how a task lies in memory, in 128 bytes: sixteen values and a key take 256. What many share is one value."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from tui.model import State

READ = 64  # pages that are read side by side


class Kin(NamedTuple):
    """What tells what a task is, but for its id: the same for many."""

    source: str
    scope: str
    native_state: str | None
    name: str | None
    kind: str | None
    target: str | None


class Look(NamedTuple):
    """When a task was last seen (epoch ms) and by which call: the same for all of a page."""

    at: int
    request_id: str | None


class Rest(NamedTuple):
    """What few tasks have. `took` holds a duration that is not the time from start to end, None where there is none."""

    took: tuple[int | None] | None
    progress: float | None
    extra: Mapping[str, Any]


class Slots(NamedTuple):
    """The values of a `Task`. `rest` is what it has beside them, most often its `extra` alone."""

    kin: Kin
    id: str
    state: State
    created_at: int | None
    started_at: int | None
    ended_at: int | None
    retries: int | None
    error: str | None
    rest: Rest | Mapping[str, Any]
    look: Look


look = lru_cache(READ)(Look)
"""One value for all tasks of a page."""
