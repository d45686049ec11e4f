"""The tasks that `wait` follows: which have ended, and which can no longer be asked about. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tui.cli.exits import Exit, code_of_trouble
from tui.model import State, Task, TaskKey
from tui.status import Change, SourceStatus
from tui.store import Store

LASTING = (Exit.AUTH, Exit.USAGE, Exit.BUG)  # failures that no waiting mends


class Awaited:
    """Exactly the tasks that matched at the start: `left` are those that still move, the others have ended."""

    def __init__(self, store: Store, tasks: Iterable[Task]) -> None:
        self._store, self._feed = store, store.follow()
        every = sorted(tasks, key=lambda task: task.since)
        self.left: dict[TaskKey, Task] = {task.key: task for task in every if task.state.live}
        self._due = [task for task in every if task.state.final]
        self.states = Counter(task.state for task in self._due)
        self.blind: set[str] = set()
        self._reading: dict[str, int | None] = {}

    @property
    def over(self) -> bool:
        """Whether no more will be known: all have ended, or nobody tells of the others."""
        return all(key.source in self.blind for key in self.left)

    @property
    def troubled(self) -> bool:
        """Whether a task is left of a source that cannot tell now."""
        return any(self._store.status(key.source).trouble is not None for key in self.left)

    def listen(self, change: Change) -> None:
        """Takes in what a page, an answer by id or a change of a source's state brought."""
        for key, before, after in self._feed.take():
            task = after or before
            if key not in self.left or task is None:
                continue
            if task.state.live:
                self.left[key] = task
            else:
                del self.left[key]
                self.states[task.state] += 1
                self._due.append(task)
        self._look(change.status)

    def due(self) -> list[Task]:
        """What has ended since the last time."""
        due, self._due = self._due, []
        return due

    def said(self) -> str:
        """`12 tasks ended: 11 succeeded, 1 failed; 2 have not: 1 running, 1 queued`."""
        ended, left = self.states.total(), Counter(task.state for task in self.left.values())
        text = f"{ended} task{'' if ended == 1 else 's'} ended" + (f": {_counted(self.states)}" if ended else "")
        return text + (
            f"; {len(self.left)} {'has' if len(self.left) == 1 else 'have'} not: {_counted(left)}" if left else ""
        )

    def _look(self, status: SourceStatus) -> None:
        """A source is blind once a whole round of it brought nothing but a failure that no waiting mends."""
        name = status.source.name
        if status.reading:
            self._reading.setdefault(name, status.answered_at)
        elif name in self._reading:
            answered = self._reading.pop(name)
            if status.trouble is None or status.answered_at != answered:
                self.blind.discard(name)
            elif code_of_trouble(status.trouble) in LASTING:
                self.blind.add(name)


def _counted(states: Counter[State]) -> str:
    return ", ".join(f"{states[state]} {state}" for state in State if states[state])
