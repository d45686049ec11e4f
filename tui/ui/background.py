"""Background: asking the terminal what colour is behind the text (OSC 11), and reading what it answers. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tui.ui.contrast import HALF, Rgb, luminance

QUESTION = "\x1b]11;?\x1b\\"
ANSWER = re.compile("\x1b\\]11;([^\x07\x1b]{0,64})(?:\x07|\x1b\\\\)")
BEGUN = re.compile("\x1b(?:\\](?:1(?:1(?:;(?:[^\x07\x1b]{0,64}\x1b?))?)?)?)?\\Z")
"""The beginning of an answer at the end of what was read."""
MUTE = ("dumb", "linux", "vt", "cons", "screen")
"""Terminals that do not answer, or print the question. `screen` is tmux too: that is told apart by its variable."""
_RGB = re.compile("rgba?:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})(?:/[0-9a-fA-F]{1,4})?")


def question(environ: Mapping[str, str]) -> str:
    """What to write to the terminal; "" to one that would not answer.

    tmux from 3.4 on answers itself; to one that lets programs through, the question for the terminal around it goes
    along. A second answer is taken off the keys like the first.
    """
    term, inside = environ.get("TERM", ""), "TMUX" in environ
    if not term or (term.startswith(MUTE) and not inside) or "STY" in environ:
        return ""
    through = "\x1bPtmux;" + QUESTION.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return QUESTION + through if inside else QUESTION


def colour(answer: str) -> Rgb | None:
    """The colour of `rgb:1111/2222/3333` or `#112233`; None for anything else."""
    if re.fullmatch("#(?:[0-9a-fA-F]{3}){1,4}", answer):
        size = len(answer) // 3
        parts = [answer[at : at + size] for at in range(1, len(answer), size)]
    elif found := _RGB.fullmatch(answer):
        parts = list(found.groups())
    else:
        return None
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in parts)
    return red, green, blue


def light(answer: str) -> bool | None:
    """Whether black stands out better there than white; None where the answer says no colour."""
    found = colour(answer)
    return None if found is None else luminance(found) > HALF
