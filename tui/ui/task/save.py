"""Saving what a task printed: a new file that only its owner can read. Nothing is overwritten, no link is followed."""

from __future__ import annotations

import os
import re
from pathlib import Path

from tui.model import TaskKey

NO_LINKS = getattr(os, "O_NOFOLLOW", 0)  # where there is none (Windows), O_EXCL alone refuses what is there


def suggested(key: TaskKey) -> str:
    """A name for the file: of the id what every file system takes."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", key.id)[:100].strip("._-")
    return f"{name or 'task'}.txt"


def save(text: str, named: str, folder: Path) -> str:
    """Writes a text to a file; answers what happened in one line. Blocks as long as the disk does."""
    path = folder / Path(named).expanduser()
    data = text.encode("utf-8", "backslashreplace")  # a provider's JSON may hold half of a pair of surrogates
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | NO_LINKS, 0o600)
    except FileExistsError:
        return f"not saved, it is there already: {path}"
    except (OSError, ValueError) as error:
        return f"not saved: {path}: {_why(error)}"
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
    except OSError as error:
        return f"saved in part: {path}: {_why(error)}"
    return f"saved {len(data):,} bytes as {path}"


def _why(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
