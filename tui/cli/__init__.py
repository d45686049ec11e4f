"""The commands. Each one lives in its own module and imports what it needs when it runs."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from io import TextIOWrapper
from types import SimpleNamespace
from typing import TYPE_CHECKING, TextIO, cast

from tui.cli.exits import Exit
from tui.errors import TaskdeckError, UsageError
from tui.hygiene import KEYLESS, seal

if TYPE_CHECKING:
    from argparse import Namespace

_MODULES = {
    "monitor": "tui.cli.screen",
    "demo": "tui.cli.screen",
    "cloud": "tui.cli.cloud",
    "list": "tui.cli.list",
    "show": "tui.cli.show",
    "stop": "tui.cli.stop",
    "tail": "tui.cli.tail",
    "wait": "tui.cli.wait",
    "check": "tui.cli.check",
    "record": "tui.cli.record",
    "replay": "tui.cli.screen",
    "frame": "tui.cli.frame",
    "login": "tui.cli.login",
    "logout": "tui.cli.logout",
    "accounts": "tui.cli.accounts",
    "sources": "tui.cli.sources",
    "doctor": "tui.cli.doctor",
    "config": "tui.cli.config",
    "completion": "tui.cli.completion",
}
# What the parser makes of no word: so most monitors are started, and argparse is 8 ms of the way to a first frame.
_ALONE: Mapping[str, object] = {
    "command": "monitor",
    "filter": "",
    "theme": None,
    "write": False,
    "record": None,
    "config": None,
    "state_dir": None,
    "log": None,
    "color": "auto",
}
_OUTPUT_FAILED = (errno.EPIPE, errno.ENOSPC, errno.EIO, errno.EFBIG, errno.EDQUOT)


def run(arguments: Sequence[str]) -> int:
    """Runs one command line and answers its exit code; no traceback ever reaches a user."""
    _make_sound()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        _give_up(sys.stdout)
        return Exit.FINE
    except OSError as error:
        _give_up(sys.stdout)
        return complain(f"the output cannot be written: {error.strerror}", Exit.USAGE)
    return code


def _run(arguments: Sequence[str]) -> int:
    try:
        given = read(arguments)
    except UsageError as error:
        return complain(error, Exit.USAGE)
    except SystemExit as leaving:  # argparse, after --help and --version
        return leaving.code if isinstance(leaving.code, int) else Exit.USAGE
    try:
        if given.command not in KEYLESS:
            seal()
        found = import_module(_MODULES[given.command])
        code: int = found.run(given)
    except TaskdeckError as error:
        return complain(error, Exit.USAGE)
    except Exception as error:  # the last line of defence: a bug is one line, a log file and 70
        if isinstance(error, OSError) and error.errno in _OUTPUT_FAILED:
            raise
        return _bug(error, given)
    return code


def read(arguments: Sequence[str]) -> Namespace:
    """What a command line asks for. Raises UsageError."""
    if not arguments:
        return cast("Namespace", SimpleNamespace(**_ALONE))
    from tui.cli.parser import parse

    return parse(arguments)


def complain(problem: object, code: int) -> int:
    """One clean line on stderr, and the code to leave with."""
    say(f"taskdeck: {problem}")
    return code


def say(line: str, out: TextIO | None = None) -> None:
    """A line for people on stderr; foreign text in it is made safe, and no key of ours is in it."""
    from tui.held import without
    from tui.text import clean

    out = out or sys.stderr
    try:
        print(clean(without(line), limit=4000), file=out)
    except OSError:  # nobody listens: the exit code still says it
        _give_up(out)


def _bug(error: Exception, given: Namespace) -> int:
    from tui.logs import write_trace

    where = write_trace(error, given)
    return complain(f"a bug: {type(error).__name__}; the trace is in {where}", Exit.BUG)


def _make_sound() -> None:
    """A stream that was closed (`>&-`) is nowhere; a sign that the locale has not is an escape, not a crash."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", closefd=False))
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _give_up(stream: TextIO) -> None:
    """A closed pipe ends quietly: the interpreter must not find it closed again at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
