"""The words everyone shares: source, task, its key, its state. No I/O, no dependency."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from tui.slots import Kin, Rest, Slots, look

NO_EXTRA: Mapping[str, Any] = MappingProxyType({})


class State(StrEnum):
    """The ten canonical states (contract, section 2)."""

    __hash__ = str.__hash__  # Enum's is Python: a look into a set of states takes three times as long with it

    QUEUED = "queued"
    RUNNING = "running"
    RETRYING = "retrying"
    STOPPING = "stopping"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    VANISHED = "vanished"
    UNKNOWN = "unknown"

    @property
    def final(self) -> bool:
        """Whether a task in this state has ended, as far as anyone knows."""
        return self in FINAL

    @property
    def live(self) -> bool:
        """Whether a task in this state still moves."""
        return self not in FINAL

    @property
    def bad(self) -> bool:
        """Whether this state wants an operator's eye."""
        return self in BAD

    @property
    def label(self) -> str:
        """The short word on the screen."""
        return LABELS[self]


FINAL = frozenset({State.SUCCEEDED, State.FAILED, State.CANCELLED, State.EXPIRED, State.VANISHED})
BAD = frozenset({State.FAILED, State.EXPIRED, State.VANISHED})
LABELS: Mapping[State, str] = {
    State.QUEUED: "QUEUE",
    State.RUNNING: "RUN",
    State.RETRYING: "RETRY",
    State.STOPPING: "STOP",
    State.SUCCEEDED: "OK",
    State.FAILED: "FAIL",
    State.CANCELLED: "CANC",
    State.EXPIRED: "EXPD",
    State.VANISHED: "GONE",
    State.UNKNOWN: "NEW",
}
# A task may be seen in two states within one poll: the later stage is the truth (api/README 3.2).
# `vanished` is ours: any row that shows the task again replaces it. `unknown` is live, nothing more is known.
STAGE: Mapping[State, int] = {
    State.VANISHED: -1,
    State.UNKNOWN: 0,
    State.QUEUED: 0,
    State.RUNNING: 1,
    State.RETRYING: 1,
    State.STOPPING: 2,
    State.SUCCEEDED: 3,
    State.FAILED: 3,
    State.CANCELLED: 3,
    State.EXPIRED: 3,
}


class Source(NamedTuple):
    """The unit that is polled, budgeted, paused, failed and shown."""

    name: str
    adapter: str
    account: str
    region: str


class TaskKey(NamedTuple):
    """What a task is known by. `scope` is what the id is unique within, "" where the source has none."""

    source: str
    scope: str
    id: str

    def __str__(self) -> str:
        """The TASK of the command line: parts joined by "/", a "/" inside a part as %2F."""
        parts = [self.source, self.scope, self.id] if self.scope else [self.source, self.id]
        return "/".join(part.replace("/", "%2F") for part in parts)


class Task(Slots):
    """One task as all five providers can say it. Times are epoch milliseconds, texts are verbatim (foreign).

    Made by keyword, kept as `Slots`. A tuple, because a list is 10,000 of them and a frozen dataclass takes three times
    as long. Two that differ only in when and by which call they were seen are equal.
    """

    __slots__ = ()

    def __new__(
        cls,
        key: TaskKey,
        state: State,
        *,
        native_state: str | None = None,
        name: str | None = None,
        kind: str | None = None,
        target: str | None = None,
        created_at: int | None = None,
        started_at: int | None = None,
        ended_at: int | None = None,
        duration_ms: int | None = None,
        progress: float | None = None,
        retries: int | None = None,
        error: str | None = None,
        extra: Mapping[str, Any] = NO_EXTRA,
        seen_at: int = 0,
        request_id: str | None = None,
    ) -> Task:
        """A task of its facts. A duration that follows from its times takes no room."""
        source, scope, ident = key
        kin = _new(Kin, (source, scope, native_state, name, kind, target))
        if ended_at is None or started_at is None or ended_at < started_at or state not in FINAL:
            took = duration_ms is None
        else:
            took = duration_ms == ended_at - started_at
        rest: Rest | Mapping[str, Any] = extra or NO_EXTRA
        if not took or progress is not None:
            rest = Rest(None if took else (duration_ms,), progress, extra)
        seen = look(seen_at, request_id)
        return _new(cls, (kin, ident, state, created_at, started_at, ended_at, retries, error, rest, seen))

    @property
    def key(self) -> TaskKey:
        """What it is known by. Made when asked for: of a million tasks 80 MB."""
        kin = self.kin
        return _new(TaskKey, (kin.source, kin.scope, self.id))

    @property
    def source(self) -> str:
        """The source that it is of."""
        return self.kin.source

    @property
    def scope(self) -> str:
        """What its id is unique within."""
        return self.kin.scope

    @property
    def native_state(self) -> str | None:
        """The provider's own word."""
        return self.kin.native_state

    @property
    def name(self) -> str | None:
        """Function, task type, command or operation."""
        return self.kin.name

    @property
    def kind(self) -> str | None:
        """The provider's kind of task."""
        return self.kin.kind

    @property
    def target(self) -> str | None:
        """What it works on."""
        return self.kin.target

    @property
    def duration_ms(self) -> int | None:
        """How long it took: the provider's figure, else the time from start to end; None while it runs."""
        rest, started, ended = self.rest, self.started_at, self.ended_at
        if isinstance(rest, Rest) and rest.took is not None:
            return rest.took[0]
        if started is None or ended is None or ended < started or self.state not in FINAL:
            return None
        return ended - started

    @property
    def progress(self) -> float | None:
        """Percent, 0 to 100."""
        return self.rest.progress if isinstance(self.rest, Rest) else None

    @property
    def extra(self) -> Mapping[str, Any]:
        """Facts of one provider only."""
        rest = self.rest
        return rest.extra if isinstance(rest, Rest) else rest

    @property
    def seen_at(self) -> int:
        """When it was last seen."""
        return self.look.at

    @property
    def request_id(self) -> str | None:
        """The call that last showed it."""
        return self.look.request_id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Task) and self[:_LOOK] == other[:_LOOK]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self.key)

    def _replace(self, **facts: Any) -> Task:
        """The same task but for some facts."""
        return Task(**{name: getattr(self, name) for name in FACTS} | facts)

    def seen_again(self, later: Task) -> Task | None:
        """The same task with when and by which call it was last seen; None where anything else differs.

        The texts in memory stay the ones they were.
        """
        facts = self[:_LOOK]
        return _new(Task, (*facts, later.look)) if facts == later[:_LOOK] else None

    def seen(self, at: int, request_id: str | None) -> Task:
        """The same task, last seen then (epoch ms) and by that call."""
        return _new(Task, (*self[:_LOOK], look(at, request_id)))

    def sharing(self, kins: dict[Kin, Kin], texts: dict[str, str], before: Task | None) -> Task:
        """The same task with one copy of what many tasks have, and the id that it had `before`.

        Of 100,000 rows of JSON 30 MB are copies.
        """
        share = texts.setdefault
        kin = kins.get(self.kin)
        if kin is None:
            kin = Kin(*[text and share(text, text) for text in self.kin])  # type: ignore[arg-type]  # the first are texts
            kins[kin] = kin
        ident = self.id if before is None else before.id
        error = self.error and share(self.error, self.error)
        return _new(Task, (kin, ident, *self[2:_ERROR], error, *self[_ERROR + 1 :]))

    @property
    def born(self) -> int:
        """What "newest first" sorts by: created, else started, else seen."""
        return self.created_at or self.started_at or self.look.at

    @property
    def since(self) -> int:
        """What `age` counts from: ended, else started, else created, else seen."""
        return self.ended_at or self.started_at or self.created_at or self.look.at

    def running_ms(self, now: int) -> int | None:
        """How long it took, or has been taking until `now`."""
        started = self.started_at
        if started is None or self.state in FINAL:
            return self.duration_ms
        return now - started if now > started else 0


FACTS = ("key", "state", *Task.__new__.__kwdefaults__)  # type: ignore[misc]  # they all have one
_ERROR, _LOOK = Slots._fields.index("error"), Slots._fields.index("look")  # what follows says how we know, not what is
_new = tuple.__new__  # in two thirds of the time that the class takes


def newest_first(task: Task) -> tuple[int, str, str, str]:
    """Sort key of the contract's order: newest first by created, else started, else seen; ties by id, ascending."""
    return (-task.born, task.id, task.scope, task.source)


def duration(state: State, started: int | None, ended: int | None, given: int | None = None) -> int | None:
    """Milliseconds of an ended task: the provider's figure, else ended - started; None while it runs."""
    if not state.final:
        return None
    if given is not None:
        return given
    if started is None or ended is None or ended < started:
        return None
    return ended - started


def later(old: Task, new: Task) -> Task:
    """Of two rows of one task within one poll, the one with the later stage; the newer row wins a tie."""
    return old if STAGE[old.state] > STAGE[new.state] else new
