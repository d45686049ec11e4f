"""Causes: the bad tasks by why they are bad, kept up to date by what changes. Pure.

All tasks are looked at once, in slices; from then on only those that a feed of the store names.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator

from tui.model import Task, TaskKey
from tui.query.signature import cause
from tui.store import Store

SLICE = 100  # tasks looked at between two looks at the clock: 1 ms, were all of them bad
MOST = 5_000  # different causes that are told apart: to put them in order takes 4 ms
SLOT = 1_800_000  # ms: the shape of a day is told by the half hour
SLOTS = 48
NOBODY = TaskKey("", "", "")


class Cause:
    """The bad tasks that have one signature; `text` is it. Times are epoch ms by our clock."""

    __slots__ = ("_ends", "slots", "sources", "targets", "text", "times")

    def __init__(self, text: str) -> None:
        self.text = text
        self.times: dict[TaskKey, int] = {}
        self.targets: Counter[str] = Counter()
        self.sources: Counter[str] = Counter()
        self.slots: Counter[int] = Counter()
        self._ends: tuple[int, int, TaskKey] | None = None

    @property
    def count(self) -> int:
        """How many tasks."""
        return len(self.times)

    @property
    def first(self) -> int:
        """When the first of them ended."""
        return self._found()[0]

    @property
    def last(self) -> int:
        """When the last of them did."""
        return self._found()[1]

    @property
    def latest(self) -> TaskKey:
        """The task that was it."""
        return self._found()[2]

    def shape(self, now: int) -> list[int]:
        """How many in each half hour of the last 24, the oldest first."""
        end = now // SLOT
        return [self.slots.get(at, 0) for at in range(end - SLOTS + 1, end + 1)]

    def targets_by_count(self) -> list[tuple[str, int]]:
        """What they happened to, most often first."""
        return sorted(self.targets.items(), key=lambda one: (-one[1], one[0]))

    def put(self, key: TaskKey, when: int, target: str) -> None:
        """One task more."""
        if not self.times:
            self._ends = when, when, key
        self.times[key] = when
        self.targets[target] += 1
        self.sources[key.source] += 1
        self.slots[when // SLOT] += 1
        if self._ends is not None:
            first, last, latest = self._ends
            self._ends = min(first, when), max(last, when), key if when >= last else latest

    def take_out(self, key: TaskKey, target: str) -> None:
        """One task less. Where it stood at an end, the ends are looked for when they are asked for next."""
        when = self.times.pop(key)
        _less(self.targets, target)
        _less(self.sources, key.source)
        _less(self.slots, when // SLOT)
        if self._ends is not None and when in self._ends[:2]:
            self._ends = None

    def _found(self) -> tuple[int, int, TaskKey]:
        if not self.times:  # it is still on a picture, and its last task has just left
            return self._ends or (0, 0, NOBODY)
        if self._ends is None:
            latest = max(self.times, key=lambda key: (self.times[key], key))
            self._ends = min(self.times.values()), self.times[latest], latest
        return self._ends


class Causes:
    """The causes of a store's bad tasks that are `wanted` (by what is asked on the screen); `subject` names a target.

    Times are told by our clock: `ahead` is what a source's provider has more on its own, in ms.
    """

    def __init__(
        self,
        store: Store,
        wanted: Callable[[Task], bool],
        subject: Callable[[Task], str],
        ahead: Callable[[str], int] = lambda source: 0,
    ) -> None:
        self.version = 0
        """Grows with each change of what is known."""
        self._store, self._wanted, self._subject, self._ahead = store, wanted, subject, ahead
        self._found: dict[str, Cause] = {}
        self._others = Cause("")
        self._where: dict[TaskKey, tuple[Cause, str]] = {}
        self._feed = store.follow()
        self._moved: deque[TaskKey] = deque()
        self._scan = self._every()

    @property
    def tasks(self) -> int:
        """How many bad tasks there are, as far as they have been looked at."""
        return len(self._where)

    @property
    def others(self) -> int:
        """How many of them have a cause beyond the most that are told apart."""
        return self._others.count

    @property
    def known(self) -> int:
        """How many causes."""
        return len(self._found)

    def of(self, text: str) -> Cause | None:
        """The cause of a signature, while it has tasks."""
        return self._found.get(text)

    def task(self, key: TaskKey) -> Task | None:
        """One task as the store has it."""
        return self._store.get(key)

    def in_order(self, wanted: Callable[[Cause], bool] | None = None) -> list[Cause]:
        """Most tasks first; of as many, the one that happened last."""
        found: Iterable[Cause] = self._found.values()
        found = found if wanted is None else filter(wanted, found)
        return sorted(found, key=lambda one: (-one.count, -one.last, one.text))

    def again(self) -> None:
        """Looks at all tasks once more: time has passed for a filter that depends on it."""
        self._scan = self._every()

    def take(self) -> None:
        """Takes in what has changed in the store: what is left to look at is for `work`."""
        self._moved.extend(one.key for one in self._feed.take())

    def work(self, going_on: Callable[[], bool]) -> bool:
        """Looks at tasks as long as it may; True when all have been looked at."""
        while going_on():
            for _ in range(SLICE):
                key = self._moved.popleft() if self._moved else next(self._scan, None)
                if key is None:
                    return True
                self._look(key)
        return False

    def leave(self) -> None:
        """Lets go of the feed: nobody asks any more."""
        self._store.unfollow(self._feed)

    def _every(self) -> Iterator[TaskKey]:
        """All tasks there are; those that come later are in the feed."""
        for name in list(self._store.sources):
            yield from (task.key for task in list(self._store.tasks(name).values()))

    def _look(self, key: TaskKey) -> None:
        """Puts one task where it belongs now."""
        task = self._store.get(key)
        text = cause(task) if task is not None else None
        if task is None or text is None or not self._wanted(task):
            self._take_out(key)
            return
        group = self._found.get(text)
        if group is None:
            group = self._others if len(self._found) >= MOST else self._found.setdefault(text, Cause(text))
        target, when = self._subject(task), task.since - self._ahead(key.source)
        before = self._where.get(key)
        if before == (group, target) and group.times[key] == when:
            return
        self._take_out(key, but=group)
        group.put(key, when, target)
        self._where[key] = group, target
        self.version += 1

    def _take_out(self, key: TaskKey, but: Cause | None = None) -> None:
        """Out of its group; the group goes with its last task, unless that comes back to it."""
        before = self._where.pop(key, None)
        if before is None:
            return
        group, target = before
        group.take_out(key, target)
        if not group.times and group is not self._others and group is not but:
            del self._found[group.text]
        self.version += 1


def _less(counter: Counter[str] | Counter[int], name: str | int) -> None:
    """One less; a name that nobody has leaves."""
    found: Counter[str | int] = counter  # type: ignore[assignment]
    found[name] -= 1
    if not found[name]:
        del found[name]
