"""A judge of its own of what a terminal may be given: it shares nothing with `tui.text`, which it judges."""

from __future__ import annotations

import base64
import re
import unicodedata
from functools import lru_cache

UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}  # commands, bidi, joiners, halves of pairs, what no font has
BLANK = set("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5\u180e")  # letters and signs by category, yet nothing to see
PLAIN = re.compile("[ -~]*")
MARKS = 3  # on one base: more of them climb over the neighbouring lines
SIGNS = re.compile(r"[\u2400-\u2426]|\\u[0-9a-f]{4}")  # what stands for what was taken away, in JSON too
_OWN = re.compile(
    r"\x1b\[[0-9;]*[mHK]"  # colours, places, the rest of a line
    r"|\x1b\[\d+;\d+r\x1b\[\d+H(?:(?:\x1bD)+|(?:\x1bM)+)\x1b\[r"  # lines that move
    r"|\x1b\[\?2026[hl]"  # one frame at a time
    r"|\x1b\]22;[a-z-]*\x07"  # Textual's: the shape of the mouse's pointer
)
_PUT = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/]*={0,2})\x07")
_LINK = re.compile(r"\x1b\]8;[a-z0-9=:;-]*?;(https?://[!-~]*)?\x1b\\")
_TOLD = re.compile(r"\x07(?:\x1b\](?:9;taskdeck: |777;notify;taskdeck;)([^\x07]*)\x07)?")


def trouble(text: str, *, lines: bool = False) -> list[str]:
    """What in there a terminal would obey, hide or pile up."""
    found: list[str] = []
    for line in text.split("\n") if lines else [text]:
        found += _trouble(line)
    return found


@lru_cache(maxsize=4096)
def _trouble(text: str) -> list[str]:
    if PLAIN.fullmatch(text):
        return []
    found, marks = [], 0
    for at, char in enumerate(text):
        category = unicodedata.category(char)
        marks = marks + 1 if category[0] == "M" else 0
        if category in UNSEEN or char in BLANK or (category == "Zs" and char != " "):
            found.append(f"U+{ord(char):04X} in {text[max(0, at - 8) : at + 12]!r}")
        elif "\ufe00" <= char <= "\ufe0f":
            found.append(f"selector U+{ord(char):04X}")
        elif marks > MARKS:
            found.append(f"{marks} marks")
    return found


def told_to_a_terminal(data: str) -> tuple[list[str], list[str]]:
    """What a driver wrote: its troubles, and the texts it put into the clipboard."""
    put = [base64.b64decode(one).decode() for one in _PUT.findall(data)]
    inside = [problem for one in put for problem in trouble(one, lines=True)]
    rest = _LINK.sub("", _PUT.sub("", _OWN.sub("", data)))
    inside += [problem for one in _TOLD.findall(rest) for problem in trouble(one)]
    return inside + trouble(_TOLD.sub("", rest), lines=True), put  # a whole frame has its lines
