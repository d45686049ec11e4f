"""The commands. Each one lives in its own module and imports what it needs when it runs."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence
from importlib import import_module
from typing import TextIO

from tui.cli.exits import Exit
from tui.errors import ConfigError, TaskdeckError, UsageError

_MODULES = {
    "monitor": "tui.cli.screen",
    "demo": "tui.cli.screen",
    "cloud": "tui.cli.cloud",
    "list": "tui.cli.list",
    "show": "tui.cli.show",
    "sources": "tui.cli.sources",
    "config": "tui.cli.config",
    "completion": "tui.cli.completion",
}


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and answers its exit code; no traceback ever reaches a user."""
    try:
        return _run(arguments)
    except SystemExit as leaving:  # argparse, after --help and --version
        return leaving.code if isinstance(leaving.code, int) else Exit.USAGE
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _give_up_stdout()
        return Exit.FINE


def _run(arguments: Sequence[str]) -> int:
    from tui.cli.parser import parse

    try:
        given = parse(arguments)
    except UsageError as error:
        return complain(error, Exit.USAGE)
    try:
        found = import_module(_MODULES[given.command])
        code: int = found.run(given)
        sys.stdout.flush()
    except (ConfigError, UsageError) as error:
        return complain(error, Exit.USAGE)
    except TaskdeckError as error:
        return complain(error, Exit.USAGE)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the last line of defence: a bug is one line, a log file and 70
        return _bug(error, given)
    return code


def complain(problem: object, code: int) -> int:
    """One clean line on stderr, and the code to leave with."""
    say(f"taskdeck: {problem}")
    return code


def say(line: str, out: TextIO | None = None) -> None:
    """A line for people on stderr; foreign text in it is made safe."""
    from tui.text import clean

    print(clean(line, limit=4000), file=out or sys.stderr)


def _bug(error: Exception, given: Namespace) -> int:
    from tui.logs import write_trace

    where = write_trace(error, given)
    return complain(f"a bug: {type(error).__name__}; the trace is in {where}", Exit.BUG)


def _give_up_stdout() -> None:
    """A closed pipe ends quietly: the interpreter must not find it closed again at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
