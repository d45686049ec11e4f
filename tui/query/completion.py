"""What Tab offers: fields, then values with their counts from the data. Pure.

Counts come from at most SCANNED tasks, whatever there are (8 ms), unless the caller knows them: a screen does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import nsmallest
from itertools import islice

from tui.errors import UsageError
from tui.model import Source, State, Task
from tui.query.fields import EXTRA, FIELDS, NAMES, RANK, SCREEN, Field, Kind, field, short
from tui.query.match import GROUPS
from tui.query.tree import quoted
from tui.text import clean

MOST = 20  # values that are offered; of fields all
SCANNED = 5_000  # tasks whose texts are counted: what is counted then is a least, `12+`
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
    """Puts `text` in place of the characters `start` to `end`; `count` tasks have it, None where nobody counted.

    `more`: not all tasks were looked at, so there may be more.
    """

    text: str
    start: int
    end: int
    count: int | None = None
    doc: str = ""
    more: bool = False

    @property
    def label(self) -> str:
        """What a list of completions shows."""
        return self.text if self.count is None else f"{self.text} ({self.count:,}{'+' if self.more else ''})"


@dataclass(frozen=True, slots=True)
class Known:
    """Counts that the caller has: tasks by state and by source. They are exact, and nobody has to count."""

    states: Mapping[State, int]
    sources: Mapping[str, int]


def complete(
    text: str,
    cursor: int,
    tasks: Iterable[Task] = (),
    sources: Mapping[str, Source] | None = None,
    *,
    views: Iterable[str] = (),
    screen: Iterable[str] = (),
    known: Known | None = None,
) -> list[Completion]:
    """What could stand at the cursor, likeliest first; what has been typed of it is its beginning.

    Of `tasks` the first SCANNED are looked at: those that matter most come first. `known` spares that for states and
    sources.
    """
    left = text[:cursor]
    found = _VALUE.search(left)
    if found:
        data = _Data(tasks, sources or {}, known)
        typed = found[3].removeprefix('"').lower()
        offers = islice(_values(found[1].lower(), typed, data, frozenset(screen)), MOST)
        return [
            Completion(offer, found.start(3), cursor, count, doc, count is not None and data.more)
            for offer, count, doc in offers
        ]
    word = _WORD.search(left)
    names = _names(word[1].lower(), views, screen) if word else iter(())
    return [Completion(offer, word.start(1), cursor, count, doc) for offer, count, doc in names] if word else []


class _Data:
    """What there is to count, and whether all of it was: known after the offers have been made."""

    def __init__(self, tasks: Iterable[Task], sources: Mapping[str, Source], known: Known | None) -> None:
        self.sources = sources
        self.more = False
        self._tasks = tasks
        self._known = known

    def scan(self) -> Iterator[Task]:
        """The tasks that are looked at."""
        for at, task in enumerate(self._tasks):
            if at == SCANNED:
                self.more = True
                return
            yield task

    def states(self) -> Mapping[State, int]:
        """How many tasks are in each state."""
        return self._known.states if self._known else Counter(task.state for task in self.scan())

    def by_source(self) -> Mapping[str, int]:
        """How many tasks each source has."""
        return self._known.sources if self._known else Counter(task.source for task in self.scan())


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


def _values(name: str, typed: str, data: _Data, screen: frozenset[str]) -> Iterator[Offer]:
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
        return _states(typed, data.states())
    if known_field.kind is Kind.SOURCE:
        return _sources(typed, data.by_source(), data.sources)
    if known_field is EXTRA:  # all facts in one piece of JSON: nobody completes that
        return iter(())
    if known_field.kind in FIXED:
        return ((value, None, "") for value in FIXED[known_field.kind] if value.startswith(typed))
    return _texts(known_field, typed, data)


def _states(typed: str, counts: Mapping[State, int]) -> Iterator[Offer]:
    """Screen words of states that there are, bad first; then the groups; then the other states."""
    tally = {state: counts.get(state, 0) for state in State}
    states = sorted(State, key=lambda state: (not tally[state], RANK[state]))
    offers = [(state.label.lower(), tally[state], state.value) for state in states]
    there = sum(1 for state in states if tally[state])
    groups = [(name, sum(tally[state] for state in group), "group") for name, group in GROUPS.items()]
    for word, count, doc in (*offers[:there], *groups, *offers[there:]):
        if word.startswith(typed) or doc.startswith(typed):
            yield word, count, doc


def _sources(typed: str, counts: Mapping[str, int], sources: Mapping[str, Source]) -> Iterator[Offer]:
    """Short codes of the adapters, then sources by name."""
    codes: Counter[str] = Counter()
    for name, source in sources.items():
        codes[short(source.adapter).lower()] += counts.get(name, 0)
    for word, count in (*codes.most_common(), *((name, counts.get(name, 0)) for name in sources)):
        if word.lower().startswith(typed):
            yield str(quoted(word)), count, "source" if word in sources else "adapter"


def _texts(known: Field, typed: str, data: _Data) -> Iterator[Offer]:
    """The values that tasks have, most frequent first; those that begin with what is typed before the others."""
    counts: Counter[str | None] = Counter()
    nowhere: dict[str, Source] = {}
    for task in data.scan():
        name = task.source
        source = data.sources.get(name) or nowhere.setdefault(name, Source(name, "", "", ""))
        counts[known.text(task, source, 0)] += 1
    found = (
        (not text.lower().startswith(typed), -count, text)
        for text, count in counts.items()
        if text and len(text) <= LONG and typed in text.lower() and text.isprintable()
    )
    for _, less, text in nsmallest(3 * MOST, found):  # 5,000 ids in order take 20 ms, the first of them 3
        if clean(text) == text:
            yield str(quoted(text)), -less, ""
