"""Checks a TC3-HMAC-SHA256 signature, as Tencent Cloud does."""

import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256

from tui.cloud.acs3 import Key
from tui.cloud.wire import Refusal, Request

WINDOW_S = 300
SHAPE = re.compile(
    r"TC3-HMAC-SHA256 Credential=([^/,\s]+)/(\d{4}-\d\d-\d\d)/([a-z0-9]+)/tc3_request, ?"
    r"SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]{64})"
)
WRONG = "The provided credentials could not be validated. Please check your signature is correct."


def key_id_of(request: Request) -> str:
    """The key id a request claims, "" when it claims none."""
    found = SHAPE.fullmatch(request.header("authorization"))
    return found[1] if found else ""


def canonical_request(request: Request, signed: list[str]) -> str:
    """Method, path, query, the signed headers as sent, and the hash of the body."""
    payload = b"" if request.method == "GET" else request.body
    if request.header("x-tc-content-sha256") == "UNSIGNED-PAYLOAD":
        payload = b"UNSIGNED-PAYLOAD"
    head = "".join(f"{name}:{request.header(name)}\n" for name in signed)
    parts = (request.method, "/", request.query, head, ";".join(signed), sha256(payload).hexdigest())
    return "\n".join(parts)


def string_to_sign(request: Request, signed: list[str], timestamp: int, date: str, service: str) -> str:
    """Algorithm, time, scope, hash of the canonical request."""
    text = canonical_request(request, signed).encode("utf-8", "surrogateescape")
    return f"TC3-HMAC-SHA256\n{timestamp}\n{date}/{service}/tc3_request\n{sha256(text).hexdigest()}"


def signature_of(secret: str, date: str, service: str, text: str) -> str:
    """Derived key, then one HMAC."""
    key = ("TC3" + secret).encode()
    for part in (date, service, "tc3_request"):
        key = hmac.new(key, part.encode(), sha256).digest()
    return hmac.new(key, text.encode(), sha256).hexdigest()


def check(request: Request, keys: Mapping[str, Key], service: str, now: int) -> str | Refusal:
    """The key id of a request that may come in, or why it may not."""
    text = request.header("authorization")
    found = SHAPE.fullmatch(text)
    if not found:
        code = "AuthFailure.SignatureFailure" if text.startswith("TC3-") else "AuthFailure.InvalidAuthorization"
        return Refusal(200, code, WRONG)
    key_id, date, scope, signed, signature = found[1], found[2], found[3], found[4].split(";"), found[5]
    key = keys.get(key_id)
    if key is None:
        return Refusal(200, "AuthFailure.SecretIdNotFound", "The SecretId is not found.")
    stamp = request.header("x-tc-timestamp")
    if not stamp.isdecimal() or len(stamp) > 11:
        return Refusal(200, "AuthFailure.SignatureFailure", "X-TC-Timestamp is missing or malformed.")
    if abs(int(stamp) - now // 1000) > WINDOW_S:
        return Refusal(200, "AuthFailure.SignatureExpire", "The signature has expired. Please check your system clock.")
    if request.header("x-tc-token") != key.token or key.over(now):
        return Refusal(200, "AuthFailure.TokenFailure", "The token is invalid.")
    utc_date = f"{datetime.fromtimestamp(int(stamp), UTC):%Y-%m-%d}"
    if date != utc_date or scope != service or not {"content-type", "host"} <= set(signed):
        return Refusal(200, "AuthFailure.SignatureFailure", WRONG)
    told = string_to_sign(request, signed, int(stamp), date, scope)
    if not hmac.compare_digest(signature_of(key.secret, date, scope, told), signature):
        return Refusal(200, "AuthFailure.SignatureFailure", WRONG)
    return key_id
