"""What the Tencent adapters share: hosts, signing, reading an answer, the error table, merging a by-id answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from tui.adapters import _settle
from tui.adapters._judge import by_status, filled
from tui.adapters._read import Row, mapping, number, text
from tui.calls import Action, Ask, Credential, Reply, Signed
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
from tui.model import Task
from tui.settings import Account, SourceSettings
from tui.signing import tc3

LIMIT = 100  # of rows on a page and of ids in a question, both products
CONTENT_TYPE = "application/json"  # exactly: a charset would be another signature
ROOTS = {"intl": "intl.tencentcloudapi.com", "mainland": "tencentcloudapi.com"}

# Lower case; a code without an entry of its own is judged by its family, the part before the last ".".
CODES: Mapping[str, type[CallError]] = {
    "authfailure": AuthError,
    "authfailure.signatureexpire": ClockSkew,
    "authfailure.unauthorizedoperation": Denied,
    "unauthorizedoperation": Denied,
    "unauthorizedoperation.invalidtoken": AuthError,
    "ipinblacklist": Denied,
    "ipnotinwhitelist": Denied,
    "operationdenied": Denied,
    "failedoperation.invalidmpsuser": Denied,
    "failedoperation.invaliduser": Denied,
    "failedoperation.userarrears": Denied,
    "invalidparametervalue.userunregister": Denied,
    "resourcenotfound.userunregister": Denied,
    "requestlimitexceeded": Throttled,
    "internalerror": Unavailable,
    "serviceunavailable": Unavailable,
    "failedoperation.networkerror": Unavailable,
    "resourcenotfound": NotFound,
    "invalidparameter.notfound": NotFound,
    "invalidparametervalue.taskid": NotFound,
}


class Product(NamedTuple):
    """One API of Tencent Cloud: the service's name, which the scope signs, and the version of its protocol."""

    service: str
    version: str

    def origin(self, account: Account, source: SourceSettings) -> str:
        """Scheme, host and port: the source's endpoint, else the service's host at the account's site."""
        return source.endpoint or f"https://{self.service}.{ROOTS[account.site]}"

    def ask(self, action: Action, parameters: Mapping[str, Any], account: Account, source: SourceSettings) -> Ask:
        """One request: everything is in the JSON body (compact UTF-8) and in headers that are not signed."""
        headers = [
            ("Content-Type", CONTENT_TYPE),
            ("X-TC-Action", action.name),
            ("X-TC-Version", self.version),
            ("X-TC-Language", "en-US"),  # the default at mainland hosts is zh-CN
        ]
        if source.region:
            headers.append(("X-TC-Region", source.region))
        return Ask(
            action=action,
            method="POST",
            origin=self.origin(account, source),
            path="/",
            headers=tuple(headers),
            body=json.dumps(parameters, ensure_ascii=False, separators=(",", ":")).encode(errors="replace"),
            sign=self.sign,
            judge=judge,
        )

    def sign(self, ask: Ask, credential: Credential, now: float) -> Signed:
        """TC3-HMAC-SHA256; the STS token is a header of its own and is sent only where there is one."""
        timestamp = int(now)
        canonical = tc3.canonical_request(ask.method, ask.query, CONTENT_TYPE, ask.host, ask.body)
        to_sign = tc3.string_to_sign(self.service, timestamp, canonical)
        secret = credential.secret.reveal()
        signed = [
            ("X-TC-Timestamp", str(timestamp)),
            ("Authorization", tc3.authorization(credential.key_id, secret, self.service, timestamp, to_sign)),
        ]
        if credential.token:
            signed.append(("X-TC-Token", credential.token.reveal()))
        return Signed(tuple(signed))


def judge(reply: Reply) -> CallError | None:
    """The error of a reply: Tencent reports errors with HTTP 200, so `Response.Error` decides before the status."""
    if 300 <= reply.status < 400:
        return None  # a redirect is the border's
    response = _response(reply)
    error = response.get("Error") if response is not None else None
    if error is not None:
        return _reported(reply, error)
    if reply.status >= 400:
        return _filled(by_status(reply.status), reply, f"HTTP {reply.status} without an error of the API", "")
    if response is None:
        return _filled(Malformed, reply, f"{reply.told}: no JSON with a Response", "")
    return None


def request_id(reply: Reply) -> str | None:
    """The provider's id of a call."""
    response = _response(reply)
    return text(response.get("RequestId")) if response is not None else None


def answer(reply: Reply) -> Row:
    """What is inside the envelope. Malformed where there is none."""
    return mapping(mapping(reply.json, "the answer").get("Response"), "Response")


def with_facts(old: Task, new: Task) -> Task:
    """A by-id answer, with the older row's facts, its end included, where the answer has none."""
    ended = old.ended_at if new.state.final and new.ended_at is None else new.ended_at
    return _settle.with_facts(old, new._replace(ended_at=ended))


def _response(reply: Reply) -> Row | None:
    envelope = reply.json
    response = envelope.get("Response") if isinstance(envelope, dict) else None
    return response if isinstance(response, dict) else None


def _reported(reply: Reply, error: Any) -> CallError:
    """The exception of a `Response.Error`, by its code or the longest family of it that has an entry."""
    told = error if isinstance(error, dict) else {"Message": error}
    code = text(told.get("Code")) or ""
    message = text(told.get("Message")) or code or "an error without code and message"
    family = code.lower()
    while family and family not in CODES:
        family = family.rpartition(".")[0]
    return _filled(CODES.get(family, BadRequest if code else Malformed), reply, message, code)


def _filled(kind: type[CallError], reply: Reply, message: str, code: str) -> CallError:
    wait = number(reply.headers.get("retry-after"))
    return filled(kind, reply, message, code=code, request_id=request_id(reply), wait=wait)
