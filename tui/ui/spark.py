"""A row of figures as a line of small bars, two to a cell where there is Braille. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tui.ui.glyphs import Glyphs

HEIGHTS = 3  # beside nothing: one more and a terminal's font no longer tells them apart
ASCII = "_.:|"
LEFT, RIGHT = (0x40, 0x44, 0x46, 0x47), (0x80, 0xA0, 0xB0, 0xB8)  # the dots of a column, from the bottom


def spark(figures: Sequence[int], cells: int, glyphs: Glyphs) -> str:
    """The figures in so many cells, neighbours added up; the tallest bar is the greatest sum."""
    columns = cells if glyphs.name == "ascii" else 2 * cells
    sums = [sum(figures[_edge(at, columns, figures) : _edge(at + 1, columns, figures)]) for at in range(columns)]
    most = max(sums, default=0)
    heights = [0 if not most else -(-one * HEIGHTS // most) for one in sums]
    if glyphs.name == "ascii":
        return "".join(ASCII[height] for height in heights)
    pairs = zip(heights[::2], heights[1::2], strict=True)
    return "".join(chr(0x2800 | LEFT[one] | RIGHT[other]) for one, other in pairs)


def _edge(at: int, columns: int, figures: Sequence[int]) -> int:
    return at * len(figures) // columns
