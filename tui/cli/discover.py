"""`taskdeck sources --discover ACCOUNT`: what the account has, as TOML ready to paste."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.cli import say
from tui.cli.exits import Exit, code_of, summed
from tui.cli.place import config
from tui.cli.trouble import line_of
from tui.cli.unlocking import given_to
from tui.errors import AuthError, CallError, ClockSkew, NoCredential, UsageError
from tui.settings.written import source_table

if TYPE_CHECKING:
    from tui.adapters import Adapter, Place
    from tui.calls import CredentialSource
    from tui.line import Line
    from tui.settings import Account, Config

_FOR_ALL = (AuthError, NoCredential, ClockSkew)  # what is wrong with the key is wrong everywhere: said once


class Search(NamedTuple):
    """One adapter at one place, and what it found there."""

    adapter: type[Adapter]
    place: Place
    tables: tuple[Mapping[str, Any], ...] = ()
    error: CallError | None = None

    @property
    def where(self) -> str:
        """The API and its region."""
        return f"{self.adapter.id} in {self.place.region or 'everywhere'}"


def run(given: Namespace) -> int:
    """Looks, prints, answers the exit code."""
    settings = config(given)
    account = settings.accounts.get(given.discover)
    if account is None:
        raise UsageError(f"no such account: {given.discover}; there is {', '.join(settings.accounts) or 'none'}")
    return discovered(settings, account)


def discovered(settings: Config, account: Account, credential: CredentialSource | None = None) -> int:
    """Looks everywhere and prints a `[[sources]]` for each find; what failed is a line on stderr. The exit code."""
    if credential is None:
        from tui.credentials import source_of

        credential = source_of(account)
    searches = asyncio.run(_searched(settings, account, credential))
    taken = {one.name for one in settings.sources if one.account != account.name}
    for search in searches:
        for table in search.tables:
            sys.stdout.write(_toml(search, account, table, taken))
    sys.stdout.flush()
    for line in _failures(searches):
        say(f"taskdeck: {line}")
    failures = [code_of(search.error) for search in searches if search.error is not None]
    answered = [search for search in searches if search.error is None]
    if answered and not any(search.tables for search in answered):
        looked = f"{len(answered)} place{'' if len(answered) == 1 else 's'}"
        say(f"taskdeck: account {account.name}: nothing to monitor was found in {looked} that answered")
    return summed(failures, answered=bool(answered)) if searches else Exit.FINE


async def _searched(settings: Config, account: Account, credential: CredentialSource) -> list[Search]:
    """Each adapter of the vendor: where the config has a source of the account, else in every region it documents."""
    from tui.adapters import Place, every
    from tui.budget import Budget
    from tui.latch import Latch
    from tui.line import Clocks, Line
    from tui.net import Wire

    await given_to(settings, [account.name] if account.name in settings.accounts else [])
    from tui.proving import BEGIN

    places = [
        Search(adapter, place)
        for adapter in every()
        if adapter.vendor == account.vendor
        for place in (
            dict.fromkeys(
                Place(one.region, one.endpoint)
                for one in settings.sources
                if (one.account, one.adapter) == (account.name, adapter.id)
            )
            or ([] if account.credentials == "demo" else [Place(region) for region in adapter.regions])
        )
    ]
    # A login that is refused first would stop all the others; one that is refused later is about its region.
    places.sort(key=lambda one: one.place.region != BEGIN[account.vendor])
    shared: dict[str, Any] = {"budget": Budget(), "clocks": Clocks(), "latch": Latch()}
    async with Wire(settings.network) as wire:
        lines = [Line(wire, account, one.place.region, credential, **shared) for one in places]
        return list(await asyncio.gather(*(_found(*pair, account) for pair in zip(places, lines, strict=True))))


async def _found(search: Search, line: Line, account: Account) -> Search:
    from tui.patience import retrying

    try:
        tables = await retrying(lambda: search.adapter.discover(search.place, account, line))
    except CallError as error:
        return search._replace(error=error)
    return search._replace(tables=tuple(tables))


def _failures(searches: Sequence[Search]) -> list[str]:
    """A line for each place that failed; of what is wrong with the key one for all places."""
    lines = []
    of_key = [error for search in searches if isinstance(error := search.error, _FOR_ALL)]
    for search in searches:
        error = search.error
        if error is None or error in of_key[1:]:
            continue
        rest = len(of_key) - 1 if error in of_key else 0
        more = f" [and {rest} more place{'' if rest == 1 else 's'}]" if rest else ""
        lines.append(f"{search.where}: {line_of(error)}{more}")
    return lines


def _toml(search: Search, account: Account, table: Mapping[str, Any], taken: Set[str]) -> str:
    """One `[[sources]]`, by a name that no source of another account has."""
    place = search.place
    name = "-".join(part for part in (search.adapter.short.lower(), place.region) if part)
    name = f"{account.name.replace('/', '-')}-{name}" if name in taken else name
    keys: dict[str, Any] = {"name": name, "adapter": search.adapter.id, "account": account.name}
    keys |= {"region": place.region} if place.region else {}
    keys |= {"endpoint": str(place.endpoint)} if place.endpoint else {}
    return source_table(keys | dict(table)) + "\n"
