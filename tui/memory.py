"""Memory: what the monitor remembers between runs, one small file in the state folder. The config is never written.

What is kept holds for this run at once and is written by a thread of its own, because a state folder may lie on a slow
or a dead disk and no key waits for one. A write reads the file again and changes only what this run changed: what
another monitor has saved meanwhile stays, and of two that change the same thing the last one wins.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import stat
from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import dropwhile
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from tui.logs import prepare
from tui.text import clean

NAME = "monitor.json"
LARGEST = 1 << 20  # bytes of the file: more is none of ours
LINES, LINE = 200, 2_000  # filters remembered, and the characters of one
VIEW, SORT = 4_096, 100  # characters: as much as a query may have; more than any field is called
WATCHED = 50  # tasks of the watch list
PATIENCE = 2.0  # seconds that leaving waits for a disk
VIEW_NAME = re.compile(r"\w[\w.-]{0,39}")
NO_VIEWS: Mapping[str, str] = {}

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Kept:
    """What is remembered, or (`views` with None, `watched` with False: dropped) what of it changes."""

    sorts: dict[str, str] = field(default_factory=dict)
    views: dict[str, str | None] = field(default_factory=dict)
    history: list[str] = field(default_factory=list)
    watched: dict[str, bool] = field(default_factory=dict)

    def then(self, later: Kept) -> Kept:
        """With later changes."""
        fresh = set(later.history)
        history = [line for line in self.history if line not in fresh] + later.history
        watched = self.watched | later.watched
        return Kept(self.sorts | later.sorts, self.views | later.views, history[-LINES:], watched)


class Memory:
    """What is remembered in a folder. Without one it is forgotten with the run: a demo leaves no trace."""

    def __init__(self, folder: Path | None = None) -> None:
        self.told: Callable[[str], None] = lambda reason: None
        """Gets the one line that says why something is not written; called in the thread that writes."""
        self._path = None if folder is None else folder / NAME
        self._config = NO_VIEWS
        self._lock = Lock()
        self._waiting = Kept()
        self._asked = False
        self._thread: Thread | None = None
        self._reason = ""
        found = self._begin()
        self._sorts = found.sorts
        self._views = {name: text for name, text in found.views.items() if text is not None}
        self._history: Sequence[str] = found.history
        self._watched = [text for text, there in found.watched.items() if there]

    @property
    def sorts(self) -> Mapping[str, str]:
        """The orders of the tables, `-created`, by adapter id or `all`; "" is newest first."""
        return self._sorts

    @property
    def views(self) -> Mapping[str, str]:
        """The saved filters by name, always as they are now."""
        return self._views

    @property
    def history(self) -> Sequence[str]:
        """The filters of the past, newest last."""
        return self._history

    @property
    def watched(self) -> Sequence[str]:
        """The watch list: TASKs, oldest first."""
        return self._watched

    def beside(self, config: Mapping[str, str]) -> Mapping[str, str]:
        """All saved filters, always as they are now. The config's win: their names are refused to `save_view`."""
        self._config = config
        return ChainMap(dict(config), self._views)

    def save_sort(self, where: str, text: str) -> None:
        """Remembers the order of a table."""
        with self._lock:
            self._sorts[where] = text
        self._later(Kept(sorts={where: text}))

    def save_view(self, name: str, text: str) -> str:
        """Remembers a filter as `@name`; answers why not, "" when it does."""
        if not VIEW_NAME.fullmatch(name):
            return "a view needs a name of at most 40 letters, digits and . _ -"
        if name in self._config:
            return f"@{name} is in the config, which is never written: another name, please"
        if not text.strip() or len(text) > VIEW:
            return f"@{name} would be {'empty' if not text.strip() else 'longer than a query may be'}"
        with self._lock:
            self._views[name] = text
        self._later(Kept(views={name: text}))
        return ""

    def drop_view(self, name: str) -> str:
        """Forgets a filter; answers why not, "" when it does."""
        if name not in self._views:
            told = "is in the config, which is never written" if name in self._config else "no saved view of that name"
            return f"@{clean(name, limit=40)}: {told}"
        with self._lock:
            del self._views[name]
        self._later(Kept(views={name: None}))
        return ""

    def save_history(self, lines: Iterable[str]) -> None:
        """Remembers the filters of the past, newest last."""
        lines = _lines(list(lines))
        old = iter(self._history)
        fresh = list(dropwhile(lambda line: line in old, lines))  # what follows the lines that were there, in order
        with self._lock:
            self._history = lines
        if fresh:
            self._later(Kept(history=fresh))

    def save_watched(self, tasks: Sequence[str]) -> None:
        """Remembers the watch list."""
        before = self._watched
        changes = dict.fromkeys((one for one in before if one not in tasks), False)
        changes |= dict.fromkeys((one for one in tasks if one not in before), True)
        with self._lock:
            self._watched = [one for one in tasks if len(one) <= LINE]
        if changes:
            self._later(Kept(watched=changes))

    def close(self) -> None:
        """Waits until everything is written; not for ever."""
        thread = self._thread
        if thread is not None:
            thread.join(PATIENCE)

    def _begin(self) -> Kept:
        if self._path is None:
            return Kept()
        try:
            return _kept(_load(self._path) or {})
        except (OSError, ValueError, RecursionError) as error:
            told = "%s cannot be used, nothing is remembered from before; the next change keeps it as %s: %s"
            logger.warning(told, clean(self._path), _broken(self._path).name, clean(error, limit=200))
            return Kept()

    def _later(self, change: Kept) -> None:
        """Has a change written soon, together with those that come until then."""
        if self._path is None:
            return
        with self._lock:
            self._waiting, self._asked = self._waiting.then(change), True
            if self._thread is None:
                self._thread = Thread(target=self._work, args=(self._path,), name="memory", daemon=True)
                self._thread.start()

    def _take(self) -> tuple[Kept, Kept] | None:
        """What is to be changed, and all that we know; None, and the thread ends, when nobody asks."""
        with self._lock:
            if not self._asked:
                self._thread = None
                return None
            taken, self._waiting, self._asked = self._waiting, Kept(), False
            known = Kept(dict(self._sorts), dict(self._views), list(self._history), dict.fromkeys(self._watched, True))
            return taken, known

    def _work(self, path: Path) -> None:
        while taken := self._take():
            changes, known = taken
            try:
                _change(path, changes, known)
            except OSError as error:
                with self._lock:
                    self._waiting = changes.then(self._waiting)  # for the next time
                reason = clean(f"kept for this run only: {path}: {error.strerror or error}")
                again, self._reason = reason == self._reason, reason
                if changes.views or not again:  # who sorts by hand on a read-only disk is told once
                    self.told(reason)
            else:
                self._reason = ""


def _change(path: Path, changes: Kept, known: Kept) -> None:
    """Writes changes into the file. Raises OSError, and leaves the file as it was."""
    prepare(path)
    with _alone(path.parent):
        try:
            found = _load(path)
        except (OSError, ValueError, RecursionError):
            path.replace(_broken(path))
            found = None
        kept = known if found is None else _kept(found).then(changes)
        _replace(path, _text(found or {}, kept))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One monitor at a time, where the file system knows locks."""
    import fcntl

    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _broken(path: Path) -> Path:
    return path.with_name(f"{path.name}.broken")


def _load(path: Path) -> dict[str, Any] | None:
    """What the file holds, None where there is none. Raises OSError and ValueError."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))  # never to wait for the writer of a pipe
    except (FileNotFoundError, NotADirectoryError):
        return None
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ValueError("not a regular file")
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ValueError(f"larger than {LARGEST:,} bytes")
    import json  # not before there is a file: most first frames do without

    found = json.loads(data)
    if not isinstance(found, dict):
        raise ValueError("not a table")
    return found


def _kept(found: Mapping[str, Any]) -> Kept:
    """What of it is ours and in order; the rest is left out piece by piece."""
    views = {name: text for name, text in _texts(found.get("views"), VIEW).items() if VIEW_NAME.fullmatch(name)}
    watched = dict.fromkeys(_lines(found.get("watched"))[:WATCHED], True)
    return Kept(_texts(found.get("sorts"), SORT), {**views}, _lines(found.get("history")), watched)


def _texts(found: object, longest: int) -> dict[str, str]:
    table = found if isinstance(found, dict) else {}
    return {name: text for name, text in table.items() if isinstance(text, str) and len(text) <= longest}


def _lines(found: object) -> list[str]:
    lines = found if isinstance(found, list) else []
    return [line for line in lines if isinstance(line, str) and 0 < len(line) <= LINE][-LINES:]


def _text(found: Mapping[str, Any], kept: Kept) -> bytes:
    """The file: what a later version has put there stays; the oldest filters go where there is no room."""
    import json

    views = {name: text for name, text in kept.views.items() if text is not None}
    watched = [text for text, there in kept.watched.items() if there][-WATCHED:]
    history = kept.history
    while True:
        table = {**found, "sorts": kept.sorts, "views": views, "history": history}
        if watched or "watched" in found:
            table["watched"] = watched
        # A lone surrogate as a backslash and its number is what JSON writes too.
        data = json.dumps(table, ensure_ascii=False, indent=1).encode("utf-8", "backslashreplace") + b"\n"
        if len(data) <= LARGEST:
            return data
        if not history:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        history = history[len(history) // 4 + 1 :]


def _replace(path: Path, data: bytes) -> None:
    """A whole new file in the place of the old one: nobody ever sees half of it."""
    import tempfile

    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(handle)
        Path(name).replace(path)
    except OSError:
        with suppress(OSError):
            Path(name).unlink()
        raise
