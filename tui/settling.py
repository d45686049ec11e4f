"""Settling: what the lists of a read did not show, or took back, is asked by its id."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from heapq import nsmallest
from typing import ClassVar, Protocol

from tui.answers import Want
from tui.errors import CallError, Malformed, Throttled
from tui.model import State, Task, TaskKey
from tui.patience import FATAL, Patience, retrying
from tui.reading import Outcome
from tui.store import Round, Store

SETTLE = 50  # calls that ask tasks by id after one read: what a busy minute loses, without eating the lists' budget
AT_ONCE = 25  # tasks asked by id before what is known of them is shown, where each is a call of its own
UNREAD = 3  # tasks that cannot be asked, in one round: the rest waits for the next one
LEFT = "tasks that left the lists"
STOP = (*FATAL, Throttled)


class ByIds(Protocol):
    """The part of an adapter that asks tasks by id, `at_once` of them a call."""

    at_once: ClassVar[int]

    async def settle(self, tasks: Sequence[Task]) -> Sequence[Task]:
        """Tasks asked by id."""
        ...


class Settling:
    """The by-id reads of one source, round by round: what could not be asked comes last, what is not known is told."""

    def __init__(
        self,
        adapter: ByIds,
        store: Store,
        patience: Patience,
        waiting: Callable[[CallError, float], None],
        found: Callable[[Sequence[Task], int], None],
        insist: Callable[[], None],
    ) -> None:
        """`found` takes tasks as they are by their ids, and how many were asked; `insist` makes the next read whole."""
        self._adapter, self._store, self._patience, self._waiting = adapter, store, patience, waiting
        self._found, self._insist = found, insist
        self.backlog = 0  # tasks that waited for a later round when the last one was over
        self._round = 0
        self._unread: dict[TaskKey, int] = {}  # the round in which it could not be asked
        self._lost: frozenset[TaskKey] = frozenset()  # not known by id, and a whole read was asked for because of that

    async def after(self, taken: Round, outcome: Outcome, want: Want, *, whole: bool) -> Outcome:
        """Asks by id for live tasks that no list showed, or at an earlier stage; what is over the limit waits a round.

        Vanished is only who is in no list: after a read that only caught up, a whole one is next instead. A list that
        was not read keeps nobody from asking what left the others.
        """
        self.backlog = 0
        if not outcome.pages or any(isinstance(error, STOP) for error in outcome.errors):
            return outcome
        asked = (*self._store.unseen(taken), *taken.doubted.values())
        if self._unread:
            keys = {task.key for task in asked}
            self._unread = {key: at for key, at in self._unread.items() if key in keys}
        self._round += 1
        most = SETTLE * self._adapter.at_once
        # the oldest doubt first; of 100,000 the first 50, without putting all the others in order
        left = nsmallest(most, asked, key=lambda task: (self._unread.get(task.key, 0), task.seen_at))
        self.backlog = max(0, len(asked) - most)
        errors: list[CallError] = []
        gone: list[Task] = []
        for some in portions(left, max(self._adapter.at_once, AT_ONCE)):
            found = await self._asked(some, errors, self._patience)
            gone += [task for task in found if task.state is State.VANISHED]
            self._found([task for task in found if task.state is not State.VANISHED], len(some))
            if len(errors) >= UNREAD or any(isinstance(error, STOP) for error in errors):
                break
        here = _scopes(outcome, want)
        gone = [task for task in gone if task.key not in taken.seen]  # a list shows it
        if vanished := [task for task in gone if whole or task.scope in here]:
            self._found(vanished, 0)
        lost = frozenset(task.key for task in gone if not whole and task.scope not in here)
        if want.since is not None and lost - self._lost:
            self._insist()
        self._lost = lost
        missing = (LEFT,) if errors else (f"{self.backlog:,} {LEFT} wait to be asked by id",) if self.backlog else ()
        return outcome._replace(errors=(*outcome.errors, *errors), missing=(*outcome.missing, *missing))

    async def _asked(self, some: Sequence[Task], errors: list[CallError], patience: Patience) -> list[Task]:
        """Some tasks by their ids. Where that fails they are asked in halves: one of them must not hide the others."""
        try:
            return [*await retrying(self._asking(some), patience, self._waiting)]
        except CallError as error:
            if isinstance(error, STOP) or len(some) == 1:
                errors.append(error)
                self._unread |= {task.key: self._round for task in some[:1]}
                return []
        once = patience._replace(tries=1)
        found: list[Task] = []
        for half in (some[: len(some) // 2], some[len(some) // 2 :]):
            if len(errors) < UNREAD and not any(isinstance(error, STOP) for error in errors):
                found += await self._asked(half, errors, once)
        return found

    def _asking(self, some: Sequence[Task]) -> Callable[[], Awaitable[Sequence[Task]]]:
        return lambda: self._adapter.settle(some)


def _scopes(outcome: Outcome, want: Want) -> frozenset[str | None]:
    """The scopes whose lists a whole read has shown to their end, even if it has not shown all of the others."""
    if want.since is not None or any(isinstance(error, Malformed) for error in outcome.errors):
        return frozenset()
    return frozenset(listing.scope for listing in outcome.trails)


def portions(tasks: Collection[Task], size: int) -> Iterable[tuple[Task, ...]]:
    """Tasks in portions of a size."""
    every = tuple(tasks)
    return (every[at : at + size] for at in range(0, len(every), size))
