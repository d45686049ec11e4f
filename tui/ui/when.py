"""Ages, durations and times of day as short texts. An age moves in steps, so that a quiet screen stays quiet."""

from __future__ import annotations

from datetime import UTC, datetime

SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000


def age(ms: int) -> str:
    """How long ago, in at most five cells: steps of 1 s below a minute, then 10 s, then 1 m, then 1 h."""
    if ms < MINUTE:
        return f"{max(0, ms) // SECOND}s"
    if ms < 10 * MINUTE:
        return f"{ms // MINUTE}m{ms % MINUTE // 10_000}0s"
    if ms < HOUR:
        return f"{ms // MINUTE}m"
    if ms < 10 * HOUR:
        return f"{ms // HOUR}h{ms % HOUR // MINUTE:02}m"
    if ms < 2 * DAY:
        return f"{ms // HOUR}h"
    return f"{ms // DAY}d" if ms < 1_000 * DAY else f"{ms // DAY // 365}y"


def ended(ms: int) -> str:
    """How long ago something ended: nothing waits for it, so the steps are coarser."""
    return (
        age(ms) if ms < MINUTE else f"{ms // MINUTE}m" if ms < HOUR else f"{ms // HOUR}h" if ms < 2 * DAY else age(ms)
    )


def read_age(ms: int, interval: float) -> str:
    """The age of an answer. Within the pace of its source it is told as a bound: a figure that moves costs bytes."""
    bound = -int(-interval * 1.2 // 5) * 5
    return f"<{bound}s" if ms < bound * SECOND else age(ms // 10_000 * 10_000)


def until(ms: int) -> str:
    """How long still, rounded up: by the second below 10 s only, then in steps of 10 s, then of 1 m."""
    step = SECOND if ms <= 10 * SECOND else 10 * SECOND if ms <= 10 * MINUTE else MINUTE
    return age(max(0, -(-ms // step)) * step)


def took(ms: int) -> str:
    """A duration that no longer grows, exact, in at most six cells."""
    if ms < SECOND:
        return f"{max(0, ms)}ms"
    if ms < 10 * SECOND and ms % SECOND:
        return f"{ms / SECOND:.1f}s"
    if ms < MINUTE:
        return f"{ms // SECOND}s"
    if ms < HOUR:
        return f"{ms // MINUTE}m{ms % MINUTE // SECOND:02}s"
    if ms < 100 * HOUR:
        return f"{ms // HOUR}h{ms % HOUR // MINUTE:02}m"
    return age(ms)


def _moment(ms: int, utc: bool) -> datetime | None:
    try:
        moment = datetime.fromtimestamp(ms / 1000, UTC)
        return moment if utc else moment.astimezone()
    except (OverflowError, ValueError, OSError):  # a provider's time may be anything
        return None


def time_of_day(ms: int, utc: bool, *, seconds: bool = True) -> str:
    """The wall clock: 14:02:37."""
    moment = _moment(ms, utc)
    if moment is None:
        return "--:--:--" if seconds else "--:--"
    return moment.strftime("%H:%M:%S" if seconds else "%H:%M")


def date_time(ms: int | None, utc: bool) -> str:
    """Date and wall clock: 2026-11-21 14:02:37.120."""
    moment = _moment(ms, utc) if ms is not None else None
    if moment is None:
        return "-"
    return moment.strftime("%Y-%m-%d %H:%M:%S") + (f".{moment.microsecond // 1000:03}" if moment.microsecond else "")


def short_time(ms: int | None, utc: bool) -> str:
    """Day and wall clock in 14 cells, the same on any day: 11-21 14:02:36."""
    moment = _moment(ms, utc) if ms is not None else None
    return moment.strftime("%m-%d %H:%M:%S") if moment is not None else "-"


def zone(ms: int, utc: bool) -> str:
    """The offset that the times on the screen are in: +08, UTC."""
    moment = _moment(ms, utc)
    if utc or moment is None:
        return "UTC"
    offset = moment.strftime("%z")
    return offset[:3] if offset.endswith("00") else offset
