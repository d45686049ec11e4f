"""The signs on the screen. East-Asian "ambiguous" ones are one or two cells wide by terminal: none is used."""

from __future__ import annotations

import codecs
import locale
import os
from collections.abc import Mapping
from typing import NamedTuple

from tui.model import State
from tui.status import Word
from tui.ui import charset


class Glyphs(NamedTuple):
    """One set of signs, each one cell wide."""

    name: str
    states: Mapping[State, str]
    words: Mapping[Word, str]
    cursor: str
    full: str
    empty: str
    mark: str
    fresh: Mapping[str, str]
    up: str
    down: str
    left: str
    right: str
    pin: str

    def bar(self, percent: float, cells: int) -> str:
        """A progress bar."""
        done = round(max(0.0, min(100.0, percent)) / 100 * cells)
        return self.full * done + self.empty * (cells - done)


FRESH = ("new", "changed", "gone")
_ASCII = dict(zip(State, ".>~/+x-!?*", strict=True))
_UNICODE = dict(zip(State, "◦▸↻/✓✗⊘!?*", strict=True))
# In the order of Word: NOKEY AUTH DENIED THROTTLED OFFLINE ERROR LOADING STALE SLOW PARTIAL EMPTY LIVE.
_ASCII_WORDS = dict(zip(Word, "?!-vx*.:~%o+", strict=True))
_UNICODE_WORDS = dict(zip(Word, "?!⊘⇣✗*↻◌~◔∅✓", strict=True))
# What stands beside a state is no state's sign.
_ASCII_FRESH, _UNICODE_FRESH = dict(zip(FRESH, "^:_", strict=True)), dict(zip(FRESH, "✚∆∅", strict=True))
ASCII = Glyphs("ascii", _ASCII, _ASCII_WORDS, ">", "#", "-", "#", _ASCII_FRESH, "^", "v", "<", ">", "@")
UNICODE = Glyphs("unicode", _UNICODE, _UNICODE_WORDS, "›", "⣿", "⣀", "❚", _UNICODE_FRESH, "⇡", "⇣", "«", "»", "⚑")


def choose(wanted: str) -> Glyphs:
    """The set for `ui.glyphs`: auto is by terminal and locale."""
    if wanted == "ascii":
        return ASCII
    if wanted == "unicode":
        return UNICODE
    if os.environ.get("TERM", "").startswith(charset.PLAIN):
        return ASCII  # a console's font has 256 or 512 signs
    if os.environ.get("LANG") in ("C", "POSIX") and os.environ.get("LC_CTYPE") in charset.COERCED:
        return ASCII  # Python has made UTF-8 of this locale for itself; the terminal has not
    try:
        return UNICODE if codecs.lookup(charset.named() or locale.getencoding()).name == "utf-8" else ASCII
    except LookupError:
        return ASCII
