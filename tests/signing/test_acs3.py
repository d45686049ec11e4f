"""ACS3-HMAC-SHA256 against every vector, and what must hold for any request."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixture_files import vectors
from tui.signing import acs3

VECTORS = vectors("acs3")
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
pairs = st.lists(st.tuples(texts, texts), max_size=8)


def pairs_of(vector: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in vector["query"]]


def headers_of(vector: dict[str, Any]) -> list[tuple[str, str]]:
    """The headers that this vector signs."""
    return [(name, value) for name, value in vector["headers"].items() if name in vector["signed_headers"]]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["name"])
def test_every_vector(vector: dict[str, Any]) -> None:
    headers = headers_of(vector)
    body_hash = acs3.payload_hash(vector["body"].encode())
    query = acs3.query(pairs_of(vector))

    request = acs3.canonical_request(vector["method"], vector["path"], query, headers, body_hash)
    to_sign = acs3.string_to_sign(request)

    assert request == vector["canonical_request"]
    assert to_sign == vector["string_to_sign"]
    assert acs3.authorization(vector["key_id"], vector["secret"], headers, to_sign) == vector["authorization"]
    assert list(acs3.canonical_headers(headers)) == vector["signed_headers"]
    assert f"https://{vector['host']}{vector['path']}{'?' if query else ''}{query}" == vector["url"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: one["name"])
def test_every_path_is_its_segments_encoded_once(vector: dict[str, Any]) -> None:
    assert acs3.path(*(unquote(part) for part in vector["path"][1:].split("/"))) == vector["path"]


def test_the_hash_of_no_body() -> None:
    assert acs3.payload_hash(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(texts)
def test_encoding_can_be_undone_and_leaves_only_unreserved_characters(text: str) -> None:
    encoded = acs3.encode(text)
    assert unquote(encoded, errors="strict") == text
    assert set(encoded.replace("%", "")) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")


@given(texts)
def test_only_unreserved_characters_stay_as_they_are(text: str) -> None:
    assert (acs3.encode(text) == text) == all(char.isascii() and (char.isalnum() or char in "-_.~") for char in text)


@given(pairs, st.randoms())
def test_the_order_of_the_query_does_not_matter(query: list[tuple[str, str]], random: Any) -> None:
    shuffled = list(query)
    random.shuffle(shuffled)
    assert acs3.query(shuffled) == acs3.query(query)


@given(pairs)
def test_the_query_can_be_read_back(query: list[tuple[str, str]]) -> None:
    read = parse_qsl(acs3.query(query), keep_blank_values=True) if query else []
    assert read == sorted(query)


@given(st.lists(texts, min_size=1, max_size=6))
def test_a_path_keeps_its_segments_apart(segments: list[str]) -> None:
    assert [unquote(part) for part in acs3.path(*segments)[1:].split("/")] == segments


@given(st.lists(st.tuples(st.from_regex("[A-Za-z-]{1,12}", fullmatch=True), texts), max_size=8), st.randoms())
def test_the_order_and_the_case_of_headers_do_not_matter(headers: list[tuple[str, str]], random: Any) -> None:
    shuffled = [(name.upper(), f"  {value}\t") for name, value in headers]
    random.shuffle(shuffled)
    first, second = (acs3.canonical_request("GET", "/", "", some, "hash") for some in (headers, shuffled))
    assert first == second


def test_a_header_that_is_there_twice_is_joined_sorted() -> None:
    assert acs3.canonical_headers([("X-Acs-B", "2"), ("x-acs-a", " z "), ("x-acs-b", "1")]) == {
        "x-acs-a": "z",
        "x-acs-b": "1,2",
    }


def test_a_lone_surrogate_does_not_end_the_program() -> None:
    assert acs3.encode("\ud800") == "%ED%A0%80"
