"""Huawei's error table: every sample judged as index.json says, and the rules that samples cannot show."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixture_files import Sample, body, reply, samples
from tui.adapters._huawei import judge, judge_unsigned, request_id
from tui.calls import Secret
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

CLASSES: dict[str, type[CallError] | None] = {
    "ok": None,
    "auth": AuthError,
    "denied": Denied,
    "throttled": Throttled,
    "transient": Unavailable,
    "clock-skew": ClockSkew,
    "not-found": NotFound,
    "bad-request": BadRequest,
}
OURS = [sample for sample in samples() if sample.adapter == "huawei-kps"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "error_code", "code", "message", "x"]), inner, max_size=3)
    ),
    max_leaves=10,
)


def judged(content: Any, status: int, *, skew: float | None = None) -> CallError:
    error = judge(body(content, status=status, skew=skew))
    assert error is not None
    return error


@pytest.mark.parametrize("sample", OURS, ids=lambda sample: sample.file)
def test_sample(sample: Sample) -> None:
    skew = 1200.0 if sample.error_class == "clock-skew" else 0.4
    error = judge(reply(sample.file, skew=skew))
    expected = CLASSES[sample.error_class]
    assert type(error) is (expected or type(None))
    if error is not None:
        assert error.http_status == sample.http_status
        assert error.message


@pytest.mark.parametrize(
    ("file", "code", "message"),
    [
        ("error.auth.apig-prefix.http401.json", "APIG.0301", "Incorrect IAM authentication information: decrypt"),
        ("error.auth.iam.http401.json", "401", "The username or password is wrong."),
        ("error.bad-request.nested.http400.json", "KMS.0201", "Invalid request URL."),
        ("error.denied.iam.http403.json", "IAM.0003", "You are not authorized to perform"),
        ("error.transient.http503.txt", "", "HTTP 503"),
    ],
)
def test_code_and_text_are_found_in_every_shape(file: str, code: str, message: str) -> None:
    error = judge(reply(f"huawei-kps/{file}"))
    assert error is not None
    assert error.code == code
    assert error.message.startswith(message)


@pytest.mark.parametrize(
    ("code", "status", "kind"),
    [
        ("APIGW.0101", 404, NotFound),
        ("APIGW.0103", 500, Unavailable),
        ("APIG.0104", 500, Unavailable),
        ("APIGW.0105", 500, Unavailable),
        ("APIGW.0106", 400, BadRequest),
        ("APIGW.0107", 500, Unavailable),
        ("APIGW.0201", 400, BadRequest),
        ("APIGW.0201", 413, BadRequest),
        ("APIGW.0201", 502, Unavailable),
        ("APIGW.0202", 502, Unavailable),
        ("APIGW.0203", 504, Unavailable),
        ("apigw.0301", 401, AuthError),
        ("APIGW.0302", 401, Denied),
        ("APIGW.0303", 403, AuthError),
        ("APIGW.0305", 403, AuthError),
        ("APIGW.0306", 403, Denied),
        ("APIGW.0307", 403, AuthError),
        ("APIGW.0308", 400, Throttled),
        ("APIGW.9999", 418, BadRequest),
        ("APIGW.9999", 500, Unavailable),
        ("KPS.0001", 400, BadRequest),
        ("KPS.0001", 404, NotFound),
        ("KPS.0001", 500, Unavailable),
        ("IAM.0011", 401, AuthError),
        ("IAM.0003", 403, Denied),
        ("IAM.0004", 404, NotFound),
        ("", 401, AuthError),
        ("", 403, Denied),
        ("", 404, NotFound),
        ("", 408, Unavailable),
        ("", 429, Throttled),
        ("", 499, Unavailable),
        ("", 503, Unavailable),
        ("", 409, BadRequest),
    ],
)
def test_the_code_beats_the_status(code: str, status: int, kind: type[CallError]) -> None:
    content = {"error_code": code, "error_msg": "why", "request_id": "r1"} if code else {"request_id": "r1"}
    error = judged(content, status)
    assert type(error) is kind
    assert (error.code, error.http_status, error.request_id) == (code, status, "r1")


@pytest.mark.parametrize(("number", "kind"), [(401, AuthError), (403, Denied), (404, NotFound), (409, BadRequest)])
def test_a_numeric_iam_code_is_a_status(number: int, kind: type[CallError]) -> None:
    error = judged({"error": {"code": number, "message": "why", "title": "what"}}, 400)
    assert type(error) is kind
    assert (error.code, error.message) == (str(number), "why")


@pytest.mark.parametrize("names", [("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message")])
def test_all_spellings_are_read_at_any_depth(names: tuple[str, str]) -> None:
    told = {names[0]: "KPS.7", names[1]: "why"}
    for content in (told, {"error": told}, {"a": [{"b": told}]}):
        error = judged(content, 400)
        assert (error.code, error.message) == ("KPS.7", "why")


def test_a_401_that_nobody_can_read_is_the_clock_where_that_is_far_off() -> None:
    assert type(judged({}, 401, skew=901.0)) is ClockSkew
    assert type(judged({}, 401, skew=900.0)) is AuthError
    assert type(judged({}, 403, skew=901.0)) is not ClockSkew
    assert type(judged({"error_msg": "the key does not exist"}, 401, skew=901.0)) is AuthError
    assert type(judged({"error_code": "KPS.0401"}, 401, skew=901.0)) is AuthError


def test_a_clock_that_is_off_is_seen_only_beyond_the_window_and_only_for_0301() -> None:
    content = {"error_code": "APIGW.0301", "error_msg": "verify aksk signature fail"}
    skewed = judged(content, 401, skew=-901.0)
    assert isinstance(skewed, ClockSkew)
    assert skewed.offset == -901.0
    assert type(judged(content, 401, skew=900.0)) is AuthError
    assert type(judged(content, 401)) is AuthError
    assert type(judged({"error_code": "APIGW.0303"}, 401, skew=5000.0)) is AuthError


@pytest.mark.parametrize(
    "why", ["AK access failed to reach the limit,forbidden.", "Get secretKey failed,ak:FAKE,err:ak not exist"]
)
def test_a_text_about_the_key_is_no_matter_of_the_clock(why: str) -> None:
    assert type(judged({"error_code": "APIGW.0301", "error_msg": why}, 401, skew=5000.0)) is AuthError


def test_a_token_has_no_clock_and_is_never_quoted() -> None:
    content = {"error_code": "APIGW.0301", "error_msg": "decrypt token fail: MIIFAKE"}
    error = judge_unsigned(Secret("MIIFAKE"), body(content, status=401, skew=5000.0))
    assert type(error) is AuthError
    assert error.message == "decrypt token fail: ***"


@pytest.mark.parametrize(
    ("hint", "date", "seconds"),
    [
        ("7", "", 7.0),
        ("Thu, 15 Jan 2026 08:31:00 GMT", "Thu, 15 Jan 2026 08:30:00 GMT", 60.0),
        ("Thu, 15 Jan 2026 08:31:00 GMT", "", None),
        ("Thu, 15 Jan 2026 08:29:00 GMT", "Thu, 15 Jan 2026 08:30:00 GMT", None),
        ("soon", "Thu, 15 Jan 2026 08:30:00 GMT", None),
        ("-1", "", None),
        ("", "", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_hint(status: int, hint: str, date: str, seconds: float | None) -> None:
    headers = {"retry-after": hint} | ({"date": date} if date else {})
    error = judge(body({}, status=status, headers=headers))
    assert isinstance(error, Throttled | Unavailable)
    assert error.retry_after == seconds


def test_the_request_id_is_read_from_either_header_and_else_from_the_body() -> None:
    assert request_id(reply("huawei-kps/error.auth.iam.http401.json")) == "token_fake"
    assert request_id(reply("huawei-kps/error.throttled.http429.json")) == "0f5a0000000000000000000000000055"
    assert request_id(body({"request_id": "r2"})) == "r2"
    assert request_id(body([])) is None


def test_an_answer_that_is_no_object_cannot_be_read() -> None:
    for content in ([1], b"<html>", "text", None):
        assert type(judge(body(content))) is Malformed
    assert judge(body(b"", status=204)) is None


def test_a_redirect_is_left_to_the_border() -> None:
    assert judge(body(b"<html>", status=302)) is None


@given(JSON, st.integers(400, 599))
def test_any_body_of_an_error_is_judged(content: Any, status: int) -> None:
    for judging in (judge, partial(judge_unsigned, Secret("t"))):
        error = judging(body(content, status=status))
        assert isinstance(error, CallError)
        assert error.http_status == status
        assert error.message
