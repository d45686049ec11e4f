"""The Adapter protocol, and a scan of this folder: an adapter is one file, found by name.

A file `some_api.py` here holds one class and says `ADAPTER = ThatClass`; its id is `some-api`. It is listed nowhere:
`_titles.py` only spares the first frame the import of those that come with us.
Files that begin with "_" hold what the adapters of one vendor share, or those of all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol, runtime_checkable

from tui.adapters._titles import TITLES, Title

if TYPE_CHECKING:  # the first frame wants nothing but titles
    from tui.answers import Detail, Listing, Page, Want
    from tui.by_hand import ByHand
    from tui.calls import Action, Call
    from tui.deeds import Deed
    from tui.model import Source, Task, TaskKey
    from tui.settings import Account, SourceSettings
    from tui.settings.kinds import Endpoint


class Place(NamedTuple):
    """Where to look for what an account has: a region, and the endpoint of the config where it names one."""

    region: str
    endpoint: Endpoint | None = None


class Adapter(Protocol):
    """One list-task API: how to ask it, and how its rows become tasks. Sees one source of one account.

    Every method may raise the CallErrors of the call it makes, and Malformed for an answer of the wrong shape; the
    tasks of a page may raise Malformed when they are looked at. `short` is the code on the screen, `digit` the key of
    its pane, `actions` every operation that it may call, `regions` the documented ones, `at_once` how many tasks one
    by-id call takes.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    short: ClassVar[str]
    digit: ClassVar[int]
    vendor: ClassVar[str]
    actions: ClassVar[tuple[Action, ...]]
    settings: ClassVar[type[SourceSettings]]
    regions: ClassVar[tuple[str, ...]]
    at_once: ClassVar[int]

    def __init__(self, source: Any, account: Account, call: Call) -> None:
        """`source` is an instance of the adapter's own `settings`; `call` signs for the account."""
        ...

    @classmethod
    async def discover(cls, place: Place, account: Account, call: Call) -> Sequence[Mapping[str, Any]]:
        """What an account has at a place: for each source worth configuring, the adapter's own keys."""
        ...

    async def plan(self, want: Want) -> Sequence[Listing]:
        """The lists that together make one poll, in the order in which they should be read."""
        ...

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        """One request: the page at `cursor` (None: the first one)."""
        ...

    async def detail(self, key: TaskKey, known: Task | None = None, *, output: bool = False) -> Detail:
        """One task by the provider's detail operation. NotFound when the provider does not know it.

        `known` is the row of the last list; without it, what only the list has is read from the list first.
        With `output`, what the task printed or returned comes along. An empty scope in `key` is searched for.
        """
        ...

    async def settle(self, tasks: Sequence[Task]) -> Sequence[Task]:
        """Tasks asked by id: each as the provider knows it now, `vanished` where it does not know it.

        In a final answer the older row's facts stay where the by-id answer has none.
        """
        ...


@runtime_checkable
class Doer(Protocol):
    """What an adapter has besides where its API can stop a task or delete its record."""

    def deeds(self, task: Task) -> Sequence[Deed]:
        """What may be done with a task as its row shows it: all there is, also what cannot be done now. No call."""
        ...

    async def do(self, deed: Deed, task: Task) -> str | None:
        """Asks the provider, once, by an action of kind write; answers the id of the request.

        BadRequest, and no request, for what `deeds` says cannot be done.
        """
        ...


def deeds_of(adapter: Adapter, task: Task) -> Sequence[Deed]:
    """What may be done with a task; an API that cannot do anything says so."""
    if isinstance(adapter, Doer):
        return adapter.deeds(task)
    from tui.deeds import STOP, Deed

    return (Deed(STOP, "stop", why_not=f"{adapter.title} has no operation that stops a task"),)


def by_hand(task: Task, source: Source) -> ByHand | None:
    """The vendor's own commands for a task of a source: what an adapter has as `by_hand`, a pure function.

    None for an API that no command line knows. What a task says is quoted in them.
    """
    adapter = load(source.adapter) if source.adapter in adapter_ids() else None
    spelled: Callable[[Task, Source], ByHand] | None = getattr(adapter, "by_hand", None)
    return None if spelled is None else spelled(task, source)


@cache
def adapter_ids() -> tuple[str, ...]:
    """The ids of all adapters, without importing any."""
    return tuple(found.name.replace("_", "-") for found in iter_modules(__path__) if not found.name.startswith("_"))


def load(adapter_id: str) -> type[Adapter]:
    """The adapter of an id. KeyError for an unknown one."""
    if adapter_id not in adapter_ids():
        raise KeyError(adapter_id)
    found: type[Adapter] = import_module(f"tui.adapters.{adapter_id.replace('-', '_')}").ADAPTER
    return found


def every() -> tuple[type[Adapter], ...]:
    """All adapters in the order of their digits, as the screen shows them."""
    return tuple(sorted((load(adapter_id) for adapter_id in adapter_ids()), key=lambda adapter: adapter.digit))


def titles() -> tuple[Title, ...]:
    """What the screen calls all adapters, in the order of their digits. Those that come with us are not imported."""
    found = (TITLES.get(adapter_id) or _title(load(adapter_id)) for adapter_id in adapter_ids())
    return tuple(sorted(found, key=lambda title: title.digit))


def _title(adapter: type[Adapter]) -> Title:
    return Title(adapter.id, adapter.digit, adapter.short, adapter.title)


def named(place: Place, account: Account, adapter_id: str) -> dict[str, Any]:
    """The keys that all settings share, for a source that exists only while something is discovered."""
    from tui.settings.kinds import Region, SourceName

    return {
        "name": SourceName("discovery"),
        "adapter": adapter_id,
        "account": account.name,
        "region": Region(place.region),
        "endpoint": place.endpoint,
    }


async def one_source(here: Adapter) -> Sequence[Mapping[str, Any]]:
    """For an API whose sources need no keys of their own: one source where any list shows a task, else none."""
    from tui.answers import Want

    for listing in await here.plan(Want()):
        if (await here.page(listing)).rows:
            return [{}]
    return []
