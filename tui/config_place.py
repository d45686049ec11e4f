"""Where the config is, and what to say when there is none."""

from __future__ import annotations

import os
from pathlib import Path

from tui.errors import ConfigError

BEGIN = (
    "`taskdeck demo` shows the monitor without one; `taskdeck login NAME --vendor VENDOR` prints one for a key of yours"
    ", `taskdeck config example` a longer one"
)


def config_path(named: str | None = None) -> Path:
    """The named file, else TASKDECK_CONFIG, else the platform's user config folder."""
    named = named or os.environ.get("TASKDECK_CONFIG")
    if named:
        return Path(named)
    from platformdirs import user_config_path

    return user_config_path("taskdeck", appauthor=False) / "config.toml"


def is_there(path: Path) -> bool:
    """Whether there is a config. Raises ConfigError where nobody can look."""
    try:
        return path.exists()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
