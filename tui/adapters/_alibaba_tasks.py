"""What the Alibaba adapters do alike with tasks: settling by id, searching scopes, remembering a discovery."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from time import monotonic
from typing import Generic, TypeVar

from tui.errors import BadRequest, NotFound
from tui.model import Detail, Page, State, Task, TaskKey, duration

REMEMBERED = 300.0  # seconds: what was discovered is believed for five minutes
PAGES = 1000  # of one discovery or search: more is a server that never ends
# What the list of a discovery that does not end says: its cursor comes again, which makes the source PARTIAL.
ENDLESS = Page((), (), ("again",))

T = TypeVar("T")


ByIdRead = Callable[[TaskKey, Task], Awaitable[Detail]]
"""An adapter's `detail`."""


async def settled(detail: ByIdRead, tasks: Sequence[Task]) -> Sequence[Task]:
    """Each task as its by-id read says, one after another: neither API can be asked for several at once."""
    found = []
    for task in tasks:
        try:
            answer = await detail(task.key, task)
        except NotFound:
            found.append(replace(task, state=State.VANISHED))
        else:
            found.append(merged(task, answer.task))
    return found


def merged(old: Task, new: Task) -> Task:
    """A final by-id answer with the facts of the older row where it has none."""
    if not new.state.final:
        return new
    started = new.started_at if new.started_at is not None else old.started_at
    extra = {**old.extra, **new.extra}
    return replace(
        new,
        name=new.name or old.name,
        kind=new.kind or old.kind,
        target=new.target or old.target,
        created_at=new.created_at if new.created_at is not None else old.created_at,
        started_at=started,
        duration_ms=duration(new.state, started, new.ended_at, new.duration_ms),
        progress=new.progress if new.progress is not None else old.progress,
        retries=new.retries if new.retries is not None else old.retries,
        extra=extra,
    )


def the_only(found: Sequence[Detail], key: TaskKey, missing: NotFound | None) -> Detail:
    """The one task that a search over all scopes found. NotFound for none, BadRequest for several."""
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(str(one.task.key) for one in found)
        raise BadRequest(f"{key.id!r} is the id of {len(found)} tasks, say which: {names}")
    if missing is None:
        raise NotFound(f"{key.source} has nowhere to look for {key.id!r}")
    raise missing


class Memory(Generic[T]):
    """What discoveries found, by what was asked; each is believed for REMEMBERED seconds."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[float, T]] = {}

    def get(self, asked: str) -> T | None:
        """What is still believed, else None."""
        until, value = self._found.get(asked, (0.0, None))
        return value if until > monotonic() else None

    def put(self, asked: str, value: T) -> None:
        """Believes a whole discovery from now on."""
        self._found[asked] = (monotonic() + REMEMBERED, value)

    def forget(self) -> None:
        """The next discovery asks again."""
        self._found.clear()
