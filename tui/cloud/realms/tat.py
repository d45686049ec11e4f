"""TencentCloud Automation Tools: commands run on instances of one region, in batches."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tui.cloud import hostile, novel, storm
from tui.cloud.arrivals import Arrivals, Weather
from tui.cloud.chance import Scramble, base36, mix, pick
from tui.cloud.habits import HOSTILE, NOVEL, NOVEL_END
from tui.cloud.history import RETENTION_MS, Past, Scale, Spans, by_creation, history
from tui.cloud.job import Job, Live, Roll
from tui.cloud.texts import TAT_COMMANDS, TAT_DELIVER_ERRORS, TAT_ERRORS, TAT_OUTPUTS, TAT_START_ERRORS

SPANS = Spans(latency=9, latency_sigma=0.9, service=90, service_sigma=1.0)
(SUCCESS, FAILED, TIMEOUT, TASK_TIMEOUT, DELIVER_FAILED, START_FAILED, CANCELLED, TERMINATED) = range(8)
FINAL = (
    "SUCCESS",
    "FAILED",
    "TIMEOUT",
    "TASK_TIMEOUT",
    "DELIVER_FAILED",
    "START_FAILED",
    "CANCELLED",
    "TERMINATED",
)
CALM = 0.01
CANCEL_MS = 3_000
DELAYED_MS = 20_000
WEIGHTS = [share for *_, share in TAT_COMMANDS]
WIDE = 36**8
FLEET = 60


@dataclass(frozen=True, slots=True)
class Command:
    """A saved command, or one that was run without saving (no name)."""

    index: int
    id: str
    name: str | None
    type: str
    script: str


@dataclass(frozen=True, slots=True, eq=False)
class Invocation:
    """One activity: a command on some instances."""

    realm: "Automation"
    number: int
    command: Command
    created: int
    first: int
    size: int
    by: str


class Automation:
    """The activities of one region and their tasks."""

    def __init__(self, region: str, scale: Scale) -> None:
        self.region = region
        self.scale = scale
        salt = sum(region.encode())
        self.commands = [
            Command(i, f"cmd-{base36(mix(i, salt) % WIDE, 8)}", name, type_, script)
            for i, (name, type_, script, _) in enumerate(TAT_COMMANDS)
        ]
        self.fleet = tuple(f"ins-{base36(mix(i, salt + 1) % WIDE, 8)}" for i in range(FLEET))
        self.task_ids = Scramble(WIDE, salt + 2)
        self.invocation_ids = Scramble(WIDE, salt + 3)
        self.zulu = region != "ap-guangzhou"  # both spellings of a time that the vendor prints
        self.salt = salt
        self.roll = Roll()
        self.live = Live()
        self.invocations: dict[int, Invocation] = {}
        self._last = 0
        self._stormy = next(one.index for one in self.commands if one.name == storm.TAT.owner)
        self.cancel_ms = max(500, int(CANCEL_MS / scale.rate))
        self._rng = scale.rng(f"tat/{region}")
        self._weather = Weather(scale.rng(f"tat/{region}/weather"), len(self.commands), scale.start, scale.rate)
        per_second = SPANS.per_second(scale.live, scale.rate) / 4.0  # a batch has about four tasks
        self._arrivals = Arrivals(scale.rng(f"tat/{region}/arrivals"), per_second, scale.start, scale.rate)
        self._warm()

    def advance(self, now: int) -> None:
        """Let everything happen that has happened by now."""
        rng = self._rng
        for at in self._arrivals.until(now):
            command = rng.choices(self.commands, WEIGHTS)[0]
            size = min(24, 1 + int(rng.expovariate(1 / 3.0)))
            invocation = self._invoke(command, at, size)
            for _ in range(size):
                latency, service = SPANS.draw(rng, self.scale.rate)
                fails = self._weather.fails(at, command.index, CALM)
                job = self._born(invocation, at, at + latency, service, fails)
                self.roll.add(job)
                self.scale.habits.mark(job)
                if self.region == storm.TAT.region and command.index == self._stormy and self.scale.habits.struck(job):
                    storm.strike(job, FAILED, at + latency)
                self.live.add(job)
        for _ in self.live.settle(now):
            pass
        before = len(self.roll.jobs)
        self.roll.tidy(now, now - RETENTION_MS)
        if len(self.roll.jobs) < before:
            known = {job.owner.number for job in self.roll.jobs}
            self.invocations = {n: one for n, one in self.invocations.items() if n in known}

    def shown(self, now: int) -> list[Job]:
        """The jobs that the list shows, oldest first."""
        return self.scale.habits.shown(self.roll.jobs, now)

    def find(self, task_id: str) -> Job | None:
        """The task with this InvocationTaskId."""
        try:
            return self.roll.find(self.task_ids.back(int(task_id.removeprefix("invt-"), 36)))
        except ValueError:
            return None

    def invocation(self, invocation_id: str) -> Invocation | None:
        """The activity with this InvocationId."""
        try:
            return self.invocations.get(self.invocation_ids.back(int(invocation_id.removeprefix("inv-"), 36)))
        except ValueError:
            return None

    def tasks_of(self, invocation: Invocation) -> list[Job]:
        """The tasks of an activity that are still kept."""
        at = self.roll.place(invocation.first)
        span = self.roll.jobs[at : at + invocation.size]
        return [job for job in span if job.owner is invocation]

    def cancel(self, job: Job, now: int) -> None:
        """CancelInvocation for one task: CANCELLING, then CANCELLED or TERMINATED; an ended one stays."""
        if now >= job.ended or status(job, now) == "CANCELLING":
            return
        running = bool(job.started) and now >= job.started
        job.outcome = TERMINATED if running else CANCELLED
        if not running:
            job.started = 0
        job.ended = now + self.cancel_ms
        self.live.reschedule(job)

    def jobs(self) -> Iterator[tuple[Job, bool, bool]]:
        """Every task, whether its list shows it, whether a by-id read finds it."""
        for job in list(self.roll.jobs):
            yield job, True, True

    def _invoke(self, command: Command, at: int, size: int) -> Invocation:
        self._last += 1
        by = "INVOKER" if self._rng.random() < 0.3 else "USER"
        invocation = Invocation(self, self._last, command, at, self.roll.next_n, size, by)
        self.invocations[self._last] = invocation
        return invocation

    def _warm(self) -> None:
        scale, rng = self.scale, self._rng
        now = [Past(scale.start, rng.choices(range(len(WEIGHTS)), WEIGHTS)[0], False) for _ in range(scale.live)]
        fallen = storm.past(storm.TAT, self._stormy, scale, rng) if self.region == storm.TAT.region else []
        past = sorted(history(rng, scale.listed - scale.live - len(fallen), WEIGHTS, scale.start))
        drawn = [*self._batches(past, False), *self._batches(now, True), *self._batches(sorted(fallen), False)]
        self._enrol(by_creation(drawn))
        self.roll.settle_in()

    def _batches(self, drawn: list[Past], live: bool) -> Iterator[Job]:
        """Neighbours in time become one activity; a job belongs to its command until it is enrolled."""
        rng, scale = self._rng, self.scale
        at = 0
        while at < len(drawn):
            size = min(1 + int(rng.expovariate(1 / 3.0)), 24, len(drawn) - at)
            when, index, stormy, struck = drawn[at]
            at += size
            spans = [SPANS.draw(rng, scale.rate) for _ in range(size)]
            if live:  # it began within the shortest of their lives, so that all of them are alive
                created = when - int(rng.random() * 0.98 * min(sum(span) for span in spans))
            else:
                created = when - max(sum(span) for span in spans)
            for latency, service in spans:
                fails = rng.random() < (0.4 if stormy else CALM)
                job = self._born(self.commands[index], created, created + latency, service, fails)
                if struck:
                    storm.strike(job, FAILED, created + latency)
                yield job

    def _enrol(self, jobs: list[Job]) -> None:
        """Number the activities in the order of their creation."""
        at = 0
        while at < len(jobs):
            stop = at
            while stop < len(jobs) and jobs[stop].owner is jobs[at].owner and jobs[stop].created == jobs[at].created:
                stop += 1
            invocation = self._invoke(jobs[at].owner, jobs[at].created, stop - at)
            for job in jobs[at:stop]:
                job.owner = invocation
                self.roll.add(job)
                self.scale.habits.mark(job)
                if job.ended > self.scale.start:
                    self.live.add(job)
            at = stop

    def _born(self, owner: Command | Invocation, created: int, started: int, service: int, fails: bool) -> Job:
        rng = self._rng
        luck = rng.random()
        outcome = SUCCESS
        if fails:
            outcome = rng.choice((FAILED, FAILED, FAILED, TIMEOUT, TASK_TIMEOUT, DELIVER_FAILED, START_FAILED))
        elif luck < 0.01:
            outcome = TERMINATED
        elif luck < 0.016:
            outcome = CANCELLED
        ended = started + service
        if outcome in (DELIVER_FAILED, START_FAILED, CANCELLED):
            return Job(owner, 0, created, 0, ended, outcome)
        return Job(owner, 0, created, started, ended, outcome)


def status(job: Job, now: int) -> str:
    """The native status at this time."""
    if now >= job.ended:
        return novel.TAT[1] if job.odd & NOVEL_END and job.outcome == SUCCESS else FINAL[job.outcome]
    if job.outcome in (CANCELLED, TERMINATED) and now >= job.ended - job.owner.realm.cancel_ms:
        return "CANCELLING"
    if job.started and now >= job.started:
        return novel.TAT[0] if job.odd & NOVEL else "RUNNING"
    due = job.started or job.ended
    if now < job.created + (due - job.created) // 3:
        return "PENDING"
    return "DELIVER_DELAYED" if due - job.created > DELAYED_MS and now > job.created + DELAYED_MS else "DELIVERING"


def exit_code(job: Job, now: int) -> int:
    """0 until it has failed."""
    if now < job.ended:
        return 0
    if job.odd & storm.STRUCK and job.outcome == FAILED:
        return storm.TAT_EXIT
    if job.outcome == FAILED:
        return pick((1, 1, 1, 2, 126, 127, 137, 255), job.n, 9)
    return {TIMEOUT: 124, TERMINATED: 143}.get(job.outcome, 0)


def error_info(job: Job, now: int) -> str:
    """What the service says about an ending; often nothing."""
    if now < job.ended:
        return ""
    if job.odd & storm.STRUCK and job.outcome == FAILED:
        return storm.TAT.error
    if job.outcome == FAILED:
        return pick(TAT_ERRORS, job.n, 10)
    if job.outcome == DELIVER_FAILED:
        return pick(TAT_DELIVER_ERRORS, job.n, 11)
    if job.outcome == START_FAILED:
        return pick(TAT_START_ERRORS, job.n, 12)
    return "agent did not report for 600 s" if job.outcome == TASK_TIMEOUT else ""


def stamp(realm: Automation, ms: int) -> str:
    """A time in the spelling of the region."""
    text = datetime.fromtimestamp(ms // 1000, UTC).isoformat()[:19]
    return text + ("Z" if realm.zulu else "+00:00")


def task_id(job: Job) -> str:
    """The InvocationTaskId."""
    return f"invt-{base36(job.owner.realm.task_ids.of(job.n), 8)}"


def invocation_id(realm: Automation, number: int) -> str:
    """The InvocationId."""
    return f"inv-{base36(realm.invocation_ids.of(number), 8)}"


def instance_id(job: Job) -> str:
    """The instance it runs on: the tasks of one activity go to neighbours of the fleet."""
    first: int = mix(job.owner.number, 13)
    fleet: tuple[str, ...] = job.owner.realm.fleet
    plain = fleet[(first + job.n) % len(fleet)]
    return hostile.instance(plain, job.n) if job.odd & HOSTILE else plain


def output(job: Job, now: int) -> bytes:
    """What the command has printed so far."""
    if not job.started or now < job.started:
        return b""
    command = job.owner.command
    text = pick(TAT_OUTPUTS, job.n, 14) * (1 + mix(job.n, 15) % 6)
    if job.outcome == FAILED and now >= job.ended:
        text += error_info(job, now) + "\n"
    return text.encode("gb18030" if command.type == "BAT" else "utf-8")


def row(job: Job, now: int, hide_output: bool = True) -> dict[str, Any]:
    """One InvocationTask."""
    invocation: Invocation = job.owner
    realm = invocation.realm
    command = invocation.command
    begun = stamp(realm, job.started) if job.started and now >= job.started else None
    ended = stamp(realm, job.ended) if now >= job.ended else None
    changed = job.ended if ended else job.started if begun else job.created
    answer: dict[str, Any] = {
        "InvocationId": invocation_id(realm, invocation.number),
        "InvocationTaskId": task_id(job),
        "CommandId": command.id,
        "TaskStatus": status(job, now),
        "InstanceId": instance_id(job),
        "TaskResult": {
            "ExitCode": exit_code(job, now),
            "Output": "" if hide_output else base64.b64encode(output(job, now)).decode(),
            "Dropped": 0,
            "OutputUploadCOSErrorInfo": "",
            "OutputUrl": "",
            "ExecStartTime": begun,
            "ExecEndTime": ended if begun else None,
        },
        "CommandDocument": document(command),
        "ErrorInfo": error_info(job, now),
        "InvocationSource": invocation.by if realm.zulu else invocation.by.lower(),
        "StartTime": begun,
        "EndTime": ended,
        "CreatedTime": stamp(realm, job.created),
        "UpdatedTime": stamp(realm, changed),
    }
    if command.name is not None:
        answer["CommandName"] = command.name
    if job.odd & HOSTILE:
        hostile.tat(answer, job.n)
    if job.odd & NOVEL:
        answer["CommandDocument"]["CommandType"] = novel.COMMAND_TYPE
        novel.extend(answer, job.n)
    return answer


def document(command: Command) -> dict[str, Any]:
    """The CommandDocument."""
    windows = command.type != "SHELL"
    return {
        "Content": base64.b64encode(command.script.encode()).decode(),
        "CommandType": command.type,
        "Timeout": 600,
        "Username": "System" if windows else "root",
        "WorkingDirectory": "C:\\Program Files\\qcloud\\tat_agent\\workdir" if windows else "/root/",
        "OutputCOSBucketUrl": "",
        "OutputCOSKeyPrefix": "",
    }
