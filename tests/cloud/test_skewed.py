"""The times of tasks on a server whose clock is off: each in its own spelling, everything else as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cloud.lab import START, Lab
from tui.cloud.skewed import skewed
from tui.cloud.turn import CALM, Turn
from tui.cloud.wire import Reply, compact

SKEW = -(17 * 60 + 3) * 1000  # the server's clock is so many milliseconds ahead: behind

ROWS: list[tuple[str, Any, Any]] = [
    (
        "alibaba-fc",
        {"startedTime": START + 7, "endTime": 0, "events": [{"timestamp": START}], "durationMs": 5},
        {"startedTime": START + 7 + SKEW, "endTime": 0, "events": [{"timestamp": START + SKEW}], "durationMs": 5},
    ),
    (
        "alibaba-opensearch",
        {"Result": [{"StartTime": START // 1000, "EndTime": 0, "RunId": "trigger__2026-11-18T13:46:40"}]},
        {"Result": [{"StartTime": (START + SKEW) // 1000, "EndTime": 0, "RunId": "trigger__2026-11-18T13:46:40"}]},
    ),
    ("alibaba-opensearch", {"startTime": START, "endTime": None}, {"startTime": START + SKEW, "endTime": None}),
    (
        "tencent-mps",
        {"CreateTime": "2026-11-18T00:10:00Z", "BeginProcessTime": "0000-00-00T00:00:00Z"},
        {"CreateTime": "2026-11-17T23:52:57Z", "BeginProcessTime": "0000-00-00T00:00:00Z"},
    ),
    (
        "tencent-tat",
        {"CreatedTime": "2026-11-18T00:10:00+00:00", "EndTime": None, "TaskResult": {"ExecStartTime": ""}},
        {"CreatedTime": "2026-11-17T23:52:57+00:00", "EndTime": None, "TaskResult": {"ExecStartTime": ""}},
    ),
    ("huawei-kps", {"task_time": str(START), "task_id": "1"}, {"task_time": str(START + SKEW), "task_id": "1"}),
]


@pytest.mark.parametrize(("api", "row", "said"), ROWS, ids=[api for api, *_ in ROWS])
def test_a_time_keeps_its_spelling_and_what_is_none_stays_none(api: str, row: Any, said: Any) -> None:
    reply = Reply(200, compact(row))
    assert json.loads(skewed(reply, api, SKEW).body) == said
    assert skewed(reply, api, 0) is reply


def test_an_answer_without_times_or_without_a_body_is_sent_as_it_is() -> None:
    assert skewed(Reply(204), "alibaba-fc", SKEW) == Reply(204)
    assert skewed(Reply(200, b'{"token":1}'), "huawei-iam", SKEW).body == b'{"token":1}'
    lone = Reply(200, compact({"taskErrorMessage": "\ud800", "startedTime": 0}))
    assert skewed(lone, "alibaba-fc", SKEW).body == lone.body


def test_what_a_request_asks_for_is_in_the_time_of_the_server() -> None:
    lab, off = Lab(tasks=400), Turn(skew=SKEW)

    def begun_since(begin: int, turn: Turn = CALM) -> list[str]:
        query = (("limit", 100), ("startedTimeBegin", begin))
        answer = lab.fc("ListAsyncTasks", "/functions/thumbnailer/async-tasks", *query, turn=turn).json
        return [row["taskId"] for row in answer["tasks"]]

    everything = len(begun_since(1))
    begin = next(at for at in range(START, 0, -60_000) if len(begun_since(at)) > everything // 2)
    assert begun_since(begin + SKEW, off) == begun_since(begin)
    assert len(begun_since(begin, off)) < len(begun_since(begin)) < everything
