"""Attention: tells the desk what is looked at, once for each change. Pausing the screen is none."""

from __future__ import annotations

from tui.ui.desk import Desk


class Attention:
    """Which sources are on the screen, and whether the terminal has the focus."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._sources: frozenset[str] = frozenset()
        self._focused = True
        self._told: tuple[frozenset[str], bool] | None = None

    def show(self, sources: frozenset[str]) -> None:
        """These are on the screen now."""
        self._sources = sources
        self._tell()

    def focus(self, focused: bool) -> None:
        """The terminal has the focus, or has lost it."""
        self._focused = focused
        self._tell()

    def _tell(self) -> None:
        now = self._sources, self._focused
        if now != self._told:
            self._told = now
            self._desk.look(self._sources, focused=self._focused)
