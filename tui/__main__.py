"""`taskdeck` and `python -m tui`: the same command.

Nothing is imported up here that Python has not loaded by itself: a ctrl-c meanwhile would show a trace.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Runs the command line and leaves with its exit code."""
    try:
        from tui.cli import run

        code = run(sys.argv[1:])
    except KeyboardInterrupt:  # so early, or so late, that `run` has not seen it
        code = 130
    leave(code)


def leave(code: int) -> None:
    """Ends the process at once: taking 10,000 tasks down object by object costs 60 ms, a twentieth of their list."""
    from contextlib import suppress

    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # nobody reads any more; `run` has said so in the exit code
            stream.flush()
    if "logging" in sys.modules:
        import logging

        logging.shutdown()
    os._exit(code)


if __name__ == "__main__":
    main()
