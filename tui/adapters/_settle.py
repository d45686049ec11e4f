"""Tasks asked again by id: what stays of the older row, and what is gone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from tui.answers import Detail
from tui.errors import NotFound
from tui.model import State, Task, TaskKey, duration

ByIdRead = Callable[[TaskKey, Task], Awaitable[Detail]]
"""An adapter's `detail`."""


async def settled(detail: ByIdRead, tasks: Sequence[Task]) -> Sequence[Task]:
    """Each task as its by-id read says, one after another: for APIs that cannot be asked for several at once."""
    found = []
    for task in tasks:
        try:
            answer = await detail(task.key, task)
        except NotFound:
            found.append(vanished(task))
        else:
            found.append(with_facts(task, answer.task) if answer.task.state.final else answer.task)
    return found


def vanished(task: Task) -> Task:
    """A task that left its lists and that the provider does not know by its id either."""
    return task._replace(state=State.VANISHED, error=None)


def with_facts(old: Task, new: Task) -> Task:
    """`new`, with the facts of the older row where it has none. When it ended is for the newer one alone to say."""
    started = new.started_at if new.started_at is not None else old.started_at
    return new._replace(
        name=new.name or old.name,
        kind=new.kind or old.kind,
        target=new.target or old.target,
        created_at=new.created_at if new.created_at is not None else old.created_at,
        started_at=started,
        duration_ms=duration(new.state, started, new.ended_at, new.duration_ms),
        progress=new.progress if new.progress is not None else old.progress,
        retries=new.retries if new.retries is not None else old.retries,
        extra={**old.extra, **new.extra},
    )
