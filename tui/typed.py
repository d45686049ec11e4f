"""A passphrase as it is typed or pasted, in a dialog or on a command line: one line, kept exactly as it is."""

from __future__ import annotations

import re

SHORTEST = 8
"""Characters of a new passphrase at least: below, guessing is cheap whatever the key derivation costs."""

# What a terminal that marks pastes leaves behind where a multiplexer passes the marks on as text.
_MARKS = re.compile(r"\x1b?\[20[01]~")
_WHOLE_MARKS = re.compile(r"\x1b\[20[01]~")


def unmarked(text: str) -> str:
    """Without the marks of a bracketed paste, whole or half."""
    return _MARKS.sub("", text)


def exactly(typed: str) -> str:
    """What was typed, blanks at its ends too, without the marks of a paste. ValueError says what cannot be meant.

    Half a mark may be what somebody typed.
    """
    text = _WHOLE_MARKS.sub("", typed)
    if "\r" in text or "\n" in text:
        raise ValueError("that has a line end in it: paste one line")
    if any(ord(char) < 32 or ord(char) == 127 for char in text):
        raise ValueError("that has a key in it that is no sign (an arrow, a tab): type it again")
    if "\ufffd" in text:
        raise ValueError("that is not UTF-8")
    return text
