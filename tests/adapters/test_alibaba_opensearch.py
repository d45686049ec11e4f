"""OpenSearch: requests, both spellings, numbered pages, discovery, details and settling."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.alibaba import SCOPE, asked, first, ids, opensearch, walked
from tests.fixture_files import LOCAL_MS, body, reply
from tui.adapters import Adapter
from tui.adapters._alibaba_info import decoded, first_error, metrics, pretty
from tui.adapters._alibaba_pages import FIRST, PLANNED, Cursor, following
from tui.adapters._alibaba_scopes import REMEMBERED
from tui.adapters.alibaba_opensearch import OpenSearch, Settings, Target, narrowed, parsed
from tui.answers import Page, Want
from tui.calls import Ask, Reply
from tui.errors import BadRequest, Denied, Malformed, NotFound, Throttled
from tui.mask import MASK
from tui.model import State, Task, TaskKey
from tui.settings.kinds import Endpoint
from tui.signing import acs3

BASE = "/v4/openapi/app-groups/my-app/functions/ctr/instances"
CASES = ("camel", "pascal")


def key(task_id: str, scope: str = SCOPE) -> TaskKey:
    return TaskKey("ctr", scope, task_id)


async def page_of(file: str) -> Page:
    adapter, _ = opensearch([reply(f"alibaba-opensearch/{file}")])
    return await first(adapter)


def ended(day: int, generation: str, **more: Any) -> Task:
    return Task(
        **{
            "key": key(f"trigger__2026-01-{day}T08:30:00"),
            "state": State.SUCCEEDED,
            "native_state": "success",
            "name": "ctr",
            "kind": "training",
            "target": "my-app/ctr_test",
            "extra": {"os.generation": generation},
            **more,
        }
    )


SUCCEEDED = ended(
    14,
    "6",
    started_at=1_768_379_400_000,
    ended_at=1_768_383_000_000,
    duration_ms=3_600_000,
    progress=100,
    extra={"os.generation": "6", "os.metrics": {"recall": 91}},
)


def test_it_is_an_adapter() -> None:
    found: type[Adapter] = OpenSearch
    assert (found.id, found.title, found.short, found.digit, found.vendor) == (
        "alibaba-opensearch",
        "OpenSearch training",
        "OS",
        2,
        "alibaba",
    )
    assert {(one.name, one.kind) for one in found.actions} == {
        ("ListFunctionTasks", "read"),
        ("GetFunctionTask", "read"),
        ("ListFunctionInstances", "read"),
        ("ListAppGroups", "read"),
        ("DeleteFunctionTask", "write"),
    }


@pytest.mark.parametrize("case", CASES)
async def test_a_first_page(case: str) -> None:
    page = await page_of(f"list.page1.{case}.json")
    running = ended(15, "7", state=State.RUNNING, native_state="running", started_at=1_768_465_800_000, progress=40)
    assert page.tasks == (running, SUCCEEDED)
    assert (page.total, page.request_id) == (3, "6F1C2D3E-4A5B-4C6D-8E7F-000000000001")
    assert page.tasks[0].seen_at == LOCAL_MS
    assert page.tasks[0].request_id == page.request_id
    assert next(iter(page.rows[0])) in {"functionName", "FunctionName"}


@pytest.mark.parametrize("case", CASES)
async def test_a_last_page(case: str) -> None:
    page = await page_of(f"list.last.{case}.json")
    assert page.tasks == (
        ended(
            13,
            "5",
            state=State.FAILED,
            native_state="failed",
            started_at=1_768_293_000_000,
            ended_at=1_768_293_120_000,
            duration_ms=120_000,
            progress=15,
            error="Train.DataTooSmall: not enough samples / 样本不足",
        ),
    )


@pytest.mark.parametrize("case", CASES)
async def test_an_empty_list(case: str) -> None:
    page = await page_of(f"list.empty.{case}.json")
    assert (page.tasks, page.next, page.total) == ((), (), 0)


@pytest.mark.parametrize(("case", "generation", "progress"), [("camel", "3", 100), ("pascal", "2", 90)])
async def test_the_vendors_examples(case: str, generation: str, progress: int) -> None:
    page = await page_of(f"list.vendor-example.{case}.json")
    assert page.tasks == (
        Task(
            key=key("trigger__2021-03-05T12:18:41"),
            state=State.SUCCEEDED,
            native_state="success",
            name="ctr",
            kind="training",
            target="my-app/ctr_test",
            progress=progress,
            extra={"os.generation": generation, "os.metrics": {"recall": 91}},
        ),
    )
    assert page.request_id == (None if case == "camel" else "1638157479281")
    assert page.next == (() if case == "camel" else (Cursor(2, 1),))


async def test_times_in_seconds() -> None:
    (task,) = (await page_of("list.seconds.pascal.json")).tasks
    assert (task.started_at, task.ended_at) == (1_582_214_400_000, 1_582_646_399_000)
    assert task.extra["os.metrics"] == {"recall": 91}


async def test_an_odd_row() -> None:
    row = {"generation": 7, "status": "Paused", "progress": "250", "endTime": None, "extendInfo": None}
    adapter, _ = opensearch([body({"result": [row, {"RunId": "r", "Status": "RUNNING", "Progress": "12.5"}]})])
    odd, loud = (await first(adapter)).tasks
    assert odd == Task(
        key=key("7"),
        state=State.UNKNOWN,
        native_state="Paused",
        name="ctr",
        kind="training",
        target="my-app/ctr_test",
        extra={"os.generation": "7"},
    )
    assert (loud.key.id, loud.state, loud.native_state, loud.progress) == ("r", State.RUNNING, "RUNNING", 12.5)


@pytest.mark.parametrize(
    "content", [{}, [], {"status": "OK"}, {"result": {}}, {"result": [[]]}, {"result": [{"status": "running"}]}]
)
async def test_an_answer_of_the_wrong_shape(content: Any) -> None:
    adapter, _ = opensearch([body(content)])
    with pytest.raises(Malformed):
        list((await first(adapter)).tasks)


async def test_the_plainest_request() -> None:
    adapter, call = opensearch([reply("alibaba-opensearch/list.empty.camel.json")])
    await first(adapter)
    (ask,) = call.asks
    assert ask.method == "GET"
    assert ask.url == f"https://opensearch.cn-hangzhou.aliyuncs.com{BASE}/ctr_test/tasks?pageNumber=1&pageSize=100"
    assert ask.headers == (
        ("accept", "application/json"),
        ("x-acs-action", "ListFunctionTasks"),
        ("x-acs-version", "2017-12-25"),
    )


async def test_every_parameter() -> None:
    assert acs3.query(narrowed(status="success", started_after=1, ended_before=2)) == (
        "endTime=2&startTime=1&status=success"
    )
    adapter, call = opensearch([reply("alibaba-opensearch/list.empty.camel.json")])
    await first(
        adapter, Want(frozenset({State.SUCCEEDED}), "ignored", 1_582_214_400_000, 1_582_646_399_000, True, True)
    )
    assert asked(call.asks[0]) == {
        "pageNumber": "1",
        "pageSize": "100",
        "startTime": "1582214400000",
        "status": "success",
    }


@pytest.mark.parametrize(("states", "sent"), [({State.FAILED}, "1582646399000"), ({State.RUNNING}, None), (None, None)])
async def test_only_a_list_of_one_final_status_is_narrowed_by_ends(states: set[State] | None, sent: str | None) -> None:
    adapter, call = opensearch([reply("alibaba-opensearch/list.empty.camel.json")])
    wanted = None if states is None else frozenset(states)
    await first(adapter, Want(wanted, created_after=1, ended_before=1_582_646_399_000))
    assert asked(call.asks[0]).get("endTime") == sent
    assert "startTime" not in asked(call.asks[0])


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (None, None),
        ({State.RUNNING}, "running"),
        ({State.FAILED, State.EXPIRED}, "failed"),
        ({State.FAILED, State.SUCCEEDED}, None),
        ({State.FAILED, State.UNKNOWN}, None),
        ({State.QUEUED}, None),
    ],
)
async def test_states_that_come_down_to_one_status_are_asked_for(states: set[State] | None, status: str | None) -> None:
    adapter, _ = opensearch([])
    (listing,) = await adapter.plan(Want(None if states is None else frozenset(states)))
    assert dict(listing.asks.pairs).get("status") == status


async def test_one_list_for_each_target_with_odd_names() -> None:
    targets = ("a/ctr/x y", "100%/c%2ftr/z", "a/ctr/x y")
    adapter, call = opensearch(lambda _: body({"result": [{"runId": "r"}]}), targets=targets)
    pages = [await adapter.page(one) for one in await adapter.plan(Want())]
    assert [page.tasks[0].key.scope for page in pages] == ["a/ctr/x y", "100%/c/tr/z"]
    assert [page.tasks[0].target for page in pages] == ["a/x y", "100%/z"]
    assert [ask.path for ask in call.asks] == [
        "/v4/openapi/app-groups/a/functions/ctr/instances/x%20y/tasks",
        "/v4/openapi/app-groups/100%25/functions/c%2Ftr/instances/z/tasks",
    ]


@pytest.mark.parametrize("target", ["", "a", "a/b", "a/b/c/d", "a//c", "a/b/..", "./b/c", "*/b/c", "a/*/c"])
def test_targets_that_cannot_be(target: str) -> None:
    with pytest.raises(ValueError, match="appGroup/function/instance"):
        parsed(target)
    with pytest.raises(ValueError, match="appGroup/function/instance"):
        opensearch([], targets=(target,))


def test_settings_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="region"):
        opensearch([], region="")
    with pytest.raises(ValueError, match="targets is empty"):
        opensearch([], targets=())


def test_settings_as_pydantic_reads_them() -> None:
    from pydantic import TypeAdapter

    table = {"name": "ctr", "adapter": "alibaba-opensearch", "account": "ali", "region": "cn-hangzhou"}
    found = TypeAdapter(Settings).validate_python({**table, "targets": [SCOPE, "a/b/*"]})
    assert found.targets == (SCOPE, "a/b/*")


async def test_the_endpoint_replaces_the_host() -> None:
    adapter, call = opensearch(
        [reply("alibaba-opensearch/list.empty.camel.json")], endpoint=Endpoint("http://[::1]:81")
    )
    await first(adapter)
    assert (call.asks[0].origin, call.asks[0].host) == ("http://[::1]:81", "[::1]:81")


# Pages


def server_of(rows: int, most: int, *, total: int | None = 0, by_its_own_size: bool = False) -> Any:
    """A list of `rows` whose server allows `most` a page, and counts pages by that or by the size asked."""

    def server(ask: Ask) -> Reply:
        number, size = int(asked(ask)["pageNumber"]), int(asked(ask)["pageSize"])
        allowed = min(size, most)
        start = (number - 1) * (allowed if by_its_own_size else size)
        names = range(start, max(start, min(start + allowed, rows)))
        told = {} if total is None else {"totalCount": rows + total}
        return body({"result": [{"runId": str(name)} for name in names], **told})

    return server


@given(
    rows=st.integers(0, 250),
    most=st.integers(1, 120),
    drift=st.sampled_from([0, 0, 1, 50]),
    own=st.booleans(),
)
async def test_paging_yields_every_task_once_and_ends(rows: int, most: int, drift: int, own: bool) -> None:
    adapter, _ = opensearch(server_of(rows, most, total=drift, by_its_own_size=own))
    (listing,) = await adapter.plan(Want())
    assert sorted(ids(await walked(adapter, listing, 900)), key=int) == [str(name) for name in range(rows)]


@given(rows=st.integers(0, 700))
async def test_paging_without_a_total_goes_on_while_pages_are_full(rows: int) -> None:
    adapter, _ = opensearch(server_of(rows, 100, total=None))
    (listing,) = await adapter.plan(Want())
    assert ids(await walked(adapter, listing)) == [str(name) for name in range(rows)]


@given(number=st.integers(1, 50), size=st.integers(1, 100), got=st.integers(0, 120), total=st.integers(-5, 9000))
def test_what_follows_is_ahead_and_has_one_open_end(number: int, size: int, got: int, total: int) -> None:
    cursors = following(Cursor(number, size), got, total)
    assert [one.number for one in cursors] == list(range(number + 1, number + 1 + len(cursors)))
    assert [one.open for one in cursors] == [False] * (len(cursors) - 1) + [True] * bool(cursors)


def test_all_pages_are_planned_with_the_first() -> None:
    assert following(FIRST, 100, 350) == (Cursor(2, 100, False), Cursor(3, 100, False), Cursor(4, 100))
    assert following(Cursor(2, 100, False), 100, 350) == ()
    assert following(Cursor(4), 50, 350) == ()


@pytest.mark.parametrize("total", [10**12, 10**400])
def test_a_total_that_lies_is_no_memory_that_is_gone(total: int) -> None:
    cursors = following(FIRST, 100, total)
    assert [one.number for one in cursors] == list(range(2, 2 + PLANNED))
    assert following(cursors[-1], 100, total)[0].number == 2 + PLANNED


def test_the_last_planned_page_goes_on_where_the_list_has_grown() -> None:
    assert following(Cursor(4), 100, 420) == (Cursor(5),)
    assert following(Cursor(4), 60, 420) == (Cursor(5),), "short in the middle: rows may still come"
    assert following(Cursor(5), 0, 420) == ()


def test_a_server_that_caps_the_page_has_to_prove_it_first() -> None:
    assert following(FIRST, 50, 350) == (Cursor(2, 50),)
    assert following(Cursor(2, 50), 50, 350) == (*(Cursor(page, 50, False) for page in range(3, 7)), Cursor(7, 50))


# Discovery


@pytest.mark.parametrize("case", CASES)
async def test_discovery_finds_the_instances(case: str) -> None:
    answers = [reply(f"alibaba-opensearch/discovery.list-function-instances.{case}.json")]
    adapter, call = opensearch(answers, targets=("my-app/ctr/*",))
    (listing,) = await adapter.plan(Want())
    assert (listing.label, listing.asks.target) == (SCOPE, Target("my-app", "ctr", "ctr_test"))
    (ask,) = call.asks
    assert (ask.action.name, ask.path) == ("ListFunctionInstances", BASE)
    assert asked(ask) == {"pageNumber": "1", "pageSize": "100", "source": "all"}


def instances(*names: str, total: int | None = None) -> Reply:
    rows = [{"InstanceName": name} for name in names]
    return body({"Status": "OK", "Result": rows, "TotalCount": len(rows) if total is None else total})


async def test_discovery_reads_all_pages_and_names_each_instance_once() -> None:
    answers = [instances("x", "y", total=5), instances("y", "z", total=5), instances("v", total=5)]
    adapter, call = opensearch(answers, targets=("a/b/x", "a/b/*"))
    listings = await adapter.plan(Want())
    assert [one.label for one in listings] == ["a/b/x", "a/b/y", "a/b/z", "a/b/v"]
    assert [(asked(ask)["pageNumber"], asked(ask)["pageSize"]) for ask in call.asks] == [
        ("1", "100"),
        ("2", "2"),
        ("3", "2"),
    ]


async def test_a_discovery_is_believed_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("tui.adapters._alibaba_scopes.monotonic", lambda: now)
    adapter, call = opensearch([instances("x"), instances("y")], targets=("a/b/*",))
    for _ in range(3):
        assert [one.label for one in await adapter.plan(Want())] == ["a/b/x"]
    assert len(call.asks) == 1
    now += REMEMBERED + 1
    assert [one.label for one in await adapter.plan(Want())] == ["a/b/y"]


async def test_an_instance_that_is_gone_is_a_reason_to_discover_again() -> None:
    answers = [instances("x"), reply("alibaba-opensearch/error.not-found.http200.camel.json"), instances("y")]
    adapter, _ = opensearch(answers, targets=("a/b/*",))
    with pytest.raises(NotFound):
        await first(adapter)
    assert [one.label for one in await adapter.plan(Want())] == ["a/b/y"]


@pytest.mark.parametrize(("error", "kind"), [("not-found.http404", NotFound), ("denied.http403", Denied)])
async def test_an_app_that_cannot_be_discovered_spoils_its_own_list_only(error: str, kind: type[Exception]) -> None:
    def server(ask: Ask) -> Reply:
        if "/gone/" in ask.path:
            return reply(f"alibaba-opensearch/error.{error}.json")
        return instances("x") if ask.action.name == "ListFunctionInstances" else body({"result": []})

    adapter, _ = opensearch(server, targets=("gone/b/*", "a/b/*"))
    there, gone = await adapter.plan(Want())
    assert (there.label, gone.label) == ("a/b/x", "gone/b/*")
    assert (await adapter.page(there)).tasks == ()
    with pytest.raises(kind):
        await adapter.page(gone)


async def test_a_discovery_that_is_throttled_is_the_whole_polls_error() -> None:
    adapter, _ = opensearch([reply("alibaba-opensearch/error.throttled.http400.json")], targets=("a/b/*",))
    with pytest.raises(Throttled) as caught:
        await adapter.plan(Want())
    assert caught.value.retry_after == 0.5


async def test_a_discovery_that_repeats_a_page_makes_the_source_partial() -> None:
    adapter, call = opensearch(lambda _: instances("x", total=9), targets=("a/b/*",))
    found, endless = await adapter.plan(Want())
    assert (found.label, endless.label) == ("a/b/x", "a/b/* ListFunctionInstances")
    assert len(call.asks) == 2
    cursor = (await adapter.page(endless)).next
    assert (await adapter.page(endless, cursor[0])).next == cursor  # a repeated cursor: PARTIAL


# Details


@pytest.mark.parametrize("case", CASES)
async def test_a_task_by_its_generation(case: str) -> None:
    adapter, call = opensearch([reply(f"alibaba-opensearch/detail.get-function-task.{case}.json")])
    detail = await adapter.detail(SUCCEEDED.key, SUCCEEDED, output=True)
    assert call.asks[0].path == f"{BASE}/ctr_test/tasks/6"
    assert (call.asks[0].query, call.asks[0].action.name) == ("", "GetFunctionTask")
    assert detail.task == SUCCEEDED
    assert detail.output is not None
    assert json.loads(detail.output.text) == {"recall": 91, "errors": []}
    assert {name.lower() for name in detail.answer} >= {"status", "result"}


async def test_a_task_whose_generation_is_not_known_is_found_in_the_list() -> None:
    answers = [
        reply("alibaba-opensearch/list.page1.camel.json"),
        reply("alibaba-opensearch/detail.get-function-task.camel.json"),
    ]
    adapter, call = opensearch(answers)
    detail = await adapter.detail(SUCCEEDED.key)
    assert detail.task == SUCCEEDED
    assert detail.output is None
    assert [ask.action.name for ask in call.asks] == ["ListFunctionTasks", "GetFunctionTask"]


async def test_the_list_is_read_to_its_end_for_a_task() -> None:
    def server(ask: Ask) -> Reply:
        if ask.action.name == "GetFunctionTask":
            return body({"result": {"Generation": "1", "RunId": "249"}})
        answer: Reply = server_of(250, 100)(ask)
        return body({**answer.json, "result": [row | {"generation": "1"} for row in answer.json["result"]]})

    adapter, call = opensearch(server)
    assert (await adapter.detail(key("249"))).task.key == key("249")
    assert len(call.asks) == 4
    with pytest.raises(NotFound, match="lists no task"):
        await adapter.detail(key("250"))


async def test_a_list_that_repeats_a_page_does_not_hold_us_up() -> None:
    adapter, call = opensearch(lambda _: body({"result": [{"runId": "other"}], "totalCount": 99}))
    with pytest.raises(NotFound):
        await adapter.detail(key("r"))
    assert len(call.asks) == 2


async def test_a_row_without_a_generation_is_all_there_is() -> None:
    row = {"runId": "r", "status": "success", "extendInfo": '{"auc":0.8}'}
    adapter, call = opensearch([body({"result": [row], "totalCount": 1})])
    detail = await adapter.detail(key("r"), output=True)
    assert (detail.answer, detail.task.state, len(call.asks)) == (row, State.SUCCEEDED, 1)
    assert detail.output is not None
    assert json.loads(detail.output.text) == {"auc": 0.8}


@pytest.mark.parametrize(
    "answer",
    [
        reply("alibaba-opensearch/detail.get-function-task.missing.camel.json"),
        reply("alibaba-opensearch/list.no-result.json"),
        reply("alibaba-opensearch/error.not-found.http200.camel.json"),
        body({"result": {"runId": "a later run", "generation": "6"}}),
    ],
)
async def test_a_generation_that_is_gone(answer: Reply) -> None:
    adapter, _ = opensearch([answer, answer])
    with pytest.raises(NotFound):
        await adapter.detail(SUCCEEDED.key, SUCCEEDED)
    (settled,) = await adapter.settle([SUCCEEDED])
    assert (settled.state, settled.key, settled.native_state) == (State.VANISHED, SUCCEEDED.key, "success")


async def test_a_result_without_ids_is_the_one_that_was_asked_for() -> None:
    adapter, _ = opensearch([body({"Result": {"Status": "failed", "ExtendInfo": ""}})])
    detail = await adapter.detail(SUCCEEDED.key, SUCCEEDED, output=True)
    assert (detail.task.key, detail.task.state, detail.output) == (SUCCEEDED.key, State.FAILED, None)
    assert detail.task.extra == {"os.generation": "6"}


async def test_a_task_known_by_its_generation() -> None:
    adapter, _ = opensearch([body({"result": {"generation": "6", "runId": "r", "status": "success"}})])
    known = Task(key=key("6"), state=State.RUNNING, extra={"os.generation": "6"})
    assert (await adapter.detail(known.key, known)).task.key == key("6")


async def test_a_task_without_its_scope_is_looked_for_everywhere() -> None:
    def server(ask: Ask) -> Reply:
        there = f"/{where}/" in ask.path or where == "all"
        row = {"runId": "r", "generation": "1"}
        return body({"result": (row if ask.action.name == "GetFunctionTask" else [row]) if there else []})

    adapter, _ = opensearch(server, targets=("a/b/x", "a/b/y"))
    where = "y"
    assert (await adapter.detail(key("r", ""))).task.key == key("r", "a/b/y")
    where = "all"
    with pytest.raises(BadRequest, match="ctr/a%2Fb%2Fx/r, ctr/a%2Fb%2Fy/r"):
        await adapter.detail(key("r", ""))
    where = "none"
    with pytest.raises(NotFound):
        await adapter.detail(key("r", ""))


async def test_the_scope_says_the_target() -> None:
    def server(ask: Ask) -> Reply:
        return body({"result": {"generation": "1"}})

    known = Task(key=key("1", "a/b/x/y"), state=State.RUNNING, extra={"os.generation": "1"})
    for target, path in (("a/b/*", "b/instances/x%2Fy"), ("a/b%2Fx/y", "b%2Fx/instances/y")):
        adapter, call = opensearch(server, targets=("z/z/z", target))
        await adapter.detail(known.key._replace(scope=""), known)
        assert call.asks[0].path == f"/v4/openapi/app-groups/a/functions/{path}/tasks/1"
    with pytest.raises(NotFound, match="no target"):
        await adapter.detail(key("1", "q/b/x"), known)


async def test_tasks_without_a_generation_are_settled_by_one_reading_of_their_list() -> None:
    listed = [{"runId": f"run{number}", "status": "success", "endTime": 1_768_383_000_000} for number in range(250)]

    def served(ask: Ask) -> Reply:
        if "/tasks/" in ask.path:
            return body({"result": listed[240] | {"status": "failed"}})
        number, size = int(asked(ask)["pageNumber"]), int(asked(ask)["pageSize"])
        return body({"result": listed[(number - 1) * size : number * size], "totalCount": 250})

    listed[240]["generation"] = "9"
    adapter, call = opensearch(served)
    live = [Task(key=key(f"run{number}"), state=State.RUNNING, started_at=1) for number in (3, 120, 240, 249, 999)]
    settled = await adapter.settle(live)
    assert [(one.key, one.state) for one in settled] == [
        (one.key, state)
        for one, state in zip(
            live, [State.SUCCEEDED, State.SUCCEEDED, State.FAILED, State.SUCCEEDED, State.VANISHED], strict=True
        )
    ]
    assert len(call.asks) == 4  # three pages, and the one that has a generation


async def test_settling_keeps_what_the_final_answer_does_not_say() -> None:
    old = Task(
        key=SUCCEEDED.key,
        state=State.RUNNING,
        native_state="running",
        started_at=1_768_379_400_000,
        progress=97,
        extra={"os.generation": "6", "os.metrics": {"step": 3}},
    )
    adapter, _ = opensearch([body({"result": {"status": "success", "endTime": 1_768_383_000_000}})])
    (settled,) = await adapter.settle([old])
    assert (settled.state, settled.started_at, settled.duration_ms) == (State.SUCCEEDED, old.started_at, 3_600_000)
    assert (settled.progress, settled.extra) == (97, old.extra)


# extendInfo


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (None, None),
        ("", None),
        ("  ", None),
        ('{"recall":91}', {"recall": 91}),
        ('{\\"recall\\":91}', {"recall": 91}),
        ('"{\\"recall\\":91}"', {"recall": 91}),
        ({"recall": 91}, {"recall": 91}),
        ("no json", "no json"),
        ("[1]", [1]),
        ("[" * 100_000, "[" * 100_000),
        ('{"loss":NaN}', {"loss": "NaN"}),
    ],
)
def test_extend_info(value: Any, found: Any) -> None:
    assert decoded(value) == found


def test_what_is_too_deep_to_be_drawn_is_no_extend_info() -> None:
    told = '{"auc":' * 900 + "1" + "}" * 900
    assert decoded(told) == told
    assert decoded(json.loads(told)) is None
    assert metrics(decoded('{"auc":' * 40 + "1" + "}" * 40)) != {}


def test_what_was_measured_holds_no_secret() -> None:
    told = metrics({"auc": 0.8, "db_password": "hunter2hunter2", "from": [{"url": "https://u:pw12345678@h/"}]})
    assert told == {"auc": 0.8, "db_password": MASK, "from": [{"url": f"https://{MASK}@h/"}]}


@given(st.dictionaries(st.text(), st.integers() | st.text() | st.none()))
def test_extend_info_is_read_escaped_once_or_twice(info: dict[str, Any]) -> None:
    once = json.dumps(info)
    assert decoded(once) == info
    assert decoded(json.dumps(once)[1:-1]) == info


@pytest.mark.parametrize(
    ("info", "said"),
    [
        ({"errors": [{"code": "A", "message": "b"}, {"code": "C"}]}, "A: b"),
        ({"errors": [{"code": 7}]}, "7"),
        ({"errors": [{"Message": "b"}]}, "b"),
        ({"errors": [None, {}, "text"]}, "text"),
        ({"Errors": "one"}, "one"),
        ({"errors": []}, None),
        ({"errors": None}, None),
        ({}, None),
        ("raw", None),
        (None, None),
    ],
)
def test_the_first_error(info: Any, said: str | None) -> None:
    assert first_error(info) == said


def test_metrics_are_everything_but_the_errors() -> None:
    assert metrics({"errors": [], "recall": 91}) == {"recall": 91}
    assert metrics([1]) == {}


@pytest.mark.parametrize(
    ("value", "text"), [(None, None), ("raw", "raw"), ('{"a":"é"}', '{\n  "a": "é"\n}'), ("7", "7")]
)
def test_pretty(value: Any, text: str | None) -> None:
    assert pretty(value) == text
