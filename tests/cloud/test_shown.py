"""What answers have shown, and the ledger of what was asked: both are what other tests judge a monitor by."""

from typing import Any

import pytest

from tests.cloud.lab import START, acs3, enc, sdk_hmac, tc3
from tests.cloud.wired import Wire
from tui.cloud.job import Job
from tui.cloud.ledger import Entry, Ledger
from tui.cloud.shown import Shown

pytestmark = pytest.mark.cloud


async def shown(wire: Wire) -> dict[tuple[str, Any, str], str]:
    """The answer of /_shown, by the identity of the task."""
    status, rows = await wire.control("GET", "/_shown")
    assert status == 200
    assert all(list(row) == ["source", "scope", "id", "native_state"] for row in rows)
    found = {(row["source"], row["scope"], row["id"]): row["native_state"] for row in rows}
    assert len(found) == len(rows)
    return found


async def truth(wire: Wire) -> dict[tuple[str, Any, str], dict[str, Any]]:
    """The answer of /_truth, by the identity of the task."""
    _, rows = await wire.control("GET", "/_truth")
    return {(row["source"], row["scope"], row["id"]): row for row in rows}


async def test_nothing_is_remembered_until_it_is_asked_for() -> None:
    wire = Wire()
    await wire.send("tencent-mps", "ap-singapore", wire.mps())
    assert await shown(wire) == {}
    assert await wire.control("POST", "/_shown", {"on": True}) == (200, {"on": True})
    await wire.send("tencent-mps", "ap-singapore", wire.mps(Limit=5))
    assert len(await shown(wire)) == 5
    assert await wire.control("POST", "/_shown", {"on": False}) == (200, {"on": False})
    assert await shown(wire) == {}


@pytest.mark.parametrize("body", [b"{", {}, {"on": 1}, []])
async def test_a_bad_switch_is_refused(body: Any) -> None:
    assert (await Wire(tasks=5).control("POST", "/_shown", body))[0] == 400


async def test_the_lists_of_every_api_are_remembered_as_the_truth_names_their_tasks() -> None:
    wire = Wire("hostile", "novel", tasks=900, remember=True)
    training = "/v4/openapi/app-groups/shop_search/functions/ctr/instances/ctr_main/tasks"
    tasks = "DescribeInvocationTasks"
    asked = (
        ("alibaba-fc", "cn-hangzhou", wire.fc(), 20),
        ("alibaba-opensearch", "cn-hangzhou", acs3("ListFunctionTasks", "2017-12-25", "GET", training), 1),
        ("tencent-mps", "ap-singapore", wire.mps(), 10),
        ("tencent-tat", "ap-singapore", tc3(tasks, "tat", "2020-10-28", {}), 20),
        # its host is another region's: the header decides
        (
            "tencent-tat",
            "ap-singapore",
            tc3("DescribeInvocationTasks", "tat", "2020-10-28", {}, region="ap-guangzhou"),
            20,
        ),
        ("huawei-kps", "cn-north-4", sdk_hmac("GET", wire.kps().path, (("limit", 7),)), 7),
    )
    for api, region, request, _ in asked:
        assert (await wire.send(api, region, request))[0] == 200
    found, known = await shown(wire), await truth(wire)
    assert len(found) == sum(count for *_, count in asked)
    assert {source for source, *_ in found} == {
        *("fc-hangzhou", "os-hangzhou", "mps", "tat-singapore", "tat-guangzhou", "kps"),
    }
    for key, native in found.items():
        assert native == known[key]["native_state"]


async def test_by_id_reads_are_remembered_and_the_last_status_counts() -> None:
    wire = Wire(tasks=900, remember=True)
    known = await truth(wire)
    live = {key: row for key, row in known.items() if row["state"] == "running"}
    asked = []
    for key, row in live.items():
        match row["adapter"]:
            case "alibaba-fc" if row["region"] == "cn-hangzhou":
                path = f"/2023-03-30/functions/{enc(row['scope'])}/async-tasks/{enc(row['id'])}"
                request = acs3("GetAsyncTask", "2023-03-30", "GET", path)
            case "tencent-mps":
                request = tc3("DescribeTaskDetail", "mps", "2019-06-12", {"TaskId": row["id"]})
            case "tencent-tat":
                body = {"InvocationTaskIds": [row["id"]]}
                request = tc3("DescribeInvocationTasks", "tat", "2020-10-28", body, region=row["region"])
            case "alibaba-opensearch" if row["region"] == "cn-hangzhou":
                app, function, name = row["scope"].split("/")
                path = f"/v4/openapi/app-groups/{app}/functions/{function}/instances/{name}/tasks/"
                request = acs3("GetFunctionTask", "2017-12-25", "GET", path + row["extra"]["os.generation"])
            case _:
                continue
        asked.append((key, row, request))
    for _, row, request in asked:
        assert (await wire.send(row["adapter"], row["region"], request))[0] == 200
    assert await shown(wire) == {key: row["native_state"] for key, row, _ in asked}
    assert {row["adapter"] for _, row, _ in asked} == {"alibaba-fc", "alibaba-opensearch", "tencent-mps", "tencent-tat"}
    done = next(key for key, row in known.items() if row["adapter"] == "huawei-kps" and row["state"] == "succeeded")
    request = sdk_hmac("GET", wire.kps().path.replace("running-tasks", f"tasks/{done[2]}"))
    await wire.send("huawei-kps", "cn-north-4", request)
    assert (await shown(wire))[done] == known[done]["native_state"]


@pytest.mark.parametrize("kind", ["html", "truncated", "empty", "huge", "content-type", "text-numbers", "null-arrays"])
async def test_an_answer_that_nobody_can_read_shows_nothing(kind: str) -> None:
    wire = Wire(remember=True)
    await wire.control("POST", "/_fault", {"name": "garbage", "only": kind, "share": 1.0})
    await wire.send("huawei-kps", "cn-north-4", wire.kps())
    assert bool(await shown(wire)) == (kind in ("content-type", "text-numbers", "null-arrays"))


async def test_a_refused_request_shows_nothing() -> None:
    wire = Wire("skew", remember=True)
    await wire.send("huawei-kps", "cn-north-4", wire.kps())
    assert await shown(wire) == {}


def test_its_memory_has_an_end() -> None:
    memory = Shown(on=True, most=3)
    jobs = [Job(None, n, START, START, START, 0) for n in range(5)]
    memory.note("tencent-mps", "ap-singapore", [(job, "WAITING") for job in jobs])
    memory.note("tencent-mps", "ap-singapore", [(jobs[4], "FINISH")])
    assert [native for _, _, native in memory._seen.values()] == ["WAITING", "WAITING", "FINISH"]


# the ledger -------------------------------------------------------------------------------------------------------


def entry(at: int, **facts: Any) -> Entry:
    usual = Entry(at, "tencent-mps", "ap-singapore", "DescribeTasks", "AKID", 300, 1_000, 200, "")
    return usual._replace(**facts)


def test_the_ledger_is_in_the_order_of_arrival_and_has_milliseconds() -> None:
    ledger = Ledger()
    ledger.note(entry(START + 8_000))
    ledger.note(entry(START, code="gone", status=0, bytes_out=0))
    assert [one.at for one in ledger.entries] == [START, START + 8_000]
    first, second = ledger.rows()
    assert (first["ms"], first["at"], first["code"]) == (START, "2026-11-18T11:06:40.000Z", "gone")
    assert {**second, "ms": 0, "at": ""} == {**entry(0)._asdict(), "at": "", "ms": 0}


def test_the_ledger_forgets_the_oldest() -> None:
    ledger = Ledger(most=4)
    for i in range(11):
        ledger.note(entry(START + i, key_id=f"key {i % 2}", bytes_in=i))
    assert [(one.at - START, one.key_id, one.bytes_in) for one in ledger.entries] == [
        (i, f"key {i % 2}", i) for i in range(7, 11)
    ]
