"""One loop per source: read its lists, settle what left them, put it all in the store, say how it went."""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any, Protocol

from tui.answers import Page, Want
from tui.beat import in_step
from tui.budget import HELD, LONGEST_HINT, Urgency, loop_time, urgency
from tui.errors import (
    AuthError,
    BadRequest,
    CallError,
    ClockSkew,
    Denied,
    Malformed,
    NoCredential,
    NotFound,
    Throttled,
    Unavailable,
    WriteRefused,
)
from tui.intake import Intake
from tui.line import Line
from tui.model import Task
from tui.patience import PATIENT, Patience
from tui.reading import Outcome, Reader, read
from tui.recall import Recall
from tui.rounds import Rounds
from tui.settings import SourceSettings
from tui.settling import ByIds, Settling
from tui.status import Change, SourceStatus, Trouble, Word
from tui.store import Store
from tui.text import clean

log = logging.getLogger(__name__)

_WORDS: tuple[tuple[type[CallError], Word], ...] = (
    (NoCredential, Word.NOKEY),
    (AuthError, Word.AUTH),
    (ClockSkew, Word.AUTH),
    (Denied, Word.DENIED),
    (Throttled, Word.THROTTLED),
    (Unavailable, Word.OFFLINE),
    (Malformed, Word.ERROR),
    (NotFound, Word.ERROR),
    (BadRequest, Word.ERROR),
    (WriteRefused, Word.ERROR),
)
_GRAVEST = tuple(Word)
WHOLE = Want()
DENIED_PAUSE = 300.0  # permissions are changed by people, not by asking again
LONGEST_PAUSE = 300.0  # between two reads of a source that fails again and again
DOUBLINGS = 3  # of its interval: the budget slows down by itself, and what is known grows old meanwhile
PROBES = (10.0, 60.0)  # seconds between two probes of a provider that is out of reach
BACKLOG = 1.0  # seconds until the next read while tasks wait to be asked by id
BUG = Trouble(Word.ERROR, "bug", "a bug in taskdeck; the log has the trace")
PROGRESS_MS = 250  # between two words about how far a read has come: a third of all that a round says
BLURRED = 4.0  # times the interval, while nobody looks
BLURRED_MOST = 60.0  # seconds: what nobody looks at is still news when somebody comes back


class Pollable(Reader, ByIds, Protocol):
    """The part of an adapter that a poll needs: its lists, and tasks by id."""


def word_of(error: CallError) -> Word:
    """The source's word for an error (contract, section 4)."""
    return next((word for kind, word in _WORDS if isinstance(error, kind)), Word.ERROR)


def gravest(errors: tuple[CallError, ...]) -> CallError | None:
    """The error whose word is said: the first in the contract's order."""
    return min(errors, key=lambda error: _GRAVEST.index(word_of(error)), default=None)


def trouble_of(error: CallError, retry_at: int | None = None) -> Trouble:
    """An error as the state of a source."""
    code = error.code or (f"HTTP{error.http_status}" if (error.http_status or 0) >= 400 else "")
    return Trouble(word_of(error), code, error.message, error.request_id, retry_at, type(error).__name__)


async def _either(*waits: Coroutine[Any, Any, object]) -> None:
    """Until one of them is over. What it raised shows again in the poll that follows."""
    tasks = [asyncio.create_task(one) for one in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in tasks:
            one.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Poller:
    """Reads one source again and again. Owns nothing but its pace: tasks are in the store."""

    def __init__(
        self,
        settings: SourceSettings,
        adapter: Pollable,
        line: Line,
        store: Store,
        *,
        interval: float,
        told: Callable[[Change], None] = lambda change: None,
        clock: Callable[[], float] = time.time,
        patience: Patience = PATIENT,
        width: int = 2,
    ) -> None:
        self.settings, self.source, self.adapter = settings, settings.source, adapter
        self._line, self._store, self._told = line, store, told
        self._clock, self._patience, self._width = clock, patience, width
        self._wake = asyncio.Event()
        self._failures = 0
        self._rounds, self._recall = Rounds(), Recall()
        self._settling = Settling(adapter, store, patience, self._waiting, self._found, self._rounds.insist)
        self._lacking: tuple[str, ...] = ()
        self._pushed = settings.pushed
        self._visible, self._focused = False, True
        self._rows = self._pages = self._said_at = 0
        store.add_source(self.source, interval)

    def poke(self) -> None:
        """Reads now and whole, instead of at the next turn; looks for a credential that is missing or was refused."""
        trouble = self.status.trouble
        if trouble is not None and trouble.word in (Word.AUTH, Word.NOKEY):
            self._line.again()
        elif trouble is not None and trouble.word is Word.THROTTLED:
            self._line.open()
        self._rounds.insist()
        self._wake.set()

    def pace(self, seconds: float) -> None:
        """Reads so often from now on."""
        self._say(interval=seconds)
        self._hurry(seconds)

    def _hurry(self, seconds: float) -> None:
        """Who waits longer than this, and not because something is wrong, waits no more."""
        status = self.status
        if status.trouble is None and status.next_at is not None and status.next_at > self._now() + seconds * 1000:
            self._wake.set()

    def look(self, *, visible: bool, focused: bool) -> None:
        """Whether this source is on the screen, and whether anybody looks at the screen."""
        back = focused and not self._focused
        self._visible, self._focused = visible, focused
        if back:
            self._hurry(self.status.interval)

    async def run(self) -> None:
        """Polls until cancelled. A bug in the adapter is this source's ERROR, never anybody else's."""
        await asyncio.sleep(random.uniform(0, min(0.3, self.status.interval / 10)))
        spread = random.uniform(1.0, 0.4)  # sources that began together do not go on so
        while True:
            self._wake.clear()
            pause = self._pause(await self.round())
            if pause is None:
                self._say(next_at=None, effective=self.status.interval)
                await _either(self._wake.wait(), self._line.renewed())
                continue
            pause, spread = pause * spread, 1.0
            # after a failure not in step: never before the time that a provider has named
            wait = pause if self._failures else in_step(pause, loop_time())
            self._say(next_at=self._now() + round(wait * 1000), effective=pause)
            await self._woken(wait)
            if self._patience.turn is not None:  # of those that go together, one each time the loop comes round
                await self._patience.turn()

    async def _woken(self, seconds: float) -> None:
        """Until somebody asks for a read, or so many seconds are over."""
        timer = asyncio.get_running_loop().call_later(seconds, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            timer.cancel()

    @property
    def status(self) -> SourceStatus:
        """The state of this source."""
        return self._store.status(self.source.name)

    async def round(self) -> Outcome | None:
        """The read that is due: a whole one, or one that catches up."""
        return await self.poll(self._rounds.want(self._now(), self.status.interval))

    async def poll(self, want: Want = WHOLE) -> Outcome | None:
        """One read, merged page by page: whole, but for a command that wants less. None after a bug."""
        before = self._line.calls
        self._rows = self._pages = 0
        self._say(reading=True, by_id=0)
        urgency.set(Urgency.VISIBLE if self._visible else Urgency.REST)
        try:
            outcome = await self._read(want)
        except Exception:  # a bug in one adapter is that pane's error card, not the end of the monitor
            log.exception("source %s: a bug while reading", clean(self.source.name))
            self._rounds.insist()
            self._say(reading=False, **self._troubled(BUG), calls=self._line.calls - before)
            return None
        error = gravest(outcome.errors)
        whole = want.everything and want.since is None and (outcome.complete or (outcome.full and not outcome.errors))
        if want.since is None:  # what a whole read lacks is lacking until the next one
            for_good = all(isinstance(one, Malformed) for one in outcome.errors)
            self._lacking = outcome.missing if for_good else ()
        self._say(
            reading=False,
            **self._troubled(trouble_of(error) if error else None),
            missing=tuple(dict.fromkeys((*outcome.missing, *self._lacking))),
            answered_at=self._now() if outcome.pages or not outcome.errors else self.status.answered_at,
            whole_at=self._now() if whole else self.status.whole_at,
            calls=self._line.calls - before,
            skew=self._line.skew,
            budget=self._line.budget,
            pushed=self._pushed,
            expires_at=self._line.expires_at,
            key_note=self._line.key_note,
        )
        return outcome

    async def _read(self, want: Want) -> Outcome:
        began, interval = self._now(), self.status.interval
        monitored = want.newest_first is not None and want.everything
        intake = Intake(
            self.source,
            self._store,
            want,
            rounds=self._rounds,
            interval=interval,
            at_once=self.adapter.at_once,
            oldest=self._oldest(),
            most=float(self.settings.max_tasks),
            now=self._now,
            told=self._tell,
            landed=self._landed,
        )
        self._recall.turn()
        outcome = await read(
            self.adapter,
            want,
            intake,
            width=self._width,
            patience=self._patience,
            waiting=self._waiting,
            bounds=intake if monitored else None,
            recall=self._recall,
        )
        if monitored:
            self._rounds.over(want, began, outcome, self._line.skew or 0.0)
        whole = want.since is None and (outcome.complete or (outcome.full and not outcome.errors))
        if want.everything and (whole or monitored):
            urgency.set(min(Urgency.IN_FLIGHT, urgency.get()))
            outcome = await self._settling.after(intake.taken, outcome, want, whole=whole)
        self._tell(self._store.expire(self.source, oldest=self._oldest(), most=self.settings.max_tasks, at=self._now()))
        return outcome

    def _landed(self, page: Page) -> None:
        self._rows, self._pages = self._rows + len(page.tasks), self._pages + (not page.more)
        if self._now() >= self._said_at + PROGRESS_MS:
            self._say()

    def _found(self, tasks: Sequence[Task], asked: int) -> None:
        self._tell(self._store.settle(self.source, tasks, at=self._now()))
        self._say(by_id=self.status.by_id + asked)

    def _troubled(self, trouble: Trouble | None) -> dict[str, object]:
        """What is wrong now; the last trouble stays known."""
        if trouble is None:
            return {"trouble": None}
        return {"trouble": trouble, "last_trouble": trouble, "troubled_at": self._now()}

    def _waiting(self, error: CallError, seconds: float) -> None:
        """While a retry waits, the source already says why nothing comes."""
        if isinstance(error, Throttled):
            self._say(**self._troubled(trouble_of(error, self._now() + round(seconds * 1000))))

    def _pause(self, outcome: Outcome | None) -> float | None:
        """Seconds until the next read; None: not before someone asks."""
        interval = self.status.interval
        error = gravest(outcome.errors) if outcome else None
        self._failures = self._failures + 1 if error else 0
        doubled = min(LONGEST_PAUSE, interval * 2.0 ** min(self._failures, DOUBLINGS)) * random.uniform(0.8, 1)
        match error:
            case NoCredential() | AuthError():
                return None
            case ClockSkew():  # clocks are set right without a word to us; for Huawei, which locks, a brake holds
                return max(interval, doubled)
            case Denied() if outcome and not outcome.pages:  # one denied list of several holds up nothing
                return max(interval, DENIED_PAUSE)
            case Throttled():
                hint = error.retry_after or 0.0
                return max(interval, doubled, min(hint, HELD) if hint <= LONGEST_HINT else 0.0)
            case Unavailable():
                return min(max(interval, PROBES[0]), PROBES[1])
        if error is None and outcome and not outcome.full and self._settling.backlog:  # its budget says how fast
            return min(interval, BACKLOG)
        return interval if self._focused else max(interval, min(interval * BLURRED, BLURRED_MOST))

    def _oldest(self) -> float:
        return -math.inf if math.isinf(self.settings.window) else self._now() - self.settings.window * 1000

    def _now(self) -> int:
        return round(self._clock() * 1000)

    def _tell(self, change: Change) -> None:
        if change:
            self._told(change)

    def _say(self, **what: object) -> None:
        """Replaces parts of the source's state and tells it."""
        read: dict[str, Any] = {"rows_read": self._rows, "pages_read": self._pages}
        status = replace(self.status, tasks=len(self._store.tasks(self.source.name)), **read | what)
        self._said_at = self._now()
        self._store.set_status(status)
        try:
            self._told(Change(source=self.source, at=self._said_at, status=status))
        except Exception:  # a bug in who listens is that pane's error card: the source goes on being read
            log.exception("source %s: a bug in what listens to it", clean(self.source.name))
            self._store.set_status(replace(status, **self._troubled(BUG)))  # type: ignore[arg-type]  # as above
