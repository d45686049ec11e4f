"""What the Alibaba adapters share: hosts, how a request is asked and signed, and the one error table (alibaba.md)."""

from __future__ import annotations

import math
import os
import re
import time
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from tui.adapters._judge import by_status, filled
from tui.adapters._read import integer, text
from tui.calls import Action, Ask, Credential, Judge, Reply, Signed
from tui.errors import (
    AuthError,
    BadRequest,
    CallError,
    ClockSkew,
    Denied,
    NotFound,
    Throttled,
    Unavailable,
)
from tui.signing import acs3

# The regions of the vendor's SDKs (alibaba.md 1).
FC_REGIONS = (
    *("ap-northeast-1", "ap-northeast-2", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-5"),
    *("ap-southeast-7", "cn-beijing", "cn-chengdu", "cn-hangzhou", "cn-hongkong", "cn-huhehaote"),
    *("cn-qingdao", "cn-shanghai", "cn-shenzhen", "cn-wulanchabu", "cn-zhangjiakou", "us-west-1"),
    *("us-east-1", "eu-west-1", "eu-central-1", "me-central-1", "ap-south-1", "cn-shanghai-finance-1"),
    *("cn-heyuan-acdr-1", "cn-hangzhou-finance"),
)
OPENSEARCH_REGIONS = (
    *("us-east-1", "eu-central-1", "cn-zhangjiakou", "cn-shenzhen", "cn-shanghai", "cn-qingdao"),
    *("cn-hongkong", "cn-hangzhou", "cn-beijing", "ap-southeast-5", "ap-southeast-1"),
)
# These four regions have no fcv3 host (alibaba.md 1.1).
_OLD_FC_REGIONS = frozenset({"me-central-1", "cn-shanghai-finance-1", "cn-heyuan-acdr-1", "cn-hangzhou-finance"})

Pairs = tuple[tuple[str, str], ...]


def fc_origin(region: str) -> str:
    """Where Function Compute 3.0 answers, without an account id. A stray blank is dropped (trap 15)."""
    region = region.strip()
    if region in _OLD_FC_REGIONS:
        return f"https://{region}.fc.aliyuncs.com"
    return f"https://fcv3.{region}.aliyuncs.com"


def opensearch_origin(region: str) -> str:
    """Where the management API of OpenSearch answers; other OpenSearch hosts belong to its traffic API."""
    return f"https://opensearch.{region.strip()}.aliyuncs.com"


def ask(
    action: Action,
    version: str,
    origin: str,
    segments: Sequence[str],
    pairs: Sequence[tuple[str, str]] = (),
    *,
    judge: Judge,
) -> Ask:
    """A GET of one operation; `segments` and `pairs` are not encoded yet. BadRequest for a name no path can hold."""
    for segment in segments:
        if segment in {"", ".", ".."}:
            raise BadRequest(f"{segment!r} cannot be part of a path")
    return Ask(
        action=action,
        method="GET",
        origin=origin,
        path=acs3.path(*segments),
        query=acs3.query(pairs),
        headers=(("accept", "application/json"), ("x-acs-action", action.name), ("x-acs-version", version)),
        sign=sign,
        judge=judge,
    )


def sign(ask: Ask, credential: Credential, now: float) -> Signed:
    """The headers that sign one attempt at `now` (epoch seconds), with a new nonce; all but accept is signed."""
    body_hash = acs3.payload_hash(ask.body)
    added = [
        ("x-acs-date", _date(math.floor(now))),
        ("x-acs-signature-nonce", os.urandom(16).hex()),
        ("x-acs-content-sha256", body_hash),
    ]
    if credential.token:
        added.append(("x-acs-accesskey-id", credential.key_id))
        added.append(("x-acs-security-token", credential.token.reveal()))
    ours = [(name, value) for name, value in ask.headers if name == "content-type" or name.startswith("x-acs-")]
    headers = [("host", ask.host), *ours, *added]
    to_sign = acs3.string_to_sign(acs3.canonical_request(ask.method, ask.path, ask.query, headers, body_hash))
    value = acs3.authorization(credential.key_id, credential.secret.reveal(), headers, to_sign)
    return Signed((*added, ("Authorization", value)))


@lru_cache(16)
def _date(second: int) -> str:
    """A second as a signature says it: what leaves in one has the same."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))


# Vendor code, lower case -> class. The longest prefix decides (alibaba.md 8.2); a code of digits is taken whole.
_CODES: Mapping[str, type[CallError]] = {
    "signaturedoesnotmatch": AuthError,
    "signaturenotmatch": AuthError,
    "incompletesignature": AuthError,
    "invalidaccesskeyid": AuthError,
    "invalidsecuritytoken": AuthError,
    "missingsecuritytoken": AuthError,
    "accessdenied": Denied,
    "nopermission": Denied,
    "forbidden": Denied,
    "throttling": Throttled,
    "algorithm.throttling": Throttled,
    "resourceexhausted": Throttled,
    "resourcethrottled": Throttled,
    "invalidtimestamp.expired": ClockSkew,
    "invalidtimestamp.format": BadRequest,
    "signaturenonceused": Unavailable,
    "internalerror": Unavailable,
    "internalservererror": Unavailable,
    "serviceunavailable": Unavailable,
    "concurrentupdateerror": Unavailable,
    "clientclosedrequest": Unavailable,
    "functionnotfound": NotFound,
    "aliasnotfound": NotFound,
    "versionnotfound": NotFound,
    "statefulasyncinvocationnotfound": NotFound,
    "invalidapi.notfound": NotFound,
    "invalidproduct.notfound": NotFound,
    "invalidaction.notfound": NotFound,
    "app.notfound": NotFound,
    "notfound": NotFound,
    "instance.notexist": NotFound,
    "defaultinstance.notexist": NotFound,
    "invalidargument": BadRequest,
    "missing": BadRequest,
    "pathnotsupported": BadRequest,
    "entitytoolarge": BadRequest,
    "caexited": BadRequest,
    "cafilenotfound": BadRequest,
    "invalidprotocol.needssl": BadRequest,
    "invalidparameter": BadRequest,
    "duplicated": BadRequest,
    "outofrange": BadRequest,
}
_LONGEST_FIRST = tuple(sorted(_CODES, key=len, reverse=True))
_NUMBERS: Mapping[str, type[CallError]] = {
    "4003": AuthError,
    "5001": AuthError,
    "4010": ClockSkew,
    "1000": Unavailable,
    "1006": Unavailable,
    "1100": Unavailable,
    "1010": NotFound,
    "2001": NotFound,
    "1007": BadRequest,
    "1011": BadRequest,
    "1012": BadRequest,
}
_SUCCESS = frozenset({"", "200", "ok"})


def judge(reply: Reply) -> CallError | None:
    """The error of a reply by HTTP status 4xx and 5xx; a redirect is the border's."""
    return _error(reply, reply.status) if reply.status >= 400 else None


def judge_envelope(reply: Reply) -> CallError | None:
    """OpenSearch: the same, and a failure inside HTTP 200 (alibaba.md 8.1); `message` says nothing there (trap 2)."""
    if reply.status >= 300 or not isinstance(reply.json, Mapping):
        return judge(reply)
    body = folded(reply.json)
    status = integer(body.get("httpCode"))
    words = ((text(body.get(name)) or "").lower() for name in ("status", "code"))
    if status in {None, 200} and not body.get("errors") and _SUCCESS.issuperset(words):
        return None
    return _error(reply, status or reply.status)


def request_id(reply: Reply) -> str | None:
    """The id of this call: the body's, else that of the headers."""
    body = folded(reply.json) if isinstance(reply.json, Mapping) else {}
    return text(body.get("requestId")) or text(body.get("request_id")) or header_id(reply)


def header_id(reply: Reply) -> str | None:
    """The id of this call by its headers: in an FC answer, `requestId` is that of the call that made the task."""
    return text(reply.headers.get("x-acs-request-id")) or text(reply.headers.get("x-fc-request-id"))


def folded(row: Mapping[str, Any]) -> dict[str, Any]:
    """`row` with every key's first letter in lower case: OpenSearch answers in Pascal or in camel case (trap 1)."""
    return {key[:1].lower() + key[1:]: value for key, value in row.items()}


def _error(reply: Reply, status: int) -> CallError:
    """The error of a reply that is one: wait hint, then code, then `status` (HTTP, or the envelope's own)."""
    code, message = _words(reply)
    wait = integer(reply.headers.get("x-acs-retry-after")) or 0
    kind = Throttled if wait > 0 else _by_code(code.lower()) or by_status(status)
    seconds = wait / 1000 if wait > 0 else float(integer(reply.headers.get("retry-after")) or 0)
    said = message or code or f"HTTP {reply.status}"
    return filled(kind, reply, said, code=code, request_id=request_id(reply), wait=seconds)


def _by_code(code: str) -> type[CallError] | None:
    if code.isdigit():
        return _NUMBERS.get(code)
    for known in _LONGEST_FIRST:
        if code.startswith(known):
            return _CODES[known]
    # FC 3.0 does not say which code a missing task gets; such names are a family.
    return NotFound if code.endswith(("notfound", "notexist")) else None


def _words(reply: Reply) -> tuple[str, str]:
    """Code and message, in whichever of the six shapes of alibaba.md 8.1 the body has; "" where it has none."""
    if not isinstance(reply.json, Mapping):
        return _tag(reply.body, b"Code"), _tag(reply.body, b"Message")
    body = folded(reply.json)
    errors = body.get("errors")
    first = folded(errors[0]) if isinstance(errors, list) and errors and isinstance(errors[0], Mapping) else {}
    codes = (text(found) for found in (body.get("code"), body.get("errorCode"), first.get("code")))
    messages = (text(found) for found in (body.get("message"), body.get("errorMessage"), first.get("message")))
    return next((code for code in codes if code and code.lower() not in _SUCCESS), ""), next(filter(None, messages), "")


def _tag(body: bytes, name: bytes) -> str:
    """The text of one element of an XML error; "" where there is none."""
    found = re.search(rb"<%s>([^<]{1,500})</%s>" % (name, name), body[:10_000])
    return found[1].decode("utf-8", "replace").strip() if found else ""
