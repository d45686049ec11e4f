"""What the Huawei adapters share: hosts, how a request is asked and signed, and the one error table (huawei.md)."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from tui.adapters._judge import by_status, filled
from tui.adapters._read import integer, text
from tui.calls import Action, Ask, Credential, Reply, Secret, Signed
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
from tui.settings import Account, SourceSettings
from tui.signing import sdk_hmac

WITHOUT_IAM_HOST = frozenset({"ap-southeast-5", "cn-north-11", "cn-south-4", "cn-southwest-3", "af-north-1"})
SKEW_SECONDS = 900.0  # a signature of another age is refused

GATEWAY: Mapping[str, type[CallError]] = {
    "0101": NotFound,
    "0103": Unavailable,
    "0104": Unavailable,
    "0105": Unavailable,
    "0106": BadRequest,
    "0107": Unavailable,
    "0202": Unavailable,
    "0203": Unavailable,
    "0301": AuthError,
    "0302": Denied,
    "0303": AuthError,
    "0305": AuthError,
    "0306": Denied,
    "0307": AuthError,
    "0308": Throttled,
}
_GATEWAY_CODE = re.compile(r"APIGW?\.(\d{4})", re.IGNORECASE)
_CODE_AND_TEXT = (("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message"))
# 0301 with one of these texts is about the key, however wrong the clock is: signing again only brings the lock closer.
_ABOUT_THE_KEY = ("reach the limit", "not exist")


def iam_origin(source: SourceSettings, account: Account) -> str:
    """Scheme, host and port of IAM: some regions have no host of their own."""
    if account.iam_endpoint:
        return account.iam_endpoint
    own = "" if source.region in WITHOUT_IAM_HOST else f".{source.region}"
    return f"https://iam{own}.myhuaweicloud.com"


def get(
    action: Action,
    origin: str,
    segments: tuple[str, ...],
    query: Iterable[tuple[str, str]] = (),
    headers: tuple[tuple[str, str], ...] = (),
) -> Ask:
    """A GET of one operation; `segments` and `query` are not encoded yet."""
    return Ask(
        action=action,
        method="GET",
        origin=origin,
        path=sdk_hmac.wire_path(*segments),
        query=sdk_hmac.query(query),
        headers=headers,
        sign=sign,
        judge=judge,
    )


def sign(ask: Ask, credential: Credential, now: float) -> Signed:
    """SDK-HMAC-SHA256 over Host, X-Sdk-Date, the STS token if there is one, and the ask's own headers."""
    added = [("X-Sdk-Date", sdk_hmac.date(now))]
    if credential.token:
        added.append(("X-Security-Token", credential.token.reveal()))
    headers = [("Host", ask.host), *ask.headers, *added]
    canonical = sdk_hmac.canonical_request(ask.method, ask.path, ask.query, headers, ask.body)
    to_sign = sdk_hmac.string_to_sign(sdk_hmac.date(now), canonical)
    names = sdk_hmac.signed_names(headers)
    proof = sdk_hmac.authorization(credential.key_id, credential.secret.reveal(), names, to_sign)
    return Signed((*added, ("Authorization", proof)))


def request_id(reply: Reply) -> str | None:
    """The provider's id of a call: KPS and the gateway name it alike, IAM has its own header."""
    named = reply.headers.get("x-request-id") or reply.headers.get("x-iam-trace-id")
    return named or (text(reply.json.get("request_id")) if isinstance(reply.json, Mapping) else None)


def judge(reply: Reply) -> CallError | None:
    """The error of a reply, its code before its status; None for a success, and for a redirect (the border's)."""
    if reply.status < 400:
        readable = isinstance(reply.json, Mapping) or not reply.body.strip()
        if readable or not 200 <= reply.status < 300:
            return None
        return _filled(Malformed, reply, "", "the answer is not a JSON object")
    code, message = _told(reply)
    return _filled(_kind(reply, code, message), reply, code, message)


def judge_unsigned(token: Secret | None, reply: Reply) -> CallError | None:
    """`judge` for what no signature is on: no clock is at fault there, and no text may quote the token."""
    error = judge(reply._replace(skew=None))
    if error is not None and token:
        error.reword(error.message.replace(token.reveal(), "***"))
    return error


def _kind(reply: Reply, code: str, message: str) -> type[CallError]:
    """The one error table (api/huawei.md 7.2): KPS, KMS and IAM codes go by the status."""
    gateway = _GATEWAY_CODE.match(code)
    skewed = abs(reply.skew or 0.0) > SKEW_SECONDS and not any(words in message.lower() for words in _ABOUT_THE_KEY)
    if skewed and not code and reply.status == 401:
        return ClockSkew  # whatever spoiled the answer: with a clock that far off no key is good, and clocks come right
    if gateway is None:
        status = int(code) if code in ("401", "403", "404") else reply.status
        return by_status(status)
    number = gateway[1]
    if number == "0301" and skewed:
        return ClockSkew
    return GATEWAY.get(number) or by_status(reply.status)


def _told(reply: Reply) -> tuple[str, str]:
    """Code and text, wherever they are: at the top or in any object inside (at most 1,000 of them)."""
    message = ""
    waiting: deque[Any] = deque([reply.json])
    for _ in range(1000):
        if not waiting:
            break
        value = waiting.popleft()
        if isinstance(value, Mapping):
            for code_name, text_name in _CODE_AND_TEXT:
                code, found = text(value.get(code_name)), text(value.get(text_name))
                if code is not None:
                    return code, found or message or f"HTTP {reply.status} with code {code}"
                message = message or found or ""
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return "", message or f"HTTP {reply.status} without an error of the API"


def _filled(kind: type[CallError], reply: Reply, code: str, message: str) -> CallError:
    return filled(kind, reply, message, code=code, request_id=request_id(reply), wait=_wait(reply))


def _wait(reply: Reply) -> float | None:
    """Seconds of Retry-After: a number, or a date measured by the reply's own Date."""
    hint = reply.headers.get("retry-after", "")
    seconds = integer(hint)
    if seconds is None and hint:
        from email.utils import parsedate_to_datetime

        try:
            seconds = round(
                (parsedate_to_datetime(hint) - parsedate_to_datetime(reply.headers["date"])).total_seconds()
            )
        except (KeyError, ValueError, TypeError, OverflowError):
            return None
    return None if seconds is None else float(seconds)
