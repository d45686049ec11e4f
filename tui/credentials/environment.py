"""Keys from the environment, under the names that the vendors' own SDKs and CLIs give them."""

from __future__ import annotations

from collections.abc import Mapping

from tui.calls import Credential, Secret
from tui.credentials.item import sound
from tui.errors import NoCredential
from tui.settings import Account

# vendor -> (key id, secret, token, project id)
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


def names(account: Account, prefix: str = "") -> tuple[str, ...]:
    """The environment variables that hold this account's credential; the first two (user: three) are needed."""
    known = _IAM_USER if account.auth == "token" else _KEY_PAIR[account.vendor]
    return tuple(prefix + name for name in known if name)


def without_keys(environ: Mapping[str, str]) -> dict[str, str]:
    """An environment for a child that needs no key: without these names, whatever the prefix before them."""
    known = tuple(name for one in (*_KEY_PAIR.values(), _IAM_USER) for name in one if name)
    return {name: value for name, value in environ.items() if not name.endswith(known)}


def from_environment(account: Account, environ: Mapping[str, str], prefix: str) -> Credential:
    """The credential under these names. Raises NoCredential."""
    if account.auth == "token":
        user, password, domain = (_needed(account, environ, prefix + name) for name in _IAM_USER)
        project = environ.get(f"{prefix}HUAWEICLOUD_SDK_PROJECT_ID") or None
        return Credential(key_id=user, secret=Secret(password), domain=domain, project_id=project)
    key_id, secret, token, project_name = _KEY_PAIR[account.vendor]
    sts = environ.get(f"{prefix}{token}", "")
    return Credential(
        key_id=_needed(account, environ, prefix + str(key_id)),
        secret=Secret(_needed(account, environ, prefix + str(secret))),
        token=Secret(sound(account, f"{prefix}{token}", sts)) if sts else None,
        project_id=(environ.get(prefix + project_name) or None) if project_name else None,
    )


def _needed(account: Account, environ: Mapping[str, str], name: str) -> str:
    value = environ.get(name, "")
    if not value:
        raise NoCredential(f"account {account.name}: {name} is not set")
    return sound(account, name, value)
