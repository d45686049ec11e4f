"""Masking: by the name of a field, by what a text looks like, and nothing else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.mask import MASK, inside, masked, shown


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


@pytest.mark.parametrize("name", ["TaskId", "TotalTokens", "keypair_name", "Status", "Key", "bypass"])
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
        ("key LTAI5tAbCdEfGhIjKlMn here", f"key {MASK} here"),
        ("AKIDz8krbsJ5yKBZQpn74WFkmLPx3gnPhESA", MASK),
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
