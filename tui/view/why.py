"""Why a task is as it is: fixed rules over what is known. Every line names its evidence; nothing is guessed. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from tui.model import State, Task, TaskKey
from tui.query.fields import short
from tui.query.signature import cause
from tui.query.tree import quoted
from tui.query.values import show_duration
from tui.status import SourceStatus, Word
from tui.text import clean, cut_middle
from tui.view import meanings
from tui.ways_out import SKEWED, clock_off

MINUTES = 5 * 60_000  # what fails within them may have one reason
DAY = 86_400_000
LONGEST = 500  # characters of a text in a filter
NAMED = 40  # cells of a name in a line
WELL = frozenset({Word.LIVE, Word.EMPTY, Word.SLOW})
TARGETS: Mapping[str, tuple[str, str, str]] = {
    "alibaba-fc": ("fn", "name", "function"),
    "tencent-tat": ("inst", "target", "instance"),
    "huawei-kps": ("target", "target", "server"),
    "tencent-mps": ("", "", ""),  # a row says which kinds of work it has, and nothing of what it works on
}
"""What a task of an adapter happens to: the field of the filter, that of the task, and its name."""


class Asks(NamedTuple):
    """Evidence that is some tasks: the filter that shows them."""

    query: str


class Health(NamedTuple):
    """Evidence that is the state of a source."""

    source: str


Evidence = Asks | Health | TaskKey


class Reason(NamedTuple):
    """One line: what is so, what shows it, and how that is called. Clean."""

    text: str
    evidence: Evidence
    named: str


def utc_time(ms: int) -> str:
    """The wall clock in UTC."""
    try:
        return f"{datetime.fromtimestamp(ms / 1000, UTC):%H:%M:%S}"
    except (OverflowError, ValueError, OSError):  # a provider's time may be anything
        return "--:--:--"


def why(
    task: Task,
    known: Iterable[Task],
    statuses: Mapping[str, SourceStatus],
    now: int,
    clock: Callable[[int], str] = utc_time,
) -> tuple[Reason, ...]:
    """What is known about why a task is as it is: the fixed rules, in their order."""
    inquiry = Inquiry(task, statuses, now, clock)
    for one in known:
        inquiry.look(one)
    return inquiry.reasons()


class Inquiry:
    """The same in steps: each known task is looked at once, whenever there is time; then there are reasons."""

    def __init__(
        self, task: Task, statuses: Mapping[str, SourceStatus], now: int, clock: Callable[[int], str] = utc_time
    ) -> None:
        self.task = task
        self._statuses, self._now, self._clock = statuses, now, clock
        status = statuses.get(task.key.source)
        self._adapter = status.source.adapter if status is not None else ""
        self._field, self._attribute, self._noun = TARGETS.get(self._adapter, ("target", "target", "target"))
        self._target = self._target_of(task)
        self._cause = cause(task)
        self._at = self._moment(task)
        self._ended = self._failed = self._ok_at = 0
        self._failed_at: list[int] = []
        self._others: dict[str, bool] = {}
        self._alike = 0
        self._alike_first: int | None = None
        self._alike_targets: set[tuple[str, str]] = set()
        self._beside: Counter[str] = Counter()

    def look(self, one: Task) -> None:
        """Takes in one known task."""
        if not one.state.final or one.key == self.task.key:
            return
        at = self._moment(one)
        if one.key.source == self.task.key.source:
            if self._at is not None and at is not None and abs(at - self._at) <= DAY:
                self._look_at_target(one, at)
        elif one.state.bad and self._at is not None and at is not None and abs(at - self._at) <= MINUTES:
            self._beside[one.key.source] += 1
        if self._cause is not None and one.state.bad and cause(one) == self._cause:
            self._alike += 1
            self._alike_targets.add((one.key.source, self._happened_to(one)))
            if at is not None:
                self._alike_first = at if self._alike_first is None else min(self._alike_first, at)

    def _look_at_target(self, one: Task, at: int) -> None:
        target = self._target_of(one)
        if target is None or self._target is None:
            return
        if target == self._target:
            self._ended += 1
            if one.state.bad:
                self._failed_at.append(at)
            elif one.state is State.SUCCEEDED and self._at is not None and at <= self._at:
                self._ok_at = max(self._ok_at, at)
        elif self._work(one) == self._work(self.task):
            self._others[target] = self._others.get(target, False) or one.state.bad

    def reasons(self) -> tuple[Reason, ...]:
        """All that the rules have to say, of what has been looked at."""
        bad: list[Reason] = []
        if self.task.state.bad:
            bad = [*self._same_target(), *self._same_cause(), *self._same_minutes()]
        return (*self._meanings(), *self._retried(), *bad, *self._sources())

    def _meanings(self) -> Iterator[Reason]:
        """What the provider's words and codes mean."""
        task, word = self.task, clean(self.task.native_state or "", limit=NAMED)
        same = Asks(f"{_says('adapter', self._adapter)} {_says('native', task.native_state or '')}")
        told = meanings.native(task, self._adapter)
        if told:
            yield Reason(f"{word}: {told}", same, "the provider's table of states")
        elif task.state is State.UNKNOWN:
            text = f"{word or 'no word at all'}: no table of the provider has that. It is taken as still alive"
            yield Reason(text, same, "tasks with this word")
        if task.state is State.VANISHED:
            text = "GONE: it was seen alive, is in no list now and was not found by its id; how it ended is not known"
            yield Reason(text, task.key, "this task")
        code = meanings.exit_code(task)
        if code is not None and (told := meanings.of_exit(code)):
            asks = f"tat.exit:{code}" if "tat.exit" in task.extra else f"{_says('cause', self._cause or '')}"
            yield Reason(f"exit {code}: {told}", Asks(asks), "POSIX; tasks that ended so")
        if told := meanings.of_error(task, self._adapter):
            yield Reason(told, task.key, "this task")

    def _retried(self) -> Iterator[Reason]:
        tries = self.task.retries
        if tries:
            so_far = "before it ended so" if self.task.state.final else "so far"
            yield Reason(f"the provider has tried it again {_times(tries)} {so_far}", self.task.key, "this task")

    def _same_target(self) -> Iterator[Reason]:
        """`ins-2k8d: 3 of 3 failed within a day; 11 other instances with the same command: 11 without a failure`."""
        if self._target is None or self._at is None:
            return
        name, ended, failed = _brief(self._target), self._ended + 1, len(self._failed_at) + 1
        asks = f"{self._from(self.task.key.source)} {_says(self._field, self._target)} {self._span(DAY)}"
        if ended == 1:
            text = f"{name}: no other task of this {self._noun} ended within a day of it"
        else:
            text = f"{name}: {failed:,} of {ended:,} that ended within a day of it failed"
            row = 1 + sum(self._ok_at < at <= self._at for at in self._failed_at)
            if row > 1 and failed < ended:
                text += f", {row:,} in a row up to this one"
        if self._others:
            fine = sum(not bad for bad in self._others.values())
            others = f"{len(self._others):,} other {self._noun}{'' if len(self._others) == 1 else 's'}"
            same = " with the same command" if self._adapter == "tencent-tat" else ""
            text += f"; {others}{same}: {fine:,} without a failure"
        yield Reason(text, Asks(asks), f"tasks of this {self._noun}")

    def _same_cause(self) -> Iterator[Reason]:
        asks = Asks(f"{_says('cause', self._cause or '')}")
        if not self._alike:
            yield Reason("no other task known here has this cause", asks, "tasks with this cause")
            return
        where = len(self._alike_targets)
        text = f"{self._alike:,} other task{'s have' if self._alike > 1 else ' has'} this cause"
        text += f", on {where:,} target{'s' if where > 1 else ''}" if self._alike > 1 else ""
        away = sorted({name for name, _ in self._alike_targets if name != self.task.key.source})
        if away:
            more = f" and {len(away) - 2:,} more sources" if away[2:] else ""
            text += f", also in {', '.join(map(_brief, away[:2]))}{more}"
        if self._at is not None and self._alike_first is not None:
            ms = self._at - self._alike_first
            text += f"; the first {show_duration(ms)} before it" if ms > 0 else "; this one was the first"
        yield Reason(text, asks, "tasks with this cause")

    def _same_minutes(self) -> Iterator[Reason]:
        """What else went wrong then, or that nothing did."""
        if self._at is None:
            return
        at = self._clock(self._at)
        for name, count in sorted(self._beside.items(), key=lambda one: (-one[1], one[0])):
            asks = f"{self._from(name)} state:bad {self._span(MINUTES, name)}"
            text = f"{_brief(name)} ({self._short(name)}): {count:,} task{'s' if count > 1 else ''}"
            yield Reason(f"{text} failed within 5 minutes of {at}", Asks(asks), f"failures of {_brief(name)}")
        if not self._beside:
            asks = f"state:bad {self._span(MINUTES)}"
            text = f"no task of another source is known to have failed within 5 minutes of {at}"
            yield Reason(text, Asks(asks), "failures then")

    def _sources(self) -> Iterator[Reason]:
        """Whose clock is off, and what is not known because a source cannot be read."""
        own = self._statuses.get(self.task.key.source)
        if own is not None and own.skew is not None and abs(own.skew) >= SKEWED:
            side = "behind" if own.skew > 0 else "ahead of"
            text = f"this machine's clock is {clock_off(own.skew)} {side} the provider's, which stamped its times"
            yield Reason(text, Health(own.source.name), f"health of {_brief(own.source.name)}")
        first = sorted(self._statuses.values(), key=lambda status: status is not own)
        for status in first:
            word, name = status.word(self._now), status.source.name
            if word in WELL or (status is not own and not self.task.state.bad):
                continue
            code = clean(status.trouble.code, limit=24) if status.trouble is not None else ""
            text = f"{_brief(name)} is {word}{f' ({code})' if code else ''}: "
            text += "what is told of it here" if status is own else "failures there"
            yield Reason(f"{text} may be incomplete", Health(name), f"health of {_brief(name)}")

    def _target_of(self, task: Task) -> str | None:
        value: str | None = getattr(task, self._attribute) if self._attribute else None
        return value or None

    def _happened_to(self, task: Task) -> str:
        """The same of a task of any source."""
        status = self._statuses.get(task.key.source)
        _, attribute, _ = TARGETS.get(status.source.adapter if status is not None else "", ("", "target", ""))
        value: str | None = getattr(task, attribute or "target")
        return value or ""

    def _work(self, task: Task) -> object:
        """What must be the same where different targets are compared: of TAT the command."""
        if self._adapter != "tencent-tat":
            return None
        return task.extra.get("tat.command") or task.name

    def _moment(self, task: Task) -> int | None:
        """When it ended (or began, where nobody tells the end), by our clock."""
        at = task.ended_at or task.started_at or task.created_at
        return None if at is None else at - self._ahead(task.key.source)

    def _ahead(self, source: str) -> int:
        """What a provider's clock is ahead of ours, in ms, where that is news."""
        status = self._statuses.get(source)
        skew = status.skew if status is not None else None
        return 0 if skew is None or abs(skew) < SKEWED else round(skew * 1000)

    def _span(self, ms: int, source: str | None = None) -> str:
        """So long before and after it, as a filter: by the end, where its adapter tells one."""
        status = self._statuses.get(source or self.task.key.source)
        adapter = status.source.adapter if status is not None else ""
        at = (self._at or 0) + self._ahead(source or self.task.key.source)
        low, high = _iso(at - ms), _iso(at + ms + 999)
        field = "created" if adapter == "huawei-kps" else "ended"
        return f"{field}:{low}..{high}" if low and high else f"{field}:*"

    def _from(self, source: str) -> str:
        return _says("source", source)

    def _short(self, source: str) -> str:
        status = self._statuses.get(source)
        return short(status.source.adapter) if status is not None else _brief(source)


def _says(field: str, text: str) -> str:
    """The filter by what a field says; of a long text by its head, for a filter has an end too."""
    return f"{field}={quoted(text)}" if len(text) <= LONGEST else f"{field}:{quoted(text[:LONGEST])}"


def _brief(text: str) -> str:
    return cut_middle(clean(text), NAMED)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def _iso(ms: int) -> str:
    try:
        return f"{datetime.fromtimestamp(ms // 1000, UTC):%Y-%m-%dT%H:%M:%SZ}"
    except (OverflowError, ValueError, OSError):  # a provider's time may be anything
        return ""
