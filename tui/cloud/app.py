"""One ASGI app for all ports: a port is a front, one port is the control desk."""

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterator, Mapping
from email.utils import formatdate
from itertools import islice
from typing import Any, Protocol

from tui.cloud import acs3, sdk_hmac, tc3
from tui.cloud.faults import Ask, Faults, Plan
from tui.cloud.ledger import Entry, Ledger
from tui.cloud.spoil import HUGE, spoil
from tui.cloud.turn import Turn
from tui.cloud.wire import JSON, Reply, Request, compact
from tui.cloud.world import World

Scope = Mapping[str, Any]
Send = Callable[[dict[str, Any]], Any]
Receive = Callable[[], Any]
MOST_BODY = 10 * 1024 * 1024
CHUNK = 200
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


class Front(Protocol):
    """One API in one region."""

    api: str
    region: str

    def operation(self, request: Request) -> str:
        """The operation a request asks for, "" when for none."""

    def answer(self, request: Request, now: int, wall: int, turn: Turn = ...) -> Reply:
        """One request, from signature to body."""

    def throttled(self, action: str, wait: int, mood: int) -> Reply:
        """Too many requests, in the API's own words."""


class Desk:
    """The whole cloud as an ASGI app."""

    def __init__(
        self, world: World, fronts: Mapping[int, Front], faults: Faults, clock: Callable[[], int], ledger: Ledger
    ) -> None:
        self.world = world
        self.fronts = fronts
        self.faults = faults
        self.ledger = ledger
        self._clock = clock
        self._closing = asyncio.Event()

    def close(self) -> None:
        """Nobody waits any longer: slow and silent connections end now."""
        self._closing.set()

    async def pause(self, seconds: float) -> None:
        """Let a slow page be slow."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request on any of the ports."""
        request = await _read(scope, receive)
        if request is None:
            return
        front = self.fronts.get(scope["server"][1])
        if front is None:
            await self._control(request, send)
        else:
            await self._serve(front, request, receive, send)

    async def _serve(self, front: Front, request: Request, receive: Receive, send: Send) -> None:
        wall = self._clock()
        ask = _ask(front, request, wall)
        plan = self.faults.plan(ask)
        if plan.hang:
            self.ledger.note(
                Entry(wall, front.api, front.region, ask.operation, ask.key_id, request.size, 0, 0, "hang")
            )
            await self._say_nothing(receive)
            await _write(send, Reply(503), wall)
            return
        if plan.delay:
            await self.pause(plan.delay)
        reply = self._reply(front, request, ask, plan, wall)
        size = len(reply.body) if plan.spoil != "huge" else HUGE
        self.ledger.note(
            Entry(
                wall,
                front.api,
                front.region,
                ask.operation,
                ask.key_id,
                request.size,
                size,
                reply.status,
                reply.code,
            )
        )
        await _write(send, reply, wall + plan.skew, huge=plan.spoil == "huge")

    def _reply(self, front: Front, request: Request, ask: Ask, plan: Plan, wall: int) -> Reply:
        if plan.wait is not None:
            return front.throttled(ask.operation, plan.wait, plan.mood)
        reply = front.answer(request, self.world.advance(), wall + plan.skew, plan.turn)
        return spoil(reply, plan.spoil)

    async def _say_nothing(self, receive: Receive) -> None:
        """Until the client has gone, or we close."""
        gone = asyncio.ensure_future(receive())
        closing = asyncio.ensure_future(self._closing.wait())
        await asyncio.wait({gone, closing}, return_when=asyncio.FIRST_COMPLETED)
        for waiting in (gone, closing):
            waiting.cancel()

    async def _control(self, request: Request, send: Send) -> None:
        refused = _foreign(request)
        if refused:
            await _json(send, refused[0], {"error": refused[1]})
            return
        match (request.method, request.path):
            case ("GET", "/_truth"):
                await _stream(send, self.world.truth())
            case ("GET", "/_log"):
                await _stream(send, self.ledger.rows())
            case ("POST", "/_fault"):
                status, body = self._switch(request.body)
                await _json(send, status, body)
            case (_, "/_truth" | "/_log" | "/_fault"):
                await _json(send, 405, {"error": "method not allowed"})
            case _:
                await _json(send, 404, {"error": "the control paths are /_truth, /_log and /_fault"})

    def _switch(self, body: bytes) -> tuple[int, dict[str, Any]]:
        try:
            asked = json.loads(body)
            name, on = str(asked["name"]), asked.get("on", True)
            only, share = asked.get("only", ()), asked.get("share")
            if not isinstance(on, bool) or not isinstance(share, int | float | None):
                raise ValueError("on is a boolean, share a number")
            self.faults.switch(name, on, [only] if isinstance(only, str) else only, share)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            return 400, {"error": str(error)}
        return 200, {"faults": self.faults.names}


def _ask(front: Front, request: Request, wall: int) -> Ask:
    vendor = front.api.partition("-")[0]
    key_id = {"alibaba": acs3, "tencent": tc3, "huawei": sdk_hmac}[vendor].key_id_of(request)
    names = ("x-auth-token", "x-acs-security-token", "x-tc-token", "x-security-token")
    token = next((text for name in names if (text := request.header(name))), "")
    if not key_id and request.header("x-auth-token"):
        key_id = "token"
    return Ask(front.api, front.region, front.operation(request), key_id, token, wall)


def _foreign(request: Request) -> tuple[int, str] | None:
    """Only pages and programs of this machine may drive the cloud (DNS rebinding, cross-site posts)."""
    host = request.header("host").rpartition(":")
    name = host[0] if host[2].isdecimal() and host[0] else request.header("host")
    if name not in LOOPBACK:
        return 403, "the control paths answer on a loopback host only"
    if request.header("origin"):
        return 403, "the control paths are not for web pages"
    return None


async def _read(scope: Scope, receive: Receive) -> Request | None:
    if scope["type"] != "http":
        return None
    body = b""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > MOST_BODY:
            return None
        if not message.get("more_body"):
            break
    headers: dict[str, tuple[str, ...]] = {}
    for name, value in scope["headers"]:
        text = name.decode("latin-1").lower()
        headers[text] = (*headers.get(text, ()), value.decode("utf-8", "surrogateescape"))
    path = scope["raw_path"].decode("utf-8", "surrogateescape")
    query = scope["query_string"].decode("utf-8", "surrogateescape")
    return Request(scope["method"], path, query, headers, body)


async def _write(send: Send, reply: Reply, wall: int, huge: bool = False) -> None:
    size = HUGE if huge else len(reply.body)
    headers = [("Date", formatdate(wall / 1000, usegmt=True)), ("Content-Length", str(size)), *reply.headers]
    if reply.status == 204:
        headers.pop(1)
    if reply.body:
        headers.append(("Content-Type", reply.content_type))
    wire = [(name.lower().encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": reply.status, "headers": wire})
    if huge:
        blank = b" " * 1024 * 1024
        for _ in range(HUGE // len(blank)):
            await send({"type": "http.response.body", "body": blank, "more_body": True})
    await send({"type": "http.response.body", "body": b"" if huge else reply.body})


async def _json(send: Send, status: int, body: dict[str, Any]) -> None:
    content = compact(body)
    headers = [(b"content-type", JSON.encode()), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def _stream(send: Send, rows: Iterator[dict[str, Any]]) -> None:
    """A JSON array, a few hundred rows at a time, so that the fronts go on answering meanwhile."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", JSON.encode())]})
    lead = b"["
    while chunk := list(islice(rows, CHUNK)):
        body = lead + b",".join(compact(row) for row in chunk)
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await asyncio.sleep(0)
        lead = b","
    await send({"type": "http.response.body", "body": b"]" if lead == b"," else b"[]"})
