"""Each fault does what it says, and can be switched while the cloud runs."""

import asyncio
import json
import random
from collections import Counter
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cloud.lab import PROJECT, START, Hands, Lab, acs3, changed, enc, sdk_hmac, tc3
from tests.cloud.wired import CONTROL, Wire, error_of
from tui.cloud.faults import GARBAGE, KINDS, NAMES, Ask, Faults, Window
from tui.cloud.keys import STS_KEYS
from tui.cloud.spoil import HUGE, spoil
from tui.cloud.turn import Turn
from tui.cloud.wire import Reply, Request

pytestmark = pytest.mark.cloud

# the control desk -------------------------------------------------------------------------------------------------


def test_the_page_on_the_demo_cloud_names_every_fault_and_every_kind() -> None:
    page = (Path(__file__).parents[2] / "docs" / "demo-cloud.md").read_text(encoding="utf-8")
    kinds = [kind for several in KINDS.values() for kind in several]
    assert [name for name in (*NAMES, *kinds) if f"`{name}`" not in page] == []


async def test_unknown_names_are_refused_with_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean 'throttle'"):
        Faults(1, ["trottle"])
    with pytest.raises(ValueError, match="unknown kind"):
        Faults(1).switch("garbage", True, ["nonsense"])
    wire = Wire()
    status, body = await wire.control("POST", "/_fault", {"name": "trottle"})
    assert status == 400
    assert "throttle" in body["error"]


@pytest.mark.parametrize(
    "body", [b"{", b"[" * 100_000, [], {}, {"name": "slow", "on": "yes"}, {"name": "slow", "share": "x"}]
)
async def test_bad_switches(body: Any) -> None:
    assert (await Wire().control("POST", "/_fault", body))[0] == 400


async def test_faults_are_switched_while_it_runs() -> None:
    wire = Wire()
    assert await wire.control("POST", "/_fault", {"name": "slow", "on": True}) == (200, {"faults": ["slow"]})
    assert await wire.control("POST", "/_fault", {"name": "paging", "only": "wrap"}) == (
        200,
        {"faults": ["paging", "slow"]},
    )
    assert await wire.control("POST", "/_fault", {"name": "slow", "on": False}) == (200, {"faults": ["paging"]})


async def test_truth_and_log() -> None:
    wire = Wire(tasks=413)
    _, truth = await wire.control("GET", "/_truth")
    assert sum(row["listed"] for row in truth) == 413
    await wire.send("tencent-mps", "ap-singapore", wire.mps())
    await wire.send("huawei-kps", "cn-north-4", wire.kps())
    await wire.send("huawei-kps", "cn-north-4", changed(wire.kps(), authorization=None, x_auth_token="x"))
    _, log = await wire.control("GET", "/_log")
    names = [(row["api"], row["operation"], row["status"], row["code"]) for row in log]
    assert names == [
        ("tencent-mps", "DescribeTasks", 200, ""),
        ("huawei-kps", "ListRunningTask", 200, ""),
        ("huawei-kps", "ListRunningTask", 401, "APIGW.0307"),
    ]
    assert log[0]["key_id"].startswith("AKID")
    assert log[2]["key_id"] == "token"
    assert log[0]["at"] == "2026-11-18T11:06:40.000Z"
    assert log[0]["bytes_in"] > 300
    assert log[0]["bytes_out"] > 1000
    assert log[0]["region"] == "ap-singapore"


async def test_an_empty_log_is_an_empty_array() -> None:
    assert await Wire().control("GET", "/_log") == (200, [])


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example:80", ""])
async def test_a_foreign_host_is_refused(host: str) -> None:
    status, body = await Wire().control("GET", "/_truth", host=host)
    assert status == 403
    assert "loopback" in body["error"]


async def test_loopback_hosts_methods_and_paths() -> None:
    wire = Wire(tasks=5)
    for host in ("localhost", "localhost:8080", "[::1]:8080", "127.0.0.1"):
        assert (await wire.control("GET", "/_log", host=host))[0] == 200
    assert (await wire.control("POST", "/_truth"))[0] == 405
    assert (await wire.control("GET", "/"))[0] == 404
    page = Request("POST", "/_fault", "", {"host": ("localhost",), "origin": ("http://evil.example",)}, b"{}")
    assert (await wire.ask(CONTROL, page))[0] == 403


async def test_a_body_without_end_is_not_read() -> None:
    wire = Wire(tasks=5)
    huge = Request("POST", "/_fault", "", {"host": ("localhost",)}, b"x" * (10 * 1024 * 1024 + 1))
    assert await wire.ask(CONTROL, huge) == (0, {}, b"")
    await wire.desk({"type": "websocket"}, None, None)  # type: ignore[arg-type]


# throttle ---------------------------------------------------------------------------------------------------------


async def test_without_throttle_there_is_no_limit() -> None:
    wire = Wire()
    for _ in range(150):
        assert error_of((await wire.send("tencent-mps", "ap-singapore", wire.mps()))[2]) == ""


@pytest.mark.parametrize(
    ("api", "region", "limit"), [("tencent-mps", "ap-singapore", 100), ("tencent-tat", "ap-guangzhou", 20)]
)
async def test_throttle_lets_through_what_the_hidden_user_leaves(api: str, region: str, limit: int) -> None:
    wire = Wire("throttle")
    codes: Counter[str] = Counter()
    request = tc3("DescribeCommands", "tat", "2020-10-28", {}) if api == "tencent-tat" else wire.mps()
    for _ in range(limit * 2):
        codes[error_of((await wire.send(api, region, request))[2]).partition(".")[0]] += 1
    assert codes["RequestLimitExceeded"] + codes[""] == limit * 2
    assert limit * 0.4 < codes[""] < limit
    wire.lab.clock.at += 1_001
    assert error_of((await wire.send(api, region, request))[2]) == ""


async def test_throttled_answers_in_the_words_of_each_vendor() -> None:
    wire = Wire("throttle")
    seen: set[tuple[int, str]] = set()
    waits = set()
    training = "/v4/openapi/app-groups/shop_search/functions/ctr/instances/ctr_main/tasks"
    for _ in range(60):
        for api, region, request in (
            ("alibaba-fc", "cn-hangzhou", wire.fc()),
            ("alibaba-opensearch", "cn-hangzhou", acs3("ListFunctionTasks", "2017-12-25", "GET", training)),
            ("huawei-kps", "cn-north-4", wire.kps()),
            ("huawei-iam", "cn-north-4", sdk_hmac("GET", "/v3/projects")),
        ):
            status, headers, body = await wire.send(api, region, request)
            waits.add(headers.get("x-acs-retry-after"))
            parsed = json.loads(body)
            seen.add((status, str(parsed.get("Code") or parsed.get("code") or parsed.get("error_code"))))
    assert {
        (400, "Throttling.User"),
        (429, "ResourceExhausted"),
        (503, "ResourceThrottled"),
        (200, "Algorithm.Throttling"),
        (429, "APIGW.0308"),
    } <= seen
    assert any(wait and int(wait) > 0 for wait in waits)


def test_a_second_slides() -> None:
    window = Window(10, random.Random(1))
    accepted = [at for at in range(0, 20_000, 10) if window.enter(at) is None]
    for at in accepted:
        assert sum(at - 1000 < other <= at for other in accepted) <= 10
    assert 100 < len(accepted) < 180


# skew, auth, slow -------------------------------------------------------------------------------------------------


async def test_skew_refuses_with_the_vendors_code_and_a_date_that_helps() -> None:
    wire = Wire("skew")
    status, headers, body = await wire.send("alibaba-fc", "cn-hangzhou", wire.fc())
    assert (status, json.loads(body)["Code"]) == (400, "InvalidTimeStamp.Expired")
    status, headers, body = await wire.send("tencent-mps", "ap-singapore", wire.mps())
    assert error_of(body) == "AuthFailure.SignatureExpire"
    skew = parsedate_to_datetime(headers["date"]).timestamp() * 1000 - START
    assert 16 * 60_000 - 1000 <= abs(skew) <= 20 * 60_000
    wire.lab.clock.at = START
    request = tc3("DescribeTasks", "mps", "2019-06-12", {"Status": "FINISH"}, at=int(START + skew))
    assert error_of((await wire.send("tencent-mps", "ap-singapore", request))[2]) == ""
    status, headers, body = await wire.send("huawei-kps", "cn-north-4", wire.kps())
    assert (status, json.loads(body)["error_code"]) == (401, "APIGW.0301")


def test_skew_may_differ_from_server_to_server() -> None:
    asks = [Ask(api, "r", "op", "id", "", START) for api in ("alibaba-fc", "tencent-mps", "huawei-kps")]
    faults = Faults(1, ["skew"])
    assert len({faults.plan(ask).skew for ask in asks}) == 1
    faults.switch("skew", True, ["each"])
    assert len({faults.plan(ask).skew for ask in asks}) == 3


async def test_auth_denies_one_action_and_deletes_one_key() -> None:
    wire = Wire("auth")
    request = tc3("DescribeInvocationTasks", "tat", "2020-10-28", {})
    body = (await wire.send("tencent-tat", "ap-singapore", request))[2]
    assert error_of(body) == "UnauthorizedOperation.CamAuthFailed"
    request = tc3("DescribeRegions", "tat", "2020-10-28", {})
    assert error_of((await wire.send("tencent-tat", "ap-singapore", request))[2]) == ""
    path = "/v4/openapi/app-groups/news_feed/functions/hot/instances/hot_words/tasks"
    request = acs3("ListFunctionTasks", "2017-12-25", "GET", path)
    status, _, body = await wire.send("alibaba-opensearch", "cn-shanghai", request)
    assert (status, json.loads(body)["Code"]) == (404, "InvalidAccessKeyId.NotFound")
    assert (await wire.send("alibaba-fc", "cn-hangzhou", wire.fc()))[0] == 200


async def test_auth_lets_a_token_expire_in_mid_page() -> None:
    wire = Wire("auth")
    path = "/2023-03-30/functions/thumbnailer/async-tasks"
    statuses = []
    for _ in range(5):
        request = acs3("ListAsyncTasks", "2023-03-30", "GET", path, keys=STS_KEYS["alibaba"])
        statuses.append((await wire.send("alibaba-fc", "cn-hangzhou", request))[0])
    assert statuses == [200, 200, 200, 400, 400]
    codes = []
    for _ in range(4):
        request = tc3("DescribeTasks", "mps", "2019-06-12", {"Status": "FINISH"}, keys=STS_KEYS["tencent"])
        codes.append(error_of((await wire.send("tencent-mps", "ap-singapore", request))[2]))
    assert codes[-1] == "AuthFailure.TokenFailure"
    for _ in range(4):
        request = sdk_hmac("GET", f"/v3/{PROJECT}/running-tasks", keys=STS_KEYS["huawei"])
        status, _, body = await wire.send("huawei-kps", "cn-north-4", request)
    assert (status, "token expires" in json.loads(body)["error_msg"]) == (401, True)


def test_what_a_denied_action_looks_like_elsewhere() -> None:
    lab = Lab()
    denied = Turn(denied=True)
    answer = lab.fc("ListAsyncTasks", "/functions/thumbnailer/async-tasks", turn=denied)
    assert (answer.status, answer.json["AccessDeniedDetail"]["AuthAction"]) == (403, "fc:ListAsyncTasks")
    assert lab.os("ListAppGroups", "/app-groups", turn=denied).json["code"] == "Forbidden.RAM"
    assert lab.kps("/running-tasks", turn=denied).json["error_code"] == "APIGW.0302"
    projects = lab.send("huawei-iam", "cn-north-4", sdk_hmac("GET", "/v3/projects"), denied)
    assert projects.json["error_code"] == "APIGW.0302"
    gone = Turn(gone_key=True)
    assert lab.mps("DescribeTasks", gone, Status="FINISH")["Error"]["Code"] == "AuthFailure.SecretIdNotFound"
    assert "ak not exist" in lab.kps("/running-tasks", turn=gone).json["error_msg"]


async def test_slow_delays_pages_and_lets_one_connection_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire("slow")
    delays: list[float] = []

    async def pause(_: Any, seconds: float | None) -> bool:
        if seconds is not None:
            delays.append(seconds)
        return True

    monkeypatch.setattr(wire.desk, "pause", pause)
    statuses = [(await wire.send("huawei-kps", "cn-north-4", wire.kps()))[0] for _ in range(300)]
    assert Counter(statuses) == {200: 299, 503: 1}
    assert statuses[9] == 503  # nobody is there to read it any more
    assert max(delays) == 8.0
    assert 0.15 < sorted(delays)[150] < 0.4
    assert [entry.code for entry in wire.desk.ledger.entries].count("hang") == 1


async def test_closing_ends_every_wait() -> None:
    wire = Wire()
    wire.desk.close()
    assert await wire.desk.pause(asyncio.Event().wait, 3600)


# garbage ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", GARBAGE)
async def test_garbage(kind: str) -> None:
    wire = Wire()
    await wire.control("POST", "/_fault", {"name": "garbage", "only": kind, "share": 1.0})
    status, headers, body = await wire.send("huawei-kps", "cn-north-4", wire.kps())
    assert int(headers["content-length"]) == len(body)
    match kind:
        case "html":
            assert (status, headers["content-type"]) == (502, "text/html")
        case "truncated":
            with pytest.raises(ValueError, match=r"."):
                json.loads(body)
        case "empty":
            assert (status, body) == (200, b"")
        case "content-type":
            assert headers["content-type"].startswith("text/html")
            assert json.loads(body)["tasks"]
        case "huge":
            assert len(body) == HUGE
        case "text-numbers":
            assert isinstance(json.loads(body)["total"], str)
        case _:
            assert json.loads(body)["tasks"]


def test_null_arrays_leave_the_rows() -> None:
    reply = Reply(200, b'{"rows":[{"events":[1],"n":1}],"other":[],"texts":["a"]}')
    assert json.loads(spoil(reply, "null-arrays").body) == {
        "rows": [{"events": None, "n": 1}],
        "other": None,
        "texts": None,
    }


async def test_garbage_strikes_now_and_then() -> None:
    wire = Wire("garbage")
    bodies = [(await wire.send("huawei-kps", "cn-north-4", wire.kps()))[2] for _ in range(60)]
    assert 1 <= sum(body != bodies[0] for body in bodies) < 40


# paging -----------------------------------------------------------------------------------------------------------


def test_paging_shifts_rows_between_pages() -> None:
    lab = Lab()
    path = "/functions/thumbnailer/async-tasks"
    first = lab.fc("ListAsyncTasks", path, ("limit", 5)).json
    query = (("limit", 5), ("nextToken", first["nextToken"]))
    calm = lab.fc("ListAsyncTasks", path, *query).json["tasks"]
    shifted = lab.fc("ListAsyncTasks", path, *query, turn=Turn(shift=-2)).json["tasks"]
    assert [row["taskId"] for row in shifted[:2]] == [row["taskId"] for row in first["tasks"][-2:]]
    skipped = lab.fc("ListAsyncTasks", path, *query, turn=Turn(shift=1)).json["tasks"]
    assert skipped[:4] == calm[1:]
    token = lab.mps("DescribeTasks", Status="FINISH", Limit=5)["ScrollToken"]
    calm = lab.mps("DescribeTasks", Status="FINISH", Limit=5, ScrollToken=token)["TaskSet"]
    skipped = lab.mps("DescribeTasks", Turn(shift=1), Status="FINISH", Limit=5, ScrollToken=token)["TaskSet"]
    assert skipped[:4] == calm[1:]
    calm = lab.tat("DescribeInvocationTasks", Limit=5, Offset=5)["InvocationTaskSet"]
    skipped = lab.tat("DescribeInvocationTasks", Turn(shift=1), Limit=5, Offset=5)["InvocationTaskSet"]
    assert skipped[:4] == calm[1:]


def test_paging_repeats_and_expires_cursors() -> None:
    lab = Lab()
    path = "/functions/thumbnailer/async-tasks"
    token = lab.fc("ListAsyncTasks", path, ("limit", 5)).json["nextToken"]
    query = (("limit", 5), ("nextToken", token))
    assert lab.fc("ListAsyncTasks", path, *query, turn=Turn(repeat=True)).json["nextToken"] == token
    assert lab.fc("ListAsyncTasks", path, *query, turn=Turn(lapsed=True)).code == "InvalidArgument"
    scroll = lab.mps("DescribeTasks", Status="FINISH", Limit=5)["ScrollToken"]
    again = lab.mps("DescribeTasks", Turn(repeat=True), Status="FINISH", Limit=5, ScrollToken=scroll)
    assert again["ScrollToken"] == scroll
    lapsed = lab.mps("DescribeTasks", Turn(lapsed=True), Status="FINISH", Limit=5, ScrollToken=scroll)
    assert lapsed["Error"]["Code"] == "InvalidParameterValue"


def test_paging_drifts_totals_and_wraps_past_the_end() -> None:
    lab = Lab()
    turn = Turn(drift=4, wrap=True)
    path = f"/app-groups/shop_search/functions/ctr/instances/{enc('ctr_main')}/tasks"
    calm = lab.os("ListFunctionTasks", path, ("pageSize", 5)).json
    past = lab.os("ListFunctionTasks", path, ("pageSize", 5), ("pageNumber", 90), turn=turn).json
    assert past["result"] == calm["result"]
    assert past["totalCount"] == calm["totalCount"] + 4
    calm = lab.tat("DescribeInvocationTasks", Limit=5)
    past = lab.tat("DescribeInvocationTasks", turn, Limit=5, Offset=9_999)
    assert past["InvocationTaskSet"] == calm["InvocationTaskSet"]
    assert past["TotalCount"] == calm["TotalCount"] + 4
    calm = lab.kps("/running-tasks", ("limit", 5)).json
    past = lab.kps("/running-tasks", ("limit", 5), ("offset", 9_999), turn=turn).json
    assert past["tasks"] == calm["tasks"]
    assert past["total"] == calm["total"] + 4


def test_every_kind_of_paging_trouble_is_drawn_and_kinds_can_be_chosen() -> None:
    faults = Faults(1, ["paging"])
    ask = Ask("tencent-mps", "ap-singapore", "DescribeTasks", "AKID", "", START)
    turns = [faults.plan(ask).turn for _ in range(300)]
    assert {turn.shift for turn in turns} == {-2, -1, 0, 1}
    assert {turn.repeat for turn in turns} == {turn.lapsed for turn in turns} == {True, False}
    assert any(turn.drift for turn in turns)
    faults.switch("paging", True, ["repeat"], share=1.0)
    assert faults.plan(ask).turn == Turn(repeat=True)
    faults.switch("paging", False)
    assert faults.plan(ask).turn == Turn()


def test_the_same_seed_gives_the_same_trouble() -> None:
    ask = Ask("tencent-mps", "ap-singapore", "DescribeTasks", "AKID", "", START)
    one, two = (Faults(5, ["paging", "garbage", "slow", "throttle"]) for _ in range(2))
    assert [one.plan(ask) for _ in range(50)] == [two.plan(ask) for _ in range(50)]
    assert Hands()() == START
