"""What the Alibaba adapters do alike where a source has many scopes: searching them, remembering a discovery."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable, Mapping
from time import monotonic
from typing import Generic, TypeVar

from tui.answers import Detail, Page, Want
from tui.errors import BadRequest, NotFound
from tui.model import State, TaskKey

REMEMBERED = 300.0  # seconds: what was discovered is believed for five minutes
PAGES = 1000  # of one discovery or search: more is a server that never ends
# What the list of a discovery that does not end says: its cursor comes again, which makes the source PARTIAL.
ENDLESS = Page((), (), ("again",))

T = TypeVar("T")


def asked_for(states: Mapping[str, State], want: Want) -> str | None:
    """The native status to ask for, where the states wanted come down to one; a status we do not know may be any.

    Several would be a list each: more calls than the whole where it is short, and a task that goes back meanwhile,
    as from Retrying to Running, would be in none of them.
    """
    if want.states is None or State.UNKNOWN in want.states:
        return None
    found = [status for status, state in states.items() if state in want.states]
    return found[0] if len(found) == 1 else None


async def the_only(key: TaskKey, reads: Iterable[Awaitable[Detail]]) -> Detail:
    """The one task that a search over all scopes finds. NotFound for none, BadRequest for several."""
    found: list[Detail] = []
    missing: NotFound | None = None
    for read in reads:
        try:
            found.append(await read)
        except NotFound as error:
            missing = error
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
