"""SDK-HMAC-SHA256, Huawei Cloud's signature, in three pure steps (api/huawei.md 4.1)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote, unquote

ALGORITHM = "SDK-HMAC-SHA256"
Pairs = Iterable[tuple[str, str]]


def encode(text: str) -> str:
    """`text` with everything but letters, digits and `-._~` as %XX of its UTF-8 bytes, a lone surrogate too."""
    return quote(text, safe="~", errors="surrogatepass")


def wire_path(*segments: str) -> str:
    """The path of a request: each segment encoded once, no slash at the end."""
    return "".join("/" + encode(segment) for segment in segments)


def query(pairs: Pairs) -> str:
    """The query of a request, sorted by name and value: the sent and the signed text are the same."""
    return "&".join(f"{encode(name)}={encode(value)}" for name, value in sorted(pairs))


@lru_cache(16)
def date(now: float) -> str:
    """`X-Sdk-Date` of an epoch second: 20260101T000000Z."""
    return datetime.fromtimestamp(now, UTC).strftime("%Y%m%dT%H%M%SZ")


def signed_names(headers: Pairs) -> str:
    """SignedHeaders: the names in lower case, sorted, joined with ";". A name with "_" is not signed."""
    return ";".join(name for name, _ in _signable(headers))


def canonical_request(method: str, path: str, query: str, headers: Pairs, body: bytes = b"") -> str:
    """Step one, of the path and query as they are sent; `headers` holds all that are to be signed, Host included."""
    lines = _signable(headers)
    block = "".join(f"{name}:{value}\n" for name, value in lines)
    names = ";".join(name for name, _ in lines)
    payload = (dict(lines).get("x-sdk-content-sha256") if body else None) or hashlib.sha256(body).hexdigest()
    return "\n".join((method.upper(), _canonical_path(path), query, block, names, payload))


def string_to_sign(date: str, canonical: str) -> str:
    """Step two: what is signed, from X-Sdk-Date and the canonical request."""
    return f"{ALGORITHM}\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"


def authorization(key_id: str, secret: str, names: str, to_sign: str) -> str:
    """Step three: the `Authorization` header; the raw secret is the key, there is no scope."""
    signature = hmac.digest(secret.encode(), to_sign.encode(), "sha256").hex()
    return f"{ALGORITHM} Access={key_id}, SignedHeaders={names}, Signature={signature}"


def _canonical_path(path: str) -> str:
    """Decoded, split, encoded, with a slash at the end: `a%2Fb` is signed as `a/b`, as the gateway does it."""
    encoded = "/".join(encode(segment) for segment in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def _signable(headers: Pairs) -> list[tuple[str, str]]:
    return sorted((name.lower(), value.strip()) for name, value in headers if "_" not in name)
