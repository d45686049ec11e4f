"""Seen: how tasks have moved while this run looked on. Bounded; nothing here knows a clock."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tui.model import State, Task, TaskKey

TASKS = 2_000  # tasks that moved and are remembered: those that moved last, some 2 MB
MOST = 40  # moves of one task: a list that cannot make up its mind is told by its end
LIST, BY_ID = "list", "by id"


class Sight(NamedTuple):
    """A task in a state it had not been in: when it was read so (epoch ms), and by what.

    `since` is when it was last read in the state before: the change lies between the two. None, it was new.
    """

    at: int
    state: State
    native: str | None
    how: str
    since: int | None = None


class Seen:
    """The moves of the tasks that moved."""

    def __init__(self) -> None:
        self._sights: dict[TaskKey, list[Sight]] = {}

    def __len__(self) -> int:
        return len(self._sights)

    def of(self, key: TaskKey) -> Sequence[Sight]:
        """What was seen of one task, oldest first: the state it was first seen in, then each other one."""
        return tuple(self._sights.get(key, ()))

    def note(self, before: Task | None, after: Task, how: str) -> None:
        """Takes in a task as it was and as it is; what is merely new, or moved within its state, is no move."""
        if before is None or (before.state, before.native_state) == (after.state, after.native_state):
            return
        known = self._sights.pop(after.key, None)  # to the end: those that moved last are kept
        if known is None:
            known = [Sight(before.seen_at, before.state, before.native_state, LIST)]
        known.append(Sight(after.seen_at, after.state, after.native_state, how, before.seen_at))
        if len(known) > MOST:
            del known[1]
        self._sights[after.key] = known
        if len(self._sights) > TASKS:
            del self._sights[next(iter(self._sights))]
