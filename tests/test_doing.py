"""A deed is sent once, whatever comes back; then the task is asked by id."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from tests.adapters.alibaba import opensearch
from tests.adapters.scripted import ScriptedCall
from tests.adapters.tencent import mps, refused, response
from tests.adapters.test_huawei_access import PROJECT, account, source
from tests.fixture_files import body, reply
from tui.adapters import deeds_of
from tui.adapters.huawei_kps import HuaweiKps
from tui.budget import Urgency, urgency
from tui.calls import Ask, Reply
from tui.deeds import DELETE, STOP, Deed, Done, words
from tui.doing import carry_out
from tui.errors import AuthError, BadRequest, CallError, Malformed, NotFound, Unavailable, WriteRefused
from tui.model import State, Task, TaskKey
from tui.patience import Patience

ONCE = Patience(tries=1)
KEY = TaskKey("media", "", "t-1")
WAITING = Task(KEY, State.QUEUED, native_state="WAITING", kind="WorkflowTask", name="WorkflowTask")
FINISHED = response(TaskType="WorkflowTask", Status="FINISH")
STILL = response(TaskType="WorkflowTask", Status="WAITING")
YES = response()


def scripted(write: Callable[[], Reply], read: Callable[[], Reply]) -> tuple[Any, ScriptedCall]:
    """An MPS source: what a write and what a read is answered."""
    return mps(lambda ask: write() if ask.action.kind == "write" else read())


async def stopped(write: Callable[[], Reply], read: Callable[[], Reply] = lambda: STILL) -> tuple[Done, list[str]]:
    """How the stop of a waiting task ended, and the actions asked for."""
    adapter, call = scripted(write, read)
    done = await carry_out(adapter, deeds_of(adapter, WAITING)[0], WAITING, ONCE)
    return done, [ask.action.name for ask in call.asks]


def failing(error: CallError) -> Callable[[], Reply]:
    def fail() -> Reply:
        raise error

    return fail


async def test_what_the_provider_took_is_read_again_by_id() -> None:
    done, actions = await stopped(lambda: YES, lambda: FINISHED)
    assert actions == ["ManageTask", "DescribeTaskDetail"]
    assert done.accepted
    assert done.request_id == "request-1"
    assert done.after is not None
    assert done.after.state is State.SUCCEEDED
    assert done.told == "stop: accepted (request request-1); it is succeeded now (FINISH)"


@pytest.mark.parametrize(
    "error",
    [
        Unavailable("no whole answer within 30 s", code="TimedOut"),
        Unavailable("oh dear", code="InternalError", request_id="r-9", http_status=500),
        Malformed("not JSON", http_status=200),
    ],
)
async def test_what_was_not_answered_may_have_been_done_and_is_never_sent_again(error: CallError) -> None:
    done, actions = await stopped(failing(error))
    assert actions == ["ManageTask", "DescribeTaskDetail"]
    assert done.unsure
    assert not done.accepted
    assert done.told == f"stop: no answer: it may have been done: {words(error)}; it is queued now (WAITING)"


async def test_what_never_left_is_not_done() -> None:
    lost = Unavailable("no connection to mps: refused", code="ConnectError")
    done, actions = await stopped(failing(lost), failing(lost))
    assert actions.count("ManageTask") == 1
    assert not done.unsure
    assert done.told == (
        "stop: not done: ConnectError no connection to mps: refused"
        "; it could not be asked again: ConnectError no connection to mps: refused"
    )


@pytest.mark.parametrize(
    ("code", "actions"),
    [
        ("InvalidParameterValue.NotProcessingTask", ["ManageTask", "DescribeTaskDetail"]),
        ("ResourceNotFound.TaskNotFound", ["ManageTask", "DescribeTaskDetail"]),
        ("UnauthorizedOperation", ["ManageTask"]),
        ("AuthFailure.SecretIdNotFound", ["ManageTask"]),
        ("RequestLimitExceeded", ["ManageTask"]),
    ],
)
async def test_a_refusal_is_one_line_and_a_refused_key_asks_nothing_more(code: str, actions: list[str]) -> None:
    done, asked = await stopped(lambda: refused(code))
    assert asked == actions
    assert done.told.startswith(f"stop: refused: {code} {code} it is (request request-1)")
    assert not done.unsure


async def test_without_the_grant_nothing_is_read_either() -> None:
    done, asked = await stopped(failing(WriteRefused("ManageTask changes something: needs write = true or --write")))
    assert asked == ["ManageTask"]
    assert done.told == "stop: refused: ManageTask changes something: needs write = true or --write"


async def test_what_cannot_be_done_is_not_sent() -> None:
    adapter, call = mps("tencent-mps/action.manage-task.json")
    running = WAITING._replace(state=State.RUNNING, native_state="PROCESSING")
    done = await carry_out(adapter, deeds_of(adapter, running)[0], running, ONCE)
    assert isinstance(done.error, BadRequest)
    assert not done.accepted
    assert [ask.action.kind for ask in call.asks] == ["read"]


async def test_an_api_that_can_do_nothing_is_asked_nothing() -> None:
    adapter, call = opensearch([])
    it = WAITING._replace(state=State.RUNNING)
    done = await carry_out(adapter, deeds_of(adapter, it)[0], it, ONCE)
    assert isinstance(done.error, BadRequest)
    assert "no operation that stops" in done.told
    assert call.asks == []


async def test_a_deleted_record_leaves() -> None:
    def answer(ask: Ask) -> Reply:
        if ask.method == "DELETE":
            return reply("huawei-kps/action.delete-failed-task.http204.empty.txt")
        if ask.path.endswith("failed-tasks"):
            return reply("huawei-kps/list.failed-tasks.empty.json")
        return body({"error_code": "KPS.0404", "error_msg": "no such task"}, status=400)

    adapter = HuaweiKps(source(), account(project_id=PROJECT), ScriptedCall(answer))
    failed = Task(TaskKey("keys", "", "t-1"), State.FAILED, native_state="FAILED_RESET", error="boom")
    delete = next(one for one in adapter.deeds(failed) if one.id == DELETE)
    done = await carry_out(adapter, delete, failed, ONCE)
    assert done.removed
    assert done.told == "delete record: accepted; the provider does not know it any more"


@pytest.mark.parametrize(
    ("deed", "error", "after", "removed"),
    [
        (DELETE, None, State.VANISHED, True),
        (DELETE, None, State.FAILED, False),
        (DELETE, None, None, False),
        (DELETE, NotFound("no"), State.VANISHED, False),
        (STOP, None, State.VANISHED, False),
    ],
)
def test_a_row_leaves_only_when_its_record_was_deleted_and_is_gone(
    deed: str, error: CallError | None, after: State | None, removed: bool
) -> None:
    task = None if after is None else WAITING._replace(state=after)
    assert Done(KEY, Deed(deed, deed), error=error, after=task).removed is removed


async def test_its_calls_are_urgent_and_those_after_it_are_not() -> None:
    seen: list[Urgency] = []

    def answer(ask: Ask) -> Reply:
        seen.append(urgency.get())
        return YES if ask.action.kind == "write" else STILL

    adapter, _ = mps(answer)
    await carry_out(adapter, deeds_of(adapter, WAITING)[0], WAITING, ONCE)
    assert seen == [Urgency.WATCHED, Urgency.WATCHED]
    assert urgency.get() is Urgency.REST


async def test_what_was_done_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tui.doing"):
        await stopped(lambda: YES, lambda: FINISHED)
        await stopped(failing(AuthError("no", code="AuthFailure")))
    assert [(one.levelname, one.getMessage()) for one in caplog.records if one.name == "tui.doing"] == [
        ("INFO", "media/t-1: stop: accepted (request request-1); it is succeeded now (FINISH)"),
        ("WARNING", "media/t-1: stop: refused: AuthFailure no"),
    ]
