"""The title line of a pane and the lines under it that say what is wrong. Pure."""

from __future__ import annotations

from typing import NamedTuple

from textual.strip import Strip

from tui.model import State
from tui.status import SourceStatus, Trouble, Word
from tui.text import clean
from tui.ui import when
from tui.ui.facts import TROUBLE, Facts
from tui.ui.glyphs import Glyphs
from tui.ui.ink import Ink, between
from tui.ui.themes import TONES, Look
from tui.ways_out import BUG, SKEWED, failed_step, way_out

NOTES = 3
CODE, SHORT_CODE = 48, 24  # cells of a provider's code where there is room, and where there is little
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
FEW = (State.RUNNING, State.FAILED)
SHORTER = ((True, FEW), (True, ()), (False, ORDER), (False, FEW), (False, ()))  # the provider's name, and which counts
STOPPED = frozenset({Word.AUTH, Word.NOKEY})
SINCE = STOPPED | {Word.OFFLINE}
SOON = 600_000  # ms before the end of a temporary key at which a pane says so
RENEWED = 165_000  # the same where a new one is asked for 180 s before: then none has come
CALM = frozenset({Word.LIVE, Word.EMPTY, Word.LOADING})


class Pen(NamedTuple):
    """What drawing needs beside the facts."""

    look: Look
    glyphs: Glyphs
    now: int
    utc: bool = False

    def time(self, ms: int) -> str:
        """A moment as the wall clock shows it."""
        return when.time_of_day(ms, self.utc)

    def worded(self, word: Word) -> str:
        """Sign and word of a source."""
        return f"{self.glyphs.words[word]} {word}"

    def word_token(self, word: Word | None) -> str:
        """The token of the colour a source's word has."""
        if word is Word.LIVE:
            return "age.fresh"
        return "age.stale" if word in TROUBLE or word is Word.STALE else "age.slow"


def title(facts: Facts, pen: Pen, cells: int, *, active: bool, order: str = "") -> Strip:
    """Digit, short, title, total, counts by state at the left; at the right another order than usual, age and word."""
    base = pen.look["title.active" if active else "title"]
    left = _left(facts, pen, ORDER, named=True)
    for full, code in ((True, CODE), (True, SHORT_CODE), (False, SHORT_CODE)):
        # the reason of the word goes first: it is in the next line too
        word = _word(facts, pen, full=full, code=code)
        right = Ink().add(f"{order}  " if order else "", pen.look["key"]).extend(word)
        if left.width + right.width + 1 <= cells:
            return between(left, right, cells).strip(cells, base)
    for named, states in SHORTER:
        left = _left(facts, pen, states, named=named)
        if left.width + right.width + 1 <= cells:
            return between(left, right, cells).strip(cells, base)
    return between(left, _word(facts, pen, full=False), cells).strip(cells, base)


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


def _word(facts: Facts, pen: Pen, *, full: bool, code: int = SHORT_CODE) -> Ink:
    word = facts.word(pen.now)
    ink = Ink()
    if word is None:
        return ink.add("no source ")
    if age := facts.age(pen.now):
        ink.add(f"{age}  ")
    text = word.value.lower() if word in CALM else word.value
    status = next((one for one in facts.statuses if one.trouble and one.trouble.word is word), None)
    if status is not None and status.trouble is not None:
        said = clean(status.trouble.code, limit=code)
        if word is Word.THROTTLED:
            until = status.retry_at(pen.now)
            text += f" until {pen.time(until)}" if until else ""
            text += f" ({said})" if said and full else ""
        else:
            text += f" {said}" if said else ""
            text += f" since {pen.time(status.wrong_since)}" if full and word in SINCE and status.wrong_since else ""
    return ink.add(text, pen.look[pen.word_token(word)]).add(" ")


def paces(status: SourceStatus) -> str:
    """`15s -> 60s`: what was asked for and what holds; one figure where that is the same."""
    asked, holds = f"{status.interval:g}s", f"{status.pace:.0f}s"
    return f"{asked} -> {holds}" if status.pace > status.interval * 1.05 else asked


def notes(facts: Facts, pen: Pen) -> list[str]:
    """At most three lines under the title: what is wrong with which source, how old its rows are, what is missing.

    Where there is more to say each source has its first line before any has a second one; `H` has the rest.
    """
    if not facts.statuses:
        return ["no source is configured for this provider"] if facts.known else []
    many = len(facts.statuses) > 1
    told = [
        [(f"{clean(status.source.name)}: " if many else "") + text for text in _about(status, pen)]
        for status in facts.statuses
    ]
    lines = [line for about in told for line in about]
    if len(lines) <= NOTES:
        return lines
    first = [line for about in told for line in about[:1]] + [line for about in told for line in about[1:]]
    return [*first[: NOTES - 1], f"and {len(lines) - NOTES + 1} more: H"]


def said(trouble: Trouble) -> str:
    """What the provider said, foreign: code and message; of a bug of ours the message says all."""
    return trouble.message if trouble.code == BUG else " ".join(part for part in trouble[1:3] if part)


def wrong(status: SourceStatus, pen: Pen) -> str:
    """What is wrong with a source now, in one line: when it is read again, what failed, what the provider said."""
    trouble = status.trouble
    if trouble is None:
        return ""
    until, told = status.retry_at(pen.now), said(trouble)
    begin = ""
    if trouble.word is Word.THROTTLED:
        begin = f"read again in {when.until(until - pen.now)}, " if until else ""
        begin += f"every {paces(status)}: "
    elif until:
        begin = f"read again at {pen.time(until)}: "
    if trouble.word is Word.OFFLINE:
        begin += f"{failed_step(trouble)}: "
    request = f" (request {trouble.request_id})" if trouble.request_id else ""
    return clean(f"{begin}{told or trouble.word}{request}")


def _about(status: SourceStatus, pen: Pen) -> list[str]:
    word, lines = status.word(pen.now), list[str]()
    if status.trouble is not None:
        lines.append(wrong(status, pen))
    kept = [f"as of {pen.time(status.answered_at)}, {status.tasks:,} rows kept"] if status.answered_at else []
    if word in STOPPED and status.source.account:
        lines.append("; ".join([*kept, "calls have stopped, r tries again"]))
    elif status.trouble is not None or word is Word.STALE:
        lines += kept
    if word is Word.LOADING and status.pages_read:
        lines.append(f"reading page {status.pages_read + 1}, {status.rows_read:,} rows")
    if told := skewed(status):
        lines.append(told)
    if told := ending(status, pen):
        lines.append(told)
    if status.missing and word not in STOPPED:  # else the lines are for what helps
        lines.append(clean(f"not read: {', '.join(status.missing)}"))
    if word is Word.EMPTY:
        lines.append(clean(f"0 tasks in {status.source.region or status.source.name}"))
    way = offered(status, pen) if word in TROUBLE and len(lines) < NOTES else ""
    if way and not any(way in line for line in lines):
        lines.append(f"way out: {way}")
    return lines


def ending(status: SourceStatus, pen: Pen) -> str:
    """That a temporary key ends soon: 10 min before, or where a new one should have come by then; "" before that."""
    if status.expires_at is None or status.word(pen.now) in STOPPED:
        return ""
    left = status.expires_at - pen.now
    if left >= (RENEWED if status.credentials == "command" else SOON):
        return ""
    return f"its temporary key ends in {when.until(left)}" if left > 0 else "its temporary key has ended"


def offered(status: SourceStatus, pen: Pen) -> str:
    """The way out, with the key that asks for a login here."""
    login = f":login {clean(status.source.account)}"
    return way_out(status, pen.now, screen=True).replace(login, f"{login} (U)")


def skewed(status: SourceStatus) -> str:
    """How wrong this machine's clock is; "" where that is no news."""
    if status.skew is None or abs(status.skew) < SKEWED:
        return ""
    side = "behind" if status.skew > 0 else "ahead of"
    return f"this machine's clock is {when.age(round(abs(status.skew) * 1000))} {side} the provider's"


def note(text: str, pen: Pen, cells: int, *, calm: bool) -> Strip:
    """One of the lines under a title."""
    return Ink().add(f"    {text}", pen.look["dim" if calm else "age.slow"]).strip(cells)
