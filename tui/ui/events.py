"""Events: what has been seen to change this run. Pure; fed with the store as it is now."""

from __future__ import annotations

from collections import deque
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from textual.strip import Strip

from tui.model import State, Task, TaskKey
from tui.status import SourceStatus, Word
from tui.store import Feed, Moved, Store
from tui.text import clean
from tui.ui import when
from tui.ui.cells import Legend
from tui.ui.ink import Ink
from tui.ui.themes import TONES
from tui.ui.titles import Pen, paces

KEPT = 500
LAG = 60_000  # ms by which lists come late and the providers' clocks differ
QUIET = frozenset({Word.LOADING, Word.LIVE, Word.EMPTY})


class Event(NamedTuple):
    """One line: when, what happened (a state or a word), where, to what.

    Of a source that is not well: `until` is when it is read again, `paces` its old and new interval.
    """

    at: int
    what: State | Word
    source: str
    text: str
    key: TaskKey | None = None
    until: int | None = None
    paces: str = ""


class Events:
    """Follows a store and keeps the newest transitions, newest first."""

    def __init__(self) -> None:
        self.lines: deque[Event] = deque(maxlen=KEPT)
        self.pins: AbstractSet[TaskKey] = frozenset()
        self._feed: Feed | None = None
        self._since = 0
        self._settled: set[str] = set()
        self._words: dict[str, Word] = {}
        self._unwell: dict[str, int] = {}
        self._open: dict[str, Event] = {}

    def look(self, store: Store, now: int) -> None:
        """Takes in what differs. A source's first read is not an event; what is bad later is."""
        if self._feed is None:
            self._feed, self._since = store.follow(), now
        for name in store.sources:
            status = store.status(name)
            word = status.word(now)
            if word is not self._words.get(name):
                self._turned(status, word, now)
            elif name in self._open:
                self._complete(status, word, now)
        for moved in self._feed.take():
            self._task(moved, now)
        self._settled = {name for name in store.sources if store.status(name).answered_at is not None}

    def _turned(self, status: SourceStatus, word: Word, now: int) -> None:
        """One event for each change of a source's word."""
        name = status.source.name
        self._words[name] = word
        self._open.pop(name, None)
        if word in QUIET:
            since = self._unwell.pop(name, None)
            if since is not None:
                took = (now - since) // 1000 * 1000
                self.lines.appendleft(Event(now, word, name, f"again after {when.took(took)}" if took else "again"))
            return
        self._unwell.setdefault(name, now)
        self._open[name] = event = _about(status, word, now, now)
        self.lines.appendleft(event)

    def _complete(self, status: SourceStatus, word: Word, now: int) -> None:
        """What a source says only when its round is over, when it is read again and how often, goes into its event."""
        event = self._open[status.source.name]
        fresh = _about(status, word, event.at, now)
        if fresh != event and event in self.lines:
            self.lines[self.lines.index(event)] = self._open[status.source.name] = fresh
        if not status.reading:
            del self._open[status.source.name]

    def _task(self, moved: Moved, now: int) -> None:
        before, task = moved.before, moved.after
        if task is None or (before is not None and before.state is task.state):
            return
        if before is not None or (moved.key.source in self._settled and task.state.bad and not self._old(task)):
            told = f"{task.key.id}  {task.error or task.name or ''}"
            if task.key in self.pins:
                told = f"watched: {told}"
            self.lines.appendleft(Event(now, task.state, task.key.source, clean(told), task.key))

    def _old(self, task: Task) -> bool:
        """Whether it ended before this run: what a denied function failed in days is read when it is allowed again."""
        return task.ended_at is not None and task.ended_at < self._since - LAG


def _about(status: SourceStatus, word: Word, at: int, now: int) -> Event:
    """What there is to say about a source that has this word now."""
    trouble, name = status.trouble, status.source.name
    if word is Word.PARTIAL:
        return Event(at, word, name, clean(f"not read: {', '.join(status.missing)}"))
    if trouble is None:
        last = status.answered_at if word in (Word.SLOW, Word.STALE) else None
        return Event(at, word, name, "" if last is None else f"last answer {when.age(at - last)} ago")
    told = clean(trouble.code or trouble.message)
    if word is not Word.THROTTLED:
        return Event(at, word, name, told)
    pace = paces(status)
    return Event(at, word, name, told, until=status.retry_at(now), paces=pace if "->" in pace else "")


def text(event: Event, pen: Pen, legend: Legend) -> str:
    """What happened, after its word: `media Throttling, next read 14:03:15, interval 15s -> 60s`."""
    if isinstance(event.what, State):
        return event.text
    told = [event.text] if event.text else []
    told += [f"next read {pen.time(event.until)}"] if event.until else []
    told += [f"interval {event.paces}"] if event.paces else []
    source = legend.sources.get(event.source)
    alone = source is None or sum(one.adapter == source.adapter for one in legend.sources.values()) == 1
    return " ".join(part for part in ("" if alone else clean(event.source), ", ".join(told)) if part)


def line(event: Event, pen: Pen, legend: Legend, cells: int) -> Strip:
    """`14:02:36 FAIL  TAT invt-hq7f2k9a  TASK_TIMEOUT`."""
    look, source = pen.look, legend.sources.get(event.source)
    ink = Ink().add(f" {pen.time(event.at)} ", look["dim"])
    if isinstance(event.what, State):
        ink.add(f"{pen.glyphs.states[event.what]} {event.what.label:<9} ", look[TONES[event.what]])
    else:
        ink.add(pen.worded(event.what), look[pen.word_token(event.what)]).fill(22)
    short = legend.shorts.get(source.adapter, "") if source else ""
    return ink.add(f"{clean(short):<3} ", look["dim"]).add(text(event, pen, legend), look["text"]).strip(cells)
