"""OpenSearch: training tasks of the algorithm instances of one region."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from tui.cloud import hostile, novel
from tui.cloud.arrivals import Arrivals, Weather
from tui.cloud.chance import mix, pick
from tui.cloud.habits import HOSTILE, NOVEL, NOVEL_END
from tui.cloud.history import RETENTION_MS, Scale, Spans, by_creation, history
from tui.cloud.job import Job, Live, Roll
from tui.cloud.texts import OS_ERRORS, OS_TARGETS

SPANS = Spans(latency=1, latency_sigma=0.3, service=2_400, service_sigma=0.6)
SUCCESS, FAILED = range(2)
CALM = 0.01


class Instance:
    """One algorithm instance: app group, function, instance, and its trainings."""

    __slots__ = ("app", "function", "last", "model", "name", "roll", "salt", "seconds", "twice")

    def __init__(self, spec: tuple[str, str, str, str], salt: int) -> None:
        self.app, self.function, self.name, self.model = spec
        self.salt = salt
        self.roll = Roll()
        self.last = 0
        # two habits of the vendor's own samples: times in seconds, and ExtendInfo escaped twice
        self.seconds = self.name == "hot_words"
        self.twice = self.name == "news_ctr_v2"


class OpenSearch:
    """The instances of one region and their trainings."""

    def __init__(self, region: str, scale: Scale) -> None:
        self.region = region
        self.scale = scale
        self.instances = [Instance(spec, i + 1) for i, spec in enumerate(OS_TARGETS[region])]
        self.by_path = {(one.app, one.function, one.name): one for one in self.instances}
        self.apps = sorted({one.app for one in self.instances})
        self.live = Live()
        self._rng = scale.rng(f"os/{region}")
        self._weather = Weather(scale.rng(f"os/{region}/weather"), len(self.instances), scale.start, scale.rate)
        per_second = SPANS.per_second(scale.live, scale.rate)
        self._arrivals = Arrivals(scale.rng(f"os/{region}/arrivals"), per_second, scale.start, scale.rate)
        self._warm()

    def advance(self, now: int) -> None:
        """Let everything happen that has happened by now."""
        rng = self._rng
        for at in self._arrivals.until(now):
            index = rng.randrange(len(self.instances))
            _, service = SPANS.draw(rng, self.scale.rate)
            outcome = FAILED if self._weather.fails(at, index, CALM) else SUCCESS
            if at >= self.instances[index].last + 1000:  # refused otherwise, not started in the future
                self._add(Job(self.instances[index], 0, at, at, at + service, outcome))
        for _ in self.live.settle(now):
            pass
        for instance in self.instances:
            instance.roll.tidy(now, now - RETENTION_MS)

    def shown(self, instance: Instance, now: int) -> list[Job]:
        """The jobs that the instance's list shows, oldest first."""
        return self.scale.habits.shown(instance.roll.jobs, now)

    def delete(self, job: Job) -> None:
        """DeleteFunctionTask: the task is gone at once."""
        job.owner.roll.remove(job)
        self.live.jobs.pop(job, None)

    def jobs(self) -> Iterator[tuple[Job, bool, bool]]:
        """Every task, whether its list shows it, whether a by-id read finds it."""
        for instance in self.instances:
            for job in list(instance.roll.jobs):
                yield job, True, True

    def _warm(self) -> None:
        scale, rng = self.scale, self._rng
        jobs = []
        for _ in range(scale.live):
            _, service = SPANS.draw(rng, scale.rate)
            begun = scale.start - int(rng.random() * 0.98 * service)
            outcome = FAILED if rng.random() < CALM else SUCCESS
            jobs.append(Job(rng.choice(self.instances), 0, begun, begun, begun + service, outcome))
        for past in history(rng, scale.listed - scale.live, [1] * len(self.instances), scale.start):
            _, service = SPANS.draw(rng, scale.rate)
            outcome = FAILED if rng.random() < (0.4 if past.stormy else CALM) else SUCCESS
            begun = past.ended - service
            jobs.append(Job(self.instances[past.owner], 0, begun, begun, past.ended, outcome))
        latest = dict.fromkeys(self.instances, scale.start)
        for job in reversed(by_creation(jobs)):  # into the past, so that none starts in the future
            latest[job.owner] = job.started = job.created = min(job.created, latest[job.owner] - 1000)
        for job in by_creation(jobs):
            self._add(job)
        for instance in self.instances:
            instance.roll.settle_in()

    def _add(self, job: Job) -> None:
        # a runId is the second of the start: no two trainings of one instance share it
        instance = job.owner
        job.started = job.created = max(job.created, instance.last + 1000)
        job.ended = max(job.ended, job.started + 1000)
        instance.last = job.started
        instance.roll.add(job)
        self.scale.habits.mark(job)
        if job.ended > self.scale.start:
            self.live.add(job)


def run_id(job: Job) -> str:
    """The runId: who triggered it, and the second of the start."""
    how = "manual" if mix(job.n, job.owner.salt + 40) % 5 == 0 else "trigger"
    return f"{how}__{datetime.fromtimestamp(job.started // 1000, UTC).isoformat()[:19]}"


def status(job: Job, now: int) -> str:
    """The native status at this time."""
    if now < job.ended:
        return novel.OPENSEARCH[0] if job.odd & NOVEL else "running"
    if job.outcome == FAILED:
        return "failed"
    return novel.OPENSEARCH[1] if job.odd & NOVEL_END else "success"


def progress(job: Job, now: int) -> int:
    """Percent: some trainings stall for a while, a failed one stays where it was."""
    stirred = mix(job.n, job.owner.salt)
    whole = max(1, job.ended - job.started)
    done = min(1.0, (now - job.started) / whole)
    if stirred % 4 == 0:  # stalls at 60 % of its way until most of its time is over
        done = min(done, max(0.6, done * 3 - 2))
    if job.outcome == FAILED:
        return int(done * (20 + stirred % 70))
    return min(99, int(done * 100)) if now < job.ended else 100


def extend_info(job: Job, now: int) -> str:
    """The evaluation of an ended training, as JSON text; empty while it runs."""
    if now < job.ended:
        return ""
    stirred = mix(job.n, job.owner.salt + 7)
    info: dict[str, Any]
    if job.outcome == SUCCESS:
        info = {"recall": 70 + stirred % 28, "auc": round(0.6 + stirred % 3000 / 10000, 4), "errors": []}
        if job.owner.model == "pop":
            info = {"coverage": 80 + stirred % 20, "errors": []}
    else:
        info = {"epoch": stirred % 9, "errors": [pick(OS_ERRORS, job.n, job.owner.salt)]}
    if job.odd & HOSTILE:
        hostile.training(info, job.n)
    text = json.dumps(info, ensure_ascii=False, separators=(",", ":"))
    return text.replace("\\", "\\\\").replace('"', '\\"') if job.owner.twice else text


def row(job: Job, now: int) -> dict[str, Any]:
    """One task as the service writes it, in PascalCase."""
    unit = 1000 if job.owner.seconds else 1
    answer: dict[str, Any] = {
        "FunctionName": job.owner.function,
        "Progress": progress(job, now),
        "Status": status(job, now),
        "StartTime": job.started // unit,
        "EndTime": job.ended // unit if now >= job.ended else 0,
        "ExtendInfo": extend_info(job, now),
        "RunId": run_id(job),
        "Generation": str(job.n),
    }
    if job.odd & HOSTILE:
        hostile.opensearch(answer, job.n)
    if job.odd & NOVEL:
        novel.extend(answer, job.n)
    return answer
