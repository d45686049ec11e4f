"""The JSON object that is kept for an account: read, written, and refused without being quoted."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.calls import Credential, Secret
from tui.credentials.item import LONGEST, dump, needs, parse, sound
from tui.errors import NoCredential
from tui.settings import Account

CANARY = "c4naryS3cret"
PAIR = {"access_key_id": "AKid", "access_key_secret": CANARY}
USER = {"username": "user", "password": CANARY, "domain": "corp"}
KEYS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def account(vendor: Any = "alibaba", **more: Any) -> Account:
    return Account(name="acme", vendor=vendor, **more)


USERS = account("huawei", auth="token")


@pytest.mark.parametrize("vendor", ["alibaba", "tencent", "huawei"])
def test_a_key_pair_with_and_without_a_token(vendor: str) -> None:
    owner = account(vendor)
    assert parse(owner, json.dumps(PAIR)) == Credential(key_id="AKid", secret=Secret(CANARY))
    for nothing in (None, ""):
        assert parse(owner, json.dumps(PAIR | {"security_token": nothing})).token is None
    assert parse(owner, json.dumps(PAIR | {"security_token": "sts"})).token == Secret("sts")


def test_an_iam_user() -> None:
    assert parse(USERS, json.dumps(USER)) == Credential(key_id="user", secret=Secret(CANARY), domain="corp")


@given(KEYS, KEYS, st.none() | KEYS)
def test_every_key_pair_comes_back(key_id: str, secret: str, token: str | None) -> None:
    credential = Credential(key_id=key_id, secret=Secret(secret), token=Secret(token) if token else None)
    assert parse(account(), dump(credential)) == credential


@given(TEXTS, TEXTS, TEXTS)
def test_every_user_comes_back(name: str, password: str, domain: str) -> None:
    credential = Credential(key_id=name, secret=Secret(password), domain=domain)
    assert parse(USERS, dump(credential)) == credential


@pytest.mark.parametrize(
    ("owner", "text"),
    [
        (account(), ""),
        (account(), CANARY),
        (account(), f'["{CANARY}"]'),
        (account(), f'"{CANARY}"'),
        (account(), "[" * 20_000 + CANARY),
        (account(), json.dumps(PAIR | {"access_key_id": CANARY * LONGEST})),
        (account(), json.dumps(PAIR)[:-1]),
        (account(), json.dumps({"access_key_secret": CANARY})),
        (account(), json.dumps({"access_key_id": CANARY})),
        (account(), json.dumps(PAIR | {"access_key_id": ""})),
        (account(), json.dumps(PAIR | {"access_key_id": 7})),
        (account(), json.dumps(PAIR | {"access_key_secret": {"x": CANARY}})),
        (account(), json.dumps(PAIR | {"access_key_secret": CANARY + "\n"})),
        (account(), json.dumps(PAIR | {"security_token": f"{CANARY}é"})),
        (account(), json.dumps(USER)),
        (USERS, json.dumps(PAIR)),
        (USERS, json.dumps(USER | {"domain": None})),
        (USERS, json.dumps(USER | {"password": CANARY + "\ud800"})),
    ],
)
def test_what_is_no_key_is_told_and_never_quoted(owner: Account, text: str) -> None:
    with pytest.raises(NoCredential, match=r"^account acme: ") as caught:
        parse(owner, text)
    assert CANARY not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize(
    ("owner", "given_", "told"),
    [
        (account(), {"access_key_id": "x"}, "has no access_key_secret; give it anew: taskdeck login acme"),
        (account("huawei"), USER, 'has an IAM user, but auth = "aksk" needs access_key_id and access_key_secret'),
        (USERS, PAIR, 'has a key pair, but auth = "token" needs username, password and domain'),
        (USERS, USER | {"domain": 1}, "domain is not a text"),
    ],
)
def test_it_says_which_part_and_what_to_do(owner: Account, given_: dict[str, object], told: str) -> None:
    with pytest.raises(NoCredential) as caught:
        parse(owner, json.dumps(given_))
    assert told in caught.value.message


@pytest.mark.parametrize("owner", [account(), account("tencent"), account("huawei"), USERS])
def test_what_is_needed_is_what_is_read(owner: Account) -> None:
    wanted = needs(owner)
    assert [need.secret for need in wanted[:2]] == [False, True]
    whole = {need.name: f"v{at}" for at, need in enumerate(wanted)}
    assert json.loads(dump(parse(owner, json.dumps(whole)))) == whole
    for need in wanted:
        rest = {name: value for name, value in whole.items() if name != need.name}
        if need.optional:
            parse(owner, json.dumps(rest))
        else:
            with pytest.raises(NoCredential, match=need.name):
                parse(owner, json.dumps(rest))


@pytest.mark.parametrize("value", [" x", "x\t", "x\x00y", "ключ", "x\u200b", "x\x7f"])
def test_a_key_is_what_can_stand_in_a_header(value: str) -> None:
    with pytest.raises(NoCredential, match="account acme: SK has blanks, line ends or other characters that no key"):
        sound(account(), "SK", value)
    assert sound(USERS, "password", value) == value
