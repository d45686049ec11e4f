"""Tasks and sources to filter: one for each provider, and what they look like at NOW."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from tui.model import Source, State, Task, TaskKey
from tui.query import parse


def at(text: str) -> int:
    """Epoch milliseconds of a UTC time on the day of NOW, or of a whole ISO one."""
    whole = text if "T" in text else f"2026-11-21T{text}"
    return round(datetime.fromisoformat(whole).replace(tzinfo=UTC).timestamp() * 1000)


NOW = at("14:02:37")
SOURCES = {
    source.name: source
    for source in (
        Source("thumbs", "alibaba-fc", "ali-prod", "cn-shanghai"),
        Source("ctr", "alibaba-opensearch", "ali-prod", "cn-hangzhou"),
        Source("media", "tencent-mps", "tx-prod", ""),
        Source("commands", "tencent-tat", "tx-prod", "ap-guangzhou"),
        Source("keys", "huawei-kps", "hw-staging", "cn-north-4"),
    )
}
FC = Task(
    key=TaskKey("thumbs", "transcode-hd", "job-7f31c2d4e5f6a90c"),
    state=State.FAILED,
    native_state="Failed",
    name="transcode-hd",
    kind="async-task",
    target="LATEST",
    started_at=at("13:59:00"),
    ended_at=at("14:02:02"),
    duration_ms=182_000,
    retries=2,
    error="OOM: memory limit 512MB",
    extra={"fc.instance": "c-0a1b", "fc.events": 4},
    seen_at=NOW,
    request_id="6f1c0b-e2",
)
OS = Task(
    key=TaskKey("ctr", "app/ctr/search", "trigger_11-21T11"),
    state=State.RUNNING,
    native_state="running",
    name="ctr",
    kind="training",
    target="app/search",
    started_at=at("11:51:37"),
    progress=62.5,
    extra={"os.generation": "4", "os.metrics": {"auc": 0.71, "recall": 0.58}},
    seen_at=NOW,
)
MPS = Task(
    key=TaskKey("media", "", "1250-WorkflowTask-91"),
    state=State.QUEUED,
    native_state="WAITING",
    name="WorkflowTask",
    kind="WorkflowTask",
    target="transcode+snapshot",
    created_at=at("14:00:00"),
    extra={"mps.subtasks": ["transcode", "snapshot"]},
    seen_at=NOW,
)
TAT = Task(
    key=TaskKey("commands", "", "invt-0c2m1x3e"),
    state=State.FAILED,
    native_state="FAILED",
    name="nightly-cleanup",
    kind="SHELL",
    target="ins-77acp2k1",
    created_at=at("13:52:01"),
    started_at=at("13:52:04"),
    ended_at=at("13:55:00"),
    duration_ms=176_000,
    error="exit 127",
    extra={"tat.exit": 127, "tat.invocation": "inv-9ak2m0", "tat.command": "cmd-7h2k", "tat.by": "USER"},
    seen_at=NOW,
)
KPS = Task(
    key=TaskKey("keys", "", "srv-88f0"),
    state=State.VANISHED,
    native_state="RUNNING_RESET",
    name="RESET",
    kind="keypair",
    target="web-07",
    created_at=at("2026-11-20T13:01:10"),
    extra={"kps.server": "88f0", "kps.keypair": "ops"},
    seen_at=NOW,
)
OK = Task(
    key=TaskKey("commands", "", "invt-ok"),
    state=State.SUCCEEDED,
    name="Canary",
    target="ins-1",
    created_at=at("09:00:30"),
    started_at=at("09:00:31"),
    ended_at=at("09:00:31"),
    duration_ms=250,
    extra={"tat.exit": 0},
    seen_at=NOW,
)
TASKS = (FC, OS, MPS, TAT, KPS, OK)
LETTERS = {"F": FC, "O": OS, "M": MPS, "T": TAT, "K": KPS, "C": OK}


def found(text: str, tasks: Sequence[Task] = TASKS) -> str:
    """The letters of the tasks that a query keeps, in the order F O M T K C."""
    query = parse(text, zone=UTC)
    names = {id(task): letter for letter, task in LETTERS.items()}
    return "".join(names[id(task)] for task in tasks if query.match(task, SOURCES[task.key.source], NOW))
