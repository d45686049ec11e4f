"""Connections and their streams against a server that says what a test wants: reuse, pressure, TLS, proxies, ends."""

from __future__ import annotations

import asyncio
import gc
import socket
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing

import httpx
import pytest

from tests.raw_server import Talk, listening
from tests.stand_in import Authority
from tui import connections
from tui.connections import Connection, Connections, Response
from tui.stream import HELD, Stream, connected

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Server:
    """Where it is, and the heads that each of its connections has heard."""

    def __init__(self) -> None:
        self.port = 0
        self.lines: list[list[bytes]] = []


@asynccontextmanager
async def server(talk: Talk, trust: ssl.SSLContext | None = None) -> AsyncIterator[Server]:
    """One that has this talk on each connection."""
    told = Server()

    async def begin(reader: StreamReader, writer: StreamWriter) -> None:
        told.lines.append([])
        await talk(_Noting(reader, told.lines[-1]), writer)  # type: ignore[arg-type]  # a reader in all that is asked of it

    async with listening(begin, trust) as told.port:
        yield told


class _Noting:
    """A reader that notes each head."""

    def __init__(self, reader: StreamReader, heads: list[bytes]) -> None:
        self._reader, self._heads = reader, heads

    async def head(self) -> bytes:
        head = await self._reader.readuntil(b"\r\n\r\n")
        self._heads.append(head)
        return head

    def __getattr__(self, name: str) -> object:
        return getattr(self._reader, name)


async def until(so: Callable[[], bool]) -> None:
    """Lets the loop turn until it is so."""
    while not so():  # noqa: ASYNC110 - nothing tells of it
        await asyncio.sleep(0)


def saying(*answers: bytes) -> Talk:
    """Each request gets the next answer, the last one again and again."""

    async def talk(reader: StreamReader, writer: StreamWriter) -> None:
        left = list(answers)
        while True:
            await reader.head()  # type: ignore[attr-defined]
            writer.write(left.pop(0) if len(left) > 1 else left[0])

    return talk


def asked(port: int, scheme: str = "http", path: str = "/x?y=%2F", host: str = "127.0.0.1") -> httpx.URL:
    return httpx.URL(f"{scheme}://{host}:{port}{path}")


async def sent(home: Connections, url: httpx.URL) -> Response:
    """The answer to a request without a body."""
    return await home.send(b"GET", url, [(b"Host", b"h")], b"")


def plain() -> Connections:
    return Connections(None, None, 5.0)


async def got(home: Connections, url: httpx.URL) -> bytes:
    """The body of an answer."""
    with closing(await sent(home, url)) as response:
        return b"".join([part async for part in response.parts()])


async def test_one_connection_serves_one_request_after_the_other_and_two_serve_two() -> None:
    async with server(saying(OK)) as there:
        home = plain()
        for _ in range(3):
            assert await got(home, asked(there.port)) == b"{}"
        assert [len(heads) for heads in there.lines] == [3]
        assert there.lines[0][0].startswith(b"GET /x?y=%2F HTTP/1.1\r\n")
        await asyncio.gather(*(got(home, asked(there.port)) for _ in range(2)))
        assert len(there.lines) == 2
        await home.aclose()


async def test_what_was_idle_for_too_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "IDLE_SECONDS", 0.0)
    async with server(saying(OK)) as there:
        home = plain()
        for _ in range(2):
            await got(home, asked(there.port))
        assert [len(heads) for heads in there.lines] == [1, 1]
        await home.aclose()


async def test_a_word_that_nobody_asked_for_is_no_answer_to_the_next_request() -> None:
    late = OK + b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"
    async with server(saying(late)) as there:
        home = plain()
        for _ in range(2):
            assert await got(home, asked(there.port)) == b"{}"
        assert len(there.lines) == 2
        await home.aclose()


async def test_a_server_that_hangs_up_between_two_requests_is_called_again() -> None:
    async def once(reader: StreamReader, writer: StreamWriter) -> None:
        await reader.head()  # type: ignore[attr-defined]
        writer.write(OK)
        await writer.drain()

    async with server(once) as there:
        home = plain()
        await got(home, asked(there.port))
        (idle,) = home._idle
        await until(lambda: not idle.fresh)
        assert await got(home, asked(there.port)) == b"{}"
        await home.aclose()


async def test_what_comes_before_an_answer_is_passed_over_and_another_protocol_is_refused() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
    async with server(saying(early + OK)) as there:
        home = plain()
        assert await got(home, asked(there.port)) == b"{}"
        await home.aclose()
    async with server(saying(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")) as there:
        with pytest.raises(httpx.RemoteProtocolError):
            await got(plain(), asked(there.port))


async def test_an_answer_that_is_not_read_to_its_end_costs_its_connection() -> None:
    async with server(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")) as there:
        home = plain()
        (await sent(home, asked(there.port))).close()
        assert home._idle == []


@pytest.mark.parametrize("addresses", [1, 2], ids=["one address", "a race of two"])
async def test_a_connection_that_is_given_up_is_closed_at_each_step_of_its_making(
    addresses: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[bool] = []

    async def until_it_ends(reader: StreamReader, writer: StreamWriter) -> None:
        ended.append(False)
        at = len(ended) - 1
        ended[at] = await reader.read() == b""

    async def resolved(host: str, port: int, **_: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (host, port))] * addresses

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", resolved)
    gc.disable()  # which would close what is forgotten
    try:
        async with server(until_it_ends) as there, asyncio.timeout(10):
            for steps in range(40):
                making = asyncio.ensure_future(connected("127.0.0.1", there.port))
                for _ in range(steps):
                    await asyncio.sleep(0)
                if making.cancel():
                    with pytest.raises(asyncio.CancelledError):
                        await making
                else:
                    making.result().close()
            (await connected("127.0.0.1", there.port)).close()  # by when all before it have been accepted
            await until(lambda: all(ended))
            assert len(ended) > 20
    finally:
        gc.enable()


async def test_a_request_that_is_given_up_costs_its_connection() -> None:
    heard = asyncio.Event()

    async def never(reader: StreamReader, writer: StreamWriter) -> None:
        await reader.head()  # type: ignore[attr-defined]
        heard.set()
        await reader.read()
        heard.clear()

    async with server(never) as there:
        home = plain()
        task = asyncio.create_task(got(home, asked(there.port)))
        await heard.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await until(lambda: not heard.is_set())  # the server hears of the end
        assert home._idle == []


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf",
        b"SSH-2.0-x\r\n",
        b"\x15\x03\x01",
    ],
)
async def test_half_an_answer_and_none_is_an_error_of_the_protocol(answer: bytes) -> None:
    async def half(reader: StreamReader, writer: StreamWriter) -> None:
        await reader.head()  # type: ignore[attr-defined]
        writer.write(answer)
        writer.write_eof()
        await reader.read()

    async with server(half) as there:
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            await got(plain(), asked(there.port))


async def test_an_answer_is_heard_of_a_server_that_takes_no_more() -> None:
    class Deaf(Stream):
        async def write(self, data: bytes) -> None:
            raise httpx.WriteError("reset")

        async def read(self, most: int) -> bytes:
            return b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"

    answer = await Connection(Deaf()).ask(b"POST", b"/", [(b"Host", b"h"), (b"Content-Length", b"1")], b"x")
    assert answer.status == 413


async def test_nobody_listens() -> None:
    async with server(saying(OK)) as there:
        pass
    with pytest.raises(httpx.ConnectError):
        await got(plain(), asked(there.port))
    with pytest.raises(httpx.ConnectError):
        await connected("x" * 64 + ".example", 80)  # no such name can be


async def test_what_is_not_read_is_not_taken_off_the_line() -> None:
    much = bytes(range(256)) * (1 << 16)

    async def pour(reader: StreamReader, writer: StreamWriter) -> None:
        writer.write(much)
        await writer.drain()
        await reader.read()

    async with server(pour) as there:
        stream = await connected("127.0.0.1", there.port)
        await until(lambda: not stream._transport.is_reading())
        assert HELD < stream._held < 4 * HELD
        taken = bytearray()
        while len(taken) < len(much):
            part = await stream.read(100_000)
            assert 0 < len(part) <= 100_000
            taken += part
        assert taken == much
        stream.close()


async def test_what_does_not_leave_makes_the_writer_wait() -> None:
    much = bytes(1 << 24)
    may = asyncio.Event()
    heard = bytearray()

    async def slow(reader: StreamReader, writer: StreamWriter) -> None:
        await may.wait()
        heard.extend(await reader.readexactly(len(much)))
        writer.write(b"thanks")
        await reader.read()

    async with server(slow) as there:
        stream = await connected("127.0.0.1", there.port)
        writing = asyncio.create_task(stream.write(much))
        await until(lambda: stream._full)
        assert not writing.done()
        may.set()
        await writing
        assert await stream.read(100) == b"thanks"
        assert len(heard) == len(much)
        stream.close()
        await until(lambda: stream._over)
        with pytest.raises(httpx.WriteError):
            await stream.write(b"more")


async def test_tls_is_checked_and_its_connection_used_again() -> None:
    authority, other = Authority(), Authority()
    async with server(saying(OK), authority.context("cloud.example")) as there:
        for trust, host in ((other, "cloud.example"), (authority, "another.example")):
            stream = await connected("127.0.0.1", there.port)
            with pytest.raises(httpx.ConnectError, match="CERTIFICATE"):
                await stream.secure(trusting(trust), host)
    async with server(saying(OK), authority.context("localhost")) as there:
        home = Connections(trusting(authority), None, 5.0)
        for _ in range(2):
            assert await got(home, asked(there.port, "https", host="localhost")) == b"{}"
        assert max(len(heads) for heads in there.lines) == 2
        await home.aclose()


async def test_a_server_that_never_says_hello_is_given_up_in_time() -> None:
    async def silent(reader: StreamReader, writer: StreamWriter) -> None:
        await reader.read()

    async with server(silent) as there:
        home = Connections(trusting(Authority()), None, 0.05)
        with pytest.raises(httpx.ConnectTimeout):
            await got(home, asked(there.port, "https"))


async def test_a_proxy_is_told_where_plain_requests_go_and_who_we_are() -> None:
    async with server(saying(OK)) as proxy:
        home = Connections(None, httpx.Proxy(f"http://me:s%20t@127.0.0.1:{proxy.port}"), 5.0)
        assert await got(home, asked(80, path="/x?y=%2F", host="cloud.example")) == b"{}"
        await home.aclose()
    ((head,),) = proxy.lines
    assert head.startswith(b"GET http://cloud.example/x?y=%2F HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic bWU6cyB0\r\n" in head


@pytest.mark.parametrize("secret", [False, True])
async def test_a_proxy_passes_on_what_it_cannot_read(secret: bool) -> None:
    """`secret`: the proxy itself speaks TLS, and then there is TLS within TLS."""
    authority = Authority()

    async def pass_on(reader: StreamReader, writer: StreamWriter) -> None:
        await reader.head()  # type: ignore[attr-defined]
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        onward, back = await asyncio.open_connection("127.0.0.1", there.port)

        async def one_way(source: StreamReader, sink: StreamWriter) -> None:
            while data := await source.read(1 << 16):
                sink.write(data)
            sink.close()

        try:
            await asyncio.gather(one_way(reader, back), one_way(onward, writer))
        finally:
            back.transport.abort()

    inner, outer = authority.context("cloud.example"), authority.context("localhost") if secret else None
    async with server(saying(OK), inner) as there, server(pass_on, outer) as proxy:
        url = f"{'https' if secret else 'http'}://me:pw@localhost:{proxy.port}"
        home = Connections(trusting(authority), httpx.Proxy(url, ssl_context=trusting(authority)), 5.0)
        for _ in range(2):
            assert await got(home, asked(443, "https", host="cloud.example")) == b"{}"
        await home.aclose()
        assert [len(heads) for heads in there.lines] == [2]
    told = [head for heads in proxy.lines for head in heads]
    assert [head.partition(b"\r\n")[0] for head in told] == [b"CONNECT cloud.example:443 HTTP/1.1"]
    assert b"Proxy-Authorization: Basic bWU6cHc=\r\n" in told[0]


async def test_a_proxy_that_refuses_is_quoted_by_its_status() -> None:
    no = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    async with server(saying(no)) as proxy:
        home = Connections(trusting(Authority()), httpx.Proxy(f"http://127.0.0.1:{proxy.port}"), 5.0)
        with pytest.raises(httpx.ProxyError, match="407 Proxy Authentication Required"):
            await got(home, asked(443, "https", host="2001:db8::1".join("[]")))
        assert proxy.lines[0][0].startswith(b"CONNECT [2001:db8::1]:443 HTTP/1.1\r\n")


def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cadata=authority.pem.decode())
