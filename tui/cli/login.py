"""`taskdeck login ACCOUNT`: a key asked for without echo (or read from stdin), tried, kept in exactly one place."""

from __future__ import annotations

import asyncio
import json
import sys
from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.cli import complain, say
from tui.cli.exits import Exit, code_of
from tui.cli.trouble import line_of
from tui.errors import CallError, ConfigError, NoCredential, UsageError
from tui.text import word

if TYPE_CHECKING:
    from tui.calls import Credential
    from tui.cli.stores import Stores
    from tui.proving import Proof
    from tui.settings import Account, Config

TRIES = 3  # for an answer that cannot be meant
LOCKS = "Huawei locks a key for 5 minutes after five refused signatures in a row"
VAULT = "a file that a passphrase of yours encrypts, docs/vault.md"
MAINLAND = 'a key of the mainland site needs [accounts.NAME] with site = "mainland" in the config first'


def run(given: Namespace) -> int:
    """Asks, tries, keeps; answers the exit code."""
    from tui import logs
    from tui.cli.stores import STORES, Stores

    logs.start(given)
    settings, account, fresh = _account(given)
    stored = given.store or (account.credentials if account.credentials in STORES else STORES[0])
    stores = Stores(given)
    try:
        asyncio.run(stores.ready(stored))
    except NoCredential as error:
        if stored == "keyring":
            say(f"taskdeck: the vault does without a keyring: the same with --store vault ({VAULT})")
        return complain(f"account {account.name}: {line_of(error)}", Exit.AUTH)
    try:
        account, credential = _given(account, fresh) if given.stdin else _asked(account, fresh)
        refused = _tried(settings, account, credential, fresh, ask=not given.stdin)
        if refused is not None:
            return refused
        for line in asyncio.run(_kept(stores, stored, account, credential, ask=given.store and not given.stdin)):
            say(f"taskdeck: {line}")
    except CallError as error:
        return complain(f"account {account.name}: {line_of(error)}", code_of(error))
    if fresh:
        _to_paste(given, settings, replace(account, credentials=stored), credential)
    elif account.credentials != stored:
        say(f'taskdeck: the config reads it elsewhere: put credentials = "{stored}" into [accounts.{account.name}]')
    return Exit.FINE


def _account(given: Namespace) -> tuple[Config, Account, bool]:
    """The config, the account, and whether it is only being made. Raises UsageError and ConfigError."""
    from tui.config_place import config_path, is_there
    from tui.settings import Account, Config

    path, name = config_path(given.config), given.account
    if is_there(path):
        from tui.wiring import load_config

        settings = load_config(path)
    elif given.vendor is None:
        way = f"taskdeck login {word(name)} --vendor VENDOR"
        raise ConfigError(f"no config at {path}: --vendor says whose key it is, {way}")
    else:
        settings = Config()
    known = settings.accounts.get(name)
    if known is None:
        if given.vendor is None:
            there = ", ".join(settings.accounts) or "none"
            raise UsageError(f"no such account: {name}; there is {there}; --vendor says whose key a new one is")
        if not name or not name.isprintable():
            raise UsageError("an account needs a name of signs that can be printed")
        return settings, Account(name=name, vendor=given.vendor), True
    if given.vendor not in (None, known.vendor):
        raise UsageError(f"account {name} of the config is one of {known.vendor}, not of {given.vendor}")
    if known.credentials == "demo":
        raise UsageError(f"account {name} is the demo cloud's and has its fake keys: there is nothing to log in to")
    return settings, known, False


def _asked(account: Account, fresh: bool) -> tuple[Account, Credential]:
    """The parts of a key, one after another, on the terminal."""
    from tui.cli.asking import Refused, terminal
    from tui.credentials.item import Need, needs, parse

    with terminal() as asked:

        def part(need: Need) -> str:
            more = " (Enter: none)" if need.optional else ""
            for _ in range(TRIES):
                try:
                    typed = asked.secret(f"{need.label}{more}: ").reveal()
                    if account.auth != "token" and any(map(str.isspace, typed)):
                        raise Refused("that has a blank in it: no key has one")
                    if typed or need.optional:
                        return typed
                    asked.say(f"{need.label} is needed")
                except Refused as wrong:
                    asked.say(str(wrong))
            raise NoCredential(f"no usable answer in {TRIES} tries: nothing was stored")

        asked.say(f"The key of account {account.name} ({account.vendor}); nothing that you type is shown.")
        if fresh and account.vendor == "huawei" and asked.wanted("An IAM user with a password, not AK and SK? (y/N)"):
            account = replace(account, auth="token")
        parts = {need.name: part(need) for need in needs(account)}
    return account, parse(account, json.dumps(parts))


def _given(account: Account, fresh: bool) -> tuple[Account, Credential]:
    """The JSON object on stdin. UsageError says what is wrong with it, and quotes nothing of it."""
    from tui.cli.asking import from_stdin
    from tui.credentials.item import needs, parse

    text = from_stdin()
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if fresh and account.vendor == "huawei" and isinstance(found, dict) and "username" in found:
        account = replace(account, auth="token")
    names = [need.name for need in needs(account)]
    if not isinstance(found, dict):
        raise UsageError(f"stdin is no JSON object with {', '.join(names)}")
    if found.keys() - set(names):
        raise UsageError(f"stdin has a JSON object with other names in it than {', '.join(names)}")
    try:
        return account, parse(account, text)
    except NoCredential as error:
        raise UsageError(f"stdin: {error.message}") from None


def _tried(settings: Config, account: Account, credential: Credential, fresh: bool, *, ask: bool) -> int | None:
    """None where the key may be kept, else the exit code; everything is said."""
    from tui.proving import proved

    if sys.stderr.isatty():
        say(f"trying it: one read of {account.vendor}")
    proof = asyncio.run(proved(settings, account, credential))
    if proof.error is None:
        return None
    line = f"{proof.where}: {line_of(proof.error)}"
    if proof.good:
        say(f"taskdeck: {line}; the key itself is known, `taskdeck doctor --permissions` says what it lacks")
        return None
    code = code_of(proof.error)
    if proof.refused:
        say(f"taskdeck: {line}")
        _why_refused(proof, account, fresh)
        return complain("refused: nothing was stored", code)
    if not ask:
        return complain(f"{line}; the key could not be tried: nothing was stored", code)
    from tui.cli.asking import terminal

    with terminal() as asked:
        asked.say(line)
        wanted = asked.wanted("The key could not be tried. Keep it untried? (y/N)")
    return None if wanted else complain("not tried: nothing was stored", code)


def _why_refused(proof: Proof, account: Account, fresh: bool) -> None:
    """What else may be behind a refusal."""
    from tui.ways_out import clock_off

    off = clock_off(proof.skew)
    if off:
        say(f"taskdeck: this machine's clock is {off} off: set it, then try again")
    if account.vendor == "huawei":
        say(f"taskdeck: {LOCKS}")
    if fresh and account.vendor == "tencent":
        say(f"taskdeck: {MAINLAND.replace('NAME', account.name)}")


async def _kept(stores: Stores, stored: str, account: Account, credential: Credential, *, ask: bool) -> list[str]:
    """Keeps it; whoever renews a key in the vault by name may renew the passphrase too. What there is to say."""
    from tui.cli.stores import new_passphrase

    renews = ask and stored == "vault" and account.name in await stores("vault").names()
    lines = [*await stores.put(stored, account.name, credential)]
    if renews and (new := new_passphrase("New passphrase for the vault", optional=True)) is not None:
        await stores.changed(new)
        lines.append("the vault has the new passphrase")
    return lines


def _to_paste(given: Namespace, settings: Config, account: Account, credential: Credential) -> None:
    """The TOML of an account that the config does not know yet, and what it has."""
    from tui.cli.discover import discovered
    from tui.config_place import config_path
    from tui.settings.written import account_table

    async def known() -> Credential:
        return credential

    say(f"taskdeck: put this into the config, {config_path(given.config)}")
    keys = {"vendor": account.vendor, "credentials": account.credentials}
    keys |= {"auth": account.auth} if account.auth != "aksk" else {}
    sys.stdout.write(account_table(account.name, keys) + "\n")
    sys.stdout.flush()
    if sys.stderr.isatty():
        say(f"looking for what {account.name} has, in every region of {account.vendor}")
    discovered(settings, account, known)
