"""`hostile` and `novel`: tasks that are born odd, and stay so; lists, by-id reads and the truth agree on every sign."""

import base64
import json
from collections import Counter
from typing import Any

import pytest

from tests.cloud.lab import Lab
from tests.cloud.wired import Wire
from tui.cloud import hostile, novel
from tui.cloud.habits import Periods
from tui.cloud.sources import SOURCES

pytestmark = pytest.mark.cloud

KINDS = {
    "alibaba-fc": "fc",
    "alibaba-opensearch": "os",
    "tencent-mps": "mps",
    "tencent-tat": "tat",
    "huawei-kps": "kps",
}
NOVEL = {*novel.FC, *novel.OPENSEARCH, *novel.TAT, novel.MPS_DETAIL}


def texts(value: Any) -> set[str]:
    """Every text in a JSON value, names included."""
    if isinstance(value, dict):
        return {text for pair in value.items() for one in pair for text in texts(one)}
    if isinstance(value, list):
        return {text for one in value for text in texts(one)}
    return {value} if isinstance(value, str) else set()


def odd_id(text: str) -> bool:
    """Whether an id has one of the odd shapes."""
    shapes = ((head, tail) for head, tail in hostile.ID_SHAPES if head or tail)
    return any(text.startswith(head) and text.endswith(tail) for head, tail in shapes)


def agreed(lab: Lab) -> None:
    """Lists and by-id reads show what the truth says, and nothing else."""
    truth = list(lab.world.truth())
    for source in SOURCES:
        listed = Counter(
            (row["scope"], row["id"], row["native_state"])
            for row in truth
            if row["source"] == source.name and row["listed"]
        )
        assert Counter(lab.walk(f"{KINDS[source.adapter]}/{source.region}")) == listed
        assert max(listed.values()) == 1
    for row in truth:
        found = lab.by_id(row)
        if row["adapter"] != "huawei-kps" or not row["listed"]:
            assert found == (row["id"], row["native_state"])


@pytest.mark.parametrize("faults", [["hostile"], ["novel"], ["hostile", "novel", "order"]])
def test_lists_by_id_reads_and_truth_agree(faults: list[str]) -> None:
    lab = Lab(700, rate=20, faults=faults)
    agreed(lab)
    lab.clock.at += 20_000
    agreed(lab)


# hostile ----------------------------------------------------------------------------------------------------------


def test_every_hostile_text_is_somewhere_and_every_api_has_some() -> None:
    truth = list(Lab(6000, freeze=True, faults=["hostile"]).world.truth())
    assert set(hostile.TEXTS) <= texts(truth)
    for adapter in KINDS:
        rows = [row for row in truth if row["adapter"] == adapter]
        assert 0.2 < sum(bool(texts(row) & set(hostile.TEXTS)) for row in rows) / len(rows) < 0.45
    kinds = {name: texts([row[name] for row in truth]) & set(hostile.TEXTS) for name in ("name", "target", "error")}
    assert all(len(found) > 10 for found in kinds.values())


def test_the_texts_are_of_every_kind_that_is_known_to_hurt() -> None:
    whole = "".join(hostile.TEXTS)
    signs = ("\x1b[", "\x1b]52;", "\x1b]8;", "\x1bP", "\x9b", "\x00", "[/]", "[bold]", "\u202e", "\u200b", "\ud800")
    assert [sign for sign in signs if sign not in whole] == []
    assert max(map(len, hostile.TEXTS)) == 20_000
    assert {text[0] for text in hostile.TEXTS} >= set("=-+@")
    assert any("\U0001f469\u200d" in text for text in hostile.TEXTS)
    assert any("\u6570" in text for text in hostile.TEXTS)


async def test_on_the_wire_it_is_json_in_utf_8_and_the_truth_says_the_same() -> None:
    wire = Wire("hostile", tasks=3000)
    status, _, body = await wire.send("tencent-mps", "ap-singapore", wire.mps(Limit=100))
    assert status == 200
    rows = {row["TaskId"]: row for row in json.loads(body.decode("utf-8"))["Response"]["TaskSet"]}
    raw = (await wire.ask(1, wire.truth()))[2]
    assert b"\\ud800" in raw
    truth = [row for row in json.loads(raw.decode("utf-8")) if row["id"] in rows]
    assert len(truth) == 100
    assert all(row["name"] == rows[row["id"]]["TaskType"] for row in truth)
    assert any(row["name"] in hostile.TEXTS for row in truth)


def test_odd_ids_survive_a_url_and_stay_apart() -> None:
    lab = Lab(2500, freeze=True, faults=["hostile"])
    rows = [row for row in lab.world.truth() if row["adapter"] == "alibaba-fc"]
    assert len({(row["source"], row["scope"], row["id"]) for row in rows}) == len(rows)
    odd = [row for row in rows if odd_id(row["id"])]
    assert any(row["id"].endswith("/b?c#d%41 \u202e") for row in odd)
    for row in odd:
        assert lab.by_id(row) == (row["id"], row["native_state"])
        assert row["id"].encode()  # a URL cannot hold a lone surrogate
    near = dict(odd[0], id=odd[0]["id"] + "x")
    assert lab.by_id(near) is None
    plain = next(row for row in rows if row not in odd)
    assert lab.by_id(dict(plain, id=plain["id"] + hostile.ID_SHAPES[1][1])) is None


def test_an_instance_with_an_odd_name_can_be_named_in_a_request() -> None:
    lab = Lab(2500, faults=["hostile"])
    rows = lab.tat("DescribeInvocationTasks", Limit=100)["InvocationTaskSet"]
    odd = next(row for row in rows if len(row["InstanceId"]) > 12 and row["TaskStatus"] == "RUNNING")
    asked = [{"Name": "instance-id", "Values": [odd["InstanceId"]]}]
    found = lab.tat("DescribeInvocationTasks", Filters=asked)["InvocationTaskSet"]
    assert odd["InvocationTaskId"] in {row["InvocationTaskId"] for row in found}
    assert "Error" not in lab.tat("CancelInvocation", InvocationId=odd["InvocationId"], InstanceIds=[odd["InstanceId"]])
    again = lab.tat("DescribeInvocationTasks", InvocationTaskIds=[odd["InvocationTaskId"]])["InvocationTaskSet"]
    assert again[0]["TaskStatus"] == "CANCELLING"


def test_what_a_command_prints_is_hostile_too() -> None:
    lab = Lab(6000, freeze=True, faults=["hostile"])
    printed: set[bytes] = set()
    for offset in range(0, 1200, 100):
        rows = lab.tat("DescribeInvocationTasks", Limit=100, Offset=offset, HideOutput=False)["InvocationTaskSet"]
        printed |= {base64.b64decode(row["TaskResult"]["Output"]) for row in rows}
    assert len(printed & set(hostile.OUTPUTS)) > 20
    assert any(b"\xff" in out for out in printed)


def test_a_detail_calls_a_media_task_as_its_row_does() -> None:
    lab = Lab(3000, freeze=True, faults=["hostile"])
    rows = lab.mps("DescribeTasks", Status="FINISH", Limit=100, SubTaskHasFailed=True)["TaskSet"]
    odd = [row for row in rows if row["TaskType"] in hostile.TEXTS]
    messages = set()
    for row in odd:
        detail = lab.mps("DescribeTaskDetail", TaskId=row["TaskId"])
        assert detail["TaskType"] == row["TaskType"]
        messages |= texts(detail)
    assert len(messages & set(hostile.TEXTS)) > len({row["TaskType"] for row in odd})


@pytest.mark.parametrize("fault", ["hostile", "novel"])
def test_what_is_born_odd_stays_odd_and_the_others_never_become_so(fault: str) -> None:
    lab = Lab(600, rate=20)

    def odd() -> set[tuple[str, Any, str]]:
        return {
            (row["source"], row["scope"], row["id"])
            for row in lab.world.truth()
            if texts(row) & set(hostile.TEXTS) or row["state"] == "unknown" or row["name"] == "HologramTask"
        }

    def ids() -> set[tuple[str, Any, str]]:
        return {(row["source"], row["scope"], row["id"]) for row in lab.world.truth()}

    before = ids()
    assert not odd()
    lab.faults.switch(fault, True)
    assert not odd()
    lab.clock.at += 15_000
    during = ids() - before
    assert odd() <= during
    assert odd()
    lab.faults.switch(fault, False)
    lab.clock.at += 15_000
    assert odd() <= during
    assert odd()
    assert during <= ids()


def test_births_that_nobody_saw_are_drawn_as_of_then() -> None:
    periods = Periods(1.0)
    assert [periods.holds(at) for at in (0, 5)] == [False, False]
    for at, on in ((10, True), (12, True), (20, False), (30, True)):
        periods.switch(on, at)
    assert [at for at in range(40) if periods.holds(at)] == [*range(10, 20), *range(30, 40)]
    assert periods.since == 30
    for at in range(40, 2000):
        periods.switch(not periods.on, at)
    assert [periods.holds(at) for at in (1996, 1997, 1998, 1999, 5000)] == [False, True, False, True, True]
    periods.switch(False, None)
    assert not periods.holds(1999)


# novel ------------------------------------------------------------------------------------------------------------


def test_every_novel_status_occurs_is_unknown_and_keeps_its_word() -> None:
    lab = Lab(3000, rate=20, faults=["novel"])
    seen: dict[tuple[str, str, bool], set[str]] = {}
    for _ in range(6):
        for row in lab.world.truth():
            word = row["native_state"]
            if word in NOVEL or row["adapter"] == "huawei-kps":
                seen.setdefault((row["adapter"], row["state"], row["listed"]), set()).add(word)
                if word in NOVEL:
                    assert (row["state"], row["duration_ms"], row["error"]) == ("unknown", None, None)
                    assert "tat.exit" not in row["extra"]
        lab.clock.at += 5_000
    assert seen["alibaba-fc", "unknown", True] == set(novel.FC)
    assert seen["alibaba-opensearch", "unknown", True] == set(novel.OPENSEARCH)
    assert seen["tencent-tat", "unknown", True] == set(novel.TAT)
    assert seen["tencent-mps", "unknown", False] == {"HALTED"}
    assert {"MELTING_RESET", "RUNNING_RESET"} <= seen["huawei-kps", "running", True]
    assert {"MELTDOWN", "FAILED_UNBIND"} <= seen["huawei-kps", "failed", True]
    assert {"ABSORBED_REPLACE"} <= seen["huawei-kps", "unknown", False]
    assert {"SUCCESS_REPLACE"} <= seen["huawei-kps", "succeeded", False]
    assert not any(word in NOVEL for row in Lab(3000).world.truth() for word in texts(row))


def test_a_media_task_that_halts_leaves_the_lists_and_is_known_by_id() -> None:
    lab = Lab(600, rate=20, faults=["novel"])
    lab.clock.at += 30_000
    rows = [row for row in lab.world.truth() if row["native_state"] == "HALTED"]
    assert rows
    assert not any(row["listed"] for row in rows)
    body = lab.mps("DescribeTaskDetail", TaskId=rows[0]["id"])
    assert (body["Status"], body["FinishTime"].startswith("0000")) == ("HALTED", False)
    listed = {id_ for _, id_, _ in lab.walk("mps/ap-singapore")}
    assert not listed & {row["id"] for row in rows}


def test_task_types_that_no_document_has() -> None:
    truth = list(Lab(3000, freeze=True, faults=["novel"]).world.truth())
    kinds = {row["kind"] for row in truth if row["adapter"] == "tencent-mps"}
    assert {"HologramTask", "RemasterTask", "X9Task", "WorkflowTask"} <= kinds
    assert "WASM" in {row["kind"] for row in truth if row["adapter"] == "tencent-tat"}
    assert {row["name"] for row in truth if row["native_state"] == "MELTDOWN"} == {"MELTDOWN"}
    assert {row["name"] for row in truth if row["native_state"] == "MELTING_RESET"} == {"RESET"}


def test_fields_that_no_document_has_change_none_of_those_that_it_has() -> None:
    calm, odd = Lab(900, freeze=True), Lab(900, freeze=True, faults=["novel"])
    names = set()
    lists: tuple[tuple[str, str, str], ...] = (
        ("FINISH", "TaskSet", "TaskType"),
        ("PROCESSING", "TaskSet", "TaskType"),
    )
    for native, rows, kind in lists:
        said = [lab.mps("DescribeTasks", Status=native, Limit=100)[rows] for lab in (calm, odd)]
        assert len(said[0]) == len(said[1])
        names |= {name for row in said[1] for name in row} - set(said[0][0]) - {kind}
        assert all(set(row) >= set(said[0][0]) for row in said[1])
    path = "/functions/thumbnailer/async-tasks"
    before, after = (lab.fc("ListAsyncTasks", path, ("limit", 100)).json["tasks"] for lab in (calm, odd))
    for one, other in zip(before, after, strict=True):
        assert {name: other[name] for name in one if name != "status"} == {
            name: value for name, value in one.items() if name != "status"
        }
    assert names == {name for name, _ in novel.FIELDS}
