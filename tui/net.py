"""The one HTTP client: with its connections the one place that names httpx.

Wire sends bytes and makes every failure on their way one of ours. Connections are driven directly (`tui.connections`):
the client layer of httpx (redirects, cookies, proxies from the environment, netrc) is what must not happen to signed
requests.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
import time
import zlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from email.utils import parsedate_to_datetime
from functools import lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, TypeAlias

from tui import __version__
from tui.calls import Ask, Reply, Signed
from tui.decoding import decoded, in_pieces
from tui.errors import BadRequest, CallError, Malformed, Unavailable
from tui.settings import Network
from tui.settings.endpoints import host_of, is_loopback

if TYPE_CHECKING:
    import httpx

    from tui.connections import Connections, Response

_Answer: TypeAlias = tuple[int, Mapping[str, str], bytes, int, float | None]
"""Status, headers, body, when it was whole (epoch ms), what the provider's clock is ahead of ours (s)."""
ANSWER_LIMIT = 32 * 2**20  # bytes, decoded; the largest known answer (1,000 FC rows with payloads) is under 1 MiB
LONG = 20_000  # bytes of an answer whose parsing waits for its turn
IN_FLIGHT = 8  # requests to one origin
CONNECT_SECONDS = 10.0
CENTURY = 36_525 * 86_400.0  # a clock that is further off is not believed: no signer can write the year 10000
_ENCODINGS = ("identity", "gzip", "x-gzip", "deflate")  # we ask for none; these are what servers send all the same
_ZLIB_OR_GZIP = 47
_WITH_BODY = ("POST", "PUT", "PATCH")  # these say how long their body is even where there is none (RFC 9110 8.6)


def client_library() -> ModuleType:
    """httpx, imported when the first request is sent, without its own command line (click, rich: half of its time)."""
    if "httpx" not in sys.modules and "httpx._main" not in sys.modules:
        sys.modules["httpx._main"] = None  # type: ignore[assignment]  # httpx takes the ImportError as "no CLI"
        try:
            import httpx
        finally:
            del sys.modules["httpx._main"]
    import httpx

    return httpx


class Wire:
    """All connections of the program. Use as `async with Wire(network) as wire`."""

    def __init__(
        self,
        network: Network,
        *,
        answer_limit: int = ANSWER_LIMIT,
        turn: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._network = network
        self._limit = answer_limit
        self._turn = turn
        self._seconds = float(network.timeout)
        self._gates: dict[str, asyncio.Semaphore] = {}
        self._transports: dict[str, Connections] = {}
        self._trust: ssl.SSLContext | None = None

    async def __aenter__(self) -> Wire:
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Closes all connections."""
        transports, self._transports = list(self._transports.values()), {}
        for transport in transports:
            await transport.aclose()

    def gate(self, origin: str) -> asyncio.Semaphore:
        """What the requests to one origin pass: one that hangs holds up no other provider's."""
        if origin not in self._gates:
            self._gates[origin] = asyncio.Semaphore(IN_FLIGHT)
        return self._gates[origin]

    async def send(self, ask: Ask, signed: Signed) -> Reply:
        """Sends exactly the bytes that were signed. Raises Unavailable, Malformed or BadRequest, nothing else."""
        httpx = client_library()

        try:
            async with asyncio.timeout(self._seconds):
                status, fields, content, at, skew = await self._exchange(ask, signed)
        except TimeoutError:
            raise Unavailable(f"no whole answer within {self._seconds:g} s", code="TimedOut") from None
        except (httpx.HTTPError, httpx.InvalidURL, zlib.error, ssl.SSLError, OSError, UnicodeError) as error:
            raise _translated(error, ask) from None
        if self._turn is not None and len(content) > LONG:  # a page of 1,000 rows is 10 ms of parsing
            await self._turn()
            parsed, value = await in_pieces(content, self._turn)
        else:
            parsed, value = decoded(content)
        return Reply(status, fields, content, value, parsed, at, skew)

    async def _exchange(self, ask: Ask, signed: Signed) -> _Answer:
        body = ask.body if signed.body is None else signed.body
        headers = [("Host", ask.host), ("User-Agent", f"taskdeck/{__version__}"), *ask.headers, *signed.headers]
        if body or ask.method in _WITH_BODY:
            headers.append(("Content-Length", str(len(body))))
        raw = [(name.encode("ascii"), value.encode("utf-8")) for name, value in headers]
        url = _url(ask.url)
        target = ask.path + (f"?{ask.query}" if ask.query else "")
        if url.raw_path != target.encode("ascii"):
            raise BadRequest(f"the path would not be sent as it was signed: {ask.path[:200]!r}")
        sent = time.time()
        response = await self._transport(ask).send(ask.method.encode("ascii"), url, raw, body)
        came = time.time()
        fields = _fields(response.headers)
        try:
            content = await self._content(response, fields.get("content-encoding", "identity"))
        finally:
            response.close()
        if 300 <= response.status < 400:
            where = fields.get("location", "nowhere").partition("?")[0][:200]
            raise Unavailable(f"redirected to {where}: not followed", code="Redirected", http_status=response.status)
        return response.status, fields, content, round(time.time() * 1000), _skew(fields, sent, came)

    async def _content(self, response: Response, encoding: str) -> bytes:
        """The body, decoded, as long as it stays under the limit: a compressed bomb is never unfolded past it."""
        encoding = encoding.strip().lower()
        if encoding not in _ENCODINGS:
            raise Malformed(f"the answer is encoded as {encoding[:60]!r}", http_status=response.status)
        unfolding = None if encoding == "identity" else zlib.decompressobj(_ZLIB_OR_GZIP)
        chunks: list[bytes] = []
        room = self._limit
        async for raw in response.parts():
            chunk = raw if unfolding is None else unfolding.decompress(raw, room + 1)
            room -= len(chunk)
            if room < 0:
                raise Malformed(f"the answer is larger than {self._limit / 2**20:g} MiB", http_status=response.status)
            chunks.append(chunk)
        if unfolding is not None and chunks and not unfolding.eof:
            raise zlib.error("cut off")
        return b"".join(chunks)

    def _transport(self, ask: Ask) -> Connections:
        """What is open to the origin of a request."""
        import httpx

        from tui.connections import Connections

        origin = ask.origin
        if origin not in self._transports:
            plain = origin.startswith("http:")
            proxy = None if is_loopback(host_of(origin)) else self._network.proxy
            self._transports[origin] = Connections(
                None if plain else self._trusted(), httpx.Proxy(proxy) if proxy else None, CONNECT_SECONDS
            )
        return self._transports[origin]

    def _trusted(self) -> ssl.SSLContext:
        """The trust store (20 ms), read when it is needed."""
        import httpx

        if self._trust is None:
            bundle = self._network.ca_bundle
            self._trust = (
                ssl.create_default_context(cafile=bundle) if bundle else httpx.create_ssl_context(trust_env=False)
            )
        return self._trust


@lru_cache(1024)
def _url(text: str) -> httpx.URL:
    """A URL in its parts: most are asked again in every round, and taking one apart is a tenth of a request."""
    import httpx

    return httpx.URL(text)


def _skew(headers: Mapping[str, str], sent: float, came: float) -> float | None:
    """The provider's clock minus ours, in seconds. The Date header has whole seconds: their middle is meant."""
    try:
        skew = _second(headers["date"]) + 0.5 - (sent + came) / 2
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    return skew if abs(skew) < CENTURY else None


def _fields(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by name in small letters; those that came twice are one, as RFC 9110 has it."""
    fields: dict[str, str] = {}
    for name, value in raw:
        key = name.decode("latin-1").lower()
        try:
            text = value.decode()
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        fields[key] = f"{fields[key]}, {text}" if key in fields else text
    return fields


@lru_cache(64)
def _second(date: str) -> float:
    """A Date header in epoch seconds: fifty answers of one second have the same."""
    return parsedate_to_datetime(date).timestamp()


def _translated(error: Exception, ask: Ask) -> CallError:
    """A failure of the transport as one of ours. Of a header that cannot be sent no more is said: it may be a key."""
    import httpx

    host = ask.origin.partition("://")[2]
    text = str(error) or type(error).__name__
    if isinstance(error, zlib.error):
        return Malformed(f"the answer of {host} cannot be decompressed")
    if isinstance(error, httpx.TimeoutException):
        return Unavailable(f"{host}: time-out ({type(error).__name__})", code="TimedOut")
    if isinstance(error, httpx.ProxyError):
        return Unavailable(f"the proxy refused {host}: {text}", code="ProxyError")
    if isinstance(error, ssl.SSLError) or "CERTIFICATE" in text or "SSL" in text:
        return Unavailable(f"no TLS with {host}: {text}", code="TLSError")
    if isinstance(error, httpx.ConnectError):
        return Unavailable(f"no connection to {host}: {text}", code="ConnectError")
    if isinstance(error, httpx.LocalProtocolError | UnicodeError):
        return BadRequest(f"a header or the path cannot be sent to {host}", code=type(error).__name__)
    if isinstance(error, httpx.InvalidURL):
        return BadRequest(f"this cannot be sent to {host}: {text}", code="InvalidURL")
    return Unavailable(f"{host}: {text}", code=type(error).__name__)
