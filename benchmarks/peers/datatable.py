"""Textual's DataTable on the same rows."""

from __future__ import annotations

import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from watched import MAYBE, NO, YES, Paint, Watched

from peers import Ground, Peer
from peers.ours import WORDS

ESC = "\x1b"
PATIENCE = 20.0  # one character fills the table anew, which takes that long
HOME, END = "\x1b[1;5H", "\x1b[1;5F"


class DataTable(Peer):
    """The app in `datatable_app.py`: every 5 s 1 % of its rows change."""

    name = "DataTable"
    note = "DataTable is filled anew for each character; `>` is how long a paint was waited for in vain"
    first, last = HOME, END

    def command(self, ground: Ground) -> list[str]:
        """The app on the file."""
        return [sys.executable, str(Path(__file__).with_name("datatable_app.py")), str(ground.rows)]

    def ready(self, seen: Watched, ground: Ground) -> object:
        """The line under the table counts them."""
        return self._told(seen) and self.cursor(seen)

    def cursor_line(self, seen: Watched) -> int | None:
        """The line with another background than the others."""
        buffer, last = seen.screen.buffer, seen.screen.lines - 2
        colours = [buffer[y][2].bg for y in range(1, last)]
        usual = Counter(colours).most_common(1)[0][0]
        return next((y for y, colour in enumerate(colours, 1) if colour != usual), None)

    def probes(self) -> dict[str, Callable[[Watched, random.Random], Iterator[Paint]]]:
        """All but views: it has one."""
        return super().probes() | {"sorted": self.sorted, "typed": self.typed}

    def typed(self, seen: Watched, rng: random.Random) -> Iterator[Paint]:
        """Each character: the input has it, and the count is another one."""
        for word in WORDS:
            seen.press("/")
            time.sleep(0.3)
            for at, char in enumerate(word):
                time.sleep(rng.uniform(0.06, 0.14))
                seen.catch_up()
                before, text = self._told(seen), word[: at + 1]

                def painted(seen: Watched, before: str = before, text: str = text) -> int:
                    if text not in seen.line(seen.screen.lines - 1):
                        return NO
                    return YES if self._told(seen) != before else MAYBE

                yield seen.paint(char, painted, limit=PATIENCE)
            seen.press(ESC)
            time.sleep(0.3)
            seen.until(lambda seen: self.cursor(seen), 20)

    def sorted(self, seen: Watched, rng: random.Random) -> Iterator[Paint]:
        """By duration, up and down."""
        for _ in range(4):
            time.sleep(rng.uniform(0.2, 0.3))
            seen.catch_up()
            yield seen.paint("I", self.other_rows(seen))

    def _told(self, seen: Watched) -> str:
        found = re.search(r"([\d,]+) of [\d,]+", seen.line(seen.screen.lines - 2))
        return found[1] if found else ""
