"""Which rows a list shows, in which order, and as of when: where `order` strikes."""

from collections.abc import Iterable, Sequence

from tui.cloud.chance import mix
from tui.cloud.job import Job
from tui.cloud.turn import Turn

# flags of `Job.odd`: a list has shown it at work, has shown it ended; after that it went back once
RAN, WENT_BACK_TO_WAITING, ENDED, WENT_BACK_TO_WORK = 16, 32, 64, 128
MOST_GHOSTS = 3
WHOLE = 1 << 64

Row = tuple[Job, int]


def page_of(jobs: Sequence[Job], now: int, turn: Turn, back: bool = True) -> list[Row]:
    """A page's tasks, each with the time at which its row shows it: now, but for those that go back for one read."""
    if not turn.back and not turn.swap:
        return [(job, now) for job in jobs]
    rows = [(job, _as_of(job, now, turn if back else None)) for job in jobs]
    if turn.swap and len(rows) > 1:
        at = turn.salt % (len(rows) - 1)
        rows[at], rows[at + 1] = rows[at + 1], rows[at]
    return rows


def ghosts(jobs: Iterable[Job], now: int, turn: Turn, room: int) -> list[Row]:
    """Those of the tasks of a later list that an earlier one shows again, for one read."""
    found: list[Row] = []
    for job in jobs if turn.back and room > 0 else ():
        earlier = _back(job, now, turn)
        if earlier is not None:
            found.append((job, earlier))
            if len(found) == min(room, MOST_GHOSTS):
                break
    return found


def mingled(rows: list[Row], others: list[Row]) -> list[Row]:
    """Newest first, the others among them."""
    return sorted([*rows, *others], key=lambda row: -row[0].n) if others else rows


def _as_of(job: Job, now: int, turn: Turn | None) -> int:
    earlier = _back(job, now, turn) if turn is not None else None
    if earlier is not None:
        return earlier
    if now >= job.ended:
        job.odd |= ENDED
    elif job.started and now >= job.started:
        job.odd |= RAN
    return now


def _back(job: Job, now: int, turn: Turn) -> int | None:
    """A moment of the task's earlier stage, if it goes back now: once from each stage that was shown before."""
    if now >= job.ended:
        was_shown, went_back, earlier = ENDED, WENT_BACK_TO_WORK, job.ended - 1
    elif job.started and now >= job.started:
        was_shown, went_back, earlier = RAN, WENT_BACK_TO_WAITING, job.started - 1
    else:
        return None
    if not job.odd & was_shown or job.odd & went_back or earlier < job.created:
        return None
    if mix(job.n ^ job.created << 20, turn.salt) / WHOLE >= turn.back:
        return None
    job.odd |= went_back
    return earlier
