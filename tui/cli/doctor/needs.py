"""Which permissions a source needs, and what trying them came to."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.answers import Want
from tui.calls import FREE, Action, Ask, Credential, Reply, Secret
from tui.cli.doctor.finding import Mark
from tui.cli.exits import Exit, code_of
from tui.errors import BadRequest, CallError, Denied, NoCredential, NotFound
from tui.text import clean
from tui.trial import Sent, Step, Trial
from tui.ways_out import ACTIVATE, inactive

log = logging.getLogger(__name__)

if TYPE_CHECKING:
    from tui.settings import Account, Config


class Proof(StrEnum):
    """What is known of one permission."""

    ALLOWED = "allowed"
    DENIED = "denied"
    UNPROVED = "not proved"
    UNTRIED = "not tried"


class Need(NamedTuple):
    """One action of one source. `needed` is False for a read that this source does without."""

    source: str
    account: str
    region: str
    action: Action
    proof: Proof
    why: str = ""
    needed: bool = True
    mark: Mark = Mark.OK
    exit: Exit = Exit.FINE
    error: CallError | None = None

    @property
    def permission(self) -> str:
        """What the vendor's policies call it."""
        if self.action.permission == FREE:
            return "no permission needed"
        return self.action.permission or "name not documented"

    @property
    def said(self) -> str:
        """`allowed`, `denied (code, request id)`, `not tried (why)`."""
        return f"{self.proof} ({self.why})" if self.why else self.proof.value

    @property
    def way(self) -> str:
        """What to do about it."""
        if self.proof is not Proof.DENIED:
            return ""
        if self.mark is Mark.WARN:
            return "nothing: the source can be read without it"
        if self.error is not None and inactive(self.error.code):
            return ACTIVATE
        return f"allow it: the policy of account {self.account} below does"

    def as_json(self) -> Mapping[str, Any]:
        """All of it for a script."""
        return {
            "source": self.source,
            "account": self.account,
            "action": self.action.name,
            "permission": self.action.permission or None,
            "kind": self.action.kind,
            "needed": self.needed,
            "state": self.proof.value,
            "why": self.why or None,
            "code": (self.error.code or None) if self.error else None,
            "request_id": self.error.request_id if self.error else None,
            "way_out": self.way or None,
        }


async def needs_of(settings: Config, trial: Trial) -> list[Need]:
    """Every action of a source's adapter, reads first."""
    from tui.adapters import load

    source = trial.settings
    adapter = load(source.adapter)
    called = {sent.action.name for sent in trial.sent}
    if not any(step.kind == "plan" and step.error is None for step in trial.steps):
        called |= await _rehearsed(settings.accounts[source.account], trial)
    reads = [_read(trial, action, called) for action in adapter.actions if action.kind == "read"]
    writes = [
        Need(source.name, source.account, source.region, action, Proof.UNTRIED, "it would change something")
        for action in adapter.actions
        if action.kind == "write"
    ]
    return [*_inferred(reads), *writes]


def _read(trial: Trial, action: Action, called: set[str]) -> Need:
    """One read: what its calls came to."""
    source = trial.settings
    need = Need(source.name, source.account, source.region, action, Proof.UNTRIED)
    if action.only and action.name not in called:
        return need._replace(needed=False, why=f"only {action.only}")
    mine = [(step, sent) for step in trial.steps for sent in step.sent if sent.action.name == action.name]
    tried = [pair for pair in mine if not isinstance(pair[1].error, NoCredential)]
    proved = any(_proves(step, sent) for step, sent in tried)
    refusal = next(((step, one.error) for step, one in tried if isinstance(one.error, Denied)), None)
    if refusal is not None:
        harmless = refusal[0].error is None
        return need._replace(
            proof=Proof.DENIED,
            why=_ids(refusal[1]) + ("; allowed elsewhere" if proved else ""),
            mark=Mark.WARN if harmless else Mark.FAIL,
            exit=Exit.FINE if harmless else Exit.AUTH,
            error=refusal[1],
        )
    if proved:
        listed = [step.tasks for step, sent in tried if step.kind == "list" and sent.error is None]
        empty = bool(listed) and not any(listed)
        return need._replace(proof=Proof.ALLOWED, why="and empty: it lists no task" if empty else "")
    error = tried[-1][1].error if tried else None
    if error is not None:
        # an id that the provider finds odd proves nothing, and is no harm
        code = Exit.FINE if isinstance(error, BadRequest) else code_of(error)
        return need._replace(proof=Proof.UNPROVED, why=_ids(error), mark=Mark.WARN, exit=code, error=error)
    return need._replace(why=_why_not(trial), mark=Mark.WARN)


def _proves(step: Step, sent: Sent) -> bool:
    """Whether an answer shows that one may ask: any but an error, and that there is no such thing.

    What an adapter takes for "no such task" may be a BadRequest on its way.
    """
    if sent.error is None or isinstance(sent.error, NotFound):
        return True
    return isinstance(sent.error, BadRequest) and (step.error is None or isinstance(step.error, NotFound))


def _ids(error: CallError) -> str:
    """The provider's code and request id."""
    code = error.code or (f"HTTP {error.http_status}" if error.http_status else type(error).__name__)
    return f"{code}, request {error.request_id}" if error.request_id else code


def _why_not(trial: Trial) -> str:
    if trial.skipped:
        return trial.skipped
    if any(isinstance(error, NoCredential) for error in trial.errors):
        return "the account has no key"
    if trial.bug or any(step.error is not None for step in trial.reads):
        return "the source could not be read so far"
    return "there is no task to ask for"


def _inferred(reads: list[Need]) -> list[Need]:
    """An action that could not be tried, but whose permission another one has proved, is allowed."""
    proved = {need.action.permission: need.action.name for need in reads if need.proof is Proof.ALLOWED}
    return [
        need._replace(proof=Proof.ALLOWED, why=f"as {proved[need.action.permission]} is", mark=Mark.OK)
        if need.needed and need.proof is Proof.UNTRIED and need.action.permission in proved
        else need
        for need in reads
    ]


async def _rehearsed(account: Account, trial: Trial) -> set[str]:
    """What planning would call, where it could not be tried: everything is refused, and nothing is sent."""
    from tui.adapters import load

    stage = _Stage(account)
    try:
        await load(trial.settings.adapter)(trial.settings, account, stage).plan(Want())
    except CallError:
        pass
    except Exception:  # a bug in one adapter must not hide what all the other sources need
        log.exception("doctor: source %s: a bug", clean(trial.settings.name))
    return stage.called


class _Stage:
    """A Call that sends nothing and refuses all; with a key of its own, so that no brake of a real one is pressed."""

    def __init__(self, account: Account) -> None:
        self._domain = "rehearsal" if account.auth == "token" else None
        self.called: set[str] = set()

    async def credential(self) -> Credential:
        """A key that nobody has."""
        return Credential(key_id="rehearsal", secret=Secret("rehearsal"), domain=self._domain)

    async def __call__(self, ask: Ask) -> Reply:
        """Notes what was asked. Raises Denied."""
        self.called.add(ask.action.name)
        raise Denied("a rehearsal sends nothing")
