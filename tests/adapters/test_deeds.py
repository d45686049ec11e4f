"""What each adapter can do with a task: when it is legal, which bytes leave, and what an answer means."""

from __future__ import annotations

from typing import Any

import pytest

from tests.adapters.alibaba import fc, opensearch
from tests.adapters.scripted import ScriptedCall
from tests.adapters.tencent import asked, headers, mps, response, tat
from tests.adapters.test_huawei_access import PROJECT, USER, account, source, token
from tests.fixture_files import reply
from tui.adapters import Doer, deeds_of
from tui.adapters.huawei_kps import HuaweiKps
from tui.calls import Reply
from tui.deeds import DELETE, STOP, Deed
from tui.errors import BadRequest, NotFound
from tui.model import State, Task, TaskKey

STOPPED = reply("alibaba-fc/action.stop-async-task.http200.empty.txt")._replace(headers={"x-acs-request-id": "r-stop"})
ABORTED = "tencent-mps/action.manage-task.json"
CANCELLED = "tencent-tat/action.cancel-invocation.json"
DELETED = reply("huawei-kps/action.delete-failed-task.http204.empty.txt")._replace(headers={"x-request-id": "r-delete"})
TAT_FACTS = {"tat.invocation": "inv-1", "tat.command": "cmd-1"}
ENDED = tuple(state for state in State if state.final)
LIVE = tuple(state for state in State if state.live and state is not State.STOPPING)


def task(state: State, ident: str = "t-1", scope: str = "", **more: Any) -> Task:
    return Task(TaskKey("it", scope, ident), state, native_state=state.value.upper(), **more)


def kps(*answers: Reply, **options: Any) -> tuple[HuaweiKps, ScriptedCall]:
    call = ScriptedCall(answers, **options)
    auth = "token" if options else "aksk"
    return HuaweiKps(source(), account(auth=auth, **({} if options else {"project_id": PROJECT})), call), call


def only(deeds: Any) -> Deed:
    (deed,) = deeds
    assert isinstance(deed, Deed)
    return deed


class TestFunctionCompute:
    @pytest.mark.parametrize("state", LIVE)
    def test_what_has_not_ended_can_be_stopped(self, state: State) -> None:
        deed = only(fc([])[0].deeds(task(state, scope="my-func")))
        assert (deed.id, deed.legal) == (STOP, True)
        assert "may still finish" in deed.does

    @pytest.mark.parametrize("state", [*ENDED, State.STOPPING])
    async def test_what_has_ended_or_is_being_stopped_cannot_and_nothing_leaves(self, state: State) -> None:
        adapter, call = fc([])
        it = task(state, scope="my-func")
        deed = only(adapter.deeds(it))
        assert not deed.legal
        assert deed.why_not
        with pytest.raises(BadRequest, match="not sent"):
            await adapter.do(deed, it)
        assert call.asks == []

    async def test_a_put_without_a_body_and_an_empty_yes(self) -> None:
        adapter, call = fc([STOPPED], functions=("a b/c",), qualifier="prod")
        it = task(State.RUNNING, "job 1/ü", "a b/c")
        assert await adapter.do(only(adapter.deeds(it)), it) == "r-stop"
        (ask,) = call.asks
        assert (ask.method, ask.path, ask.query, ask.body) == (
            "PUT",
            "/2023-03-30/functions/a%20b%2Fc/async-tasks/job%201%2F%C3%BC/stop",
            "qualifier=prod",
            b"",
        )
        assert (ask.action.name, ask.action.kind) == ("StopAsyncTask", "write")
        sent = dict([*ask.headers, *call.signed[0].headers])
        assert sent["x-acs-action"] == "StopAsyncTask"
        assert sent["x-acs-content-sha256"] == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        assert "content-type" not in {name.lower() for name in sent}

    @pytest.mark.parametrize("ident", ["", ".", ".."])
    async def test_no_path_leaves_for_an_id_that_is_none(self, ident: str) -> None:
        adapter, call = fc([])
        it = task(State.RUNNING, ident, "my-func")
        with pytest.raises(BadRequest):
            await adapter.do(only(adapter.deeds(it)), it)
        assert call.asks == []

    async def test_a_task_that_is_gone(self) -> None:
        adapter, _ = fc([reply("alibaba-fc/error.not-found.task.http404.json")])
        it = task(State.RUNNING, scope="my-func")
        with pytest.raises(NotFound):
            await adapter.do(only(adapter.deeds(it)), it)


def test_opensearch_can_do_nothing_and_says_so() -> None:
    adapter, _ = opensearch([])
    assert not isinstance(adapter, Doer)
    deed = only(deeds_of(adapter, task(State.RUNNING)))
    assert (deed.id, deed.legal) == (STOP, False)
    assert "no operation that stops a task" in deed.why_not


class TestMps:
    @pytest.mark.parametrize(
        ("kind", "state", "legal"),
        [
            ("WorkflowTask", State.QUEUED, True),
            ("WorkflowTask", State.RUNNING, False),
            ("EditMediaTask", State.RUNNING, False),
            (None, State.RUNNING, False),
            ("WorkflowTask", State.UNKNOWN, False),
            ("LiveStreamProcessTask", State.QUEUED, True),
            ("LiveStreamProcessTask", State.RUNNING, True),
            ("LiveProcessTask", State.RUNNING, True),
            ("LiveStreamProcessTask", State.UNKNOWN, False),
            ("LiveStreamProcessTask", State.SUCCEEDED, False),
            ("WorkflowTask", State.FAILED, False),
            ("WorkflowTask", State.VANISHED, False),
        ],
    )
    async def test_only_what_waits_and_live_streams_can_be_aborted(
        self, kind: str | None, state: State, legal: bool
    ) -> None:
        adapter, call = mps(ABORTED)
        it = task(state, kind=kind)
        deed = only(adapter.deeds(it))
        assert deed.legal is legal, deed.why_not
        if legal:
            await adapter.do(deed, it)
            assert len(call.asks) == 1
        else:
            with pytest.raises(BadRequest, match="not sent"):
                await adapter.do(deed, it)
            assert call.asks == []

    async def test_it_sends_an_abort_of_the_task(self) -> None:
        adapter, call = mps(ABORTED)
        it = task(State.QUEUED, "1250-Workflow-1", kind="WorkflowTask")
        assert await adapter.do(only(adapter.deeds(it)), it) == "46311b39-10ce-47eb-b2b6-000000000009"
        assert call.asks[0].body == b'{"OperationType":"Abort","TaskId":"1250-Workflow-1"}'
        assert headers(call)["X-TC-Action"] == "ManageTask"
        assert call.asks[0].action.kind == "write"

    async def test_a_task_that_has_begun_meanwhile_is_refused_by_the_provider(self) -> None:
        adapter, _ = mps("tencent-mps/error.bad-request.abort.http200.json")
        it = task(State.QUEUED, kind="WorkflowTask")
        with pytest.raises(BadRequest, match="Processing tasks not supported") as refused:
            await adapter.do(only(adapter.deeds(it)), it)
        assert refused.value.code == "InvalidParameterValue.NotProcessingTask"


class TestTat:
    async def test_trap_20_a_cancel_names_the_instance_of_its_task(self) -> None:
        adapter, call = tat(CANCELLED)
        it = task(State.RUNNING, "invt-1", target="ins-1", extra=TAT_FACTS)
        deed = only(adapter.deeds(it))
        assert "on ins-1 alone" in deed.does
        assert await adapter.do(deed, it) == "a1df9725-51c6-466d-a038-000000000009"
        assert asked(call.asks[0]) == {"InvocationId": "inv-1", "InstanceIds": ["ins-1"]}
        assert headers(call)["X-TC-Action"] == "CancelInvocation"
        assert headers(call)["X-TC-Region"] == "ap-singapore"
        assert call.asks[0].action.kind == "write"

    @pytest.mark.parametrize(
        ("target", "facts"),
        [
            (None, TAT_FACTS),
            ("", TAT_FACTS),
            ("ins-1", {}),
            ("ins-1", {"tat.invocation": ""}),
            ("ins-1", {"tat.invocation": ["inv-1"]}),
        ],
    )
    async def test_trap_20_without_an_instance_or_an_invocation_nothing_is_cancelled(
        self, target: str | None, facts: dict[str, Any]
    ) -> None:
        adapter, call = tat(CANCELLED)
        it = task(State.RUNNING, target=target, extra=facts)
        deed = only(adapter.deeds(it))
        assert not deed.legal
        assert "others would be cancelled too" in deed.why_not
        for tried in (deed, deed._replace(why_not="")):  # whoever asks, and whatever the menu said
            with pytest.raises(BadRequest, match="not sent"):
                await adapter.do(tried, it)
        assert call.asks == []

    @pytest.mark.parametrize("state", [*ENDED, State.STOPPING])
    def test_what_has_ended_or_is_being_cancelled_cannot_be(self, state: State) -> None:
        assert not only(tat()[0].deeds(task(state, target="ins-1", extra=TAT_FACTS))).legal

    @pytest.mark.parametrize("state", LIVE)
    def test_what_has_not_ended_can(self, state: State) -> None:
        assert only(tat()[0].deeds(task(state, target="ins-1", extra=TAT_FACTS))).legal

    async def test_an_invocation_that_is_gone(self) -> None:
        refusal = response(Error={"Code": "ResourceNotFound.InvocationNotFound", "Message": "no"})
        adapter, _ = tat(refusal)
        it = task(State.RUNNING, target="ins-1", extra=TAT_FACTS)
        with pytest.raises(NotFound):
            await adapter.do(only(adapter.deeds(it)), it)


class TestKps:
    @pytest.mark.parametrize("state", list(State))
    def test_nothing_stops_a_task_and_only_a_failed_one_has_a_record_to_delete(self, state: State) -> None:
        stop, delete = kps()[0].deeds(task(state))
        assert (stop.id, stop.legal) == (STOP, False)
        assert (delete.id, delete.legal) == (DELETE, state is State.FAILED)
        if state is State.RUNNING:
            assert stop.why_not == "KPS has no operation that stops a task"
            assert "it is running" in delete.why_not

    async def test_a_delete_of_one_record_and_an_empty_204(self) -> None:
        adapter, call = kps(DELETED)
        it = task(State.FAILED, "aee8d2fe-5484")
        _, delete = adapter.deeds(it)
        assert await adapter.do(delete, it) == "r-delete"
        (ask,) = call.asks
        assert (ask.method, ask.path, ask.query, ask.body) == (
            "DELETE",
            f"/v3/{PROJECT}/failed-tasks/aee8d2fe-5484",
            "",
            b"",
        )
        assert (ask.action.name, ask.action.kind) == ("DeleteFailedTask", "write")
        assert ("X-Project-Id", PROJECT) in ask.headers

    async def test_with_a_token_too(self) -> None:
        adapter, call = kps(token(1), DELETED, credential=USER)
        it = task(State.FAILED, "aee8d2fe-5484")
        await adapter.do(adapter.deeds(it)[1], it)
        assert [ask.method for ask in call.asks] == ["POST", "DELETE"]
        assert call.signed[1].headers[0][0] == "X-Auth-Token"

    @pytest.mark.parametrize("ident", ["", ".", ".."])
    async def test_a_delete_without_an_id_would_be_one_of_all_and_does_not_leave(self, ident: str) -> None:
        adapter, call = kps(DELETED)
        it = task(State.FAILED, ident)
        with pytest.raises(BadRequest, match="no id of one task"):
            await adapter.do(adapter.deeds(it)[1], it)
        assert call.asks == []

    async def test_a_slash_in_an_id_stays_in_its_segment(self) -> None:
        adapter, call = kps(DELETED)
        it = task(State.FAILED, "../failed-tasks")
        await adapter.do(adapter.deeds(it)[1], it)
        assert call.asks[0].path == f"/v3/{PROJECT}/failed-tasks/..%2Ffailed-tasks"

    @pytest.mark.parametrize("which", [0, 1])
    async def test_what_cannot_be_done_does_not_leave(self, which: int) -> None:
        adapter, call = kps(DELETED)
        it = task(State.RUNNING)
        deed = adapter.deeds(it)[which]
        for tried in (deed, deed._replace(why_not=""), Deed("explode", "explode")):
            with pytest.raises(BadRequest, match="not sent"):
                await adapter.do(tried, it)
        assert call.asks == []
