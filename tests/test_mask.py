"""Masking: by the name of a field, by what a text looks like, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fixture_files import FIXTURES
from tui.cloud import texts
from tui.mask import MASK, SCANNED, inside, masked, shown, unshown, whole

LONG_ID = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA"
OSS = "https://b.oss/k?Expires=1&OSSAccessKeyId={0}&Signature={0}&x=1"
COS = "/k?q-ak={0}&q-signature={0}&x-cos-security-token={0}"


@pytest.mark.parametrize(
    "name",
    [
        *("AccessKeySecret", "SecurityToken", "DbPassword", "passwd", "Authorization", "AccessKeyId", "private_key"),
        *("X-Auth-Token", "api_key", "clientSecret", "Cookie", "Credential", "pwd"),
    ],
)
def test_a_name_is_enough(name: str) -> None:
    assert shown(name, "hunter2") == MASK
    assert masked({"deep": [{name: ["hunter2"]}]}) == {"deep": [{name: [MASK]}]}


@pytest.mark.parametrize(
    "name", ["TaskId", "TotalTokens", "NextToken", "ScrollToken", "keypair_name", "Status", "Key", "bypass"]
)
def test_other_names_are_not(name: str) -> None:
    assert shown(name, "hunter2") == "hunter2"


@pytest.mark.parametrize("name", ["returnPayload", "taskPayload", "Output", "Content"])
def test_payloads_are_told_by_their_size(name: str) -> None:
    assert shown(name, "x" * 1234) == f"{MASK} 1,234 characters"
    assert shown(name, "") == ""


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ('{"password": "hunter2", "a": 1}', f'{{"password": "{MASK}", "a": 1}}'),
        (r"{\"db_password\":\"hunter2\"}", rf"{{\"db_password\":\"{MASK}\"}}"),
        ("curl -H 'Authorization: Bearer abcdefgh12345'", f"curl -H 'Authorization: {MASK}'"),
        ("DB_PASSWORD=hunter2; ls", f"DB_PASSWORD={MASK}; ls"),
        ("mysql://root:hunter2@db:3306/x", f"mysql://{MASK}@db:3306/x"),
        ("key LTAI5tAbCdEfGhIjKlMn here", f"key {MASK}KlMn here"),
        ("AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA", f"{MASK}hESA"),
        ("AK: HPUAABCDEFGHIJ120001", f"AK: {MASK}0001"),
        ("id STS.NUgYrLnoC37mZZCNnAbez is unknown", f"id {MASK}Abez is unknown"),
        ("access_key_id=HPUAABCDEFGHIJ120001", f"access_key_id={MASK}0001"),
        ("Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA/2026-01-15", f"Credential={MASK}hESA/2026-01-15"),
        (f"authorization: TC3-HMAC-SHA256 Credential={LONG_ID}/d, Signature=0a1b", f"authorization: {MASK}"),
        (f"SDK-HMAC-SHA256 Access={LONG_ID[:20]}, SignedHeaders=x-sdk-date, Signature=0a1b", MASK),
        ("x-acs-security-token:CAIS1a2b", f"x-acs-security-token:{MASK}"),
        ("X-Auth-Token: MIIPAgYJ1", f"X-Auth-Token: {MASK}"),
        (f"https://b.oss/k?Expires=1&OSSAccessKeyId={LONG_ID}&Signature=a%3D&x=1", OSS.format(MASK)),
        ("/k?q-ak=AKIDabc&q-signature=ab12&x-cos-security-token=z9", COS.format(MASK)),
        ("tool --access-key-secret abc --region x", f"tool --access-key-secret {MASK} --region x"),
        ("Cookie: sid=1; b=2\nnext", f"Cookie: {MASK}\nnext"),
        ("password: letmein", f"password: {MASK}"),
        ("token: expired", "token: expired"),
        ("total_tokens=512 max_tokens: 3 next_token=ab12", "total_tokens=512 max_tokens: 3 next_token=ab12"),
        ("security_token = null, the secret of success", "security_token = null, the secret of success"),
        ("-- 12 rows -- signed off by ak 7", "-- 12 rows -- signed off by ak 7"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.c2ln", MASK),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY----- x", f"{MASK} x"),
        ("nothing to see: exit 137", "nothing to see: exit 137"),
    ],
)
def test_a_text_is_looked_through(text: str, left: str) -> None:
    assert inside(text) == left


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=20), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_the_shape_stays(value: object) -> None:
    def shape(one: object) -> object:
        if isinstance(one, dict):
            return {key: shape(each) for key, each in one.items()}
        return [shape(each) for each in one] if isinstance(one, list) else type(one).__name__

    assert shape(masked(value)) == shape(value)
    json.dumps(masked(value))


def test_a_text_without_end_costs_no_more_than_what_is_shown_of_it() -> None:
    text = "token=" * 2_000_000
    assert inside(text).endswith(text[-1000:])


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Every text of some JSON, with the name of its field."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from leaves(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each, name)


def test_of_what_providers_say_ordinary_values_are_left_alone() -> None:
    """Of more than 2,500 texts in all sample bodies one is masked: the token in a login's answer."""
    every = [
        (name, text)
        for path in sorted(FIXTURES.rglob("*.json"))
        for name, text in leaves(json.loads(path.read_text("utf-8")))
        if text and not unshown(name, text)
    ]
    assert len(every) > 2_000
    assert {(name, text) for name, text in every if shown(name, text) != text} == {
        ("X-Subject-Token", "MIIFAKE-TOKEN-EXAMPLE")
    }


def test_what_the_demo_cloud_says_is_left_alone() -> None:
    said = [text for value in vars(texts).values() if isinstance(value, tuple) for _, text in leaves(deep(value))]
    assert len(said) > 50
    assert [text for text in said if inside(text) != text] == []


def deep(value: Any) -> Any:
    """Tuples as lists."""
    return [deep(each) for each in value] if isinstance(value, tuple) else value


KEYS = st.text("abcdefghijkABCDEFGHIJK0123456789+/=_-", min_size=16, max_size=60).filter(
    lambda x: x.strip("=")[:1] != "-"
)


@given(
    KEYS,
    st.sampled_from(
        ["password={}", '"password": "{}"', "AccessKeySecret: {}9", "X-Auth-Token: {}9", "?Signature={}&a=1"]
    ),
    st.sampled_from(["", "error: ", "a b\n", "界 ", "{", "(1) "]),
)
def test_a_key_beside_its_name_is_gone_whatever_stands_before_it(key: str, form: str, before: str) -> None:
    assert key not in inside(before + form.format(key) + " and more")


@given(
    st.lists(
        st.sampled_from(["failed", "the task", "137", "exit code:", "not found", "/in/a.mp4", "(E_1)", "at 08:30:00Z"])
    )
)
def test_words_are_left_alone(words: list[str]) -> None:
    assert inside(" ".join(words)) == " ".join(words)


@given(st.text("ab =:\n", max_size=60))
def test_looking_twice_finds_nothing_new(text: str) -> None:
    once = inside(f"{text} password=ab12 LTAI5tAbCdEfGhIjKlMn {text}")
    assert inside(once) == once


def test_a_long_text_is_looked_through_whole_where_it_is_written_down() -> None:
    text = ("x" * 99 + "\n") * 450 + "password=hunter2\n"
    assert len(text) > 2 * SCANNED
    assert "hunter2" not in whole(text)
    assert whole("x" * 50_001) == "x" * 50_001


@pytest.mark.parametrize("levels", [39, 40, 41, 400])
@pytest.mark.parametrize("within", [lambda it: {"a": it}, lambda it: [it]])
def test_no_secret_hides_in_the_depth(levels: int, within: Any) -> None:
    told: Any = {"password": "hunter2"}
    for _ in range(levels):
        told = within(told)
    assert "hunter2" not in json.dumps(masked(told))
