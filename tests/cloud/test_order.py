"""`order`: rows that come late, that change places, that go back for one read. What is asked by id is always right."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from tests.cloud.lab import START, Lab, enc
from tests.cloud.wired import Wire
from tui.cloud.faults import Ask, Faults
from tui.cloud.sources import SOURCES
from tui.cloud.turn import Turn

pytestmark = pytest.mark.cloud

SECOND = 1_000
KINDS = {
    "alibaba-fc": "fc",
    "alibaba-opensearch": "os",
    "tencent-mps": "mps",
    "tencent-tat": "tat",
    "huawei-kps": "kps",
}
TRAINING = f"/app-groups/shop_search/functions/ctr/instances/{enc('ctr_main')}/tasks"
Rows = list[dict[str, Any]]
# one list of each API that says a status or is one: rows with a turn, the name of the id, of the status
LISTS: dict[str, tuple[Callable[[Lab, Turn], Rows], str, str]] = {
    "fc": (
        lambda lab, turn: lab.fc(
            "ListAsyncTasks", "/functions/thumbnailer/async-tasks", ("limit", 100), turn=turn
        ).json["tasks"],
        "taskId",
        "status",
    ),
    "os": (
        lambda lab, turn: lab.os("ListFunctionTasks", TRAINING, ("pageSize", 100), turn=turn).json["result"],
        "runId",
        "status",
    ),
    "tat": (
        lambda lab, turn: lab.tat("DescribeInvocationTasks", turn, Limit=100)["InvocationTaskSet"],
        "InvocationTaskId",
        "TaskStatus",
    ),
    "kps": (lambda lab, turn: lab.kps("/running-tasks", turn=turn).json["tasks"], "task_id", "operate_type"),
}


def keys(lab: Lab, **wanted: object) -> set[tuple[str, Any, str]]:
    """Those tasks of the truth for which this holds."""
    return {
        (row["source"], row["scope"], row["id"])
        for row in lab.world.truth()
        if all(row[name] == value for name, value in wanted.items())
    }


def statuses(lab: Lab, name: str, turn: Turn) -> dict[str, str]:
    """What a list says, by id."""
    read, id_, status = LISTS[name]
    return {row[id_]: row[status] for row in read(lab, turn)}


# late rows --------------------------------------------------------------------------------------------------------


def test_a_late_row_is_there_by_id_and_is_listed_between_2_and_20_seconds_after_its_creation() -> None:
    lab = Lab(400)
    before = keys(lab)
    lab.faults.switch("order", True, ["late"], share=1.0)
    listed_at: dict[tuple[str, Any, str], int] = {}
    born: dict[tuple[str, Any, str], tuple[int, Any]] = {}
    for second in range(60):
        lab.clock.at += SECOND
        for row in lab.world.truth():
            key = (row["source"], row["scope"], row["id"])
            if key in before or (row["adapter"] == "huawei-kps" and row["state"] == "succeeded"):
                continue
            assert (born.setdefault(key, (second, row["created_at"])))[1] == row["created_at"]
            assert row["by_id"]
            if row["listed"]:
                listed_at.setdefault(key, second)
            else:
                assert lab.by_id(row) is not None
                assert key not in listed_at, "a row that was listed stays listed"
        listed = keys(lab, listed=True) if second % 9 == 4 else set()
        for source in SOURCES if listed else ():
            walked = {key[:2] for key in lab.walk(f"{KINDS[source.adapter]}/{source.region}")}
            assert walked == {key[1:] for key in listed if key[0] == source.name}
    waits = Counter(listed_at[key] - second for key, (second, _) in born.items() if key in listed_at)
    assert {source.partition("-")[0] for source, *_ in born} == set(KINDS.values())
    assert len(waits) > 8
    assert min(waits) >= 1
    assert max(waits) <= 20
    assert before <= keys(lab)


def test_only_a_share_is_late_and_the_rate_shortens_the_wait() -> None:
    lab = Lab(900, rate=10, faults=["order"])
    born = Counter[bool]()
    for _ in range(16):
        known = keys(lab)
        lab.clock.at += 150
        hidden = keys(lab, listed=False)
        born.update(key in hidden for key in keys(lab) - known)
    assert 0.05 < born[True] / born.total() < 0.3
    lab.clock.at += 2_000
    old = [row for row in lab.world.truth() if row["adapter"] == "tencent-tat"]
    assert all(row["listed"] for row in old if row["created_at"] < "2026-11-18T11:06:43")


def test_what_is_there_at_the_start_is_listed_and_switching_it_off_lists_everything() -> None:
    lab = Lab(413, faults=["order"])
    assert len(keys(lab, listed=True)) == 413
    lab.faults.switch("order", True, share=1.0)
    lab.clock.at += 8 * SECOND
    assert keys(lab, listed=False, state="queued")
    lab.faults.switch("order", False)
    assert not keys(lab, listed=False, state="queued")


def test_switching_it_on_takes_no_row_out_of_a_list() -> None:
    lab = Lab(400)
    lab.clock.at += 10 * SECOND
    before = keys(lab, listed=True)
    lab.faults.switch("order", True, share=1.0)
    assert keys(lab, listed=True) == before


def test_the_totals_count_what_is_listed() -> None:
    lab = Lab(2000)
    lab.faults.switch("order", True, ["late"], share=1.0)
    total = lab.tat("DescribeInvocationTasks")["TotalCount"]
    lab.clock.at += 2 * SECOND - 1
    assert lab.tat("DescribeInvocationTasks")["TotalCount"] == total
    running = lab.kps("/running-tasks").json
    assert running["total"] == len(running["tasks"])
    lab.clock.at += 30 * SECOND
    assert lab.tat("DescribeInvocationTasks")["TotalCount"] > total


# back for one read ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
def test_a_status_goes_back_for_exactly_one_read(name: str) -> None:
    lab = Lab(2000, freeze=True)
    calm = statuses(lab, name, Turn())
    reads = [statuses(lab, name, Turn(back=1.0, salt=salt)) for salt in range(4)]
    assert reads[0] == calm, "the first read shows nothing that could go back"
    back = {id_ for id_ in calm if reads[1].get(id_) != calm[id_]}
    ended = ("Succeeded", "Failed", "success", "SUCCESS", "RUNNING")
    assert back >= {id_ for id_, status in calm.items() if status in ended}
    earlier = {reads[1][id_].partition("_")[0].lower() for id_ in back}
    assert earlier <= {"enqueued", "dequeued", "running", "retrying", "stopping", "ready"} | {
        "pending",
        "delivering",
        "deliver",
        "cancelling",
    }
    assert reads[2] == reads[3] == calm


def test_what_goes_back_has_the_facts_of_the_time_before() -> None:
    lab = Lab(2000, freeze=True)
    for salt in range(2):
        rows = LISTS["tat"][0](lab, Turn(back=1.0, salt=salt))
    assert all(row["EndTime"] is None for row in rows)
    assert not any(row["ErrorInfo"] for row in rows)


def test_by_id_is_right_while_lists_go_back() -> None:
    lab = Lab(400, freeze=True)
    for salt in range(2):
        for read, _, _ in LISTS.values():
            read(lab, Turn(back=1.0, salt=salt))
        for row in lab.world.truth():
            found = lab.by_id(row)
            if row["adapter"] != "huawei-kps" or not row["listed"]:
                assert found == (row["id"], row["native_state"])


def test_media_tasks_are_shown_again_in_an_earlier_list_for_one_read() -> None:
    lab = Lab(3000, freeze=True)
    back = Turn(back=1.0, salt=1)

    def read(status: str, turn: Turn = back, **more: Any) -> tuple[set[str], int, Rows]:
        ids: set[str] = set()
        rows: Rows = []
        token = ""
        while True:
            body = lab.mps("DescribeTasks", turn, Status=status, Limit=100, ScrollToken=token, **more)
            rows += body["TaskSet"]
            ids |= {row["TaskId"] for row in body["TaskSet"]}
            token = body["ScrollToken"]
            if not token:
                return ids, body["TotalCount"], rows

    waiting, processing, finished = (read(status, Turn()) for status in ("WAITING", "PROCESSING", "FINISH"))
    assert read("WAITING")[0] == waiting[0], "no list has shown them at work yet"
    assert read("PROCESSING")[0] == processing[0]
    read("FINISH")
    again, total, rows = read("WAITING")
    assert again > waiting[0]
    assert again - waiting[0] <= processing[0]
    assert total == len(again) == len(rows)
    assert all(row["BeginProcessTime"].startswith("0000") for row in rows)
    again, _, rows = read("PROCESSING")
    assert 1 <= len(again - processing[0]) <= 3
    assert again - processing[0] <= finished[0]
    assert all(row["FinishTime"].startswith("0000") for row in rows)
    assert [row["CreateTime"] for row in rows] == sorted((row["CreateTime"] for row in rows), reverse=True)
    shown_again: list[str] = []
    for salt in range(200):
        ids, _, _ = read("PROCESSING", Turn(back=1.0, salt=salt))
        shown_again += ids - processing[0]
    assert max(Counter(shown_again).values()) == 1


def test_failed_key_pair_tasks_are_shown_as_running_for_one_read() -> None:
    lab = Lab(400, freeze=True)
    back = Turn(back=1.0, salt=1)
    calm = lab.kps("/running-tasks").json
    lab.kps("/failed-tasks", turn=back)
    again = lab.kps("/running-tasks", turn=back).json
    extra = {row["task_id"] for row in again["tasks"]} - {row["task_id"] for row in calm["tasks"]}
    assert len(extra) == 3
    assert again["total"] == len(again["tasks"]) == calm["total"] + 3
    assert not any("task_error_msg" in row for row in again["tasks"])
    assert {row["task_id"] for row in lab.kps("/failed-tasks").json["tasks"]} >= extra


# swapped, drawn ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LISTS)
def test_two_neighbours_of_a_page_change_places(name: str) -> None:
    lab = Lab(2000, freeze=True)
    calm, swapped = (LISTS[name][0](lab, turn) for turn in (Turn(), Turn(swap=True, salt=12)))
    moved = [i for i, (one, other) in enumerate(zip(calm, swapped, strict=True)) if one != other]
    assert [b - a for a, b in pairwise(moved)] == [1]
    assert (swapped[moved[0]], swapped[moved[1]]) == (calm[moved[1]], calm[moved[0]])


def test_a_page_of_one_row_has_no_neighbours() -> None:
    lab = Lab(50, freeze=True)
    assert len(lab.tat("DescribeInvocationTasks", Turn(swap=True, back=1.0), Limit=1)["InvocationTaskSet"]) == 1


def test_its_kinds_are_drawn_and_can_be_chosen() -> None:
    ask = Ask("tencent-mps", "ap-singapore", "DescribeTasks", "AKID", "", START)
    faults = Faults(1, ["order"])
    turns = [faults.plan(ask).turn for _ in range(100)]
    assert {turn.swap for turn in turns} == {True, False}
    assert {turn.back for turn in turns} == {0.05}
    assert len({turn.salt for turn in turns}) == 100
    faults.switch("order", True, ["back"], share=1.0)
    assert (faults.plan(ask).turn.swap, faults.plan(ask).turn.back) == (False, 1.0)
    faults.switch("order", True, ["late"])
    assert (faults.plan(ask).turn.swap, faults.plan(ask).turn.back) == (False, 0.0)
    with pytest.raises(ValueError, match="known: late, swap, back"):
        faults.switch("order", True, ["later"])
    lab = Lab(400)
    lab.faults.switch("order", True, ["swap"], share=1.0)
    lab.clock.at += SECOND
    assert not keys(lab, listed=False, state="queued")


async def test_the_same_seed_and_the_same_requests_give_the_same_rows() -> None:
    said = []
    for _ in range(2):
        wire = Wire("order", tasks=900)
        for _ in range(12):
            wire.lab.clock.at += SECOND
            for request in (wire.mps(), wire.mps(Status="PROCESSING")):
                _, _, body = await wire.send("tencent-mps", "ap-singapore", request)
                said.append(body.partition(b'"RequestId"')[0])
            _, _, body = await wire.send("alibaba-fc", "cn-hangzhou", wire.fc())
            said.append(body)
    assert said[: len(said) // 2] == said[len(said) // 2 :]
    assert len(set(said)) > 20
