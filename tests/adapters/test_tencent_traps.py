"""Every trap of tencent.md section 6, by its number."""

from __future__ import annotations

import base64
import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.tencent import (
    INTL,
    MAINLAND,
    NOON,
    asked,
    first_page,
    headers,
    mps,
    refused,
    response,
    tat,
    walk,
)
from tests.fixture_files import body, reply
from tui.adapters._tencent import judge
from tui.adapters.tencent_mps import TencentMps
from tui.adapters.tencent_tat import Settings, TencentTat
from tui.answers import Listing, Page, Want
from tui.calls import Ask, Credential, Reply, Secret
from tui.errors import AuthError, BadRequest, Malformed, Throttled
from tui.model import Source, State, TaskKey, later
from tui.patience import Patience, retrying
from tui.reading import read
from tui.settings.kinds import SourceName
from tui.store import Round, Store

HOUR = 3_600_000
EVERYTHING = Listing("invocation tasks", ())


async def at_once(seconds: float) -> None:
    """A pause that takes no time."""


PATIENCE = Patience(sleep=at_once)


async def all_pages(adapter: TencentMps | TencentTat) -> tuple[list[Page], tuple[str, ...]]:
    """What a whole read lands, and what it says is missing."""
    pages: list[Page] = []

    def sink(page: Page) -> float:
        pages.append(page)
        return 1

    outcome = await read(adapter, Want(), sink, patience=PATIENCE)
    return pages, outcome.missing


async def test_trap_01_status_is_mandatory_and_single_valued() -> None:
    row = {"TaskId": "moving", "CreateTime": "2026-01-15T08:00:00Z"}
    adapter, call = mps(lambda ask: response(TaskSet=[row] if asked(ask)["Status"] != "PROCESSING" else []))
    pages, missing = await all_pages(adapter)
    statuses = [(asked(ask)["Status"], asked(ask).get("SubTaskHasFailed")) for ask in call.asks]
    assert statuses == [("WAITING", None), ("PROCESSING", None), ("FINISH", True), ("FINISH", False)]
    assert missing == ()
    seen = [task for page in pages for task in page.tasks]
    assert seen[0].state is State.QUEUED
    assert {task.state for task in seen[1:]} == {State.FAILED, State.SUCCEEDED}  # these two lists are read side by side
    assert len({task.key for task in seen}) == 1
    assert later(seen[1], seen[0]) == seen[1]  # merged by id: the later stage wins


async def test_trap_02_the_list_decides_the_state_whatever_the_times_say() -> None:
    adapter, _ = mps(
        "tencent-mps/list.vendor-example.processing.json", "tencent-mps/list.vendor-example.finish.page2.json"
    )
    running, finished = (await first_page(adapter, 1)).tasks[0], (await first_page(adapter, 3)).tasks[0]
    assert (running.state, running.ended_at) == (State.RUNNING, 1_545_919_035_000)
    assert running.duration_ms is None
    assert (finished.state, finished.ended_at) == (State.SUCCEEDED, None)


async def test_trap_03_limit_is_sent_as_an_integer() -> None:
    for adapter, call in (mps("tencent-mps/list.empty.json"), tat("tencent-tat/list.empty.json")):
        await first_page(adapter)
        assert asked(call.asks[0])["Limit"] == 100
        assert b'"Limit":100' in call.asks[0].body


@pytest.mark.parametrize("end", [{"ScrollToken": ""}, {"ScrollToken": None}, {}])
async def test_trap_04_scrolling_ends_with_an_empty_null_or_absent_token(end: dict[str, Any]) -> None:
    adapter, call = mps(
        response(TaskSet=[{"TaskId": "a"}], TotalCount=12, ScrollToken="b"),
        response(TaskSet=[{"TaskId": "b"}], TotalCount=1, **end),
    )
    pages = await walk(adapter, (await adapter.plan(Want()))[0])
    assert [task.key.id for page in pages for task in page.tasks] == ["a", "b"]
    assert [asked(ask).get("ScrollToken", "not sent") for ask in call.asks] == ["not sent", "b"]


async def test_trap_04_a_repeated_token_ends_the_read_as_partial() -> None:
    numbers = iter(range(1000))
    adapter, call = mps(lambda ask: response(TaskSet=[{"TaskId": str(next(numbers))}], ScrollToken="same"))
    _, missing = await all_pages(adapter)
    assert len(call.asks) == 8
    assert missing[0] == "WAITING (a cursor came twice)"


async def test_trap_04_an_empty_page_ends_the_list_even_with_a_token() -> None:
    adapter, _ = mps(response(TaskSet=[], ScrollToken="more"))
    assert (await first_page(adapter)).next == ()


async def test_trap_05_finished_tasks_can_be_asked_from_a_time_on() -> None:
    adapter, call = mps("tencent-mps/list.empty.json")
    plan = await adapter.plan(Want(created_after=NOON - HOUR))
    await adapter.page(plan[3])
    assert asked(call.asks[0])["StartTime"] == "2026-01-15T07:30:00Z"
    assert "EndTime" not in asked(call.asks[0])


async def test_trap_05_only_not_found_by_id_makes_a_task_vanish() -> None:
    adapter, _ = mps("tencent-mps/list.waiting.json", refused("InternalError"))
    known = (await first_page(adapter)).tasks
    with pytest.raises(Exception, match="InternalError"):
        await adapter.settle(known)
    adapter, _ = mps(refused("ResourceNotFound.TaskNotFound"))
    assert {task.state for task in await adapter.settle(known[:1])} == {State.VANISHED}


async def test_trap_05_what_has_ended_and_leaves_the_window_stays_as_it_was() -> None:
    ended = (await first_page(mps("tencent-mps/list.waiting.json")[0])).tasks[0]._replace(state=State.SUCCEEDED)
    media = Source(ended.key.source, "tencent-mps", "tx", "")
    store, after = Store([media]), Round(media)
    store.merge(Round(media), [ended])
    pages, missing = await all_pages(mps(lambda ask: response(TaskSet=[], ScrollToken=""))[0])
    for page in pages:
        store.merge(after, page.tasks)
    assert (missing, store.unseen(after)) == ((), ())  # nobody asks for it by id
    assert store.get(ended.key) == ended


async def test_trap_06_the_year_0_is_no_time() -> None:
    adapter, _ = mps("tencent-mps/list.waiting.json")
    task = (await first_page(adapter)).tasks[0]
    assert (task.started_at, task.ended_at) == (None, None)


async def test_trap_07_one_live_type_has_two_names_and_the_list_wins() -> None:
    adapter, _ = mps(
        "tencent-mps/list.processing.json",
        response(Status="FINISH", TaskType="LiveStreamProcessTask", LiveStreamProcessTask={"ErrCode": 0}),
    )
    live = (await first_page(adapter, 1)).tasks[1]
    settled = (await adapter.settle([live]))[0]
    assert (settled.state, settled.kind, settled.name) == (State.SUCCEEDED, "LiveProcessTask", "LiveProcessTask")
    assert settled.target == "LiveRecord"


async def test_trap_07_types_of_tasks_and_subtasks_are_open_sets() -> None:
    row = {"TaskId": "a", "TaskType": "HologramTask", "SubTaskTypes": ["action-trans", "AiRecognition", "New"]}
    adapter, _ = mps(response(TaskSet=[row]))
    task = (await first_page(adapter)).tasks[0]
    assert (task.kind, task.target) == ("HologramTask", "action-trans+AiRecognition+New")


async def test_trap_08_abort_is_a_write_and_the_refusal_of_the_server_is_shown() -> None:
    kinds = {action.name: action.kind for action in TencentMps.actions}
    assert kinds == {"DescribeTasks": "read", "DescribeTaskDetail": "read", "ManageTask": "write"}
    error = judge(reply("tencent-mps/error.bad-request.abort.http200.json"))
    assert isinstance(error, BadRequest)
    assert str(error) == "Processing tasks not supported."


async def test_trap_09_output_is_asked_for_one_row_alone_and_decoded() -> None:
    adapter, call = tat("tencent-tat/list.output.json", "tencent-tat/list.output.json", "tencent-tat/list.output.json")
    await all_pages(adapter)
    await adapter.settle((await adapter.page(EVERYTHING)).tasks[:1])
    assert [asked(ask)["HideOutput"] for ask in call.asks] == [True] * 3
    adapter, call = tat("tencent-tat/list.output.json")
    detail = await adapter.detail(TaskKey("commands", "", "invt-00000034"), output=True)
    assert asked(call.asks[0]) == {"InvocationTaskIds": ["invt-00000034"], "Limit": 1, "HideOutput": False}
    assert detail.output is not None
    assert detail.output.text == "\x1b[31mkilled\x1b[0m\n"  # the screen cleans it
    assert detail.output.dropped == 10_240
    assert detail.output.url is not None


async def test_trap_09_output_of_any_bytes_is_shown() -> None:
    for kind, data, text in (
        ("SHELL", b"\xff\x00", "\ufffd\x00"),
        ("BAT", "文件".encode("gbk"), "文件"),
        ("BAT", "文件".encode(), "文件"),
    ):
        result = {"Output": base64.b64encode(data).decode()}
        row = {"InvocationTaskId": "i", "TaskResult": result, "CommandDocument": {"CommandType": kind}}
        adapter, _ = tat(response(InvocationTaskSet=[row]))
        output = (await adapter.detail(TaskKey("commands", "", "i"), output=True)).output
        assert output is not None
        assert output.text == text


async def test_trap_10_filters_ids_and_both_stay_within_the_limits() -> None:
    adapter, call = tat(lambda ask: response(InvocationTaskSet=[]), instance_ids=tuple(f"ins-{n}" for n in range(12)))
    for listing in await adapter.plan(Want()):
        await adapter.page(listing)
    sizes = [[len(one["Values"]) for one in asked(ask)["Filters"]] for ask in call.asks]
    assert sizes == [[5], [5], [2]]
    known = (await tat("tencent-tat/list.page1.json")[0].page(EVERYTHING)).tasks[0]
    keys = [TaskKey("commands", "", str(n)) for n in range(101)]
    settled = await adapter.settle([type(known)(key=key, state=State.RUNNING) for key in keys])
    assert {task.state for task in settled} == {State.VANISHED}
    assert [len(asked(ask)["InvocationTaskIds"]) for ask in call.asks[3:]] == [100, 1]
    assert not any({"InvocationTaskIds", "Filters"} <= asked(ask).keys() for ask in call.asks)


async def test_trap_11_a_list_that_changes_while_it_is_read_loses_nothing() -> None:
    rows = [str(n) for n in range(250)]

    def served(ask: Ask) -> Reply:
        start = asked(ask)["Offset"]
        page = [{"InvocationTaskId": one} for one in rows[start : start + asked(ask)["Limit"]]]
        rows.insert(0, f"new-{len(rows)}")  # newest first: everything moves down by one
        return response(InvocationTaskSet=page, TotalCount=len(rows) - 1)

    adapter, _ = tat(served)
    pages, missing = await all_pages(adapter)
    seen = {task.key.id for page in pages for task in page.tasks}
    assert seen >= {str(n) for n in range(250)}
    assert missing == ()


async def test_trap_11_a_server_that_repeats_page_1_past_the_end_is_found_out() -> None:
    page = [{"InvocationTaskId": str(n)} for n in range(100)]
    adapter, call = tat(lambda ask: response(InvocationTaskSet=page))
    _, missing = await all_pages(adapter)
    assert len(call.asks) == 2
    assert missing == ("invocation tasks (a page came twice)",)


async def test_trap_12_tat_needs_a_region_and_mps_does_not() -> None:
    with pytest.raises(ValueError, match="region is missing"):
        Settings(name=SourceName("commands"), adapter="tencent-tat", account="tx")
    adapter, call = mps("tencent-mps/list.empty.json")
    await first_page(adapter)
    assert "X-TC-Region" not in headers(call)
    other, call = tat("tencent-tat/list.empty.json", region="ap-hongkong")
    await first_page(other)
    assert headers(call)["X-TC-Region"] == "ap-hongkong"


async def test_trap_13_times_in_two_formats_nulls_and_sources_in_any_case() -> None:
    rows = [
        {"InvocationTaskId": "a", "CreatedTime": "2026-01-15T08:30:00Z", "InvocationSource": "USER"},
        {"InvocationTaskId": "b", "CreatedTime": "2026-01-15T16:30:00+08:00", "InvocationSource": "user"},
        {"InvocationTaskId": "c", "CreatedTime": "2026-01-15T08:30:00+00:00", "StartTime": None, "EndTime": None},
    ]
    adapter, _ = tat(response(InvocationTaskSet=rows))
    tasks = (await adapter.page(EVERYTHING)).tasks
    assert {task.created_at for task in tasks} == {NOON}
    assert [task.extra.get("tat.by") for task in tasks] == ["USER", "user", None]
    assert (tasks[2].started_at, tasks[2].ended_at) == (None, None)


async def test_trap_14_an_error_is_an_error_whatever_status_and_content_type_say() -> None:
    assert isinstance(judge(reply("tencent-mps/error.charset.http200.json")), Throttled)
    assert isinstance(judge(reply("tencent-mps/error.auth.http200.json")), AuthError)
    assert isinstance(judge(reply("tencent-mps/error.not-json.http200.html")), Malformed)
    content = json.dumps({"Response": {"TaskSet": [{"TaskId": "a"}]}}).encode()
    adapter, _ = mps(body(content, headers={"content-type": "text/html"}))
    assert len((await first_page(adapter)).tasks) == 1


async def test_trap_15_a_refused_key_is_never_tried_again_and_a_throttle_is() -> None:
    adapter, call = mps("tencent-mps/error.auth.http200.json")
    with pytest.raises(AuthError):
        await retrying(lambda: first_page(adapter), PATIENCE)
    assert len(call.asks) == 1
    adapter, call = mps(
        "tencent-mps/error.throttled.http200.json",
        "tencent-mps/error.transient.http200.json",
        "tencent-mps/list.waiting.json",
    )
    assert len((await retrying(lambda: first_page(adapter), PATIENCE)).tasks) == 1
    assert len(call.asks) == 3


async def test_trap_16_messages_are_asked_for_in_english_at_every_site() -> None:
    for account in (INTL, MAINLAND):
        for adapter, call in (
            mps("tencent-mps/list.empty.json", account=account),
            tat("tencent-tat/list.empty.json", account=account),
        ):
            await first_page(adapter)
            assert headers(call)["X-TC-Language"] == "en-US"


@pytest.mark.parametrize(
    ("now", "day"), [(1_767_225_599.9, "2025-12-31"), (1_767_225_600.0, "2026-01-01"), (1_772_323_200.0, "2026-03-01")]
)
@pytest.mark.parametrize("zone", ["UTC", "XXX-14", "YYY+11"])
async def test_trap_17_the_scope_has_the_utc_date(
    monkeypatch: pytest.MonkeyPatch, now: float, day: str, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        adapter, call = mps("tencent-mps/list.empty.json", now=now)
        await first_page(adapter)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert f"/{day}/mps/tc3_request," in headers(call)["Authorization"]
    assert headers(call)["X-TC-Timestamp"] == str(int(now))


async def test_trap_18_an_endpoint_changes_the_host_and_not_the_scope() -> None:
    signatures = set()
    for endpoint in (None, "https://mps.example", "http://127.0.0.1:8003"):
        adapter, call = mps("tencent-mps/list.empty.json", endpoint=endpoint)
        await first_page(adapter)
        sent = headers(call)["Authorization"]
        assert "/2026-01-15/mps/tc3_request, SignedHeaders=content-type;host, " in sent
        signatures.add(sent)
    assert len(signatures) == 3


async def test_trap_19_the_content_type_has_no_charset_and_the_body_is_bytes() -> None:
    adapter, call = tat("tencent-tat/list.empty.json", command_ids=("cmd-命令",))
    await first_page(adapter)
    assert headers(call)["Content-Type"] == "application/json"
    assert call.signed[0].body is None  # the signed bytes are the sent bytes
    assert call.asks[0].body.decode("utf-8").count("命令") == 1
    assert (call.asks[0].method, call.asks[0].path, call.asks[0].query) == ("POST", "/", "")


async def test_trap_20_cancelling_is_declared_as_a_write_and_called_by_no_read() -> None:
    kinds = {action.name: (action.kind, action.rate) for action in TencentTat.actions}
    assert kinds == {"DescribeInvocationTasks": ("read", 20), "CancelInvocation": ("write", 20)}
    adapter, call = tat("tencent-tat/list.page1.json", "tencent-tat/list.last.json", "tencent-tat/list.page1.json")
    pages, _ = await all_pages(adapter)
    await adapter.settle(pages[0].tasks)
    assert {ask.action.kind for ask in call.asks} == {"read"}
    task = pages[0].tasks[1]  # what a cancellation needs: the invocation and this one instance
    assert (task.extra["tat.invocation"], task.target) == ("inv-00000001", "ins-00000002")


async def test_adapters_read_and_write_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def refuse(*args: object, **named: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setenv("HOME", str(tmp_path))
    one, _ = mps(response(TaskSet=[{"TaskId": "a"}]), response(Status="FINISH"))
    other, _ = tat(response(InvocationTaskSet=[{"InvocationTaskId": "a"}]))
    monkeypatch.setattr("builtins.open", refuse)
    monkeypatch.setattr("os.open", refuse)
    await one.settle((await first_page(one)).tasks)
    await first_page(other)
    monkeypatch.undo()
    assert os.listdir(tmp_path) == []  # noqa: PTH208


async def test_secrets_appear_in_no_header_but_the_token() -> None:
    credential = Credential(key_id="AKID", secret=Secret("very-secret"), token=Secret("sts-token"))
    adapter, call = tat("tencent-tat/list.empty.json", credential=credential)
    await first_page(adapter)
    assert "very-secret" not in str(call.signed) + str(call.asks)
    assert [name for name, value in headers(call).items() if "sts-token" in value] == ["X-TC-Token"]
    assert "sts-token" not in str(call.asks)
