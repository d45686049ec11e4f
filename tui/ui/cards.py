"""The card of a pane that has no row: how each of its sources is, and the one way out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.strip import Strip

from tui.status import SourceStatus, Word
from tui.text import clean
from tui.ui import first_start
from tui.ui.facts import Facts
from tui.ui.ink import Ink
from tui.ui.titles import STOPPED, Pen, offered, skewed, wrong
from tui.ui.wrapping import MARGIN, wrapped

CALM = frozenset({Word.LIVE, Word.LOADING, Word.SLOW})  # rows come, or are about to
LEAST = 3  # lines that a card needs to say more than the lines under a title do
WAY_OUT = "way out  "


def card(facts: Facts, pen: Pen, cells: int, height: int) -> list[Strip]:
    """The lines, as many as there is room for; none where nothing is to be said."""
    told = [status for status in facts.statuses if status.word(pen.now) not in CALM]
    if first_start.begins(told) and height >= first_start.LEAST:
        begin = [Ink(), *first_start.begin(facts.provider, told[0], pen, cells)]
        return [ink.strip(cells) for ink in begin[:height]]
    if height < LEAST or not told:
        return []
    lines: list[Ink] = []
    for at, status in enumerate(told):
        about = [Ink(), *_about(status, pen, max(20, cells - 2 * MARGIN))]
        more = at + 1 < len(told)  # then the last line says that there are others
        if lines and len(lines) + len(about) > height - more:
            lines = [*lines[: height - 1], Ink().add(f"{' ' * MARGIN}and {len(told) - at} more", pen.look["dim"])]
            break
        lines += about
    return [ink.strip(cells) for ink in lines[:height]]


def nowhere(among: Sequence[Facts], now: int) -> str:
    """Why the table of all tasks has none, in one line, with the way on."""
    statuses = [status for facts in among for status in facts.statuses]
    if first_start.begins(statuses):
        return "no source yet: :login adds one, :demo shows made-up tasks, W says more"
    if not statuses or any(facts.beginning for facts in among):
        return "the sources are being read for the first time .."
    if all(status.word(now) is Word.EMPTY for status in statuses):
        return "every source was read whole, and has no task"
    return "no task has been read: H says of each source why, and what helps"


def _about(status: SourceStatus, pen: Pen, cells: int) -> Iterator[Ink]:
    look, source, word = pen.look, status.source, status.word(pen.now)
    where = "  ".join(clean(part) for part in (source.name, source.account, source.region) if part)
    head = Ink().add(" " * MARGIN).add(f"{pen.glyphs.words[word]} {word}", look[pen.word_token(word)])
    yield head.add(f"   {where}", look["dim"])
    for token, text in _said(status, word, pen):
        for line in wrapped(text, cells):
            yield Ink().add(" " * (MARGIN + 2)).add(line, look[token])
    if way := offered(status, pen):
        for at, line in enumerate(wrapped(way, cells - len(WAY_OUT))):
            label = WAY_OUT if at == 0 else " " * len(WAY_OUT)
            yield Ink().add(" " * (MARGIN + 2)).add(label, look["key"]).add(line, look["text"])


def _said(status: SourceStatus, word: Word, pen: Pen) -> Iterator[tuple[str, str]]:
    """What there is to say, each with the token of its colour."""
    if status.trouble is not None:
        yield "text", wrong(status, pen)
    elif word is Word.EMPTY:
        where = f" in {status.source.region}" if status.source.region else ""
        yield "text", clean(f"the read was whole and found no task{where}")
    if word in STOPPED and status.source.account:
        since = f" since {pen.time(status.wrong_since)}" if status.wrong_since else ""
        yield "dim", f"calls have stopped{since}; r tries again"
    elif status.trouble is not None and status.answered_at is not None:
        yield "dim", f"last good answer {pen.time(status.answered_at)}"
    if told := skewed(status):
        yield "age.slow", told
    if status.missing:
        yield "dim", clean(f"not read: {', '.join(status.missing)}")
