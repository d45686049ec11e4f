"""Alibaba Cloud: the CLI's `~/.aliyun/config.json`, then the SDKs' `credentials.ini`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tui.calls import Credential
from tui.credentials.profiles.asked import Asked, entries_of
from tui.text import clean

CLI = ".aliyun/config.json"
INI, INI_NAMED = ".alibabacloud/credentials.ini", "ALIBABA_CLOUD_CREDENTIALS_FILE"
_ARN = re.compile(r"acs:ram::[0-9]*:role/[\w.@/-]+", re.ASCII)
_ROLE_PAGE = "http://100.100.100.200/latest/meta-data/ram/security-credentials/"
_KEPT = {"cloudsso": "CloudSSO", "oauth": "OAuth", "external": "External"}
# Modes that take a network to become a key, and those that never do: lower case -> as the CLI writes it, way out.
_OTHERS = {
    "ecsramrole": ("EcsRamRole", f'a role of this machine; credentials = "command:curl -s {_ROLE_PAGE}ROLE"'),
    "oidc": ("OIDC", "have a program exchange the token of OIDC"),
    "credentialsuri": ("CredentialsURI", 'an address that has to be asked; credentials = "command:curl -s ADDRESS"'),
    "rsakeypair": ("RsaKeyPair", "its session keys come from the network"),
    "ramrolearnwithrolename": ("RamRoleArnWithRoleName", "a role, from a role of this machine"),
    "bearertoken": ("BearerToken", "these calls are signed with a key pair, which it has not"),
    "anonymous": ("Anonymous", "it has no key"),
}
_COMMAND = 'credentials = "command:PROGRAM" takes what a program prints (docs/credentials.md)'


def find(asked: Asked) -> Credential:
    """The credential of a profile. NoCredential says what is wrong with it, or where it was looked for."""
    shelf = asked.shelf
    cli, ini = shelf.place(CLI), shelf.place(INI, INI_NAMED)
    data = shelf.json(cli)
    entries = entries_of(data)
    for entry in entries:
        if entry.get("name") == asked.name:
            return _of_cli(asked, cli, entry)
    sections = shelf.sections(ini)
    if sections and asked.name in sections:
        return _of_ini(asked, ini, sections[asked.name])
    known = None if data is None else [entry.get("name") for entry in entries]
    raise asked.absent([(cli, known), (ini, sections)])


def _of_cli(asked: Asked, path: str, entry: Mapping[str, Any]) -> Credential:
    given = asked.text(path, entry, "mode")
    mode = given.casefold() or _inferred(asked, path, entry)
    key = ("access_key_id", "access_key_secret")
    if mode == "ak":
        return asked.pair(path, entry, *key)
    if mode == "ststoken":
        asked.needed(path, entry, "sts_token")
        return asked.pair(path, entry, *key, "sts_token")
    if mode in _KEPT:
        return _of_login(asked, path, entry, _KEPT[mode])
    if mode in ("ramrolearn", "chainableramrolearn"):
        raise asked.refused(path, given or "RamRoleArn", _role(asked, path, entry))
    name, why = _OTHERS.get(mode, (given, "taskdeck does not know it"))
    raise asked.refused(path, name, f"{why}; {_COMMAND}")


def _inferred(asked: Asked, path: str, entry: Mapping[str, Any]) -> str:
    """The mode of an old profile that says none, as the CLI infers it."""
    if asked.text(path, entry, "ram_role_arn"):
        return "ramrolearn"
    return "ststoken" if asked.text(path, entry, "sts_token") else "ak"


def _of_login(asked: Asked, path: str, entry: Mapping[str, Any], mode: str) -> Credential:
    """The temporary key that the CLI has left of its last log-in, while it lasts."""
    way = f"renew it: aliyun configure --mode {mode} --profile {asked.quoted}"
    if mode == "External":
        way += ', or name its program yourself: credentials = "command:PROGRAM"'
    if not asked.text(path, entry, "access_key_id"):
        raise asked.wrong(path, f"is of mode {mode} and has no key by now; {way}")
    ends = asked.ends(path, entry, "sts_expiration", way)
    if ends is None:
        raise asked.wrong(path, f"is of mode {mode} and does not say when its key ends; {way}")
    found = asked.pair(path, entry, "access_key_id", "access_key_secret", "sts_token")
    return replace(found, expires_at=ends)


def _role(asked: Asked, path: str, entry: Mapping[str, Any]) -> str:
    """The command that asks for the role, with a profile that has the key for it."""
    arn, profile = asked.text(path, entry, "ram_role_arn"), asked.text(path, entry, "source_profile")
    role = arn if _ARN.fullmatch(arn) else "ARN"
    using = profile if re.fullmatch(r"[\w.-]+", profile, re.ASCII) else "KEY_PROFILE"
    asks = f"aliyun sts AssumeRole --RoleArn {role} --RoleSessionName taskdeck --profile {using}"
    return f'a role has to be asked for; credentials = "command:{asks}"'


def _of_ini(asked: Asked, path: str, section: Mapping[str, str]) -> Credential:
    entry = {name: value.partition("#")[0].strip() for name, value in section.items()}  # the SDK cuts there
    kind = entry.get("type", "")
    if kind not in ("access_key", ""):
        why = "has to be asked for" if kind.endswith(("role", "arn", "key_pair")) else "is nothing that taskdeck knows"
        raise asked.wrong(path, f"is of type {clean(kind, limit=40)}, which {why}; {_COMMAND}")
    return asked.pair(path, entry, "access_key_id", "access_key_secret", "security_token")
