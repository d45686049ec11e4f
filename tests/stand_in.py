"""The demo cloud in the vendors' stead, under their own names: what a user's first day needs, without a vendor.

A proxy for `[network]` of a config, with a certificate authority of its own: `https://fcv3.cn-hangzhou.aliyuncs.com`
ends at the front of the demo cloud that plays it. Regions that the demo cloud does not have are empty, whoever asks.
`python -m tests.stand_in FOLDER` runs both until Ctrl+C; `FOLDER/config.toml` is then a config without any account.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from asyncio import StreamReader, StreamWriter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from queue import Queue
from tempfile import TemporaryDirectory
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Endpoints = Mapping[tuple[str, str], str]
EMPTY = {
    "alibaba-fc": {"configs": []},
    "alibaba-opensearch": {"requestId": "r-empty", "result": []},
    "tencent-tat": {"Response": {"InvocationTaskSet": [], "TotalCount": 0, "RequestId": "r-empty"}},
    "huawei-kps": {"tasks": [], "total": 0},
}


class StandIn:
    """The proxy. `network` is what a config needs to go through it."""

    def __init__(self, endpoints: Endpoints, folder: Path) -> None:
        self.endpoints = endpoints
        self.ca = folder / "stand-in-ca.pem"
        self._own = Authority()
        self.ca.write_bytes(self._own.pem)
        self.url = ""

    @property
    def network(self) -> str:
        """TOML."""
        return f'[network]\nproxy = "{self.url}"\nca_bundle = "{self.ca}"\n'

    async def serve(self, ready: Queue[tuple[asyncio.AbstractEventLoop, asyncio.Event]]) -> None:
        """Until the event is set."""
        over = asyncio.Event()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.put((asyncio.get_running_loop(), over))
        await over.wait()
        server.close()

    async def _connected(self, reader: StreamReader, writer: StreamWriter) -> None:
        try:
            host = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode().partition(":")[0]
            writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await writer.start_tls(self._own.context(host))
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = await reader.readexactly(int(_field(head, b"content-length") or 0))
                writer.write(await self._answered(host, head, body))
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass  # the client is done
        finally:
            writer.close()

    async def _answered(self, host: str, head: bytes, body: bytes) -> bytes:
        api, region = played(host, _field(head, b"x-tc-region").decode())
        endpoint = self.endpoints.get((api, region))
        if endpoint is None:
            content = json.dumps(EMPTY[api]).encode()
            return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
                len(content),
                content,
            )
        name, _, port = endpoint.removeprefix("http://").partition(":")
        reader, writer = await asyncio.open_connection(name, int(port))
        try:
            writer.write(head + body)
            told = await reader.readuntil(b"\r\n\r\n")
            return told + await reader.readexactly(int(_field(told, b"content-length") or 0))
        finally:
            writer.close()


def played(host: str, region: str) -> tuple[str, str]:
    """Which front of the demo cloud plays a host of a vendor."""
    first, second, *_ = host.split(".")
    if first == "iam":
        return "huawei-iam", "cn-north-4"
    if first == "mps":
        return "tencent-mps", "ap-singapore"
    if first == "tat":
        return "tencent-tat", region
    if first == "kms":
        return "huawei-kps", second
    if first == "opensearch":
        return "alibaba-opensearch", second
    return "alibaba-fc", first if second == "fc" else second


class Authority:
    """A certificate authority that lives as long as the proxy."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "taskdeck stand-in")])
        use = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        told = self._begun(self._name, self._key).add_extension(x509.BasicConstraints(True, None), critical=True)
        signed = told.add_extension(use, critical=True).sign(self._key, hashes.SHA256())
        self.pem = signed.public_bytes(serialization.Encoding.PEM)
        self.context = cache(self._context)

    def _begun(self, name: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        public = key.public_key()
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )

    def _context(self, host: str) -> ssl.SSLContext:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
        told = self._begun(name, key).add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        signed = told.sign(self._key, hashes.SHA256())
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with TemporaryDirectory() as folder:
            path = Path(folder) / "both.pem"
            path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
            context.load_cert_chain(path)
        return context


def _field(head: bytes, name: bytes) -> bytes:
    """The value of a header, b"" where it is not there."""
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.lower() == name:
            return value.strip()
    return b""


@contextmanager
def stand_in(endpoints: Endpoints, folder: Path) -> Iterator[StandIn]:
    """Runs it in a thread until the block ends."""
    it = StandIn(endpoints, folder)
    ready: Queue[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Queue()
    thread = Thread(target=lambda: asyncio.run(it.serve(ready)), daemon=True)
    thread.start()
    loop, over = ready.get(timeout=30)
    try:
        yield it
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)


def _main(folder: Path) -> None:
    from tests.cli.world import world

    folder.mkdir(parents=True, exist_ok=True)
    with world() as cloud, stand_in(cloud.cloud.endpoints, folder) as it:
        (folder / "config.toml").write_text(it.network, "utf-8")
        sys.stdout.write(f"{folder / 'config.toml'}\n")
        sys.stdout.flush()
        asyncio.run(asyncio.Event().wait())  # until Ctrl+C


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
