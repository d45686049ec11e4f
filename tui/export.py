"""Tasks into a file: only its owner can read it, nothing is written over unless that is asked for, no link followed."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from tui import formats, markdown
from tui.model import Source, Task

Sources = Mapping[str, Source]


def _csv(tasks: Sequence[Task], sources: Sources, out: TextIO) -> None:
    rows = (formats.as_json(task, sources[task.source]) for task in tasks)
    formats.write_csv(rows, formats.JSON_FIELDS, out)


def _ndjson(tasks: Sequence[Task], sources: Sources, out: TextIO) -> None:
    formats.write_lines((formats.json_line(task, sources[task.source]) for task in tasks), out)


def _md(tasks: Sequence[Task], sources: Sources, out: TextIO) -> None:
    out.writelines(f"{line}\n" for line in markdown.table(tasks, sources))


KINDS: Mapping[str, Callable[[Sequence[Task], Sources, TextIO], None]] = {"csv": _csv, "ndjson": _ndjson, "md": _md}


def export(path: Path, kind: str, tasks: Sequence[Task], sources: Sources, *, over: bool = False) -> int:
    """Writes tasks in their order, whole or not at all; answers the bytes. Raises OSError.

    A new file appears under its name when the last row is in it, so that nobody ever takes a part for the whole.
    """
    _may(path, over=over)
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:80]}.", dir=path.parent)  # 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            KINDS[kind](tasks, sources, file)
            file.flush()
            os.fsync(handle)
            size = os.fstat(handle).st_size
        if over:
            _may(path, over=True)
            Path(name).replace(path)
        else:
            _appear(Path(name), path)
    finally:
        with suppress(FileNotFoundError):
            Path(name).unlink()
    return size


def _may(path: Path, *, over: bool) -> None:
    """Raises FileExistsError where something stands that must stay."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISREG(mode):
        what = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a folder"}.get(stat.S_IFMT(mode), "no regular file")
        raise FileExistsError(errno.EEXIST, f"is {what}", str(path))
    if not over:
        raise FileExistsError(errno.EEXIST, "is there already; :export! writes over it", str(path))


def _appear(made: Path, path: Path) -> None:
    """Gives a finished file its name, which nothing may have meanwhile."""
    try:
        os.link(made, path, follow_symlinks=False)
    except FileExistsError:
        raise FileExistsError(errno.EEXIST, "is there already; :export! writes over it", str(path)) from None
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EMLINK, errno.ENOSYS):
            raise
        _may(path, over=False)  # a file system without hard links
        made.rename(path)
