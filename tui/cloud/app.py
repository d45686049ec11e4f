"""One ASGI app for all ports: a port is a front, one port is the control desk."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from email.utils import formatdate
from itertools import islice
from typing import Any, Protocol

from tui.cloud import acs3, sdk_hmac, tc3
from tui.cloud.faults import Ask, Faults, Plan
from tui.cloud.ledger import Entry, Ledger
from tui.cloud.shown import Shown
from tui.cloud.skewed import skewed
from tui.cloud.spoil import HUGE, spoil
from tui.cloud.turn import Turn
from tui.cloud.wire import JSON, Reply, Request, compact
from tui.cloud.world import World

Scope = Mapping[str, Any]
Send = Callable[[dict[str, Any]], Any]
Receive = Callable[[], Any]
MOST_BODY = 10 * 1024 * 1024
CHUNK = 200
UNREADABLE = ("html", "truncated", "empty", "huge")  # garbage that shows no task
CONTROL = ("/_truth", "/_log", "/_shown", "/_fault")
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
        self,
        world: World,
        fronts: Mapping[int, Front],
        faults: Faults,
        clock: Callable[[], int],
        ledger: Ledger,
        shown: Shown | None = None,
    ) -> None:
        self.world = world
        self.fronts = fronts
        self.faults = faults
        self.ledger = ledger
        self.shown = shown or Shown()
        self._clock = clock
        self._closing = False
        self._over = asyncio.Event()
        faults.serve(world.habits, clock)

    def close(self) -> None:
        """Nobody waits any longer: slow and silent connections end now."""
        self._closing = True
        self._over.set()

    async def pause(self, receive: Receive, seconds: float | None) -> bool:
        """Let a slow page be slow, a silent connection silent; whether the client has waited for its end."""
        gone = asyncio.ensure_future(receive())
        over = asyncio.ensure_future(self._over.wait())
        await asyncio.wait({gone, over}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        waited = not gone.done()
        gone.cancel()
        over.cancel()
        return waited

    def _catch_up(self, now: int) -> None:
        """Let chaos come as far as the clock has; when nothing is slow any longer, who waited is answered."""
        self.faults.catch_up(now)
        if "slow" not in self.faults.names and not self._closing:
            self._over.set()
            self._over = asyncio.Event()

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
        self._catch_up(wall)
        ask = _ask(front, request, wall)
        plan = self.faults.plan(ask)
        asked = (wall, front.api, front.region, ask.operation, ask.key_id, request.size)
        if plan.hang:
            self.ledger.note(Entry(*asked, 0, 0, "hang"))
            await self.pause(receive, None)
            await _write(send, Reply(503), wall)
            return
        if plan.delay and not await self.pause(receive, plan.delay):
            self.ledger.note(Entry(*asked, 0, 0, "gone"))
            return
        reply = self._reply(front, request, ask, plan, wall)
        size = len(reply.body) if plan.spoil != "huge" else HUGE
        self.ledger.note(Entry(*asked, size, reply.status, reply.code))
        await _write(send, reply, wall + plan.skew, huge=plan.spoil == "huge")

    def _reply(self, front: Front, request: Request, ask: Ask, plan: Plan, wall: int) -> Reply:
        if plan.wait is not None:
            return front.throttled(ask.operation, plan.wait, plan.mood)
        turn = replace(plan.turn, seen=[]) if self.shown.on and plan.spoil not in UNREADABLE else plan.turn
        reply = front.answer(request, self.world.advance(), wall + plan.skew, turn)
        self.shown.note(front.api, front.region, turn.seen or ())
        return spoil(skewed(reply, front.api, plan.skew), plan.spoil)

    async def _control(self, request: Request, send: Send) -> None:
        refused = _foreign(request)
        if refused:
            await _json(send, refused[0], {"error": refused[1]})
            return
        self._catch_up(self._clock())
        match (request.method, request.path):
            case ("GET", "/_truth"):
                await _stream(send, self.world.truth())
            case ("GET", "/_log"):
                await _stream(send, self.ledger.rows())
            case ("GET", "/_shown"):
                await _stream(send, self.shown.rows())
            case ("GET", "/_fault"):
                await _json(send, 200, {"faults": self.faults.names})
            case ("POST", "/_fault" | "/_shown"):
                switch = self._switch if request.path == "/_fault" else self._remember
                try:
                    await _json(send, 200, switch(json.loads(request.body)))
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
                    await _json(send, 400, {"error": str(error)})
            case (_, path) if path in CONTROL:
                await _json(send, 405, {"error": "method not allowed"})
            case _:
                await _json(send, 404, {"error": f"the control paths are {', '.join(CONTROL)}"})

    def _switch(self, asked: Any) -> dict[str, Any]:
        name, on = str(asked["name"]), _boolean(asked.get("on", True))
        only, share = asked.get("only", ()), asked.get("share")
        if not isinstance(share, int | float | None):
            raise ValueError("share is a number")
        self.faults.switch(name, on, [only] if isinstance(only, str) else only, share)
        self._catch_up(self._clock())
        return {"faults": self.faults.names}

    def _remember(self, asked: Any) -> dict[str, Any]:
        self.shown.switch(_boolean(asked["on"]))
        return {"on": self.shown.on}


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("on is a boolean")
    return value


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
