"""The title line of a pane and the lines under it that say what is wrong. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from textual.strip import Strip

from tui.model import SourceStatus, State, Word
from tui.text import clean
from tui.ui import when
from tui.ui.facts import TROUBLE, Facts
from tui.ui.glyphs import Glyphs
from tui.ui.ink import Ink, between
from tui.ui.themes import TONES, Look

NOTES = 3
SKEWED = 60.0  # seconds: less is no news
ORDER = (
    State.QUEUED,
    State.RUNNING,
    State.RETRYING,
    State.STOPPING,
    State.FAILED,
    State.EXPIRED,
    State.VANISHED,
    State.SUCCEEDED,
    State.CANCELLED,
    State.UNKNOWN,
)
WAITING = frozenset({Word.THROTTLED, Word.OFFLINE, Word.DENIED})
STOPPED = frozenset({Word.AUTH, Word.NOKEY})
CALM = frozenset({Word.LIVE, Word.EMPTY, Word.LOADING})


@dataclass(frozen=True)
class Pen:
    """What drawing needs beside the facts."""

    look: Look
    glyphs: Glyphs
    now: int
    utc: bool = False

    def time(self, ms: int) -> str:
        """A moment as the wall clock shows it."""
        return when.time_of_day(ms, self.utc)

    def word_token(self, word: Word | None) -> str:
        """The token of the colour a source's word has."""
        if word is Word.LIVE:
            return "age.fresh"
        return "age.stale" if word in TROUBLE or word is Word.STALE else "age.slow"


def title(facts: Facts, pen: Pen, cells: int, *, active: bool, order: str = "") -> Strip:
    """Digit, short, title, total, counts by state at the left; at the right another order than usual, age and word."""
    base = pen.look["title.active" if active else "title"]
    right = Ink().add(f"{order}  " if order else "", pen.look["key"]).extend(_word(facts, pen))
    for names in (True, False):
        for states in (ORDER, (State.RUNNING, State.FAILED), ()):
            left = _left(facts, pen, states, named=names)
            if left.width + right.width + 1 <= cells:
                return between(left, right, cells).strip(cells, base)
    return between(_left(facts, pen, (), named=False), _word(facts, pen), cells).strip(cells, base)


def _left(facts: Facts, pen: Pen, states: tuple[State, ...], *, named: bool) -> Ink:
    provider, look = facts.provider, pen.look
    ink = Ink().add(" ").add(str(provider.digit), look["title.digit"]).add(" ")
    ink.add(clean(provider.short).ljust(3), look["key"])
    ink.add(f" {clean(provider.title)}" if named else "")
    ink.add(f"  {facts.count()} ")
    for state in states:
        if number := facts.counts[state]:
            ink.add(" ").add(f"{pen.glyphs.states[state]}{number:,}", look[TONES[state]])
    return ink


def _word(facts: Facts, pen: Pen) -> Ink:
    word = facts.word(pen.now)
    ink = Ink()
    if word is None:
        return ink.add("no source ")
    if age := facts.age(pen.now):
        ink.add(f"{age}  ")
    text = word.value.lower() if word in CALM else word.value
    trouble = next((s.trouble for s in facts.statuses if s.trouble and s.trouble.word is word), None)
    if trouble is not None and trouble.code and word is not Word.THROTTLED:
        text += f" {clean(trouble.code, limit=24)}"
    return ink.add(text, pen.look[pen.word_token(word)]).add(" ")


def notes(facts: Facts, pen: Pen) -> list[str]:
    """At most three lines under the title: what is wrong with which source, how old its rows are, what is missing."""
    many = len(facts.statuses) > 1
    lines = [
        (f"{clean(status.source.name)}: " if many else "") + text
        for status in facts.statuses
        for text in _about(status, pen)
    ]
    if not facts.statuses:
        return ["no source is configured for this provider"]
    if len(lines) > NOTES:
        lines[NOTES - 1 :] = [f"and {len(lines) - NOTES + 1} more"]
    return lines


def _about(status: SourceStatus, pen: Pen) -> list[str]:
    word, trouble, said = status.word(pen.now), status.trouble, []
    if trouble is not None:
        told = " ".join(part for part in (trouble.code, trouble.message) if part)
        request = f" (request {trouble.request_id})" if trouble.request_id else ""
        retry = trouble.retry_at or (status.next_at if word in WAITING else None)
        again = f"next read {pen.time(retry)}: " if retry and retry > pen.now else ""
        said.append(clean(f"{again}{told or word}{request}"))
    kept = [f"as of {pen.time(status.answered_at)}, {status.tasks:,} rows kept"] if status.answered_at else []
    if word in STOPPED and status.source.account:
        said.append("; ".join([*kept, "calls have stopped, r tries again"]))
    elif trouble is not None or word is Word.STALE:
        said += kept
    if word is Word.LOADING and status.pages_read:
        said.append(f"reading page {status.pages_read + 1}, {status.rows_read:,} rows")
    if status.skew is not None and abs(status.skew) >= SKEWED:
        side = "behind" if status.skew > 0 else "ahead of"
        said.append(f"this machine's clock is {when.age(round(abs(status.skew) * 1000))} {side} the provider's")
    if status.missing and not (word in STOPPED and status.answered_at is None):
        said.append(clean(f"not read: {', '.join(status.missing)}"))
    if word is Word.EMPTY:
        said.append(clean(f"0 tasks in {status.source.region or status.source.name}"))
    return said


def note(text: str, pen: Pen, cells: int, *, calm: bool) -> Strip:
    """One of the lines under a title."""
    return Ink().add(f"    {text}", pen.look["dim" if calm else "age.slow"]).strip(cells)
