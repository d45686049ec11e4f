"""Times as a server writes them whose clock is off: the clock that dates its answers has dated its tasks as well."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tui.cloud.realms.mps import ZERO
from tui.cloud.wire import Reply, compact

MILLISECONDS = 100_000_000_000  # from here on a number is no longer seconds
TIMES = {
    "alibaba-fc": frozenset(("startedTime", "endTime", "timestamp")),
    "alibaba-opensearch": frozenset(("StartTime", "EndTime", "startTime", "endTime")),  # in both casings
    "tencent-mps": frozenset(("CreateTime", "BeginProcessTime", "FinishTime")),
    "tencent-tat": frozenset(("CreatedTime", "StartTime", "EndTime", "UpdatedTime", "ExecStartTime", "ExecEndTime")),
    "huawei-kps": frozenset(("task_time",)),
}


def skewed(reply: Reply, api: str, skew: int) -> Reply:
    """The reply with the times of its tasks moved by so many milliseconds, whole seconds."""
    names = TIMES.get(api)
    if not skew or not names or not reply.body:
        return reply
    return replace(reply, body=compact(_moved(json.loads(reply.body), names, skew)))


def _moved(value: Any, names: frozenset[str], skew: int) -> Any:
    if isinstance(value, dict):
        return {
            name: _later(inner, skew) if name in names else _moved(inner, names, skew) for name, inner in value.items()
        }
    return [_moved(inner, names, skew) for inner in value] if isinstance(value, list) else value


def _later(value: Any, skew: int) -> Any:
    """A time in the spelling it has; what says that there is none stays."""
    match value:
        case int() if value:
            return value + (skew if value >= MILLISECONDS else skew // 1000)
        case str() if value.isdecimal():
            return str(_later(int(value), skew))
        case str() if value and value != ZERO:
            text = (datetime.fromisoformat(value) + timedelta(milliseconds=skew)).isoformat()
            return text.replace("+00:00", "Z") if value.endswith("Z") else text
    return value
