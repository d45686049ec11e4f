"""Stream: the bytes of one connection, plain or in TLS, on asyncio's transports. Knows nothing of HTTP."""

from __future__ import annotations

import asyncio
import select
import socket
import ssl
from collections import deque
from typing import cast

import httpx
from aiohappyeyeballs import start_connection

HELD = 1 << 18  # bytes that came and were not read yet: beyond, the peer waits
NEXT_ADDRESS = 0.25  # s until the next address of a name is tried beside one that does not answer (RFC 8305)


async def connected(host: str, port: int) -> Stream:
    """A new one. Raises httpx.ConnectError."""
    loop = asyncio.get_running_loop()
    try:
        addresses = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        # not create_connection's own race (3.11 to 3.13): given up once it is won, it leaves the socket open
        sock = await start_connection(addresses, happy_eyeballs_delay=NEXT_ADDRESS)
        return (await loop.create_connection(Stream, sock=sock))[1]
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(str(error)) from error


class Stream(asyncio.Protocol):
    """What came waits to be read; what does not leave makes its writer wait. One task at a time uses it."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport
        self._came: deque[bytes] = deque()
        self._held = 0
        self._over = False
        self._lost: Exception | None = None
        self._full = False
        self._waits: asyncio.Future[None] | None = None

    async def secure(self, trust: ssl.SSLContext, host: str) -> None:
        """From here on in TLS. Raises httpx.ConnectError, and is then closed, as it is when this is cancelled."""
        loop = asyncio.get_running_loop()
        try:
            secured = await loop.start_tls(self._transport, self, trust, server_hostname=host)
        except OSError as error:  # ssl.SSLError is one
            self.close()
            raise httpx.ConnectError(str(error)) from error
        except BaseException:  # given up, too: a handshake goes on for a minute if nobody ends it
            self.close()
            raise
        if secured is None:  # so says the loop of a connection that was lost meanwhile
            raise httpx.ConnectError("the connection was closed")
        self._transport = secured

    async def read(self, most: int) -> bytes:
        """What came, b"" at the end. Raises httpx.ReadError."""
        while not self._came:
            if self._lost is not None:
                raise httpx.ReadError(str(self._lost) or type(self._lost).__name__) from self._lost
            if self._over:
                return b""
            await self._change()
        data = self._came.popleft()
        if len(data) > most:
            self._came.appendleft(data[most:])
            data = data[:most]
        if self._held > HELD >= self._held - len(data):
            self._transport.resume_reading()
        self._held -= len(data)
        return data

    async def write(self, data: bytes) -> None:
        """Raises httpx.WriteError."""
        if not self._over:
            self._transport.write(data)
            while self._full and not self._over:
                await self._change()
        if self._over:
            raise httpx.WriteError(str(self._lost or "the connection was closed"))

    @property
    def quiet(self) -> bool:
        """Whether it is open and nothing waits to be read: the loop may not know yet, the socket does."""
        if self._over or self._came or self._transport.is_closing():
            return False
        return not _readable(self._transport.get_extra_info("socket").fileno())

    def close(self) -> None:
        """At once: an answer says itself where it ends, and a goodbye in TLS may be waited for for half a minute."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The loop has connected it."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """The loop has read."""
        self._came.append(data)
        self._held += len(data)
        if self._held > HELD:
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        """The peer says no more."""
        self._over = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is closed, whoever did it."""
        self._over, self._lost = True, exc
        self._wake()

    def pause_writing(self) -> None:
        """What was written does not leave."""
        self._full = True

    def resume_writing(self) -> None:
        """It does again."""
        self._full = False
        self._wake()

    async def _change(self) -> None:
        self._waits = asyncio.get_running_loop().create_future()
        try:
            await self._waits
        finally:
            self._waits = None

    def _wake(self) -> None:
        if self._waits is not None and not self._waits.done():
            self._waits.set_result(None)


def _readable(handle: int) -> bool:
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([handle], [], [], 0)[0])
    poll = select.poll()  # no limit on the number of the handle
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(0))
