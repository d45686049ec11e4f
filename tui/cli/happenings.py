"""What `tail` tells: the changes of a store and of its sources' states, one after another. Pure but for its clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tui.cli.words import Turned, Words
from tui.model import State, Task, TaskKey, newest_first
from tui.status import Change, SourceStatus
from tui.store import Moved, Store

DROPPED = 50_000  # tasks that left the store and are remembered: a source above its max_tasks reads them each round


class Happened(NamedTuple):
    """What became of a task: `seen` it was there, `new`, `changed` its state, `gone` it vanished."""

    what: str
    task: Task
    previous: State | None = None


class Happenings:
    """Follows a store from its beginning on. `listen` takes a change in, `due` answers what is to be told.

    The first read of a source is one picture: its tasks are told when it has ended, the newest last. What is `wanted`
    is a task that matches now or did before it changed; what changes but its state is not told.
    """

    def __init__(self, store: Store, wanted: Callable[[Task], bool], clock: Callable[[], int]) -> None:
        self._store, self._wanted, self._clock = store, wanted, clock
        self._feed = store.follow()
        self._began = clock()
        self._due: list[Happened | Turned] = []
        self._first: dict[str, dict[TaskKey, Task]] = {}  # of sources whose first read goes on
        self._known: set[str] = set()  # sources that have been read whole: what appears is new
        self._shown: set[str] = set()  # sources whose first picture has been told
        self._dropped: dict[TaskKey, State] = {}
        self._words = Words(clock)

    def listen(self, change: Change) -> None:
        """Takes in what a page, an answer by id or a change of a source's state brought."""
        self._take_in()
        status = change.status
        self._turn(status)
        if status.reading or status.answered_at is None:
            return
        self._tell_first(status.source.name)
        if status.trouble is None and not status.missing:
            self._known.add(status.source.name)

    def look(self) -> None:
        """Takes in what time alone does: a source that has not answered for long is SLOW, then STALE."""
        for name in self._store.sources:
            self._turn(self._store.status(name))

    def due(self) -> list[Happened | Turned]:
        """What has happened since the last time."""
        due, self._due = self._due, []
        return due

    def close(self) -> None:
        """No more will come: what a first read has brought until now is told, and the store notes nothing more."""
        self._take_in()
        self._store.unfollow(self._feed)
        for name in list(self._first):
            self._tell_first(name)

    def _take_in(self) -> None:
        for moved in sorted(self._feed.take(), key=_when):
            self._task(moved)

    def _turn(self, status: SourceStatus) -> None:
        turned = self._words.turned(status)
        if turned is not None:
            self._due.append(turned)

    def _tell_first(self, source: str) -> None:
        self._shown.add(source)
        found = self._first.pop(source, {}).values()
        for task in sorted(filter(self._wanted, found), key=newest_first, reverse=True):
            self._due.append(Happened("seen", task))

    def _task(self, moved: Moved) -> None:
        key, before, task = moved
        if task is None:
            self._drop(key, before)
        elif key.source not in self._shown:
            self._first.setdefault(key.source, {})[key] = task
        else:
            known = before.state if before is not None else self._dropped.pop(key, None)
            if known is None and self._wanted(task):
                self._due.append(Happened("new" if self._new(task) else "seen", task))
            elif known not in (None, task.state) and (self._wanted(task) or (before and self._wanted(before))):
                self._due.append(Happened("gone" if task.state is State.VANISHED else "changed", task, known))

    def _drop(self, key: TaskKey, before: Task | None) -> None:
        """A task that the window or the limit lets go has not happened; when it is read again, it is not new."""
        self._first.get(key.source, {}).pop(key, None)
        if before is not None:
            self._dropped[key] = before.state
            if len(self._dropped) > DROPPED:
                del self._dropped[next(iter(self._dropped))]

    def _new(self, task: Task) -> bool:
        """Whether a task was not there before: a list that could not be read until now shows old ones too."""
        if task.key.source in self._known:
            return True
        born = task.created_at or task.started_at
        skew = self._store.status(task.key.source).skew or 0.0
        return born is not None and born >= self._began + skew * 1000


def _when(moved: Moved) -> int:
    """When a change happened, as far as the task says: of one page the latest comes last."""
    task = moved.after or moved.before
    return task.since if task is not None else 0
