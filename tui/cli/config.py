"""`taskdeck config`: path, check, schema, example."""

from __future__ import annotations

import sys
from argparse import Namespace

from tui.cli.exits import Exit
from tui.cli.place import config
from tui.config_place import config_path
from tui.errors import ConfigError
from tui.settings import Config


def run(given: Namespace) -> int:
    """Prints what is asked for; a wrong config leaves as ConfigError."""
    {"path": _path, "check": _check, "schema": _schema, "example": _example}[given.action](given)
    return Exit.FINE


def _path(given: Namespace) -> None:
    sys.stdout.write(f"{config_path(given.config)}\n")


def checked(given: Namespace) -> Config:
    """The config with everything in it looked at: keys of the screens and saved views too. Raises ConfigError."""
    from tui.query import QueryError, parse
    from tui.ui.clashes import clashes

    found = config(given, clashes)
    for name, text in found.views.items():
        try:
            parse(text, views=found.views)
        except QueryError as error:
            raise ConfigError(f"{found.path}: views.{name}: {error}") from None
    _themes(found)
    return found


def _themes(found: Config) -> None:
    """The theme that is worn, and each of the user's own: what is wrong is found before somebody wants to wear it."""
    from tui.ui import themes

    own = found.path.with_name("themes") if found.path is not None else None
    if found.monitor.theme not in (themes.AUTO, *themes.names(own)):
        try:
            themes.palette(found.monitor.theme, own)
        except ConfigError as error:
            raise ConfigError(f"{found.path}: monitor.theme: {error}") from None
    for path in sorted(own.glob("*.toml")) if own is not None else ():
        themes.palette(path.stem, own)


def _check(given: Namespace) -> None:
    found = checked(given)
    from tui.cli.doctor.wording import many

    sources, accounts = many(len(found.sources), "source"), many(len(found.accounts), "account")
    sys.stdout.write(f"{found.path}: fine, {sources}, {accounts}\n")


def _schema(given: Namespace) -> None:
    import json

    from tui.settings.load import schema
    from tui.wiring import models

    sys.stdout.write(json.dumps(schema(models()), indent=2) + "\n")


def _example(given: Namespace) -> None:
    from tui.settings.example import EXAMPLE

    sys.stdout.write(EXAMPLE)
