"""profile:NAME: every mode of the vendors' files is used or refused by name; hostile files are one line each."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tui.calls import Credential, Secret
from tui.credentials import source_of
from tui.credentials.profiles import Profile
from tui.credentials.profiles.shelf import LARGEST
from tui.errors import NoCredential
from tui.settings import Account

SOON, PAST = 4_000_000_000, 1_000_000_000
FILES = {"alibaba": ".aliyun/config.json", "tencent": ".tccli/prod.credential", "huawei": ".hcloud/config.json"}
INIS = {
    "alibaba": ".alibabacloud/credentials.ini",
    "tencent": ".tencentcloud/credentials",
    "huawei": ".huaweicloud/credentials",
}
ARN = "acs:ram::1234567890123456:role/reader"


def asked(home: Path, vendor: Any, name: str = "prod", auth: Any = "aksk", **environ: str) -> Profile:
    return Profile(Account(name="acme", vendor=vendor, auth=auth), name, {"HOME": str(home), **environ})


def write(home: Path, path: str, content: object, mode: int = 0o600) -> Path:
    file = home / path
    file.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        file.write_bytes(content)
    else:
        file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    file.chmod(mode)
    return file


def aliyun(**fields: Any) -> dict[str, Any]:
    return {"current": "prod", "profiles": [{"name": "other"}, {"name": "prod", **fields}], "meta_path": ""}


def koocli(encrypted: Any = "false", **fields: Any) -> dict[str, Any]:
    return {"current": "prod", "authEncrypt": encrypted, "profiles": [{"name": "prod", **fields}]}


async def refused(one: Profile) -> str:
    with pytest.raises(NoCredential) as caught:
        await one.read()
    said = caught.value.message
    assert said.startswith("account acme: ")
    assert said.isprintable()
    assert "s3cret" not in said
    return said


def alibaba(**more: Any) -> Credential:
    return Credential(key_id="LTAIKEY", secret=Secret("s3cret"), **more)


def tencent(**more: Any) -> Credential:
    return Credential(key_id="AKIDKEY", secret=Secret("s3cret"), **more)


def huawei(**more: Any) -> Credential:
    return Credential(key_id="HPUAKEY", secret=Secret("s3cret"), **more)


KEY = {"access_key_id": "LTAIKEY", "access_key_secret": "s3cret"}
TC = {"secretId": "AKIDKEY", "secretKey": "s3cret"}
HW = {"accessKeyId": "HPUAKEY", "secretAccessKey": "s3cret"}
TOKEN = Secret("t0ken")

USED: list[tuple[str, object, Credential]] = [
    ("alibaba", aliyun(mode="AK", **KEY, sts_token="left over"), alibaba()),
    ("alibaba", aliyun(mode="", **KEY), alibaba()),
    ("alibaba", aliyun(**KEY, sts_token="t0ken"), alibaba(token=TOKEN)),
    *(
        ("alibaba", aliyun(mode=mode, **KEY, sts_token="t0ken"), alibaba(token=TOKEN))
        for mode in ("StsToken", "ststoken", "STSTOKEN")
    ),
    *(
        (
            "alibaba",
            aliyun(mode=mode, **KEY, sts_token="t0ken", sts_expiration=SOON),
            alibaba(token=TOKEN, expires_at=SOON * 1000),
        )
        for mode in ("CloudSSO", "OAuth", "External", "cloudsso")
    ),
    ("tencent", TC, tencent()),
    ("tencent", {**TC, "type": "default", "token": "t0ken"}, tencent(token=TOKEN)),
    *(
        (
            "tencent",
            {**TC, "type": kind, "token": "t0ken", "expiresAt": SOON},
            tencent(token=TOKEN, expires_at=SOON * 1000),
        )
        for kind in ("oauth", "sso")
    ),
    ("huawei", koocli(mode="AKSK", **HW, projectId="p1"), huawei(project_id="p1")),
    ("huawei", koocli(False, **HW, securityToken="t0ken"), huawei(token=TOKEN)),
]


@pytest.mark.parametrize(("vendor", "content", "wanted"), USED)
async def test_the_modes_that_hold_a_key(tmp_path: Path, vendor: str, content: object, wanted: Credential) -> None:
    write(tmp_path, FILES[vendor], content)
    one = asked(tmp_path, vendor)
    assert await one.read() == wanted
    assert one.note == ""


REFUSED: list[tuple[str, object, str]] = [
    (
        "alibaba",
        aliyun(mode="RamRoleArn", **KEY, ram_role_arn=ARN),
        f"is of mode RamRoleArn: .*command:aliyun sts AssumeRole --RoleArn {ARN} --RoleSessionName taskdeck --pro",
    ),
    ("alibaba", aliyun(**KEY, ram_role_arn="x; rm -rf ~"), "is of mode RamRoleArn: .* --RoleArn ARN "),
    (
        "alibaba",
        aliyun(mode="ChainableRamRoleArn", source_profile="base", ram_role_arn=ARN),
        "is of mode ChainableRamRoleArn: .*--profile base",
    ),
    ("alibaba", aliyun(mode="EcsRamRole"), "is of mode EcsRamRole: .*command:curl -s http://100.100.100.200"),
    *(
        ("alibaba", aliyun(mode=mode.lower()), f"is of mode {mode}: .*docs/credentials.md")
        for mode in ("OIDC", "CredentialsURI", "RsaKeyPair", "RamRoleArnWithRoleName", "BearerToken", "Anonymous")
    ),
    ("alibaba", aliyun(mode="\x1b[31mNew"), "is of mode .*New: taskdeck does not know it"),
    (
        "alibaba",
        aliyun(mode="CloudSSO"),
        "has no key by now; renew it: aliyun configure --mode CloudSSO --profile prod",
    ),
    (
        "alibaba",
        aliyun(mode="OAuth", **KEY, sts_expiration=PAST),
        "ended at 2001-09-09 01:46:40 UTC; renew it: aliyun configure --mode OAuth --profile prod",
    ),
    ("alibaba", aliyun(mode="External", **KEY), "does not say when its key ends; .*command:PROGRAM"),
    ("alibaba", aliyun(mode="External", **KEY, sts_expiration="soon"), "has a sts_expiration that is no time"),
    ("alibaba", aliyun(mode="StsToken", **KEY), "has no sts_token"),
    ("alibaba", aliyun(mode="AK", access_key_id="LTAIKEY"), "has no access_key_secret"),
    ("alibaba", aliyun(mode="AK", access_key_id="LTAIKEY", access_key_secret=7), "access_key_secret that is no text"),
    ("alibaba", aliyun(mode="AK", access_key_id=" LTAIKEY", access_key_secret="x"), "has blanks.* in access_key_id"),
    ("alibaba", aliyun(mode=["AK"], **KEY), "has a mode that is no text"),
    ("tencent", {**TC, "type": "cvm-role"}, "is of mode cvm-role: .*command:curl -s http://metadata.tencentyun.com"),
    ("tencent", {**TC, "type": "new"}, "is of mode new: taskdeck does not know it"),
    (
        "tencent",
        {**TC, "role-arn": "qcs::cam::uin/100000000001:roleName/reader", "role-session-name": "s"},
        "command:tccli sts AssumeRole --RoleArn qcs::cam::uin/100000000001:roleName/reader --RoleSessionName taskdeck",
    ),
    (
        "tencent",
        {**TC, "type": "sso", "expiresAt": PAST},
        "ended at 2001-09-09 .*log in with tccli again .profile prod",
    ),
    ("tencent", {**TC, "type": "oauth"}, "does not say when its key ends; log in with tccli again"),
    ("tencent", {"secretId": "AKIDKEY"}, "has no secretKey"),
    ("tencent", {**TC, "secretId": ""}, "has no secretId"),
    (
        "tencent",
        {**TC, "secretKey": "s3cret "},
        "has blanks, line ends or other characters that no key has in secretKey",
    ),
    (
        "huawei",
        koocli("true", mode="AKSK", **HW),
        "keys that KooCLI encrypts .*; give them to taskdeck itself: taskdeck login acme",
    ),
    ("huawei", koocli(True, **HW), "keys that KooCLI encrypts"),
    ("huawei", koocli(mode="SSO", **HW), "is of mode SSO: "),
    ("huawei", koocli(mode="ecsAgency"), "is of mode ecsAgency: .*command:curl -s http://169.254.169.254"),
    ("huawei", koocli(mode="token", xAuthToken="s3cret"), 'is of mode token: .*auth = "token" with user and password'),
    ("huawei", koocli(mode="agency"), "is of mode agency: "),
    ("huawei", koocli(mode="new"), "is of mode new: taskdeck does not know it"),
    ("huawei", koocli(mode="AKSK", accessKeyId="HPUAKEY"), "has no secretAccessKey"),
]


@pytest.mark.parametrize(("vendor", "content", "told"), REFUSED)
async def test_the_others_are_refused_by_name_with_what_to_do(
    tmp_path: Path, vendor: str, content: object, told: str
) -> None:
    write(tmp_path, FILES[vendor], content)
    said = await refused(asked(tmp_path, vendor))
    assert said.startswith(f"account acme: profile prod in ~/{FILES[vendor]} ")
    assert re.search(told, said), said


INI_USED: list[tuple[str, str, str, Credential]] = [
    (
        "alibaba",
        "prod",
        "[prod]\ntype = access_key\naccess_key_id = LTAIKEY # of May\naccess_key_secret = s3c%ret\n",
        Credential(key_id="LTAIKEY", secret=Secret("s3c%ret")),
    ),
    (
        "tencent",
        "default",
        '[default]\nsecret_id=AKIDKEY\nsecret_key="s3c%(x)s"\n',
        Credential(key_id="AKIDKEY", secret=Secret('"s3c%(x)s"')),
    ),
    (
        "huawei",
        "basic",
        "[basiccredentials]\nak=HPUAKEY\nsk=s3cret\nproject_id=p1\nsecurity_token=t0ken\n",
        huawei(token=TOKEN, project_id="p1"),
    ),
    ("huawei", "basiccredentials", "[basic]\nak=HPUAKEY\nsk=s3cret\n", huawei()),
    ("huawei", "DEFAULT", "[DEFAULT]\nak=HPUAKEY\nsk=s3cret\n", huawei()),
]


@pytest.mark.parametrize(("vendor", "name", "content", "wanted"), INI_USED)
async def test_the_ini_files_of_the_sdks(
    tmp_path: Path, vendor: str, name: str, content: str, wanted: Credential
) -> None:
    write(tmp_path, INIS[vendor], "\ufeff" + content)
    assert await asked(tmp_path, vendor, name).read() == wanted


@pytest.mark.parametrize(
    ("vendor", "content", "told"),
    [
        ("alibaba", "[prod]\ntype = ram_role_arn\n", "is of type ram_role_arn, which has to be asked for"),
        ("alibaba", "[prod]\ntype = oidc_role_arn\n", "is of type oidc_role_arn, which has to be asked for"),
        ("alibaba", "[prod]\ntype = ecs_ram_role\n", "is of type ecs_ram_role, which has to be asked for"),
        ("alibaba", "[prod]\ntype = rsa_key_pair\n", "is of type rsa_key_pair, which has to be asked for"),
        (
            "alibaba",
            "[prod]\ntype = n\x1b[31mew\x9b\u202e\n",
            "is of type n.*ew.*, which is nothing that taskdeck",
        ),
        ("alibaba", "[prod]\ntype = new\n", "is of type new, which is nothing that taskdeck knows"),
        ("tencent", "[prod]\nsecret_id = x\n", "has no secret_key"),
        ("huawei", "[prod]\nidp_id = x\nid_token_file = y\n", "has an identity provider .idp_id. and no key"),
        ("huawei", "s3cret without a section", "~/.huaweicloud/credentials: that is no ini file; mend it"),
        ("huawei", "[prod]\ns3cret without a value\n", "~/.huaweicloud/credentials: that is no ini file; mend it"),
    ],
)
async def test_what_is_wrong_in_an_ini_file(tmp_path: Path, vendor: str, content: str, told: str) -> None:
    write(tmp_path, INIS[vendor], content)
    said = await refused(asked(tmp_path, vendor))
    assert re.search(told, said), said


async def test_the_vendors_variables_name_other_files(tmp_path: Path) -> None:
    write(tmp_path, "a.ini", "[prod]\naccess_key_id=LTAIKEY\naccess_key_secret=s3cret\n")
    write(tmp_path, "h.ini", "[prod]\nak=HPUAKEY\nsk=s3cret\n")
    ali = asked(tmp_path, "alibaba", ALIBABA_CLOUD_CREDENTIALS_FILE=str(tmp_path / "a.ini"))
    assert (await ali.read()).key_id == "LTAIKEY"
    hw = asked(tmp_path, "huawei", HUAWEICLOUD_SDK_CREDENTIALS_FILE=str(tmp_path / "h.ini"))
    assert (await hw.read()).key_id == "HPUAKEY"


@pytest.mark.parametrize("vendor", FILES)
async def test_a_profile_that_is_nowhere_says_where_it_was_looked_for_and_what_is_there(
    tmp_path: Path, vendor: str
) -> None:
    said = await refused(asked(tmp_path, vendor))
    assert "there is no profile prod: " in said
    for path in (FILES[vendor], INIS[vendor]):
        assert f"~/{path} does not exist" in said
    write(tmp_path, INIS[vendor], "".join(f"[p{number}\x1b]\n" for number in range(12)))
    said = await refused(asked(tmp_path, vendor))
    assert "has p0" in said
    assert "and 4 more" in said


async def test_the_profiles_of_a_cli_are_listed(tmp_path: Path) -> None:
    write(
        tmp_path, FILES["alibaba"], {"current": "gone", "profiles": [{"name": "a"}, 7, {"name": None}, {"name": "b"}]}
    )
    assert "~/.aliyun/config.json has a, b," in await refused(asked(tmp_path, "alibaba"))
    write(tmp_path, FILES["alibaba"], {"profiles": None})
    assert "~/.aliyun/config.json has none," in await refused(asked(tmp_path, "alibaba"))


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "x\0y", "\x1b[31m", "ä", "n" * 5000])
@pytest.mark.parametrize("vendor", FILES)
async def test_a_name_is_no_path_and_no_command(tmp_path: Path, vendor: str, name: str) -> None:
    write(tmp_path, "etc/passwd.credential", TC)
    said = await refused(asked(tmp_path / "x" / ".tccli", vendor, name))
    assert len(said) < 6000


HOSTILE: list[tuple[bytes, str]] = [
    (b"", "that is no JSON"),
    (b"\xff\xfe{\x00}\x00", "that is no UTF-8 text"),
    (b"\x00\x01\x02", "that is no JSON"),
    (b"[1]", "that is no JSON object"),
    (b"[" * 100_000, "that is no JSON"),
    (b"9" * 10_000, "that is no JSON"),
    (b" " * (LARGEST + 1), "more than 1,000,000 bytes"),
    (b'{"profiles": [{"name": "prod"', "that is no JSON"),
]


@pytest.mark.parametrize("vendor", FILES)
@pytest.mark.parametrize(("content", "told"), HOSTILE)
async def test_a_hostile_file_is_one_line(tmp_path: Path, vendor: str, content: bytes, told: str) -> None:
    write(tmp_path, FILES[vendor], content)
    said = await refused_file(asked(tmp_path, vendor))
    assert said.startswith(f"~/{FILES[vendor]}: {told}")


async def refused_file(one: Profile) -> str:
    with pytest.raises(NoCredential) as caught:
        await one.read()
    return caught.value.message.removeprefix("account acme: ")


@pytest.mark.parametrize("files", [FILES, INIS])
@pytest.mark.parametrize("vendor", FILES)
async def test_what_is_no_file_holds_nobody_up(tmp_path: Path, vendor: str, files: dict[str, str]) -> None:
    path, one = tmp_path / files[vendor], asked(tmp_path, vendor)
    path.parent.mkdir()
    cases: tuple[tuple[Callable[[], object], str], ...] = (
        (lambda: os.mkfifo(path), "that is no regular file"),
        (lambda: path.symlink_to(path), "Too many levels of symbolic links"),
        (lambda: path.symlink_to("/dev/zero"), "that is no regular file"),
        (path.mkdir, "that is no regular file"),
    )
    for make, told in cases:
        make()
        assert told in (await refused_file(one)), told
        path.rmdir() if path.is_dir() else path.unlink()


async def test_a_file_that_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> int:  # root, as whom CI runs, may read everything
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    write(tmp_path, FILES["alibaba"], aliyun(**KEY), 0)
    with monkeypatch.context() as patched:
        patched.setattr("tui.credentials.profiles.shelf.os.open", forbidden)
        said = await refused_file(asked(tmp_path, "alibaba"))
    assert said == "~/.aliyun/config.json: Permission denied; mend it with the vendor's CLI"


async def test_a_link_is_followed_and_a_bom_is_no_trouble(tmp_path: Path) -> None:
    real = write(tmp_path, "dotfiles/aliyun.json", b"\xef\xbb\xbf" + json.dumps(aliyun(**KEY)).encode())
    (tmp_path / ".aliyun").mkdir()
    (tmp_path / FILES["alibaba"]).symlink_to(real)
    assert (await asked(tmp_path, "alibaba").read()).key_id == "LTAIKEY"


async def test_a_mode_wider_than_0600_is_told_and_no_refusal(tmp_path: Path) -> None:
    file = write(tmp_path, FILES["alibaba"], aliyun(**KEY), 0o644)
    one = asked(tmp_path, "alibaba")
    assert (await one.read()).key_id == "LTAIKEY"
    assert one.note == f"others can reach ~/.aliyun/config.json (mode 0644): chmod 600 {file}"


async def test_an_account_with_a_password_finds_none_in_a_profile(tmp_path: Path) -> None:
    write(tmp_path, FILES["huawei"], koocli(**HW))
    assert 'no profile holds the password that auth = "token" needs' in await refused(
        asked(tmp_path, "huawei", auth="token")
    )


async def test_a_change_of_any_of_its_files_is_seen(tmp_path: Path) -> None:
    one = asked(tmp_path, "alibaba")
    assert await one.changed()
    await refused(one)
    assert not await one.changed()
    file = write(tmp_path, FILES["alibaba"], aliyun(**KEY))
    assert await one.changed()
    assert (await one.read()).key_id == "LTAIKEY"
    for change in (
        lambda: file.chmod(0o640),
        lambda: write(tmp_path, FILES["alibaba"], aliyun(**KEY, sts_token="t")),
        lambda: file.unlink(),
    ):
        assert not await one.changed()
        change()
        assert await one.changed()
        await asyncio.gather(one.read(), return_exceptions=True)


async def test_twenty_sources_read_a_profile_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tui.credentials.profiles import shelf

    read: list[str] = []
    text = shelf.Shelf.text

    def counted(self: shelf.Shelf, path: str) -> str | None:
        read.append(path)
        return text(self, path)

    monkeypatch.setattr(shelf.Shelf, "text", counted)
    write(tmp_path, FILES["tencent"], TC)
    ask = source_of(Account(name="acme", vendor="tencent", credentials="profile:prod"), {"HOME": str(tmp_path)})
    found = await asyncio.gather(*(ask() for _ in range(20)))
    assert {one.key_id for one in found} == {"AKIDKEY"}
    assert read == [str(tmp_path / FILES["tencent"])]
