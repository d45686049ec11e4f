"""From the store to rows: which tasks, in which order. Kept up to date for the screen; `whole.py` for `list`. Pure."""

from __future__ import annotations

from tui.view.order import Sort
from tui.view.roster import Roster

__all__ = ["Roster", "Sort"]
