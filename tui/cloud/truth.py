"""What is true: every task as contract JSON, worked out from the provider's row by the reference's own tables.

A fact is in `extra` when the row carries a value for it that is neither null nor "". Exceptions: `tat.exit` only once
the task has ended; `fc.events` is a count and left out when it is 0; `os.metrics` is the decoded ExtendInfo without
`errors`, left out when ExtendInfo is empty; `mps.subtasks` is left out when the list is empty. Empty text is null.
`raw`, `seen_at` and `request_id` belong to whoever reads the lists and are not here.
"""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from tui.cloud.job import Job
from tui.cloud.realms import fc, kps, mps, opensearch, tat
from tui.cloud.sources import Source

Fields = dict[str, Any]

FC_STATES = {
    "Enqueued": "queued",
    "Dequeued": "queued",
    "Running": "running",
    "Retrying": "retrying",
    "Stopping": "stopping",
    "Succeeded": "succeeded",
    "Failed": "failed",
    "Stopped": "cancelled",
    "Expired": "expired",
    "Invalid": "failed",
}
OS_STATES = {"running": "running", "success": "succeeded", "failed": "failed"}
TAT_STATES = {
    "PENDING": "queued",
    "DELIVERING": "queued",
    "DELIVER_DELAYED": "queued",
    "RUNNING": "running",
    "CANCELLING": "stopping",
    "SUCCESS": "succeeded",
    "FAILED": "failed",
    "DELIVER_FAILED": "failed",
    "START_FAILED": "failed",
    "TIMEOUT": "failed",
    "TASK_TIMEOUT": "failed",
    "CANCELLED": "cancelled",
    "TERMINATED": "cancelled",
}
FINAL = ("succeeded", "failed", "cancelled", "expired")  # `unknown` may be anything: it is not over
EMPTY: Fields = dict.fromkeys(
    (
        "scope",
        "name",
        "kind",
        "target",
        "state",
        "native_state",
        "created_at",
        "started_at",
        "ended_at",
        "duration_ms",
        "progress",
        "retries",
        "error",
    )
)


def rfc3339(ms: int | None) -> str | None:
    """A time of the contract: UTC, milliseconds."""
    if ms is None:
        return None
    return f"{datetime.fromtimestamp(ms // 1000, UTC).isoformat()[:19]}.{ms % 1000:03d}Z"


def _parsed(text: str | None) -> int | None:
    if not text or text == mps.ZERO:
        return None
    return int(datetime.fromisoformat(text).timestamp()) * 1000


def _spread(state: str, started: int | None, ended: int | None, figure: int | None = None) -> Fields:
    """Start, end and length of a task; the length of what is over only."""
    length = figure if figure is not None else None if started is None or ended is None else ended - started
    length = length if state in FINAL else None
    return {"started_at": rfc3339(started), "ended_at": rfc3339(ended), "duration_ms": length}


def named(adapter: str, job: Job) -> Fields:
    """What tells a task from the others of its source."""
    scope, id_ = NAMES[adapter](job)
    return {"scope": scope, "id": id_}


def _instance(job: Job) -> str:
    one = job.owner
    return f"{one.app}/{one.function}/{one.name}"


NAMES: dict[str, Callable[[Job], tuple[str | None, str]]] = {
    "alibaba-fc": lambda job: (job.owner.name, fc.task_id_of(job)),
    "alibaba-opensearch": lambda job: (_instance(job), opensearch.run_id(job)),
    "tencent-mps": lambda job: (None, mps.task_id_of(job)),
    "tencent-tat": lambda job: (None, tat.task_id(job)),
    "huawei-kps": lambda job: (None, kps.task_id_of(job)),
}


def _facts(**facts: Any) -> Fields:
    return {name.replace("__", "."): value for name, value in facts.items() if value not in (None, "", [])}


def _fc(job: Job, now: int) -> Fields:
    row = fc.row(job, now)
    name = row["functionArn"].partition(":functions/")[2]
    state = FC_STATES.get(row["status"], "unknown")
    ended = (row.get("endTime") or None) if state in FINAL else None
    return {
        "id": row["taskId"],
        "scope": name,
        "name": name,
        "kind": "async-task",
        "target": row["qualifier"],
        "state": state,
        "native_state": row["status"],
        **_spread(state, row.get("startedTime"), ended, row.get("durationMs")),
        "retries": row["alreadyRetriedTimes"],
        "error": (row["taskErrorMessage"] or None) if state in ("failed", "expired") else None,
        "extra": _facts(fc__instance=row["instanceId"], fc__events=len(row["events"]) or None),
    }


def _scaled(value: int) -> int | None:
    """Milliseconds, seconds or nothing, by magnitude."""
    if value <= 0:
        return None
    return value if value >= 100_000_000_000 else value * 1000


def _os(job: Job, now: int) -> Fields:
    row = opensearch.row(job, now)
    one = job.owner
    state = OS_STATES.get(row["Status"], "unknown")
    text = row["ExtendInfo"]
    info = json.loads(_once(text)) if text else {}
    errors = info.pop("errors", [])
    first = errors[0] if errors and state == "failed" else None
    return {
        "id": row["RunId"],
        "scope": _instance(job),
        "name": row["FunctionName"],
        "kind": "training",
        "target": f"{one.app}/{one.name}",
        "state": state,
        "native_state": row["Status"],
        **_spread(state, _scaled(row["StartTime"]), _scaled(row["EndTime"])),
        "progress": row["Progress"],
        "error": f"{first['code']}: {first['message']}" if isinstance(first, dict) else first,
        "extra": _facts(os__generation=row["Generation"], os__metrics=info if text else None),
    }


def _once(text: str) -> str:
    """ExtendInfo that some instances escape twice."""
    return text if text.startswith('{"') else str(json.loads(f'"{text}"'))


def _mps(job: Job, now: int) -> Fields:
    row = mps.row(job, now)
    native = mps.status_of(job, now)
    finished = "succeeded" if job.outcome == mps.SUCCEEDED else "failed"
    states = {mps.WAITING: "queued", mps.PROCESSING: "running", mps.FINISH: finished}
    state = states.get(native, "unknown")
    return {
        "id": row["TaskId"],
        "name": row["TaskType"],
        "kind": row["TaskType"],
        "target": "+".join(row["SubTaskTypes"]) or None,
        "state": state,
        "native_state": native,
        "created_at": rfc3339(_parsed(row["CreateTime"])),
        **_spread(state, _parsed(row["BeginProcessTime"]), _parsed(row["FinishTime"])),
        "error": "subtask failed" if state == "failed" else None,
        "extra": _facts(mps__subtasks=row["SubTaskTypes"]),
    }


def _tat(job: Job, now: int) -> Fields:
    row = tat.row(job, now)
    state = TAT_STATES.get(row["TaskStatus"], "unknown")
    code = row["TaskResult"]["ExitCode"]
    error = row["ErrorInfo"] or (f"exit {code}" if code else row["TaskStatus"])
    return {
        "id": row["InvocationTaskId"],
        "name": row.get("CommandName") or row["CommandId"],
        "kind": row["CommandDocument"]["CommandType"],
        "target": row["InstanceId"],
        "state": state,
        "native_state": row["TaskStatus"],
        "created_at": rfc3339(_parsed(row["CreatedTime"])),
        **_spread(state, _parsed(row["StartTime"]), _parsed(row["EndTime"])),
        "error": error if state in ("failed", "expired") else None,
        "extra": _facts(
            tat__exit=code if state in FINAL else None,
            tat__invocation=row["InvocationId"],
            tat__command=row["CommandId"],
            tat__by=row["InvocationSource"],
        ),
    }


def _kps(job: Job, now: int) -> Fields:
    row = kps.row(job, now)
    live = now < job.ended
    failed = job.outcome == kps.FAILED
    native = row["operate_type"] if live or failed else kps.task_status(job, now)
    state = "failed" if failed else "succeeded" if native.startswith("SUCCESS_") else "unknown"
    if live:
        state = "queued" if native.startswith("READY_") else "running"
    error = " ".join(text for text in (row.get("task_error_code"), row.get("task_error_msg")) if text)
    return {
        "id": row["task_id"],
        "name": native.partition("_")[2] or native,
        "kind": "keypair",
        "target": row["server_name"],
        "state": state,
        "native_state": native,
        "created_at": rfc3339(int(row["task_time"])),
        "error": (error or None) if state == "failed" else None,
        "extra": _facts(kps__server=row["server_id"], kps__keypair=row["keypair_name"]),
    }


READERS: dict[str, Callable[[Job, int], Fields]] = {
    "alibaba-fc": _fc,
    "alibaba-opensearch": _os,
    "tencent-mps": _mps,
    "tencent-tat": _tat,
    "huawei-kps": _kps,
}


def truths(source: Source, jobs: Iterator[tuple[Job, bool, bool]], now: int) -> Iterator[Fields]:
    """The tasks of one source as contract JSON."""
    read = READERS[source.adapter]
    head = {"source": source.name, "adapter": source.adapter, "account": source.account, "region": source.region}
    for job, listed, by_id in jobs:
        if job.created > now:  # arrived while this was being written
            continue
        yield {**head, "id": None, **EMPTY, **read(job, now), "listed": listed, "by_id": by_id}
