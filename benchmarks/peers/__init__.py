"""The programs that are compared: how each is started and driven, and what its screen says. One file each."""

from __future__ import annotations

import random
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from watched import NO, YES, Paint, Watched

LEAST_ROWS = 5  # fewer rows that differ are no other order


class Ground(NamedTuple):
    """What all of them work on: the config that reads the cloud, and the same tasks as a file."""

    config: Path
    rows: Path
    tasks: int


class Key(NamedTuple):
    """One key of a probe and how its effect is told."""

    press: str
    painted: Callable[[Watched], int]


class Peer(ABC):
    """One program with a table. A probe is a run of keys; it ends early when its time is over."""

    name = ""
    term = "xterm-256color"
    down, up, page_down, page_up, first, last = "j", "k", "\x1b[6~", "\x1b[5~", "g", "G"
    note = ""

    def __init__(self) -> None:
        self.beside: dict[str, list[Paint]] = {}
        """What is seen while something else is measured."""

    def here(self) -> bool:
        """Whether it is installed."""
        return True

    @abstractmethod
    def command(self, ground: Ground) -> list[str]:
        """What to run."""

    @abstractmethod
    def ready(self, seen: Watched, ground: Ground) -> object:
        """Whether all rows are there."""

    def begin(self, seen: Watched) -> None:  # noqa: B027 - most begin there
        """Goes to the table of all tasks."""

    @abstractmethod
    def cursor_line(self, seen: Watched) -> int | None:
        """Which line of the screen has the cursor."""

    def probes(self) -> dict[str, Callable[[Watched, random.Random], Iterator[Paint]]]:
        """What is measured, by the name of the row of the report."""
        return {"lines": self.lines, "pages": self.pages, "ends": self.ends}

    def lines(self, seen: Watched, rng: random.Random) -> Iterator[Paint]:
        """Down and up, one row each; the window scrolls at both ends."""
        for key in (self.down * 6 + self.up * 4) * 100:
            yield self.moved(seen, key, rng)

    def pages(self, seen: Watched, rng: random.Random) -> Iterator[Paint]:
        """Down and up, one page each."""
        for key in ([self.page_down] * 6 + [self.page_up] * 4) * 10:
            yield self.moved(seen, key, rng)

    def ends(self, seen: Watched, rng: random.Random) -> Iterator[Paint]:
        """The last row and the first one."""
        for key in (self.last, self.first) * 10:
            yield self.moved(seen, key, rng)

    def moved(self, seen: Watched, key: str, rng: random.Random) -> Paint:
        """One key that puts the cursor on another task."""
        time.sleep(rng.uniform(0.02, 0.06))  # not in step with anything
        seen.catch_up()
        before = self.cursor(seen)
        return seen.paint(key, lambda seen: YES if self.cursor(seen) not in (before, None) else NO)

    def cursor(self, seen: Watched) -> str | None:
        """The task under the cursor, by the cells that do not change while it lives: SRC to TARGET."""
        at, span = self.cursor_line(seen), self.span(seen)
        return None if at is None or span is None else seen.line(at)[span[1] : span[2]].strip()

    def tasks(self, seen: Watched) -> list[str]:
        """All tasks on the screen, from top to bottom."""
        span = self.span(seen)
        texts = [] if span is None else [line[span[1] : span[2]].strip() for line in seen.lines()[span[0] + 1 : -2]]
        return list(dict.fromkeys(texts))

    def other_rows(self, seen: Watched) -> Callable[[Watched], int]:
        """Tells when the table shows other rows than now, or the same ones the other way round: whose cursor stays on
        its task in the middle of the screen has the same neighbours in either order.
        """
        places = {text: y for y, text in enumerate(self.tasks(seen))}

        def other(seen: Watched) -> int:
            told = self.tasks(seen)
            again = [places[text] for text in told if text in places]
            turned = sum(above > below for above, below in pairwise(again))
            return YES if len(told) - len(again) + turned >= LEAST_ROWS else NO

        return other

    def span(self, seen: Watched) -> tuple[int, int, int] | None:
        """The line of the column names, and from where to where the cells that name a task are."""
        for y in range(12):
            line = seen.line(y)
            start, end = line.find("SRC"), line.find("ERROR")
            if 0 <= start < end and "TASK" in line:
                return y, start, end
        return None
