"""Sketch: the first lines of the screen, drawn before Textual is imported, which is most of the time to a first frame.

From then on keys are the monitor's: none is shown, an Enter stays an Enter, all wait until they are read.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

PLAIN = ("linux", "vt", "cons", "dumb")
"""Terminals, by TERM, that may have no second screen: nothing is drawn where the shell's own lines would be lost."""
BEGIN, END = "\x1b[?1049h\x1b[2J\x1b[H", "\x1b[?1049l"


class Sketch:
    """What stands on the terminal until the monitor's own first frame; `wipe` gives the terminal back without one."""

    def __init__(self) -> None:
        self._keyboard = self._screen = -1
        self._before: list[Any] | None = None

    @property
    def drawn(self) -> bool:
        """Whether it is there: the second screen is on, and keys wait."""
        return self._before is not None

    def draw(self, lines: Sequence[str]) -> None:
        """Draws where that cannot go wrong: in the foreground, on a terminal that takes it at once."""
        if sys.platform == "win32" or os.environ.get("TERM", "dumb").startswith(PLAIN):
            return
        import termios

        with suppress(OSError, ValueError, termios.error):
            self._keyboard = _fileno(sys.__stdin__)
            if os.tcgetpgrp(self._keyboard) != os.getpgrp():
                return
            before = termios.tcgetattr(self._keyboard)
            streams = (sys.__stderr__, sys.__stdout__)  # the first of them that is a terminal, as Textual chooses
            shown = next(found for found in map(_fileno, streams) if os.isatty(found))
            self._screen = os.open(os.ttyname(shown), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
            os.write(self._screen, (BEGIN + "\r\n".join(lines)).encode("ascii", "replace"))
            self._before = before
            termios.tcsetattr(self._keyboard, termios.TCSANOW, _kept(before))

    def hand_over(self) -> list[Any] | None:
        """The terminal is the monitor's from now on: how it was set before, for the end."""
        before, self._before = self._before, None
        if before is not None:
            os.close(self._screen)
        return before

    def wipe(self) -> None:
        """The terminal as it was. From any thread."""
        if not self.drawn:
            return
        import termios

        with suppress(OSError):
            os.write(self._screen, END.encode())
        before = self.hand_over()
        if before is not None:
            with suppress(termios.error):
                termios.tcsetattr(self._keyboard, termios.TCSANOW, before)


def _fileno(stream: Any) -> int:
    return -1 if stream is None else int(stream.fileno())


def _kept(before: list[Any]) -> list[Any]:
    """Keys are neither shown nor edited, and Enter is no new line; ctrl-c still is a signal."""
    import termios

    found = [*before]
    found[0] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
    found[3] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
    return found
