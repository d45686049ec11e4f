"""TC3-HMAC-SHA256 against every vector, and what must hold for any request."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fixture_files import vectors
from tui.signing import tc3

VECTORS = vectors("tc3")
each_vector = pytest.mark.parametrize("vector", VECTORS, ids=[vector["name"] for vector in VECTORS])
times = st.integers(min_value=0, max_value=4_102_444_800)
names = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


def canonical(vector: dict[str, Any]) -> str:
    headers = vector["headers"]
    unsigned = headers.get("X-TC-Content-SHA256") == "UNSIGNED-PAYLOAD"
    return tc3.canonical_request(
        vector["method"],
        urlencode(dict(vector["query"])),
        headers["Content-Type"],
        headers["Host"],
        b"UNSIGNED-PAYLOAD" if unsigned else vector["body"].encode(),
    )


@each_vector
def test_canonical_request(vector: dict[str, Any]) -> None:
    assert canonical(vector) == vector["canonical_request"]


@each_vector
def test_string_to_sign(vector: dict[str, Any]) -> None:
    assert tc3.string_to_sign(vector["service"], vector["timestamp"], canonical(vector)) == vector["string_to_sign"]


@each_vector
def test_authorization(vector: dict[str, Any]) -> None:
    to_sign = tc3.string_to_sign(vector["service"], vector["timestamp"], canonical(vector))
    made = tc3.authorization(vector["key_id"], vector["secret"], vector["service"], vector["timestamp"], to_sign)
    assert made == vector["authorization"]


@each_vector
def test_url(vector: dict[str, Any]) -> None:
    query = urlencode(dict(vector["query"]))
    assert f"https://{vector['host']}{vector['path']}{'?' + query if query else ''}" == vector["url"]


@each_vector
def test_signed_headers(vector: dict[str, Any]) -> None:
    assert ";".join(vector["signed_headers"]) == tc3.SIGNED_HEADERS


@settings(deadline=None)
@given(st.dictionaries(names, names, max_size=4), times)
def test_the_signature_covers_the_bytes_of_the_body(body: dict[str, str], timestamp: int) -> None:
    compact = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    escaped = json.dumps(body, indent=1).encode()
    signatures = {_signature(compact, timestamp), _signature(escaped, timestamp)}
    assert len(signatures) == (1 if compact == escaped else 2)


@settings(deadline=None)
@given(times)
def test_the_scope_is_the_utc_day(timestamp: int) -> None:
    assert tc3.credential_scope("mps", timestamp) == tc3.credential_scope("mps", timestamp - timestamp % 86_400)
    assert tc3.credential_scope("mps", timestamp) != tc3.credential_scope("mps", timestamp + 86_400)


def _signature(payload: bytes, timestamp: int) -> str:
    request = tc3.canonical_request("POST", "", "application/json", "mps.intl.tencentcloudapi.com", payload)
    to_sign = tc3.string_to_sign("mps", timestamp, request)
    return tc3.authorization("AKIDFAKE", "fake", "mps", timestamp, to_sign).rpartition("=")[2]
