"""What is on this machine: the config, the state folder, where keys come from."""

from __future__ import annotations

import os
import stat
import tempfile
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli.doctor.finding import Finding, Mark
from tui.cli.doctor.wording import many
from tui.cli.exits import Exit
from tui.errors import ConfigError, NoCredential

if TYPE_CHECKING:
    from tui.settings import Account, Config

WORKING = ("env", "demo")  # kinds of `credentials` that give a key in this version
_ELSEWHERE = "--state-dir or TASKDECK_STATE_DIR names another"


def of_config(given: Namespace) -> tuple[Finding, Config | None]:
    """The config file: found, right, and nobody else's to write."""
    from tui.cli.config import checked
    from tui.settings.place import BEGIN, config_path, is_there

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


def of_keyring(settings: Config) -> Finding:
    """The keyring and its like: which accounts rely on them."""
    waiting = [account for account in settings.accounts.values() if _kind(account) not in WORKING]
    if not waiting:
        return Finding(Mark.OK, "keyring", "not used: every account names another way")
    names = ", ".join(account.name for account in waiting)
    said = f"this version reads no keyring, vault, profile or command yet; they are what {names} name"
    return Finding(Mark.WARN, "keyring", said, way='credentials = "env" and the variables of the vendor\'s SDK')


async def of_accounts(settings: Config) -> list[Finding]:
    """The credential of each account: there or not. Of a key, the last four characters of its id are shown."""
    return [await _of_account(settings, account) for account in settings.accounts.values()]


async def _of_account(settings: Config, account: Account) -> Finding:
    from tui.credentials import names, source_of

    used = any(source.account == account.name for source in settings.sources)
    facts = {"vendor": account.vendor, "credentials": _kind(account)}
    try:
        credential = await source_of(account)()
    except NoCredential as error:
        mark, code = (Mark.FAIL, Exit.AUTH) if used else (Mark.WARN, Exit.FINE)
        kind, _, prefix = account.credentials.partition(":")
        needed = names(account, prefix if kind == "env" else "")
        way = f"set {', '.join(needed[: 3 if account.auth == 'token' else 2])} in the environment that starts taskdeck"
        return Finding(mark, "account", error.message, account.name, way, code, facts | {"word": "NOKEY"})
    who = "IAM user" if credential.domain is not None else "temporary key" if credential.token else "key"
    tail = credential.key_id[-4:] if len(credential.key_id) > 8 else ""
    said = f"{account.vendor}, {_kind(account)}, {who} ..{tail}" + ("" if used else "; no source uses it")
    return Finding(Mark.OK, "account", said, account.name, facts=facts)


def _kind(account: Account) -> str:
    """`env` of `env:PREFIX_`: what follows may be a command line."""
    return account.credentials.partition(":")[0]
