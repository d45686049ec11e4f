"""`taskdeck sources --discover ACCOUNT`: what the account has, as TOML ready to paste."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.cli import say
from tui.cli.exits import Exit, code_of, summed
from tui.cli.place import config
from tui.cli.trouble import line_of
from tui.errors import CallError, UsageError

if TYPE_CHECKING:
    from tui.adapters import Adapter, Place
    from tui.line import Line
    from tui.settings import Account, Config


class Search(NamedTuple):
    """One adapter at one place, and what it found there."""

    adapter: type[Adapter]
    place: Place
    tables: tuple[Mapping[str, Any], ...] = ()
    error: CallError | None = None


def run(given: Namespace) -> int:
    """Looks, prints, answers the exit code."""
    settings = config(given)
    account = settings.accounts.get(given.discover)
    if account is None:
        raise UsageError(f"no such account: {given.discover}; there is {', '.join(settings.accounts) or 'none'}")
    searches = asyncio.run(_searched(settings, account))
    for search in searches:
        if search.error is not None:
            where = search.place.region or "everywhere"
            say(f"taskdeck: {search.adapter.id} in {where}: {line_of(search.error)}")
        for table in search.tables:
            sys.stdout.write(_toml(search, account, table))
    failures = [code_of(search.error) for search in searches if search.error is not None]
    return summed(failures, answered=any(search.error is None for search in searches)) if searches else Exit.FINE


async def _searched(settings: Config, account: Account) -> list[Search]:
    """Each adapter of the vendor: where the config has a source of the account, else in every region it documents."""
    from tui.adapters import Place, every
    from tui.budget import Budget
    from tui.credentials import source_of
    from tui.latch import Latch
    from tui.line import Clocks, Line
    from tui.net import Wire

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
    shared: dict[str, Any] = {"budget": Budget(), "clocks": Clocks(), "latch": Latch()}
    credential = source_of(account)
    async with Wire(settings.network) as wire:
        lines = [Line(wire, account, one.place.region, credential, **shared) for one in places]
        return list(await asyncio.gather(*(_found(*pair, account) for pair in zip(places, lines, strict=True))))


async def _found(search: Search, line: Line, account: Account) -> Search:
    from tui.reading import retrying

    try:
        tables = await retrying(lambda: search.adapter.discover(search.place, account, line))
    except CallError as error:
        return search._replace(error=error)
    return search._replace(tables=tuple(tables))


def _toml(search: Search, account: Account, table: Mapping[str, Any]) -> str:
    """One `[[sources]]`."""
    place = search.place
    name = "-".join(part for part in (search.adapter.short.lower(), place.region) if part)
    keys: dict[str, Any] = {"name": name, "adapter": search.adapter.id, "account": account.name}
    keys |= {"region": place.region} if place.region else {}
    keys |= {"endpoint": str(place.endpoint)} if place.endpoint else {}
    lines = [f"{key} = {_value(value)}" for key, value in (keys | dict(table)).items()]
    return "\n".join(["[[sources]]", *lines, "", ""])


def _value(value: Any) -> str:
    """A text or a list of texts in TOML: JSON is, but for characters that no terminal should get."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08X}" for char in text)
