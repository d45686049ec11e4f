"""tencent-tat: offset paging with all pages handed out at once, thirteen statuses, output for one task alone."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.adapters.tencent import INTL, MAINLAND, NOON, asked, first_page, headers, refused, response, tat, walk
from tests.fixture_files import reply
from tui.adapters._read import rows
from tui.adapters._tencent import answer
from tui.adapters.tencent_tat import Settings, Span
from tui.answers import Listing, Output, Want
from tui.calls import Ask, Reply
from tui.errors import BadRequest, Malformed, NotFound
from tui.model import State, Task, TaskKey
from tui.settings.kinds import Region, SourceName

CREATED = 1_768_465_800_000  # 2026-01-15T08:30:00Z
EVERYTHING = Listing("invocation tasks", ())


def command(number: int, state: State, native: str, invocation: int, **changes: object) -> Task:
    facts: dict[str, object] = {"tat.exit": 0} if state.final else {}
    task = Task(
        key=TaskKey("commands", "", f"invt-{number:08x}"),
        state=state,
        native_state=native,
        name="nightly-清理",
        kind="SHELL",
        target=f"ins-{number:08x}",
        created_at=CREATED,
        started_at=CREATED + 2_000,
        ended_at=CREATED + 9_000 if state.final else None,
        duration_ms=7_000 if state.final else None,
        extra=facts | {"tat.invocation": f"inv-{invocation:08x}", "tat.command": "cmd-13axrtuq", "tat.by": "USER"},
    )
    return task._replace(**changes)


def extra(task: Task, **facts: object) -> Mapping[str, Any]:
    return {**task.extra, **{f"tat.{name}": value for name, value in facts.items()}}


FIRST = command(1, State.SUCCEEDED, "SUCCESS", 0)
SECOND = command(2, State.RUNNING, "RUNNING", 1)
THIRD = command(3, State.FAILED, "FAILED", 1, error="exit 1")
THIRD = THIRD._replace(extra=extra(THIRD, exit=1))


async def test_a_list_hides_output_and_asks_for_a_hundred() -> None:
    adapter, call = tat("tencent-tat/list.empty.json")
    assert await adapter.plan(Want()) == [EVERYTHING]
    page = await adapter.page(EVERYTHING)
    assert (page.tasks, page.rows, page.next, page.total) == ((), (), (), 0)
    assert call.asks[0].body == b'{"Limit":100,"Offset":0,"HideOutput":true}'
    assert call.asks[0].action.name == "DescribeInvocationTasks"


async def test_neither_states_nor_times_narrow_a_list() -> None:
    adapter, _ = tat()
    want = Want(frozenset({State.FAILED}), "invt-", NOON, NOON, newest_first=True, payload=True, created_after=NOON)
    assert await adapter.plan(want) == await adapter.plan(Want())


@pytest.mark.parametrize(
    ("equal", "filters"),
    [
        ([("target", ["ins-1"])], [("instance-id", ("ins-1",))]),
        (
            [("tat.command", ["cmd-1", "cmd-2"]), ("tat.invocation", ["inv-1"])],
            [("command-id", ("cmd-1", "cmd-2")), ("invocation-id", ("inv-1",))],
        ),
        ([("target", ["INS-1"])], []),
        ([("target", ["web 07"])], []),
        ([("target", [f"ins-{at}" for at in range(6)])], []),
        ([("id", ["invt-1"])], []),
    ],
)
async def test_ids_that_look_like_the_vendors_narrow_a_list(
    equal: list[tuple[str, list[str]]], filters: list[tuple[str, tuple[str, ...]]]
) -> None:
    adapter, _ = tat()
    (listing,) = await adapter.plan(Want(equal=tuple((name, tuple(values)) for name, values in equal)))
    assert list(listing.asks) == filters


@pytest.mark.parametrize(
    ("wanted", "asked_for"), [(("ins-1", "ins-3"), ("ins-1",)), (("ins-3",), ("ins-1", "ins-2")), ((), None)]
)
async def test_ids_wanted_never_widen_the_sources_own(
    wanted: tuple[str, ...], asked_for: tuple[str, ...] | None
) -> None:
    adapter, _ = tat(instance_ids=("ins-1", "ins-2"))
    (listing,) = await adapter.plan(Want(equal=(("target", wanted),)))
    assert dict(listing.asks)["instance-id"] == (asked_for or ("ins-1", "ins-2"))


@pytest.mark.parametrize("code", ["InvalidParameterValue.InvalidInstanceId", "ResourceNotFound.InstanceNotFound"])
async def test_an_id_wanted_that_there_is_not_is_an_empty_list(code: str) -> None:
    adapter, _ = tat(refused(code))
    (listing,) = await adapter.plan(Want(equal=(("target", ("ins-9",)),)))
    page = await adapter.page(listing)
    assert (page.tasks, page.rows, page.next) == ((), (), ())


@pytest.mark.parametrize(
    ("code", "ids"), [("InvalidParameterValue.InvalidInstanceId", ("ins-9",)), ("UnsupportedOperation", ())]
)
async def test_an_id_of_the_config_that_there_is_not_is_an_error(code: str, ids: tuple[str, ...]) -> None:
    adapter, _ = tat(refused(code), instance_ids=ids)
    (listing,) = await adapter.plan(Want(equal=(("target", ("ins-9",)),)))
    with pytest.raises((BadRequest, NotFound)):
        await adapter.page(listing)


async def test_a_list_over_two_pages() -> None:
    adapter, call = tat("tencent-tat/list.page1.json", "tencent-tat/list.last.json")
    pages = await walk(adapter, EVERYTHING)
    assert [page.tasks for page in pages] == [(FIRST, SECOND), (THIRD,)]
    assert [page.total for page in pages] == [3, 3]
    assert pages[0].rows == tuple(answer(reply("tencent-tat/list.page1.json"))["InvocationTaskSet"])
    assert pages[0].tasks[0].seen_at == NOON
    assert pages[0].tasks[0].request_id == pages[0].request_id == "a1df9725-51c6-466d-a038-000000000001"
    assert [asked(ask)["Offset"] for ask in call.asks] == [0, 2]


async def test_every_status() -> None:
    adapter, _ = tat("tencent-tat/list.all-statuses.json")
    tasks = (await adapter.page(EVERYTHING)).tasks
    assert [(task.native_state, task.state, task.error) for task in tasks] == [
        ("PENDING", State.QUEUED, None),
        ("DELIVERING", State.QUEUED, None),
        ("DELIVER_DELAYED", State.QUEUED, None),
        ("DELIVER_FAILED", State.FAILED, "agent offline"),
        ("START_FAILED", State.FAILED, "START_FAILED"),
        ("RUNNING", State.RUNNING, None),
        ("SUCCESS", State.SUCCEEDED, None),
        ("FAILED", State.FAILED, "exit 1"),
        ("TIMEOUT", State.FAILED, "exit 1"),
        ("TASK_TIMEOUT", State.FAILED, tasks[9].error),
        ("CANCELLING", State.STOPPING, None),
        ("CANCELLED", State.CANCELLED, None),
        ("TERMINATED", State.CANCELLED, None),
    ]
    row = answer(reply("tencent-tat/list.all-statuses.json"))["InvocationTaskSet"][9]
    code = row["TaskResult"]["ExitCode"]
    assert tasks[9].error == (row["ErrorInfo"] or (f"exit {code}" if code else "TASK_TIMEOUT"))
    assert [("tat.exit" in task.extra) for task in tasks] == [task.state.final for task in tasks]
    assert tasks[0] == command(16, State.QUEUED, "PENDING", 8, started_at=None)
    assert tasks[3].duration_ms is None  # it never started
    assert tasks[12].duration_ms == 7_000


async def test_the_example_of_the_vendor() -> None:
    adapter, _ = tat("tencent-tat/list.vendor-example.json")
    page = await adapter.page(EVERYTHING)
    assert page.tasks == (
        Task(
            key=TaskKey("commands", "", "invt-08oe5fe2"),
            state=State.SUCCEEDED,
            native_state="SUCCESS",
            name="cmd-13axrtuq",
            kind="SHELL",
            target="ins-zj0f57ex",
            created_at=1_604_562_596_000,
            started_at=1_604_562_598_000,
            ended_at=1_604_562_604_000,
            duration_ms=6_000,
            extra={
                "tat.exit": 0,
                "tat.invocation": "inv-1vll7hda",
                "tat.command": "cmd-13axrtuq",
                "tat.by": "user",
            },
        ),
    )


async def test_variants() -> None:
    adapter, _ = tat("tencent-tat/list.variants.json")
    known, novel = (await adapter.page(EVERYTHING)).tasks
    plain = command(40, State.SUCCEEDED, "SUCCESS", 20, name="cmd-13axrtuq")
    assert known == plain._replace(extra=extra(plain, by="user"))
    assert novel == command(41, State.UNKNOWN, "PAUSED", 20, ended_at=CREATED + 9_000)


async def test_null_is_an_empty_list() -> None:
    adapter, _ = tat("tencent-tat/list.empty.null.json")
    assert (await adapter.page(EVERYTHING)).next == ()


async def test_odd_rows_are_taken_as_they_are() -> None:
    row: dict[str, Any] = {
        "InvocationTaskId": "invt-1",
        "TaskStatus": "success",
        "TaskResult": {"ExitCode": "3"},
        "CommandDocument": None,
        "InvocationSource": "",
        "CreatedTime": "not a time",
        "Unknown": [],
    }
    bare = {"InvocationTaskId": 7, "TaskStatus": None, "TaskResult": None}
    failed = {"InvocationTaskId": "f", "TaskStatus": "Failed", "TaskResult": {"ExitCode": None}}
    adapter, _ = tat(response(InvocationTaskSet=[row, bare, failed], TotalCount="3"))
    page = await adapter.page(EVERYTHING)
    assert page.total == 3
    assert page.tasks[0] == Task(
        key=TaskKey("commands", "", "invt-1"),
        state=State.SUCCEEDED,
        native_state="success",
        extra={"tat.exit": 3},
    )
    assert page.tasks[1] == Task(key=TaskKey("commands", "", "7"), state=State.UNKNOWN, extra={})
    assert (page.tasks[2].error, page.tasks[2].extra) == ("Failed", {})


@pytest.mark.parametrize("fields", [{}, {"InvocationTaskSet": {}}, {"InvocationTaskSet": [{"TaskStatus": "x"}]}])
async def test_an_answer_of_another_shape_is_malformed(fields: dict[str, object]) -> None:
    adapter, _ = tat(response(**fields))
    with pytest.raises(Malformed):
        list((await adapter.page(EVERYTHING)).tasks)


def server(count: int, cap: int = 100, total: int | str | None = -1) -> Any:
    """A list of `count` tasks, at most `cap` rows a page."""

    def served(ask: Ask) -> Reply:
        told = asked(ask)
        start = told["Offset"]
        page = range(start, min(start + min(told["Limit"], cap), count))
        shown = [{"InvocationTaskId": str(n), "TaskStatus": "RUNNING"} for n in page]
        return response(InvocationTaskSet=shown, TotalCount=count if total == -1 else total)

    return served


async def test_all_pages_are_handed_out_with_the_first() -> None:
    adapter, _ = tat(server(250))
    page = await adapter.page(EVERYTHING)
    assert page.next == (Span(100, 200), Span(200))
    assert [(await adapter.page(EVERYTHING, span)).next for span in page.next] == [(), ()]


async def test_a_server_with_smaller_pages_is_asked_for_pages_of_its_size() -> None:
    adapter, call = tat(server(220, cap=50))
    page = await adapter.page(EVERYTHING)
    assert page.next == (Span(50, size=50),)
    page = await adapter.page(EVERYTHING, page.next[0])
    assert page.next == (Span(100, 150), Span(150, 200), Span(200))
    await adapter.page(EVERYTHING, page.next[0])
    assert asked(call.asks[2]) == {"Limit": 50, "Offset": 100, "HideOutput": True}


async def test_one_odd_first_page_does_not_make_a_thousand_requests() -> None:
    adapter, _ = tat(server(10_000, cap=1))
    assert (await adapter.page(EVERYTHING)).next == (Span(1, size=1),)


async def test_an_absurd_total_makes_no_endless_plan() -> None:
    adapter, _ = tat(server(100, total=10**12))
    following = (await adapter.page(EVERYTHING)).next
    assert len(following) == 201
    assert following[-1].end is None


@pytest.mark.parametrize(
    ("span", "received", "total", "following"),
    [
        (Span(100, 200), 40, 300, (Span(140, 200),)),  # short in the middle
        (Span(100, 200), 0, 300, ()),
        (Span(100, 200), 40, 140, ()),  # the list has shrunk
        (Span(100, 200), 40, None, (Span(140, 200),)),
        (Span(200), 50, 250, ()),
        (Span(200), 100, 450, (Span(300, 400), Span(400))),  # the list has grown
        (Span(200), 50, 251, (Span(250, size=50),)),
        (Span(200), 3, 251, (Span(203, size=3),)),
        (Span(200, size=50), 50, 330, (Span(250, 300), Span(300))),
        (Span(200, size=50), 20, 330, (Span(220, size=20),)),
        (Span(200), 0, 450, ()),
        (None, 100, 0, (Span(100),)),  # a total that says nothing
        (None, 99, 0, ()),
        (None, 100, None, (Span(100),)),
        (None, 100, 100, ()),
        (None, 99, 100, (Span(99, size=99),)),
    ],
)
async def test_what_follows_a_page(
    span: Span | None, received: int, total: int | None, following: tuple[Span, ...]
) -> None:
    shown = [{"InvocationTaskId": str(n)} for n in range(received)]
    adapter, _ = tat(response(InvocationTaskSet=shown, TotalCount=total))
    assert (await adapter.page(EVERYTHING, span)).next == following


@settings(deadline=None)
@given(st.integers(0, 1200), st.integers(1, 100), st.sampled_from([int, str, None]))
async def test_walking_yields_every_task_once_and_ends(
    count: int, cap: int, told: type[int] | type[str] | None
) -> None:
    count %= 20 * cap + 1
    if told is None:
        cap = 100  # without a total a short page is the end
    adapter, _ = tat(server(count, cap, told(count) if told else None))
    pages = await walk(adapter, EVERYTHING)
    assert sorted(int(task.key.id) for page in pages for task in page.tasks) == list(range(count))
    assert len(pages) <= max(1, -(-count // cap)) + 1


@settings(deadline=None)
@given(st.integers(0, 500), st.integers(0, 10**9))
async def test_a_total_that_says_too_much_costs_little_and_loses_nothing(count: int, drift: int) -> None:
    adapter, _ = tat(server(count, total=count + drift))
    pages = await walk(adapter, EVERYTHING)
    assert {int(task.key.id) for page in pages for task in page.tasks} == set(range(count))
    assert len(pages) <= 205


@settings(deadline=None)
@given(st.integers(0, 500), st.integers(0, 99))
async def test_a_total_below_the_first_page_says_nothing(count: int, total: int) -> None:
    adapter, _ = tat(server(count, total=total if count <= 100 else count))
    pages = await walk(adapter, EVERYTHING)
    assert sorted(int(task.key.id) for page in pages for task in page.tasks) == list(range(count))


async def test_ids_become_filters() -> None:
    adapter, call = tat(
        "tencent-tat/list.empty.json", instance_ids=("ins-a", "ins-b", "ins-a"), command_ids=("cmd-命令",)
    )
    plan = await adapter.plan(Want())
    assert [listing.label for listing in plan] == ["instance-id:ins-a,ins-b command-id:cmd-命令"]
    await adapter.page(plan[0])
    assert asked(call.asks[0])["Filters"] == [
        {"Name": "instance-id", "Values": ["ins-a", "ins-b"]},
        {"Name": "command-id", "Values": ["cmd-命令"]},
    ]
    assert "命令".encode() in call.asks[0].body


@settings(deadline=None)
@given(st.lists(st.integers(0, 14), min_size=3, max_size=3))
async def test_any_number_of_ids_is_one_list_for_each_combination(counts: list[int]) -> None:
    instances, invocations, commands = (tuple(f"{count}-{n}" for n in range(count)) for count in counts)
    adapter, _ = tat(instance_ids=instances, invocation_ids=invocations, command_ids=commands)
    plan = await adapter.plan(Want())
    combinations = set()
    for listing in plan:
        values = {one.name: one.values for one in listing.asks}
        assert all(1 <= len(ids) <= 5 for ids in values.values())
        for instance in values.get("instance-id", ("",)):
            for invocation in values.get("invocation-id", ("",)):
                combinations |= {(instance, invocation, one) for one in values.get("command-id", ("",))}
    assert combinations == {
        (one, two, three) for one in instances or ("",) for two in invocations or ("",) for three in commands or ("",)
    }
    assert len(plan) == len(set(plan)) == math.prod(max(1, -(-count // 5)) for count in counts)


async def test_a_detail_asks_for_one_id_and_no_output() -> None:
    adapter, call = tat("tencent-tat/list.vendor-example.json")
    detail = await adapter.detail(TaskKey("commands", "", "invt-08oe5fe2"))
    assert detail.task.name == "cmd-13axrtuq"
    assert detail.answer == reply("tencent-tat/list.vendor-example.json").json
    assert detail.output is None
    assert asked(call.asks[0]) == {"InvocationTaskIds": ["invt-08oe5fe2"], "Limit": 1, "HideOutput": True}


@pytest.mark.parametrize(
    ("number", "output"),
    [
        (0x32, Output("done ✓\n")),
        (0x33, Output("错误: 文件不存在\r\n")),
        (
            0x34,
            Output(
                "\x1b[31mkilled\x1b[0m\n",
                10_240,
                "https://example-1300000001.cos.ap-singapore.myqcloud.com/log/invt-00000034.log",
            ),
        ),
    ],
)
async def test_a_detail_with_output(number: int, output: Output) -> None:
    adapter, call = tat("tencent-tat/list.output.json")
    detail = await adapter.detail(TaskKey("commands", "", f"invt-{number:08x}"), output=True)
    assert detail.output == output
    assert asked(call.asks[0])["HideOutput"] is False


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("SHELL", "错".encode("gbk"), "\ufffd\ufffd"),
        ("bat", "错".encode("gbk"), "错"),
        ("POWERSHELL", "错".encode("gbk"), "错"),
        ("BAT", "✓ 错".encode()[:-1], "✓ \ufffd"),  # UTF-8 that was cut, not GBK
        ("BAT", "错误".encode("gbk")[:-1], "错\ufffd"),
        ("BAT", b"\xff\xfe\x00", "\ufffd\ufffd\x00"),
        ("SHELL", b"\x00\x1b]52;c;eA==\x07\xff", "\x00\x1b]52;c;eA==\x07\ufffd"),
        ("SHELL", b"", ""),
    ],
)
async def test_output_is_decoded_and_not_cleaned(kind: str, data: bytes, text: str) -> None:
    result = {"Output": base64.b64encode(data).decode().rstrip("="), "Dropped": "5", "OutputUrl": ""}
    row = {"InvocationTaskId": "i", "TaskResult": result, "CommandDocument": {"CommandType": kind}}
    adapter, _ = tat(response(InvocationTaskSet=[row], TotalCount=1))
    assert (await adapter.detail(TaskKey("commands", "", "i"), output=True)).output == Output(text, 5, None)


@pytest.mark.parametrize(("result", "text"), [(None, ""), ({"Output": None}, ""), ({"Output": "a"}, "a")])
async def test_output_that_is_none(result: object, text: str) -> None:
    adapter, _ = tat(response(InvocationTaskSet=[{"InvocationTaskId": "i", "TaskResult": result}]))
    assert (await adapter.detail(TaskKey("commands", "", "i"), output=True)).output == Output(text)


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["SHELL", "BAT"]))
async def test_any_bytes_can_be_shown(data: bytes, kind: str) -> None:
    result = {"Output": base64.b64encode(data).decode()}
    row = {"InvocationTaskId": "i", "TaskResult": result, "CommandDocument": {"CommandType": kind}}
    adapter, _ = tat(response(InvocationTaskSet=[row]))
    output = (await adapter.detail(TaskKey("commands", "", "i"), output=True)).output
    assert output is not None
    output.text.encode()
    if kind == "SHELL":
        assert output.text == data.decode(errors="replace")


@pytest.mark.parametrize(
    "answered", [response(InvocationTaskSet=[]), refused("InvalidParameterValue.InvalidInvocationTaskId")]
)
async def test_a_detail_of_an_unknown_task(answered: Reply) -> None:
    adapter, _ = tat(answered)
    with pytest.raises(NotFound, match="invt-x") as caught:
        await adapter.detail(TaskKey("commands", "", "invt-x"))
    assert caught.value.request_id == "request-1"


async def test_a_detail_fails_as_the_call_fails() -> None:
    adapter, _ = tat(refused("InvalidParameter.ConflictParameter"))
    with pytest.raises(BadRequest):
        await adapter.detail(TaskKey("commands", "", "invt-x"))


async def test_settling_asks_a_hundred_at_a_time() -> None:
    known = [SECOND._replace(key=TaskKey("commands", "", str(n))) for n in range(230)]

    def served(ask: Ask) -> Reply:
        shown = [
            {"InvocationTaskId": one, "TaskStatus": "SUCCESS", "EndTime": "2026-01-15T08:30:09Z"}
            for one in reversed(asked(ask)["InvocationTaskIds"])
            if int(one) % 7
        ]
        return response(InvocationTaskSet=shown, TotalCount=len(shown))

    adapter, call = tat(served)
    settled = await adapter.settle(known)
    assert [task.key for task in settled] == [task.key for task in known]
    assert settled[0] == known[0]._replace(state=State.VANISHED)
    ended = known[1]._replace(state=State.SUCCEEDED, native_state="SUCCESS", ended_at=CREATED + 9_000)
    assert settled[1] == ended._replace(duration_ms=7_000)
    assert [len(asked(ask)["InvocationTaskIds"]) for ask in call.asks] == [100, 100, 30]
    assert all(asked(ask)["HideOutput"] is True and "Filters" not in asked(ask) for ask in call.asks)


async def test_settling_reads_on_where_the_answer_is_short() -> None:
    known = [SECOND._replace(key=TaskKey("commands", "", str(n))) for n in range(60)]

    def served(ask: Ask) -> Reply:
        told = asked(ask)
        shown = [{"InvocationTaskId": one, "TaskStatus": "RUNNING"} for one in told["InvocationTaskIds"]]
        return response(InvocationTaskSet=shown[told["Offset"] :][:20], TotalCount=60)

    adapter, call = tat(served)
    assert {task.state for task in await adapter.settle(known)} == {State.RUNNING}
    assert len(call.asks) == 3


async def test_settling_ends_where_an_answer_repeats_itself() -> None:
    known = [SECOND._replace(key=TaskKey("commands", "", one)) for one in ("a", "b")]
    adapter, call = tat(lambda ask: response(InvocationTaskSet=[{"InvocationTaskId": "a"}], TotalCount=9))
    assert [task.state for task in await adapter.settle(known)] == [State.UNKNOWN, State.VANISHED]
    assert len(call.asks) == 2


async def test_one_refused_id_does_not_hide_the_others() -> None:
    known = [SECOND._replace(key=TaskKey("commands", "", one)) for one in ("a", "bad", "c", "d")]

    def served(ask: Ask) -> Reply:
        ids = asked(ask)["InvocationTaskIds"]
        if "bad" in ids:
            return refused("InvalidParameterValue.InvalidInvocationTaskId")
        return response(InvocationTaskSet=[{"InvocationTaskId": one, "TaskStatus": "RUNNING"} for one in ids])

    adapter, _ = tat(served)
    states = [task.state for task in await adapter.settle(known)]
    assert states == [State.RUNNING, State.VANISHED, State.RUNNING, State.RUNNING]


async def test_settling_fails_as_the_call_fails() -> None:
    adapter, call = tat(refused("InvalidParameterValue.Range"))
    with pytest.raises(BadRequest):
        await adapter.settle([FIRST, SECOND])
    assert len(call.asks) == 1
    assert await adapter.settle([]) == []


async def test_hosts_and_headers() -> None:
    for account, origin in (
        (INTL, "https://tat.intl.tencentcloudapi.com"),
        (MAINLAND, "https://tat.tencentcloudapi.com"),
    ):
        adapter, call = tat("tencent-tat/list.empty.json", account=account, region="ap-guangzhou")
        await first_page(adapter)
        assert call.asks[0].url == origin + "/"
        sent = headers(call)
        assert (sent["X-TC-Version"], sent["X-TC-Region"]) == ("2020-10-28", "ap-guangzhou")
        assert "/2026-01-15/tat/tc3_request, " in sent["Authorization"]


@pytest.mark.parametrize("bad", [{"region": ""}, {"instance_ids": ("",)}, {"command_ids": ("cmd-1", " cmd-2")}])
def test_settings_say_what_is_wrong(bad: dict[str, Any]) -> None:
    good: dict[str, Any] = {"region": Region("ap-guangzhou"), "name": SourceName("s"), "adapter": "tencent-tat"}
    with pytest.raises(ValueError, match=r"region is missing|holds an id that is empty"):
        Settings(account="a", **(good | bad))


async def test_the_other_samples_read() -> None:
    def sample(name: str) -> Any:
        return answer(reply(f"tencent-tat/{name}.json"))

    invocation = rows(sample("detail.describe-invocations"), "InvocationSet")[0]
    tasks = rows(invocation, "InvocationTaskBasicInfoSet")
    assert [row["InvocationTaskId"] for row in tasks] == ["invt-00000002", "invt-00000003"]
    assert [row["Region"] for row in rows(sample("discovery.describe-regions"), "RegionSet")] == [
        "ap-singapore",
        "ap-guangzhou",
        "ap-test",
    ]
    assert [row["CommandId"] for row in rows(sample("discovery.describe-commands"), "CommandSet")] == ["cmd-13axrtuq"]
    assert sample("action.cancel-invocation") == {"RequestId": "a1df9725-51c6-466d-a038-000000000009"}
