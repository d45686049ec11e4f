"""Where keys come from: `source_of(account)` gives the one way to ask for an account's credential.

The environment and the demo cloud's fake keys answer at once. Whatever takes its time (keyring, vault, a vendor's own
file, another program) is an Origin behind a `Kept`, which all lines of the account share.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from tui.calls import Credential, CredentialSource, Secret
from tui.credentials.cabinet import Cabinet
from tui.credentials.cabinets import Cabinets, cabinets
from tui.credentials.environment import from_environment, names, without_keys
from tui.credentials.origin import Origin
from tui.settings import Account

__all__ = ["names", "origin_of", "source_of", "without_keys"]


def source_of(
    account: Account,
    environ: Mapping[str, str] = os.environ,
    cabinet: Callable[[str], Cabinet] | None = None,
) -> CredentialSource:
    """The way to ask for this account's credential. What it gives may raise NoCredential at each call.

    One for all lines of an account: it asks its place once, whoever wants to know. `cabinet` opens the keyring or the
    vault; without it, the cabinets of this run do.
    """
    kind, _, rest = account.credentials.partition(":")
    if kind not in ("env", "demo"):
        from tui.credentials.kept import Kept

        return Kept(origin_of(account, environ, cabinet))

    fake = _demo(account) if kind == "demo" else None

    async def ask() -> Credential:
        return fake or from_environment(account, environ, rest)

    return ask


def origin_of(
    account: Account, environ: Mapping[str, str] = os.environ, cabinet: Callable[[str], Cabinet] | None = None
) -> Origin:
    """The place that this account's `credentials` names, where it is none that answers at once."""
    kind, _, rest = account.credentials.partition(":")
    if kind == "profile":
        from tui.credentials.profiles import Profile

        return Profile(account, rest, environ)
    if kind == "command":
        from tui.credentials.command import Command

        return Command(account, rest, environ)
    from tui.credentials.stored import Stored

    return Stored(account, (cabinet or cabinets.get() or Cabinets())(kind))


def _demo(account: Account) -> Credential:
    from tui.demo_keys import KEYS

    if account.auth == "token":
        user = KEYS["huawei-user"]
        return Credential(key_id=user["username"], secret=Secret(user["password"]), domain=user["domain"])
    keys = KEYS[account.vendor]
    return Credential(key_id=keys["access_key_id"], secret=Secret(keys["access_key_secret"]))
