"""How a source is, in one word with its reasons; and what a poll changed. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from tui.model import Source, Task, TaskKey


class Word(StrEnum):
    """The one word for a source, in the order in which the first that holds is said (contract, section 4)."""

    NOKEY = "NOKEY"
    AUTH = "AUTH"
    DENIED = "DENIED"
    THROTTLED = "THROTTLED"
    OFFLINE = "OFFLINE"
    ERROR = "ERROR"
    LOADING = "LOADING"
    STALE = "STALE"
    SLOW = "SLOW"
    PARTIAL = "PARTIAL"
    EMPTY = "EMPTY"
    LIVE = "LIVE"


class Trouble(NamedTuple):
    """How the last read of a source failed: one of the first six words, the provider's code and text (foreign).

    `kind` is the error's class: of two that are ERROR to the eye, an exit code may make two numbers.
    """

    word: Word
    code: str = ""
    message: str = ""
    request_id: str | None = None
    retry_at: int | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """What we know about one source; times are epoch milliseconds, intervals are seconds.

    `interval` is what was asked for, `effective` what holds now: throttling and a monitor nobody looks at stretch it.
    `trouble` is what is wrong now, `last_trouble` what was wrong last (at `troubled_at`). `calls` and `by_id` count
    the requests of the last round and the tasks it asked by id; `whole_at` is when all lists were last read whole,
    `pushed` what of the config narrows the lists at the provider, `budget` the part (0 to 1) of our share of the
    tightest rate limit that the last minute used, None where the share is off. `wrong_since` is when the word of
    `trouble` began to hold (the store knows), `keys` names the environment variables that the credential is read from,
    `credentials` is where it comes from as the config says it (`command` without its words), `expires_at` when it ends,
    `key_note` what should be said of its place.
    """

    source: Source
    interval: float = 15.0
    effective: float = 0.0
    trouble: Trouble | None = None
    answered_at: int | None = None
    next_at: int | None = None
    reading: bool = False
    rows_read: int = 0
    pages_read: int = 0
    calls: int = 0
    missing: tuple[str, ...] = ()
    tasks: int = 0
    skew: float | None = None
    by_id: int = 0
    whole_at: int | None = None
    pushed: tuple[str, ...] = ()
    budget: float | None = None
    last_trouble: Trouble | None = None
    troubled_at: int | None = None
    wrong_since: int | None = None
    keys: tuple[str, ...] = ()
    credentials: str = ""
    expires_at: int | None = None
    key_note: str = ""

    @property
    def pace(self) -> float:
        """Seconds between two reads as things are: what was asked for, or more."""
        return self.interval if self.interval > self.effective else self.effective

    def retry_at(self, now: int) -> int | None:
        """When something that went wrong is tried again; None where that is over or nobody knows."""
        trouble = self.trouble
        for at in (trouble.retry_at, self.next_at) if trouble is not None else ():
            if at is not None and at > now:
                return at
        return None

    def word(self, now: int) -> Word:
        """The one word that holds now: LIVE below 2 effective intervals of age, SLOW to 5, STALE beyond."""
        if self.trouble is not None:
            return self.trouble.word
        if self.answered_at is None:
            return Word.LOADING
        age, pace = now - self.answered_at, self.pace * 1000
        if age >= 2 * pace:
            return Word.STALE if age >= 5 * pace else Word.SLOW
        if self.missing:
            return Word.PARTIAL
        return Word.LIVE if self.tasks else Word.EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a poll did: the only thing that travels on. Falsy when the picture is the same."""

    source: Source
    at: int
    upserted: tuple[Task, ...] = ()
    gone: tuple[TaskKey, ...] = ()
    status: SourceStatus

    def __bool__(self) -> bool:
        return bool(self.upserted or self.gone)
