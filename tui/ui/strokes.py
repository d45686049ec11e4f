"""Strokes: runs of cells that differ, as the fewest bytes that put them on the screen.

As curses does: the cursor goes the shortest way, the pen stays as it is from one run to the next and is put down at
the end. 15 durations that tick, each in two columns, are 230 bytes this way instead of 310.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.segment import Segment

from tui.ui import sgr

FEW = 500  # cells up to which two orders are tried: a page takes 1 ms each time, and is shorter as one reads it
# Texts that are as wide as we say in any terminal: plain letters, and our own signs.
SURE = re.compile("[ -~«»›↻⇡⇣∅∆⊘▸◌◔◦⚑✓✗✚❚\u2800-\u28ff]*")
Spot = tuple[int, int]
"""Column and line."""


class Run(NamedTuple):
    """Cells of one line, up to a column."""

    x: int
    y: int
    end: int
    parts: Sequence[Segment]


def cut(parts: Iterable[Segment], first: int, last: int) -> list[Segment]:
    """The cells of a line from one to another. Textual's own way makes a strip of them, which takes as long again."""
    found, at = [], 0
    for segment in parts:
        text, style, _ = segment
        one_each = text.isascii()
        end = at + (len(text) if one_each else segment.cell_length)
        if end > first:
            if one_each and (at < first or end > last):
                segment = Segment(text[max(first - at, 0) : last - at], style)
            elif at < first or end > last:
                segment = segment.split_cells(max(first - at, 0))[1].split_cells(last - max(at, first))[0]
            found.append(segment)
            if end >= last:
                break
        at = end
    return found


def drawn(runs: Sequence[Run], width: int, system: ColorSystem) -> str:
    """What a terminal of some width is sent for them; its pen is put down before and after."""
    read = _in_order(runs, width, system)
    if len(runs) < 3 or sum(run.end - run.x for run in runs) > FEW:
        return read
    return min(read, _in_order(_by_pen(runs, system), width, system), key=len)


def _by_pen(runs: Iterable[Run], system: ColorSystem) -> list[Run]:
    """What looks alike together, column by column: figures that tick stand below each other."""

    def place(run: Run) -> tuple[str, int, int]:
        style = run.parts[0].style if run.parts else None
        return "" if style is None else style._make_ansi_codes(system), run.x, run.y

    return sorted(runs, key=place)


def _in_order(runs: Iterable[Run], width: int, system: ColorSystem) -> str:
    written: list[str] = []
    codes, at = sgr.PLAIN, None
    for x, y, end, parts in runs:
        text, codes = sgr.written(parts, system, codes)
        written += [way(at, (x, y)), text]
        # After the last column terminals disagree where the cursor is, and so they do about the width of foreign texts.
        sure = end < width and (text.isascii() or all(SURE.fullmatch(part.text) for part in parts))
        at = (end, y) if sure else None
    written.append(sgr.passage(codes, sgr.PLAIN))
    return "".join(written)


@lru_cache(4096)
def way(at: Spot | None, to: Spot) -> str:
    """The shortest way of the cursor. Nothing that an old terminal does not know or a tty would change on its way."""
    x, y = to
    straight = f"\x1b[{y + 1}{f';{x + 1}' if x else ''}H" if x or y else "\x1b[H"
    if at is None:
        return straight
    across, down = x - at[0], y - at[1]
    along = "\b" * -across if -3 <= across <= 0 else _step(across, "C", "D")
    return min(("\r" if across and not x else along) + _step(down, "B", "A"), straight, key=len)


def _step(cells: int, ahead: str, back: str) -> str:
    if not cells:
        return ""
    return f"\x1b[{abs(cells) if abs(cells) > 1 else ''}{ahead if cells > 0 else back}"
