"""What a pane says before there is a config: how to begin, in the order of how soon one sees something. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.status import SourceStatus
from tui.text import clean, width
from tui.ui.desk import Provider
from tui.ui.ink import Ink
from tui.ui.titles import Pen, wrong
from tui.ui.wrapping import MARGIN, wrapped

LEAST = 5  # lines: with fewer the ones under the title say it


def begins(statuses: Sequence[SourceStatus]) -> bool:
    """Whether this pane has nothing but a place for what could be there."""
    return bool(statuses) and all(not status.source.account for status in statuses)


def begin(provider: Provider, status: SourceStatus, pen: Pen, cells: int) -> Iterator[Ink]:
    """The ways in, each with what is typed first."""
    look, word = pen.look, status.word(pen.now)
    short = clean(provider.short.lower())
    head = Ink().add(" " * MARGIN).add(pen.worded(word), look[pen.word_token(word)])
    yield head.add(f"   no source of {clean(provider.title)} yet", look["text"])
    yield Ink()
    ways = (
        (f":login {short}", "or U: a key of yours, tried with one real read, then kept in the keyring"),
        (":demo", "made-up tasks from a cloud on this machine: no account, no network"),
        ("config", f"{wrong(status, pen)}; `taskdeck config example` prints one to begin with"),
    )
    column = MARGIN + 2 + max(width(typed) for typed, _ in ways) + 3
    for typed, does in ways:
        ink = Ink().add(" " * (MARGIN + 2)).add(typed, look["key"])
        for line in wrapped(does, max(20, cells - column - MARGIN)):
            yield ink.fill(column).add(line, look["text"])
            ink = Ink()
