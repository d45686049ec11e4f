"""When a temporary key ends: ISO 8601 or epoch, as the vendors' answers and files say it."""

from __future__ import annotations

import math
from datetime import UTC, datetime

_MS = 1e11  # epoch numbers from here on are milliseconds: 1e11 seconds are the year 5138
_LAST = 253_402_300_799_000  # the end of the year 9999


def moment(value: object) -> int | None:
    """Epoch milliseconds; None where nothing is said: null, "" or 0. ValueError for what is no time."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("no time")
    if isinstance(value, str):
        text = value.strip()
        if not text.isascii() or len(text) > 40:
            raise ValueError("no time")
        if not text.replace(".", "", 1).isdecimal():
            at = datetime.fromisoformat(text)
            return _within((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
        value = float(text)
    return _within(value if abs(value) >= _MS else value * 1000)


def _within(ms: float) -> int | None:
    """In whole milliseconds. An offset can put the first and the last day of the calendar outside of it."""
    if not math.isfinite(ms) or not 0 <= ms <= _LAST:
        raise ValueError("no time")
    return round(ms) or None


def told(ms: int) -> str:
    """`2026-11-22 09:30:00 UTC`."""
    return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M:%S} UTC"
