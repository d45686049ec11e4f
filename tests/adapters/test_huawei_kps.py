"""huawei-kps: its lists, its by-id read, and how its pages are walked."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.scripted import Answers, ScriptedCall
from tests.adapters.test_huawei_access import PROJECT, account, source
from tests.fixture_files import LOCAL_MS, body, reply
from tui import adapters
from tui.adapters import Adapter
from tui.adapters._read import epoch
from tui.adapters.huawei_kps import FAILED, LIMIT, PLANNED, RUNNING, HuaweiKps, Settings
from tui.answers import Listing, Page, Want
from tui.calls import Ask, Reply
from tui.errors import AuthError, BadRequest, Denied, Malformed, NotFound, Unavailable
from tui.model import State, Task, TaskKey
from tui.settings.kinds import Endpoint, Region, SourceName

KPS = "https://kms.ap-southeast-1.myhuaweicloud.com"
UNKNOWN_ID = body({"error_code": "KPS.0404", "error_msg": "no such task"}, status=400)
EMPTY = reply("huawei-kps/list.empty.json")


def adapter(answers: Answers, **keys: Any) -> tuple[HuaweiKps, ScriptedCall]:
    call = ScriptedCall(answers)
    return HuaweiKps(source(**keys), account(project_id=PROJECT), call), call


async def one_page(file: str, listing: Listing = RUNNING, cursor: Any = None) -> Page:
    return await adapter([reply(f"huawei-kps/{file}")])[0].page(listing, cursor)


def known(number: int, name: str = "RESET") -> Task:
    """A running task as the last list showed it."""
    return Task(
        key=TaskKey("keys", "", f"aee8d2fe-5484-4753-9177-{number:012x}"),
        state=State.RUNNING,
        native_state="RUNNING_RESET",
        name=name,
        kind="keypair",
        target="vm",
        created_at=1,
        extra={"kps.server": "old server", "kps.keypair": "KeyPair-1"},
        seen_at=1,
        request_id="old",
    )


def cloud(running: Reply = EMPTY, failed: Reply = EMPTY, **by_id: Reply) -> tuple[HuaweiKps, ScriptedCall]:
    """A KPS of one page a list; tasks by the last character of their id."""

    def answer(ask: Ask) -> Reply:
        last = ask.path.rpartition("/")[2]
        return {"running-tasks": running, "failed-tasks": failed}.get(last) or by_id.get(last[-1], UNKNOWN_ID)

    return adapter(answer)


def paths(call: ScriptedCall) -> list[str]:
    return [ask.path.removeprefix(f"/v3/{PROJECT}/") for ask in call.asks]


def test_it_is_found_by_its_file() -> None:
    found: type[Adapter] = adapters.load("huawei-kps")
    assert found is HuaweiKps
    assert (found.id, found.title, found.short, found.digit, found.vendor) == (
        "huawei-kps",
        "Keypair tasks",
        "KPS",
        5,
        "huawei",
    )


def test_reads_and_writes_are_told_apart_and_no_rate_is_documented() -> None:
    assert {action.name: action.kind for action in HuaweiKps.actions} == {
        "ListRunningTask": "read",
        "ListFailedTask": "read",
        "ListKeypairTask": "read",
        "KeystoneListProjects": "read",
        "KeystoneListAuthProjects": "read",
        "KeystoneCreateUserTokenByPassword": "read",
        "DeleteFailedTask": "write",
        "DeleteAllFailedTask": "write",
    }
    assert {action.rate for action in HuaweiKps.actions} == {None}


def test_a_region_is_needed() -> None:
    with pytest.raises(ValueError, match="huawei-kps needs a region"):
        Settings(name=SourceName("keys"), adapter="huawei-kps", account="hw", region=Region(""))


async def test_a_poll_reads_what_runs_and_then_what_failed() -> None:
    kps, call = adapter([])
    assert await kps.plan(Want()) == (RUNNING, FAILED)
    assert RUNNING.stage < FAILED.stage
    assert call.asks == []


@pytest.mark.parametrize(
    ("states", "labels"),
    [
        ({State.FAILED}, ["failed-tasks"]),
        ({State.FAILED, State.EXPIRED}, ["failed-tasks"]),
        ({State.RUNNING}, ["running-tasks", "failed-tasks"]),
        ({State.QUEUED, State.FAILED}, ["running-tasks", "failed-tasks"]),
        ({State.SUCCEEDED}, ["running-tasks", "failed-tasks"]),
    ],
)
async def test_only_a_want_for_failed_tasks_alone_leaves_a_list_out(states: set[State], labels: list[str]) -> None:
    listings = await adapter([])[0].plan(Want(states=frozenset(states)))
    assert [listing.label for listing in listings] == labels


async def test_a_project_that_cannot_be_found_fails_the_plan() -> None:
    kps = HuaweiKps(source(), account(), ScriptedCall([reply("huawei-kps/iam.projects.none.json")]))
    with pytest.raises(BadRequest, match="set project_id"):
        await kps.plan(Want())


async def test_the_request_of_each_list() -> None:
    kps, call = cloud()
    for listing in (RUNNING, FAILED):
        await kps.page(listing)
    assert [ask.url for ask in call.asks] == [
        f"{KPS}/v3/{PROJECT}/running-tasks?limit=1000&offset=0",
        f"{KPS}/v3/{PROJECT}/failed-tasks?limit=1000&offset=0",
    ]
    assert [ask.action.name for ask in call.asks] == ["ListRunningTask", "ListFailedTask"]
    assert {(ask.method, ask.body) for ask in call.asks} == {("GET", b"")}


async def test_an_endpoint_replaces_the_host() -> None:
    kps, call = adapter([EMPTY], endpoint=Endpoint("http://127.0.0.1:8080"))
    await kps.page(RUNNING)
    assert call.asks[0].host == "127.0.0.1:8080"


async def test_the_vendors_example() -> None:
    page = await one_page("list.vendor-example.json")
    assert page.tasks == (
        Task(
            key=TaskKey("keys", "", "aee8d2fe-5484-4753-9177-5a38dc15546c"),
            state=State.RUNNING,
            native_state="RUNNING_RESET",
            name="RESET",
            kind="keypair",
            target="Test",
            created_at=1_523_342_130_000,
            extra={"kps.server": "c9aa197b-a6b6-4c33-b3a6-fa0b4ec50006", "kps.keypair": "KeyPair-xt"},
        ),
    )
    assert page.rows[0]["task_time"] == "1523342130000"
    assert (page.next, page.total, page.request_id) == ((), 1, None)


async def test_two_pages_of_the_running_list() -> None:
    first = await one_page("list.page1.json")
    assert [(task.key.id[-1], task.state, task.name, task.target) for task in first.tasks] == [
        ("1", State.RUNNING, "RESET", "ecs-名-1"),
        ("2", State.RUNNING, "UNBIND", "ecs-名-2"),
    ]
    assert [task.created_at for task in first.tasks] == [1_768_465_780_000, 1_768_465_760_000]
    assert {(task.seen_at, task.request_id) for task in first.tasks} == {(LOCAL_MS, "0f5a0000000000000000000000000001")}
    assert first.request_id == "0f5a0000000000000000000000000001"
    assert (first.total, first.next) == (3, ((2, None),))

    kps, call = adapter([reply("huawei-kps/list.last.json")])
    last = await kps.page(RUNNING, first.next[0])
    assert call.asks[0].query == "limit=1000&offset=2"
    assert [(task.state, task.native_state, task.name) for task in last.tasks] == [
        (State.QUEUED, "READY_REPLACE", "REPLACE")
    ]
    assert last.next == ()


@pytest.mark.parametrize("file", ["list.empty.json", "list.empty.null.json", "list.failed-tasks.empty.json"])
async def test_an_empty_list(file: str) -> None:
    page = await one_page(file)
    assert (page.tasks, page.rows, page.next, page.total) == ((), (), (), 0)


async def test_odd_rows_of_the_running_list_are_live() -> None:
    page = await one_page("list.variants.json")
    assert [(task.state, task.native_state, task.name, task.created_at) for task in page.tasks] == [
        (State.QUEUED, "READY_RESET", "RESET", 1_768_465_720_000),
        (State.RUNNING, "FAILED_RESET", "RESET", 1_768_465_700_000),
        (State.RUNNING, "SUCCESS_UNBIND", "UNBIND", 1_768_465_680_000),
        (State.RUNNING, "MIGRATING", "MIGRATING", 1_768_465_660_000),
        (State.RUNNING, "RUNNING_RESET", "RESET", 1_768_465_800_000),
    ]
    assert {task.error for task in page.tasks} == {None}
    assert (page.total, page.next) == (5, ())


async def test_the_failed_list() -> None:
    page = await one_page("list.failed-tasks.json", FAILED)
    assert [(task.state, task.native_state, task.name, task.error) for task in page.tasks] == [
        (State.FAILED, "FAILED_REPLACE", "REPLACE", "KPS.6028 Failed to connect to the server."),
        (State.FAILED, "RUNNING_RESET", "RESET", "Update public key error"),
    ]
    assert page.tasks[0].extra == {
        "kps.server": "c9aa197b-a6b6-4c33-b3a6-000000000009",
        "kps.keypair": "KeyPair-9",
    }
    assert {(task.ended_at, task.duration_ms, task.started_at) for task in page.tasks} == {(None, None, None)}


@pytest.mark.parametrize(
    ("row", "state", "name"),
    [
        ({}, State.RUNNING, None),
        ({"operate_type": ""}, State.RUNNING, None),
        ({"operate_type": "ready_reset"}, State.QUEUED, "reset"),
        ({"operate_type": "READY"}, State.RUNNING, "READY"),
        ({"operate_type": "READY_"}, State.QUEUED, None),
        ({"operate_type": "RUNNING_A_B"}, State.RUNNING, "A_B"),
    ],
)
async def test_a_row_of_almost_nothing(row: dict[str, Any], state: State, name: str | None) -> None:
    odd = {"task_id": 7, "server_name": "", "server_id": None, "keypair_name": "", "new": {"field": []}} | row
    page = await adapter([body({"total": 1, "tasks": [odd]})])[0].page(RUNNING)
    assert page.tasks == (
        Task(
            key=TaskKey("keys", "", "7"),
            state=state,
            native_state=row.get("operate_type") or None,
            name=name,
            kind="keypair",
        ),
    )
    assert page.rows == (odd,)


@pytest.mark.parametrize(
    "content",
    [{"total": 0}, {"tasks": {}}, {"tasks": [7]}, {"tasks": [{}]}, {"tasks": [{"task_id": ""}]}, {"tasks": [None]}],
)
async def test_an_answer_of_the_wrong_shape(content: Any) -> None:
    with pytest.raises(Malformed):
        list((await adapter([body(content)])[0].page(RUNNING)).tasks)


def test_the_samples_of_key_pairs_say_their_times_in_seconds() -> None:
    pair = reply("huawei-kps/detail.keypair.json").json["keypair"]
    assert (pair["name"], epoch(pair["create_time"])) == ("KeyPair-1", 1_767_225_600_000)
    listed = reply("huawei-kps/discovery.list-keypairs.json").json
    assert [entry["keypair"]["name"] for entry in listed["keypairs"]] == ["KeyPair-1"]


@pytest.mark.parametrize(
    ("file", "native", "state"),
    [
        ("detail.task.running-reset.json", "RUNNING_RESET", State.RUNNING),
        ("detail.task.success-reset.json", "SUCCESS_RESET", State.SUCCEEDED),
        ("detail.task.failed-unbind.json", "FAILED_UNBIND", State.FAILED),
    ],
)
async def test_a_task_by_id_has_the_facts_of_its_row(file: str, native: str, state: State) -> None:
    answer = reply(f"huawei-kps/{file}")
    kps, call = adapter([answer])
    row = known(1, name="REPLACE")
    detail = await kps.detail(row.key, row, output=True)
    assert paths(call) == [f"tasks/{row.key.id}"]
    assert detail.answer == answer.json
    assert detail.output is None
    task = detail.task
    assert (task.state, task.native_state, task.name, task.target, task.created_at) == (
        state,
        native,
        "REPLACE",
        "vm",
        1,
    )
    assert (task.ended_at, task.duration_ms, task.error) == (None, None, None)
    assert task.extra == {"kps.server": "c9aa197b-a6b6-4c33-b3a6-000000000001", "kps.keypair": "KeyPair-1"}
    assert (task.seen_at, task.request_id) == (LOCAL_MS, answer.headers["x-request-id"])


@pytest.mark.parametrize(
    ("native", "state", "name"),
    [
        ("READY_UNBIND", State.QUEUED, "UNBIND"),
        ("success_reset", State.SUCCEEDED, "reset"),
        ("PAUSED_RESET", State.UNKNOWN, "RESET"),
        ("DONE", State.UNKNOWN, "DONE"),
    ],
)
async def test_a_task_that_no_list_holds_is_still_asked_by_id(native: str, state: State, name: str) -> None:
    kps, call = cloud(x=body({"task_id": "x", "server_id": "s", "task_status": native}))
    task = (await kps.detail(TaskKey("keys", "", "x"))).task
    assert paths(call) == ["failed-tasks", "running-tasks", "tasks/x"]
    assert task == Task(
        key=TaskKey("keys", "", "x"),
        state=state,
        native_state=native,
        name=name,
        kind="keypair",
        extra={"kps.server": "s"},
    )


async def test_without_its_row_a_task_is_first_found_in_the_lists() -> None:
    answer = reply("huawei-kps/detail.task.failed-unbind.json")
    kps, call = cloud(failed=reply("huawei-kps/list.failed-tasks.json"), **{"9": answer})
    task = (await kps.detail(known(9).key)).task
    assert paths(call)[0] == "failed-tasks"
    assert len(call.asks) == 2
    assert (task.state, task.native_state, task.name) == (State.FAILED, "FAILED_UNBIND", "REPLACE")
    assert task.error == "KPS.6028 Failed to connect to the server."
    kps, call = cloud(running=reply("huawei-kps/list.vendor-example.json"), c=answer)
    task = (await kps.detail(TaskKey("keys", "", "aee8d2fe-5484-4753-9177-5a38dc15546c"))).task
    assert (task.target, len(call.asks)) == ("Test", 3)


async def test_a_listed_task_that_the_by_id_read_does_not_know_is_its_row() -> None:
    kps, _ = cloud(failed=reply("huawei-kps/list.failed-tasks.json"))
    detail = await kps.detail(known(9).key)
    assert detail.task.state is State.FAILED
    assert detail.answer["server_name"] == "ecs-名-9"


@pytest.mark.parametrize(
    "answer",
    [UNKNOWN_ID, reply("huawei-kps/error.not-found.http404.json"), body({"task_id": "x", "task_status": None})],
)
async def test_a_task_that_nobody_knows_is_not_found(answer: Reply) -> None:
    for row in (None, known(1)):
        with pytest.raises(NotFound):
            await cloud(**{"1": answer})[0].detail(known(1).key, row)


async def test_an_id_is_one_segment_of_the_path() -> None:
    kps, call = cloud()
    with pytest.raises(NotFound):
        await kps.detail(TaskKey("keys", "", "../a?b#c%2F"), known(1))
    assert paths(call) == ["tasks/..%2Fa%3Fb%23c%252F"]


async def test_settling_asks_each_task_and_then_reads_the_failed_list_once() -> None:
    kps, call = cloud(
        failed=reply("huawei-kps/list.failed-tasks.json"),
        **{
            "1": reply("huawei-kps/detail.task.success-reset.json"),
            "2": reply("huawei-kps/detail.task.running-reset.json"),
            "3": UNKNOWN_ID,
            "4": reply("huawei-kps/error.not-found.http404.json"),
            "5": body({"task_id": "5"}),
        },
    )
    tasks = [known(number) for number in (1, 9, 2, 10, 3, 4, 5)]
    settled = await kps.settle(tasks)
    assert [task.key for task in settled] == [task.key for task in tasks]
    assert [(task.key.id[-1], task.state) for task in settled] == [
        ("1", State.SUCCEEDED),
        ("9", State.FAILED),
        ("2", State.RUNNING),
        ("a", State.FAILED),
        ("3", State.VANISHED),
        ("4", State.VANISHED),
        ("5", State.VANISHED),
    ]
    assert paths(call)[-1] == "failed-tasks"
    assert [path[-1] for path in paths(call)[:-1]] == ["1", "9", "2", "a", "3", "4", "5"]
    assert settled[1].error == "KPS.6028 Failed to connect to the server."
    assert settled[1].target == "ecs-名-9"
    assert (settled[0].ended_at, settled[0].created_at, settled[0].target) == (None, 1, "vm")
    assert (settled[4].native_state, settled[4].seen_at, settled[4].request_id) == ("RUNNING_RESET", 1, "old")


async def test_a_failed_row_keeps_what_only_the_older_row_said() -> None:
    old = known(7)
    kps, _ = cloud(failed=body({"total": 1, "tasks": [{"task_id": old.key.id, "task_error_msg": "why"}]}))
    (task,) = await kps.settle([old])
    assert (task.state, task.name, task.target, task.created_at, task.extra, task.error) == (
        State.FAILED,
        "RESET",
        "vm",
        1,
        old.extra,
        "why",
    )


async def test_settling_nothing_asks_nothing() -> None:
    kps, call = adapter([])
    assert await kps.settle([]) == []
    assert call.asks == []


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("error.auth.http401.json", AuthError),
        ("error.denied.http403.json", Denied),
        ("error.transient.http503.txt", Unavailable),
    ],
)
async def test_any_other_error_ends_the_settling(file: str, kind: type[Exception]) -> None:
    error = reply(f"huawei-kps/{file}")
    for kps, _ in (cloud(failed=error), cloud(**{"1": error})):
        with pytest.raises(kind):
            await kps.settle([known(1)])


async def test_who_may_not_read_the_failed_list_still_sees_that_a_task_has_failed() -> None:
    kps, _ = cloud(failed=reply("huawei-kps/error.denied.http403.json"), **{"1": body({"task_status": "FAILED_RESET"})})
    (settled,) = await kps.settle([known(1)])
    assert (settled.state, settled.error) == (State.FAILED, None)


async def test_a_wrong_request_of_another_status_does_not_make_a_task_vanish() -> None:
    kps, _ = cloud(**{"1": body({"error_code": "KPS.1"}, status=409)})
    with pytest.raises(BadRequest):
        await kps.settle([known(1)])


def rows_of(numbers: range) -> list[dict[str, Any]]:
    return [{"task_id": str(number), "operate_type": "RUNNING_RESET"} for number in numbers]


async def walk(kps: HuaweiKps, listing: Listing = RUNNING) -> list[str]:
    """All ids of a list, its pages read in the order in which they are handed out."""
    found: list[str] = []
    cursors: deque[Any] = deque([None])
    while cursors:
        cursor = cursors.popleft()
        assert hash(cursor) is not None
        page = await kps.page(listing, cursor)
        found.extend(task.key.id for task in page.tasks)
        cursors.extend(page.next)
    return found


@given(
    count=st.integers(0, 60),
    cap=st.integers(1, 20),
    lengths=st.lists(st.integers(1, 20), max_size=30),
    total_as=st.sampled_from(["number", "text", "nothing"]),
)
async def test_every_row_is_read_once_whatever_the_pages_are_like(
    count: int, cap: int, lengths: list[int], total_as: str
) -> None:
    """The server caps its pages, and some pages come shorter than that."""
    short = iter(lengths)
    asked = 0

    def answer(ask: Ask) -> Reply:
        nonlocal asked
        asked += 1
        query = {name: int(value) for name, value in parse_qsl(ask.query)}
        length = min(query["limit"], cap, next(short, cap))
        held = rows_of(range(count))[query["offset"] : query["offset"] + length]
        totals: dict[str, dict[str, Any]] = {
            "number": {"total": count},
            "text": {"total": str(count)},
            "nothing": {},
        }
        return body(totals[total_as] | {"tasks": held})

    found = await walk(adapter(answer)[0])
    assert sorted(found, key=int) == [str(number) for number in range(count)]
    assert asked <= 2 + 2 * count


@given(start=st.integers(1, 30), end=st.integers(0, 60), cap=st.integers(1, 20), at=st.integers(1, 10))
async def test_a_list_that_grows_or_shrinks_while_it_is_read_ends(start: int, end: int, cap: int, at: int) -> None:
    asked = 0

    def answer(ask: Ask) -> Reply:
        nonlocal asked
        asked += 1
        count = start if asked <= at else end
        query = {name: int(value) for name, value in parse_qsl(ask.query)}
        held = rows_of(range(count))[query["offset"] :][: min(query["limit"], cap)]
        return body({"total": count, "tasks": held})

    found = await walk(adapter(answer)[0])
    assert len(found) == len(set(found))
    assert set(found) >= {str(number) for number in range(min(start, end))}
    if end > start and asked > at:
        assert len(found) == end


async def test_all_other_pages_are_handed_out_with_the_first() -> None:
    page = await adapter([body({"total": 3500, "tasks": rows_of(range(1000))})])[0].page(RUNNING)
    assert page.next == ((1000, 2000), (2000, 3000), (3000, None))


@pytest.mark.parametrize("total", [10**12, 10**30])
async def test_a_wild_total_does_not_fill_the_memory(total: int) -> None:
    page = await adapter([body({"total": total, "tasks": rows_of(range(1))})])[0].page(RUNNING)
    assert len(page.next) == PLANNED
    assert page.next[-1] == (PLANNED, None)


async def test_a_planned_page_asks_for_no_more_than_its_own_rows() -> None:
    kps, call = adapter(lambda ask: EMPTY)
    for cursor in ((100, 200), (0, 5000), (100, None)):
        await kps.page(RUNNING, cursor)
    assert [ask.query for ask in call.asks] == [
        "limit=100&offset=100",
        f"limit={LIMIT}&offset=0",
        f"limit={LIMIT}&offset=100",
    ]


async def test_a_search_through_a_list_that_repeats_itself_ends() -> None:
    page = body({"total": 10**9, "tasks": rows_of(range(2))})
    kps, call = cloud(failed=page, x=reply("huawei-kps/detail.task.success-reset.json"))
    assert (await kps.detail(TaskKey("keys", "", "x"))).task.state is State.SUCCEEDED
    assert paths(call) == ["failed-tasks", "failed-tasks", "running-tasks", "tasks/x"]


async def test_two_are_asked_by_id_abreast_and_one_that_cannot_be_asked_is_said() -> None:
    flying = most = 0

    async def answer(self: HuaweiKps, task_id: str) -> Reply:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await asyncio.sleep(0)
        flying -= 1
        if task_id.endswith("3"):
            raise Unavailable("no")
        return body({"task_status": "SUCCESS_RESET", "task_id": task_id, "server_id": "vm"})

    one, _ = cloud()
    with patch.object(HuaweiKps, "_asked", answer):
        found = await one.settle([known(1), known(2), known(4)])
        assert [task.state for task in found] == [State.SUCCEEDED] * 3
        assert most == 2
        with pytest.raises(Unavailable):
            await one.settle([known(1), known(2), known(3), known(4)])
    assert flying == 0
