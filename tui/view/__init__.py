"""From the store to rows: which tasks, in which order. Whole for `list`, kept up to date for the screen. Pure."""

from __future__ import annotations

from tui.view.order import Sort
from tui.view.roster import Roster
from tui.view.whole import View, counts

__all__ = ["Roster", "Sort", "View", "counts"]
