"""Function Compute: asynchronous tasks of the functions of one region."""

from collections.abc import Iterator
from typing import Any

from tui.cloud import hostile, novel, storm
from tui.cloud.arrivals import Arrivals, Weather, Workers
from tui.cloud.chance import Scramble, mix, pick
from tui.cloud.habits import HOSTILE, NOVEL, NOVEL_END
from tui.cloud.history import RETENTION_MS, Scale, Spans, by_creation, history
from tui.cloud.job import Job, Live, Roll
from tui.cloud.texts import FC_ERRORS, FC_FUNCTIONS

ACCOUNT = "1830000000000417"
SPANS = Spans(latency=22, latency_sigma=0.9, service=170, service_sigma=0.9)
SUCCEEDED, FAILED, STOPPED, EXPIRED, INVALID = range(5)
FINAL = ("Succeeded", "Failed", "Stopped", "Expired", "Invalid")
CALM = 0.01
STOP_MS = 4_000
MAX_QUEUE_MS = 900_000
HEX = Scramble(1 << 128, 11)


class Function:
    """One function: its tasks, its workers, and how its callers name tasks."""

    __slots__ = ("name", "prefix", "qualifier", "region", "roll", "salt", "stop_ms", "task_mode", "weight", "workers")

    def __init__(self, region: str, spec: tuple[str, str, int, bool, str], salt: int, rate: float) -> None:
        self.region = region
        self.name, self.prefix, self.weight, self.task_mode, self.qualifier = spec
        self.salt = salt
        self.stop_ms = max(500, int(STOP_MS / rate))
        self.roll = Roll()
        self.workers = Workers([])

    def task_id(self, n: int) -> str:
        """The id its callers choose for the task of this number, unless they have odd taste."""
        if self.prefix:
            return f"{self.prefix}{n:06d}"
        return f"{HEX.of(n * 1000 + self.salt):032x}"

    def find(self, task_id: str) -> Job | None:
        """The task with this id."""
        found = (self.roll.find(self._number(plain)) for plain in hostile.plain_ids(task_id))
        return next((job for job in found if job is not None and task_id_of(job) == task_id), None)

    def _number(self, plain: str) -> int:
        """The number behind an id, 0 when no task can have that id."""
        text = plain.removeprefix(self.prefix)
        try:
            return int(text) if self.prefix else HEX.back(int(text, 16)) // 1000
        except ValueError:
            return 0

    @property
    def arn(self) -> str:
        """The function's resource name."""
        return f"acs:fc:{self.region}:{ACCOUNT}:functions/{self.name}"


class FunctionCompute:
    """The functions of one region and their tasks, moved on by `advance`."""

    def __init__(self, region: str, scale: Scale) -> None:
        self.region = region
        self.scale = scale
        specs = FC_FUNCTIONS[region]
        self.functions = [Function(region, spec, i + 1, scale.rate) for i, spec in enumerate(specs)]
        self.by_name = {function.name: function for function in self.functions}
        self._weights = [function.weight for function in self.functions]
        self.live = Live()
        self._rng = scale.rng(f"fc/{region}")
        self._weather = Weather(scale.rng(f"fc/{region}/weather"), len(specs), scale.start, scale.rate)
        per_second = SPANS.per_second(scale.live, scale.rate)
        self._arrivals = Arrivals(scale.rng(f"fc/{region}/arrivals"), per_second, scale.start, scale.rate)
        self._warm()

    def advance(self, now: int) -> None:
        """Let everything happen that has happened by now."""
        for at in self._arrivals.until(now):
            self._arrive(at)
        for _ in self.live.settle(now):
            pass
        for function in self.functions:
            function.roll.tidy(now, now - RETENTION_MS)

    def shown(self, function: Function, now: int) -> list[Job]:
        """The jobs that the function's list shows, oldest first."""
        return self.scale.habits.shown(function.roll.jobs, now)

    def stop(self, job: Job, now: int) -> bool:
        """StopAsyncTask: a live task goes Stopping, then Stopped; False when it has ended."""
        if now >= job.ended:
            return False
        if status(job, now) != "Stopping":
            job.tries = retried(job, now)
            if now < job.started:
                job.started = 0
            job.outcome, job.ended = STOPPED, now + job.owner.stop_ms
            self.live.reschedule(job)
        return True

    def jobs(self) -> Iterator[tuple[Job, bool, bool]]:
        """Every task, whether its list shows it, whether a by-id read finds it."""
        for function in self.functions:
            for job in list(function.roll.jobs):
                yield job, True, True

    def _warm(self) -> None:
        scale, rng = self.scale, self._rng
        jobs = []
        owners = self.functions
        for _ in range(scale.live):
            function = rng.choices(owners, self._weights)[0]
            latency, service = SPANS.draw(rng, scale.rate)
            created = scale.start - int(rng.random() * 0.98 * (latency + service))
            jobs.append(self._born(function, created, created + latency, service, False))
        fallen = storm.past(storm.FC, 0, scale, rng) if self.region == storm.FC.region else []
        others = history(rng, scale.listed - scale.live - len(fallen), self._weights, scale.start)
        for past in (*fallen, *others):
            function = owners[past.owner]
            latency, service = SPANS.draw(rng, scale.rate)
            fails = rng.random() < (0.4 if past.stormy else CALM)
            created = past.ended - latency - service
            jobs.append(self._born(function, created, created + latency, service, fails))
            if past.struck:
                storm.strike(jobs[-1], FAILED, created + latency)
        busy: dict[str, list[int]] = {function.name: [] for function in owners}
        for job in by_creation(jobs):
            job.owner.roll.add(job)
            scale.habits.mark(job)
            if job.ended > scale.start:
                self.live.add(job)
                busy[job.owner.name].append(min(job.ended, scale.start + 600_000))
        for function in owners:
            function.roll.settle_in()
            function.workers = Workers([*busy[function.name], scale.start, scale.start])

    def _arrive(self, at: int) -> None:
        rng = self._rng
        index = rng.choices(range(len(self.functions)), self._weights)[0]
        function = self.functions[index]
        latency, service = SPANS.draw(rng, self.scale.rate)
        started = function.workers.start(at + latency, min(service, int(600_000 / self.scale.rate)))
        fails = self._weather.fails(at, index, CALM)
        job = self._born(function, at, started, service, fails)
        function.roll.add(job)
        self.scale.habits.mark(job)
        if self.region == storm.FC.region and function.name == storm.FC.owner and self.scale.habits.struck(job):
            storm.strike(job, FAILED, started)
        self.live.add(job)

    def _born(self, function: Function, created: int, started: int, service: int, fails: bool) -> Job:
        rng = self._rng
        outcome, tries = SUCCEEDED, 0
        luck = rng.random()
        longest = int(MAX_QUEUE_MS / self.scale.rate)
        if started - created > longest or luck < 0.004:
            return Job(function, 0, created, 0, created + min(longest, started - created + service), EXPIRED)
        if luck < 0.006:
            return Job(function, 0, created, 0, started + service, INVALID)
        if luck < 0.016:
            return Job(function, 0, created, started, started + service, STOPPED)
        if fails:
            outcome, tries = FAILED, rng.choice((0, 1, 2, 3, 3))
        elif luck > 0.94:
            tries = rng.choice((1, 1, 2))
        return Job(function, 0, created, started, started + service, outcome, tries)


def task_id_of(job: Job) -> str:
    """The id its caller has chosen."""
    plain: str = job.owner.task_id(job.n)
    return hostile.odd_id(plain, job.n) if job.odd & HOSTILE else plain


def status(job: Job, now: int) -> str:
    """The native status at this time."""
    if now >= job.ended:
        return novel.FC[1] if job.odd & NOVEL_END and job.outcome == SUCCEEDED else FINAL[job.outcome]
    if job.outcome == STOPPED and now >= job.ended - job.owner.stop_ms:
        return "Stopping"
    if job.odd & NOVEL and now >= job.created + (job.ended - job.created) // 4:
        return novel.FC[0]
    if not job.started or now < job.started:
        taken = job.started - min(3_000, (job.started - job.created) // 4)
        return "Dequeued" if job.started and now >= taken else "Enqueued"
    part, place = _attempt(job, now)
    return "Retrying" if part and place < 0.3 else "Running"


def retried(job: Job, now: int) -> int:
    """Retries so far."""
    if now >= job.ended or (job.outcome == STOPPED and now >= job.ended - job.owner.stop_ms):
        return job.tries
    return _attempt(job, now)[0] if job.started and now >= job.started else 0


def _attempt(job: Job, now: int) -> tuple[int, float]:
    """Which attempt is under way, and how far it has come."""
    done = (now - job.started) / (job.ended - job.started) * (job.tries + 1)
    part = min(int(done), job.tries)
    return part, done - part


def error_text(job: Job) -> str:
    """What the service says about an ending."""
    if job.odd & storm.STRUCK and job.outcome == FAILED:
        return storm.FC.error
    if job.outcome == FAILED:
        return pick(FC_ERRORS, job.n, job.owner.salt)
    if job.outcome == EXPIRED:
        return "the task waited longer than maxAsyncEventAgeInSeconds and was dropped"
    if job.outcome == INVALID:
        return f"function {job.owner.name} was deleted before the task could run"
    return ""


def row(job: Job, now: int, payload: bool = False) -> dict[str, Any]:
    """One AsyncTask as the service writes it."""
    function = job.owner
    native = status(job, now)
    final = now >= job.ended
    ran = job.started and now >= job.started
    stirred = mix(job.n, function.salt)
    answer: dict[str, Any] = {
        "alreadyRetriedTimes": retried(job, now),
        "destinationStatus": "Succeeded" if final and job.outcome == SUCCEEDED else "",
        "events": events(job, now),
        "functionArn": function.arn,
        "instanceId": _instance(stirred) if ran else "",
        "qualifier": function.qualifier,
        "requestId": f"1-{job.created // 1000:08x}-{stirred & 0xFFFFFFFF:08x}-{stirred >> 16:012x}",
        "status": native,
        "taskErrorMessage": error_text(job) if final else "",
        "taskId": task_id_of(job),
    }
    if ran:
        answer["startedTime"] = job.started
        answer["durationMs"] = job.ended - job.started if final else 0
    if final:
        answer["endTime"] = job.ended
    elif ran:
        answer["endTime"] = 0
    if payload:
        answer["taskPayload"] = f'{{"input":"oss://taskdeck-demo/in/{job.n:06d}.json"}}'
    if job.odd & HOSTILE:
        hostile.fc(answer, job.n)
    if job.odd & NOVEL:
        novel.extend(answer, job.n)
    return answer


def _instance(stirred: int) -> str:
    return f"c-{stirred >> 32:08x}-15{stirred & 0xFFFFFF:06x}-{stirred & 0xFFFFFFFFFFFF:012x}"


def events(job: Job, now: int) -> list[dict[str, Any]]:
    """What has happened to the task so far."""
    marks = [("Enqueued", job.created)]
    if job.started:
        marks.append(("Running", job.started))
        whole = job.ended - job.started
        for part in range(1, job.tries + 1):
            begun = job.started + whole * part // (job.tries + 1)
            marks += [("Retrying", begun), ("Running", begun + int(whole * 0.3 / (job.tries + 1)))]
    if job.outcome == STOPPED:
        marks.append(("Stopping", max(job.created, job.ended - job.owner.stop_ms)))
        marks.sort(key=lambda mark: mark[1])
    marks.append((FINAL[job.outcome], job.ended))
    return [
        {
            "eventDetail": error_text(job) if name in ("Failed", "Expired", "Invalid") else "",
            "eventId": i + 1,
            "status": name,
            "timestamp": at,
        }
        for i, (name, at) in enumerate(marks)
        if at <= now
    ]
