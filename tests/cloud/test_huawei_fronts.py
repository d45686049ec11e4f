"""The simulator contract of huawei.md, row by row."""

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.cloud.lab import PROJECT, START, Answer, Lab, changed, sdk_hmac
from tui.cloud.fronts.kps import KpsFront
from tui.cloud.keys import DEMO_KEYS, HUAWEI_PROJECTS, HUAWEI_USER, STS_KEYS
from tui.cloud.wire import Request

MINUTES = 60_000
PATH = f"/v3/{PROJECT}/running-tasks"
WRONG = {**DEMO_KEYS["huawei"], "access_key_secret": "x"}


def send(lab: Lab, request: Request) -> Answer:
    return lab.send("huawei-kps", "cn-north-4", request)


def iam(lab: Lab, request: Request) -> Answer:
    return lab.send("huawei-iam", "cn-north-4", request)


def login(lab: Lab, query: str = "", **changes: Any) -> Answer:
    user = {"name": HUAWEI_USER["username"], "password": HUAWEI_USER["password"], "domain": {"name": "hw-demo"}}
    scope = changes.pop("scope", {"project": {"name": "cn-north-4"}})
    user.update(changes)
    body = {"auth": {"identity": {"methods": ["password"], "password": {"user": user}}, "scope": scope}}
    return iam(lab, Request("POST", "/v3/auth/tokens", query, {}, json.dumps(body).encode()))


def text(answer: Answer) -> str:
    return f"{answer.status} {answer.json['error_code']} {answer.json['error_msg']}"


# authentication ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "request_",
    [
        changed(sdk_hmac("GET", PATH), authorization=None),
        changed(sdk_hmac("GET", PATH), authorization="SDK-HMAC-SHA256 x"),
        sdk_hmac("GET", PATH, date="20261399T000000Z"),
        sdk_hmac("GET", PATH, date="yesterday"),
        sdk_hmac("GET", PATH, at=START + 16 * MINUTES),
        sdk_hmac("GET", PATH, at=START - 16 * MINUTES),
        changed(
            sdk_hmac("GET", PATH),
            authorization=sdk_hmac("GET", PATH).header("authorization").replace("host;x-sdk-date", "x-sdk-date;host"),
        ),
    ],
)
def test_bad_authorization_is_0301(lab: Lab, request_: Request) -> None:
    answer = send(lab, request_)
    assert text(answer).startswith("401 APIGW.0301 Incorrect IAM authentication information: ")
    assert answer.header("X-Request-Id") == answer.json["request_id"]


def test_unknown_key_and_wrong_secret(lab: Lab) -> None:
    nobody = {"access_key_id": "NOBODY", "access_key_secret": "x"}
    assert "Get secretKey failed,ak:NOBODY,err:ak not exist" in text(send(lab, sdk_hmac("GET", PATH, keys=nobody)))
    assert "verify aksk signature fail" in text(send(lab, sdk_hmac("GET", PATH, keys=WRONG)))


def test_five_failures_lock_the_key_for_five_minutes(lab: Lab) -> None:
    for _ in range(5):
        assert "verify aksk" in text(send(lab, sdk_hmac("GET", PATH, keys=WRONG)))
    good = sdk_hmac("GET", PATH)
    assert "AK access failed to reach the limit,forbidden" in text(send(lab, good))
    lab.clock.at += 5 * MINUTES
    assert send(lab, sdk_hmac("GET", PATH, at=lab.clock.at)).status == 200


def test_a_success_between_failures_counts_anew(lab: Lab) -> None:
    for _ in range(3):
        for _ in range(4):
            send(lab, sdk_hmac("GET", PATH, keys=WRONG))
        assert send(lab, sdk_hmac("GET", PATH)).status == 200


def test_the_body_is_part_of_the_signature(lab: Lab) -> None:
    request = replace(sdk_hmac("DELETE", f"/v3/{PROJECT}/failed-tasks", body=b"{}"), body=b"[]")
    assert "verify aksk" in text(send(lab, request))


def test_temporary_keys_need_their_token(lab: Lab) -> None:
    sts = STS_KEYS["huawei"]
    assert send(lab, sdk_hmac("GET", PATH, keys=sts)).status == 200
    other = {**sts, "security_token": "x"}
    assert "decrypt token fail" in text(send(lab, sdk_hmac("GET", PATH, keys=other)))


def test_a_token_opens_its_own_project_for_24_hours(lab: Lab) -> None:
    answer = login(lab)
    assert answer.status == 201
    token = answer.header("X-Subject-Token")
    assert token is not None
    assert len(token) > 3000
    assert answer.json["token"]["project"]["id"] == PROJECT
    assert "catalog" in answer.json["token"]
    request = Request("GET", PATH, "", {"x-auth-token": (token,)})
    assert send(lab, request).status == 200
    lab.clock.at += 24 * 60 * MINUTES
    assert text(send(lab, request)) == "401 APIGW.0307 The token must be updated."


def test_tokens_that_do_not_open(lab: Lab) -> None:
    assert text(send(lab, Request("GET", PATH, "", {"x-auth-token": ("x",)}))).startswith("401 APIGW.0307")
    other = login(lab, scope={"project": {"id": HUAWEI_PROJECTS["ap-southeast-1"]}}).header("X-Subject-Token")
    assert other
    assert text(send(lab, Request("GET", PATH, "", {"x-auth-token": (other,)}))).startswith("401 APIGW.0307")


def test_a_wrong_password_a_wrong_scope_a_wrong_body(lab: Lab) -> None:
    answer = login(lab, password="x")
    assert (answer.status, answer.json["error"]["code"]) == (401, 401)
    assert answer.header("X-IAM-Trace-Id")
    assert login(lab, scope={"project": {"name": "mars"}}).status == 404
    assert login(lab, scope={}).status == 400
    assert "catalog" not in login(lab, "nocatalog=true").json["token"]


def test_projects_by_name_and_all(lab: Lab) -> None:
    one = iam(lab, sdk_hmac("GET", "/v3/projects", (("name", "cn-north-4"),))).json["projects"]
    assert [row["id"] for row in one] == [PROJECT]
    names = {row["name"] for row in iam(lab, sdk_hmac("GET", "/v3/projects")).json["projects"]}
    assert names == {"cn-north-4", "ap-southeast-1", "cn-north-4_team-blue"}
    assert iam(lab, sdk_hmac("GET", "/v3/projects", (("name", "xx"),))).json["projects"] == []
    assert len(iam(lab, sdk_hmac("GET", "/v3/auth/projects")).json["projects"]) == 3
    token = login(lab).header("X-Subject-Token")
    assert token
    reached = iam(lab, Request("GET", "/v3/auth/projects", "", {"x-auth-token": (token,)})).json["projects"]
    assert [row["id"] for row in reached] == [PROJECT]
    assert iam(lab, sdk_hmac("GET", "/v3/users")).json["error_code"] == "APIGW.0101"
    assert iam(lab, sdk_hmac("GET", "/v3/projects", keys=WRONG)).status == 401


# lists ------------------------------------------------------------------------------------------------------------


def test_running_and_failed_lists(lab: Lab) -> None:
    running = lab.kps("/running-tasks").json
    assert running["total"] == len(running["tasks"]) > 0
    assert set(running["tasks"][0]) == {
        "task_id",
        "operate_type",
        "task_time",
        "server_name",
        "server_id",
        "keypair_name",
    }
    failed = lab.kps("/failed-tasks").json
    assert failed["total"] == len(failed["tasks"]) > 0
    assert {"task_error_code", "task_error_msg"} <= set(failed["tasks"][0])
    part = lab.kps("/failed-tasks", ("offset", 3), ("limit", 4)).json
    assert part["tasks"] == failed["tasks"][3:7]


def test_odd_rows_occur() -> None:
    lab = Lab(4000)
    failed = lab.kps("/failed-tasks").json["tasks"]
    assert any(row["task_error_code"] is None for row in failed)
    assert any(row["operate_type"].startswith("RUNNING_") for row in failed)
    assert any(row["operate_type"].startswith("FAILED_") for row in lab.kps("/running-tasks").json["tasks"])


@pytest.mark.parametrize("query", [("offset", "-1"), ("limit", "0"), ("limit", "x")])
def test_bad_offset_and_limit(lab: Lab, query: tuple[str, str]) -> None:
    answer = lab.kps("/running-tasks", query)
    assert (answer.status, answer.json["error_code"]) == (400, "KPS.0002")


def test_two_habits_can_be_switched_on(lab: Lab) -> None:
    front = lab.fronts["huawei-kps", "cn-north-4"]
    assert isinstance(front, KpsFront)
    front.total_as_text = front.offset_ignored = True
    first = lab.kps("/running-tasks", ("limit", 2)).json
    assert isinstance(first["total"], str)
    assert lab.kps("/running-tasks", ("limit", 2), ("offset", 2)).json == first


def test_tasks_by_id(lab: Lab) -> None:
    row = lab.kps("/running-tasks").json["tasks"][0]
    body = lab.kps(f"/tasks/{row['task_id']}").json
    assert body["server_id"] == row["server_id"]
    assert body["task_status"].startswith(("READY_", "RUNNING_"))
    for odd in ("nope", "00000000-0000-0000-0000-000000000000"):
        answer = lab.kps(f"/tasks/{odd}")
        assert (answer.status, answer.json["error_code"]) == (400, "KPS.0005")


def test_delete_one_failed_task_then_all(lab: Lab) -> None:
    rows = lab.kps("/failed-tasks").json["tasks"]
    path = f"/failed-tasks/{rows[0]['task_id']}"
    assert lab.kps(path, method="DELETE").status == 204
    assert lab.kps(path, method="DELETE").status == 400
    assert lab.kps("/failed-tasks").json["total"] == len(rows) - 1
    running = lab.kps("/running-tasks").json["tasks"][0]["task_id"]
    assert lab.kps(f"/failed-tasks/{running}", method="DELETE").status == 400
    assert lab.kps("/failed-tasks", method="DELETE").status == 204
    assert lab.kps("/failed-tasks").json == {"total": 0, "tasks": []}


def test_another_project_and_another_path(lab: Lab) -> None:
    answer = lab.kps("/running-tasks", project=HUAWEI_PROJECTS["ap-southeast-1"])
    assert (answer.status, answer.json["error_code"]) == (400, "KPS.0012")
    assert lab.kps("/finished-tasks").json["error_code"] == "APIGW.0101"
