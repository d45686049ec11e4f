"""What fits: the layout by size, with hysteresis, so that a window being dragged does not flicker. Pure."""

from __future__ import annotations

from typing import NamedTuple

LEAST = (60, 15)
DECK = (150, 45)
SLACK = 2


class Layout(NamedTuple):
    """Which parts a size has room for."""

    enough: bool = True
    wide: bool = False
    states: bool = True
    event: bool = True
    hints: bool = True


def choose(width: int, height: int, before: Layout, pinned: str = "auto") -> Layout:
    """The layout for a size. What is shown goes only when it is two cells short."""
    if width < LEAST[0] or height < LEAST[1]:
        return before._replace(enough=False)
    slack = SLACK if before.wide else 0
    wide = width >= DECK[0] - slack and height >= DECK[1] - slack
    if pinned in ("compact", "full"):
        wide = False
    elif pinned == "deck":
        wide = width >= 100 and height >= 24
    return Layout(
        enough=True,
        wide=wide,
        states=height >= 17 - SLACK * before.states,
        event=height >= 20 - SLACK * before.event,
        hints=height >= 22 - SLACK * before.hints,
    )
