"""`taskdeck replay`: the monitor on a recording."""

from __future__ import annotations

import os
import stat
from argparse import Namespace
from collections.abc import Iterator, Mapping
from io import TextIOWrapper
from pathlib import Path

from tui.config_place import config_path, is_there
from tui.errors import TaskdeckError, UsageError
from tui.model import Source
from tui.recorded import LINE, Recording, recording
from tui.replaying import ReplayDesk


def desk_of(given: Namespace) -> ReplayDesk:
    """The desk for a recording. Raises UsageError for a file that is none."""
    path = config_path(given.config)
    return ReplayDesk(read(given.file), path, speed=given.speed, known=_known(path))


def read(path: str) -> Recording:
    """Reads a file. Raises UsageError."""
    try:
        with open(path, encoding="utf-8", errors="replace", opener=_opener) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):  # a device may never end
                raise UsageError(f"{path} is no recording: it is no file")
            found = recording(_lines(file))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    if not found.events:
        why = "it is empty" if not found.unread else "no line of it says what happened to a task or a source"
        raise UsageError(f"{path} is no recording: {why}; `taskdeck record FILE` makes one")
    return found


def _opener(path: str, flags: int) -> int:
    """A pipe without a writer would be waited for."""
    return os.open(path, flags | os.O_NONBLOCK | os.O_CLOEXEC)


def _lines(file: TextIOWrapper) -> Iterator[str]:
    """Its lines. Of one that is too long the rest is no line: in what a cloud says of a task any event may stand."""
    while line := file.readline(LINE):
        yield line
        while len(line) == LINE and not line.endswith("\n"):
            line = file.readline(LINE)


def _known(path: Path) -> Mapping[str, Source]:
    """The sources of the config, where there is one that can be read: a recording does without."""
    from tui.wiring import load_config

    try:
        return {one.source.name: one.source for one in load_config(path).sources} if is_there(path) else {}
    except TaskdeckError:
        return {}
