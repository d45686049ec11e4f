"""The simulator contract of alibaba.md, row by row."""

from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest

from tests.cloud.lab import START, VERSIONS, Answer, Lab, acs3, changed, enc
from tui.cloud.fronts.opensearch import OpenSearchFront
from tui.cloud.keys import DEMO_KEYS, STS_KEYS
from tui.cloud.wire import Request

LIST = "/2023-03-30/functions/thumbnailer/async-tasks"
TRAININGS = "/app-groups/shop_search/functions/ctr/instances/ctr_main/tasks"
MINUTES = 60_000


def signed(**options: Any) -> Request:
    return acs3("ListAsyncTasks", "2023-03-30", "GET", LIST, **options)


def send(lab: Lab, request: Request) -> Answer:
    return lab.send("alibaba-fc", "cn-hangzhou", request)


def tasks(lab: Lab, *query: tuple[str, str | int]) -> Any:
    return lab.fc("ListAsyncTasks", "/functions/thumbnailer/async-tasks", *query).json["tasks"]


# signature ------------------------------------------------------------------------------------------------------


def test_no_authorization_header(lab: Lab) -> None:
    answer = send(lab, changed(signed(), authorization=None))
    assert (answer.status, answer.code) == (400, "MissingSecurityToken")
    assert answer.header("x-acs-request-id") == answer.json["RequestId"]
    assert answer.json["HostId"] == "fcv3.cn-hangzhou.aliyuncs.com"


def test_malformed_authorization(lab: Lab) -> None:
    answer = send(lab, changed(signed(), authorization="ACS3-HMAC-SHA256 nonsense"))
    assert (answer.status, answer.code) == (400, "IncompleteSignature")


def test_unknown_key(lab: Lab) -> None:
    answer = send(lab, signed(keys={"access_key_id": "LTAI5tNOBODY", "access_key_secret": "x"}))
    assert (answer.status, answer.code) == (404, "InvalidAccessKeyId.NotFound")


def test_a_wrong_secret_is_told_the_servers_string_to_sign(lab: Lab) -> None:
    answer = send(lab, signed(keys={**DEMO_KEYS["alibaba"], "access_key_secret": "wrong"}))
    assert (answer.status, answer.code) == (400, "SignatureDoesNotMatch")
    assert "server string to sign is:ACS3-HMAC-SHA256\n" in answer.json["Message"]


def test_an_unsigned_acs_header(lab: Lab) -> None:
    answer = send(lab, changed(signed(), x_acs_extra="1"))
    assert answer.code == "IncompleteSignature"


@pytest.mark.parametrize("name", ["x_acs_date", "x_acs_signature_nonce", "x_acs_content_sha256"])
def test_a_mandatory_header_is_missing(lab: Lab, name: str) -> None:
    answer = send(lab, changed(signed(), **{name: None}))
    assert answer.status == 400
    assert answer.code.startswith("Missing")


def test_the_hash_must_be_that_of_the_body(lab: Lab) -> None:
    assert send(lab, replace(signed(), body=b"{}")).code == "SignatureDoesNotMatch"
    declared = signed(x_acs_content_sha256=sha256(b"{}").hexdigest())
    assert send(lab, declared).code == "SignatureDoesNotMatch"
    assert send(lab, replace(declared, body=b"{}")).status == 200


@pytest.mark.parametrize(
    ("off", "code"), [(16, "InvalidTimeStamp.Expired"), (-16, "InvalidTimeStamp.Expired"), (14, "")]
)
def test_the_clock_window_is_15_minutes(lab: Lab, off: int, code: str) -> None:
    answer = send(lab, signed(at=START + off * MINUTES))
    assert answer.code == code


def test_a_date_of_another_format(lab: Lab) -> None:
    assert send(lab, signed(x_acs_date="2026-11-18 13:46:40")).code == "InvalidTimeStamp.Format"


def test_a_nonce_counts_once_and_is_forgotten_later(lab: Lab) -> None:
    request = signed(x_acs_signature_nonce="n" * 32)
    assert send(lab, request).status == 200
    assert send(lab, request).code == "SignatureNonceUsed"
    lab.clock.at += 31 * MINUTES
    again = signed(x_acs_signature_nonce="n" * 32, at=lab.clock.at)
    assert send(lab, again).status == 200


def test_temporary_keys_need_their_token(lab: Lab) -> None:
    sts = STS_KEYS["alibaba"]
    bare = {name: value for name, value in sts.items() if name != "security_token"}
    assert send(lab, signed(keys=sts)).status == 200
    assert send(lab, signed(keys=bare)).code == "MissingSecurityToken"
    other = {**sts, "security_token": "another"}
    assert send(lab, signed(keys=other)).code == "InvalidSecurityToken.MismatchWithAccessKey"
    mixed = {**DEMO_KEYS["alibaba"], "security_token": sts["security_token"]}
    assert send(lab, signed(keys=mixed)).code == "InvalidSecurityToken.MismatchWithAccessKey"


def test_a_token_needs_the_key_id_header(lab: Lab) -> None:
    request = signed(keys=STS_KEYS["alibaba"], x_acs_accesskey_id="other")
    assert send(lab, request).code == "InvalidSecurityToken.MismatchWithAccessKey"


def test_action_and_version_must_fit_the_path(lab: Lab) -> None:
    wrong = acs3("ListFunctions", "2023-03-30", "GET", LIST)
    assert (send(lab, wrong).status, send(lab, wrong).code)[0] == 404
    assert send(lab, acs3("ListAsyncTasks", "2021-04-06", "GET", LIST)).code == "InvalidProduct.NotFound"
    assert send(lab, acs3("ListAsyncTasks", "2023-03-30", "GET", "/nowhere")).code == "InvalidApi.NotFound"


def test_any_percent_encoding_of_the_same_bytes_verifies(lab: Lab) -> None:
    path = f"/2023-03-30/functions/{enc('legacy-media$transcode')}/async-tasks"
    request = acs3("ListAsyncTasks", "2023-03-30", "GET", path, (("prefix", "a b*~"),))
    loose = replace(request, path=path.replace("%24", "$"), query="prefix=a+b*%7e")
    assert send(lab, loose).status == 200


# Function Compute -------------------------------------------------------------------------------------------------


def test_the_default_limit_is_20_and_the_token_ends_with_a_newline(lab: Lab) -> None:
    body = lab.fc("ListAsyncTasks", "/functions/thumbnailer/async-tasks").json
    assert len(body["tasks"]) <= 20
    small = lab.fc("ListAsyncTasks", "/functions/thumbnailer/async-tasks", ("limit", 1)).json
    assert small["nextToken"].endswith("\n")


@pytest.mark.parametrize("limit", ["0", "101", "x", "-5"])
def test_a_limit_outside_1_to_100(lab: Lab, limit: str) -> None:
    answer = lab.fc("ListAsyncTasks", "/functions/thumbnailer/async-tasks", ("limit", limit))
    assert (answer.status, answer.code) == (400, "InvalidArgument")
    assert answer.json["RequestId"] == answer.header("x-acs-request-id")


def test_no_token_on_the_last_page(lab: Lab) -> None:
    body = lab.fc("ListAsyncTasks", "/functions/report-pdf/async-tasks", ("limit", 100)).json
    assert "nextToken" not in body


@pytest.mark.parametrize("token", ["MQ==", "!!!\n", "MSNvdGhlcg==\n"])
def test_a_broken_token(lab: Lab, token: str) -> None:
    answer = lab.fc("ListAsyncTasks", "/functions/thumbnailer/async-tasks", ("nextToken", token))
    assert (answer.status, answer.code) == (400, "InvalidArgument")


def test_an_unknown_function(lab: Lab) -> None:
    answer = lab.fc("ListAsyncTasks", "/functions/nope/async-tasks")
    assert (answer.status, answer.code) == (404, "FunctionNotFound")


def test_filters_by_status_prefix_qualifier_and_start(lab: Lab) -> None:
    everything = tasks(lab, ("limit", 100))
    done = tasks(lab, ("limit", 100), ("status", "Succeeded"))
    assert {row["status"] for row in done} == {"Succeeded"}
    live = tasks(lab, ("limit", 100), ("status", "Running"))
    assert live
    assert [row["taskId"] for row in live] == [row["taskId"] for row in everything if row["status"] == "Running"]
    assert tasks(lab, ("qualifier", "other")) == []
    first = everything[0]
    assert [row["taskId"] for row in tasks(lab, ("prefix", first["taskId"][:12]))] == [first["taskId"]]
    begin = START - 3_600_000
    recent = tasks(lab, ("limit", 100), ("startedTimeBegin", begin), ("startedTimeEnd", START))
    assert all(row.get("startedTime", begin) >= begin for row in recent)
    assert 0 < len(recent) < len(everything)


@pytest.mark.parametrize("query", [("status", "Sleeping"), ("sortOrderByTime", "up"), ("startedTimeBegin", "x")])
def test_a_filter_with_an_unknown_value(lab: Lab, query: tuple[str, str]) -> None:
    assert lab.fc("ListAsyncTasks", "/functions/thumbnailer/async-tasks", query).code == "InvalidArgument"


def test_both_orders_page_through_the_same_tasks(lab: Lab) -> None:
    newest = [row["taskId"] for row in tasks(lab, ("limit", 100))]
    found: list[str] = []
    token: list[tuple[str, str | int]] = []
    while True:
        query: list[tuple[str, str | int]] = [("limit", 9), ("sortOrderByTime", "asc"), *token]
        body = lab.fc("ListAsyncTasks", "/functions/thumbnailer/async-tasks", *query).json
        found += [row["taskId"] for row in body["tasks"]]
        if "nextToken" not in body:
            break
        token = [("nextToken", body["nextToken"])]
    assert found == newest[::-1]


def test_the_payload_comes_only_on_request_in_any_case(lab: Lab) -> None:
    assert "taskPayload" not in tasks(lab)[0]
    assert "taskPayload" not in tasks(lab, ("includePayload", "false"))[0]
    assert "taskPayload" in tasks(lab, ("includePayload", "True"))[0]


def test_get_a_task_and_an_unknown_one(lab: Lab) -> None:
    row = tasks(lab)[0]
    body = lab.fc("GetAsyncTask", f"/functions/thumbnailer/async-tasks/{row['taskId']}").json
    assert body["taskId"] == row["taskId"]
    assert "taskPayload" in body
    for odd in ("nope", "f" * 32, f"{int(row['taskId'], 16) + 1:032x}"):
        answer = lab.fc("GetAsyncTask", f"/functions/thumbnailer/async-tasks/{odd}")
        assert (answer.status, answer.code) == (404, "AsyncTaskNotFound")
    assert lab.fc("GetAsyncTask", f"/functions/ocr-invoice/async-tasks/{row['taskId']}").status == 404


def test_task_ids_chosen_by_callers_are_found_too(lab: Lab) -> None:
    row = lab.fc("ListAsyncTasks", "/functions/ingest-orders/async-tasks").json["tasks"][0]
    assert row["taskId"].startswith("order-")
    assert lab.fc("GetAsyncTask", f"/functions/ingest-orders/async-tasks/{row['taskId']}").status == 200
    assert lab.fc("GetAsyncTask", "/functions/ingest-orders/async-tasks/order-1").status == 404


@pytest.mark.parametrize("native", ["Running", "Enqueued"])
def test_stop_goes_through_stopping_to_stopped(native: str) -> None:
    lab = Lab(2000)
    name, job = next(
        (function, job)
        for function in lab.functions.functions
        for job in function.roll.jobs
        if job.ended > START + 10_000 and (job.started <= START) == (native == "Running") and job.created < START
    )
    path = f"/functions/{enc(name.name)}/async-tasks/{name.task_id(job.n)}"
    assert lab.fc("GetAsyncTask", path).json["status"] in (native, "Retrying", "Dequeued")
    answer = lab.fc("StopAsyncTask", f"{path}/stop", method="PUT")
    assert 200 <= answer.status < 300
    assert answer.reply.body == b""
    assert lab.fc("GetAsyncTask", path).json["status"] == "Stopping"
    assert lab.fc("StopAsyncTask", f"{path}/stop", method="PUT").status < 300
    lab.clock.at += 5_000
    body = lab.fc("GetAsyncTask", path).json
    assert body["status"] == "Stopped"
    assert ("startedTime" in body) == (native == "Running")
    assert [event["status"] for event in body["events"]][-2:] == ["Stopping", "Stopped"]
    assert lab.fc("StopAsyncTask", f"{path}/stop", method="PUT").status == 400


def test_discovery_names_exactly_the_functions_in_task_mode(lab: Lab) -> None:
    names, token = [], ""
    while True:
        query: list[tuple[str, str | int]] = [("limit", 2)]
        query += [("nextToken", token)] if token else []
        body = lab.fc("ListAsyncInvokeConfigs", "/async-invoke-configs", *query).json
        names += [one["functionArn"].split("functions/")[1] for one in body["configs"] if one["asyncTask"]]
        token = body.get("nextToken", "")
        if not token:
            break
    assert names == ["thumbnailer", "ingest-orders", "ocr-invoice/prod", "report-pdf", "legacy-media$transcode"]
    functions = lab.fc("ListFunctions", "/functions", ("limit", 100)).json["functions"]
    assert len(functions) == 7
    assert (
        lab.fc("ListFunctions", "/functions", ("prefix", "ocr")).json["functions"][0]["functionName"] == "ocr-invoice"
    )
    assert lab.fc("GetFunction", "/functions/api-auth").json["state"] == "Active"
    assert lab.fc("GetAsyncInvokeConfig", "/functions/api-auth/async-invoke-config").json["asyncTask"] is False
    assert lab.fc("DescribeRegions", "/regions").json["Regions"]["Region"]


# OpenSearch -------------------------------------------------------------------------------------------------------


def test_the_default_page_size_is_one_and_pages_are_capped(lab: Lab) -> None:
    body = lab.os("ListFunctionTasks", TRAININGS).json
    assert len(body["result"]) == 1
    assert body["totalCount"] > 1
    assert len(lab.os("ListFunctionTasks", TRAININGS, ("pageSize", 1000)).json["result"]) <= 100


def test_newest_start_first(lab: Lab) -> None:
    starts = [row["startTime"] for row in lab.os("ListFunctionTasks", TRAININGS, ("pageSize", 100)).json["result"]]
    assert starts == sorted(starts, reverse=True)


def test_two_casings_and_double_escapes_and_seconds(lab: Lab) -> None:
    camel = lab.os("ListFunctionTasks", TRAININGS).json
    assert {"status", "httpCode", "result", "totalCount", "requestId"} <= set(camel)
    base = "/app-groups/news_feed/functions"
    query = (("pageSize", 100), ("status", "success"))
    path = f"{base}/ctr/instances/news_ctr_v2/tasks"
    pascal = lab.os("ListFunctionTasks", path, *query, region="cn-shanghai").json
    assert {"Status", "HttpCode", "Result", "TotalCount"} <= set(pascal)
    assert pascal["Result"][0]["ExtendInfo"].startswith('{\\"')
    path = f"{base}/hot/instances/hot_words/tasks"
    hot = lab.os("ListFunctionTasks", path, *query, region="cn-shanghai").json
    assert hot["Result"][0]["StartTime"] < 10_000_000_000


def test_unknown_app_and_instance_by_status_and_inside_an_envelope(lab: Lab) -> None:
    answer = lab.os("ListFunctionTasks", "/app-groups/nope/functions/ctr/instances/a/tasks")
    assert (answer.status, answer.json["code"]) == (404, "App.NotFound")
    path = "/app-groups/news_feed/functions/ctr/instances/nope/tasks"
    wrapped = lab.os("ListFunctionTasks", path, region="cn-shanghai")
    assert (wrapped.status, wrapped.json["Status"], wrapped.json["Code"]) == (200, "FAIL", "Instance.NotExist")
    front = lab.fronts["alibaba-opensearch", "cn-hangzhou"]
    assert isinstance(front, OpenSearchFront)
    front.failure = "old"
    old = lab.os("ListFunctionTasks", "/app-groups/nope/functions/ctr/instances/a/tasks").json
    assert old["errors"][0]["code"] == 2001


def test_the_numeric_app_id_works_too(lab: Lab) -> None:
    apps = lab.os("ListAppGroups", "/app-groups", region="cn-shanghai").json
    identity = apps["result"][0]["id"]
    path = f"/app-groups/{identity}/functions/ctr/instances"
    rows = lab.os("ListFunctionInstances", path, region="cn-shanghai").json
    assert [row["InstanceName"] for row in rows["Result"]] == ["news_ctr", "news_ctr_v2"]


@pytest.mark.parametrize("query", [("pageNumber", "0"), ("pageSize", "x"), ("status", "done"), ("startTime", "y")])
def test_bad_parameters(lab: Lab, query: tuple[str, str]) -> None:
    answer = lab.os("ListFunctionTasks", TRAININGS, query)
    assert (answer.status, answer.code) == (400, "InvalidParameter")


def test_filters_of_trainings(lab: Lab) -> None:
    def rows(*query: tuple[str, str | int]) -> Any:
        return lab.os("ListFunctionTasks", TRAININGS, ("pageSize", 100), *query).json["result"]

    everything = rows()
    running = rows(("status", "running"))
    assert running
    assert {row["endTime"] for row in running} == {0}
    middle = everything[len(everything) // 2]["startTime"]
    assert rows(("startTime", middle)) == everything[: len(everything) // 2 + 1]
    assert all(0 < row["endTime"] <= middle for row in rows(("endTime", middle)))


def test_a_training_by_generation_and_a_missing_one(lab: Lab) -> None:
    row = lab.os("ListFunctionTasks", TRAININGS).json["result"][0]
    assert lab.os("GetFunctionTask", f"{TRAININGS}/{row['generation']}").json["result"] == row
    for odd in ("999999", "007", "x"):
        assert lab.os("GetFunctionTask", f"{TRAININGS}/{odd}").json["result"] is None


def test_delete_a_training(lab: Lab) -> None:
    row = lab.os("ListFunctionTasks", TRAININGS).json["result"][0]
    path = f"{TRAININGS}/{row['generation']}"
    assert lab.os("DeleteFunctionTask", path, method="DELETE").json["status"] == "OK"
    assert lab.os("GetFunctionTask", path).json["result"] is None
    assert lab.os("DeleteFunctionTask", path, method="DELETE").code == "NotFound"


def test_request_id_on_every_reply(lab: Lab) -> None:
    for answer in (lab.os("ListFunctionTasks", TRAININGS), lab.os("DescribeRegions", "/regions"), lab.fc("X", "/x")):
        assert answer.header("x-acs-request-id")
    assert set(VERSIONS) == {"alibaba-fc", "alibaba-opensearch"}
