"""What fits: the layout by size, with hysteresis, so that a window being dragged does not flicker. Pure."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

LEAST = (60, 15)
DECK = (150, 45)
PINNED_DECK = (100, 24)  # below it no two panes side by side can be read, whatever the config asks for
PEEK = (100, 34)
BESIDE = (180, 30)
SLACK = 2


class Peek(Enum):
    """Where the lines about the cursor's task are."""

    OFF = "off"
    BELOW = "below"
    BESIDE = "beside"


class Layout(NamedTuple):
    """Which parts a size has room for."""

    enough: bool = True
    wide: bool = False
    states: bool = True
    event: bool = True
    hints: bool = True
    peek: Peek = Peek.OFF


def small(width: int, height: int) -> str:
    """The one line that a size too small shows; "" where there is room."""
    if width >= LEAST[0] and height >= LEAST[1]:
        return ""
    return f" taskdeck needs {LEAST[0]}x{LEAST[1]}, have {width}x{height} (still polling)"


def choose(width: int, height: int, before: Layout, pinned: str = "auto", peek: bool | None = None) -> Layout:
    """The layout for a size. What is shown goes only when it is two cells short.

    `pinned` is `ui.layout`: deck shows all panes as soon as two fit side by side, full and compact always fold them,
    compact has no peek of its own. `peek` is what the user asked for, None for what the size suggests.
    """
    if small(width, height):
        return before._replace(enough=False)
    slack = SLACK if before.wide else 0
    wide = width >= DECK[0] - slack and height >= DECK[1] - slack
    if pinned in ("compact", "full"):
        wide = False
    elif pinned == "deck":
        wide = width >= PINNED_DECK[0] - slack and height >= PINNED_DECK[1] - slack
    return Layout(
        enough=True,
        wide=wide,
        states=height >= 17 - SLACK * before.states,
        event=height >= 20 - SLACK * before.event,
        hints=height >= 22 - SLACK * before.hints,
        peek=_peek(width, height, before.peek, pinned, peek),
    )


def _peek(width: int, height: int, before: Peek, pinned: str, asked: bool | None) -> Peek:
    if asked is None and pinned == "compact":
        asked = False
    slack = SLACK if before is Peek.BESIDE else 0
    if asked is not False and width >= BESIDE[0] - slack and height >= BESIDE[1] - slack:
        return Peek.BESIDE
    slack = SLACK if before is Peek.BELOW else 0
    roomy = width >= PEEK[0] - slack and height >= PEEK[1] - slack
    # Asked for, it goes after hints and event and before the states line: eight lines of the table stay.
    if (roomy if asked is None else asked) and height >= 18 - slack:
        return Peek.BELOW
    return Peek.OFF
