"""Health as lines: what is said of all sources, and a row for each. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from textual.strip import Strip

from tui.status import SourceStatus, Word
from tui.text import clean, fit, width
from tui.ui import when
from tui.ui.cells import Legend
from tui.ui.columns import Column, place
from tui.ui.events import Event
from tui.ui.facts import FRESH, budget, clock
from tui.ui.ink import Ink, between
from tui.ui.titles import STOPPED, Pen, paces, said, skewed
from tui.ways_out import failed_step

GUTTER, MARGIN = 2, 1
BAR = 8  # cells of the bar beside its percentage
COLUMNS = (
    Column("short", "SRC", 3, 3, 0),
    Column("name", "SOURCE", 10, 24, 0, tone="text"),
    Column("word", "STATE", 11, 11, 0, tone="word"),
    Column("age", "AGE", 5, 5, 0, right=True, tone="text"),
    Column("next", "NEXT", 7, 7, 0, right=True, tone="text"),
    Column("every", "EVERY", 11, 12, 1),
    Column("calls", "CALLS", 5, 5, 2, right=True),
    Column("rows", "ROWS", 7, 9, 3, right=True),
    Column("budget", "BUDGET", 6, BAR + 5, 4, right=True),
    Column("note", "WHAT IS WRONG", 28, 999, 5, tone="note", share=3),
    Column("by_id", "BY ID", 5, 5, 6, right=True),
    Column("whole", "WHOLE", 5, 5, 7, right=True),
    Column("account", "ACCT", 7, 12, 8),
    Column("region", "REGION", 8, 14, 9),
)


class About(NamedTuple):
    """What a page of health is drawn from: `log` are the newest events, `legend` knows the providers' short names."""

    statuses: Mapping[str, SourceStatus]
    pen: Pen
    legend: Legend
    log: Sequence[Event] = ()

    def short(self, status: SourceStatus) -> str:
        """The short code of a source's provider: FC."""
        return clean(self.legend.shorts.get(status.source.adapter, ""))


def header(about: About, typed: Ink, cells: int) -> Strip:
    """`taskdeck  health   5 sources: 3 live, 1 THROTTLED, 1 AUTH         clock off by 4 min  budget 41%`."""
    pen, statuses = about.pen, about.statuses.values()
    look, words = pen.look, Counter(status.word(pen.now) for status in statuses)
    left = Ink().add(" taskdeck", look["chrome.name"]).add("  health").extend(typed)
    left.add(f"   {len(statuses):,} source{'s' if len(statuses) != 1 else ''}")
    right = Ink().add(clock(statuses), look["mark"])
    if (used := budget(statuses)) is not None:
        right.add(f"  budget {used:.0%}", look["chrome.dim"])
    room = cells - right.width - len(" ..  ")
    for at, word in enumerate(sorted(words, key=list(Word).index)):
        begin = f"{', ' if at else ': '}{words[word]} "
        if left.width + len(begin) + len(word) > room:
            left.add(" ..")
            break
        left.add(begin).add(word.value, look["chrome"] + look[pen.word_token(word)])
    return between(left, right.add(" "), cells).strip(cells, look["chrome"])


def head(pen: Pen, cells: int) -> Strip:
    """The names of the columns."""
    ink = Ink().add(" " * GUTTER)
    for column, room in place(COLUMNS, max(1, cells - GUTTER - MARGIN)):
        ink.add(fit(column.head, room, right=column.right) + " ", pen.look["head"])
    return ink.strip(cells)


def row(status: SourceStatus, about: About, cells: int, *, here: bool) -> Strip:
    """One source."""
    pen = about.pen
    look, word = pen.look, status.word(pen.now)
    tones = {"word": look[pen.word_token(word)], "note": look["dim" if status.trouble is None else "error"]}
    ink = Ink().add(pen.glyphs.cursor if here else " ", look["key"]).add(" ")
    for column, room in place(COLUMNS, max(1, cells - GUTTER - MARGIN)):
        told = _CELLS[column.cell](status, about)
        if column.cell == "budget" and room >= BAR + 5 and status.budget is not None:
            told = f"{pen.glyphs.bar(status.budget * 100, BAR)} {told:>4}"
        style = tones[column.tone] if column.tone in tones else look[column.tone]
        told = fit(told, room, right=column.right)
        text = told.rstrip()  # without colour some styles are a bar: as long as the text, no longer
        ink.add(text, style).add(" " * (room + 1 - width(text)))
    return ink.strip(cells, look["cursor"]) if here else ink.strip(cells)


def _next(status: SourceStatus, about: About) -> str:
    """When it is read next, in steps: the sheet of the cursor's source counts the seconds."""
    now = about.pen.now
    if status.reading:
        return "reading"
    if status.word(now) in STOPPED:
        return "stopped"
    if status.next_at is None:
        return "-"
    left = status.next_at - now
    return "<10s" if left <= 10_000 else when.until(left)


def _note(status: SourceStatus, about: About) -> str:
    trouble = status.trouble
    if trouble is not None:
        return clean((f"{failed_step(trouble)}: " if trouble.word is Word.OFFLINE else "") + said(trouble))
    if status.missing:
        return clean(f"not read: {', '.join(status.missing)}")
    return skewed(status)


def ago(at: int | None, status: SourceStatus, now: int) -> str:
    """How long since; of an answer that is as old as its pace lets it be, only that."""
    pace = status.pace if status.word(now) in FRESH else 0
    return "-" if at is None else when.read_age(now - at, pace)


_CELLS: Mapping[str, Callable[[SourceStatus, About], str]] = {
    "short": lambda status, about: about.short(status),
    "name": lambda status, about: clean(status.source.name),
    "word": lambda status, about: about.pen.worded(status.word(about.pen.now)),
    "age": lambda status, about: ago(status.answered_at, status, about.pen.now),
    "next": _next,
    "every": lambda status, about: paces(status),
    "calls": lambda status, about: "-" if status.word(about.pen.now) in STOPPED else f"{status.calls:,}",
    "rows": lambda status, about: f"{status.tasks:,}" + ("+" if status.missing else ""),
    "budget": lambda status, about: "-" if status.budget is None else f"{status.budget:.0%}",
    "note": _note,
    "by_id": lambda status, about: f"{status.by_id:,}" if status.by_id else "",
    "whole": lambda status, about: ago(status.whole_at, status, about.pen.now),
    "account": lambda status, about: clean(status.source.account),
    "region": lambda status, about: clean(status.source.region),
}
