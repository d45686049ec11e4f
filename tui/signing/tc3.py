"""TC3-HMAC-SHA256, Tencent Cloud's signature (tencent.md 1.4). Pure: no clock, no I/O; proved by vectors/tc3.json.

Only the content type and the host are signed, and the scope names the service, never the host.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime
from functools import lru_cache

ALGORITHM = "TC3-HMAC-SHA256"
SIGNED_HEADERS = "content-type;host"


def canonical_request(method: str, query: str, content_type: str, host: str, payload: bytes) -> str:
    """The request as it is hashed; `query`, `content_type` and `host` exactly as they are sent, the path is "/"."""
    headers = f"content-type:{content_type}\nhost:{host}\n"
    return "\n".join((method, "/", query, headers, SIGNED_HEADERS, hashlib.sha256(payload).hexdigest()))


@lru_cache(16)
def credential_scope(service: str, timestamp: int) -> str:
    """What a signature is good for: one service (`mps`, `tat`) on one UTC day; `timestamp` in seconds."""
    return f"{datetime.fromtimestamp(timestamp, UTC):%Y-%m-%d}/{service}/tc3_request"


def string_to_sign(service: str, timestamp: int, canonical: str) -> str:
    """Algorithm, Unix seconds, scope and hash of the canonical request."""
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    return "\n".join((ALGORITHM, str(timestamp), credential_scope(service, timestamp), digest))


def authorization(key_id: str, secret: str, service: str, timestamp: int, to_sign: str) -> str:
    """The value of the Authorization header."""
    scope = credential_scope(service, timestamp)
    key = f"TC3{secret}".encode()
    for part in scope.split("/"):
        key = _hmac(key, part)
    signature = _hmac(key, to_sign).hex()
    return f"{ALGORITHM} Credential={key_id}/{scope}, SignedHeaders={SIGNED_HEADERS}, Signature={signature}"


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), "sha256")
