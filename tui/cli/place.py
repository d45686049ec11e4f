"""The config of a command line."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING

from tui.config_place import BEGIN, config_path, is_there
from tui.errors import ConfigError
from tui.settings import Config

if TYPE_CHECKING:
    from tui.settings.load import Judge


def config(given: Namespace, judge: Judge | None = None) -> Config:
    """The checked config. Raises ConfigError, which says how to begin where there is none.

    `[keys]` is checked where a `judge` of it is at hand: knowing the keys of the screens costs an import of Textual.
    """
    path = config_path(given.config)
    if not is_there(path):
        raise ConfigError(f"no config at {path}: {BEGIN}")
    from tui.wiring import load_config

    settings = load_config(path, judge)
    if any(account.credentials in ("keyring", "vault") for account in settings.accounts.values()):
        from tui.cli.stores import Stores
        from tui.credentials.cabinets import cabinets

        cabinets.set(Stores(given))  # --state-dir says where the vault is, and here somebody may be asked to open it
    return settings
