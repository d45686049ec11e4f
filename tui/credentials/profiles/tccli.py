"""Tencent Cloud: the CLI's `~/.tccli/NAME.credential`, then the SDKs' `credentials`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tui.calls import Credential
from tui.credentials.profiles.asked import Asked

INI, INI_OF_ALL = ".tencentcloud/credentials", "/etc/tencentcloud/credentials"
_NAME = re.compile(r"[^/\0]+")  # it becomes a file's
_ARN = re.compile(r"qcs::cam::uin/[0-9]+:role(?:Name)?/[\w.@=-]+", re.ASCII)
_ROLE_PAGE = "http://metadata.tencentyun.com/latest/meta-data/cam/security-credentials/"


def find(asked: Asked) -> Credential:
    """The credential of a profile. NoCredential says what is wrong with it, or where it was looked for."""
    shelf = asked.shelf
    looked: list[tuple[str, Any]] = []
    if _NAME.fullmatch(asked.name):
        path = shelf.place(f".tccli/{asked.name}.credential")
        entry = shelf.json(path)
        if entry is not None:
            return _of_cli(asked, path, entry)
        looked.append((path, None))
    for ini in (shelf.place(INI), INI_OF_ALL):
        sections = shelf.sections(ini)
        if sections and asked.name in sections:
            return asked.pair(ini, sections[asked.name], "secret_id", "secret_key")
        looked.append((ini, sections))
        if sections is not None:  # the SDK reads the second only where there is no first
            break
    raise asked.absent(looked)


def _of_cli(asked: Asked, path: str, entry: Mapping[str, Any]) -> Credential:
    kind = asked.text(path, entry, "type").casefold() or "default"
    if kind == "cvm-role":
        raise asked.refused(path, kind, f'a role of this machine; credentials = "command:curl -s {_ROLE_PAGE}ROLE"')
    if kind not in ("default", "oauth", "sso"):
        raise asked.refused(path, kind, 'taskdeck does not know it; credentials = "command:PROGRAM" takes any program')
    arn = asked.text(path, entry, "role-arn")
    if arn:
        role = arn if _ARN.fullmatch(arn) else "ARN"
        asks = f"tccli sts AssumeRole --RoleArn {role} --RoleSessionName taskdeck --profile KEY_PROFILE"
        raise asked.wrong(path, f'has a role-arn, which has to be asked for; credentials = "command:{asks}"')
    found = asked.pair(path, entry, "secretId", "secretKey", "token")
    if kind == "default":
        return found
    way = f"log in with tccli again (profile {asked.quoted}, type {kind})"
    ends = asked.ends(path, entry, "expiresAt", way)
    if ends is None:
        raise asked.wrong(path, f"is of type {kind} and does not say when its key ends; {way}")
    return replace(found, expires_at=ends)
