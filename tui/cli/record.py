"""`taskdeck record`, and `monitor --record`: what `tail -o ndjson` prints, in a file that `replay` opens."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from argparse import Namespace
from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from tui.cli.event_lines import ndjson
from tui.cli.following import TICK
from tui.cli.happenings import Happened, Happenings
from tui.cli.once import now_ms
from tui.cli.words import Complaints, Turned
from tui.errors import UsageError
from tui.recorded import LINE, Unreadable, event_of

if TYPE_CHECKING:
    from tui.status import Change
    from tui.store import Store

AT_ONCE = 200  # lines between two looks at the loop: 2 ms, so that no key of the monitor waits for a first picture


def run(given: Namespace) -> int:
    """Polls and writes until the time is over or Ctrl+C; answers the exit code, as `tail`."""
    from tui import logs
    from tui.cli import say
    from tui.cli.tail import follow, wanted

    logs.start(given)
    settings, query = wanted(given)
    complaints, progress = Complaints(), Progress(given.file)
    with Paper(given.file) as paper:

        def write(due: Sequence[Happened | Turned], store: Store) -> None:
            paper.write(due, store)
            for one in due:
                if isinstance(one, Turned) and (line := complaints.line(one)):
                    progress.clear()
                    say(line)
            progress.show(paper.lines)

        try:
            return asyncio.run(follow(settings, query, write, given.duration, kept=True))
        finally:
            progress.clear()


class Paper:
    """The file: 0600 where it is new, gone on with where it is a recording. Raises UsageError for anything else."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.lines = 0
        try:
            self._file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
        except OSError as error:
            raise UsageError(f"{path}: {error.strerror}") from None
        try:
            self._torn = _torn(self._file, path)
        except UsageError:
            self.close()
            raise

    def __enter__(self) -> Paper:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Nothing is written any more."""
        with suppress(OSError):
            os.close(self._file)

    def write(self, due: Iterable[Happened | Turned], store: Store) -> None:
        """Each happening a line. Raises UsageError where the disk takes no more."""
        text = "".join(f"{ndjson(one, store.sources)}\n" for one in due)
        if not text:
            return
        told = ("\n" + text if self._torn else text).encode("ascii")
        done = 0
        try:
            while done < len(told):
                done += os.write(self._file, told[done:])
        except OSError as error:
            raise UsageError(f"{self.path}: {error.strerror}; what was written stays") from None
        finally:
            if done:
                self._torn = told[done - 1 : done] != b"\n"
        self.lines += text.count("\n")


def _torn(file: int, path: str) -> bool:
    """Whether the last line of a recording has no end: a crash, a full disk. Raises UsageError for another file."""
    if not stat.S_ISREG(os.fstat(file).st_mode):
        raise UsageError(f"{path}: no file: a recording is read again from its beginning")
    size = os.fstat(file).st_size
    if size == 0:
        return False
    first = os.pread(file, LINE, 0).partition(b"\n")[0]
    try:
        event_of(first.decode("utf-8", "replace"))
    except Unreadable:
        raise UsageError(f"{path}: there is another file of that name, which is no recording; it stays") from None
    return os.pread(file, 1, size - 1) != b"\n"


class Recorder:
    """Writes what happens in the monitor's store, which is empty yet. Raises UsageError where that cannot be."""

    def __init__(self, path: str, store: Store) -> None:
        self._paper = Paper(path)
        self._store, self._happenings = store, Happenings(store, lambda task: True, now_ms)
        self._due: deque[Happened | Turned] = deque()

    def listen(self, change: Change) -> None:
        """Takes in a change."""
        self._happenings.listen(change)

    async def run(self) -> None:
        """Writes once a second, until cancelled. Raises UsageError where the disk takes no more."""
        try:
            while True:
                await asyncio.sleep(TICK)
                self._happenings.look()
                self._due += self._happenings.due()
                while self._due:
                    self._write(AT_ONCE)
                    await asyncio.sleep(0)
        finally:
            self._close()

    def _write(self, most: int) -> None:
        self._paper.write([self._due.popleft() for _ in range(min(most, len(self._due)))], self._store)

    def _close(self) -> None:
        """What has happened until now is written, and nothing more."""
        self._happenings.close()
        self._due += self._happenings.due()
        with suppress(UsageError):  # it has been said, or the monitor ends for another reason
            self._write(len(self._due))
        self._paper.close()


class Progress:
    """One line on stderr, where that is a terminal: how much there is by now."""

    def __init__(self, path: str) -> None:
        self._path, self._shown = path, sys.stderr.isatty()

    def show(self, lines: int) -> None:
        """So many lines were written."""
        if self._shown:
            from tui.text import clean, cut_end

            sys.stderr.write(
                "\r\x1b[K" + cut_end(clean(f"recording to {self._path}: {lines:,} lines; ctrl-c ends"), 79)
            )
            sys.stderr.flush()

    def clear(self) -> None:
        """Takes the line away."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
