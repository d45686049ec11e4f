"""The config of a command line."""

from __future__ import annotations

from argparse import Namespace

from tui.errors import ConfigError
from tui.settings import Config
from tui.settings.place import BEGIN, config_path


def config(given: Namespace) -> Config:
    """The checked config. Raises ConfigError, which says how to begin where there is none."""
    path = config_path(given.config)
    if not path.exists():
        raise ConfigError(f"no config at {path}: {BEGIN}")
    from tui.wiring import load_config

    return load_config(path)
