"""Picture: what the terminal shows. Lines that only moved are moved there, and not sent again.

A table that goes on by one line is otherwise a page: 2 KB at 80x24, 8 KB at 200x60, for each key at its end and each
task that comes in at its top. It is moved with what a VT100 knows: a region of lines, an index in it, or a reverse one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from statistics import median_low
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import ColorSystem
from rich.segment import Segment
from textual.strip import Strip

from tui.ui.canvas import changed
from tui.ui.strokes import Run, cut, drawn

BROAD = 16  # cells from which on a run may tell a line from others
LEAST = 4  # lines that must have moved together: fewer are as short to write
KEPT = 8  # runs that lie over a line until they are put into it
DEAR = 8  # cells that could be written for what it takes to get to a run and to change the pen
WORTH = 0.8  # of what it would be otherwise: finding out what is left takes as long as writing


Line = Sequence[Segment]


class Move(NamedTuple):
    """Lines of the screen, the first to the last, that go up by so many; down where it is less than none."""

    first: int
    last: int
    by: int

    def sequence(self) -> str:
        """What a terminal is sent for it. The lines that come in are blank, in its own colours."""
        at, step = (self.last, "\x1bD" * self.by) if self.by > 0 else (self.first, "\x1bM" * -self.by)
        return f"\x1b[{self.first + 1};{self.last + 1}r\x1b[{at + 1}H{step}\x1b[r"


class Picture:
    """What was written last to the terminal of an app, line by line: it has one, however many screens."""

    def __init__(self) -> None:
        self._width = 0
        self._lines: dict[int, Line] = {}
        self._over: dict[int, list[Run]] = {}

    def whole(self, runs: Sequence[Run], width: int, system: ColorSystem) -> str:
        """All of the screen, as text for the terminal."""
        self._forget(width)
        self._put(runs)
        return drawn(runs, width, system)

    def next(self, runs: Sequence[Run], width: int, system: ColorSystem) -> str:
        """Runs that are other ones now, as text for the terminal."""
        if width != self._width:
            self._forget(width)
        broad = [run for run in runs if run.end - run.x >= BROAD]
        lines = sorted({run.y for run in broad})
        if len(lines) < LEAST:
            self._put(runs)
            return drawn(runs, width, system)
        among = range(lines[0], lines[-1] + 1)
        before = self._known(among)
        self._put(runs)
        after = self._known(among)
        span = median_low([run.x for run in broad]), median_low([run.end for run in broad])
        move = found(before, after, lines, span)
        if move is None:
            return drawn(runs, width, system)
        region = range(move.first, move.last + 1)
        left = list(_left(before, after, move))
        if _price(left) > WORTH * _price(run for run in runs if run.y in region):
            return drawn(runs, width, system)
        beside = [run for run in runs if run.y not in region]
        return move.sequence() + drawn(sorted(beside + left, key=lambda run: (run.y, run.x)), width, system)

    def _forget(self, width: int) -> None:
        self._width, self._lines, self._over = width, {}, {}

    def _put(self, runs: Iterable[Run]) -> None:
        for run in runs:
            if run.x == 0 and run.end == self._width:
                self._over[run.y] = [run]
            elif run.y in self._over or run.y in self._lines:
                # What lies below it is gone: a figure that ticks lies over the line once, however often it has ticked.
                over = [one for one in self._over.get(run.y, ()) if one.x < run.x or one.end > run.end]
                self._over[run.y] = [*over, run]
                if len(over) >= KEPT:
                    self._line(run.y)

    def _known(self, lines: Iterable[int]) -> dict[int, Line]:
        found = ((y, self._line(y)) for y in lines)
        return {y: line for y, line in found if line}

    def _line(self, y: int) -> Line:
        """A line with all that came over it; nothing where it is not known."""
        line = self._lines.get(y, ())
        over = self._over.pop(y, None)
        if over is None:
            return line
        for run in over:
            before = cut(line, 0, run.x) if run.x else ()
            after = _without_mark(cut(line, run.end, self._width)) if run.end < self._width else ()
            line = [*before, *run.parts, *after]
        line = _joined(line)
        if sum(part.cell_length for part in line) != self._width:  # none of ours: a sign is never cut in two
            self._lines.pop(y, None)
            return ()
        self._lines[y] = line
        return line


def found(
    before: Mapping[int, Line], after: Mapping[int, Line], lines: Iterable[int], span: tuple[int, int]
) -> Move | None:
    """How most lines that are others now have moved, told by their cells from one to another."""
    places: dict[str, int] = {}
    for y, line in before.items():
        text = _text(line, span)
        places[text] = -1 if text in places or text.isspace() else y  # which one of equals it was nobody can tell
    moved = [(y, places.get(_text(after[y], span), -1)) for y in lines if y in after]
    votes = Counter(was - y for y, was in moved if was >= 0)
    by, count = votes.most_common(1)[0] if votes else (0, 0)
    if not by or count < LEAST:
        return None
    ends = [place for y, was in moved if was >= 0 and was - y == by for place in (y, was)]
    move = Move(min(ends), max(ends), by)
    known = all(y in before and y in after for y in range(move.first, move.last + 1))
    return move if known else None


def _left(before: Mapping[int, Line], after: Mapping[int, Line], move: Move) -> Iterable[Run]:
    """What differs still, once the terminal has moved its lines."""
    cells = sum(part.cell_length for part in after[move.first])
    for y in range(move.first, move.last + 1):
        new, was = after[y], y + move.by
        old = before[was] if move.first <= was <= move.last else (Segment(" " * cells),)
        if old != new:
            for x, end in changed(Strip(old), Strip(new)):
                yield Run(x, y, end, cut(new, x, end))


def _without_mark(parts: list[Segment]) -> list[Segment]:
    """Cells behind some that are others now: a mark at their head stood on one of those, and went with it."""
    if parts and not parts[0].text.isascii():
        text, style, _ = parts[0]
        while text and not cell_len(text[0]):
            text = text[1:]
        parts[0] = Segment(text, style)
    return parts


def _text(line: Line, span: tuple[int, int]) -> str:
    """Letters, not cells: the same line has the same."""
    return "".join([text for text, _, _ in line])[slice(*span)]


def _joined(line: Line) -> Line:
    """What looks alike is one part: two pictures of a line are then easily compared."""
    parts: list[Segment] = []
    texts: list[str] = []
    look = None
    for text, style, _ in line:
        if texts and style is not look:
            parts.append(Segment("".join(texts), look))
            texts = []
        if text:
            texts.append(text)
            look = style
    return [*parts, Segment("".join(texts), look)]


def _price(runs: Iterable[Run]) -> int:
    return sum(run.end - run.x + DEAR for run in runs)
