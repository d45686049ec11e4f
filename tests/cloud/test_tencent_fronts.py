"""The simulator contract of tencent.md, row by row."""

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from tests.cloud.lab import START, Lab, changed, tc3
from tui.cloud import tc3 as tc3_check
from tui.cloud.fronts._tencent import _unflattened
from tui.cloud.fronts.tat import _summary
from tui.cloud.keys import DEMO_KEYS, STS_KEYS
from tui.cloud.realms import mps, tat
from tui.cloud.wire import Request

ZERO = "0000-00-00T00:00:00Z"
BODY = {"Status": "FINISH", "Limit": 3}


def signed(action: str = "DescribeTasks", body: Any = BODY, **options: Any) -> Request:
    return tc3(action, options.pop("service", "mps"), options.pop("version", "2019-06-12"), body, **options)


def code(lab: Lab, request: Request, api: str = "tencent-mps") -> str:
    region = {"tencent-mps": "ap-singapore", "tencent-tat": "ap-guangzhou"}[api]
    answer = lab.send(api, region, request)
    assert answer.status == 200
    response = answer.json["Response"]
    assert response["RequestId"]
    return str(response.get("Error", {}).get("Code", ""))


# dispatch and signature -------------------------------------------------------------------------------------------


def test_dispatch(lab: Lab) -> None:
    assert code(lab, signed()) == ""
    assert code(lab, changed(signed(), x_tc_action=None)) == "MissingParameter"
    assert code(lab, signed("DescribeNothing")) == "InvalidAction"
    assert code(lab, changed(signed(), x_tc_version="2020-01-01")) == "NoSuchVersion"
    assert code(lab, signed(body=b"[1]")) == "InvalidParameter"
    assert code(lab, signed(body=b"{")) == "InvalidParameter"
    assert code(lab, replace(signed(), path="/x")) == "InvalidRequest"
    assert code(lab, replace(signed(), method="PUT")) == "UnsupportedProtocol"


def test_signature(lab: Lab) -> None:
    assert code(lab, changed(signed(), authorization="Basic x")) == "AuthFailure.InvalidAuthorization"
    assert code(lab, changed(signed(), authorization="TC3-HMAC-SHA256 x")) == "AuthFailure.SignatureFailure"
    nobody = {"access_key_id": "AKIDnobody", "access_key_secret": "x"}
    assert code(lab, signed(keys=nobody)) == "AuthFailure.SecretIdNotFound"
    wrong = {**DEMO_KEYS["tencent"], "access_key_secret": "x"}
    assert code(lab, signed(keys=wrong)) == "AuthFailure.SignatureFailure"
    assert code(lab, signed(date="2026-11-19")) == "AuthFailure.SignatureFailure"
    assert code(lab, signed(service="tat")) == "AuthFailure.SignatureFailure"
    assert code(lab, changed(signed(), x_tc_timestamp="soon")) == "AuthFailure.SignatureFailure"
    assert code(lab, replace(signed(), body=b'{"Status":"WAITING"}')) == "AuthFailure.SignatureFailure"
    unsigned = signed().header("authorization").replace("content-type;host", "host")
    assert code(lab, changed(signed(), authorization=unsigned)) == "AuthFailure.SignatureFailure"


@pytest.mark.parametrize(
    ("off", "expected"), [(301, "AuthFailure.SignatureExpire"), (-301, "AuthFailure.SignatureExpire"), (299, "")]
)
def test_the_clock_window_is_300_seconds(lab: Lab, off: int, expected: str) -> None:
    assert code(lab, signed(at=START + off * 1000)) == expected


def test_temporary_keys_need_their_token(lab: Lab) -> None:
    sts = STS_KEYS["tencent"]
    assert code(lab, signed(keys=sts)) == ""
    assert code(lab, changed(signed(keys=sts), x_tc_token=None)) == "AuthFailure.TokenFailure"
    assert code(lab, changed(signed(), x_tc_token="x")) == "AuthFailure.TokenFailure"


def test_the_get_form_is_read_too(lab: Lab) -> None:
    request = signed("DescribeTasks", b"")
    query = "Limit=3&Status=FINISH"
    got = replace(request, method="GET", query=query)
    text = tc3_check.string_to_sign(got, ["content-type", "host"], START // 1000, "2026-11-18", "mps")
    signature = tc3_check.signature_of(DEMO_KEYS["tencent"]["access_key_secret"], "2026-11-18", "mps", text)
    head = request.header("authorization").rpartition("=")[0]
    answer = lab.send("tencent-mps", "ap-singapore", changed(got, authorization=f"{head}={signature}"))
    assert len(answer.json["Response"]["TaskSet"]) == 3


def test_flattened_parameters_become_lists_and_objects_again() -> None:
    pairs = [("Limit", "5"), ("HideOutput", "False"), ("Filters.0.Name", "command-id"), ("Filters.0.Values.0", "cmd-1")]
    expected = {"Limit": "5", "HideOutput": False, "Filters": [{"Name": "command-id", "Values": ["cmd-1"]}]}
    assert _unflattened(pairs) == expected


# Media Processing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, "MissingParameter"),
        ({"Status": "DONE"}, "InvalidParameterValue"),
        ({"Status": "FINISH", "Limit": 0}, "InvalidParameterValue.Limit"),
        ({"Status": "FINISH", "Limit": 101}, "InvalidParameterValue.Limit"),
        ({"Status": "FINISH", "Limit": True}, "InvalidParameterValue.Limit"),
        ({"Status": "FINISH", "Limit": "5"}, ""),
        ({"Status": "FINISH", "ScrollToken": "nope"}, "InvalidParameterValue"),
        ({"Status": "FINISH", "ScrollToken": None}, ""),
        ({"Status": "FINISH", "SubTaskHasFailed": "yes"}, "InvalidParameterValue"),
        ({"Status": "FINISH", "StartTime": "yesterday"}, "InvalidParameterValue"),
    ],
)
def test_parameters_of_describe_tasks(lab: Lab, body: dict[str, Any], expected: str) -> None:
    assert code(lab, signed(body=body)) == expected


def test_the_token_is_the_id_of_the_next_entry(lab: Lab) -> None:
    whole = lab.mps("DescribeTasks", Status="FINISH", Limit=100)
    page = lab.mps("DescribeTasks", Status="FINISH", Limit=4)
    assert page["ScrollToken"] == whole["TaskSet"][4]["TaskId"]
    assert page["TotalCount"] == whole["TotalCount"]


def test_rows_have_no_status_and_year_zero_for_none(lab: Lab) -> None:
    waiting = lab.mps("DescribeTasks", Status="WAITING")["TaskSet"][0]
    assert set(waiting) == {"TaskId", "TaskType", "SubTaskTypes", "CreateTime", "BeginProcessTime", "FinishTime"}
    assert waiting["BeginProcessTime"] == waiting["FinishTime"] == ZERO
    processing = lab.mps("DescribeTasks", Status="PROCESSING")["TaskSet"][0]
    assert processing["BeginProcessTime"] != ZERO
    assert processing["FinishTime"] == ZERO


def test_the_split_by_failed_subtasks(lab: Lab) -> None:
    good = lab.mps("DescribeTasks", Status="FINISH", SubTaskHasFailed=False, Limit=100)["TotalCount"]
    bad = lab.mps("DescribeTasks", Status="FINISH", SubTaskHasFailed=True, Limit=100)["TotalCount"]
    both = lab.mps("DescribeTasks", Status="FINISH", Limit=100)["TotalCount"]
    assert good + bad == both
    assert bad
    assert lab.mps("DescribeTasks", Status="WAITING", SubTaskHasFailed=True)["TaskSet"] == []


def test_a_list_without_the_split_pages_through_both_parts(lab: Lab) -> None:
    ids: list[str] = []
    token = ""
    while True:
        body = lab.mps("DescribeTasks", Status="FINISH", Limit=3, ScrollToken=token)
        ids += [row["TaskId"] for row in body["TaskSet"]]
        token = body["ScrollToken"]
        if not token:
            break
    assert len(ids) == len(set(ids)) == body["TotalCount"]


def test_start_and_end_bound_the_creation(lab: Lab) -> None:
    rows = lab.mps("DescribeTasks", Status="FINISH", Limit=100, StartTime="2026-11-17T00:00:00Z")["TaskSet"]
    assert rows
    assert all(row["CreateTime"] >= "2026-11-17" for row in rows)
    assert lab.mps("DescribeTasks", Status="FINISH", EndTime="2026-01-01T00:00:00Z")["TaskSet"] == []


def test_a_token_outlives_its_task(lab: Lab) -> None:
    page = lab.mps("DescribeTasks", Status="PROCESSING", Limit=2)
    job = lab.media.find(page["ScrollToken"])
    assert job is not None
    lab.clock.at = job.ended + 1
    later = lab.mps("DescribeTasks", Status="PROCESSING", Limit=100, ScrollToken=page["ScrollToken"])
    assert "Error" not in later


def test_details_say_what_the_list_cannot(lab: Lab) -> None:
    for row in lab.mps("DescribeTasks", Status="FINISH", SubTaskHasFailed=True, Limit=100)["TaskSet"]:
        detail = lab.mps("DescribeTaskDetail", TaskId=row["TaskId"])
        task = detail[detail["TaskType"]]
        subtasks = [one["TranscodeTask"] for one in task.get("MediaProcessResultSet", [])]
        subtasks += [one["ActivityResItem"]["TranscodeTask"] for one in task.get("ActivityResultSet", [])]
        assert detail["Status"] == "FINISH"
        assert task["ErrCode"] or any(one["Status"] == "FAIL" for one in subtasks)
    assert lab.mps("DescribeTaskDetail", TaskId="1-WorkflowTask-00")["Error"]["Code"] == "ResourceNotFound.TaskNotFound"
    assert lab.mps("DescribeTaskDetail")["Error"]["Code"] == "MissingParameter"
    good = lab.mps("DescribeTasks", Status="FINISH", SubTaskHasFailed=False)["TaskSet"][0]
    detail = lab.mps("DescribeTaskDetail", TaskId=good["TaskId"])
    assert detail[detail["TaskType"]]["ErrCode"] == 0


def test_the_detail_of_a_live_stream_has_another_name() -> None:
    lab = Lab(4000)
    job = next(job for job in lab.media.roll.jobs if job.owner.type == "LiveProcessTask")
    detail = lab.mps("DescribeTaskDetail", TaskId=mps.task_id_of(job))
    assert detail["TaskType"] == "LiveStreamProcessTask"
    assert detail["LiveStreamProcessTask"]["TaskId"] == mps.task_id_of(job)
    edit = next(job for job in lab.media.roll.jobs if job.owner.type == "EditMediaTask")
    assert lab.mps("DescribeTaskDetail", TaskId=mps.task_id_of(edit))["EditMediaTask"]["Status"]


def test_abort_is_legal_while_waiting(lab: Lab) -> None:
    waiting = lab.mps("DescribeTasks", Status="WAITING")["TaskSet"][0]["TaskId"]
    assert "Error" not in lab.mps("ManageTask", OperationType="Abort", TaskId=waiting)
    assert lab.mps("DescribeTaskDetail", TaskId=waiting)["Status"] == "FINISH"
    failed = lab.mps("DescribeTasks", Status="FINISH", SubTaskHasFailed=True, Limit=100)["TaskSet"]
    assert waiting in {row["TaskId"] for row in failed}


def test_an_illegal_abort(lab: Lab) -> None:
    busy = next(
        row
        for row in lab.mps("DescribeTasks", Status="PROCESSING", Limit=100)["TaskSet"]
        if row["TaskType"] != "LiveProcessTask"
    )
    answer = lab.mps("ManageTask", OperationType="Abort", TaskId=busy["TaskId"])
    assert answer["Error"]["Code"] == "InvalidParameterValue.NotProcessingTask"
    answer = lab.mps("ManageTask", OperationType="Pause", TaskId=busy["TaskId"])
    assert answer["Error"]["Code"] == "InvalidParameterValue.InvalidOperationType"
    assert lab.mps("DescribeWorkflows")["TotalCount"] == 0


# Automation Tools -------------------------------------------------------------------------------------------------


def test_a_region_is_needed_and_any_host_answers_for_all(lab: Lab) -> None:
    assert lab.tat("DescribeInvocationTasks", region="")["Error"]["Code"] == "MissingParameter"
    assert lab.tat("DescribeInvocationTasks", region="eu-moon")["Error"]["Code"] == "UnsupportedRegion"
    here = lab.tat("DescribeInvocationTasks")["InvocationTaskSet"][0]["InvocationTaskId"]
    there = lab.tat("DescribeInvocationTasks", region="ap-singapore")["InvocationTaskSet"][0]["InvocationTaskId"]
    assert here != there


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            {"InvocationTaskIds": ["invt-1"], "Filters": [{"Name": "instance-id", "Values": ["x"]}]},
            "InvalidParameter.ConflictParameter",
        ),
        ({"Filters": [{"Name": "colour", "Values": ["x"]}]}, "InvalidParameterValue.InvalidFilter"),
        ({"Filters": ["x"]}, "InvalidParameterValue.InvalidFilter"),
        ({"Filters": "x"}, "InvalidParameter"),
        ({"Filters": [{"Name": "instance-id", "Values": list("abcdef")}]}, "LimitExceeded.FilterValueExceeded"),
        ({"Filters": [{"Name": "instance-id", "Values": []}] * 11}, "LimitExceeded.FilterValueExceeded"),
        ({"InvocationTaskIds": ["invt-1"] * 101}, "InvalidParameterValue.LimitExceeded"),
        ({"Limit": 101}, "InvalidParameterValue.Range"),
        ({"Offset": -1}, "InvalidParameterValue.Range"),
    ],
)
def test_parameters_of_describe_invocation_tasks(lab: Lab, body: dict[str, Any], expected: str) -> None:
    assert lab.tat("DescribeInvocationTasks", **body)["Error"]["Code"] == expected


def test_newest_first_and_output_only_on_request(lab: Lab) -> None:
    body = lab.tat("DescribeInvocationTasks", Limit=100)
    created = [row["CreatedTime"] for row in body["InvocationTaskSet"]]
    assert created == sorted(created, reverse=True)
    assert {row["TaskResult"]["Output"] for row in body["InvocationTaskSet"]} == {""}
    shown = lab.tat("DescribeInvocationTasks", Limit=100, HideOutput=False)["InvocationTaskSet"]
    assert any(base64.b64decode(row["TaskResult"]["Output"]) for row in shown)


def test_ids_and_filters(lab: Lab) -> None:
    rows = lab.tat("DescribeInvocationTasks", Limit=100)["InvocationTaskSet"]
    row = rows[5]
    asked = [row["InvocationTaskId"], "invt-00000000", "nonsense"]
    assert [
        one["InvocationTaskId"]
        for one in lab.tat("DescribeInvocationTasks", InvocationTaskIds=asked)["InvocationTaskSet"]
    ] == asked[:1]
    for name, field in (
        ("invocation-id", "InvocationId"),
        ("instance-id", "InstanceId"),
        ("command-id", "CommandId"),
        ("invocation-task-id", "InvocationTaskId"),
    ):
        filters = [{"Name": name, "Values": [row[field], "other"]}]
        found = lab.tat("DescribeInvocationTasks", Filters=filters, Limit=100)
        assert {one[field] for one in found["InvocationTaskSet"]} == {row[field]}
        assert row["InvocationTaskId"] in {one["InvocationTaskId"] for one in found["InvocationTaskSet"]}


def test_both_spellings_of_a_time_and_a_row_without_a_name() -> None:
    lab = Lab(2000)
    here = lab.tat("DescribeInvocationTasks", Limit=100)["InvocationTaskSet"]
    there = lab.tat("DescribeInvocationTasks", region="ap-singapore", Limit=100)["InvocationTaskSet"]
    assert here[0]["CreatedTime"].endswith("+00:00")
    assert there[0]["CreatedTime"].endswith("Z")
    assert any("CommandName" not in row for row in here + there)


def test_the_activity_of_a_task(lab: Lab) -> None:
    row = lab.tat("DescribeInvocationTasks")["InvocationTaskSet"][0]
    body = lab.tat("DescribeInvocations", InvocationIds=[row["InvocationId"], "inv-x"])
    assert body["TotalCount"] == 1
    known = {one["InvocationTaskId"] for one in body["InvocationSet"][0]["InvocationTaskBasicInfoSet"]}
    assert row["InvocationTaskId"] in known
    filters = [{"Name": "command-id", "Values": [row["CommandId"]]}]
    found = lab.tat("DescribeInvocations", Filters=filters, Limit=100)["InvocationSet"]
    assert {one["CommandId"] for one in found} == {row["CommandId"]}


def test_cancel_one_instance_then_all() -> None:
    lab = Lab(2000)
    realm = lab.commands
    one = next(
        invocation
        for invocation in reversed(realm.invocations.values())
        if len([job for job in realm.tasks_of(invocation) if job.ended > START + 60_000]) >= 3
    )
    jobs = [job for job in realm.tasks_of(one) if job.ended > START + 60_000]
    activity = tat.invocation_id(realm, one.number)
    lab.tat("CancelInvocation", InvocationId=activity, InstanceIds=[tat.instance_id(jobs[0])])
    assert [tat.status(job, START) == "CANCELLING" for job in jobs] == [True] + [False] * (len(jobs) - 1)
    lab.tat("CancelInvocation", InvocationId=activity)
    assert {tat.status(job, START) for job in jobs} == {"CANCELLING"}
    lab.clock.at += 4_000
    asked = [tat.task_id(job) for job in jobs]
    ended = lab.tat("DescribeInvocationTasks", InvocationTaskIds=asked)["InvocationTaskSet"]
    assert {row["TaskStatus"] for row in ended} <= {"CANCELLED", "TERMINATED"}
    assert all((row["TaskStatus"] == "TERMINATED") == (row["StartTime"] is not None) for row in ended)


def test_cancel_of_something_else(lab: Lab) -> None:
    row = lab.tat("DescribeInvocationTasks")["InvocationTaskSet"][0]
    answer = lab.tat("CancelInvocation", InvocationId="inv-00000000")
    assert answer["Error"]["Code"] == "ResourceNotFound.InvocationNotFound"
    answer = lab.tat("CancelInvocation", InvocationId=row["InvocationId"], InstanceIds=["ins-x"])
    assert answer["Error"]["Code"] == "InvalidParameterValue.InstanceIsNotRelatedToInvocation"
    assert lab.tat("CancelInvocation")["Error"]["Code"] == "MissingParameter"


def test_commands_and_regions(lab: Lab) -> None:
    commands = lab.tat("DescribeCommands", Limit=100)["CommandSet"]
    assert len(commands) == 7
    filters = [{"Name": "command-name", "Values": ["deploy-web"]}]
    assert [one["CommandName"] for one in lab.tat("DescribeCommands", Filters=filters)["CommandSet"]] == ["deploy-web"]
    regions = lab.tat("DescribeRegions")["RegionSet"]
    assert {"ap-guangzhou", "ap-singapore"} <= {one["Region"] for one in regions}
    assert json.dumps(regions)


def test_summaries_of_an_activity() -> None:
    cases = {
        "RUNNING": ["SUCCESS", "RUNNING"],
        "CANCELLING": ["CANCELLING", "RUNNING"],
        "PENDING": ["PENDING", "DELIVERING"],
        "SUCCESS": ["SUCCESS"],
        "CANCELLED": ["CANCELLED", "TERMINATED"],
        "PARTIAL_CANCELLED": ["CANCELLED", "SUCCESS"],
        "TIMEOUT": ["TIMEOUT"],
        "PARTIAL_FAILED": ["SUCCESS", "FAILED"],
        "FAILED": ["FAILED", "TIMEOUT"],
    }
    assert {name: _summary(states) for name, states in cases.items()} == {name: name for name in cases}
