"""Names, sort values and column texts of the fields."""

from __future__ import annotations

import pytest

from tests.query.samples import FC, KPS, MPS, NOW, OS, SOURCES, TASKS, TAT, at
from tui.errors import UsageError
from tui.model import Source, State, Task, TaskKey
from tui.query.fields import FIELDS, NAMES, SCREEN, Kind, field, haystack, short, texts
from tui.query.values import show_duration, show_time
from tui.view.whole import View

JSON = [
    "source",
    "adapter",
    "account",
    "region",
    "id",
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
    "request_id",
    "seen_at",
]
SHORT = {
    "src": "source",
    "acct": "account",
    "native": "native_state",
    "try": "retries",
    "created": "created_at",
    "started": "started_at",
    "ended": "ended_at",
    "seen": "seen_at",
    "req": "request_id",
    "cmd": "tat.command",
    "SRC": "source",
}


def text(name: str, task: Task) -> str | None:
    return field(name).text(task, SOURCES[task.key.source], NOW)


def value(name: str, task: Task) -> object:
    return field(name).value(task, SOURCES[task.key.source], NOW)


def test_the_names_of_the_contract_in_its_order() -> None:
    assert list(FIELDS)[: len(JSON)] == JSON
    assert {short: field(short).name for short in SHORT} == SHORT
    assert not set(NAMES) & set(SCREEN)
    assert all(each.doc for each in NAMES.values())


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("stat", "stat: no such field; did you mean state?"),
        ("tat.exti", "tat.exti: no such field; did you mean tat.exit?"),
        ("qqqq", "qqqq: no such field"),
        ("zzzz.qq.xx", "zzzz.qq.xx: no such field"),
        ("", ": no such field"),
        ("x" * 9999, f"{'x' * 9999}: no such field"),
    ],
)
def test_an_unknown_field_names_the_nearest(name: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        field(name)
    assert str(caught.value) == message


def test_column_texts() -> None:
    shown = {name: text(name, FC) for name in JSON}
    assert shown == {
        "source": "thumbs",
        "adapter": "alibaba-fc",
        "account": "ali-prod",
        "region": "cn-shanghai",
        "id": "job-7f31c2d4e5f6a90c",
        "scope": "transcode-hd",
        "name": "transcode-hd",
        "kind": "async-task",
        "target": "LATEST",
        "state": "failed",
        "native_state": "Failed",
        "created_at": None,
        "started_at": "2026-11-21T13:59:00.000Z",
        "ended_at": "2026-11-21T14:02:02.000Z",
        "duration_ms": "182000",
        "progress": None,
        "retries": "2",
        "error": "OOM: memory limit 512MB",
        "request_id": "6f1c0b-e2",
        "seen_at": "2026-11-21T14:02:37.000Z",
    }
    assert [text(name, FC) for name in ("age", "dur", "queue", "fc.events")] == ["35s", "3m02s", None, "4"]
    assert [text(name, OS) for name in ("dur", "progress")] == ["2h11m", "62.5"]
    assert text("os.metrics", OS) == '{"auc":0.71,"recall":0.58}'
    assert text("extra", MPS) == '{"mps.subtasks":["transcode","snapshot"]}'
    assert [text("queue", TAT), text("op", KPS), text("fn", KPS)] == ["3s", "RESET", None]
    assert text("scope", TAT) is None
    assert text("region", MPS) == ""


def test_sort_values() -> None:
    tasks = [Task(key=FC.key, state=state) for state in State]
    shown = View(sort="state").of(tasks, SOURCES, NOW)
    assert " ".join(task.state.label for task in shown) == "FAIL EXPD GONE NEW RETRY STOP RUN QUEUE CANC OK"
    assert value("id", KPS) == "srv-88f0"
    assert value("op", KPS) == "reset"
    assert value("age", KPS) == NOW - at("2026-11-20T13:01:10")
    assert value("dur", MPS) is None
    mixed = [Task(key=FC.key, state=State.FAILED, extra={"aws.x": x}) for x in ("a", 2, "A", 10)]
    assert [value("aws.x", task) for task in mixed] == [(True, "a"), (False, 2), (True, "A"), (False, 10)]


@pytest.mark.parametrize("name", [*FIELDS, "aws.size"])
def test_a_view_sorts_by_any_field(name: str) -> None:
    for down in (False, True):
        shown = View(sort=name, descending=down).of(TASKS, SOURCES, NOW)
        assert sorted(map(id, shown)) == sorted(map(id, TASKS))


def test_short_codes() -> None:
    assert [short(source.adapter) for source in SOURCES.values()] == ["FC", "OS", "MPS", "TAT", "KPS"]


def test_the_haystack_holds_texts_but_no_state() -> None:
    task = Task(key=TaskKey("s", "sc", "ID"), state=State.FAILED, extra={"a": "x", "b": 3, "c": ["y"]})
    source = Source("s", "alibaba-fc", "acct", "reg")
    assert texts(task, source) == ["ID", "sc", "s", "acct", "reg", "x"]
    assert haystack(task, source) == "id\nsc\ns\nacct\nreg\nx"


@pytest.mark.parametrize(
    ("ms", "shown"),
    [(0, "0ms"), (999, "999ms"), (1_000, "1s"), (59_999, "59s"), (60_000, "1m00s"), (182_000, "3m02s"),
     (600_000, "10m00s"), (7_860_000, "2h11m"), (86_400_000, "1d00h"), (273_600_000, "3d04h")],
)  # fmt: skip
def test_durations_as_shown(ms: int, shown: str) -> None:
    assert show_duration(ms) == shown


def test_times_as_shown() -> None:
    assert show_time(0) == "1970-01-01T00:00:00.000Z"
    assert show_time(at("14:02:37") + 7) == "2026-11-21T14:02:37.007Z"


def test_kinds_are_words() -> None:
    assert {each.kind for each in FIELDS.values()} == set(Kind) - {Kind.EXTRA}
