"""Where the config is, and what to say when there is none."""

from __future__ import annotations

import os
from argparse import Namespace
from pathlib import Path

from tui.errors import ConfigError
from tui.settings import Config

BEGIN = "`taskdeck demo` shows the monitor without one; `taskdeck config example` prints one to begin with"


def config_path(given: Namespace) -> Path:
    """--config, else TASKDECK_CONFIG, else the platform's user config folder."""
    named = given.config or os.environ.get("TASKDECK_CONFIG")
    if named:
        return Path(named)
    from platformdirs import user_config_path

    return user_config_path("taskdeck", appauthor=False) / "config.toml"


def config(given: Namespace) -> Config:
    """The checked config. Raises ConfigError, which says how to begin where there is none."""
    path = config_path(given)
    if not path.exists():
        raise ConfigError(f"no config at {path}: {BEGIN}")
    from tui.wiring import load_config

    return load_config(path)
