"""The vault is opened before anything is polled: who types holds up no request, and shares no line with progress."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui.settings import Config
    from tui.store import Store
    from tui.wiring import Wiring


@asynccontextmanager
async def wired(
    settings: Config, store: Store, *, only: Iterable[str] | None = None, **more: Any
) -> AsyncIterator[Wiring]:
    """The wiring of a command, whose accounts have been given what they need by now."""
    from tui.wiring import Wiring

    sources = None if only is None else tuple(only)
    await unlocked(settings, sources)
    async with Wiring(settings, store, only=sources, **more) as wiring:
        yield wiring


async def unlocked(settings: Config, only: Iterable[str] | None = None) -> None:
    """Asks for the vault's passphrase, where a source that will be read has its key there. Sources say what failed."""
    names = None if only is None else {*only}
    await given_to(settings, {one.account for one in settings.sources if names is None or one.name in names})


async def given_to(settings: Config, accounts: Iterable[str]) -> None:
    """The same for accounts."""
    from tui.credentials.cabinets import cabinets

    users = [name for name in accounts if settings.accounts[name].credentials == "vault"]
    stores = cabinets.get()
    if not users or stores is None:
        return
    from tui.cli.stores import Stores

    if isinstance(stores, Stores):
        await stores.opened(users)
