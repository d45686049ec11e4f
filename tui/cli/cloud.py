"""`taskdeck cloud`: the demo cloud alone, in the foreground."""

from __future__ import annotations

from argparse import Namespace

from tui.errors import UsageError


def run(given: Namespace) -> int:
    """Serves until a signal comes."""
    from tui.cloud.server import run as serve

    try:
        return serve(
            port=given.port,
            tasks=given.tasks,
            seed=given.seed,
            rate=given.rate,
            faults=faults(given.faults),
            freeze=given.freeze,
            config_out=given.config_out,
        )
    except ValueError as error:
        raise UsageError(str(error)) from None
    except OSError as error:
        raise UsageError(f"the demo cloud cannot start: {error}") from None


def faults(text: str) -> tuple[str, ...]:
    """The names of --faults."""
    return tuple(name.strip() for name in text.split(",") if name.strip())
