"""SDK-HMAC-SHA256 against every vector, and what must hold for any request."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixture_files import vectors
from tui.signing import sdk_hmac

PAIRS = st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=6)
HEADERS = st.dictionaries(st.sampled_from(["Host", "X-Sdk-Date", "X-Project-Id", "Accept"]), st.text(max_size=8))


def pairs(vector: dict[str, Any]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in vector["query"]]


@pytest.mark.parametrize("vector", vectors("huawei"), ids=lambda vector: vector["name"])
def test_vector(vector: dict[str, Any]) -> None:
    query = sdk_hmac.query(pairs(vector))
    headers = vector["headers"].items()
    canonical = sdk_hmac.canonical_request(
        vector["method"], vector["path"], query, headers, vector["body"].encode("utf-8")
    )
    names = sdk_hmac.signed_names(headers)
    to_sign = sdk_hmac.string_to_sign(vector["date"], canonical)

    assert canonical == vector["canonical_request"]
    assert names.split(";") == vector["signed_headers"]
    assert to_sign == vector["string_to_sign"]
    assert sdk_hmac.authorization(vector["key_id"], vector["secret"], names, to_sign) == vector["authorization"]
    url = f"https://{vector['host']}{vector['path']}"
    assert (f"{url}?{query}" if query else url) == vector["url"]


@pytest.mark.parametrize("vector", vectors("huawei"), ids=lambda vector: vector["name"])
def test_the_wire_path_of_a_vector_is_built_from_its_segments(vector: dict[str, Any]) -> None:
    segments = [unquote(segment) for segment in vector["path"].split("/")[1:]]
    assert sdk_hmac.wire_path(*segments) == vector["path"]


def test_the_date_is_utc_to_the_second() -> None:
    assert sdk_hmac.date(1_767_225_600.9) == "20260101T000000Z"


def test_the_literal_payload_stands_only_for_a_body() -> None:
    headers = [("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD")]
    with_body = sdk_hmac.canonical_request("POST", "/", "", headers, b"a=1")
    without = sdk_hmac.canonical_request("POST", "/", "", headers)
    assert with_body.endswith("\nUNSIGNED-PAYLOAD")
    assert without.endswith("\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")


@given(st.text())
def test_encoding_leaves_unreserved_characters_and_is_undone_by_decoding(text: str) -> None:
    encoded = sdk_hmac.encode(text)
    assert re.fullmatch(r"(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})*", encoded)
    assert unquote(encoded) == text


@given(PAIRS, st.randoms(use_true_random=False))
def test_the_order_of_a_query_does_not_matter(given_pairs: list[tuple[str, str]], random: Any) -> None:
    shuffled = list(given_pairs)
    random.shuffle(shuffled)
    assert sdk_hmac.query(shuffled) == sdk_hmac.query(given_pairs)


@given(PAIRS)
def test_a_query_can_be_read_back(given_pairs: list[tuple[str, str]]) -> None:
    read = parse_qsl(sdk_hmac.query(given_pairs), keep_blank_values=True, max_num_fields=100)
    assert sorted(read) == sorted(given_pairs)


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_the_canonical_path_ends_with_one_more_slash_than_the_wire_path(segments: list[str]) -> None:
    wire = sdk_hmac.wire_path(*segments)
    canonical = sdk_hmac.canonical_request("GET", wire, "", []).split("\n")[1]
    plain = "/" + "/".join(segments)
    assert unquote(canonical) == (plain if plain.endswith("/") else plain + "/")
    assert re.fullmatch(r"(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})*", canonical)


@given(HEADERS)
def test_the_order_and_case_of_headers_do_not_matter(headers: dict[str, str]) -> None:
    backwards = [(name.upper(), f" {value} ") for name, value in reversed(headers.items())]
    assert sdk_hmac.canonical_request("get", "/", "", backwards) == sdk_hmac.canonical_request(
        "GET", "/", "", headers.items()
    )
    assert sdk_hmac.signed_names(backwards) == sdk_hmac.signed_names(headers.items())


def test_half_a_surrogate_pair_is_encoded_and_signed() -> None:
    """Only a hostile answer holds one, as a project or a task id: it must not end the program."""
    path = sdk_hmac.wire_path("v3", "a\ud800", "tasks")
    assert path == "/v3/a%ED%A0%80/tasks"
    assert sdk_hmac.string_to_sign("20260101T000000Z", sdk_hmac.canonical_request("GET", path, "", [("Host", "h")]))
