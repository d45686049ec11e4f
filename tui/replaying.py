"""Replaying: a recording as a desk for the screens, on the clock of the time when it was made. Nothing is asked."""

from __future__ import annotations

import asyncio
import time
from array import array
from bisect import bisect_left
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.adapters import by_hand, titles
from tui.errors import NotFound
from tui.model import Source, TaskKey
from tui.recorded import Recording, Said, Sighted
from tui.status import SourceStatus, Trouble, Word
from tui.store import Round, Store
from tui.ui.desk import Provider
from tui.ui.still import StillDesk

if TYPE_CHECKING:
    from tui.answers import Detail

TICK = 0.5  # seconds between two looks at the clock
AT_LEAST = 0.02  # seconds: at a thousand times the speed, events are a picture together
A_TURN = 500  # events taken in between two keys: 10 ms
SLOWEST, FASTEST = 0.125, 8192.0
INTERVAL = 15.0  # seconds: a recording does not say how often its sources were read
_FAILED = frozenset({Word.NOKEY, Word.AUTH, Word.DENIED, Word.THROTTLED, Word.OFFLINE, Word.ERROR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded(SourceStatus):
    """A source whose word is the one that was recorded, however long ago that was said."""

    said: Word = Word.LOADING

    def word(self, now: int) -> Word:
        """The recorded one."""
        return self.said


class ReplayDesk(StillDesk):
    """What was recorded, as it came, `speed` times as fast; `r` goes on to the next event.

    `known` are sources by name of whoever has a config: a source that never showed a task is no provider's otherwise.
    """

    replays = True

    def __init__(
        self,
        recording: Recording,
        path: Path,
        *,
        speed: float = 1.0,
        known: Mapping[str, Source] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(Store(raw_rows=0), [Provider(*one) for one in titles()], by_hand)
        self.path = path
        self._events, self._speed, self._monotonic = recording.events, speed, monotonic
        self._next = 0
        self._of: dict[str, array[int]] = {}  # where the events of a source stand: `r` looks through no million of them
        for at, event in enumerate(recording.events):
            self._of.setdefault(_source(event), array("L")).append(at)
        self._words: dict[str, Said] = {}
        self._at = float(self._events[0].at if self._events else 0)
        self._last = self._events[-1].at if self._events else 0
        self._looked: float | None = None
        self._woken = asyncio.Event()
        self._changed: Callable[[], None] = lambda: None
        lines = "line" if recording.unread == 1 else "lines"
        self._unread = f"; {recording.unread:,} {lines} unreadable" if recording.unread else ""
        for name, source in recording.sources.items():
            self.store.add_source(
                source if source.adapter else (known or {}).get(name, source), INTERVAL * max(1.0, speed)
            )

    @property
    def note(self) -> str:
        """That this is no news, how fast it goes, and whether it is over."""
        over = ": its end" if self._next >= len(self._events) else ""
        return f"replay {self._speed:g}x{over}{self._unread}"

    @note.setter
    def note(self, told: str) -> None:
        """Nobody else has anything to say."""

    def clock(self) -> int:
        """The time in the recording (epoch ms): it begins with the first event, and stands still after the last."""
        now = self._monotonic()
        if self._looked is not None:
            self._at = min(self._at + (now - self._looked) * 1000 * self._speed, float(self._last))
            self._looked = now
        return round(self._at)

    async def run(self, changed: Callable[[], None]) -> None:
        """Takes in what has happened by now, until cancelled."""
        self._changed, self._looked = changed, self._monotonic()
        while True:
            now = self.clock()
            while self._next < len(self._events) and self._events[self._next].at <= now:
                for event in self._events[self._next : self._next + A_TURN]:
                    if event.at > now:
                        break
                    self._next += 1
                    self._take(event)
                await asyncio.sleep(0)
            self._freshen(now)
            changed()
            self._woken.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._pause(now)):
                    await self._woken.wait()

    def _pause(self, now: int) -> float:
        """Until the next event, in seconds of ours."""
        if self._next >= len(self._events):
            return TICK
        return min(TICK, max(AT_LEAST, (self._events[self._next].at - now) / 1000 / self._speed))

    def faster(self, by: int) -> str:
        """Twice as fast or as slow."""
        self.clock()
        self._speed = min(FASTEST, max(SLOWEST, self._speed * 2.0**-by))
        self._woken.set()
        return f"{self._speed:g} times as fast as it was"

    def poke(self, source: str | None = None) -> None:
        """The next event (of that source) happens now."""
        self.clock()
        places = range(len(self._events)) if source is None else self._of.get(source, ())
        coming = bisect_left(places, self._next)
        if coming < len(places):
            self._at = float(self._events[places[coming]].at)
        self._woken.set()

    def _take(self, event: Sighted | Said) -> None:
        if isinstance(event, Said):
            self._words[event.source] = event
            return
        source = self.store.sources[event.source.name]
        read = Round(source)
        self.store.merge(read, [event.task], at=event.at)
        if read.doubted:  # back to an earlier state: whoever recorded had asked by id
            self.store.settle(source, [event.task], at=event.at)

    def _freshen(self, now: int) -> None:
        """Gives each source the word that it had."""
        for name, source in self.store.sources.items():
            said = self._words.get(name, Said(now, name, Word.LOADING))
            known = self.store.status(name)
            status = known if isinstance(known, Recorded) else Recorded(source=source, interval=INTERVAL)
            self.store.set_status(_as_said(status, said, now, len(self.store.tasks(name))))

    async def detail(self, key: TaskKey, *, output: bool = False) -> Detail:
        """The task as it was recorded. Raises NotFound for what it printed: no recording has that."""
        if output:
            raise NotFound("a recording has no output of tasks")
        return await super().detail(key)

    def guarded(self, source: str) -> bool:
        """Nobody can do anything here, be the account marked or not."""
        return False

    def abandon(self) -> None:
        """There is nothing to end."""


def _source(event: Sighted | Said) -> str:
    return event.source.name if isinstance(event, Sighted) else event.source


def _as_said(status: Recorded, said: Said, now: int, tasks: int) -> Recorded:
    """A source as a line of the recording has it, now; one that is fine has answered within its interval, so: now."""
    word = said.word
    if word in _FAILED:
        trouble = Trouble(word, said.code, said.message, said.request_id)
        return replace(status, said=word, trouble=trouble, last_trouble=trouble, troubled_at=said.at, tasks=tasks)
    answered = {Word.LOADING: None, Word.SLOW: said.at, Word.STALE: said.at}.get(word, now)
    missing = (said.message.removeprefix("not read: ") or "a part",) if word is Word.PARTIAL else ()
    return replace(status, said=word, trouble=None, answered_at=answered, missing=missing, tasks=tasks)
