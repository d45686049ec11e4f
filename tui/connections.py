"""Connections: what is open to one origin: llhttp on asyncio's own sockets; of httpx its URLs, proxies and errors.

The transport that httpx brings looks through its pool, takes locks and goes through anyio for every request: of 1.05 ms
of CPU for a small one this one takes 0.4. Half of what watching 220 sources cost was that. Its requests and responses
are 0.08 more, for what nobody here asks of them. How many are open at a time is its caller's business (`Wire.gate`),
and so is how long an answer may take.
"""

from __future__ import annotations

import asyncio
import base64
import re
import ssl
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

import httpx
from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from tui.stream import Stream, connected

IDLE_SECONDS = 60.0  # a connection that nothing was sent on for so long is not used again
HEAD = 100 * 1024  # bytes of status and headers, or between two pieces of a body, at most
CUT = "the answer was cut off"
SILENT = "Server disconnected without sending a response."
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_BAD = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_TARGET = re.compile(rb"[!-~]+")
CHUNK = 64 * 1024


class Connections:
    """The connections to one origin, through a proxy where there is one."""

    def __init__(self, trust: ssl.SSLContext | None, proxy: httpx.Proxy | None, seconds: float) -> None:
        self.trust = trust
        self._proxy = proxy
        self._seconds = seconds
        self._idle: list[Connection] = []
        if trust is not None:
            trust.set_alpn_protocols(["http/1.1"])

    async def send(self, method: bytes, url: httpx.URL, headers: list[tuple[bytes, bytes]], body: bytes) -> Response:
        """Sends one request with these headers alone; what comes back is to be closed. Raises httpx.TransportErrors."""
        target = url.raw_path
        if self._proxy is not None and self.trust is None:  # a proxy is told where plain requests go, line by line
            target, headers = str(url).encode("ascii"), _to_proxy(self._proxy) + headers
        connection = self._free() or await self._opened(url)
        try:
            answer = await connection.ask(method, target, headers, body)
        except BaseException:  # given up, too: half an answer would be taken for the next one
            connection.close()
            raise
        return Response(self, connection, answer)

    async def aclose(self) -> None:
        """Closes those that nothing is sent on."""
        while self._idle:
            self._idle.pop().close()

    def back(self, connection: Connection) -> None:
        """Takes a connection that has done its work: for the next request, or to be closed."""
        if connection.again():
            self._idle.append(connection)
        else:
            connection.close()

    def _free(self) -> Connection | None:
        """The one that was used last, so that the others may grow old."""
        while self._idle:
            connection = self._idle.pop()
            if connection.fresh:
                return connection
            connection.close()
        return None

    async def _opened(self, url: httpx.URL) -> Connection:
        proxy, host = self._proxy, url.raw_host.decode("ascii")
        try:
            async with asyncio.timeout(self._seconds):
                if proxy is None:
                    stream = await connected(host, url.port or (80 if self.trust is None else 443))
                else:
                    stream = await self._by_way_of(proxy, url)
                if self.trust is not None:
                    await stream.secure(self.trust, host)
        except TimeoutError:
            raise httpx.ConnectTimeout(f"not connected within {self._seconds:g} s") from None
        return Connection(stream)

    async def _by_way_of(self, proxy: httpx.Proxy, url: httpx.URL) -> Stream:
        """A connection to the proxy; where it must not look inside, one to the origin through it."""
        host, secure = proxy.url.raw_host.decode("ascii"), proxy.url.scheme == "https"
        stream = await connected(host, proxy.url.port or (443 if secure else 80))
        try:
            if secure:
                await stream.secure(proxy.ssl_context or httpx.create_ssl_context(trust_env=False), host)
            if self.trust is not None:
                name = url.raw_host.decode("ascii")
                place = f"[{name}]:{url.port or 443}" if ":" in name else f"{name}:{url.port or 443}"
                headers = [(b"Host", place.encode()), (b"Accept", b"*/*"), *_to_proxy(proxy)]
                answer = await Connection(stream).ask(b"CONNECT", place.encode(), headers, b"")
                if not 200 <= answer.status < 300:
                    raise httpx.ProxyError(f"{answer.status} {answer.reason.decode('ascii', 'replace')}")
        except BaseException:  # given up, too: nobody else knows of it
            stream.close()
            raise
        return stream


@dataclass(slots=True)
class Answer:
    """One answer, while it comes: `begun` when its head is there, `complete` when nothing is missing.

    `stays`: another request may follow it; `open`: it ends where its connection does.
    """

    status: int = 0
    reason: bytes = b""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    parts: deque[bytes] = field(default_factory=deque)
    begun: bool = False
    complete: bool = False
    stays: bool = False
    open: bool = False


class Connection:
    """One connection, and where its conversation is. Its methods of the name `on_` are what llhttp calls."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._parser = HttpResponseParser(self)
        self._answer = Answer()
        self._idle = 0  # bytes since there was something of an answer
        self._until = 0.0

    async def ask(self, method: bytes, target: bytes, headers: list[tuple[bytes, bytes]], body: bytes) -> Answer:
        """Sends a request and waits for the head of its answer."""
        sent = _head(method, target, headers) + body
        answer = self._answer = Answer()
        with suppress(httpx.WriteError):  # a server that takes no more may say so and hang up: that is there to be read
            await self._stream.write(sent)
        while not answer.begun:
            self._take(await self._stream.read(CHUNK))
        return answer

    async def body(self) -> AsyncIterator[bytes]:
        """What follows the head, as it comes."""
        answer = self._answer
        while True:
            while answer.parts:
                yield answer.parts.popleft()
            if answer.complete:
                return
            self._take(await self._stream.read(CHUNK))

    def again(self) -> bool:
        """Makes it ready for another request; whether it is: what follows an answer unasked would be taken for one."""
        self._until = asyncio.get_running_loop().time() + IDLE_SECONDS
        return self._answer.complete and self._answer.stays

    @property
    def fresh(self) -> bool:
        """Whether a request may still be sent on it: nobody has hung up, nothing has come that was not asked for."""
        return self._stream.quiet and asyncio.get_running_loop().time() < self._until

    def close(self) -> None:
        """At once."""
        self._stream.close()

    def _take(self, data: bytes) -> None:
        """Takes what came; no bytes are the end. Raises httpx.RemoteProtocolError."""
        answer = self._answer
        if not data:
            if not (answer.begun and answer.open):
                raise httpx.RemoteProtocolError(CUT if answer.begun else SILENT)
            answer.complete = True
            return
        self._idle += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserUpgrade:
            raise httpx.RemoteProtocolError("the server speaks something else than HTTP") from None
        except HttpParserError as error:
            if not answer.complete:
                raise httpx.RemoteProtocolError(f"this is no HTTP: {error}") from None
            answer.stays = False
        if answer.status == 101:
            raise httpx.RemoteProtocolError("the server goes on in another protocol")
        if self._idle > HEAD:
            raise httpx.RemoteProtocolError(f"more than {HEAD // 1024} KB of headers")

    def on_message_begin(self) -> None:
        """Of the answer, or of what a server adds to it unasked."""
        if self._answer.complete:
            self._answer.stays = False

    def on_status(self, status: bytes) -> None:
        """The words beside the number, in pieces where they come so."""
        if not self._answer.begun:
            self._answer.reason += status

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; those that follow a body are nobody's."""
        if not self._answer.begun:
            self._answer.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """The head is there, or that of what comes before the answer (100, 103)."""
        answer, self._idle = self._answer, 0
        if answer.begun:
            return
        status = self._parser.get_status_code()
        if status < 200 and status != 101:
            answer.headers, answer.reason = [], b""
            return
        fields = {name.lower(): value.lower() for name, value in answer.headers}
        ends = b"content-length" in fields or b"chunked" in fields.get(b"transfer-encoding", b"")
        answer.open = not (ends or status in (204, 304))
        answer.stays = self._parser.should_keep_alive() and not answer.open
        answer.status, answer.begun = status, True

    def on_body(self, body: bytes) -> None:
        """A piece of it."""
        self._idle = 0
        if not self._answer.complete:
            self._answer.parts.append(body)

    def on_message_complete(self) -> None:
        """Nothing of it is missing."""
        self._answer.complete = self._answer.begun


class Response:
    """An answer whose head is there; its connection is free again when it is closed, once."""

    def __init__(self, home: Connections, connection: Connection, answer: Answer) -> None:
        self._home, self._connection = home, connection
        self.status, self.headers = answer.status, answer.headers

    def parts(self) -> AsyncIterator[bytes]:
        """Its body, as it comes. Raises httpx.TransportErrors."""
        return self._connection.body()

    def close(self) -> None:
        """What was not read to its end costs its connection."""
        self._home.back(self._connection)


@lru_cache(64)
def _named(name: bytes) -> bool:
    """Whether this is a header's name: they are ours, and always the same."""
    return _NAME.fullmatch(name) is not None


def _head(method: bytes, target: bytes, headers: list[tuple[bytes, bytes]]) -> bytes:
    """The head of a request. Raises httpx.LocalProtocolError for what would be another one to its reader."""
    for name, value in headers:
        if not _named(name) or _BAD.search(value) or value != value.strip():
            raise httpx.LocalProtocolError("a header that cannot be sent")
    if not _TARGET.fullmatch(target):
        raise httpx.LocalProtocolError("a path that cannot be sent")
    lines = [method + b" " + target + b" HTTP/1.1", *(name + b": " + value for name, value in headers), b"", b""]
    return b"\r\n".join(lines)


def _to_proxy(proxy: httpx.Proxy) -> list[tuple[bytes, bytes]]:
    """The headers that are for the proxy alone: who we are to it."""
    own = list(proxy.headers.raw)
    if proxy.raw_auth is not None:
        own.append((b"Proxy-Authorization", b"Basic " + base64.b64encode(b":".join(proxy.raw_auth))))
    return own
