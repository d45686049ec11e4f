"""Sparing: a compositor that has only those lines rendered that an update shows.

Textual (8.2.8) renders every line of every widget that an update's corners enclose, those under other widgets too:
of a deck where one row and one figure in the header differ, all. That was a third of what a picture cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip

Chops = list[dict[int, Strip | None]]


class Sparing(Compositor):
    """Textual's compositor, but for what nobody sees."""

    def _render_chops(
        self, crop: Region, is_rendered_line: Callable[[int], bool]
    ) -> Sequence[Mapping[int, Strip]]:  # also None where nothing is shown, as in Textual
        chops: Chops = [dict.fromkeys(line[:-1]) for line in self.cuts]
        lines = [y for y in crop.line_range if is_rendered_line(y)]
        for widget, (region, clip) in self.visible_widgets.items():  # those in front first
            shown = region.intersection(clip)
            if not shown or not crop.overlaps(clip):
                continue
            for first, last in _runs(y for y in lines if shown.y <= y < shown.bottom and self._open(chops, y, shown)):
                part = Region(shown.x - region.x, first - region.y, shown.width, last - first)
                for y, strip in enumerate(widget.render_lines(part), start=first):
                    self._fill(chops[y], y, shown, strip)
        return chops  # type: ignore[return-value]

    def _between(self, y: int, shown: Region) -> list[int]:
        """Where a line may be cut, from one end of a widget to the other."""
        first, last = shown.column_span
        return [cut for cut in self.cuts[y] if first <= cut <= last]

    def _open(self, chops: Chops, y: int, shown: Region) -> bool:
        """Whether anything of a widget's line shows beside what is in front of it."""
        return any(chops[y].get(cut) is None for cut in self._between(y, shown)[:-1])

    def _fill(self, line: dict[int, Strip | None], y: int, shown: Region, strip: Strip) -> None:
        cuts = self._between(y, shown)
        ends = [cut - shown.x for cut in cuts[1:]]
        # Divided into itself, a strip would hold itself: 20 objects a line that only the cycle collector gets rid of.
        pieces = (strip,) if ends == [strip.cell_length] else strip.divide(ends)
        for cut, piece in zip(cuts, pieces, strict=False):
            if line.get(cut) is None:
                line[cut] = piece


def _runs(lines: Iterator[int]) -> Iterator[tuple[int, int]]:
    """Lines that follow each other, from line to line."""
    first = last = -1
    for y in lines:
        if y != last:
            if first >= 0:
                yield first, last
            first = y
        last = y + 1
    if first >= 0:
        yield first, last
