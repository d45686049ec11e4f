"""`taskdeck monitor` and `taskdeck demo`: the terminal UI."""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from tui.errors import UsageError

if TYPE_CHECKING:
    from argparse import Namespace


def run(given: Namespace) -> int:
    """Runs the monitor until it is left; answers the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM", "dumb") == "dumb":
        far = "over SSH, `ssh -t` asks for one; " if os.environ.get("SSH_CONNECTION") else ""
        raise UsageError(
            f"the monitor needs a terminal on stdin and stdout (and TERM other than dumb); {far}"
            "`taskdeck list` prints the same facts"
        )
    gc.disable()  # until `running` says how rarely: 5 ms of looks at what was just imported and will all stay
    from tui import app, logs, running
    from tui.config_place import config_path

    logs.start(given)
    text, themes = getattr(given, "filter", "") or "", config_path(given.config).with_name("themes")
    state = None
    if given.command == "replay":
        from tui.cli.replay import desk_of

        replayed = desk_of(given)
        return running.run(replayed, running.Opening(text, given.theme, themes, clock=replayed.clock))
    if given.command == "demo":  # remembers nothing: it must not change what the monitor does tomorrow
        from tui.cli.cloud import faults

        desk: app.LiveDesk = app.DemoDesk(
            tasks=given.tasks, seed=given.seed, faults=faults(given.faults), write=given.write
        )
    else:
        state = logs.state_dir(given)
        desk = app.LiveDesk(config_path(given.config), write=given.write, state=state)
        if given.record is not None:
            from tui.cli.record import Recorder

            desk.record(Recorder(given.record, desk.store))
    return running.run(desk, running.Opening(text, given.theme, themes, state))
