"""Events: what has been seen to change this run. Pure; fed with the store as it is now."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from textual.strip import Strip

from tui.model import SourceStatus, State, TaskKey, Word
from tui.store import Feed, Moved, Store
from tui.text import clean
from tui.ui.cells import Legend
from tui.ui.ink import Ink
from tui.ui.themes import TONES
from tui.ui.titles import Pen

KEPT = 500


class Event(NamedTuple):
    """One line: when, what happened (a state or a word), where, to what."""

    at: int
    what: State | Word
    source: str
    text: str
    key: TaskKey | None = None


class Events:
    """Follows a store and keeps the newest transitions, newest first."""

    def __init__(self) -> None:
        self.lines: deque[Event] = deque(maxlen=KEPT)
        self._feed: Feed | None = None
        self._settled: set[str] = set()
        self._words: dict[str, Word] = {}

    def look(self, store: Store, now: int) -> None:
        """Takes in what differs. A source's first whole read is not an event; what is bad later is."""
        if self._feed is None:
            self._feed = store.follow()
        for name in list(store.sources):
            self._word(store.status(name), now)
        for moved in self._feed.take():
            self._task(moved, now)
        self._settled = {name for name in store.sources if store.status(name).answered_at is not None}

    def _word(self, status: SourceStatus, now: int) -> None:
        name, word = status.source.name, status.word(now)
        before = self._words.get(name)
        self._words[name] = word
        quiet = (Word.LOADING, Word.LIVE, Word.EMPTY)
        if word is before or (before in (None, *quiet) and word in quiet):
            return
        told = status.trouble.code or status.trouble.message if status.trouble else ""
        self.lines.appendleft(Event(now, word, name, clean(told)))

    def _task(self, moved: Moved, now: int) -> None:
        before, task = moved.before, moved.after
        if task is None or (before is not None and before.state is task.state):
            return
        if before is not None or (moved.key.source in self._settled and task.state.bad):
            told = f"{task.key.id}  {task.error or task.name or ''}"
            self.lines.appendleft(Event(now, task.state, task.key.source, clean(told), task.key))


def line(event: Event, pen: Pen, legend: Legend, cells: int) -> Strip:
    """`14:02:36 FAIL  TAT invt-hq7f2k9a  TASK_TIMEOUT`."""
    look, source = pen.look, legend.sources.get(event.source)
    ink = Ink().add(f" {pen.time(event.at)} ", look["dim"])
    if isinstance(event.what, State):
        ink.add(f"{pen.glyphs.states[event.what]} {event.what.label:<9} ", look[TONES[event.what]])
    else:
        ink.add(f"{event.what.value:<11} ", look[pen.word_token(event.what)])
    short = legend.shorts.get(source.adapter, "") if source else ""
    return ink.add(f"{clean(short):<3} ", look["dim"]).add(event.text, look["text"]).strip(cells)
