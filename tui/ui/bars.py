"""The lines round the panes: header, provider strip, counts by state, hints. Pure functions of facts and width."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from textual.strip import Strip

from tui.model import State
from tui.status import Word
from tui.text import clean, cut_end, width
from tui.ui import when
from tui.ui.facts import TROUBLE, Facts
from tui.ui.ink import Ink, between
from tui.ui.themes import TONES
from tui.ui.titles import ORDER, Pen

ALWAYS = frozenset({State.QUEUED, State.RUNNING, State.FAILED, State.SUCCEEDED})
BRIEF = {  # the words of more than five cells where the strip has no room: a word cut anywhere reads as another one
    Word.LOADING: "load",
    Word.PARTIAL: "PART",
    Word.THROTTLED: "THROT",
    Word.DENIED: "DENY",
    Word.OFFLINE: "OFFL",
}
WORDS = {State.QUEUED: "queue", State.CANCELLED: "canc", State.EXPIRED: "expd", State.VANISHED: "gone"}


class Header(NamedTuple):
    """What the first line says."""

    view: str
    accounts: str = ""
    read_only: bool = True
    every: str = ""
    note: str = ""
    held: str = ""
    marked: int = 0
    follow: bool = False
    clock: str = ""
    """That this machine's clock is wrong."""
    budget: str = ""
    """How much of our share the source nearest to its limit uses."""
    prod: bool = False
    """Whether an account on the screen is marked `prod`."""


def header(facts: Header, pen: Pen, cells: int) -> Strip:
    """Name and view at the left; accounts, right to write, time and pace at the right, as far as they fit.

    What is left out first: accounts, pace, budget, the note's end, the time. The right to write always shows.
    """
    look = pen.look
    left = Ink().add(" taskdeck", look["chrome.name"]).add(f"  {clean(facts.view)}")
    if facts.held:
        left.add("  ").add(f" {facts.held} ", look["mark"])
    if facts.marked:
        left.add("  ").add(f"{facts.marked:,} marked", look["mark"])
    if facts.follow:
        left.add("  ").add(" follow ", look["mark"])
    if facts.clock:
        left.add("  ").add(facts.clock, look["mark"])
    clock = f"{when.time_of_day(pen.now, pen.utc, seconds=False)} {when.zone(pen.now, pen.utc)}"
    whole = width(clean(facts.note)) + 3 if facts.note else 0
    every = "   ".join(part for part in (facts.every and f"every {facts.every}", facts.budget) if part)
    right, least = Ink(), min(whole, cells // 3)
    for accounts, time, pace, noted in (
        (facts.accounts, clock, every, whole),
        ("", clock, every, whole),
        ("", clock, facts.budget, whole),
        ("", clock, "", least),
        ("", "", "", least),
    ):
        right = _right(facts, pen, accounts, time, pace, long=cells >= 100)
        if left.width + noted + right.width + 1 <= cells:
            break
    room = cells - left.width - right.width - 1
    if facts.note and room > 3:
        left.add(f"   {cut_end(clean(facts.note), room - 3)}", look["mark"])
    if room < 0:  # the view's name is in the strip below as well
        left = _cut(left, cells - right.width - 1)
    return between(left, right, cells).strip(cells, look["chrome"])


def _right(facts: Header, pen: Pen, accounts: str, time: str, pace: str, *, long: bool) -> Ink:
    look = pen.look
    quiet = look["chrome.dim"]
    ink = Ink().add(f"{clean(accounts)}   " if accounts else "", quiet)
    if facts.prod:
        ink.add(" PROD ", look["prod"]).add("  ")
    write = ("READ-ONLY" if long else "RO") if facts.read_only else "WRITE"
    ink.add(write, quiet if facts.read_only else look["prod"])
    ink.add(f"   {time}" if time else "", quiet)
    return ink.add(f"   {pace}" if pace else "", quiet).add(" ")


def _cut(ink: Ink, cells: int) -> Ink:
    """The parts of a line that fit, the last one cut."""
    short = Ink()
    for text, style in ink.parts:
        if short.width < cells:
            short.add(cut_end(text, cells - short.width), style)
    return short


class Terse(NamedTuple):
    """How the provider strip saves cells."""

    gap: int
    blank: str = ""
    ages: bool = False
    brief: bool = False
    """Whether the word of a source is an abbreviation."""
    beside: bool = True
    """Whether figures stand beside the word of a source that is not live."""
    total: bool = True


TERSE = (
    Terse(4, " ", ages=True),
    Terse(2, ages=True),
    Terse(2),
    Terse(1, brief=True),
    Terse(1, brief=True, beside=False),
    Terse(1, brief=True, beside=False, total=False),
)


def providers(all_facts: Sequence[Facts], pen: Pen, cells: int, active: int | None) -> Strip:
    """` 1 FC 412 12x now   2 OS ...`: the panes folded into one line."""
    told = [brief(facts, pen.now) for facts in all_facts]
    for terse in TERSE:
        inks = [_provider(one, pen, terse, active=one.digit == active) for one in told]
        if 1 + sum(ink.width for ink in inks) + terse.gap * (len(inks) - 1) <= cells:
            break
    line = Ink()
    for at, ink in enumerate(inks):
        line.add(" " * (terse.gap if at else 1)).extend(ink)
    return line.strip(cells)


class Brief(NamedTuple):
    """All that the provider strip says of one provider."""

    digit: int
    short: str
    total: int
    whole: bool
    bad: int
    word: Word | None
    age: str
    """Of its rows; of a throttled one how long it still waits."""


def brief(facts: Facts, now: int) -> Brief:
    """The same at one moment: the strip is another one only when this is."""
    word, provider = facts.word(now), facts.provider
    waits = facts.again_in(now) if word is Word.THROTTLED else ""
    age = "" if word is Word.LOADING else waits or facts.age(now)
    return Brief(provider.digit, provider.short, facts.total, facts.whole, facts.bad, word, age)


def _provider(facts: Brief, pen: Pen, terse: Terse, *, active: bool) -> Ink:
    look, word = pen.look, facts.word
    base = look["title.active"] if active else look["text"]
    ink = Ink().add(f"{facts.digit}", base + look["title.digit"])
    ink.add(f"{terse.blank}{clean(facts.short)}", base)
    told = word is not None and word not in (Word.LIVE, Word.EMPTY)
    if terse.beside or not told:
        if (word not in TROUBLE or facts.total) and terse.total:
            ink.add(f" {facts.total:,}" + ("" if facts.whole else "+"), look["text"])
        if facts.bad:
            ink.add(" ").add(f"{facts.bad}{pen.glyphs.states[State.FAILED]}", look["state.bad"])
    if told and word is not None:
        text = word.value.lower() if word is Word.LOADING else word.value
        ink.add(" ").add(BRIEF.get(word, text) if terse.brief else text, look[pen.word_token(word)])
    if terse.ages and facts.age:
        ink.add(" ").add(facts.age, look["dim"])
    return ink


def states(all_facts: Sequence[Facts], pen: Pen, cells: int) -> Strip:
    """` all 1,284+   .queue 31   >run 208 ...` over all sources."""
    tally: Counter[State] = Counter()
    for facts in all_facts:
        tally += facts.counts
    whole = all(facts.whole for facts in all_facts)
    for gap, worded in ((3, ORDER), (2, ORDER), (1, ORDER), (2, ALWAYS), (1, ALWAYS), (1, ())):
        ink = Ink().add(" all ", pen.look["dim"]).add(f"{tally.total():,}" + ("" if whole else "+"), pen.look["key"])
        for state in ORDER:
            if tally[state] or state in ALWAYS:
                tone = pen.look[TONES[state] if tally[state] else "faint"]
                word = WORDS.get(state, state.label.lower()) + " " if state in worded else ""
                ink.add(" " * gap).add(f"{pen.glyphs.states[state]}{word}", tone).add(f"{tally[state]:,}")
        if ink.width <= cells:
            break
    return ink.strip(cells)


def hints(keys: Sequence[tuple[str, str]], pen: Pen, cells: int) -> Strip:
    """`Enter open  / filter ..  : command  ? help`: whole hints in their order; the last ones are the last to go."""
    inks = [Ink().add(key, pen.look["key"]).add(f" {text}", pen.look["dim"]) for key, text in keys]
    kept, room = set[int](), cells + 1  # a blank before the first, two after each but the last
    for at in (*reversed(range(max(0, len(inks) - 2), len(inks))), *range(len(inks) - 2)):
        if not kept or inks[at].width + 2 <= room:
            kept.add(at)
            room -= inks[at].width + 2
    line = Ink().add(" ")
    for at in sorted(kept):
        line.extend(inks[at]).add("  ")
    return line.strip(cells)
