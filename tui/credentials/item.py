"""What is kept for an account: one JSON object, as `login --stdin` takes it (contract, section 3).

A key pair is `{"access_key_id", "access_key_secret", "security_token"?}`, an IAM user (`auth = "token"`)
`{"username", "password", "domain"}`. What is wrong with one is told without quoting it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from tui.calls import Credential, Secret
from tui.errors import NoCredential
from tui.settings import Account
from tui.text import word

LONGEST = 64 * 1024  # characters; an STS token has some 1,500


class Need(NamedTuple):
    """One part of a credential: its name in the JSON object, the vendor's word for it, and how to ask for it."""

    name: str
    label: str
    secret: bool = False
    optional: bool = False


_USER = (Need("username", "IAM user name"), Need("password", "Password", secret=True), Need("domain", "Account name"))
_PAIR = {
    "alibaba": ("AccessKey ID", "AccessKey secret", "STS token"),
    "tencent": ("SecretId", "SecretKey", "Token"),
    "huawei": ("Access key (AK)", "Secret key (SK)", "Security token"),
}


def needs(account: Account) -> tuple[Need, ...]:
    """What an account's credential consists of, in the order in which to ask for it."""
    if account.auth == "token":
        return _USER
    key_id, secret, token = _PAIR[account.vendor]
    return (
        Need("access_key_id", key_id),
        Need("access_key_secret", secret, secret=True),
        Need("security_token", token, secret=True, optional=True),
    )


def parse(account: Account, text: str) -> Credential:
    """The credential of a JSON object. NoCredential says what is wrong with it, and how to give another one."""
    given = _object(account, text)
    found: dict[str, str] = {}
    for need in needs(account):
        value = given.get(need.name)
        if value is None or value == "":
            if need.optional:
                continue
            raise _lacking(account, need, given)
        if not isinstance(value, str):
            raise NoCredential(f"account {account.name}: {need.name} is not a text{_again(account)}")
        found[need.name] = sound(account, need.name, value)
    if account.auth == "token":
        return Credential(key_id=found["username"], secret=Secret(found["password"]), domain=found["domain"])
    token = found.get("security_token")
    return Credential(
        key_id=found["access_key_id"],
        secret=Secret(found["access_key_secret"]),
        token=Secret(token) if token else None,
    )


def dump(credential: Credential) -> str:
    """The JSON object of a credential: what a cabinet keeps, and what `parse` reads."""
    if credential.domain is not None:
        kept = {
            "username": credential.key_id,
            "password": credential.secret.reveal(),
            "domain": credential.domain,
        }
    else:
        kept = {"access_key_id": credential.key_id, "access_key_secret": credential.secret.reveal()}
        if credential.token:
            kept["security_token"] = credential.token.reveal()
    return json.dumps(kept)


def sound(account: Account, name: str, value: str) -> str:
    """`value` as it can be sent. Raises NoCredential, which names it by `name`, else.

    A key stands in a header: a blank or line end from a copy would only read as a bad signature. What an IAM user is
    asked for travels as JSON, where anything goes that is Unicode.
    """
    if account.auth == "token":
        if any("\ud800" <= char <= "\udfff" for char in value):
            raise NoCredential(f"account {account.name}: {name} is not Unicode text")
        return value
    if value != value.strip() or not value.isascii() or not value.isprintable():
        raise NoCredential(f"account {account.name}: {name} has blanks, line ends or other characters that no key has")
    return value


def _object(account: Account, text: str) -> Mapping[str, object]:
    wanted = ", ".join(need.name for need in needs(account) if not need.optional)
    said = f"account {account.name}: what is kept for it is no JSON object with {wanted}{_again(account)}"
    if len(text) > LONGEST:
        raise NoCredential(said)
    try:
        given = json.loads(text)
    except (ValueError, RecursionError):  # the second: ten thousand brackets
        raise NoCredential(said) from None  # the cause's text would quote what stands there
    if not isinstance(given, dict):
        raise NoCredential(said)
    return given


def _lacking(account: Account, need: Need, given: Mapping[str, object]) -> NoCredential:
    if account.auth == "token" and "access_key_id" in given:
        said = 'has a key pair, but auth = "token" needs username, password and domain'
    elif account.auth != "token" and "username" in given:
        said = 'has an IAM user, but auth = "aksk" needs access_key_id and access_key_secret'
    else:
        said = f"has no {need.name}"
    return NoCredential(f"account {account.name}: its JSON object {said}{_again(account)}")


def _again(account: Account) -> str:
    return f"; give it anew: taskdeck login {word(account.name)}"
