"""Pasting: what is pasted is no key, whatever stands in it. Pure.

Textual (8.2.8) takes an Esc inside a paste for the beginning of a key, and what follows it for keys: a line of a log
with colours in it, pasted on a table, pressed the letters behind the first colour. And where the mark at the end comes
in two pieces, 0.1 s apart, its pastes never end.
"""

from __future__ import annotations

import re

BEGIN, END = "\x1b[200~", "\x1b[201~"
STANDS_FOR_ESC = "\x1a"  # SUB: neither text nor a key, so that a field which takes no control characters says so
_HALF_MARK = re.compile("\x1b(?:\\[(?:2(?:0[01]?)?)?)?\\Z")


class Pasting:
    """Goes along with what a terminal sends."""

    def __init__(self) -> None:
        self._inside = False
        self._held = ""
        self._passed = ""  # the half of a mark that the parser has already: held, a lone Esc would be no key

    def feed(self, data: str) -> str:
        """What a parser is given of it: keys as they are, pastes between their marks and without Esc."""
        data, self._held = self._held + data, ""
        made = ""
        while data:
            inside, passed, self._passed = self._inside, self._passed, ""
            some, found, data = (passed + data).partition(END if inside else BEGIN)
            self._inside = inside is not bool(found)
            half = None if found else _HALF_MARK.search(some)
            if half and inside:
                some, self._held = some[: half.start()], half[0]
            elif half:
                self._passed = half[0]
            if inside:  # marks within marks: a multiplexer passed them on
                some = some.replace(BEGIN, "").replace("\x1b", STANDS_FOR_ESC)
            made += (some + found)[len(passed) :]
        return made
