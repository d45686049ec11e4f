"""Fewer bytes: an update writes the cells that changed and nothing else; what changed nothing is no frame.

Textual (8.2.8) crops a changed span at its right end only, so that one cell at the end of a title line costs the
whole line: 25 KB a minute on a quiet deck, under 2 KB with this. How the cells are written is in `tui/ui/strokes.py`,
how lines that only moved are not written at all in `tui/ui/picture.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.color import ColorSystem
from rich.console import Console
from textual._compositor import ChopsUpdate, Compositor, LayoutUpdate
from textual.screen import Screen
from textual.strip import Strip

from tui.ui.picture import Picture
from tui.ui.sparing import Sparing
from tui.ui.strokes import Run, cut


class Cropped(ChopsUpdate):
    """An update cropped at both ends."""

    def __init__(self, update: ChopsUpdate, width: int) -> None:
        super().__init__(update.chops, update.spans, update.chop_ends)
        self.runs = cropped(self.chops, self.spans, self.chop_ends)
        self.picture = Picture()
        self._width = width

    def render_segments(self, console: Console) -> str:
        """What is written to the terminal."""
        return self.picture.next(self.runs, self._width, console._color_system or ColorSystem.TRUECOLOR)


class Whole(LayoutUpdate):
    """All of the screen."""

    def __init__(self, update: LayoutUpdate) -> None:
        super().__init__(update.strips, update.region)
        self.picture = Picture()

    def render_segments(self, console: Console) -> str:
        """What is written to the terminal."""
        lines = enumerate(self.strips, self.region.y)
        first, end = self.region.column_span
        runs = [Run(first, y, end, [part for strip in line for part in strip]) for y, line in lines]
        return self.picture.whole(runs, end, console._color_system or ColorSystem.TRUECOLOR)


class QuietCompositor(Sparing):
    """A compositor with such updates."""

    def render_partial_update(self) -> ChopsUpdate | None:
        """An update of what is dirty, if any of it is on the screen."""
        update = super().render_partial_update()
        found = None if update is None else Cropped(update, self.size.width)
        return found if found is not None and found.runs else None

    def render_full_update(self, simplify: bool = False) -> LayoutUpdate:
        """An update of everything."""
        return Whole(super().render_full_update(simplify))


def cropped(
    chops: Sequence[Mapping[int, Strip | None]], spans: Sequence[tuple[int, int, int]], ends: Sequence[Sequence[int]]
) -> list[Run]:
    """The spans of lines that consist of strips."""
    return [
        Run(left, y, right, list(strip) if (left, right) == (start, end) else cut(strip, left - start, right - start))
        for y, first, last in spans
        for end, (start, strip) in zip(ends[y], chops[y].items(), strict=False)
        if strip is not None and (left := max(start, first)) < (right := min(end, last))
    ]


def hush(screen: Screen[Any]) -> None:
    """Gives a screen that was just made the quiet compositor, where Textual is still built the way we know."""
    if type(getattr(screen, "_compositor", None)) is Compositor:
        screen._compositor = QuietCompositor()
