"""Strokes: runs of cells that differ, as the fewest bytes that put them on the screen.

As curses does: the cursor goes the shortest way, the pen stays as it is from one run to the next and is put down at
the end. 15 durations that tick, each in two columns, are 230 bytes this way instead of 310.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from itertools import permutations
from typing import NamedTuple

from rich.color import ColorSystem
from rich.segment import Segment

from tui.ui import sgr

FEW = 500  # cells up to which other orders are tried: a page takes 1 ms each time, and is shorter as one reads it
SHORT = (
    10  # runs up to which the best way through them is looked for, 0.4 ms: what changes with a status is a sixth less
)
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
    other = _by_way(runs, width, system) if len(runs) <= SHORT else _by_pen(runs, system)
    return min(read, _in_order(other, width, system), key=len)


def _by_pen(runs: Iterable[Run], system: ColorSystem) -> list[Run]:
    """What looks alike together, column by column: figures that tick stand below each other."""
    return sorted(runs, key=partial(_pen, system=system))


def _pen(run: Run, system: ColorSystem) -> tuple[str, int, int]:
    return _codes(run.parts[:1], system), run.x, run.y


def _by_way(runs: Sequence[Run], width: int, system: ColorSystem) -> list[Run]:
    """The way through all of them that takes the fewest bytes, of cursor and pen, as far as it is easily found."""
    many = range(len(runs))
    pens = [(_codes(run.parts[:1], system), _codes(run.parts[-1:], system)) for run in runs]
    ends = [_end(run, width) for run in runs]
    ways = [
        [len(way(at, (run.x, run.y))) + len(sgr.passage(pen, pens[to][0])) for to, run in enumerate(runs)]
        + [len(sgr.passage(pen, sgr.PLAIN))]
        for at, pen in [*zip(ends, [pen for _, pen in pens], strict=True), (None, sgr.PLAIN)]
    ]
    by_pen = sorted(many, key=lambda at: _pen(runs[at], system))
    _, order = min(_shortened(order, ways) for order in ([*many], by_pen))
    return [runs[at] for at in order]


def _shortened(order: list[int], ways: Sequence[Sequence[int]]) -> tuple[int, list[int]]:
    """An order and how long it is, each run put where it makes it shorter, until there is no such place.

    `ways` tells how far it is from one to another; the last one is the beginning, and the end.
    """
    home = len(order)

    def length(order: Sequence[int]) -> int:
        total, here = 0, home
        for there in order:
            total += ways[here][there]
            here = there
        return total + ways[here][home]

    least, moved = length(order), True
    while moved:
        moved = False
        for at, to in permutations(range(home), 2):
            other = order[:]
            other.insert(to, other.pop(at))
            if (new := length(other)) < least:
                least, order, moved = new, other, True
    return least, order


def _in_order(runs: Iterable[Run], width: int, system: ColorSystem) -> str:
    written: list[str] = []
    codes, at = sgr.PLAIN, None
    for run in runs:
        text, codes = sgr.written(run.parts, system, codes)
        written += [way(at, (run.x, run.y)), text]
        at = _end(run, width)
    written.append(sgr.passage(codes, sgr.PLAIN))
    return "".join(written)


def _codes(parts: Sequence[Segment], system: ColorSystem) -> str:
    """How the first of them looks."""
    style = parts[0].style if parts else None
    return sgr.PLAIN if style is None else style._make_ansi_codes(system)


def _end(run: Run, width: int) -> Spot | None:
    """Where the cursor is behind a run. After the last column terminals disagree about it, and so they do about the
    width of foreign texts.
    """
    sure = run.end < width and all(text.isascii() or SURE.fullmatch(text) for text, _, _ in run.parts)
    return (run.end, run.y) if sure else None


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
