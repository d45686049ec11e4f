"""The config of a command line."""

from __future__ import annotations

from argparse import Namespace

from tui.errors import ConfigError
from tui.settings import Config
from tui.settings.place import BEGIN, config_path, is_there


def config(given: Namespace) -> Config:
    """The checked config. Raises ConfigError, which says how to begin where there is none."""
    path = config_path(given.config)
    if not is_there(path):
        raise ConfigError(f"no config at {path}: {BEGIN}")
    from tui.wiring import load_config

    return load_config(path)
