"""The ASGI app without a socket, faults included."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from tests.cloud.lab import PROJECT, Lab, acs3, sdk_hmac, tc3
from tui.cloud.app import Desk
from tui.cloud.ledger import Ledger
from tui.cloud.shown import Shown
from tui.cloud.wire import Request

CONTROL = 1


class Wire:
    """The ASGI app without a socket."""

    def __init__(self, *faults: str, tasks: int = 400, rate: float = 1.0, remember: bool = False) -> None:
        self.lab = Lab(tasks, rate=rate, faults=faults)
        self.faults = self.lab.faults
        self.ports = dict(enumerate(self.lab.fronts.values(), start=2))
        self.shown = Shown(remember)
        self.gone: asyncio.Event | None = None  # what tells the desk that the client has gone; None: it has
        self.desk = Desk(self.lab.world, self.ports, self.faults, self.lab.clock, Ledger(), self.shown)

    async def send(self, api: str, region: str, request: Request) -> tuple[int, dict[str, str], bytes]:
        """One request to the port of a front."""
        port = next(port for port, front in self.ports.items() if (front.api, front.region) == (api, region))
        return await self.ask(port, request)

    async def control(self, method: str, path: str, body: Any = None, host: str = "127.0.0.1:80") -> tuple[int, Any]:
        """One request to the control desk."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        status, _, answer = await self.ask(CONTROL, Request(method, path, "", {"host": (host,)}, content))
        return status, json.loads(answer)

    async def ask(self, port: int, request: Request) -> tuple[int, dict[str, str], bytes]:
        """One request, byte for byte."""
        sent: list[dict[str, Any]] = []
        scope = {
            "type": "http",
            "server": ("127.0.0.1", port),
            "method": request.method,
            "raw_path": request.path.encode(),
            "query_string": request.query.encode(),
            "headers": [
                (name.encode(), value.encode()) for name, values in request.headers.items() for value in values
            ],
        }
        messages = self._messages(request.body)

        async def receive() -> dict[str, Any]:
            return await anext(messages)

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self.desk(scope, receive, send)
        if not sent:
            return 0, {}, b""
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        return sent[0]["status"], headers, b"".join(message.get("body", b"") for message in sent[1:])

    async def _messages(self, body: bytes) -> AsyncIterator[dict[str, Any]]:
        yield {"type": "http.request", "body": body, "more_body": False}
        while True:
            if self.gone is not None:
                await self.gone.wait()
            yield {"type": "http.disconnect"}

    def mps(self, **body: Any) -> Request:
        """A list call to Media Processing."""
        return tc3("DescribeTasks", "mps", "2019-06-12", {"Status": "FINISH", **body}, at=self.lab.clock())

    def truth(self) -> Request:
        """What the control desk is asked for the truth."""
        return Request("GET", "/_truth", "", {"host": ("127.0.0.1:80",)})

    def kps(self) -> Request:
        """A list call to the Key Pair Service."""
        return sdk_hmac("GET", f"/v3/{PROJECT}/running-tasks", at=self.lab.clock())

    def fc(self) -> Request:
        """A list call to Function Compute."""
        path = "/2023-03-30/functions/thumbnailer/async-tasks"
        return acs3("ListAsyncTasks", "2023-03-30", "GET", path, at=self.lab.clock())


def error_of(body: bytes) -> str:
    """The code of Tencent Cloud's error."""
    return str(json.loads(body)["Response"].get("Error", {}).get("Code", ""))
