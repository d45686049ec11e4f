"""What a pane knows of its provider: counts, completeness, age, the word. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from tui.model import BAD, Source, State
from tui.status import SourceStatus, Word
from tui.store import Store
from tui.ui import when
from tui.ui.desk import Provider
from tui.ways_out import SKEWED, clock_off

TROUBLE = frozenset({Word.NOKEY, Word.AUTH, Word.DENIED, Word.THROTTLED, Word.OFFLINE, Word.ERROR})
GREY = TROUBLE | {Word.STALE}
FRESH = frozenset({Word.LIVE, Word.EMPTY, Word.PARTIAL})
GRAVITY = {word: at for at, word in enumerate(Word)}


@dataclass(frozen=True)
class Facts:
    """One provider at one moment; `shown` is how many rows a filter left, None without one.

    Before the config is read (not `known`) nobody can say which sources there are.
    """

    provider: Provider
    statuses: tuple[SourceStatus, ...] = ()
    counts: Counter[State] = field(default_factory=Counter)
    shown: int | None = None
    known: bool = True
    _told: dict[int, tuple[Word, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def total(self) -> int:
        """How many tasks are known."""
        return self.counts.total()

    @cached_property
    def bad(self) -> int:
        """How many of them want an eye."""
        return sum(self.counts[state] for state in BAD)

    @cached_property
    def whole(self) -> bool:
        """Whether the figures are complete."""
        return self.known and all(not status.missing and status.answered_at is not None for status in self.statuses)

    @cached_property
    def beginning(self) -> bool:
        """Whether a source is being read for the first time."""
        return any(status.answered_at is None and status.trouble is None for status in self.statuses)

    @cached_property
    def answered_at(self) -> int | None:
        """When the slowest source last answered; None while one of them never has."""
        known = [status.answered_at for status in self.statuses]
        return min((at for at in known if at is not None), default=None)

    def age(self, now: int) -> str:
        """How old the rows are, "" before the first answer; only a bound while they are as young as they can be."""
        if self.answered_at is None:
            return ""
        told = zip(self.statuses, self.words(now), strict=True)
        pace = max((status.pace for status, word in told if word in FRESH), default=0)
        return when.read_age(now - self.answered_at, pace)

    def again_in(self, now: int) -> str:
        """How long the source that is throttled longest still waits; "" where none does."""
        told = zip(self.statuses, self.words(now), strict=True)
        times = (one.retry_at(now) for one, word in told if word is Word.THROTTLED)
        last = max((at for at in times if at is not None), default=None)
        return "" if last is None else when.until(last - now)

    def word(self, now: int) -> Word | None:
        """The word that wants attention most; None without a source."""
        none = None if self.known else Word.LOADING
        return min(set(self.words(now)), key=GRAVITY.__getitem__, default=none)

    def words(self, now: int) -> tuple[Word, ...]:
        """The word of each source; that of one moment is found once, for a picture asks for it ten times."""
        words = self._told.get(now)
        if words is None:
            self._told.clear()
            words = self._told[now] = tuple(status.word(now) for status in self.statuses)
        return words

    def count(self) -> str:
        """`412`, `640+` where incomplete, `12 of 412` behind a filter."""
        text = f"{self.total:,}" + ("" if self.whole else "+")
        return text if self.shown is None else f"{self.shown:,} of {text}"


def gather(
    provider: Provider, store: Store, shown: int | None = None, tally: Mapping[str, Counter[State]] | None = None
) -> Facts:
    """The facts of one provider as the store has them now; `tally` has its counts by source, where they are kept."""
    names = [source.name for source in of(provider, store.sources.values())]
    counts: Counter[State] = Counter()
    for name in names:
        if tally is None:
            counts.update(task.state for task in store.tasks(name).values())
        else:
            for state, count in tally.get(name, {}).items():  # `update` takes four times as long
                counts[state] += count
    return Facts(provider, tuple(store.status(name) for name in names), counts, shown, known=bool(store.sources))


def of(provider: Provider, sources: Iterable[Source]) -> Sequence[Source]:
    """The sources of one provider."""
    return [source for source in sources if source.adapter == provider.adapter]


def skews(statuses: Iterable[SourceStatus]) -> Mapping[str, int]:
    """The sources whose provider's clock is a minute or more off ours, with what it is ahead, in ms."""
    return {
        one.source.name: round(one.skew * 1000) for one in statuses if one.skew is not None and abs(one.skew) >= SKEWED
    }


def clock(statuses: Iterable[SourceStatus]) -> str:
    """`clock off by 4 min`: this machine's, by the provider from which it is furthest; "" where that is no news."""
    off = clock_off(max((abs(status.skew or 0.0) for status in statuses), default=0.0))
    return f"clock off by {off}" if off else ""


def budget(statuses: Iterable[SourceStatus]) -> float | None:
    """How much the source nearest to its limit uses of our share; None where nobody counts."""
    return max((status.budget for status in statuses if status.budget is not None), default=None)
