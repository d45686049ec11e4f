"""The reasons of a task as lines: numbered, whole, each with the name of its evidence. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tui.text import cut_end
from tui.ui.ink import Ink
from tui.ui.titles import Pen
from tui.ui.wrapping import wrapped
from tui.view.why import Reason

HEAD = "WHY"
RULE = "evidence only, no guess"
BESIDE = 100  # cells from which the evidence stands at the right
EVIDENCE = 32
NUMBER = 5


def why_head(pen: Pen) -> Ink:
    """The line above them."""
    return Ink().add(f" {HEAD}", pen.look["head"]).add(f"  {RULE}", pen.look["faint"])


def why_blocks(reasons: Sequence[Reason], pen: Pen, cells: int) -> list[list[Ink]]:
    """The lines of each reason: the evidence beside it where there is room, else below it."""
    return [_block(at, reason, pen, cells) for at, reason in enumerate(reasons, 1)]


def why_lines(reasons: Sequence[Reason], pen: Pen, cells: int) -> list[Ink]:
    """All of them, with the line above."""
    return [why_head(pen), *(line for block in why_blocks(reasons, pen, cells) for line in block)]


def _block(at: int, reason: Reason, pen: Pen, cells: int) -> list[Ink]:
    look = pen.look
    beside = cells >= BESIDE
    room = cells - NUMBER - 1 - (EVIDENCE + 2 if beside else 0)
    lines = []
    for number, text in enumerate(wrapped(reason.text, max(8, room))):
        begin = f"  {at:>2} " if number == 0 else " " * NUMBER
        lines.append(Ink().add(begin, look["key"]).add(text, look["text"]))
    named = cut_end(reason.named, EVIDENCE)
    if beside:
        lines[0].fill(cells - EVIDENCE - 1).add(named, look["dim"])
    else:
        lines.append(Ink().add(" " * NUMBER).add(cut_end(named, max(1, cells - NUMBER - 1)), look["dim"]))
    return lines
