"""Trail: the views one has been at, and the way back and forth between them. Pure."""

from __future__ import annotations

from typing import NamedTuple

MOST = 50


class Stop(NamedTuple):
    """One view, with the text of its filter."""

    view: int
    text: str = ""


class Trail:
    """Where one has been, where one is, and where one was before that."""

    def __init__(self, start: Stop) -> None:
        self.stops = [start]
        self.at = 0
        self._last = 0

    @property
    def here(self) -> Stop:
        """Where one is."""
        return self.stops[self.at]

    def amend(self, stop: Stop) -> None:
        """What is here has changed: another filter was typed."""
        self.stops[self.at] = stop
        for beside in (self.at + 1, self.at - 1):
            if 0 <= beside < len(self.stops) and self.stops[beside] == stop:
                self._take_out(beside)

    def step(self, stop: Stop) -> None:
        """On to another view. What one had gone back from is forgotten, and the oldest where there are too many."""
        if stop == self.here:
            return
        del self.stops[self.at + 1 :]
        self.stops.append(stop)
        self._last, self.at = self.at, self.at + 1
        if len(self.stops) > MOST:
            self._take_out(0)

    def travel(self, by: int) -> Stop | None:
        """Back (-1) or forward (1); None at the end of the way."""
        to = self.at + by
        return self._go(to) if 0 <= to < len(self.stops) else None

    def swap(self) -> Stop | None:
        """To where one was last, and the next time back again; None where one has been nowhere else."""
        return self._go(self._last) if self._last != self.at else None

    def _go(self, to: int) -> Stop:
        self._last, self.at = self.at, to
        return self.here

    def _take_out(self, at: int) -> None:
        del self.stops[at]
        self.at -= at < self.at
        self._last = max(0, min(self._last - (at < self._last), len(self.stops) - 1))
