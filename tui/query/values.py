"""Numbers, durations and times as people type them, and as columns print them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

DAY = 86_400_000
UNITS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": DAY, "w": 7 * DAY}
SCALE = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}
DAY_WORDS = ("today", "yesterday")

_PART = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)(ms|[smhdw])")
_DURATION = re.compile(rf"(?:{_PART.pattern})+")
_NUMBER = re.compile(r"([+-]?[0-9]{1,15}(?:\.[0-9]{1,9})?)(?:%|([kmgt]?)(i?)b?)", re.IGNORECASE)
_CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_ISO = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[Tt ]([0-9]{2}:[0-9]{2})(:[0-9]{2})?(\.[0-9]{1,6})?([Zz]|[+-][0-9]{2}:?[0-9]{2})?)?"
)


class Span(NamedTuple):
    """What `:` accepts (`low` to `high`, both included) and what `>` and `<=` compare with (`until`)."""

    low: float
    high: float
    until: float


Moving = Callable[[int], Span]  # a span that depends on what time it is


def number(text: str) -> Span:
    """`42`, `-1.5`, `62%`, `10k` (x 1000), `512MiB` (x 1024 x 1024)."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise ValueError("needs a number, e.g. 5 or 10k")
    base = 1024 if found[3] else 1000
    value = float(found[1]) * base ** SCALE[(found[2] or "").lower()]
    return Span(value, value, value)


def duration(text: str, *, bare: bool = False) -> Span:
    """`30s`, `5m`, `1h30m`, `1.5d`; `:5m` is anything that shows as 5m. `bare` takes a number as milliseconds."""
    text = text.lower()
    if bare and re.fullmatch("[0-9]{1,15}", text):
        return Span(int(text), int(text), int(text))
    if re.fullmatch(r"[+-]?[0-9]{1,15}(\.[0-9]*)?", text):
        raise ValueError("needs a unit, e.g. 5m")
    if re.fullmatch(r"p[0-9]{1,2}", text):
        raise ValueError(f"{text} needs the history ledger, which does not exist yet")
    if _DURATION.fullmatch(text) is None:
        raise ValueError("needs a duration, e.g. 30s 5m 2h 1d")
    parts = _PART.findall(text)
    low = round(sum(float(figure) * UNITS[unit] for figure, unit in parts))
    return Span(low, low + UNITS[parts[-1][1]] - 1, low)


def dated(text: str) -> bool:
    """Whether a time, or both ends of a range of times, are written with their date: the same at any time of day."""
    return all(not end or _ISO.fullmatch(end) is not None for end in text.split(".."))


def moment(text: str, zone: tzinfo | None) -> Moving:
    """`14:02` (the last one), `today`, `yesterday`, `now`, an ISO date or time, `-2h`; the local zone unless told."""
    lower = text.lower()
    if lower == "now":
        return lambda now: Span(now, now, now)
    if lower in DAY_WORDS:
        back = DAY_WORDS.index(lower)
        return lambda now: _day(_at(now, zone) - timedelta(days=back))
    if lower.startswith("-"):
        ago = duration(lower[1:]).low
        return lambda now: Span(now - ago, now, now - ago)
    if found := _CLOCK.fullmatch(text):
        return _clock(int(found[1]), int(found[2]), int(found[3] or 0), zone, 1_000 if found[3] else 60_000)
    if found := _ISO.fullmatch(text):
        return _iso(found, zone)
    raise ValueError("needs a time, e.g. 14:02, today, 2026-11-21T09:00 or -2h")


def _at(now: float, zone: tzinfo | None) -> datetime:
    """`now` on the clock of the zone; without one a naive time, which Python takes as local."""
    return datetime.fromtimestamp(now / 1000, zone)


def _ms(when: datetime) -> int:
    return round(when.timestamp() * 1000)


def _day(when: datetime) -> Span:
    """The whole day of `when`, whatever length daylight saving gives it."""
    start = when.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    last = _ms(start + timedelta(days=1)) - 1
    return Span(_ms(start), last, last)


def _clock(hour: int, minute: int, second: int, zone: tzinfo | None, unit: int) -> Moving:
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError("needs a time of day from 00:00 to 23:59")

    def last(now: int) -> Span:
        here = _at(now, zone)
        when = here.replace(hour=hour, minute=minute, second=second, microsecond=0, fold=0)
        at = _ms(when if when <= here else when - timedelta(days=1))
        return Span(at, at + unit - 1, at)

    return last


def _iso(found: re.Match[str], zone: tzinfo | None) -> Moving:
    try:
        if found[2] is None:
            span = _day(datetime.fromisoformat(found[1]).replace(tzinfo=zone))
        else:
            given = datetime.fromisoformat(found[0].upper().replace(" ", "T"))
            at = _ms(given if given.tzinfo else given.replace(tzinfo=zone))
            span = Span(at, at + (1 if found[4] else 1_000 if found[3] else 60_000) - 1, at)
    except (ValueError, OverflowError, OSError):
        raise ValueError(f"there is no {found[0]} in the calendar") from None
    return lambda now: span


def stretch(first: str, last: str, zone: tzinfo | None) -> Moving:
    """`a..b` of times, an end may be open. A clock time b before a, as in 22:00..06:00, is meant a day later."""
    one, two = (moment(text, zone) if text else None for text in (first, last))
    clock = _CLOCK.fullmatch(last) is not None

    def span(now: int) -> Span:
        low = one(now).low if one else -math.inf
        high = two(now).until if two else math.inf
        if clock and high < low < high + DAY:
            high += DAY
        return Span(low, high, high)

    return span


def show_duration(ms: float) -> str:
    """`41s`, `3m02s`, `2h11m`, `3d04h`: two units at most, `250ms` below a second."""
    if ms < 1_000:
        return f"{int(ms)}ms"
    seconds = int(ms // 1000)
    for big, small, unit, rest in ((86_400, 3_600, "d", "h"), (3_600, 60, "h", "m"), (60, 1, "m", "s")):
        if seconds >= big:
            return f"{seconds // big}{unit}{seconds % big // small:02}{rest}"
    return f"{seconds}s"


def show_time(ms: int) -> str:
    """RFC 3339, UTC, milliseconds."""
    whole = datetime.fromtimestamp(ms // 1000, UTC)
    return f"{whole:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03}Z"
