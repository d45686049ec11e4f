"""Which columns a table shows at a width: by priority, then the spare cells to those that can use them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple


class Column(NamedTuple):
    """One column: `cell` names its text, `rank` 0 is always shown, the highest rank goes first."""

    cell: str
    head: str
    least: int
    most: int
    rank: int
    right: bool = False
    middle: bool = False
    tone: str = "dim"
    share: int = 1
    since: int = 0
    """The width of the table from which it is shown at all."""


class Placed(NamedTuple):
    """A column and the cells it got."""

    column: Column
    width: int


WIDE = 160
STATE = Column("state", "STATE", 7, 7, 0, tone="state")
AGE = Column("age", "AGE", 5, 5, 0, right=True)
DUR = Column("dur", "DUR", 6, 6, 3, right=True)
SRC = Column("src", "SRC", 3, 3, 0)
ACCT = Column("account", "ACCT", 7, 12, 6)
REGION = Column("region", "REGION", 6, 14, 4)
TASK = Column("task", "TASK", 15, 36, 0, middle=True, tone="text")
TARGET = Column("target", "TARGET", 11, 26, 1, tone="text")
NOTE = Column("note", "ERROR / NOTE", 12, 999, 2, tone="note", share=2)
NATIVE = Column("native", "NATIVE", 10, 16, 9, since=WIDE)
TRY = Column("retries", "TRY", 3, 3, 8, right=True, since=WIDE)
QUEUE = Column("queue", "QUEUE", 5, 6, 10, right=True, since=WIDE)
REQUEST = Column("request", "REQ", 12, 14, 11, middle=True, since=WIDE)
NAME = Column("name", "NAME", 12, 28, 0, tone="text", share=2)
ID = Column("id", "TASK", 12, 34, 1, middle=True)
SUBJECT = TARGET._replace(cell="subject", most=30, rank=0)

MERGED = (STATE, AGE, DUR, SRC, ACCT, REGION, TASK, SUBJECT._replace(rank=1), NATIVE, TRY, QUEUE, REQUEST, NOTE)
ON = TARGET._replace(rank=5)
WORD = NATIVE._replace(since=110)
ZOOM = (STATE, AGE, DUR, ACCT, REGION, NAME, ID, ON, WORD, TRY, QUEUE, REQUEST, NOTE)
PANE = (STATE, AGE, DUR, NAME, ID, NOTE)
# What tells the tasks of a provider apart at a glance; one that is not named here has the columns of PANE.
PANES = {
    "alibaba-opensearch": (STATE, AGE, DUR, SUBJECT, NOTE),
    "tencent-mps": (STATE, AGE, DUR, SUBJECT, ID, NOTE),
    "tencent-tat": (STATE, AGE, DUR, NAME, TARGET, NOTE),
    "huawei-kps": (STATE, AGE, DUR, SUBJECT, NAME._replace(least=7, most=9), NOTE),
}


@lru_cache(maxsize=64)
def place(columns: tuple[Column, ...], width: int) -> tuple[Placed, ...]:
    """The columns that fit into `width` cells (one blank between), widened to fill it."""
    kept = [column for column in columns if column.rank == 0]
    room = width - sum(column.least + 1 for column in kept) + 1
    for column in sorted((c for c in columns if c.rank and c.since <= width), key=lambda column: column.rank):
        if column.least + 1 > room:
            break
        kept.append(column)
        room -= column.least + 1
    kept.sort(key=columns.index)
    return tuple(Placed(column, cells) for column, cells in zip(kept, _widen(kept, room), strict=True))


def _widen(kept: Sequence[Column], room: int) -> list[int]:
    """Gives `room` spare cells in turns, `share` cells at a time, to each column that can still use them."""
    widths = [column.least for column in kept]
    while room > 0:
        before = room
        for at, column in enumerate(kept):
            more = min(column.share, room, column.most - widths[at])
            widths[at] += more
            room -= more
        if room == before:
            break
    for at in range(len(widths) - 1, -1, -1):  # narrower than the columns that never go: the last ones give
        if room >= 0:
            break
        give = min(-room, max(0, widths[at] - 1))
        widths[at] -= give
        room += give
    return widths
