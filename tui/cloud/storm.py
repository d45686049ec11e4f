"""The failure storm: three owners in three clouds fail, each for one cause. `docs/tour.md` leads through it."""

import random
from typing import NamedTuple

from tui.cloud.history import YOUNGEST_MS, Past, Scale
from tui.cloud.job import Job

STRUCK = 8  # a flag of `Job.odd`
SPAN_MS = 480_000  # how long it has raged when the cloud starts


class Storm(NamedTuple):
    """Where it rages: a region, the name of what fails there, what is said of it, the share of the history."""

    region: str
    owner: str
    error: str
    share: float


FC = Storm("cn-hangzhou", "thumbnailer", "Function instance exceeded memory limit 512 MB (OOMKilled)", 0.35)
TAT = Storm("ap-guangzhou", "deploy-web", "curl: (28) Failed to connect to 10.0.12.4 port 8080 after 10001 ms", 0.25)
TAT_EXIT = 28
KPS = Storm("cn-north-4", "", "The security group does not allow 100.125.0.0/16.", 0.2)
KPS_CODE = "KPS.6050"


def past(storm: Storm, owner: int, scale: Scale, rng: random.Random) -> list[Past]:
    """Those of the history that have fallen into it; none where it is off. `owner` is the place of its owner."""
    if not scale.habits.stormy(scale.start):
        return []
    count = int((scale.listed - scale.live) * storm.share)
    return [Past(scale.start - rng.randrange(YOUNGEST_MS, SPAN_MS), owner, False, True) for _ in range(count)]


def strike(job: Job, failed: int, ready: int) -> None:
    """The task fails for the cause of the storm; one that was never to start starts when it is ready."""
    job.odd |= STRUCK
    job.outcome = failed
    job.started = job.started or min(ready, job.ended - 1)
