"""What the two Tencent Cloud fronts share: dispatch by header, errors with HTTP 200."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from tui.cloud import tc3
from tui.cloud.acs3 import Key
from tui.cloud.turn import Turn
from tui.cloud.wire import Refusal, Reply, Request, compact

Operation = Callable[[dict[str, Any], int, Turn], dict[str, Any]]


class TcError(Exception):
    """An error with the code and text of the service."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


def action_of(request: Request) -> str:
    """The operation a request names."""
    return request.header("x-tc-action")


def failed(code: str, message: str, action: str) -> Reply:
    """An error: HTTP 200 like everything else."""
    body = {"Response": {"Error": {"Code": code, "Message": message}, "RequestId": str(uuid4())}}
    return Reply(200, compact(body), operation=action, code=code)


def throttled(action: str, limit: int) -> Reply:
    """Too many requests, in the service's words."""
    text = f"Your current request times equals to `{limit + 1}` in a second, which exceeds the frequency limit "
    text += f"`{limit}` for a second. Please reduce the frequency of calls."
    return failed("RequestLimitExceeded", text, action)


def serve(
    request: Request,
    service: str,
    version: str,
    keys: Mapping[str, Key],
    operations: Mapping[str, Operation],
    clocks: tuple[int, int],
    turn: Turn,
) -> Reply:
    """From the headers to the answer; `clocks` are the world's time and the time signatures are checked against."""
    now, wall = clocks
    action = action_of(request)
    try:
        _addressed(request, action, version, operations)
        verdict = tc3.check(request, keys, service, wall)
        if turn.gone_key:
            verdict = Refusal(200, "AuthFailure.SecretIdNotFound", "The SecretId is not found.")
        elif turn.stale_token and request.header("x-tc-token"):
            verdict = Refusal(200, "AuthFailure.TokenFailure", "The token has expired.")
        if isinstance(verdict, Refusal):
            return failed(verdict.code, verdict.message, action)
        if turn.denied:
            raise TcError("UnauthorizedOperation.CamAuthFailed", "CAM authentication failed.")
        body = operations[action](_parameters(request), now, turn)
    except TcError as error:
        return failed(error.code, error.message, action)
    return Reply(200, compact({"Response": {**body, "RequestId": str(uuid4())}}), operation=action)


def _addressed(request: Request, action: str, version: str, operations: Mapping[str, Operation]) -> None:
    if not action:
        raise TcError("MissingParameter", "The request is missing the parameter `Action`.")
    if request.header("x-tc-version") != version:
        raise TcError("NoSuchVersion", "The specified version does not exist.")
    if action not in operations:
        raise TcError("InvalidAction", f"The specified action `{action}` does not exist.")
    if request.path != "/":
        raise TcError("InvalidRequest", "The request path must be `/`.")
    if request.method not in ("POST", "GET"):
        raise TcError("UnsupportedProtocol", "Only POST and GET are supported.")


def _parameters(request: Request) -> dict[str, Any]:
    if request.method == "GET":
        return _unflattened(request.pairs())
    try:
        body = json.loads(request.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise TcError("InvalidParameter", "The request body is not a JSON object.")
    return body


def _unflattened(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """`Filters.0.Values.1=x` back into lists and objects."""
    tree: dict[str, Any] = {}
    for name, value in pairs:
        *path, last = name.split(".")
        node = tree
        for part in path:
            node = node.setdefault(part, {})
        node[last] = {"True": True, "False": False}.get(value, value)

    def listed(node: Any) -> Any:
        if not isinstance(node, dict):
            return node
        if node and all(key.isdecimal() for key in node):
            return [listed(node[key]) for key in sorted(node, key=int)]
        return {key: listed(inner) for key, inner in node.items()}

    whole = listed(tree)
    return whole if isinstance(whole, dict) else {}


def number(value: Any, default: int, low: int, high: int, code: str) -> int:
    """An integer parameter; the vendor's own examples send it as text."""
    if value is None:
        return default
    if isinstance(value, str) and value.lstrip("-").isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise TcError(code, f"The value must be between {low} and {high}.")
    return value
