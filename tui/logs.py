"""The log file: in the state folder (0700) or where --log says, 0600, rotated, opened at its first line."""

from __future__ import annotations

import errno
import logging
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from argparse import Namespace

SIZE = 1_000_000
KEPT = 3
TAIL = 64_000  # bytes of its end that are shown
TRACE = 64_000  # characters of one trace: groups of errors have long ones


def state_dir(given: Namespace) -> Path:
    """--state-dir, else TASKDECK_STATE_DIR, else the platform's user state folder."""
    named = getattr(given, "state_dir", None) or os.environ.get("TASKDECK_STATE_DIR")
    if named:
        return Path(named)
    from platformdirs import user_state_path

    return user_state_path("taskdeck", appauthor=False)


def log_path(given: Namespace) -> Path:
    """Where the log of this run is."""
    named = getattr(given, "log", None)
    return Path(named) if named else state_dir(given) / "taskdeck.log"


class Masked(logging.Formatter):
    """Writes lines and traces without our secrets, and without what looks like anybody's.

    A record is one line, and what a trace says is indented: no foreign text makes a line that looks like a record, and
    none is a command to the terminal that a log is read in.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's own name
        """The line of a record."""
        from tui.text import clean

        return clean(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - logging's own name
        """The lines of a trace."""
        return _told(super().formatException(ei))

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return masked(super().format(record))


def masked(text: str) -> str:
    """A text as it may stand in a file."""
    from tui.held import without
    from tui.mask import whole

    return whole(without(text))


class LazyFile(logging.Handler):
    """Opens its file when there is something to say: most runs leave no trace on the disk."""

    def __init__(self, path: Callable[[], Path]) -> None:
        super().__init__()
        self._named = path
        self._file: logging.Handler | None = None

    @property
    def path(self) -> Path:
        """Where the file is, or will be."""
        return self._named()

    def emit(self, record: logging.LogRecord) -> None:
        """Writes a record; a log that cannot be written never stops the program."""
        if self._file is None:
            self._file = self._open()
        self._file.emit(record)

    def close(self) -> None:
        """Closes the file, if one was opened."""
        if self._file is not None:
            with suppress(OSError):  # what a full disk did not take
                self._file.close()
        super().close()

    def _open(self) -> logging.Handler:
        from logging.handlers import RotatingFileHandler

        class Private(RotatingFileHandler):
            """The files that follow a full one are private too, and a full disk is nobody's traceback."""

            def _open(self) -> TextIOWrapper:
                return open(self.baseFilename, "a", encoding="utf-8", errors="backslashreplace", opener=_private)

            def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
                pass

        try:
            prepare(self.path)
            handler: logging.Handler = Private(self.path, maxBytes=SIZE, backupCount=KEPT)
        except OSError:
            return logging.NullHandler()
        handler.setFormatter(Masked("%(asctime)s %(levelname)s %(name)s %(message)s"))
        return handler


def start(given: Namespace) -> None:
    """Sends the log of this run to its file."""
    root = logging.getLogger("tui")
    for old in [one for one in root.handlers if isinstance(one, LazyFile)]:
        root.removeHandler(old)
        old.close()
    root.addHandler(LazyFile(lambda: log_path(given)))
    root.setLevel(logging.INFO)
    root.propagate = False


def place() -> Path | None:
    """Where the log that was started goes."""
    return next((one.path for one in logging.getLogger("tui").handlers if isinstance(one, LazyFile)), None)


def tail(path: Path) -> list[str]:
    """The last lines of a log, oldest first. OSError where there is none that can be read."""
    with open(path, "rb", opener=_waiting_for_nobody) as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - TAIL))
        lines = file.read(TAIL).decode("utf-8", "replace").splitlines()
    return lines[1:] if end > TAIL else lines


def _told(trace: str) -> str:
    """A trace, whose messages may quote a cloud."""
    from textwrap import indent

    from tui.text import clean

    return indent(clean(trace, lines=True, limit=TRACE), "  ")


def write_trace(error: BaseException, given: Namespace) -> Path:
    """Writes the trace of a bug where it can be written; answers where."""
    import traceback

    text = masked(_told("".join(traceback.format_exception(error))))  # lines of code and messages, never locals
    places: tuple[Callable[[], Path], ...] = (lambda: log_path(given), _temporary)
    for named in places:
        try:
            path = named()
            prepare(path)
            with open(path, "a", encoding="utf-8", errors="backslashreplace", opener=_private) as file:
                file.write(text)
        except OSError:
            continue
        return path
    return Path(os.devnull)


def _temporary() -> Path:
    """A new file of our own: in a folder for all, a name that can be guessed may be somebody else's file already."""
    import tempfile

    folder = Path(tempfile.gettempdir())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix="taskdeck-", suffix=".log", dir=folder)
    os.close(handle)
    return Path(name)


def prepare(path: Path) -> None:
    """Makes the folder of a file, for the owner alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _waiting_for_nobody(path: str, flags: int) -> int:
    """A pipe in the place of the log has no end: OSError."""
    handle = os.open(path, flags | getattr(os, "O_NONBLOCK", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is no file")
    return handle


def _private(path: str, flags: int) -> int:
    """Opens for the owner alone, never through a link that somebody else laid there, never to wait for a reader."""
    handle = os.open(path, flags | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0), 0o600)
    if stat.S_ISREG(os.fstat(handle).st_mode):
        with suppress(OSError):  # another user's file, or a file system without modes
            os.fchmod(handle, 0o600)
    return handle
