"""What is on this machine: the config, the state folder, where keys come from."""

from __future__ import annotations

import os
import stat
import tempfile
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tui.cli.doctor.finding import Finding, Mark
from tui.cli.doctor.wording import many
from tui.cli.exits import Exit
from tui.errors import ConfigError, NoCredential

if TYPE_CHECKING:
    from tui.settings import Account, Config

_ELSEWHERE = "--state-dir or TASKDECK_STATE_DIR names another"


def of_config(given: Namespace) -> tuple[Finding, Config | None]:
    """The config file: found, right, and nobody else's to write."""
    from tui.cli.config import checked
    from tui.config_place import BEGIN, config_path, is_there

    path = config_path(given.config)
    try:
        if not is_there(path):
            return Finding(Mark.FAIL, "config", f"none at {path}", way=BEGIN, exit=Exit.USAGE), None
        settings = checked(given)
    except ConfigError as error:
        way = "put it right; `taskdeck config check` says whether it is"
        return Finding(Mark.FAIL, "config", str(error), way=way, exit=Exit.USAGE), None
    said = f"{path}: {many(len(settings.sources), 'source')}, {many(len(settings.accounts), 'account')}"
    facts = {"path": str(path), "sources": len(settings.sources), "accounts": len(settings.accounts)}
    if path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        said, way = f"{said}; others than its owner may write to it", f"chmod go-w {path}"
        return Finding(Mark.WARN, "config", said, way=way, facts=facts), settings
    if not settings.sources:
        way = "add [[sources]]; `taskdeck sources --discover ACCOUNT` prints those of an account"
        return Finding(Mark.WARN, "config", said, way=way, facts=facts), settings
    return Finding(Mark.OK, "config", said, facts=facts), settings


def of_state(given: Namespace) -> Finding:
    """The state folder: logs, saved orders and views are written there, and are nobody else's to read."""
    from tui.logs import state_dir

    folder = state_dir(given).absolute()
    try:
        mode = folder.stat().st_mode
        with tempfile.TemporaryFile(dir=folder):
            pass
    except FileNotFoundError:
        return _to_be_made(folder)
    except OSError as error:
        return _unwritable(folder, error.strerror or type(error).__name__)
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        said = f"{folder}: others may look into it ({stat.S_IMODE(mode):04o})"
        return Finding(Mark.WARN, "state", said, way=f"chmod 700 {folder}")
    return Finding(Mark.OK, "state", str(folder))


def _to_be_made(folder: Path) -> Finding:
    near = next(one for one in folder.parents if one.exists())
    if os.access(near, os.W_OK | os.X_OK):
        return Finding(Mark.OK, "state", f"{folder}: made when there is something to write")
    return _unwritable(folder, f"cannot be made in {near}")


def _unwritable(folder: Path, why: str) -> Finding:
    return Finding(Mark.FAIL, "state", f"{folder}: {why}", way=_ELSEWHERE, exit=Exit.USAGE)


async def of_keyring(settings: Config) -> Finding:
    """The OS keyring: whether it can be used now, and by whom it is needed."""
    users = [account.name for account in settings.accounts.values() if account.credentials == "keyring"]
    if not users:
        return Finding(Mark.OK, "keyring", "not used: every account names another way")
    from tui.credentials.keyring import Keyring

    facts: dict[str, Any] = {"accounts": users}
    try:
        kept = await Keyring().names()
    except NoCredential as error:
        needed = any(source.account in users for source in settings.sources)
        mark, code = (Mark.FAIL, Exit.AUTH) if needed else (Mark.WARN, Exit.FINE)
        said, _, way = error.message.partition("; ")
        return Finding(mark, "keyring", said, way=way, exit=code, facts=facts | {"code": error.code})
    there = ", ".join(user for user in users if user in kept)
    absent = ", ".join(user for user in users if user not in kept)
    said = (
        "unlocked" + (f", with the key of {there}" if there else "") + (f", without that of {absent}" if absent else "")
    )
    return Finding(Mark.OK, "keyring", said, facts=facts | {"kept": list(kept)})


async def of_accounts(settings: Config, keyring: Finding) -> list[Finding]:
    """The credential of each account: there or not. Of a key, the last four characters of its id are shown."""
    told = {f"{keyring.said}; {keyring.way}": "keyring"}  # why a place cannot be used is said once
    return [await _of_account(settings, account, told) for account in settings.accounts.values()]


async def _of_account(settings: Config, account: Account, told: dict[str, str]) -> Finding:
    from tui.credentials import source_of

    used = any(source.account == account.name for source in settings.sources)
    facts = {"vendor": account.vendor, "credentials": _kind(account)}
    source = source_of(account)
    try:
        credential = await source()
    except NoCredential as error:
        mark, code = (Mark.FAIL, Exit.AUTH) if used else (Mark.WARN, Exit.FINE)
        first = told.setdefault(error.message.removeprefix(f"account {account.name}: "), f"account {account.name}")
        said, way = _parted(account, error.message)
        if first != f"account {account.name}":
            said, way = f"{account.vendor}, {_kind(account)}, no key: see {first}", ""
        return Finding(mark, "account", said, account.name, way, code, facts | {"word": "NOKEY"})
    who = "IAM user" if credential.domain is not None else "temporary key" if credential.token else "key"
    tail = credential.key_id[-4:] if len(credential.key_id) > 8 else ""
    said = f"{account.vendor}, {_kind(account)}, {who} ..{tail}" + ("" if used else "; no source uses it")
    note, _, mend = str(getattr(source, "note", "")).partition("): ")  # of a profile's file that others can read
    if note:
        return Finding(Mark.WARN, "account", f"{said}; {note})", account.name, mend, facts=facts)
    return Finding(Mark.OK, "account", said, account.name, facts=facts)


def _parted(account: Account, message: str) -> tuple[str, str]:
    """What is wrong, and the way out, which follows it but for the environment."""
    from tui.credentials import names

    kind, _, prefix = account.credentials.partition(":")
    if kind != "env":
        said, _, way = message.partition("; ")
        return said, way
    needed = names(account, prefix)[: 3 if account.auth == "token" else 2]
    return message, f"set {', '.join(needed)} in the environment that starts taskdeck"


def _kind(account: Account) -> str:
    """`env` of `env:PREFIX_`: what follows may be a command line."""
    return account.credentials.partition(":")[0]
