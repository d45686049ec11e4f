"""The error table of Alibaba Cloud: every sample body, every code of alibaba.md 8.2, every shape of 8.1."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.adapters.alibaba import first, opensearch
from tests.fixture_files import Sample, body, reply, samples
from tui.adapters._alibaba import judge, judge_envelope, request_id
from tui.calls import Judge, Reply
from tui.errors import (
    AuthError,
    BadRequest,
    CallError,
    ClockSkew,
    Denied,
    Malformed,
    NotFound,
    Throttled,
    Unavailable,
)

CLASSES: dict[str, type[CallError]] = {
    "auth": AuthError,
    "denied": Denied,
    "throttled": Throttled,
    "transient": Unavailable,
    "clock-skew": ClockSkew,
    "not-found": NotFound,
    "bad-request": BadRequest,
}
JUDGES: dict[str, Judge] = {"alibaba-fc": judge, "alibaba-opensearch": judge_envelope}
NO_RESULT = "alibaba-opensearch/list.no-result.json"


@pytest.mark.parametrize("sample", [one for one in samples() if one.adapter in JUDGES], ids=lambda one: one.file)
async def test_every_sample_body(sample: Sample) -> None:
    error = JUDGES[sample.adapter](reply(sample.file, skew=-7.0))
    if sample.file == NO_RESULT:  # no error of the provider's, but an answer that nobody can read
        adapter, _ = opensearch([reply(NO_RESULT)])
        with pytest.raises(Malformed, match="no result"):
            await first(adapter)
    elif sample.error_class == "ok":
        assert error is None
    else:
        assert type(error) is CLASSES[sample.error_class]
        assert error.http_status == sample.http_status
        if isinstance(error, ClockSkew):
            assert error.offset == -7.0


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("SignatureDoesNotMatch", AuthError),
        ("SignatureNotMatch", AuthError),
        ("InvalidAccessKeyID", AuthError),
        ("InvalidAccessKeyId.NotFound", AuthError),
        ("InvalidAccessKeyId.Inactive", AuthError),
        ("InvalidSecurityToken.Expired", AuthError),
        ("InvalidSecurityToken.MismatchWithAccessKey", AuthError),
        ("MissingSecurityToken", AuthError),
        ("IncompleteSignature", AuthError),
        (4003, AuthError),
        (5001, AuthError),
        ("AccessDenied", Denied),
        ("NoPermission", Denied),
        ("Forbidden.RAM", Denied),
        ("Throttling", Throttled),
        ("Throttling.User", Throttled),
        ("Throttling.Api", Throttled),
        ("ResourceExhausted", Throttled),
        ("ResourceThrottled", Throttled),
        ("Algorithm.Throttling", Throttled),
        ("InvalidTimeStamp.Expired", ClockSkew),
        (4010, ClockSkew),
        ("SignatureNonceUsed", Unavailable),
        ("InternalError", Unavailable),
        ("InternalServerError", Unavailable),
        (1000, Unavailable),
        (1006, Unavailable),
        ("1100", Unavailable),
        ("ServiceUnavailable", Unavailable),
        ("ConcurrentUpdateError", Unavailable),
        ("ClientClosedRequest", Unavailable),
        ("FunctionNotFound", NotFound),
        ("AliasNotFound", NotFound),
        ("VersionNotFound", NotFound),
        ("StatefulAsyncInvocationNotFound", NotFound),
        ("AsyncTaskNotFound", NotFound),
        ("InvalidApi.NotFound", NotFound),
        ("InvalidProduct.NotFound", NotFound),
        ("InvalidAction.NotFound", NotFound),
        ("App.NotFound", NotFound),
        (2001, NotFound),
        ("NotFound", NotFound),
        (1010, NotFound),
        ("Instance.NotExist", NotFound),
        ("DefaultInstance.NotExist", NotFound),
        ("InvalidArgument", BadRequest),
        ("MissingRequiredHeader", BadRequest),
        ("MissingAction", BadRequest),
        ("PathNotSupported", BadRequest),
        ("EntityTooLarge", BadRequest),
        ("CAExited", BadRequest),
        ("CAFileNotFound", BadRequest),
        ("InvalidTimeStamp.Format", BadRequest),
        ("InvalidProtocol.NeedSsl", BadRequest),
        ("InvalidParameter", BadRequest),
        (1007, BadRequest),
        ("Duplicated", BadRequest),
        (1011, BadRequest),
        ("OutOfRange", BadRequest),
        (1012, BadRequest),
    ],
)
def test_the_code_beats_the_status(code: str | int, kind: type[CallError]) -> None:
    upper = {"Status": "FAIL", "Code": str(code).upper(), "Message": "why", "RequestId": "r"}
    old = {"status": "FAIL", "errors": [{"code": code, "message": "why"}], "request_id": "r"}
    for shape, status in product((upper, old), (200, 400, 403, 404, 500)):
        error = judge_envelope(body(shape, status=status))
        assert type(error) is kind
        assert (error.message, error.request_id, error.http_status) == ("why", "r", status)
        assert error.code.lower() == str(code).lower()


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, AuthError),
        (403, Denied),
        (404, NotFound),
        (408, Unavailable),
        (409, BadRequest),
        (412, BadRequest),
        (429, Throttled),
        (499, Unavailable),
        (500, Unavailable),
        (502, Unavailable),
        (599, Unavailable),
    ],
)
@pytest.mark.parametrize(
    "content", [{"Code": "Never.Seen", "Message": "?"}, {"code": 99999}, b"<html>", b"", [1], None]
)
def test_without_a_known_code_the_status_decides(status: int, kind: type[CallError], content: Any) -> None:
    for one in (judge, judge_envelope):
        error = one(body(content, status=status))
        assert type(error) is kind
        assert error.http_status == status
        assert error.message


@pytest.mark.parametrize("status", [200, 204, 301, 302, 304])
def test_a_success_and_a_redirect_are_no_error_of_the_provider(status: int) -> None:
    assert judge(body(b"", status=status)) is None
    assert judge_envelope(body(b"", status=status)) is None


@pytest.mark.parametrize("status", [400, 404, 429, 500, 503])
def test_a_wait_hint_means_throttled_whatever_the_code(status: int) -> None:
    error = judge(body({"Code": "SignatureDoesNotMatch"}, status=status, headers={"x-acs-retry-after": "1500"}))
    assert isinstance(error, Throttled)
    assert error.retry_after == 1.5


@pytest.mark.parametrize("hint", ["0", "-5", "soon", "", "1.5"])
def test_a_wait_hint_that_is_no_whole_number_is_none(hint: str) -> None:
    assert isinstance(judge(body({"Code": "Nope"}, status=400, headers={"x-acs-retry-after": hint})), BadRequest)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": "0"}, None),
        ({"retry-after": "Thu, 15 Jan 2026 08:30:00 GMT"}, None),
        ({"retry-after": "3", "x-acs-retry-after": "200"}, 0.2),
    ],
)
def test_how_long_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    error = judge(body({"Code": "Throttling.User"}, status=400, headers=headers))
    assert isinstance(error, Throttled)
    assert error.retry_after == seconds


def test_how_long_to_wait_for_a_server_that_is_down() -> None:
    error = judge(body(b"", status=503, headers={"retry-after": "9"}))
    assert isinstance(error, Unavailable)
    assert error.retry_after == 9.0


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ({"status": "FAIL", "httpCode": 403, "code": "Whatever"}, Denied),
        ({"Status": "OK", "HttpCode": "404", "Result": []}, NotFound),
        ({"status": "FAIL"}, Unavailable),
        ({"status": "FAIL", "code": "Never.Seen"}, Unavailable),
        ({"status": "OK", "code": "Instance.NotExist", "result": []}, NotFound),
        ({"errors": [{"code": 1007}]}, BadRequest),
        ({"errors": "odd"}, Unavailable),
    ],
)
def test_a_failure_inside_http_200(content: dict[str, Any], kind: type[CallError]) -> None:
    assert type(judge_envelope(body(content))) is kind


@pytest.mark.parametrize(
    "content",
    [
        {"status": "OK", "result": []},
        {"Status": "200", "Code": "200", "HttpCode": "200", "Message": "fail", "Result": []},
        {"status": None, "code": None, "httpCode": None, "result": None},
        {"code": "OK", "result": []},
        {"result": [], "errors": []},
    ],
)
def test_a_success_inside_http_200(content: dict[str, Any]) -> None:
    assert judge_envelope(body(content)) is None


def test_an_fc_task_that_failed_is_no_failed_call() -> None:
    assert judge(body({"taskId": "t", "status": "Failed"})) is None


def test_the_code_of_an_xml_error() -> None:
    xml = b'<?xml version="1.0"?><Error><Code>InvalidAccessKeyId.NotFound</Code><Message>Who?</Message></Error>'
    error = judge(body(xml, status=404, headers={"x-acs-request-id": "r-1"}))
    assert isinstance(error, AuthError)
    assert (error.code, error.message, error.request_id) == ("InvalidAccessKeyId.NotFound", "Who?", "r-1")


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        (body({"RequestId": "a"}), "a"),
        (body({"requestId": "b"}), "b"),
        (body({"request_id": "c"}), "c"),
        (body({"requestId": ""}, headers={"x-acs-request-id": "d", "x-fc-request-id": "e"}), "d"),
        (body(b"<html>", headers={"x-fc-request-id": "e"}), "e"),
        (body([]), None),
    ],
)
def test_the_request_id(answer: Reply, found: str | None) -> None:
    assert request_id(answer) == found
