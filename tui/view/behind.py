"""Behind: what a roster has not looked at yet, and what it still takes those tasks for. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from tui.model import Task, TaskKey
from tui.store import Moved


class Behind:
    """Tasks that wait for a roster, each once, in the order in which they came."""

    def __init__(self) -> None:
        self._there: deque[Task] = deque()
        self._before: dict[TaskKey, Task | None] = {}
        self._keys: deque[TaskKey] = deque()

    def __len__(self) -> int:
        return len(self._there) + len(self._keys)

    def begin(self, tasks: Iterable[Task]) -> None:
        """Tasks that were there before anything was noted. No key is made of a million of them."""
        self._there.extend(tasks)

    def note(self, moved: Moved) -> None:
        """Takes in one change."""
        if moved.key not in self._before:
            self._before[moved.key] = moved.before
            self._keys.append(moved.key)

    def known(self, key: TaskKey, now: Task | None) -> Task | None:
        """What the roster takes a task for that is so `now`."""
        return self._before.get(key, now)

    def take(self, most: int, now: Callable[[TaskKey], Task | None]) -> list[Moved]:
        """Some of what waits, as it is now; it does not wait any more."""
        if self._there:
            some = [self._there.popleft() for _ in range(min(most, len(self._there)))]
            return [Moved(task.key, None, task) for task in some]
        keys = [self._keys.popleft() for _ in range(min(most, len(self._keys)))]
        return [Moved(key, self._before.pop(key), now(key)) for key in keys]
