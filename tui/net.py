"""The one HTTP client, and the one module that names httpx.

Wire sends bytes; Line signs for one account, judges the reply and translates every failure into one of ours.
httpx's transport is driven directly: its client layer (redirects, cookies, proxies from the environment, netrc)
is what must not happen to signed requests.
"""

from __future__ import annotations

import asyncio
import json
import math
import ssl
import sys
import time
import zlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from email.utils import parsedate_to_datetime
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

from tui import __version__
from tui.budget import Budget, Lane
from tui.calls import Action, Ask, Credential, CredentialSource, Reply, Secret, Signed
from tui.errors import AuthError, BadRequest, CallError, ClockSkew, Malformed, NoCredential, Unavailable, WriteRefused
from tui.latch import Latch
from tui.settings import Account, Network
from tui.settings.endpoints import host_of, is_loopback

if TYPE_CHECKING:
    import httpx

ANSWER_LIMIT = 32 * 2**20  # bytes, decoded; the largest known answer (1,000 FC rows with payloads) is under 1 MiB
LONG = 20_000  # bytes of an answer whose parsing waits for its turn
IN_FLIGHT = 8  # httpx's CPU per request grows from 1.2 ms to 5.1 at 32 in flight
CONNECT_SECONDS = 10.0
CENTURY = 36_525 * 86_400.0  # a clock that is further off is not believed: no signer can write the year 10000
_ENCODINGS = ("identity", "gzip", "x-gzip", "deflate")  # we ask for none; these are what servers send all the same
_ZLIB_OR_GZIP = 47
LOOK_SECONDS = 5.0  # between two looks for another credential
_NO_LIMIT: AbstractAsyncContextManager[None] = nullcontext()


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
        self._transports: dict[str, httpx.AsyncHTTPTransport] = {}
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
                return await self._exchange(ask, signed)
        except TimeoutError:
            raise Unavailable(f"no whole answer within {self._seconds:g} s", code="TimedOut") from None
        except (httpx.HTTPError, httpx.InvalidURL, zlib.error, ssl.SSLError, OSError, UnicodeError) as error:
            raise _translated(error, ask) from None

    async def _exchange(self, ask: Ask, signed: Signed) -> Reply:
        import httpx

        body = ask.body if signed.body is None else signed.body
        headers = [("Host", ask.host), ("User-Agent", f"taskdeck/{__version__}"), *ask.headers, *signed.headers]
        request = httpx.Request(
            ask.method,
            ask.url,
            headers=[(name.encode("ascii"), value.encode("utf-8")) for name, value in headers],
            content=body,
            extensions={
                "timeout": dict.fromkeys(("read", "write", "pool"), self._seconds) | {"connect": CONNECT_SECONDS}
            },
        )
        target = ask.path + (f"?{ask.query}" if ask.query else "")
        if request.url.raw_path != target.encode("ascii"):
            raise BadRequest(f"the path would not be sent as it was signed: {ask.path[:200]!r}")
        sent = time.time()
        response = await self._transport(ask).handle_async_request(request)
        came = time.time()
        try:
            content = await self._content(response)
        finally:
            await response.aclose()
        fields = {name.lower(): value for name, value in response.headers.items()}
        if 300 <= response.status_code < 400:
            where = fields.get("location", "nowhere").partition("?")[0][:200]
            raise Unavailable(
                f"redirected to {where}: not followed", code="Redirected", http_status=response.status_code
            )
        if self._turn is not None and len(content) > LONG:  # a page of 1,000 rows is 10 ms of parsing
            await self._turn()
        parsed, value = _json(content)
        return Reply(
            response.status_code, fields, content, value, parsed, round(time.time() * 1000), _skew(fields, sent, came)
        )

    async def _content(self, response: httpx.Response) -> bytes:
        """The body, decoded, as long as it stays under the limit: a compressed bomb is never unfolded past it."""
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in _ENCODINGS:
            raise Malformed(f"the answer is encoded as {encoding[:60]!r}", http_status=response.status_code)
        unfolding = None if encoding == "identity" else zlib.decompressobj(_ZLIB_OR_GZIP)
        chunks: list[bytes] = []
        room = self._limit
        async for raw in response.aiter_raw():
            chunk = raw if unfolding is None else unfolding.decompress(raw, room + 1)
            room -= len(chunk)
            if room < 0:
                raise Malformed(
                    f"the answer is larger than {self._limit / 2**20:g} MiB", http_status=response.status_code
                )
            chunks.append(chunk)
        if unfolding is not None and chunks and not unfolding.eof:
            raise zlib.error("cut off")
        return b"".join(chunks)

    def _transport(self, ask: Ask) -> httpx.AsyncHTTPTransport:
        """One pool for each origin: httpx looks through all of a pool for every request."""
        import httpx

        origin = ask.origin
        if origin not in self._transports:
            plain = origin.startswith("http:")
            proxy = None if is_loopback(host_of(origin)) else self._network.proxy
            self._transports[origin] = httpx.AsyncHTTPTransport(
                verify=not plain and self._trusted(),
                trust_env=False,
                proxy=httpx.Proxy(proxy) if proxy else None,
                limits=httpx.Limits(
                    max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT, keepalive_expiry=60
                ),
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


class Clocks:
    """What we know of the providers' clocks, by origin: seconds to add to ours, once a provider has refused ours."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._offsets: dict[str, float] = {}

    def here(self) -> float:
        """Epoch seconds by this machine's clock."""
        return self._now()

    def now(self, origin: str) -> float:
        """Epoch seconds to sign with."""
        return self._now() + self.offset(origin)

    def offset(self, origin: str) -> float:
        """What `now` adds to this machine's clock."""
        return self._offsets.get(origin, 0.0)

    def correct(self, origin: str, offset: float) -> None:
        """Believes a provider that its clock is `offset` seconds ahead of ours."""
        self._offsets[origin] = offset


class Line:
    """One account's line to its vendor: a Call. Counts its calls and remembers the last measured skew."""

    def __init__(
        self,
        wire: Wire,
        account: Account,
        region: str,
        credential: CredentialSource,
        *,
        budget: Budget,
        clocks: Clocks,
        latch: Latch | None = None,
        write: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._wire, self._account, self._region, self._credential = wire, account, region, credential
        self._budget, self._clocks, self._write, self._sleep = budget, clocks, write, sleep
        self._latch = latch or Latch()
        self._lanes: dict[str, Lane | None] = {}
        self._used: Credential | None = None
        self.calls = 0
        self.skew: float | None = None

    @property
    def budget(self) -> float | None:
        """The part (0 to 1) of our share that the last minute used, of its tightest action; None: the share is off."""
        lanes = self._lanes.values()
        if math.isinf(self._account.rate_share):
            return None
        return max((lane.used for lane in lanes if lane), default=0.0)

    @property
    def closed_until(self) -> float | None:
        """Epoch seconds until which the provider has told us to wait with one of its actions; None: it is open."""
        seconds = max((lane.closed_for for lane in self._lanes.values() if lane), default=0.0)
        return self._clocks.here() + seconds if seconds > 0 else None

    async def credential(self) -> Credential:
        """The account's credential. Raises NoCredential."""
        self._used = None
        self._used = await self._credential()
        return self._used

    def again(self) -> None:
        """Lets the account's refused credential be tried once more: the user asked for it."""
        self._latch.again()

    async def renewed(self) -> None:
        """Waits until there is another credential than the last one, or until that one is no longer refused."""
        last, refused = self._used, self._latch.refuses(self._used)
        while True:
            await self._sleep(LOOK_SECONDS)
            with suppress(NoCredential):
                if await self._credential() != last:
                    return
            if refused and not self._latch.refuses(last):
                return

    async def __call__(self, ask: Ask) -> Reply:
        """Signs, sends, judges; re-signs once with the provider's clock. Raises CallErrors only."""
        if ask.action.kind != "read" and not self._write:
            raise WriteRefused(f"{ask.action.name} changes something: needs write = true or --write")
        credential = await self.credential()
        if self._account.credentials == "demo" and not is_loopback(host_of(ask.origin)):
            raise NoCredential("the demo keys are for loopback endpoints only")
        try:
            return await self._once(ask, credential)
        except ClockSkew as skewed:
            offset = skewed.offset if skewed.offset is not None else self.skew
            if offset is None:
                raise
            self._clocks.correct(ask.origin, offset)
        try:
            return await self._once(ask, credential)
        except ClockSkew as skewed:
            skewed.reword(f"this machine's clock is off by {offset:+.0f} s: {skewed.message}")
            raise

    async def _once(self, ask: Ask, credential: Credential) -> Reply:
        if ask.by_token:
            async with self._turn(ask.action), self._wire.gate(ask.origin):
                return await self._sent(ask, credential)
        latch = self._latch
        latch.check(credential)
        async with self._turn(ask.action, partial(latch.check, credential)), self._wire.gate(ask.origin):
            if latch.refuses(credential):  # meanwhile
                async with latch.one_try(credential):
                    return await self._sent(ask, credential)
            return await self._sent(ask, credential)

    def _turn(self, action: Action, *check: Callable[[], None]) -> AbstractAsyncContextManager[None]:
        name = action.name
        if name not in self._lanes:
            account = self._account
            scope = (account.vendor, account.name, self._region)
            self._lanes[name] = self._budget.lane(scope, action, account.rate_share)
        lane = self._lanes[name]
        return lane.turn(*check) if lane else _NO_LIMIT

    async def _sent(self, ask: Ask, credential: Credential) -> Reply:
        offset = self._clocks.offset(ask.origin)
        try:
            signed = ask.sign(ask, credential, self._clocks.now(ask.origin))
        except UnicodeError:  # half a surrogate pair in an id that a cloud gave us
            raise BadRequest(f"a name or an id of {ask.action.name} cannot be signed") from None
        self.calls += 1
        try:
            return await self._judged(ask, signed, offset)
        except CallError as error:
            _hide(error, credential, signed)
            if isinstance(error, AuthError) and not ask.by_token:
                self._latch.close(credential, error)
            raise

    async def _judged(self, ask: Ask, signed: Signed, offset: float) -> Reply:
        reply = await self._wire.send(ask, signed)
        if reply.skew is not None:
            self.skew = reply.skew
        error = ask.judge(_as_signed(reply, offset))
        if isinstance(error, ClockSkew) and error.offset is not None:
            error.offset += offset
        if error is not None:
            raise error
        if not reply.parsed and not (ask.action.kind == "write" and not reply.body.strip()):
            raise Malformed(f"{reply.told}: not JSON", http_status=reply.status)
        return reply


def _as_signed(reply: Reply, offset: float) -> Reply:
    """A reply with the skew of the clock that signed: ours may have been put right since we corrected it."""
    return reply if reply.skew is None else reply._replace(skew=reply.skew - offset)


def _hide(error: CallError, credential: Credential, signed: Signed) -> None:
    """Takes our secrets out of what a server said: Alibaba quotes the signed headers, an STS token among them."""
    tokens = [Secret(value) for name, value in signed.headers if "token" in name.lower()]

    def hidden(text: str) -> str:
        text = credential.hide(text)
        for token in tokens:
            text = token.hide(text)
        return text

    error.reword(hidden(error.message))
    error.code = hidden(error.code)
    error.request_id = error.request_id and hidden(error.request_id)


def _json(content: bytes) -> tuple[bool, Any]:
    """Whether the bytes are JSON whatever their content type says, and the value."""
    try:
        return True, json.loads(content, parse_constant=_no_constant)
    except (ValueError, RecursionError):  # JSONDecodeError, UnicodeDecodeError and over-long numbers are ValueErrors
        return False, None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _skew(headers: Mapping[str, str], sent: float, came: float) -> float | None:
    """The provider's clock minus ours, in seconds. The Date header has whole seconds: their middle is meant."""
    try:
        skew = parsedate_to_datetime(headers["date"]).timestamp() + 0.5 - (sent + came) / 2
    except (KeyError, ValueError, TypeError, OverflowError):
        return None
    return skew if abs(skew) < CENTURY else None


def _translated(error: Exception, ask: Ask) -> CallError:
    """A failure of the transport as one of ours. What h11 says of a header holds its value: that is left out."""
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
