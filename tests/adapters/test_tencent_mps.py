"""tencent-mps: four lists without a status in their rows, scrolled by token; the detail by id."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.tencent import INTL, MAINLAND, NOON, asked, first_page, headers, mps, refused, response, walk
from tests.fixture_files import reply
from tui.adapters import tencent_mps
from tui.adapters._read import rows
from tui.adapters._tencent import answer
from tui.answers import Want
from tui.calls import Ask, Credential, Reply, Secret
from tui.errors import BadRequest, Malformed, NotFound
from tui.model import State, Task, TaskKey

CREATED = 1_768_464_000_000  # 2026-01-15T08:00:00Z
STARTED = CREATED + 4_000
ENDED = CREATED + 190_000


def row_id(number: int, kind: str = "WorkflowTask") -> str:
    return f"1300000001-{kind}-{number:032}"


def workflow(number: int, state: State, native: str, **changes: object) -> Task:
    task = Task(
        key=TaskKey("media", "", row_id(number)),
        state=state,
        native_state=native,
        name="WorkflowTask",
        kind="WorkflowTask",
        target="action-trans",
        created_at=CREATED,
        started_at=STARTED,
        ended_at=ENDED if state.final else None,
        duration_ms=186_000 if state.final else None,
        error="subtask failed" if state is State.FAILED else None,
        extra={"mps.subtasks": ["action-trans"]},
    )
    return task._replace(**changes)


SUCCEEDED = workflow(4, State.SUCCEEDED, "FINISH")


async def test_the_plan_is_four_lists_in_the_order_of_a_life() -> None:
    adapter, _ = mps()
    plan = await adapter.plan(Want())
    assert [listing.label for listing in plan] == ["WAITING", "PROCESSING", "FINISH failed", "FINISH not failed"]
    assert [listing.stage for listing in plan] == [0, 1, 2, 2]
    assert len(set(plan)) == 4


async def test_each_list_asks_for_its_status_as_the_api_wants_it() -> None:
    adapter, call = mps(*["tencent-mps/list.empty.json"] * 4)
    for listing in await adapter.plan(Want()):
        page = await adapter.page(listing)
        assert (page.tasks, page.rows, page.next, page.total) == ((), (), (), 0)
        assert page.request_id == "46311b39-10ce-47eb-b2b6-000000000006"
    assert [ask.body for ask in call.asks] == [
        b'{"Status":"WAITING","Limit":100}',
        b'{"Status":"PROCESSING","Limit":100}',
        b'{"Status":"FINISH","Limit":100,"SubTaskHasFailed":true}',
        b'{"Status":"FINISH","Limit":100,"SubTaskHasFailed":false}',
    ]
    assert {ask.action.name for ask in call.asks} == {"DescribeTasks"}


@pytest.mark.parametrize(
    ("states", "labels"),
    [
        ({State.QUEUED}, ["WAITING"]),
        ({State.RUNNING, State.QUEUED}, ["WAITING", "PROCESSING"]),
        ({State.FAILED, State.VANISHED}, ["FINISH failed"]),
        ({State.SUCCEEDED}, ["FINISH not failed"]),
        ({State.CANCELLED}, ["WAITING"]),  # no list holds any, but a wrong key is to be told
        (set(), ["WAITING"]),
        (set(State), ["WAITING", "PROCESSING", "FINISH failed", "FINISH not failed"]),
    ],
)
async def test_states_choose_the_lists_that_hold_them(states: set[State], labels: list[str]) -> None:
    adapter, _ = mps()
    assert [listing.label for listing in await adapter.plan(Want(states=frozenset(states)))] == labels


async def test_times_go_to_the_finished_lists_in_whole_seconds_outward() -> None:
    adapter, call = mps(*["tencent-mps/list.empty.json"] * 4)
    for listing in await adapter.plan(Want(created_after=NOON + 1, ended_before=NOON + 60_001)):
        await adapter.page(listing)
    times = {"StartTime": "2026-01-15T08:30:00Z", "EndTime": "2026-01-15T08:31:01Z"}
    assert [times.items() <= asked(ask).items() for ask in call.asks] == [False, False, True, True]
    assert not {"StartTime", "EndTime"} & (asked(call.asks[0]) | asked(call.asks[1])).keys()


async def test_times_of_starts_are_not_asked_for() -> None:
    adapter, _ = mps()
    assert await adapter.plan(Want(started_after=NOON, started_before=NOON)) == await adapter.plan(Want())


async def test_a_waiting_task() -> None:
    adapter, _ = mps("tencent-mps/list.waiting.json")
    page = await first_page(adapter)
    assert page.tasks == (workflow(1, State.QUEUED, "WAITING", started_at=None),)
    assert page.tasks[0].seen_at == NOON
    assert page.tasks[0].request_id == page.request_id == "46311b39-10ce-47eb-b2b6-000000000001"
    assert page.rows == tuple(answer(reply("tencent-mps/list.waiting.json"))["TaskSet"])


async def test_processing_tasks() -> None:
    adapter, _ = mps("tencent-mps/list.processing.json")
    page = await first_page(adapter, 1)
    live = workflow(3, State.RUNNING, "PROCESSING", key=TaskKey("media", "", row_id(3, "LiveProcessTask")))
    live = live._replace(name="LiveProcessTask", kind="LiveProcessTask", target="LiveRecord")
    live = live._replace(extra={"mps.subtasks": ["LiveRecord"]})
    assert page.tasks == (workflow(2, State.RUNNING, "PROCESSING"), live)
    assert (page.next, page.total) == ((), 2)


async def test_failed_tasks() -> None:
    adapter, _ = mps("tencent-mps/list.finish-failed.json")
    assert (await first_page(adapter, 2)).tasks == (workflow(7, State.FAILED, "FINISH"),)


async def test_finished_tasks_over_two_pages() -> None:
    adapter, call = mps("tencent-mps/list.finish-ok.page1.json", "tencent-mps/list.finish-ok.last.json")
    pages = await walk(adapter, (await adapter.plan(Want()))[3])
    edit = SUCCEEDED._replace(
        key=TaskKey("media", "", row_id(5, "EditMediaTask")),
        name="EditMediaTask",
        kind="EditMediaTask",
        target=None,
        extra={},
    )
    last = workflow(6, State.SUCCEEDED, "FINISH", target="Transcode+AiRecognition")
    last = last._replace(extra={"mps.subtasks": ["Transcode", "AiRecognition"]})
    assert [page.tasks for page in pages] == [(SUCCEEDED, edit), (last,)]
    assert pages[0].next == (row_id(6),)
    assert asked(call.asks[1]) == asked(call.asks[0]) | {"ScrollToken": row_id(6)}


async def test_the_examples_of_the_vendor() -> None:
    adapter, call = mps(
        "tencent-mps/list.vendor-example.finish.page1.json",
        "tencent-mps/list.vendor-example.finish.page2.json",
        "tencent-mps/list.vendor-example.processing.json",
    )
    plan = await adapter.plan(Want())
    pages = await walk(adapter, plan[3])
    assert [task.key.id for page in pages for task in page.tasks] == [f"taskId{n}" for n in (1, 2, 3, 4, 5, 7)]
    assert {task.state for page in pages for task in page.tasks} == {State.SUCCEEDED}
    assert [page.total for page in pages] == [12, 1]
    assert pages[1].tasks[0].ended_at is None
    assert asked(call.asks[1])["ScrollToken"] == "taskId6"
    running = (await adapter.page(plan[1])).tasks[0]
    assert (running.state, running.duration_ms) == (State.RUNNING, None)
    assert running.ended_at == running.started_at == 1_545_919_035_000


async def test_null_is_an_empty_list() -> None:
    adapter, _ = mps("tencent-mps/list.empty.null.json")
    assert (await first_page(adapter)).next == ()


async def test_odd_rows_are_taken_as_they_are() -> None:
    row = {
        "TaskId": 12,
        "TaskType": "Novel\x1b[31m",
        "SubTaskTypes": ["a", None, 3],
        "CreateTime": None,
        "BeginProcessTime": "",
        "Unknown": {"x": 1},
    }
    bare = {"TaskId": "t", "SubTaskTypes": None}
    single = {"TaskId": "u", "SubTaskTypes": "one"}
    adapter, _ = mps(response(TaskSet=[row, bare, single], ScrollToken=7, TotalCount="3"))
    page = await first_page(adapter, 2)
    assert page.tasks[0].key.id == "12"
    assert page.tasks[0].kind == "Novel\x1b[31m"
    assert page.tasks[0].target == "a+3"
    assert page.tasks[0].extra == {"mps.subtasks": ["a", "3"]}
    assert (page.tasks[1].kind, page.tasks[1].extra) == (None, {})
    assert (page.tasks[2].target, page.tasks[2].extra) == ("one", {"mps.subtasks": ["one"]})
    assert (page.total, page.next) == (3, ("7",))


@pytest.mark.parametrize("fields", [{}, {"TaskSet": "x"}, {"TaskSet": [1]}, {"TaskSet": [{"TaskType": "x"}]}])
async def test_an_answer_of_another_shape_is_malformed(fields: dict[str, object]) -> None:
    adapter, _ = mps(response(**fields))
    with pytest.raises(Malformed):
        list((await first_page(adapter)).tasks)


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(1, 25), st.sampled_from([None, "", "absent"]))
async def test_scrolling_yields_every_task_once_and_ends(count: int, size: int, end: str | None) -> None:
    def served(ask: Ask) -> Reply:
        start = int(asked(ask).get("ScrollToken", 0))
        page = [{"TaskId": str(n)} for n in range(start, min(start + size, count))]
        token = {} if end == "absent" else {"ScrollToken": end}
        if start + size < count:
            token = {"ScrollToken": str(start + size)}
        return response(TaskSet=page, TotalCount=count, **token)

    adapter, call = mps(served)
    pages = await walk(adapter, (await adapter.plan(Want()))[0])
    assert [task.key.id for page in pages for task in page.tasks] == [str(n) for n in range(count)]
    assert len(call.asks) == max(1, -(-count // size))


@pytest.mark.parametrize(
    ("file", "number", "state", "native", "error"),
    [
        ("succeeded", 4, State.SUCCEEDED, "FINISH", None),
        ("subtask-failed", 7, State.FAILED, "FINISH", "subtask failed"),
        ("source-error", 8, State.FAILED, "FINISH", "Failed to download the source file"),
        ("processing", 2, State.RUNNING, "PROCESSING", None),
    ],
)
async def test_details(file: str, number: int, state: State, native: str, error: str | None) -> None:
    adapter, call = mps(f"tencent-mps/detail.workflow.{file}.json")
    known = workflow(number, State.RUNNING, "PROCESSING")
    detail = await adapter.detail(known.key, known)
    assert detail.task == workflow(number, state, native, error=error)
    assert detail.task.seen_at == NOON
    assert detail.task.request_id == "46311b39-10ce-47eb-b2b6-000000000008"
    assert detail.answer == reply(f"tencent-mps/detail.workflow.{file}.json").json
    assert detail.output is None
    assert call.asks[0].action.name == "DescribeTaskDetail"
    assert asked(call.asks[0]) == {"TaskId": row_id(number)}


async def test_a_detail_without_a_row_takes_the_subtasks_from_the_list() -> None:
    adapter, call = mps("tencent-mps/detail.workflow.succeeded.json", "tencent-mps/list.finish-ok.page1.json")
    assert (await adapter.detail(SUCCEEDED.key)).task == SUCCEEDED
    assert asked(call.asks[1]) == {
        "Status": "FINISH",
        "Limit": 1,
        "SubTaskHasFailed": False,
        "ScrollToken": SUCCEEDED.key.id,
    }


async def test_a_row_that_no_token_jumps_to_is_searched_for() -> None:
    adapter, call = mps(
        "tencent-mps/detail.workflow.succeeded.json",
        refused("InvalidParameterValue"),
        "tencent-mps/list.vendor-example.finish.page1.json",
        "tencent-mps/list.finish-ok.page1.json",
    )
    assert (await adapter.detail(SUCCEEDED.key)).task == SUCCEEDED
    assert [asked(ask).get("ScrollToken") for ask in call.asks[1:]] == [SUCCEEDED.key.id, None, "taskId6"]


async def test_a_row_that_no_list_shows_leaves_the_detail_as_it_is() -> None:
    adapter, call = mps(
        "tencent-mps/detail.workflow.succeeded.json", *["tencent-mps/list.vendor-example.finish.page1.json"] * 6
    )
    task = (await adapter.detail(SUCCEEDED.key)).task
    assert task == SUCCEEDED._replace(target=None, extra={})
    assert [asked(ask)["SubTaskHasFailed"] for ask in call.asks[1:]] == [False] * 3 + [True] * 3


async def test_a_detail_in_a_status_of_its_own_is_looked_up_nowhere() -> None:
    adapter, call = mps(response(Status="Paused", TaskType="WorkflowTask"))
    task = (await adapter.detail(SUCCEEDED.key)).task
    assert (task.state, task.native_state, len(call.asks)) == (State.UNKNOWN, "Paused", 1)


async def test_a_detail_without_a_status_is_malformed() -> None:
    adapter, _ = mps(response(TaskType="WorkflowTask"))
    with pytest.raises(Malformed, match="no Status"):
        await adapter.detail(SUCCEEDED.key)


@pytest.mark.parametrize("code", ["ResourceNotFound.TaskNotFound", "InvalidParameterValue.TaskId"])
async def test_a_detail_of_an_unknown_task(code: str) -> None:
    adapter, _ = mps(refused(code))
    with pytest.raises(NotFound):
        await adapter.detail(SUCCEEDED.key)


@pytest.mark.parametrize(
    ("fields", "state", "error"),
    [
        ({"ScheduleTask": {"ActivityResultSet": [{"ActivityResItem": {"T": {"Status": "fail"}}}]}}, "failed", "sub"),
        ({"EditMediaTask": {"ErrCode": "5", "Message": ""}}, "failed", "ErrCode 5"),
        ({"LiveScheduleTask": {"ErrCode": -1, "Message": "stream cut"}}, "failed", "stream cut"),
        ({"WorkflowTask": {"ErrCode": None, "AiAnalysisResultSet": None}}, "succeeded", None),
        ({"WorkflowTask": {"SmartEraseTaskResult": {"Status": "FAIL"}}}, "failed", "sub"),
        ({"WorkflowTask": {"R": [{"Status": "SUCCESS", "Output": {"Status": "FAIL"}}]}}, "succeeded", None),
        ({"EvaluationTask": None}, "succeeded", None),
    ],
)
async def test_what_a_finished_detail_says(fields: dict[str, object], state: str, error: str | None) -> None:
    adapter, _ = mps(response(Status="finish", **fields))
    task = (await adapter.detail(SUCCEEDED.key, SUCCEEDED)).task
    assert (task.state, task.native_state) == (state, "finish")
    assert task.error == ("subtask failed" if error == "sub" else error)


async def test_settling_asks_one_after_another_and_keeps_what_the_detail_omits() -> None:
    adapter, call = mps(
        "tencent-mps/detail.workflow.succeeded.json",
        refused("ResourceNotFound.TaskNotFound"),
        "tencent-mps/detail.workflow.processing.json",
    )
    live = [workflow(number, State.RUNNING, "PROCESSING") for number in (4, 5, 2)]
    settled = await adapter.settle(live)
    assert list(settled) == [SUCCEEDED, live[1]._replace(state=State.VANISHED), live[2]]
    assert [asked(ask) for ask in call.asks] == [{"TaskId": row_id(number)} for number in (4, 5, 2)]


async def test_settling_says_of_a_failure_what_the_lists_say() -> None:
    adapter, _ = mps(response(Status="FINISH", WorkflowTask={"ErrCode": 5, "Message": "no such object"}))
    (settled,) = await adapter.settle([workflow(4, State.RUNNING, "PROCESSING")])
    assert (settled.state, settled.error) == (State.FAILED, "subtask failed")  # contract, section 2


async def test_settling_fails_as_the_call_fails() -> None:
    adapter, _ = mps(refused("InvalidParameterValue.Limit"))
    with pytest.raises(BadRequest):
        await adapter.settle([SUCCEEDED])
    assert await adapter.settle([]) == []


async def test_hosts() -> None:
    origins = [
        (INTL, None, "https://mps.intl.tencentcloudapi.com"),
        (MAINLAND, None, "https://mps.tencentcloudapi.com"),
        (INTL, "http://127.0.0.1:8003", "http://127.0.0.1:8003"),
    ]
    for account, endpoint, origin in origins:
        adapter, call = mps("tencent-mps/list.empty.json", account=account, endpoint=endpoint)
        await first_page(adapter)
        assert call.asks[0].origin == origin
        assert call.asks[0].url == origin + "/"


async def test_the_headers() -> None:
    adapter, call = mps("tencent-mps/list.empty.json", "tencent-mps/list.empty.json", region="ap-singapore")
    await first_page(adapter)
    sent = headers(call)
    assert sent.pop("Authorization").startswith("TC3-HMAC-SHA256 Credential=AKIDFAKE/2026-01-15/mps/tc3_request, ")
    assert sent == {
        "Content-Type": "application/json",
        "X-TC-Action": "DescribeTasks",
        "X-TC-Version": "2019-06-12",
        "X-TC-Language": "en-US",
        "X-TC-Region": "ap-singapore",
        "X-TC-Timestamp": "1768465800",
    }
    assert call.signed[0].body is None


@pytest.mark.parametrize(("token", "sent"), [(None, None), (Secret(""), None), (Secret("sts"), "sts")])
async def test_an_sts_token_is_a_header_of_its_own(token: Secret | None, sent: str | None) -> None:
    credential = Credential(key_id="AKID", secret=Secret("s"), token=token)
    adapter, call = mps("tencent-mps/list.empty.json", credential=credential)
    await first_page(adapter)
    assert headers(call).get("X-TC-Token") == sent


async def test_the_discovery_of_workflows_reads() -> None:
    found = rows(answer(reply("tencent-mps/discovery.describe-workflows.json")), "WorkflowInfoSet")
    assert [(row["WorkflowId"], row["WorkflowName"]) for row in found] == [(10001, "nightly")]
    assert answer(reply("tencent-mps/action.manage-task.json")) == {"RequestId": "46311b39-10ce-47eb-b2b6-000000000009"}


@pytest.mark.parametrize("value", [["A", "B"], ["A", ""], [""], [], None, "A", ["A", 1], [1], [True], {"A": 1}])
def test_the_target_and_the_facts_of_a_row_are_one_value_for_all_rows_that_say_the_same(value: object) -> None:
    (target, facts), (again, others) = tencent_mps._work(value), tencent_mps._work(copy.copy(value))
    subtasks = tencent_mps._subtasks(value)
    assert target == again == ("+".join(subtasks) or None)
    assert facts == others == ({"mps.subtasks": subtasks} if subtasks else {})
    if value in (["A", "B"], ["A", ""]):
        assert facts is others
        assert target is again
