"""What the trials say about the world outside: hosts that answer, clocks that agree, sources that can be read."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from tui.cli.doctor.finding import Finding, Mark
from tui.cli.doctor.wording import facts, line, many, span, trouble_of, way
from tui.cli.exits import Exit, code_of
from tui.errors import Unavailable
from tui.status import SourceStatus, Trouble, Word
from tui.trial import Enough, Sent, Trial

if TYPE_CHECKING:
    from tui.settings import Config

SLOW = 5.0  # seconds for one page: a third of the default interval
NEWS = 60.0  # seconds between two clocks: less is no news (UX, section 8)
# Seconds that a signature may be off: alibaba.md 4, tencent.md 1.4, huawei.md 2.2.
TOLERATED = {"alibaba": 900.0, "tencent": 300.0, "huawei": 900.0}
BUG = Trouble(Word.ERROR, "bug", "a bug in taskdeck; the log has the trace", kind="bug")


class Host(NamedTuple):
    """The calls to one origin, and the first source that made any."""

    vendor: str
    status: SourceStatus
    sent: list[Sent]


def of_network(settings: Config, trials: Sequence[Trial]) -> list[Finding]:
    """Each host that was called: whether a connection and an answer came about, and where it ended if not."""
    return [_of_host(origin, host) for origin, host in _hosts(settings, trials).items()]


def _of_host(origin: str, host: Host) -> Finding:
    slowest = max(sent.seconds for sent in host.sent)
    silent = [sent.error for sent in host.sent if isinstance(sent.error, Unavailable) and not sent.answered]
    told: Mapping[str, object] = {
        "origin": origin,
        "calls": len(host.sent),
        "unanswered": len(silent),
        "slowest": round(slowest, 3),
    }
    calls = many(len(host.sent), "call")
    if not silent:
        said = f"{calls} answered, the slowest in {slowest:.1f} s"
        if slowest <= SLOW:
            return Finding(Mark.OK, "network", said, _name(origin), facts=told)
        repair = "a longer interval, and timeout in [network]; a proxy or a far region may be why"
        return Finding(Mark.WARN, "network", said, _name(origin), repair, facts=told)
    from tui.ways_out import failed_step

    trouble = trouble_of(silent[0])
    said = f"{len(silent)} of {calls} without an answer: {failed_step(trouble)}, {trouble.message}"
    mark = Mark.FAIL if len(silent) == len(host.sent) else Mark.WARN
    return Finding(
        mark, "network", said, _name(origin), way(host.status, trouble), Exit.NETWORK, {**told, **facts(trouble)}
    )


def of_clocks(settings: Config, trials: Sequence[Trial]) -> list[Finding]:
    """How far this machine's clock is from that of each host, by the Date of its answers."""
    found = []
    for origin, host in _hosts(settings, trials).items():
        skews = sorted(sent.skew for sent in host.sent if sent.skew is not None)
        if skews:  # the middle one: a slow answer is not a wrong clock
            found.append(_of_clock(origin, TOLERATED[host.vendor], skews[len(skews) // 2]))
    return found


def _of_clock(origin: str, limit: float, skew: float) -> Finding:
    off, told = abs(skew), {"origin": origin, "skew": round(skew, 1)}
    if off <= NEWS:
        return Finding(Mark.OK, "clock", f"agrees within {max(1, round(off))} s", _name(origin), facts=told)
    said = f"this machine's clock is {span(off)} {'behind' if skew > 0 else 'ahead of'} that of this host"
    repair = "set this machine's clock (NTP)"
    if off <= limit:
        return Finding(Mark.WARN, "clock", said, _name(origin), repair, facts=told)
    said += f"; a signature may be {span(limit)} off, so calls are signed with the host's time"
    return Finding(Mark.FAIL, "clock", said, _name(origin), repair, Exit.AUTH, told)


def of_sources(trials: Sequence[Trial], without: Container[str] = ()) -> list[Finding]:
    """Each source: its word, and how many tasks its first pages show. Empty is not denied.

    Why an account is `without` a key is said of the account.
    """
    return [_of_source(trial, without) for trial in trials]


def _of_source(trial: Trial, without: Container[str]) -> Finding:
    from tui.poller import gravest

    name = trial.settings.name
    if trial.skipped:
        return Finding(Mark.WARN, "source", trial.skipped, name)
    read = [step for step in trial.reads if step.kind == "list" and step.error is None]
    told: Mapping[str, object] = {
        "tasks": sum(len(step.tasks) for step in read),
        "lists": trial.lists,
        "lists_read": len(read),
        "calls": len(trial.sent),
    }
    error = gravest(trial.errors)
    if trial.bug or error is not None:
        trouble = BUG if error is None or trial.bug else trouble_of(error)
        code = Exit.BUG if error is None or trial.bug else code_of(error)
        said = line(trouble) + (f" [{len(read)} of {many(trial.lists, 'list')} can be read]" if read else "")
        repair = way(trial.status, trouble, trial.sent)
        if trouble.word is Word.NOKEY and trial.settings.account in without:
            said, repair = f"{Word.NOKEY}: see account {trial.settings.account}", ""
        return Finding(Mark.FAIL, "source", said, name, repair, code, {**told, **facts(trouble)})
    if any(isinstance(step.error, Enough) for step in trial.reads):
        said = f"{Word.PARTIAL} discovery takes more calls than the doctor makes: not read to its end here"
        repair = "nothing: the monitor reads on; naming functions or targets saves the calls"
        return Finding(Mark.WARN, "source", said, name, repair, facts={**told, "word": Word.PARTIAL.value})
    return _fine(trial, told)


def _fine(trial: Trial, told: Mapping[str, object]) -> Finding:
    """A source that can be read: with tasks, or really without."""
    name, tasks, read = trial.settings.name, told["tasks"], told["lists_read"]
    unread = read != trial.lists
    where = f"{read} of {many(trial.lists, 'list')}" if unread else many(trial.lists, "list")
    if tasks:
        some = unread or any(step.more for step in trial.reads)
        said = f"{Word.LIVE} {tasks}{'+' if some else ''} tasks on the first page of {where}"
        return Finding(Mark.OK, "source", said, name, facts={**told, "word": Word.LIVE.value})
    said = f"{Word.EMPTY} reading is allowed, and there is no task in {where}"
    return Finding(Mark.OK, "source", said, name, way(trial.status, None), facts={**told, "word": Word.EMPTY.value})


def _hosts(settings: Config, trials: Sequence[Trial]) -> dict[str, Host]:
    """The calls that left this machine, by origin."""
    found: dict[str, Host] = {}
    for trial in trials:
        vendor = settings.accounts[trial.settings.account].vendor
        for sent in trial.sent:
            if sent.answered or isinstance(sent.error, Unavailable):
                found.setdefault(sent.origin, Host(vendor, trial.status, [])).sent.append(sent)
    return found


def _name(origin: str) -> str:
    return origin.partition("://")[2]
