"""Media Processing: tasks of one account, in lists that do not say what they list."""

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from tui.cloud import hostile, novel
from tui.cloud.arrivals import Arrivals, Weather, Workers
from tui.cloud.chance import Scramble, mix, pick
from tui.cloud.habits import HOSTILE, NOVEL, NOVEL_END
from tui.cloud.history import RETENTION_MS, Scale, Spans, by_creation, history
from tui.cloud.job import Job, Live, Roll
from tui.cloud.texts import MPS_ERRORS, MPS_KINDS, MPS_OBJECTS

APP_ID = "1300417042"
SPANS = Spans(latency=40, latency_sigma=0.8, service=280, service_sigma=0.9)
SUCCEEDED, SUBTASK_FAILED, SOURCE_FAILED, ABORTED = range(4)
CALM = 0.03
ZERO = "0000-00-00T00:00:00Z"
LIVE_TYPE = "LiveProcessTask"
WAITING, PROCESSING, FINISH = "WAITING", "PROCESSING", "FINISH"
IDS = Scramble(1 << 128, 23)
KIND_WEIGHTS = [share for _, _, share in MPS_KINDS]


class Kind:
    """One sort of task: its type and its sub-task types."""

    __slots__ = ("subtasks", "type")

    def __init__(self, type_: str, subtasks: tuple[str, ...]) -> None:
        self.type = type_
        self.subtasks = subtasks


class MediaProcessing:
    """All tasks of the account: the live ones, and the finished ones in the order of their ends."""

    def __init__(self, region: str, scale: Scale) -> None:
        self.region = region
        self.scale = scale
        self.roll = Roll()
        self.live = Live()
        self.finished: dict[bool, list[Job]] = {False: [], True: []}
        self.halted: list[Job] = []  # ended, and in no list
        self._kinds = [Kind(type_, subtasks) for type_, subtasks, _ in MPS_KINDS]
        self._novel_kinds = tuple(Kind(type_, subtasks) for type_, subtasks in novel.MPS_KINDS)
        self._rng = scale.rng("mps")
        self._weather = Weather(scale.rng("mps/weather"), len(self._kinds), scale.start, scale.rate)
        per_second = SPANS.per_second(scale.live, scale.rate)
        self._arrivals = Arrivals(scale.rng("mps/arrivals"), per_second, scale.start, scale.rate)
        self._workers = Workers([])
        self._warm()

    def advance(self, now: int) -> None:
        """Let everything happen that has happened by now."""
        rng = self._rng
        for at in self._arrivals.until(now):
            index = rng.choices(range(len(self._kinds)), KIND_WEIGHTS)[0]
            latency, service = SPANS.draw(rng, self.scale.rate)
            started = self._workers.start(at + latency, min(service, int(900_000 / self.scale.rate)))
            fails = self._weather.fails(at, index, CALM)
            job = self._born(self._kinds[index], at, started, service, fails)
            self._enter(job)
            self.live.add(job)
        for job in self.live.settle(now):
            (self.halted if halted(job) else self.finished[job.outcome != SUCCEEDED]).append(job)
        self._forget(now)

    def find(self, task_id: str) -> Job | None:
        """The task with this id."""
        try:
            job = self.roll.find(IDS.back(int(task_id.rpartition("-")[2], 16)))
        except ValueError:
            return None
        return job if job is not None and task_id_of(job) == task_id else None

    def listed(self, status: str, failed: bool | None, now: int) -> list[list[Job]]:
        """The jobs a list shows, oldest first: one or two runs of jobs, each in its own order."""
        habits = self.scale.habits
        if status == FINISH:
            parts = [self.finished[failed]] if failed is not None else [self.finished[False], self.finished[True]]
            return [habits.shown(part, now, _end) for part in parts]
        if failed:
            return [[]]
        return [[job for job in self.live.jobs if status_of(job, now) == status and not habits.late(job, now)]]

    def later(self, status: str, now: int) -> list[Job]:
        """The jobs that have left this list for the next, the latest ones of many."""
        if status == WAITING:
            return [job for job in self.live.jobs if status_of(job, now) == PROCESSING]
        if status == PROCESSING:
            ended = (job for part in self.finished.values() for job in part[-200:])
            return [job for job in ended if status_of(job, job.ended - 1) == PROCESSING]
        return []

    def abort(self, job: Job, now: int) -> bool:
        """ManageTask Abort: legal while waiting, for a live stream while processing too."""
        native = status_of(job, now)
        if native != WAITING and not (native == PROCESSING and job.owner.type == LIVE_TYPE):
            return False
        if native == WAITING:
            job.started = 0
        job.outcome, job.ended = ABORTED, now
        self.live.reschedule(job)
        return True

    def jobs(self) -> Iterator[tuple[Job, bool, bool]]:
        """Every task, whether its list shows it, whether a by-id read finds it."""
        for job in list(self.roll.jobs):
            yield job, job in self.live.jobs or not halted(job), True

    def _forget(self, now: int) -> None:
        """Nothing is known of a task 168 hours after its end, and only so many are remembered."""
        keep = self.roll.keep
        for part in (*self.finished.values(), self.halted):
            old = bisect_left(part, now - RETENTION_MS, key=_end)
            most = keep if part is self.finished[False] else max(60, keep // 8)
            if len(part) > most * 21 // 20:
                old = max(old, len(part) - most)
            for job in part[:old]:
                self.roll.remove(job)
            del part[:old]

    def _warm(self) -> None:
        scale, rng = self.scale, self._rng
        jobs = []
        for _ in range(scale.live):
            latency, service = SPANS.draw(rng, scale.rate)
            created = scale.start - int(rng.random() * 0.98 * (latency + service))
            kind = rng.choices(self._kinds, KIND_WEIGHTS)[0]
            jobs.append(self._born(kind, created, created + latency, service, rng.random() < CALM))
        for past in history(rng, scale.listed - scale.live, KIND_WEIGHTS, scale.start):
            latency, service = SPANS.draw(rng, scale.rate)
            fails = rng.random() < (0.4 if past.stormy else CALM)
            created = past.ended - latency - service
            jobs.append(self._born(self._kinds[past.owner], created, created + latency, service, fails))
        busy = [scale.start, scale.start]
        ended = []
        for job in by_creation(jobs):
            self._enter(job)
            if job.ended > scale.start:
                self.live.add(job)
                busy.append(min(job.ended, scale.start + 900_000))
            else:
                job.odd &= ~NOVEL_END  # what has ended before the start is listed: there are to be so many
                ended.append(job)
        for job in sorted(ended, key=_end):
            self.finished[job.outcome != SUCCEEDED].append(job)
        self.roll.settle_in()
        self._workers = Workers(busy)

    def _enter(self, job: Job) -> None:
        self.roll.add(job)
        self.scale.habits.mark(job)
        if job.odd & NOVEL:
            job.owner = pick(self._novel_kinds, job.n, 7)

    def _born(self, kind: Kind, created: int, started: int, service: int, fails: bool) -> Job:
        outcome = SUCCEEDED
        if fails:
            outcome = SOURCE_FAILED if self._rng.random() < 0.3 else SUBTASK_FAILED
        return Job(kind, 0, created, started, started + service, outcome)


def _end(job: Job) -> int:
    return job.ended


def task_id_of(job: Job) -> str:
    """The id: account, type, 32 hex digits."""
    return f"{APP_ID}-{job.owner.type}-{IDS.of(job.n):032x}"


def halted(job: Job) -> bool:
    """Whether the task ends in a status that none of the lists is for."""
    return bool(job.odd & NOVEL_END) and job.outcome == SUCCEEDED


def status_of(job: Job, now: int) -> str:
    """The native status at this time."""
    if now >= job.ended:
        return novel.MPS_DETAIL if halted(job) else FINISH
    return PROCESSING if job.started and now >= job.started else WAITING


def stamp(ms: int) -> str:
    """A time as the service writes it."""
    return f"{datetime.fromtimestamp(ms // 1000, UTC).isoformat()[:19]}Z"


def times(job: Job, now: int) -> dict[str, str]:
    """The three times; year zero stands for none."""
    return {
        "CreateTime": stamp(job.created),
        "BeginProcessTime": stamp(job.started) if job.started and now >= job.started else ZERO,
        "FinishTime": stamp(job.ended) if now >= job.ended else ZERO,
    }


def row(job: Job, now: int) -> dict[str, Any]:
    """One TaskSimpleInfo."""
    kind = job.owner
    answer = {
        "TaskId": task_id_of(job),
        "TaskType": kind.type,
        "SubTaskTypes": list(kind.subtasks),
        **times(job, now),
    }
    if job.odd & HOSTILE:
        hostile.mps(answer, job.n)
    if job.odd & NOVEL:
        novel.extend(answer, job.n)
    return answer


def failure(job: Job, now: int) -> tuple[str, str]:
    """Code and text of what went wrong, empty when nothing did."""
    if now < job.ended or job.outcome == SUCCEEDED:
        return "", ""
    if job.outcome == ABORTED:
        return "TaskAborted", "the task was aborted by the user"
    if job.odd & HOSTILE:
        return hostile.text(job.n, 18), hostile.text(job.n, 19)
    return pick(MPS_ERRORS, job.n, 3)


def source_object(job: Job) -> str:
    """The path of the input in its bucket."""
    return f"/{pick(MPS_OBJECTS, job.n, 5)}/{mix(job.n, 6) % 100000:05d}.mp4"
