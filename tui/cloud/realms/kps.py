"""Key Pair Service: binding tasks of one project; the service lists only running and failed ones."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

from tui.cloud import hostile, novel, storm
from tui.cloud.arrivals import Arrivals, Weather, Workers
from tui.cloud.chance import Scramble, mix, pick
from tui.cloud.habits import HOSTILE, NOVEL, NOVEL_END
from tui.cloud.history import RETENTION_MS, Scale, Spans, by_creation, history
from tui.cloud.job import Job, Live, Roll
from tui.cloud.texts import KPS_ERRORS, KPS_KEYPAIRS, KPS_OPERATIONS, KPS_SERVERS

SPANS = Spans(latency=35, latency_sigma=0.7, service=330, service_sigma=0.6)
SUCCEEDED, FAILED = range(2)
CALM = 0.10
TASK_IDS = Scramble(1 << 128, 31)
SERVER_IDS = Scramble(1 << 128, 37)
FLEET = 240


class KeyPairs:
    """The binding tasks of one project."""

    def __init__(self, region: str, scale: Scale) -> None:
        self.region = region
        self.scale = scale
        self.roll = Roll()
        self.live = Live()
        self.failed: list[Job] = []
        self.done: list[Job] = []
        self._rng = scale.rng("kps")
        self._weather = Weather(scale.rng("kps/weather"), 1, scale.start, scale.rate)
        per_second = SPANS.per_second(scale.live, scale.rate)
        self._arrivals = Arrivals(scale.rng("kps/arrivals"), per_second, scale.start, scale.rate)
        self._workers = Workers([])
        self._warm()

    def advance(self, now: int) -> None:
        """Let everything happen that has happened by now."""
        rng = self._rng
        for at in self._arrivals.until(now):
            latency, service = SPANS.draw(rng, self.scale.rate)
            started = self._workers.start(at + latency, min(service, int(900_000 / self.scale.rate)))
            outcome = FAILED if self._weather.fails(at, 0, CALM) else SUCCEEDED
            job = Job(self, 0, at, started, started + service, outcome)
            self.roll.add(job)
            self.scale.habits.mark(job)
            if self.scale.habits.struck(job):
                storm.strike(job, FAILED, started)
            self.live.add(job)
        for job in self.live.settle(now):
            (self.failed if job.outcome == FAILED else self.done).append(job)
        self._forget(self.failed, self.roll.keep, now)
        self._forget(self.done, max(500, self.scale.listed // 10), now)

    def find(self, task_id: str) -> Job | None:
        """The task with this id, listed or not."""
        try:
            job = self.roll.find(TASK_IDS.back(int(task_id.replace("-", ""), 16)))
        except ValueError:
            return None
        return job if job is not None and task_id_of(job) == task_id else None

    def running(self, now: int) -> list[Job]:
        """The running list, newest first."""
        late = self.scale.habits.late
        return [job for job in reversed(self.live.jobs) if not late(job, now)]

    def failures(self, now: int) -> list[Job]:
        """The failed list, newest first."""
        return self.scale.habits.shown(self.failed, now, _end)[::-1]

    def delete_failed(self, job: Job | None) -> bool:
        """DeleteFailedTask, or all of them; False when the task is not in the list."""
        if job is None:
            gone, self.failed = self.failed, []
        elif job in self.failed:
            gone = [job]
            self.failed.remove(job)
        else:
            return False
        for one in gone:
            self.roll.remove(one)
        return True

    def jobs(self) -> Iterator[tuple[Job, bool, bool]]:
        """Every task, whether its list shows it, whether a by-id read finds it."""
        for job in list(self.roll.jobs):
            yield job, job.outcome == FAILED or job in self.live.jobs, True

    def _forget(self, part: list[Job], keep: int, now: int) -> None:
        old = bisect_left(part, now - RETENTION_MS, key=_end)
        if len(part) > keep * 21 // 20:
            old = max(old, len(part) - keep)
        for job in part[:old]:
            self.roll.remove(job)
        del part[:old]

    def _warm(self) -> None:
        scale, rng = self.scale, self._rng
        jobs = []
        for _ in range(scale.live):
            latency, service = SPANS.draw(rng, scale.rate)
            created = scale.start - int(rng.random() * 0.98 * (latency + service))
            outcome = FAILED if rng.random() < CALM else SUCCEEDED
            jobs.append(Job(self, 0, created, created + latency, created + latency + service, outcome))
        failed = scale.listed - scale.live
        unlisted = min(200, scale.listed // 2)
        fallen = storm.past(storm.KPS, 0, scale, rng)
        for i, past in enumerate([*fallen, *history(rng, failed + unlisted - len(fallen), (1,), scale.start)]):
            latency, service = SPANS.draw(rng, scale.rate)
            outcome = FAILED if i < failed else SUCCEEDED
            started = past.ended - service
            jobs.append(Job(self, 0, started - latency, started, past.ended, outcome))
            if past.struck:
                storm.strike(jobs[-1], FAILED, started)
        busy = [scale.start, scale.start]
        ended = []
        for job in by_creation(jobs):
            self.roll.add(job)
            scale.habits.mark(job)
            if job.ended > scale.start:
                self.live.add(job)
                busy.append(min(job.ended, scale.start + 900_000))
            else:
                ended.append(job)
        for job in sorted(ended, key=_end):
            (self.failed if job.outcome == FAILED else self.done).append(job)
        self.roll.settle_in()
        self._workers = Workers(busy)


def _end(job: Job) -> int:
    return job.ended


def _uuid(number: int) -> str:
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def task_id_of(job: Job) -> str:
    """The task id."""
    return _uuid(TASK_IDS.of(job.n))


def operation(job: Job) -> str:
    """RESET, REPLACE or UNBIND."""
    return pick(KPS_OPERATIONS, job.n, 1)


def task_status(job: Job, now: int) -> str:
    """What a by-id read says."""
    if now >= job.ended:
        gone = novel.KPS_GONE if job.odd & NOVEL_END else "SUCCESS_"
        return (gone if job.outcome == SUCCEEDED else "FAILED_") + operation(job)
    return ("RUNNING_" if now >= job.started else "READY_") + operation(job)


def operate_type(job: Job, now: int) -> str:
    """What the lists say: sometimes, as in the vendor's documents, the prefix is wrong."""
    odd = mix(job.n, 2) % 12 == 0
    if job.odd & NOVEL:
        if now >= job.ended:
            return novel.KPS_FAILED
        if now >= job.started:
            return novel.KPS_RUNNING + operation(job)
    if now < job.ended:
        live = task_status(job, now)
        return f"FAILED_{operation(job)}" if odd and live.startswith("RUNNING") else live
    return f"RUNNING_{operation(job)}" if odd else task_status(job, now)


def server_id(job: Job) -> str:
    """The server's id."""
    return _uuid(SERVER_IDS.of(mix(job.n, 4) % FLEET))


def row(job: Job, now: int) -> dict[str, Any]:
    """One row of the running list, or of the failed list."""
    server = mix(job.n, 4) % FLEET
    answer: dict[str, Any] = {
        "task_id": task_id_of(job),
        "operate_type": operate_type(job, now),
        "task_time": str(job.created),
        "server_name": f"{KPS_SERVERS[server % len(KPS_SERVERS)]}-{server:02d}",
        "server_id": server_id(job),
        "keypair_name": pick(KPS_KEYPAIRS, job.n, 5),
    }
    if now >= job.ended:
        said = (storm.KPS_CODE, storm.KPS.error) if job.odd & storm.STRUCK else pick(KPS_ERRORS, job.n, 6)
        answer["task_error_code"], answer["task_error_msg"] = said
    if job.odd & HOSTILE:
        hostile.kps(answer, job.n)
    if job.odd & NOVEL:
        novel.extend(answer, job.n)
    return answer
