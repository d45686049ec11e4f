"""The one error table of Tencent Cloud: every sample body, and every code the reference names."""

from __future__ import annotations

import pytest

from tests.fixture_files import Sample, body, reply, samples
from tui.adapters._tencent import answer, judge, request_id
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

OURS = [sample for sample in samples() if sample.adapter.startswith("tencent-")]
CLASSES: dict[str, tuple[type[CallError], ...]] = {
    "auth": (AuthError,),
    "denied": (Denied,),
    "throttled": (Throttled,),
    "transient": (Unavailable, Malformed),
    "clock-skew": (ClockSkew,),
    "not-found": (NotFound,),
    "bad-request": (BadRequest,),
}
CODES = {
    AuthError: "AuthFailure AuthFailure.InvalidAuthorization AuthFailure.InvalidSecretId AuthFailure.MFAFailure"
    " AuthFailure.SecretIdNotFound AuthFailure.SignatureFailure AuthFailure.TokenFailure AuthFailure.Newer"
    " UnauthorizedOperation.InvalidToken",
    ClockSkew: "AuthFailure.SignatureExpire authfailure.signatureexpire",
    Denied: "AuthFailure.UnauthorizedOperation UnauthorizedOperation UnauthorizedOperation.CamAuthFailed"
    " UnauthorizedOperation.MFAExpired UnauthorizedOperation.MFANotFound UnauthorizedOperation.NeedApproval"
    " UnauthorizedOperation.AssumeRoleUnauthorized IpInBlacklist IpNotInWhitelist OperationDenied"
    " FailedOperation.InvalidMpsUser FailedOperation.InvalidUser FailedOperation.UserArrears"
    " InvalidParameterValue.UserUnRegister ResourceNotFound.UserUnregister",
    Throttled: "RequestLimitExceeded RequestLimitExceeded.GlobalRegionUinLimitExceeded"
    " RequestLimitExceeded.IPLimitExceeded RequestLimitExceeded.UinLimitExceeded",
    Unavailable: "InternalError InternalError.Anything ServiceUnavailable FailedOperation.NetWorkError",
    NotFound: "ResourceNotFound ResourceNotFound.TaskNotFound ResourceNotFound.InvocationNotFound"
    " ResourceNotFound.CommandNotFound ResourceNotFound.InstanceNotFound InvalidParameter.NotFound"
    " InvalidParameterValue.TaskId",
    BadRequest: "ActionOffline DryRunOperation FailedOperation InvalidAction InvalidFilter InvalidParameter"
    " InvalidParameter.ConflictParameter InvalidParameterValue InvalidParameterValue.Limit InvalidRequest"
    " LimitExceeded LimitExceeded.FilterValueExceeded MissingParameter NoSuchProduct NoSuchVersion"
    " RequestSizeLimitExceeded ResourceInUse ResourceInsufficient ResourceUnavailable.AgentNotInstalled"
    " ResponseSizeLimitExceeded UnknownParameter UnsupportedOperation UnsupportedProtocol UnsupportedRegion"
    " InvalidParameterValue.InvalidInvocationTaskId NeverSeen NeverSeen.AtAll",
}
EACH_CODE = [(code, kind) for kind, codes in CODES.items() for code in codes.split()]


@pytest.mark.parametrize("sample", OURS, ids=[sample.file for sample in OURS])
def test_every_sample_is_judged_as_the_index_says(sample: Sample) -> None:
    came = reply(sample.file, skew=12.5)
    error = judge(came)
    if sample.error_class == "ok":
        assert error is None
        assert answer(came)
        assert request_id(came)
        return
    assert isinstance(error, CLASSES[sample.error_class])
    assert error.http_status == sample.http_status
    if came.parsed:
        assert error.request_id == came.json["Response"]["RequestId"]
        assert error.code == came.json["Response"]["Error"]["Code"]
        assert error.message == came.json["Response"]["Error"]["Message"]


@pytest.mark.parametrize(("code", "kind"), EACH_CODE, ids=[code for code, _ in EACH_CODE])
@pytest.mark.parametrize("status", [200, 400, 503])
def test_the_code_beats_the_status(code: str, kind: type[CallError], status: int) -> None:
    error = judge(body({"Response": {"Error": {"Code": code, "Message": "m"}, "RequestId": "r"}}, status=status))
    assert type(error) is kind


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, BadRequest),
        (401, AuthError),
        (403, Denied),
        (404, NotFound),
        (408, Unavailable),
        (418, BadRequest),
        (429, Throttled),
        (499, Unavailable),
        (500, Unavailable),
        (503, Unavailable),
    ],
)
def test_without_a_code_the_status_decides(status: int, kind: type[CallError]) -> None:
    for content in (b"", b"<html>", {"Response": {"RequestId": "r"}}, {"error": "x"}):
        error = judge(body(content, status=status))
        assert type(error) is kind
        assert error.http_status == status


@pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b"null", b"{}", {"Response": None}, {"Response": []}])
def test_a_success_without_a_response_is_malformed(content: object) -> None:
    assert type(judge(body(content))) is Malformed


def test_a_redirect_is_left_to_the_border() -> None:
    assert judge(body(b"<html>", status=302)) is None


def test_an_error_that_is_null_is_none() -> None:
    assert judge(body({"Response": {"Error": None, "TaskSet": [], "RequestId": "r"}})) is None


def test_an_error_of_another_shape_is_still_an_error() -> None:
    error = judge(body({"Response": {"Error": "no", "RequestId": "r"}}))
    assert type(error) is Malformed
    assert (error.message, error.code, error.request_id) == ("no", "", "r")
    assert str(judge(body({"Response": {"Error": {}}}))) == "an error without code and message"
    assert str(judge(body({"Response": {"Error": {"Code": "InternalError"}}}))) == "InternalError"


def test_a_skewed_clock_brings_its_offset() -> None:
    error = judge(reply("tencent-tat/error.clock-skew.http200.json", skew=-901.0))
    assert isinstance(error, ClockSkew)
    assert error.offset == -901.0


@pytest.mark.parametrize(("hint", "seconds"), [("3", 3), ("0", None), ("soon", None), (None, None)])
def test_a_wait_hint_is_taken_where_there_is_one(hint: str | None, seconds: float | None) -> None:
    came = reply("tencent-tat/error.throttled.http200.json")
    error = judge(came._replace(headers={} if hint is None else {"retry-after": hint}))
    assert isinstance(error, Throttled)
    assert error.retry_after == seconds
