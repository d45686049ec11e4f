"""Where keys come from: `source_of(account)` gives the one way to ask for an account's credential.

Today: the environment and the demo cloud's fake keys. The keyring, the vault and the vendors' own files are
named in the config already and answer NoCredential with what to do instead.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from tui.calls import Credential, CredentialSource, Secret
from tui.errors import NoCredential
from tui.settings import Account

# vendor -> (key id, secret, token, project id); the names of the vendors' own SDKs and CLIs.
_KEY_PAIR = {
    "alibaba": (
        "ALIBABA_CLOUD_ACCESS_KEY_ID",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
        "ALIBABA_CLOUD_SECURITY_TOKEN",
        None,
    ),
    "tencent": ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN", None),
    "huawei": (
        "HUAWEICLOUD_SDK_AK",
        "HUAWEICLOUD_SDK_SK",
        "HUAWEICLOUD_SDK_SECURITY_TOKEN",
        "HUAWEICLOUD_SDK_PROJECT_ID",
    ),
}
_IAM_USER = ("HUAWEICLOUD_SDK_USERNAME", "HUAWEICLOUD_SDK_PASSWORD", "HUAWEICLOUD_SDK_DOMAIN_NAME")


def source_of(account: Account, environ: Mapping[str, str] = os.environ) -> CredentialSource:
    """The way to ask for this account's credential. What it gives may raise NoCredential at each call."""
    kind, _, rest = account.credentials.partition(":")

    async def ask() -> Credential:
        if kind == "env":
            return _from_environment(account, environ, rest)
        if kind == "demo":
            return _demo(account)
        raise NoCredential(
            f'account {account.name}: credentials = "{kind}" does not work in this version yet; '
            f'use credentials = "env" and set {" and ".join(names(account)[:2])}'
        )

    return ask


def names(account: Account, prefix: str = "") -> tuple[str, ...]:
    """The environment variables that hold this account's credential; the first two (user: three) are needed."""
    known = _IAM_USER if account.auth == "token" else _KEY_PAIR[account.vendor]
    return tuple(prefix + name for name in known if name)


def without_keys(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment for a child that needs no key: without these names, whatever the prefix before them."""
    known = tuple(name for one in (*_KEY_PAIR.values(), _IAM_USER) for name in one if name)
    return {name: value for name, value in environ.items() if not name.endswith(known)}


def _from_environment(account: Account, environ: Mapping[str, str], prefix: str) -> Credential:
    if account.auth == "token":
        user, password, domain = (_needed(account, environ, prefix + name) for name in _IAM_USER)
        project = environ.get(f"{prefix}HUAWEICLOUD_SDK_PROJECT_ID") or None
        return Credential(key_id=user, secret=Secret(password), domain=domain, project_id=project)
    key_id, secret, token, project_name = _KEY_PAIR[account.vendor]
    sts = environ.get(f"{prefix}{token}", "")
    return Credential(
        key_id=_needed(account, environ, prefix + str(key_id)),
        secret=Secret(_needed(account, environ, prefix + str(secret))),
        token=Secret(_sound(account, f"{prefix}{token}", sts)) if sts else None,
        project_id=(environ.get(prefix + project_name) or None) if project_name else None,
    )


def _needed(account: Account, environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise NoCredential(f"account {account.name}: {name} is not set")
    if account.auth == "token":  # a password is JSON text, not a header: anything goes
        return value
    return _sound(account, name, value)


def _sound(account: Account, name: str, value: str) -> str:
    """A key as it can stand in a header: a blank or line end from a copy would only read as a bad signature."""
    if value != value.strip() or not value.isascii() or not value.isprintable():
        raise NoCredential(f"account {account.name}: {name} has blanks, line ends or other characters that no key has")
    return value


def _demo(account: Account) -> Credential:
    from tui.demo_keys import KEYS

    if account.auth == "token":
        user = KEYS["huawei-user"]
        return Credential(key_id=user["username"], secret=Secret(user["password"]), domain=user["domain"])
    keys = KEYS[account.vendor]
    return Credential(key_id=keys["access_key_id"], secret=Secret(keys["access_key_secret"]))
