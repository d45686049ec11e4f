"""What a terminal shows of what it is sent."""

from __future__ import annotations

import pyte

Cell = tuple[object, ...]


def shown(written: str, columns: int, lines: int) -> list[list[Cell]]:
    """Every cell as one sees it; the ink of a blank is not seen."""
    screen = pyte.Screen(columns, lines)
    pyte.Stream(screen).feed(written)
    return [[_seen(screen.buffer[y][x]) for x in range(columns)] for y in range(lines)]


def spot(written: str) -> tuple[int, int]:
    """Column and line that the cursor is left on, on a screen with room for any."""
    screen = pyte.Screen(400, 100)
    pyte.Stream(screen).feed(written)
    return screen.cursor.x, screen.cursor.y


def _seen(cell: pyte.screens.Char) -> Cell:
    if cell.data == " " and not (cell.underscore or cell.reverse or cell.strikethrough):
        return (cell.data, cell.bg)
    return tuple(cell)
