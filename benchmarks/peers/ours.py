"""taskdeck itself: the merged view of a monitor that polls."""

from __future__ import annotations

import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from watched import MAYBE, NO, YES, Paint, Watched

from peers import Ground, Peer

WORDS = ("err", "state:fail", "-name:canary")
CURSOR = "›"
CTRL_U, ESC = "\x15", "\x1b"


class Ours(Peer):
    """The monitor."""

    name = "taskdeck"

    def command(self, ground: Ground) -> list[str]:
        """The monitor on the cloud's config."""
        taskdeck = os.environ.get("TASKDECK_BIN") or str(Path(sys.executable).parent / "taskdeck")
        return [taskdeck, "--config", str(ground.config), "monitor"]

    def ready(self, seen: Watched, ground: Ground) -> object:
        """All lists are read: a count of all without a plus."""
        found = re.search(r" all ([\d,]+)(\+?) ", seen.line(1) + seen.line(2) + seen.line(3))
        return found and not found[2] and int(found[1].replace(",", "")) >= ground.tasks * 0.98

    def begin(self, seen: Watched) -> None:
        """All tasks, merged."""
        seen.press("0")
        seen.until(lambda seen: "all tasks" in seen.line(0) and self.cursor(seen), 20)

    def cursor_line(self, seen: Watched) -> int | None:
        """The line that begins with the cursor."""
        buffer = seen.screen.buffer
        return next((y for y in range(seen.screen.lines) if CURSOR in (buffer[y][0].data, buffer[y][1].data)), None)

    def probes(self) -> dict[str, Callable[[Watched, random.Random], Iterator[Paint]]]:
        """All of them."""
        return super().probes() | {"sorted": self.sorted, "views": self.views, "typed": self.typed}

    def typed(self, seen: Watched, rng: random.Random) -> Iterator[Paint]:
        """Each character: the text has it, and the verdict (count, or what is wrong) is another one."""
        for word in WORDS:
            yield from self._type(seen, word, rng)

    def _type(self, seen: Watched, word: str, rng: random.Random) -> Iterator[Paint]:
        seen.press("/")
        time.sleep(0.4)
        seen.until(lambda seen: self._bar(seen, "") is not None, 5)
        for at in range(len(word)):
            time.sleep(rng.uniform(0.06, 0.14))
            seen.catch_up()
            before, text = self._bar(seen, word[:at]), word[: at + 1]

            def painted(seen: Watched, before: str | None = before, text: str = text) -> int:
                told = self._bar(seen, text)
                return NO if told is None else YES if told != before else MAYBE

            began = time.perf_counter()
            done = seen.paint(word[at], painted)
            self.beside.setdefault("whole", []).append(self._whole(seen, text, began, done))
            yield done
        seen.press(CTRL_U)
        seen.until(lambda seen: self._bar(seen, "") is not None, 5)
        for _ in range(3):  # the first one may close what completes
            time.sleep(0.4)
            seen.catch_up()
            if self._bar(seen, "") is None:
                break
            seen.press(ESC)
            time.sleep(0.6)

    def _whole(self, seen: Watched, text: str, began: float, done: Paint) -> Paint:
        """From the key to the last of its rows: counts that still grow have a plus."""
        if "+" not in (self._bar(seen, text) or ""):
            return done
        seen.catch_up()  # the last picture may have come while the emulator was fed: nothing would come after it
        again = time.perf_counter()
        if "+" not in (self._bar(seen, text) or ""):
            return done._replace(last=(again - began) * 1000)
        last = seen.paint("", lambda seen: YES if "+" not in (self._bar(seen, text) or "+") else NO)
        return last._replace(first=done.first, last=(again - began) * 1000 + last.last)

    def _bar(self, seen: Watched, text: str) -> str | None:
        """What the filter bar says of a text: the count of rows, without what moves by itself; None: not that text."""
        for y in range(seen.screen.lines):
            line = seen.line(y)
            if line.startswith(f" / {text} "):
                rest = line[3 + len(text) :]
                told = rest.strip()
                count = re.match(r"[\d,]+\+?(?= of )", told)
                return count[0] if count else re.sub(r"\s*oldest.*", "", told)
        return None

    def sorted(self, seen: Watched, rng: random.Random) -> Iterator[Paint]:
        """The order inverted (`I`)."""
        for _ in range(4):
            time.sleep(rng.uniform(0.2, 0.3))
            seen.catch_up()
            done = seen.paint("I", self.other_rows(seen), limit=3)
            yield done
            if not done.shown:  # no such key, or no other order
                return

    def views(self, seen: Watched, rng: random.Random) -> Iterator[Paint]:
        """One provider, all tasks, the deck: the first line names another view."""
        for key in ("1", "0", "3", "0", "5", "0", "W", "0"):
            time.sleep(rng.uniform(0.2, 0.3))
            seen.catch_up()
            before = seen.line(0)[:40]

            def painted(seen: Watched, before: str = before) -> int:
                return YES if seen.line(0)[:40] != before else NO

            yield seen.paint(key, painted)
