"""ACS3-HMAC-SHA256, the signature of Alibaba Cloud (alibaba.md section 3): pure functions, no clock, no I/O."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from hashlib import sha256

ALGORITHM = "ACS3-HMAC-SHA256"
Pairs = Iterable[tuple[str, str]]

_UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"
_PLAIN = re.compile(r"[A-Za-z0-9\-_.~]*")
_ENCODED = tuple(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in range(256))


def encode(text: str) -> str:
    """One path segment, query name or value: UTF-8, everything but `A-Z a-z 0-9 - _ . ~` percent-encoded.

    A lone surrogate, which only a hostile answer holds, is encoded too: it must not end the program.
    """
    if _PLAIN.fullmatch(text):  # most are: a twentieth of the time
        return text
    return "".join([_ENCODED[byte] for byte in text.encode("utf-8", "surrogatepass")])


def path(*segments: str) -> str:
    """An absolute path of unencoded segments, encoded once: a "/" in a name is %2F."""
    return "/" + "/".join(map(encode, segments))


def query(pairs: Pairs) -> str:
    """The canonical query, which is also what is sent: names by code point, `name=` for an empty value."""
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted(pairs))


def payload_hash(body: bytes) -> str:
    """What `x-acs-content-sha256` says, of an empty body too."""
    return sha256(body).hexdigest()


def canonical_headers(headers: Pairs) -> dict[str, str]:
    """Lower-case names in signing order with trimmed values; of a name that is there twice, the sorted values."""
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(name.lower(), []).append(value.strip())
    return {name: ",".join(sorted(values[name])) for name in sorted(values)}


def canonical_request(method: str, path: str, query: str, headers: Pairs, body_hash: str) -> str:
    """Step 1. `path` and `query` are percent-encoded and go in verbatim; `headers` are those to sign, host included."""
    signed = canonical_headers(headers)
    block = "".join(f"{name}:{value}\n" for name, value in signed.items())
    return "\n".join((method, path, query, block, ";".join(signed), body_hash))


def string_to_sign(request: str) -> str:
    """Step 2, of a canonical request."""
    return f"{ALGORITHM}\n{sha256(request.encode()).hexdigest()}"


def authorization(key_id: str, secret: str, headers: Pairs, to_sign: str) -> str:
    """Step 3: the value of the Authorization header."""
    signature = hmac.digest(secret.encode(), to_sign.encode(), "sha256").hex()
    names = ";".join(sorted({name.lower() for name, _ in headers}))
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={signature}"
