"""Checks an ACS3-HMAC-SHA256 signature, as Alibaba Cloud's gateway does."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import unquote

from tui.cloud.wire import Refusal, Request, encode

WINDOW_MS = 15 * 60_000
SHAPE = re.compile(r"ACS3-HMAC-SHA256 Credential=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]+)")
NEEDED = {
    "x-acs-date": "MissingDate",
    "x-acs-signature-nonce": "MissingSignatureNonce",
    "x-acs-content-sha256": "MissingContentSha256",
}


@dataclass(frozen=True, slots=True)
class Key:
    """A secret, and the token that must come with it when it is a temporary key; `ends` in epoch ms, 0: never."""

    secret: str
    token: str = ""
    ends: int = 0

    def over(self, now: int) -> bool:
        """Whether it has ended."""
        return 0 < self.ends <= now


class Nonces:
    """The nonces of the last half hour: none may come twice."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], int] = {}

    def used(self, key_id: str, nonce: str, now: int) -> bool:
        """Whether it was used before; now it is."""
        while self._seen:
            oldest = next(iter(self._seen))
            if self._seen[oldest] > now - 2 * WINDOW_MS:
                break
            del self._seen[oldest]
        known = (key_id, nonce) in self._seen
        self._seen.setdefault((key_id, nonce), now)
        return known


def key_id_of(request: Request) -> str:
    """The key id a request claims, "" when it claims none."""
    found = SHAPE.fullmatch(request.header("authorization"))
    return found[1] if found else ""


def canonical_request(request: Request, signed: list[str]) -> str:
    """Rebuilt from the wire: every part decoded and encoded again by the one rule."""
    path = "/".join(encode(unquote(part, errors="surrogateescape")) for part in request.path.split("/"))
    query = "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted(request.pairs()))
    head = "".join(f"{name}:{','.join(sorted(v.strip() for v in request.headers.get(name, ())))}\n" for name in signed)
    payload = request.header("x-acs-content-sha256")
    return "\n".join((request.method, path, query, head, ";".join(signed), payload))


def string_to_sign(request: Request, signed: list[str]) -> str:
    """Algorithm and hash of the canonical request."""
    text = canonical_request(request, signed).encode("utf-8", "surrogateescape")
    return f"ACS3-HMAC-SHA256\n{sha256(text).hexdigest()}"


def check(request: Request, keys: Mapping[str, Key], now: int, nonces: Nonces) -> str | Refusal:
    """The key id of a request that may come in, or why it may not."""
    text = request.header("authorization")
    if not text:
        return Refusal(400, "MissingSecurityToken", "Authorization header is missing.")
    found = SHAPE.fullmatch(text)
    if not found:
        return Refusal(400, "IncompleteSignature", "The request signature does not conform to the standard.")
    for name, code in NEEDED.items():
        if not request.header(name):
            return Refusal(400, code, f"{name} is mandatory for this action.")
    key_id, signed, signature = found[1], found[2].split(";"), found[3]
    key = keys.get(key_id)
    if key is None:
        return Refusal(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
    trouble = _stale(request, now) or _token(request, key_id, key, now)
    if trouble:
        return trouble
    must = {"host"} | {name for name in request.headers if name.startswith("x-acs-")}
    if not must <= set(signed) or signed != sorted(signed):
        return Refusal(400, "IncompleteSignature", f"Not signed: {', '.join(sorted(must - set(signed)))}")
    told = string_to_sign(request, signed)
    expected = hmac.new(key.secret.encode(), told.encode(), sha256).hexdigest()
    honest = request.header("x-acs-content-sha256") == sha256(request.body).hexdigest()
    if not honest or not hmac.compare_digest(expected, signature):
        message = f"Specified signature is not matched with our calculation. server string to sign is:{told}"
        return Refusal(400, "SignatureDoesNotMatch", message)
    if nonces.used(key_id, request.header("x-acs-signature-nonce"), now):
        return Refusal(400, "SignatureNonceUsed", "Specified signature nonce was used already.")
    return key_id


def _stale(request: Request, now: int) -> Refusal | None:
    try:
        sent = datetime.strptime(request.header("x-acs-date"), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    except ValueError:
        return Refusal(400, "InvalidTimeStamp.Format", "Specified time stamp or date value is not well formatted.")
    if abs(sent.timestamp() * 1000 - now) > WINDOW_MS:
        return Refusal(400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired.")
    return None


def _token(request: Request, key_id: str, key: Key, now: int) -> Refusal | None:
    token = request.header("x-acs-security-token")
    if token == key.token and (not token or request.header("x-acs-accesskey-id") == key_id):
        expired = Refusal(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
        return expired if key.over(now) else None
    code = "InvalidSecurityToken.MismatchWithAccessKey" if token else "MissingSecurityToken"
    return Refusal(400, code, "Specified SecurityToken does not belong to the access key.")
