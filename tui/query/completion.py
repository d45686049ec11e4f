"""What Tab offers: fields, then values with their counts from the data. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tui.errors import UsageError
from tui.model import Source, State, Task
from tui.query.fields import FIELDS, NAMES, RANK, SCREEN, Field, Kind, field, short
from tui.query.match import GROUPS
from tui.query.tree import quoted
from tui.text import clean

MOST = 20
LONG = 120  # a longer value is not offered: nobody could tell it from the next one
TERMS = {"sort": "order by a field", "group": "group by a field", "limit": "at most so many rows"}
FIXED = {
    Kind.TIME: ("today", "yesterday", "-15m", "-1h", "-24h"),
    Kind.DURATION: ("10s", "1m", "5m", "1h", "1d"),
    Kind.AGE: ("5m", "1h", "2h", "1d"),
}
_VALUE = re.compile(r'(?:^|(?<=[\s(]))[-!]*([^\W\d][\w.]*)(!=|>=|<=|[:=><~])(?:[^\s(]*,)?("[^"]*|[^\s(),"]*)$')
_WORD = re.compile(r"(?:^|(?<=[\s(]))[-!]*([^\s()\"]*)$")


@dataclass(frozen=True, slots=True)
class Completion:
    """Puts `text` in place of the characters `start` to `end`; `count` tasks have it, None where nobody counted."""

    text: str
    start: int
    end: int
    count: int | None = None
    doc: str = ""

    @property
    def label(self) -> str:
        """What a list of completions shows."""
        return self.text if self.count is None else f"{self.text} ({self.count})"


def complete(
    text: str,
    cursor: int,
    tasks: Iterable[Task] = (),
    sources: Mapping[str, Source] | None = None,
    *,
    views: Iterable[str] = (),
    screen: Iterable[str] = (),
) -> list[Completion]:
    """What could stand at the cursor, likeliest first; what has been typed of it is its beginning."""
    left = text[:cursor]
    found = _VALUE.search(left)
    if found:
        name, start = found[1].lower(), found.start(3)
        typed = found[3].removeprefix('"').lower()
        offers = _values(name, typed, tasks, sources or {}, frozenset(screen))
    else:
        word = _WORD.search(left)
        typed, start = (word[1].lower(), word.start(1)) if word else ("", cursor)
        offers = _names(typed, views, screen) if word else iter(())
    return [Completion(offer, start, cursor, count, doc) for offer, count, doc in offers][:MOST]


Offer = tuple[str, int | None, str]


def _names(typed: str, views: Iterable[str], screen: Iterable[str]) -> Iterator[Offer]:
    """Fields by the names that people type, view terms, saved views."""
    for each in FIELDS.values():
        names = [*each.aliases, each.name]
        name = next((name for name in names if name.startswith(typed)), None)
        if name:
            yield f"{name}:", None, each.doc
    for name in SCREEN:
        if name in screen and name.startswith(typed):
            yield f"{name}:", None, "on screen only"
    for name, doc in TERMS.items():
        if name.startswith(typed):
            yield f"{name}:", None, doc
    for name in views:
        if f"@{name}".lower().startswith(typed):
            yield f"@{name}", None, "saved view"


def _values(
    name: str, typed: str, tasks: Iterable[Task], sources: Mapping[str, Source], screen: frozenset[str]
) -> Iterator[Offer]:
    if name in ("sort", "group"):
        sign = "-" if name == "sort" and typed.startswith("-") else ""
        known = (each for each in NAMES if each.startswith(typed.removeprefix("-")))
        return ((f"{sign}{each}", None, NAMES[each].doc) for each in known)
    if name in screen:
        return ((word, None, "") for word in ("yes", "no") if word.startswith(typed))
    try:
        known_field = field(name)
    except UsageError:
        return iter(())
    if known_field.kind is Kind.STATE:
        return _states(typed, Counter(task.state for task in tasks))
    if known_field.kind is Kind.SOURCE:
        return _sources(typed, Counter(task.key.source for task in tasks), sources)
    if known_field.kind in FIXED:
        return ((value, None, "") for value in FIXED[known_field.kind] if value.startswith(typed))
    return _texts(known_field, typed, tasks, sources)


def _states(typed: str, counts: Counter[State]) -> Iterator[Offer]:
    """Screen words of states that there are, bad first; then the groups; then the other states."""
    states = sorted(State, key=lambda state: (not counts[state], RANK[state]))
    offers = [(state.label.lower(), counts[state], state.value) for state in states]
    there = sum(1 for state in states if counts[state])
    groups = [(name, sum(counts[state] for state in group), "group") for name, group in GROUPS.items()]
    for word, count, doc in (*offers[:there], *groups, *offers[there:]):
        if word.startswith(typed) or doc.startswith(typed):
            yield word, count, doc


def _sources(typed: str, counts: Counter[str], sources: Mapping[str, Source]) -> Iterator[Offer]:
    """Short codes of the adapters, then sources by name."""
    codes: Counter[str] = Counter()
    for name, source in sources.items():
        codes[short(source.adapter).lower()] += counts[name]
    for word, count in (*codes.most_common(), *((name, counts[name]) for name in sources)):
        if word.lower().startswith(typed):
            yield str(quoted(word)), count, "source" if word in sources else "adapter"


def _texts(known: Field, typed: str, tasks: Iterable[Task], sources: Mapping[str, Source]) -> Iterator[Offer]:
    """The values that tasks have, most frequent first; those that begin with what is typed before the others."""
    counts: Counter[str] = Counter()
    for task in tasks:
        source = sources.get(task.key.source) or Source(task.key.source, "", "", "")
        text = known.text(task, source, 0)
        if text and typed in text.lower():
            counts[text] += 1
    ranked = sorted(counts.items(), key=lambda pair: (not pair[0].lower().startswith(typed), -pair[1], pair[0]))
    for text, count in ranked[: 2 * MOST]:
        if len(text) <= LONG and clean(text) == text:
            yield str(quoted(text)), count, ""
