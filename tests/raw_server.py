"""A server that says exactly the bytes it is told to, and keeps exactly the bytes it was sent."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

SILENCE = b""  # the connection stays open and nothing is said


@dataclass
class Heard:
    """One request as it was on the wire."""

    head: bytes
    body: bytes

    @property
    def line(self) -> bytes:
        """Method, target and version."""
        return self.head.partition(b"\r\n")[0]

    @property
    def target(self) -> bytes:
        """What stands between the method and the version."""
        return self.line.split(b" ")[1]

    @property
    def headers(self) -> dict[bytes, bytes]:
        """Headers by lower-case name; a name that came twice is an error of the client."""
        found: dict[bytes, bytes] = {}
        for one in self.head.split(b"\r\n")[1:]:
            name, _, value = one.partition(b":")
            assert name.lower() not in found, f"{name!r} was sent twice"
            found[name.lower()] = value.strip()
        return found


Answer = bytes | Sequence[bytes] | Callable[[Heard], bytes]


@dataclass
class RawServer:
    """What a raw server heard, and where it is."""

    port: int
    heard: list[Heard] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def origin(self) -> str:
        """Its origin, in the clear."""
        return f"http://127.0.0.1:{self.port}"

    async def has_heard(self, many: int) -> None:
        """Waits until so many requests came."""
        while len(self.heard) < many:
            self.came.clear()
            await self.came.wait()


Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(talk: Talk, trust: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that has this talk on each connection; at the end no talk and no socket of it is left."""
    talking: dict[asyncio.StreamWriter, asyncio.Task[None]] = {}

    async def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talking[writer] = task
        try:
            with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await talk(reader, writer)
                writer.close()  # what was written goes out
                await writer.wait_closed()
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(begin, "127.0.0.1", 0, ssl=trust)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        # A client that was accepted a moment ago has no talk yet: asyncio takes five turns of the loop to begin it.
        for _ in range(8):
            await asyncio.sleep(0)
        for task in talking.values():
            task.cancel()
        await asyncio.gather(*talking.values(), return_exceptions=True)
        for writer in talking:
            with suppress(OSError):
                await writer.wait_closed()


@asynccontextmanager
async def raw_server(answer: Answer) -> AsyncIterator[RawServer]:
    """Each request gets the same bytes, the next of several, or what a function says; then the line is closed."""
    server = RawServer(0)
    left = iter(answer) if not isinstance(answer, bytes) and not callable(answer) else None

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).removesuffix(b"\r\n\r\n")
        heard = Heard(head, b"")
        heard.body = await reader.readexactly(int(heard.headers.get(b"content-length", b"0")))
        server.heard.append(heard)
        server.came.set()
        said = answer if isinstance(answer, bytes) else next(left) if left else answer(heard)  # type: ignore[operator]  # callable, as `left` is None
        writer.write(said)
        await writer.drain()
        if said == SILENCE:
            await reader.read()

    async with listening(serve) as server.port:
        yield server


def http(body: bytes = b"{}", *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """A whole HTTP answer; `length` may lie."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(*chunks: bytes, end: bool = True) -> bytes:
    """The same in chunks; without `end` the last one never comes."""
    said = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    said += b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return said + (b"0\r\n\r\n" if end else b"")
