"""Function Compute: requests, rows, paging, discovery, details and settling."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.alibaba import asked, fc, first, ids, walked
from tests.fixture_files import LOCAL_MS, body, reply
from tui.adapters import Adapter
from tui.adapters._alibaba_scopes import REMEMBERED
from tui.adapters.alibaba_fc import STATES, FunctionCompute, Settings, payload
from tui.answers import Listing, Output, Page, Want
from tui.calls import Ask, Reply
from tui.errors import AuthError, BadRequest, Malformed, NotFound
from tui.model import State, Task, TaskKey
from tui.settings import EVERYTHING
from tui.settings.kinds import Endpoint, SourceName

LIST = "/2023-03-30/functions/my-func/async-tasks"
CONFIGS = "/2023-03-30/async-invoke-configs"
MISSING = reply("alibaba-fc/error.not-found.task.http404.json")


def key(task_id: str, function: str = "my-func") -> TaskKey:
    return TaskKey("thumbs", function, task_id)


async def page_of(file: str) -> Page:
    adapter, _ = fc([reply(f"alibaba-fc/{file}")])
    return await first(adapter)


def test_it_is_an_adapter() -> None:
    found: type[Adapter] = FunctionCompute
    assert (found.id, found.title, found.short, found.digit, found.vendor) == (
        "alibaba-fc",
        "Function Compute",
        "FC",
        1,
        "alibaba",
    )
    assert {(one.name, one.kind) for one in found.actions} == {
        ("ListAsyncTasks", "read"),
        ("GetAsyncTask", "read"),
        ("ListAsyncInvokeConfigs", "read"),
        ("StopAsyncTask", "write"),
    }


async def test_the_vendors_example() -> None:
    page = await page_of("list.vendor-example.json")
    assert page.next == ("MTIzNCNhYmM=\n",)
    assert page.tasks == (
        Task(
            key=key("e026ae92-61e5-472f-b32d-1c9e3c4e****"),
            state=State.RUNNING,
            native_state="Running",
            name="my-func",
            kind="async-task",
            target="prod",
            started_at=1_633_449_590_000,
            retries=3,
            extra={"fc.instance": "D4-*******9FD1-882707E", "fc.events": 1},
        ),
    )
    assert page.rows[0]["taskPayload"] == "body"


async def test_a_first_page() -> None:
    page = await page_of("list.page1.json")
    assert page.next == ("MyNhYmM=\n",)
    assert page.total is None
    assert ids([page]) == ["job-20260115-000005", "job-20260115-000004", "job-20260115-000003"]
    assert [task.state for task in page.tasks] == [State.RUNNING, State.RETRYING, State.SUCCEEDED]
    assert [task.error for task in page.tasks] == [None, None, None]
    assert page.tasks[2] == Task(
        key=key("job-20260115-000003"),
        state=State.SUCCEEDED,
        native_state="Succeeded",
        name="my-func",
        kind="async-task",
        target="LATEST",
        started_at=1_768_465_680_000,
        ended_at=1_768_465_681_830,
        duration_ms=1830,
        retries=0,
        extra={"fc.instance": "c-6968a5c8-15f0a1b2-3c4d5e6f7a8b", "fc.events": 3},
    )
    assert page.tasks[0].seen_at == LOCAL_MS


async def test_a_last_page() -> None:
    page = await page_of("list.last.json")
    assert page.next == ()
    failed, stopped = page.tasks
    assert (failed.state, failed.error, failed.retries, failed.duration_ms) == (
        State.FAILED,
        "UnhandledInvocationError",
        3,
        5210,
    )
    assert (stopped.state, stopped.native_state, stopped.ended_at) == (State.CANCELLED, "Stopped", 1_768_465_569_000)


@pytest.mark.parametrize("file", ["list.last.empty-token.json", "list.empty.json", "list.empty.null.json"])
async def test_the_end_of_a_list(file: str) -> None:
    page = await page_of(file)
    assert page.next == ()
    assert len(page.tasks) == (1 if "last" in file else 0)


async def test_all_statuses() -> None:
    page = await page_of("list.all-statuses.json")
    assert [(task.native_state, task.state) for task in page.tasks] == list(STATES.items())
    for task in page.tasks:
        assert (task.duration_ms is None) == task.state.live
        assert task.ended_at is None or task.state.final


async def test_sparse_rows() -> None:
    known, new = (await page_of("list.sparse.json")).tasks
    assert known == Task(
        key=key("job-sparse-1"),
        state=State.RUNNING,
        native_state="Running",
        name="my-func",
        kind="async-task",
        started_at=1_768_465_800_000,
    )
    assert (new.state, new.native_state, new.started_at, new.extra) == (
        State.UNKNOWN,
        "Suspended",
        1_768_465_800_000,
        {},
    )


async def test_native_statuses_are_compared_without_case() -> None:
    adapter, _ = fc([body({"tasks": [{"taskId": "a", "status": "SUCCEEDED"}, {"taskId": "b"}]})])
    loud, silent = (await first(adapter)).tasks
    assert (loud.state, loud.native_state) == (State.SUCCEEDED, "SUCCEEDED")
    assert (silent.state, silent.native_state) == (State.UNKNOWN, None)


@pytest.mark.parametrize("content", [{}, [], {"tasks": "none"}, {"tasks": [1]}, {"tasks": [{"status": "Running"}]}])
async def test_an_answer_of_the_wrong_shape(content: Any) -> None:
    adapter, _ = fc([body(content)])
    with pytest.raises(Malformed):
        list((await first(adapter)).tasks)


async def test_the_request_id_is_the_calls_own() -> None:
    adapter, _ = fc([body({"tasks": [{"taskId": "a", "requestId": "made-by"}]}, headers={"x-fc-request-id": "call"})])
    page = await first(adapter)
    assert (page.request_id, page.tasks[0].request_id) == ("call", "call")


async def test_the_plainest_request() -> None:
    adapter, call = fc([reply("alibaba-fc/list.empty.json")])
    await first(adapter)
    (ask,) = call.asks
    assert (ask.method, ask.url) == ("GET", f"https://fcv3.cn-hangzhou.aliyuncs.com{LIST}?limit=100")
    assert ask.headers == (
        ("accept", "application/json"),
        ("x-acs-action", "ListAsyncTasks"),
        ("x-acs-version", "2023-03-30"),
    )


async def test_every_parameter() -> None:
    adapter, call = fc([reply("alibaba-fc/list.page1.json"), reply("alibaba-fc/list.last.json")], qualifier="LATEST")
    want = Want(frozenset({State.RUNNING}), "job-", 1_640_966_400_000, 1_640_966_500_000, True, True)
    (listing,) = await adapter.plan(want)
    await walked(adapter, listing)
    expected = {
        "includePayload": "true",
        "limit": "100",
        "prefix": "job-",
        "qualifier": "LATEST",
        "sortOrderByTime": "desc",
        "startedTimeBegin": "1640966400000",
        "startedTimeEnd": "1640966500000",
        "status": "Running",
    }
    assert asked(call.asks[0]) == expected
    assert asked(call.asks[1]) == expected | {"nextToken": "MyNhYmM=\n"}
    assert listing.label == "my-func Running"


async def test_the_oldest_first() -> None:
    adapter, call = fc([reply("alibaba-fc/list.empty.json")])
    await first(adapter, Want(newest_first=False))
    assert asked(call.asks[0]) == {"limit": "100", "sortOrderByTime": "asc"}


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (None, None),
        ({State.RUNNING}, "Running"),
        ({State.CANCELLED, State.VANISHED}, "Stopped"),
        ({State.QUEUED}, None),
        ({State.FAILED}, None),
        ({State.RUNNING, State.RETRYING}, None),
        ({State.RUNNING, State.UNKNOWN}, None),
        ({State.VANISHED}, None),
        (set(), None),
    ],
)
async def test_states_that_come_down_to_one_status_are_asked_for(states: set[State] | None, status: str | None) -> None:
    adapter, _ = fc([])
    (listing,) = await adapter.plan(Want(None if states is None else frozenset(states)))
    assert dict(listing.asks.pairs).get("status") == status


async def test_one_list_for_each_function() -> None:
    adapter, call = fc(lambda ask: body({"tasks": [{"taskId": "same"}]}), functions=("a", "b/c", "a", "ü *~"))
    listings = await adapter.plan(Want())
    pages = [await adapter.page(one) for one in listings]
    assert [one.label for one in listings] == ["a", "b/c", "ü *~"]
    assert [ask.path.split("/")[3] for ask in call.asks] == ["a", "b%2Fc", "%C3%BC%20%2A~"]
    assert [page.tasks[0].key for page in pages] == [key("same", name) for name in ("a", "b/c", "ü *~")]
    assert [page.tasks[0].name for page in pages] == ["a", "b/c", "ü *~"]


async def test_an_unknown_function_spoils_its_own_list_only() -> None:
    def server(ask: Ask) -> Reply:
        gone = "/gone/" in ask.path
        return reply(f"alibaba-fc/{'error.not-found.http404' if gone else 'list.last'}.json")

    adapter, _ = fc(server, functions=("gone", "my-func"))
    gone, there = await adapter.plan(Want())
    with pytest.raises(NotFound) as caught:
        await adapter.page(gone)
    assert caught.value.code == "FunctionNotFound"
    assert len((await adapter.page(there)).tasks) == 2


@pytest.mark.parametrize(
    ("settings", "origin"),
    [
        ({}, "https://fcv3.cn-hangzhou.aliyuncs.com"),
        ({"region": "me-central-1"}, "https://me-central-1.fc.aliyuncs.com"),
        ({"region": "cn-shanghai-finance-1"}, "https://cn-shanghai-finance-1.fc.aliyuncs.com"),
        ({"region": "cn-heyuan-acdr-1"}, "https://cn-heyuan-acdr-1.fc.aliyuncs.com"),
        ({"region": "cn-hangzhou-finance"}, "https://cn-hangzhou-finance.fc.aliyuncs.com"),
        ({"endpoint": Endpoint("http://127.0.0.1:8080")}, "http://127.0.0.1:8080"),
        (
            {"endpoint": Endpoint("https://1234.cn-hangzhou.fc.aliyuncs.com")},
            "https://1234.cn-hangzhou.fc.aliyuncs.com",
        ),
    ],
)
async def test_hosts(settings: dict[str, Any], origin: str) -> None:
    adapter, call = fc([reply("alibaba-fc/list.empty.json")], **settings)
    await first(adapter)
    assert call.asks[0].origin == origin


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"region": ""}, "region"),
        ({"functions": ()}, "functions is empty"),
        ({"functions": ("*",)}, 'functions = "'),
        ({"functions": ("a", "")}, "names"),
        ({"functions": ("..",)}, "names"),
        ({"qualifier": ""}, "qualifier"),
    ],
)
def test_settings_that_cannot_be(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        fc([], **given)


def test_settings_as_pydantic_reads_them() -> None:
    from pydantic import TypeAdapter

    table = {"name": "thumbs", "adapter": "alibaba-fc", "account": "ali", "region": "cn-hangzhou", "window": "all"}
    found = TypeAdapter(Settings).validate_python({**table, "functions": ["a", "b"]})
    assert found == Settings(
        name=SourceName("thumbs"),
        adapter="alibaba-fc",
        account="ali",
        region=found.region,
        functions=("a", "b"),
        window=found.window,
    )
    assert found.window == EVERYTHING
    assert TypeAdapter(Settings).validate_python({**table, "functions": "*"}).functions == "*"


# Discovery


async def test_discovery_finds_the_functions_in_task_mode() -> None:
    adapter, call = fc([reply("alibaba-fc/discovery.list-async-invoke-configs.json")], functions="*")
    listings = await adapter.plan(Want())
    assert [one.label for one in listings] == ["my-func", "nightly"]
    assert [one.asks.pairs for one in listings] == [(), ()]
    (ask,) = call.asks
    assert (ask.action.name, ask.path, asked(ask)) == ("ListAsyncInvokeConfigs", CONFIGS, {"limit": "100"})


def configs(*arns: str, token: Any = None, mode: Any = True) -> Reply:
    rows = [{"asyncTask": mode, "functionArn": f"acs:fc:cn-hangzhou:1{arn}"} for arn in arns]
    return body({"configs": rows, "nextToken": token})


async def test_discovery_reads_all_pages_and_names_each_function_once() -> None:
    answers = [
        configs(":functions/a/LATEST", ":functions/a/prod", token="t\n"),
        configs("/functions/b", ":functions/a", ":functions/functions", token=""),
    ]
    adapter, call = fc(answers, functions="*", qualifier="prod")
    listings = await adapter.plan(Want())
    assert [one.asks.function for one in listings] == ["a", "b", "functions"]
    assert all(one.asks.pairs == (("qualifier", "prod"),) for one in listings)
    assert [asked(ask).get("nextToken") for ask in call.asks] == [None, "t\n"]


@pytest.mark.parametrize(("mode", "found"), [(True, 1), ("true", 1), ("True", 1), (False, 0), ("false", 0), (None, 0)])
async def test_task_mode(mode: Any, found: int) -> None:
    adapter, _ = fc([configs("/functions/a", mode=mode)], functions="*")
    assert len(await adapter.plan(Want())) == found


async def test_a_discovery_is_believed_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("tui.adapters._alibaba_scopes.monotonic", lambda: now)
    adapter, call = fc([configs("/functions/a"), configs("/functions/b")], functions="*")
    for _ in range(3):
        assert [one.label for one in await adapter.plan(Want())] == ["a"]
    assert len(call.asks) == 1
    now += REMEMBERED + 1
    assert [one.label for one in await adapter.plan(Want())] == ["b"]


async def test_a_function_that_is_gone_is_a_reason_to_discover_again() -> None:
    answers = [configs("/functions/a"), reply("alibaba-fc/error.not-found.http404.json"), configs("/functions/b")]
    adapter, _ = fc(answers, functions="*")
    with pytest.raises(NotFound):
        await first(adapter)
    assert [one.label for one in await adapter.plan(Want())] == ["b"]


async def test_a_discovery_that_repeats_its_token_makes_the_source_partial() -> None:
    adapter, call = fc(lambda _: configs("/functions/a", token="again"), functions="*")
    listings = await adapter.plan(Want())
    assert [one.label for one in listings] == ["a", "ListAsyncInvokeConfigs"]
    cursor = (await adapter.page(listings[1])).next
    assert cursor
    assert (await adapter.page(listings[1], cursor[0])).next == cursor  # a repeated cursor: PARTIAL
    calls = len(call.asks)
    await adapter.plan(Want())
    assert len(call.asks) > calls, "half a discovery is not believed"


async def test_a_discovery_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.adapters.alibaba_fc.PAGES", 5)
    tokens = iter(range(100))
    adapter, call = fc(lambda _: configs("/functions/a", token=str(next(tokens))), functions="*")
    assert len(await adapter.plan(Want())) == 2
    assert len(call.asks) == 5


@pytest.mark.parametrize("answer", [body({}), configs(":nothing"), body({"configs": [{"asyncTask": True}]})])
async def test_a_discovery_of_the_wrong_shape(answer: Reply) -> None:
    adapter, _ = fc([answer], functions="*")
    with pytest.raises(Malformed):
        await adapter.plan(Want())


# Details


async def test_a_task_by_id() -> None:
    adapter, call = fc([reply("alibaba-fc/detail.get-async-task.json")])
    detail = await adapter.detail(key("job-20260115-000003"), output=True)
    assert call.asks[0].path == f"{LIST}/job-20260115-000003"
    assert call.asks[0].query == ""
    assert call.asks[0].action.name == "GetAsyncTask"
    assert detail.task.state is State.SUCCEEDED
    assert detail.task.extra["fc.events"] == 3
    assert detail.output == Output('{"ok":true}')
    assert detail.answer["taskPayload"] == '{"input":"oss://bucket/in/3.json"}'


async def test_a_task_by_id_with_a_qualifier_and_an_odd_id() -> None:
    adapter, call = fc([reply("alibaba-fc/detail.get-async-task.stopping.json")], qualifier="prod")
    detail = await adapter.detail(key("a/b ü"), output=True)
    assert call.asks[0].url.endswith(f"{LIST}/a%2Fb%20%C3%BC?qualifier=prod")
    assert (detail.task.key, detail.task.state, detail.output) == (key("a/b ü"), State.STOPPING, None)


async def test_no_output_unless_asked() -> None:
    adapter, _ = fc([reply("alibaba-fc/detail.get-async-task.json")])
    assert (await adapter.detail(key("job-20260115-000003"))).output is None


@pytest.mark.parametrize("task_id", ["", ".", ".."])
async def test_an_id_that_is_no_path(task_id: str) -> None:
    adapter, call = fc([])
    with pytest.raises(BadRequest):
        await adapter.detail(key(task_id))
    assert call.asks == []


async def test_a_task_by_id_that_is_no_task() -> None:
    adapter, _ = fc([body({})])
    with pytest.raises(Malformed):
        await adapter.detail(key("a"))


async def test_a_task_without_its_function_is_looked_for_in_all() -> None:
    def server(ask: Ask) -> Reply:
        return body({"taskId": "t"}) if "/b/" in ask.path else MISSING

    adapter, call = fc(server, functions=("a", "b", "c"))
    assert (await adapter.detail(key("t", ""))).task.key == key("t", "b")
    assert len(call.asks) == 3


async def test_a_task_that_two_functions_know_is_asked_back() -> None:
    adapter, _ = fc(lambda _: body({"taskId": "t/1"}), functions=("a", "b"))
    with pytest.raises(BadRequest, match="thumbs/a/t%2F1, thumbs/b/t%2F1"):
        await adapter.detail(key("t/1", ""))


async def test_a_task_that_no_function_knows() -> None:
    adapter, _ = fc(lambda _: MISSING, functions=("a", "b"))
    with pytest.raises(NotFound):
        await adapter.detail(key("t", ""))
    nowhere, _ = fc([configs()], functions="*")
    with pytest.raises(NotFound, match="nowhere"):
        await nowhere.detail(key("t", ""))


async def test_a_known_task_says_its_function() -> None:
    adapter, call = fc([body({"taskId": "t"})], functions=("a", "b"))
    known = Task(key=key("t", "b"), state=State.RUNNING)
    assert (await adapter.detail(key("t", ""), known)).task.key == known.key
    assert len(call.asks) == 1


# Settling


def live(task_id: str) -> Task:
    return Task(key=key(task_id), state=State.RUNNING, native_state="Running", started_at=1000, target="LATEST")


async def test_settling_asks_for_each() -> None:
    def server(ask: Ask) -> Reply:
        if ask.path.endswith("/gone"):
            return MISSING
        state = "Running" if ask.path.endswith("/live") else "Succeeded"
        return body({"taskId": ask.path.rpartition("/")[2], "status": state, "endTime": 1_768_465_800_000})

    adapter, _ = fc(server)
    gone, running, ended = await adapter.settle([live("gone"), live("live"), live("ended")])
    assert (gone.state, gone.native_state, gone.key) == (State.VANISHED, "Running", key("gone"))
    assert (running.state, running.started_at) == (State.RUNNING, None)
    assert (ended.state, ended.started_at, ended.target) == (State.SUCCEEDED, 1000, "LATEST")
    assert (ended.ended_at, ended.duration_ms) == (1_768_465_800_000, 1_768_465_799_000)


async def test_settling_stops_at_another_error() -> None:
    adapter, _ = fc([reply("alibaba-fc/error.auth.http403.json")])
    with pytest.raises(AuthError):
        await adapter.settle([live("a")])


@pytest.mark.parametrize("row", [{"taskPayload": "in"}, {"invocationPayload": "in"}])
def test_the_payload(row: dict[str, Any]) -> None:
    assert payload(row) == "in"


# Paging


@given(rows=st.integers(0, 60), size=st.integers(1, 20))
async def test_paging_yields_every_task_once_and_ends(rows: int, size: int) -> None:
    def server(ask: Ask) -> Reply:
        start = int(asked(ask).get("nextToken", "0\n"))
        stop = start + size
        token = {"nextToken": f"{stop}\n"} if stop < rows else {}
        return body({"tasks": [{"taskId": str(n)} for n in range(start, min(stop, rows))], **token})

    adapter, _ = fc(server)
    (listing,) = await adapter.plan(Want())
    assert ids(await walked(adapter, listing)) == [str(n) for n in range(rows)]


async def test_an_empty_page_ends_the_list() -> None:
    adapter, _ = fc([body({"tasks": [], "nextToken": "more"})])
    assert (await adapter.page(Listing("f", (await adapter.plan(Want()))[0].asks))).next == ()
