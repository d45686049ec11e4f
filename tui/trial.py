"""Each source tried for real: its plan, the first pages of a few lists and, when asked, one task by its id.

A handful of calls, none repeated. An account's sources are tried one after another, and none after its key was
refused: Huawei locks a key after five bad signatures.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from tui.answers import Page, Want
from tui.calls import Action, Ask, Credential, Reply
from tui.errors import AuthError, BadRequest, CallError, ClockSkew, Throttled, Unavailable
from tui.model import State, Task, TaskKey
from tui.patience import FATAL
from tui.status import SourceStatus
from tui.text import clean

if TYPE_CHECKING:
    from tui.adapters import Adapter
    from tui.line import Line
    from tui.settings import Account, Config, SourceSettings

log = logging.getLogger(__name__)
T = TypeVar("T")
PLANNING = 8  # calls that discovery may take: 800 functions, eight targets with "*"
LISTS = 4  # of which a first page is read: all of MPS, both of KPS
BY_ID = 2  # calls for one task: one, and one more where an adapter looks in two places
NOBODY = "taskdeck-doctor"  # the id of a task that there is not: NotFound for it proves that one may ask


class Enough(BadRequest):
    """Our own limit of calls was reached. A BadRequest, so that an adapter goes on with what it has."""


class Sent(NamedTuple):
    """One call: where it went, how it ended, the provider's clock minus ours. `seconds` include our own spacing."""

    action: Action
    origin: str
    seconds: float
    error: CallError | None = None
    skew: float | None = None

    @property
    def answered(self) -> bool:
        """Whether anybody was there, whatever it said."""
        return self.error is None or self.error.http_status is not None


class Step(NamedTuple):
    """One thing that a source was asked for, the calls it took, and the error that it ended with."""

    kind: Literal["plan", "list", "id"]
    sent: tuple[Sent, ...]
    error: CallError | None = None
    tasks: tuple[Task, ...] = ()
    more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of one source. `lists` is how many one poll reads; `skipped` says why nothing was asked."""

    settings: SourceSettings
    status: SourceStatus
    steps: tuple[Step, ...] = ()
    lists: int = 0
    skipped: str = ""
    bug: bool = False

    @property
    def reads(self) -> tuple[Step, ...]:
        """The steps that a poll takes too."""
        return tuple(step for step in self.steps if step.kind != "id")

    @property
    def errors(self) -> tuple[CallError, ...]:
        """Why reading failed, where it did."""
        return tuple(step.error for step in self.reads if step.error and not isinstance(step.error, Enough))

    @property
    def sent(self) -> tuple[Sent, ...]:
        """Every call."""
        return tuple(sent for step in self.steps for sent in step.sent)

    @property
    def refused(self) -> CallError | None:
        """What forbids any further call with this key. Where there is no key, none was sent."""
        return next((step.error for step in self.steps if isinstance(step.error, AuthError | ClockSkew)), None)


class Watched:
    """A Call that keeps an account of what goes through it, and lets no more than `left` through."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.left = 0
        self.sent: list[Sent] = []

    async def credential(self) -> Credential:
        """The account's own."""
        return await self._line.credential()

    async def __call__(self, ask: Ask) -> Reply:
        """Sends it. Raises what the line raises, and Enough."""
        if self.left <= 0:
            raise Enough("asked no further", code="Enough")
        self.left -= 1
        begun = time.monotonic()
        try:
            reply = await self._line(ask)
        except CallError as error:
            skew = self._line.skew if error.http_status is not None else None
            self.sent.append(Sent(ask.action, ask.origin, time.monotonic() - begun, error, skew))
            raise
        self.sent.append(Sent(ask.action, ask.origin, time.monotonic() - begun, skew=reply.skew))
        return reply


async def try_all(settings: Config, *, by_id: bool, told: Callable[[str], None] = lambda name: None) -> list[Trial]:
    """Every source, in the order of the config; accounts side by side. `told` is called with each name."""
    from tui.adapters import load
    from tui.store import Store
    from tui.wiring import Wiring

    store = Store(raw_rows=0)
    async with Wiring(settings, store) as wiring:

        async def of(account: Account) -> list[Trial]:
            trials: list[Trial] = []
            for source in settings.sources:
                if source.account != account.name:
                    continue
                trial = Trial(settings=source, status=store.status(source.name))
                refused = next((one.settings.name for one in trials if one.refused), None)
                if refused is not None:
                    why = f"not asked: the key of account {account.name} was refused, see source {refused}"
                    trials.append(replace(trial, skipped=why))
                    continue
                told(source.name)
                trials.append(await tried(load(source.adapter), account, wiring.lines[source.name], trial, by_id))
            return trials

        groups = await asyncio.gather(*map(of, settings.accounts.values()))
    done = {trial.settings.name: trial for group in groups for trial in group}
    return [done[source.name] for source in settings.sources]


async def tried(adapter: type[Adapter], account: Account, line: Line, trial: Trial, by_id: bool) -> Trial:
    """One source, from a trial without steps. A bug of its adapter is in the answer, and in the log."""
    watched = Watched(line)
    attempt = _Attempt(adapter(trial.settings, account, watched), watched, trial)
    try:
        await attempt.run(by_id)
    except Exception:  # a bug in one adapter must not hide how all the other sources are
        log.exception("doctor: source %s: a bug", clean(trial.settings.name))
        return replace(attempt.trial, bug=True)
    return attempt.trial


class _Attempt:
    """The steps of one source, each added to `trial` as it ends."""

    def __init__(self, adapter: Adapter, watched: Watched, trial: Trial) -> None:
        self.adapter, self.watched, self.trial = adapter, watched, trial

    async def run(self, by_id: bool) -> None:
        listings = await self.step("plan", PLANNING, lambda: self.adapter.plan(Want()))
        self.trial = replace(self.trial, lists=len(listings or ()))
        for listing in (listings or ())[:LISTS]:
            if self.hopeless():
                return
            await self.step("list", 1, lambda listing=listing: self.adapter.page(listing))  # type: ignore[misc]
        if by_id and listings is not None and not self.hopeless():
            task = next((task for step in self.trial.steps for task in step.tasks), None) or self.nobody()
            await self.step("id", BY_ID, lambda: self.adapter.detail(task.key, task))

    def hopeless(self) -> bool:
        """Whether what comes next would only fail the same way, or must not be asked."""
        return any(isinstance(step.error, (*FATAL, Unavailable, Throttled)) for step in self.trial.steps)

    def nobody(self) -> Task:
        return Task(key=TaskKey(self.trial.settings.name, "", NOBODY), state=State.RUNNING)

    async def step(self, kind: Literal["plan", "list", "id"], most: int, ask: Callable[[], Awaitable[T]]) -> T | None:
        """One of the adapter's answers, None where it ended with an error."""
        self.watched.left, before = most, len(self.watched.sent)
        error: CallError | None = None
        answer: T | None = None
        tasks: tuple[Task, ...] = ()
        more = False
        try:
            answer = await ask()
            if isinstance(answer, Page):
                tasks, more = tuple(answer.tasks), bool(answer.next)  # a row that nobody can read is Malformed here
        except CallError as failed:
            error = failed
        step = Step(kind, tuple(self.watched.sent[before:]), error, tasks, more)
        self.trial = replace(self.trial, steps=(*self.trial.steps, step))
        return answer
