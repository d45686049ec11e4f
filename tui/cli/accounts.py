"""`taskdeck accounts`: who you are at each vendor, where the key is kept and until when. Never a key."""

from __future__ import annotations

import asyncio
import sys
import time
from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tui.cli import say
from tui.cli.exits import Exit
from tui.errors import ConfigError, NoCredential
from tui.text import word

if TYPE_CHECKING:
    from tui.credentials.cabinets import Cabinets
    from tui.settings import Account, Config

COLUMNS = ("account", "vendor", "credentials", "state", "who", "key_id", "expires_at")
# How a key is: there, over, behind a lock, not there, in a place that does not answer, or that cannot be used.
OK, EXPIRED, LOCKED, ABSENT, HUNG, UNUSABLE = "ok", "expired", "locked", "absent", "hung", "unusable"
_STATES = {"KeyringLocked": LOCKED, "VaultLocked": LOCKED, "KeyringHung": HUNG, "VaultHung": HUNG}


def run(given: Namespace) -> int:
    """Looks, prints; 0 whatever the keys are like: `doctor` is the judge of that."""
    from tui import logs
    from tui.config_place import BEGIN, config_path, is_there
    from tui.settings import Config

    logs.start(given)
    path = config_path(given.config)
    there = is_there(path)
    if there:
        from tui.wiring import load_config

        settings = load_config(path)
    else:
        settings = Config()
    rows, troubles = asyncio.run(_looked(given, settings))
    if not rows and not there:
        raise ConfigError(f"no config at {path}, and no key is kept: {BEGIN}")
    if given.output_format == "json":
        from tui.formats import dumps, write_lines

        write_lines(map(dumps, rows), sys.stdout, array=True)
    else:
        _table(rows)
    for line in dict.fromkeys(troubles):
        say(f"taskdeck: {line}")
    return Exit.FINE


async def _looked(given: Namespace, settings: Config) -> tuple[list[dict[str, Any]], list[str]]:
    """A row for each account of the config, then for each key of an account that it does not have; and the troubles."""
    from tui.credentials.cabinets import Cabinets
    from tui.logs import state_dir

    cabinets = Cabinets(state_dir(given))  # which ask nobody: a list of accounts is no reason for a passphrase
    kept: dict[str, Sequence[str]] = {}
    troubles = []
    for name in ("keyring", "vault"):
        try:
            kept[name] = await cabinets(name).names()
        except NoCredential as error:
            if any(account.credentials == name for account in settings.accounts.values()):
                troubles.append(error.message)
    rows = list(await asyncio.gather(*(_row(one, cabinets, kept) for one in settings.accounts.values())))
    for row in rows:
        if row["message"] and not any(row["message"].endswith(said) for said in troubles):
            troubles.append(
                said if (said := row["message"]).startswith("account ") else f"account {row['account']}: {said}"
            )
        other = next((one for one in kept if one != row["credentials"] and row["account"] in kept[one]), None)
        if other is not None:
            said = f"account {row['account']}: the {other} has a key of it too"
            troubles.append(f"{said}: taskdeck login {word(row['account'])} leaves one")
    for name, accounts in kept.items():
        rows += [
            _facts(one, None, name, LOCKED if name == "vault" else OK, message="not in the config")
            for one in accounts
            if one not in settings.accounts
        ]
    return rows, troubles


async def _row(account: Account, cabinets: Cabinets, kept: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    from tui.cli.stores import tail, who
    from tui.credentials import source_of
    from tui.credentials.stored import lacking

    kind = account.credentials.partition(":")[0]
    place = kind if kind == "command" else account.credentials  # what follows may be a command line with anything in it
    name, vendor = account.name, account.vendor
    if kind == "vault" and kind in kept:
        state = LOCKED if name in kept[kind] else ABSENT
        said = "" if state == LOCKED else lacking(kind, name)
        return _facts(name, vendor, place, state, message=said)
    try:
        found = await source_of(account, cabinet=cabinets)()
    except NoCredential as error:
        state = _STATES.get(error.code, UNUSABLE if error.code else ABSENT)
        return _facts(name, vendor, place, state, message=error.message)
    over = found.expires_at is not None and found.expires_at <= time.time() * 1000
    return _facts(
        name,
        vendor,
        place,
        EXPIRED if over else OK,
        kind=who(found),
        key_id=tail(found),
        expires_at=found.expires_at,
    )


def _facts(
    account: str,
    vendor: str | None,
    credentials: str,
    state: str,
    *,
    kind: str = "",
    key_id: str = "",
    expires_at: int | None = None,
    message: str = "",
) -> dict[str, Any]:
    """One row, all keys of it. Of a key only the last four of its id are shown."""
    from tui.formats import rfc3339

    return {
        "account": account,
        "vendor": vendor,
        "credentials": credentials,
        "state": state,
        "who": kind or None,
        "key_id": key_id or None,
        "expires_at": rfc3339(expires_at),
        "message": message or None,
    }


def _table(rows: list[dict[str, Any]]) -> None:
    from tui.cli.output import aligned

    aligned([[name.upper().replace("_", " ") for name in COLUMNS], *([row[name] for name in COLUMNS] for row in rows)])
