"""What stdout is: whether it takes colours, how wide it is, whether anybody still reads it."""

from __future__ import annotations

import errno
import os
import select
import stat
import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence


def coloured(given: Namespace) -> bool:
    """Whether lines may have colours: as `--color` says, else on a terminal without NO_COLOR."""
    if given.color == "auto":
        return sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return bool(given.color == "always")


def cells() -> int | None:
    """The width of the terminal; None where stdout is none, and no text is cut."""
    if not sys.stdout.isatty():
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns


def aligned(rows: Iterable[Sequence[object]]) -> None:
    """Rows of as many cells each as columns on stdout; foreign text in them is made safe, nothing is a dash."""
    from tui.text import clean, width

    cells = [["-" if cell in ("", None) else clean(cell) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        text = "  ".join(cell + " " * (wide - width(cell)) for cell, wide in zip(line, widths, strict=True))
        sys.stdout.write(text.rstrip() + "\n")


def listened_to() -> None:
    """Raises BrokenPipeError once the reader of a pipe has gone: who writes now and then would not notice for hours."""
    try:
        out = sys.stdout.fileno()
        if not (stat.S_ISFIFO(os.fstat(out).st_mode) or stat.S_ISSOCK(os.fstat(out).st_mode)):
            return
        asked = select.poll()
    except (OSError, ValueError, AttributeError):  # no such file, or a platform that cannot be asked
        return
    asked.register(out, 0)
    if asked.poll(0):
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))
