"""`taskdeck logout ACCOUNT`: removes a key from wherever we keep it, and says from where."""

from __future__ import annotations

import asyncio
from argparse import Namespace

from tui.cli import complain, say
from tui.cli.exits import Exit
from tui.cli.trouble import line_of
from tui.errors import NoCredential, UsageError


def run(given: Namespace) -> int:
    """Removes it; 1 where nothing was kept, 3 where a store that may have it cannot be used."""
    from tui import logs

    logs.start(given)
    return asyncio.run(_removed(given))


async def _removed(given: Namespace) -> int:
    from tui.cli.stores import STORES, Stores, nowhere

    stores, found = Stores(given), False
    failed: list[NoCredential] = []
    absent: list[NoCredential] = []
    for name in STORES:
        try:
            if await stores.remove(name, given.account):
                found = True
                say(f"taskdeck: account {given.account}: removed from the {name}")
        except NoCredential as error:
            (absent if nowhere(error) else failed).append(error)
    for one in failed:
        say(f"taskdeck: account {given.account}: {line_of(one)}")
    if failed:
        return Exit.AUTH
    return Exit.FINE if found else _nothing(given, absent)


def _nothing(given: Namespace, absent: list[NoCredential]) -> int:
    """No key was kept; where the config knows the account, where its key comes from instead."""
    from tui.config_place import config_path, is_there

    looked = "the vault; this machine has no keyring" if absent else "the keyring and the vault"
    said = f"account {given.account}: no key of it is kept here (looked into {looked})"
    path = config_path(given.config)
    if is_there(path):
        from tui.wiring import load_config

        accounts = load_config(path).accounts
        if given.account not in accounts:
            raise UsageError(f"{said}; the config has {', '.join(accounts) or 'no account'}")
        kind = accounts[given.account].credentials.partition(":")[0]
        if kind not in ("keyring", "vault"):
            said += f'; it reads its key elsewhere: credentials = "{kind}"'
    return complain(said, Exit.NOT_MET)
