"""visidata on the same rows, where it is installed."""

from __future__ import annotations

import os
import random
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from watched import NO, YES, Paint, Watched

from peers import Ground, Peer

# The whole last line: half of a repaint may have lost its `processing`.
DONE = re.compile(r"\d+›\w+\| g\| select-cols-regex \d+ rows(?: •\d+)? \[1/1\]")
REST = 10.0  # seconds
WORDS = ("err", "fail", "canary")


def found() -> str | None:
    """Where `vd` is: $VISIDATA, beside this Python, or on PATH."""
    beside = Path(sys.executable).parent / "vd"
    return os.environ.get("VISIDATA") or (str(beside) if beside.exists() else shutil.which("vd"))


class VisiData(Peer):
    """The spreadsheet."""

    name = "visidata"
    term = "screen-256color"  # pyte does not know the repeated characters of xterm's
    first, last = "gk", "gj"
    note = "visidata filters when Enter is pressed (g| regex Enter): from there until the rows are selected"

    def here(self) -> bool:
        """Where `vd` is found."""
        return found() is not None

    def command(self, ground: Ground) -> list[str]:
        """vd on the file, without what its user has configured."""
        return [found() or "vd", "-N", "-f", "csv", str(ground.rows)]

    def ready(self, seen: Watched, ground: Ground) -> object:
        """The last line counts them."""
        rows = re.search(r"(\d+) rows", self._status(seen))
        return rows and int(rows[1]) >= ground.tasks * 0.98 and self._calm(seen) and self.cursor(seen)

    def begin(self, seen: Watched) -> None:
        """A key closes what it opens with."""
        seen.press("j")
        time.sleep(0.5)
        seen.catch_up()

    def cursor_line(self, seen: Watched) -> int | None:
        """The line that is reversed, under the column names."""
        span = self.span(seen)
        buffer, columns = seen.screen.buffer, range(40)
        lines = range(span[0] + 1, seen.screen.lines - 1) if span else ()
        return next((y for y in lines if sum(buffer[y][x].reverse for x in columns) > 20), None)

    def probes(self) -> dict[str, Callable[[Watched, random.Random], Iterator[Paint]]]:
        """All but views."""
        return super().probes() | {"sorted": self.sorted, "typed": self.typed}

    def typed(self, seen: Watched, rng: random.Random) -> Iterator[Paint]:
        """A regex over all columns: from Enter until all rows are looked at."""
        for word in WORDS:
            if not self._rests(seen):
                return
            seen.press("gu")
            time.sleep(0.4)
            seen.press("g|")
            time.sleep(0.4)
            seen.press(word)
            time.sleep(rng.uniform(0.2, 0.3))
            yield seen.paint("\r", self._selected, limit=20)

    def sorted(self, seen: Watched, rng: random.Random) -> Iterator[Paint]:
        """By the first column, up and down."""
        for key in "][][":
            if not self._rests(seen):
                return
            time.sleep(rng.uniform(0.2, 0.3))
            seen.catch_up()
            seen.press("gk")
            time.sleep(0.3)
            seen.catch_up()
            done = seen.paint(key, self.other_rows(seen), limit=5)
            yield done
            if not done.shown:  # what the next key shows may be this one's rows
                return

    def _selected(self, seen: Watched) -> int:
        return YES if DONE.fullmatch(" ".join(self._status(seen).split())) else NO

    def _rests(self, seen: Watched) -> bool:
        """Whether it has soon done what it was asked before: while it sorts, it has no rows to look through."""
        try:
            seen.until(self._calm, REST)
        except RuntimeError:
            return False
        return True

    def _calm(self, seen: Watched) -> bool:
        return "processing" not in self._status(seen) and "loading" not in self._status(seen)

    def _status(self, seen: Watched) -> str:
        return seen.line(seen.screen.lines - 1)
