"""The JSON that programs print for a key: ours, and what the vendors' own APIs, CLIs and metadata services answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from tui.calls import Credential, Secret
from tui.credentials.item import sound
from tui.credentials.moments import moment
from tui.errors import NoCredential
from tui.settings import Account
from tui.text import clean

# Names without case, "_" and "-": AccessKeyId and access_key_id are one. The first that is there counts.
_KEY_ID = ("accesskeyid", "tmpsecretid", "secretid", "access")
_SECRET = ("accesskeysecret", "tmpsecretkey", "secretkey", "secretaccesskey", "secret")
_TOKEN = ("securitytoken", "ststoken", "token", "sessiontoken")
_ENDS = ("expiration", "expiredtime", "stsexpiration", "expiresat")
_PROJECT = ("projectid",)
_WITHIN = ("response", "credentials", "credential")
_DEEPEST = 4


def credential_of(account: Account, given: Mapping[str, Any]) -> Credential:
    """The credential in an answer, with its end where it tells one. NoCredential names what is missing, no value."""
    levels = [_plain(given)]
    while len(levels) < _DEEPEST and (inner := _inner(levels[-1])) is not None:
        levels.append(inner)
    found = levels[-1]
    code = found.get("code")
    if isinstance(code, str) and code.casefold() not in ("success", "200", "ok"):
        raise NoCredential(f"account {account.name}: its command was told {clean(code, limit=60)}")
    if account.auth == "token":
        user = {name: _text(account, found, (name,), needed=True) for name in ("username", "password", "domain")}
        one = Credential(key_id=user["username"], secret=Secret(user["password"]), domain=user["domain"])
    else:
        token = _text(account, found, _TOKEN)
        one = Credential(
            key_id=_text(account, found, _KEY_ID, needed=True),
            secret=Secret(_text(account, found, _SECRET, needed=True)),
            token=Secret(token) if token else None,
        )
    project = _text(account, found, _PROJECT) or None
    return replace(one, project_id=project, expires_at=_ends(account, levels))


def _plain(given: Mapping[str, Any]) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for name, value in given.items():
        found.setdefault(name.casefold().replace("_", "").replace("-", ""), value)
    return found


def _inner(level: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for name in _WITHIN:
        if isinstance(level.get(name), dict):
            return _plain(level[name])
    return None


def _text(account: Account, found: Mapping[str, Any], names: tuple[str, ...], *, needed: bool = False) -> str:
    for name in names:
        value = found.get(name)
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            raise NoCredential(f"account {account.name}: the {name} that its command printed is no text")
        return sound(account, f"the {name} that its command printed", value)
    if needed:
        raise NoCredential(
            f"account {account.name}: its command printed JSON without {names[0]}; see docs/credentials.md"
        )
    return ""


def _ends(account: Account, levels: Sequence[Mapping[str, Any]]) -> int | None:
    for level in reversed(levels):  # from the inside out: Tencent's AssumeRole tells the end beside the key, not in it
        for name in _ENDS:
            try:
                at = moment(level.get(name))
            except ValueError:
                raise NoCredential(f"account {account.name}: the {name} that its command printed is no time") from None
            if at is not None:
                return at
    return None
