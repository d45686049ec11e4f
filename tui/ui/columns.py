"""Which columns a table shows at a width: by priority, then the spare cells to those that can use them. Pure.

What has no room is reached by scrolling: the columns are one strip, those shown first, and a shift takes away the
first ones. STATE and the column that names the task stay.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
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


class Shown(NamedTuple):
    """What a table shows: its columns, whether there are more to a side, and how many the shift took away."""

    placed: tuple[Placed, ...] = ()
    left: bool = False
    right: bool = False
    shift: int = 0


Columns = tuple[Column, ...]

ROOMY, WIDE, NEVER = 140, 160, 1_000_000  # widths; NEVER: in wide mode only
STATE = Column("state", "STATE", 7, 7, 0, tone="state")
AGE = Column("age", "AGE", 5, 5, 0, right=True)
DUR = Column("dur", "DUR", 6, 6, 3, right=True)
SRC = Column("src", "SRC", 3, 3, 0)
ACCT = Column("account", "ACCT", 7, 12, 6)
REGION = Column("region", "REGION", 6, 14, 4)
TASK = Column("task", "TASK", 15, 36, 0, middle=True, tone="text")
TARGET = Column("target", "TARGET", 11, 26, 1, tone="text")
NOTE = Column("note", "ERROR / NOTE", 12, 999, 2, tone="note", share=3)
NATIVE = Column("native", "NATIVE", 10, 16, 9, since=WIDE)
TRY = Column("retries", "TRY", 3, 3, 8, right=True, since=ROOMY)
QUEUE = Column("queue", "QUEUE", 5, 6, 10, right=True, since=ROOMY)
REQUEST = Column("request", "REQ", 12, 14, 11, middle=True, since=WIDE)
CREATED = Column("created", "CREATED", 14, 14, 12, since=NEVER)
STARTED = Column("started", "STARTED", 14, 14, 12, since=NEVER)
ENDED = Column("ended", "ENDED", 14, 14, 12, since=NEVER)
KIND = Column("kind", "KIND", 10, 14, 12, since=NEVER)
NAME = Column("name", "NAME", 12, 28, 0, tone="text", share=2)
ID = Column("id", "TASK", 12, 34, 1, middle=True)
SUBJECT = TARGET._replace(cell="subject", most=30, rank=0)
ON = TARGET._replace(least=10, rank=5)
WORD = NATIVE._replace(since=108)
EXIT = Column("exit", "EXIT", 4, 4, 7, right=True, since=108)

TIMES = (CREATED, STARTED, ENDED, KIND, REQUEST)
MERGED = (
    *(STATE, AGE, DUR, SRC, ACCT, REGION, TASK, SUBJECT._replace(rank=1), NATIVE, TRY, QUEUE),
    *(NAME._replace(rank=12, since=NEVER, share=1), *TIMES, NOTE),
)
ZOOM = (STATE, AGE, DUR, ACCT, REGION, NAME, ID, ON, WORD, TRY, QUEUE, *TIMES, NOTE)
ZOOMS: Mapping[str, Columns] = {
    # Nearly every qualifier is LATEST: how often it was tried says more.
    "alibaba-fc": (
        *(STATE, AGE, DUR, ACCT, REGION, NAME, ID, TRY._replace(rank=3, since=0)),
        *(ON._replace(rank=7), WORD, QUEUE, *TIMES, NOTE),
    ),
    # A progress bar wants the cells of names that are short and of a word that says what the state says.
    "alibaba-opensearch": (
        *(STATE, AGE, DUR, ACCT, REGION, NAME._replace(most=16), ID, ON._replace(most=22)),
        *(NATIVE, QUEUE, *TIMES, NOTE),
    ),
    # Both ids whole, before the region.
    "tencent-tat": (
        *(STATE, AGE, DUR, EXIT, ACCT, REGION, NAME, ID._replace(least=13, most=16)),
        *(ON._replace(rank=3, least=12, most=16), WORD, QUEUE, *TIMES, NOTE),
    ),
    # It is the server that one knows; three operations, and no times to take a duration from.
    "huawei-kps": (
        *(STATE, AGE, DUR._replace(rank=6), ACCT, REGION, ON._replace(rank=0, least=14)),
        *(NAME._replace(least=7, most=9), ID._replace(rank=3), WORD, *TIMES, NOTE),
    ),
}
PANE = (STATE, AGE, DUR, NAME, ID, NOTE)
# What tells the tasks of a provider apart at a glance; one that is not named here has the columns of PANE.
PANES: Mapping[str, Columns] = {
    "alibaba-opensearch": (STATE, AGE, DUR, SUBJECT, NOTE),
    "tencent-mps": (STATE, AGE, DUR, SUBJECT, ID, NOTE),
    "tencent-tat": (STATE, AGE, DUR, NAME, TARGET, NOTE),
    "huawei-kps": (STATE, AGE, DUR, SUBJECT, NAME._replace(least=7, most=9), NOTE),
}
NAMING = ("task", "id", "subject", "name")  # the first of them that a table has stays beside STATE
# The fields that a column shows the order of; a field that two columns show is the first one's.
FIELDS: Mapping[str, tuple[str, ...]] = {
    "dur": ("dur", "duration_ms"),
    "src": ("source", "src", "adapter"),
    "account": ("account", "acct"),
    "task": ("id",),
    "target": ("target", "inst"),
    "subject": ("target", "inst"),
    "name": ("name", "fn", "op"),
    "native": ("native_state", "native"),
    "retries": ("retries", "try"),
    "request": ("request_id", "req"),
    "created": ("created_at", "created"),
    "started": ("started_at", "started"),
    "ended": ("ended_at", "ended"),
    "exit": ("tat.exit",),
    "note": ("error",),
}


@lru_cache(maxsize=256)
def show(usual: Columns, full: Columns, width: int, *, wide: bool = False, shift: int = 0) -> Shown:
    """`usual` columns as far as they fit, or with `wide` all of `full`; a `shift` beyond the end stops there."""
    first = tuple(column for column, _ in place(usual, width))
    strip = full if wide else first + tuple(_others(first, full))
    pinned = _pinned(full if wide else first)

    def part(shift: int) -> tuple[Columns, bool]:
        if shift == 0 and not wide:
            return first, len(strip) > len(first)
        return _part(strip, pinned, width, shift)

    shift = max(0, min(shift, len(strip) - len(pinned) - 1))
    while shift and not part(shift - 1)[1]:
        shift -= 1
    columns, more = part(shift)
    return Shown(_placed(columns, width), shift > 0, more, shift)


def _others(first: Columns, full: Columns) -> Iterator[Column]:
    """What the width or the kind of pane left out: none that says the same under another name."""
    said = {name for column in first for name in (column.cell, column.head)}
    return (column for column in full if column.since < NEVER and not said & {column.cell, column.head})


def _pinned(table: Columns) -> frozenset[str]:
    """The names of the columns that stay."""
    names = {column.cell for column in table}
    return frozenset({"state", *[name for name in NAMING if name in names][:1]})


def _part(strip: Columns, pinned: frozenset[str], width: int, shift: int) -> tuple[Columns, bool]:
    """What stays, with those that fit of the others after the first `shift`; and whether there are more."""
    room = width + 1 - sum(column.least + 1 for column in strip if column.cell in pinned)
    loose = [column for column in strip if column.cell not in pinned][shift:]
    names = set(pinned)
    for column in loose:
        room -= column.least + 1
        if room < 0:
            break
        names.add(column.cell)
    return tuple(column for column in strip if column.cell in names), room < 0


@lru_cache(maxsize=64)
def place(columns: Columns, width: int) -> tuple[Placed, ...]:
    """The columns that fit into `width` cells (one blank between), widened to fill it."""
    kept = [column for column in columns if column.rank == 0]
    room = width - sum(column.least + 1 for column in kept) + 1
    for column in sorted((c for c in columns if c.rank and c.since <= width), key=lambda column: column.rank):
        if column.least + 1 > room:
            break
        kept.append(column)
        room -= column.least + 1
    kept.sort(key=columns.index)
    return _placed(kept, width)


def _placed(kept: Sequence[Column], width: int) -> tuple[Placed, ...]:
    """The columns with the cells they get of `width`."""
    room = width + 1 - sum(column.least + 1 for column in kept)
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


def of(adapter: str, *, merged: bool, zoomed: bool) -> tuple[Columns, Columns]:
    """The usual columns of a pane, and all that it can show."""
    if merged:
        return MERGED, MERGED
    full = ZOOMS.get(adapter, ZOOM)
    return (full if zoomed else PANES.get(adapter, PANE)), full


def ordered(placed: Sequence[Placed], field: str) -> Column | None:
    """The column that shows by which field the rows are ordered, if one does."""
    return next((column for column, _ in placed if field in FIELDS.get(column.cell, (column.cell,))), None)
