"""What the two Alibaba Cloud fronts share: the gateway before them."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from tui.cloud import acs3
from tui.cloud.acs3 import Key, Nonces
from tui.cloud.turn import Turn
from tui.cloud.wire import Refusal, Reply, Request, compact


class Gateway:
    """Signature, nonce and token; its own shape of error."""

    def __init__(self, product: str, region: str, version: str, keys: Mapping[str, Key]) -> None:
        self._product = product
        self._region = region
        self._version = version
        self._keys = keys
        self._nonces = Nonces()

    def admit(self, request: Request, action: str, wall: int, turn: Turn) -> Reply | None:
        """None when the request may pass."""
        verdict = acs3.check(request, self._keys, wall, self._nonces)
        if turn.gone_key:
            verdict = Refusal(404, "InvalidAccessKeyId.NotFound", "Specified access key is not found.")
        elif turn.stale_token and request.header("x-acs-security-token"):
            verdict = Refusal(400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired.")
        if isinstance(verdict, str):
            if request.header("x-acs-version") != self._version:
                verdict = Refusal(404, "InvalidProduct.NotFound", "Cannot find product according to your version.")
            elif not action or request.header("x-acs-action") != action:
                verdict = Refusal(404, "InvalidApi.NotFound", "Specified api is not found, please check your url.")
        return None if isinstance(verdict, str) else self.refuse(verdict, action)

    def refuse(self, refusal: Refusal, action: str = "", retry_after: int = 0) -> Reply:
        """An error in the gateway's shape."""
        request_id = str(uuid4()).upper()
        body = {
            "RequestId": request_id,
            "HostId": f"{self._product}.{self._region}.aliyuncs.com",
            "Code": refusal.code,
            "Message": refusal.message,
            "Recommend": f"https://api.aliyun.com/troubleshoot?q={refusal.code}",
        }
        headers: tuple[tuple[str, str], ...] = (("x-acs-request-id", request_id),)
        if retry_after:
            headers += (("x-acs-retry-after", str(retry_after)),)
        return Reply(refusal.status, compact(body), headers, operation=action, code=refusal.code)


def answer(body: dict[str, Any] | None, action: str, request_id: str, status: int = 200, code: str = "") -> Reply:
    """JSON with the request id in a header too."""
    content = compact(body) if body is not None else b""
    headers = (("x-acs-request-id", request_id),)
    return Reply(status, content, headers, "application/json;charset=utf-8", operation=action, code=code)


def whole(text: str | None, default: int, low: int, high: int) -> int | None:
    """A number within its bounds, None when it is not one."""
    if text is None or text == "":
        return default
    if not text.lstrip("-").isdecimal():
        return None
    return int(text) if low <= int(text) <= high else None
