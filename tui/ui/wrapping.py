"""Clean text in lines that fit, broken between words where there are any. Pure."""

from __future__ import annotations

from tui.text import cut_end, width

MARGIN = 4  # cells before what a pane says of itself


def wrapped(text: str, cells: int) -> list[str]:
    """Clean text in lines of at most so many cells, broken between words where there are any."""
    lines: list[str] = [""]
    for word in text.split(" "):
        for piece in _pieces(word, max(2, cells)):
            joined = f"{lines[-1]} {piece}" if lines[-1] else piece
            if width(joined) <= cells or not lines[-1]:
                lines[-1] = joined
            else:
                lines.append(piece)
    return lines


def few(text: str, cells: int, most: int) -> list[str]:
    """The first of those lines; where there are more, the last one of them ends in `..`."""
    lines = wrapped(text, cells)
    return lines if len(lines) <= most else [*lines[: most - 1], cut_end(f"{lines[most - 1]} ..", cells)]


def _pieces(word: str, cells: int) -> list[str]:
    """A word that no line can hold, in pieces that one can."""
    if width(word) <= cells:
        return [word]
    from rich.cells import chop_cells

    return chop_cells(word, cells)
