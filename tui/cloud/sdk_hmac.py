"""Checks an SDK-HMAC-SHA256 signature, as Huawei Cloud's API gateway does, with its lock-out."""

import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import unquote

from tui.cloud.acs3 import Key
from tui.cloud.wire import Refusal, Request, encode

WINDOW_MS = 15 * 60_000
LOCK_MS = 5 * 60_000
FAILURES = 5
SHAPE = re.compile(r"SDK-HMAC-SHA256 Access=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]+)")
DATE = re.compile(r"\d{8}T\d{6}Z")
UNSIGNED = "UNSIGNED-PAYLOAD"
LEAD = "Incorrect IAM authentication information: "


class Lockout:
    """Five failures in a row lock a key for five minutes, even for a right signature."""

    __slots__ = ("_failures", "_until")

    def __init__(self) -> None:
        self._failures: dict[str, int] = {}
        self._until: dict[str, int] = {}

    def locked(self, key_id: str, now: int) -> bool:
        """Whether the key is locked; a lock that is over is forgotten."""
        until = self._until.get(key_id, 0)
        if until and now >= until:
            del self._until[key_id]
            self._failures.pop(key_id, None)
        return now < until

    def note(self, key_id: str, ok: bool, now: int) -> None:
        """Count one check of a signature."""
        if ok:
            self._failures.pop(key_id, None)
            return
        self._failures[key_id] = self._failures.get(key_id, 0) + 1
        if self._failures[key_id] >= FAILURES:
            self._until[key_id] = now + LOCK_MS


def key_id_of(request: Request) -> str:
    """The key id a request claims, "" when it claims none."""
    found = SHAPE.fullmatch(request.header("authorization"))
    return found[1] if found else ""


def canonical_request(request: Request, signed: list[str]) -> str:
    """Rebuilt from the wire; the path ends with a slash here and only here."""
    decoded = unquote(request.path, errors="surrogateescape")
    path = "/".join(encode(part) for part in decoded.split("/"))
    if not path.endswith("/"):
        path += "/"
    query = "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted(request.pairs()))
    head = "".join(f"{name}:{request.header(name).strip()}\n" for name in signed)
    payload = sha256(request.body).hexdigest()
    declared = request.header("x-sdk-content-sha256")
    if request.body and declared:
        payload = declared
    return "\n".join((request.method, path, query, head, ";".join(signed), payload))


def string_to_sign(request: Request, signed: list[str]) -> str:
    """Algorithm, date, hash of the canonical request."""
    text = canonical_request(request, signed).encode("utf-8", "surrogateescape")
    return f"SDK-HMAC-SHA256\n{request.header('x-sdk-date')}\n{sha256(text).hexdigest()}"


def _refuse(text: str) -> Refusal:
    return Refusal(401, "APIGW.0301", LEAD + text)


def check(request: Request, keys: Mapping[str, Key], now: int, lockout: Lockout) -> str | Refusal:
    """The key id of a request that may come in, or why it may not."""
    text = request.header("authorization")
    if not text:
        return _refuse("x-auth-token not found")
    found = SHAPE.fullmatch(text)
    if not found:
        return _refuse("authorization header is malformed")
    key_id, signed, signature = found[1], found[2].split(";"), found[3]
    key = keys.get(key_id)
    if key is None:
        return _refuse(f"Get secretKey failed,ak:{key_id},err:ak not exist")
    if lockout.locked(key_id, now):
        return _refuse("AK access failed to reach the limit,forbidden.")
    if not {"host", "x-sdk-date"} <= set(signed) or signed != sorted(signed):
        return _refuse("SignedHeaders must be sorted and hold host and x-sdk-date")
    date = request.header("x-sdk-date")
    try:
        sent = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC) if DATE.fullmatch(date) else None
    except ValueError:
        sent = None
    if sent is None:
        return _refuse("x-sdk-date is malformed")
    if abs(sent.timestamp() * 1000 - now) > WINDOW_MS:
        return _refuse("x-sdk-date expired")
    declared = request.header("x-sdk-content-sha256")
    honest = not request.body or declared in ("", UNSIGNED, sha256(request.body).hexdigest())
    told = string_to_sign(request, signed)
    expected = hmac.new(key.secret.encode(), told.encode(), sha256).hexdigest()
    ok = honest and hmac.compare_digest(expected, signature)
    lockout.note(key_id, ok, now)
    if not ok:
        return _refuse("verify aksk signature fail")
    if request.header("x-security-token") != key.token:
        return _refuse("decrypt token fail")
    if key.over(now):
        return _refuse("token expires")
    return key_id
