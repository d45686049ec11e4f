"""Reading a provider's JSON: tolerant of nulls, numbers as text and odd times, strict about shape."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, TypeVar, TypeVarTuple

from tui.errors import Malformed
from tui.mask import inside

Row = Mapping[str, Any]
Given = TypeVarTuple("Given")
Made = TypeVar("Made")

# 0001-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z: what datetime can still say.
_FIRST_MS, _LAST_MS = -62_135_596_800_000, 253_402_300_799_999
_MINUTES = {f"T{number // 60:02d}:{number % 60:02d}": number * 60_000 for number in range(1440)}
_SECONDS = {f":{number:02d}{zone}": number * 1000 for number in range(60) for zone in ("Z", "+00:00")}
_OBJECT = {dict}
TEXTS, REMEMBERED = 1_000, 200  # texts that are known to hold no key, and the characters of one
_plain: dict[str, str] = {}
"""What is said comes again and again: of a list of failed tasks a fifth was the looking for keys in it."""
_shared: dict[str, str] = {}
SHARED = 4_000  # texts that are one for all rows, and values that are made of some: less than 2 MB
_WHOLE = re.compile(r"\s*[+-]?\d{1,18}\s*")


def mapping(value: Any, what: str) -> Row:
    """`value` as an object. Malformed: `what` is not one."""
    if not isinstance(value, dict):
        raise Malformed(f"{what} is {_kind(value)}, not an object")
    return value


def rows(holder: Row, name: str) -> list[Row]:
    """The list of objects under `name`: a null is an empty list, a missing one is Malformed."""
    if name not in holder:
        raise Malformed(f"no {name} in the answer ({keys(holder)})")
    value = holder[name]
    if value is None:
        return []
    if not isinstance(value, list):
        raise Malformed(f"{name} is {_kind(value)}, not a list")
    if {*map(type, value)} <= _OBJECT:  # all but always: an eighth of the time of looking at them one by one
        return value
    return [mapping(row, f"an entry of {name}") for row in value]


def text(value: Any) -> str | None:
    """A text, verbatim; "" and null are None; a number or a boolean as JSON writes it."""
    if isinstance(value, str):
        return value or None
    if value is None or isinstance(value, dict | list):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def shared(value: Any) -> str | None:
    """`text` of what many rows say, in one copy: of 10,000 rows of MPS a fifth of their memory is copies."""
    try:
        return _shared[value]
    except (KeyError, TypeError):
        found = text(value)
    if found is not None and found is value and len(found) <= REMEMBERED:
        if len(_shared) >= SHARED:
            _shared.clear()
        _shared[found] = found
    return found


def remembered(make: Callable[[*Given], Made]) -> Callable[[*Given], Made]:
    """What is made of a few facts that many rows have, in one copy. Nobody may change it; long texts are not kept."""
    kept: dict[tuple[*Given], Made] = {}

    def known(*facts: *Given) -> Made:
        found = kept.get(facts)
        if found is None:
            found = make(*facts)
            if sum(len(str(fact)) for fact in facts) <= REMEMBERED:
                if len(kept) >= SHARED:
                    kept.clear()
                kept[facts] = found
        return found

    return known


def said(value: Any) -> str | None:
    """What somebody's program or a provider says went wrong, without what looks like a key in it."""
    found = text(value)
    if not found:
        return None
    if (known := _plain.get(found)) is not None:
        return known
    shown = inside(found)
    if shown == found and len(found) <= REMEMBERED:  # never a text that has one
        if len(_plain) >= TEXTS:
            _plain.clear()
        _plain[found] = found
    return shown


def identity(row: Row, name: str) -> str:
    """The id of a row: without it a row cannot be told from others. Malformed."""
    found = text(row.get(name))
    if found is None:
        raise Malformed(f"a row without {name} ({keys(row)})")
    return found


def integer(value: Any) -> int | None:
    """A whole number, also where it comes as text or as a float without a fraction."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return value
    try:
        number = int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return int(number) if math.isfinite(number) and number == int(number) else None


def number(value: Any) -> float | None:
    """A number, also where it comes as text; an int stays an int."""
    whole = integer(value)
    if whole is not None:
        return whole
    try:
        found = float(value) if not isinstance(value, bool) and value is not None else math.nan
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def epoch(value: Any) -> int | None:
    """Epoch milliseconds of a number in ms or s, told apart by magnitude; 0, less and nonsense are None.

    The documents say ms and their examples show seconds (alibaba.md trap 9, huawei.md trap 3).
    """
    found = integer(value)
    if found is None or found < 1_000_000_000:
        return None
    millis = found if found >= 100_000_000_000 else found * 1000
    return millis if millis <= _LAST_MS else None


def moment(value: Any) -> int | None:
    """Epoch milliseconds of an ISO 8601 time; null, "" and the year 0 are None (tencent.md trap 6)."""
    if value is None:
        return None
    try:  # 2026-11-21T13:52:01Z or +00:00, what all but a few are: from tables in half of fromisoformat's time
        return _midnight(value[:10]) + _MINUTES[value[10:16]] + _SECONDS[value[16:]]
    except (KeyError, TypeError, ValueError):
        return _any_moment(value)


@lru_cache(1024)
def _midnight(day: str) -> int:
    return (date.fromisoformat(day) - date(1970, 1, 1)).days * 86_400_000


def _any_moment(value: Any) -> int | None:
    if not isinstance(value, str) or value.startswith("0000"):
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    try:
        millis = round(found.timestamp() * 1000)
    except (OverflowError, ValueError):
        return None
    return millis if _FIRST_MS <= millis <= _LAST_MS else None


def keys(row: Row) -> str:
    """What an object of the wrong shape has, for an error: its keys, never its values."""
    return f"keys: {', '.join(sorted(map(str, row)))[:200]}"


def _kind(value: Any) -> str:
    return {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}.get(
        type(value), "a number"
    )
