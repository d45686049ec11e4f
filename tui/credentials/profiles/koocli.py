"""Huawei Cloud: KooCLI's `~/.hcloud/config.json`, then the SDKs' `credentials`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui.calls import Credential
from tui.credentials.profiles.asked import Asked, entries_of
from tui.text import word

CLI = ".hcloud/config.json"
INI, INI_NAMED = ".huaweicloud/credentials", "HUAWEICLOUD_SDK_CREDENTIALS_FILE"
_KEYS_PAGE = "http://169.254.169.254/openstack/latest/securitykey"
_BASIC = ("basic", "basiccredentials")  # the SDK looks for one or the other, as it was built
_MODES = {
    "sso": (
        "SSO",
        'its key is in a form that no document shows; credentials = "command:PROGRAM" takes what a program prints',
    ),
    "ecsagency": ("ecsAgency", f'an agency of this machine; credentials = "command:curl -s {_KEYS_PAGE}"'),
    "token": ("token", 'a token that cannot be renewed; auth = "token" with user and password renews its own'),
    "agency": ("agency", 'an agency has to be asked for; credentials = "command:PROGRAM" takes what a program prints'),
}


def find(asked: Asked) -> Credential:
    """The credential of a profile. NoCredential says what is wrong with it, or where it was looked for."""
    shelf = asked.shelf
    cli, ini = shelf.place(CLI), shelf.place(INI, INI_NAMED)
    data = shelf.json(cli)
    entries = entries_of(data)
    for entry in entries:
        if entry.get("name") == asked.name:
            return _of_cli(asked, cli, data or {}, entry)
    sections = shelf.sections(ini)
    for name in _BASIC if asked.name in _BASIC else (asked.name,):
        if sections and name in sections:
            return _of_ini(asked, ini, sections[name])
    known = None if data is None else [entry.get("name") for entry in entries]
    raise asked.absent([(cli, known), (ini, sections)])


def _of_cli(asked: Asked, path: str, data: Mapping[str, Any], entry: Mapping[str, Any]) -> Credential:
    given = asked.text(path, entry, "mode")
    mode = given.casefold() or "aksk"
    if mode != "aksk":
        name, way = _MODES.get(mode, (given, "taskdeck does not know it"))
        raise asked.refused(path, name, way)
    if data.get("authEncrypt") not in (None, False, "", "false", "False"):
        way = f"give them to taskdeck itself: taskdeck login {word(asked.account.name)}"
        raise asked.wrong(path, f'has keys that KooCLI encrypts (authEncrypt is "true"), which only it can read; {way}')
    return asked.pair(path, entry, "accessKeyId", "secretAccessKey", "securityToken", "projectId")


def _of_ini(asked: Asked, path: str, section: Mapping[str, str]) -> Credential:
    if not section.get("ak") and (section.get("idp_id") or section.get("id_token_file")):
        way = 'credentials = "command:PROGRAM" takes what a program prints'
        raise asked.wrong(path, f"has an identity provider (idp_id) and no key, which has to be asked for; {way}")
    return asked.pair(path, section, "ak", "sk", "security_token", "project_id")
