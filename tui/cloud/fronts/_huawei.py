"""What the Huawei Cloud fronts share: the API gateway, the projects, and the tokens IAM gives out."""

import base64
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from tui.cloud import sdk_hmac
from tui.cloud.acs3 import Key
from tui.cloud.sdk_hmac import Lockout
from tui.cloud.turn import Turn
from tui.cloud.wire import Refusal, Reply, Request, compact

DAY_MS = 86_400_000
TOKEN_BYTES = 3_000
STALE = Refusal(401, "APIGW.0307", "The token must be updated.")


@dataclass(frozen=True, slots=True)
class Token:
    """What a token is good for."""

    project_id: str
    expires: int


class Identity:
    """Keys, lock-out and tokens: one for the whole account."""

    def __init__(self, keys: Mapping[str, Key], projects: Mapping[str, str], seed: int) -> None:
        self.keys = keys
        self.projects = projects
        self._lockout = Lockout()
        self._tokens: dict[str, Token] = {}
        self._rng = random.Random(f"{seed}/iam")

    def issue(self, project_id: str, now: int) -> str:
        """A new token, several kilobytes long as the real ones are."""
        self._tokens = {text: token for text, token in self._tokens.items() if token.expires > now}
        text = "MIIF" + base64.b64encode(self._rng.randbytes(TOKEN_BYTES)).decode().replace("/", "-")
        self._tokens[text] = Token(project_id, now + DAY_MS)
        return text

    def admit(self, request: Request, wall: int, turn: Turn) -> Token | str | Refusal:
        """The token's rights, or the key id of a good signature, or why not."""
        text = request.header("x-auth-token")
        if text:
            token = self._tokens.get(text)
            return token if token and token.expires > wall and not turn.stale_token else STALE
        if turn.gone_key:
            key_id = sdk_hmac.key_id_of(request)
            return Refusal(401, "APIGW.0301", f"{sdk_hmac.LEAD}Get secretKey failed,ak:{key_id},err:ak not exist")
        if turn.stale_token and request.header("x-security-token"):
            return Refusal(401, "APIGW.0301", sdk_hmac.LEAD + "token expires")
        return sdk_hmac.check(request, self.keys, wall, self._lockout)


def reply(status: int, body: Any, action: str, code: str = "", id_header: str = "X-Request-Id") -> Reply:
    """JSON with a request id."""
    content = compact(body) if body is not None else b""
    return Reply(status, content, ((id_header, uuid4().hex),), operation=action, code=code)


def refused(refusal: Refusal, action: str, id_header: str = "X-Request-Id") -> Reply:
    """An error of the gateway."""
    request_id = uuid4().hex
    body = {"error_msg": refusal.message, "error_code": refusal.code, "request_id": request_id}
    return Reply(refusal.status, compact(body), ((id_header, request_id),), operation=action, code=refusal.code)


NO_SUCH_API = Refusal(404, "APIGW.0101", "The API does not exist or has not been published in the environment")
DENIED = Refusal(403, "APIGW.0302", "The IAM user is not authorized to access the API.")
TOO_MANY = Refusal(
    429,
    "APIGW.0308",
    "The throttling threshold has been reached: policy user over ratelimit,limit:10,time:1 second",
)
