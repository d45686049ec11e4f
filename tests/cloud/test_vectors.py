"""The cloud's own verification reproduces every signing vector."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tui.cloud import acs3, sdk_hmac, tc3
from tui.cloud.acs3 import Key, Nonces
from tui.cloud.sdk_hmac import Lockout
from tui.cloud.wire import Request

VECTORS = Path(__file__).parents[1] / "vectors"


def vectors(name: str) -> list[Any]:
    loaded = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))["vectors"]
    return [pytest.param(one, id=one["name"]) for one in loaded]


def request_of(vector: dict[str, Any]) -> Request:
    query = vector["url"].partition("?")[2]
    headers = {name.lower(): (value,) for name, value in vector["headers"].items()}
    headers["authorization"] = (vector["authorization"],)
    return Request(vector["method"], vector["path"], query, headers, vector["body"].encode())


def key_of(vector: dict[str, Any]) -> dict[str, Key]:
    return {vector["key_id"]: Key(vector["secret"], vector["token"] or "")}


@pytest.mark.parametrize("vector", vectors("acs3"))
def test_acs3(vector: dict[str, Any]) -> None:
    request = request_of(vector)
    signed = vector["signed_headers"]
    assert acs3.canonical_request(request, signed) == vector["canonical_request"]
    assert acs3.string_to_sign(request, signed) == vector["string_to_sign"]
    now = int(datetime.fromisoformat(vector["date"]).timestamp() * 1000)
    assert acs3.check(request, key_of(vector), now, Nonces()) == vector["key_id"]


@pytest.mark.parametrize("vector", vectors("tc3"))
def test_tc3(vector: dict[str, Any]) -> None:
    request = request_of(vector)
    date = f"{datetime.fromtimestamp(vector['timestamp'], UTC):%Y-%m-%d}"
    signed = vector["signed_headers"]
    assert tc3.canonical_request(request, signed) == vector["canonical_request"]
    told = tc3.string_to_sign(request, signed, vector["timestamp"], date, vector["service"])
    assert told == vector["string_to_sign"]
    assert tc3.check(request, key_of(vector), vector["service"], vector["timestamp"] * 1000) == vector["key_id"]


@pytest.mark.parametrize("vector", vectors("huawei"))
def test_sdk_hmac(vector: dict[str, Any]) -> None:
    request = request_of(vector)
    signed = vector["signed_headers"]
    assert sdk_hmac.canonical_request(request, signed) == vector["canonical_request"]
    assert sdk_hmac.string_to_sign(request, signed) == vector["string_to_sign"]
    now = int(datetime.strptime(vector["date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp() * 1000)
    assert sdk_hmac.check(request, key_of(vector), now, Lockout()) == vector["key_id"]


@pytest.mark.parametrize("vector", vectors("acs3"))
def test_one_flipped_digit_is_refused(vector: dict[str, Any]) -> None:
    digit = vector["authorization"][-1]
    vector = {**vector, "authorization": vector["authorization"][:-1] + ("0" if digit != "0" else "1")}
    now = int(datetime.fromisoformat(vector["date"]).timestamp() * 1000)
    verdict = acs3.check(request_of(vector), key_of(vector), now, Nonces())
    assert not isinstance(verdict, str)
    assert verdict.code == "SignatureDoesNotMatch"
