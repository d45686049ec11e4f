"""A server that says exactly the bytes it is told to, and keeps exactly the bytes it was sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
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


@asynccontextmanager
async def raw_server(answer: Answer) -> AsyncIterator[RawServer]:
    """Each request gets the same bytes, the next of several, or what a function says; then the line is closed."""
    server = RawServer(0)
    left = iter(answer) if not isinstance(answer, bytes) and not callable(answer) else None
    serving: dict[asyncio.StreamWriter, asyncio.Task[None] | None] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving[writer] = asyncio.current_task()
        with suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).removesuffix(b"\r\n\r\n")
            heard = Heard(head, b"")
            heard.body = await reader.readexactly(int(heard.headers.get(b"content-length", b"0")))
            server.heard.append(heard)
            server.came.set()
            said = answer if isinstance(answer, bytes) else next(left) if left else answer(heard)  # type: ignore[operator]
            writer.write(said)
            await writer.drain()
            if said == SILENCE:
                await reader.read()
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
        del serving[writer]

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        for writer in serving:
            writer.transport.abort()
        await asyncio.gather(*(one for one in serving.values() if one))
        await listening.wait_closed()


def http(body: bytes = b"{}", *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    """A whole HTTP answer; `length` may lie."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body) if length is None else length}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(*chunks: bytes, end: bool = True) -> bytes:
    """The same in chunks; without `end` the last one never comes."""
    said = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    said += b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return said + (b"0\r\n\r\n" if end else b"")
