"""Connections: what is open to one origin, as a transport of httpx: h11's HTTP on asyncio's own sockets.

The transport that httpx brings looks through its pool, takes locks and goes through anyio for every request: of 1.05 ms
of CPU for a small one this one takes 0.45. Half of what watching 220 sources cost was that. How many are open at a
time is its caller's business (`Wire.gate`), and so is how long an answer may take.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import suppress

import h11
import httpx

from tui.stream import Stream, connected

IDLE_SECONDS = 60.0  # a connection that nothing was sent on for so long is not used again
HEAD = 100 * 1024  # bytes of status and headers, at most
CHUNK = 64 * 1024


class Connections(httpx.AsyncBaseTransport):
    """The connections to one origin, through a proxy where there is one."""

    def __init__(self, trust: ssl.SSLContext | None, proxy: httpx.Proxy | None, seconds: float) -> None:
        self.trust = trust
        self._proxy = proxy
        self._seconds = seconds
        self._idle: list[Connection] = []
        if trust is not None:
            trust.set_alpn_protocols(["http/1.1"])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends one request; what comes back is to be closed. Raises httpx.TransportErrors."""
        url, target, headers = request.url, request.url.raw_path, request.headers.raw
        if self._proxy is not None and self.trust is None:  # a proxy is told where plain requests go, line by line
            target, headers = str(url).encode("ascii"), _to_proxy(self._proxy) + headers
        connection = self._free() or await self._opened(url)
        try:
            answer = await connection.ask(request.method, target, headers, request.content)
        except BaseException:
            connection.close()
            raise
        return httpx.Response(answer.status_code, headers=answer.headers.raw_items(), stream=_Body(self, connection))

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
                answer = await Connection(stream).ask("CONNECT", place.encode(), headers, b"")
                if not 200 <= answer.status_code < 300:
                    raise httpx.ProxyError(f"{answer.status_code} {answer.reason.decode('ascii', 'replace')}")
        except BaseException:
            stream.close()
            raise
        return stream


class Connection:
    """One connection, and where its conversation is."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD)
        self._until = 0.0

    async def ask(self, method: str, target: bytes, headers: list[tuple[bytes, bytes]], body: bytes) -> h11.Response:
        """Sends a request and waits for the head of its answer."""
        talk = self._talk
        try:
            sent = talk.send(h11.Request(method=method, target=target, headers=headers)) or b""
            if body:
                sent += talk.send(h11.Data(data=body)) or b""
            sent += talk.send(h11.EndOfMessage()) or b""
        except h11.LocalProtocolError as error:
            raise httpx.LocalProtocolError(str(error)) from error
        with suppress(httpx.WriteError):  # a server that takes no more may say so and hang up: that is there to be read
            await self._stream.write(sent)
        while True:
            event = await self.event()
            if isinstance(event, h11.Response):
                return event
            if not isinstance(event, h11.InformationalResponse) or event.status_code == 101:
                raise httpx.RemoteProtocolError("the server speaks something else than HTTP")

    async def event(self) -> h11.Event | type[h11.PAUSED | h11.NEED_DATA]:
        """What comes next of the answer."""
        talk = self._talk
        while True:
            try:
                event = talk.next_event()
            except h11.RemoteProtocolError as error:
                raise httpx.RemoteProtocolError(str(error)) from error
            if event is not h11.NEED_DATA:
                return event
            data = await self._stream.read(CHUNK)
            if not data and talk.their_state is h11.SEND_RESPONSE:
                raise httpx.RemoteProtocolError("Server disconnected without sending a response.")
            talk.receive_data(data)

    def again(self) -> bool:
        """Makes it ready for another request; whether it is."""
        talk = self._talk
        if talk.our_state is not h11.DONE or talk.their_state is not h11.DONE or talk.trailing_data[0]:
            return False  # what follows an answer unasked would be taken for the next one
        talk.start_next_cycle()
        self._until = asyncio.get_running_loop().time() + IDLE_SECONDS
        return True

    @property
    def fresh(self) -> bool:
        """Whether a request may still be sent on it: nobody has hung up, nothing has come that was not asked for."""
        return self._stream.quiet and asyncio.get_running_loop().time() < self._until

    def close(self) -> None:
        """At once."""
        self._stream.close()


class _Body(httpx.AsyncByteStream):
    """The bytes of an answer; its connection is free again when it is closed."""

    def __init__(self, home: Connections, connection: Connection) -> None:
        self._home = home
        self._connection: Connection | None = connection

    async def __aiter__(self) -> AsyncIterator[bytes]:
        connection = self._connection
        while connection is not None and isinstance(event := await connection.event(), h11.Data):
            yield bytes(event.data)

    async def aclose(self) -> None:
        if self._connection is not None:
            connection, self._connection = self._connection, None
            self._home.back(connection)


def _to_proxy(proxy: httpx.Proxy) -> list[tuple[bytes, bytes]]:
    """The headers that are for the proxy alone: who we are to it."""
    own = list(proxy.headers.raw)
    if proxy.raw_auth is not None:
        own.append((b"Proxy-Authorization", b"Basic " + base64.b64encode(b":".join(proxy.raw_auth))))
    return own
