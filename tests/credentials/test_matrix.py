"""Every kind of key from every place, judged by the demo cloud's own check of signatures and tokens."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.cli.world import World, world
from tests.credentials.vaults import CHEAP
from tui.calls import Secret
from tui.cloud import server
from tui.cloud.acs3 import Key
from tui.cloud.keys import DEMO_KEYS, HUAWEI_USER, STS_KEYS
from tui.credentials import kept, source_of
from tui.credentials.cabinet import Cabinet
from tui.credentials.vault import Vault
from tui.settings import Account, Config
from tui.settings.load import parse
from tui.status import Word
from tui.store import Store
from tui.wiring import Wiring, models

pytestmark = pytest.mark.cloud

ITEMS: Mapping[str, dict[str, str]] = {
    "ali": STS_KEYS["alibaba"],
    "tx": STS_KEYS["tencent"],
    "hw": DEMO_KEYS["huawei"],
    "hw-sts": STS_KEYS["huawei"],
    "hw-user": HUAWEI_USER,
}
VENDORS = {"ali": "alibaba", "tx": "tencent", "hw": "huawei", "hw-sts": "huawei", "hw-user": "huawei"}
SOURCES = {"ali": ("alibaba-fc", "cn-hangzhou"), "tx": ("tencent-mps", "ap-singapore")}
KPS = ("huawei-kps", "cn-north-4")
VARIABLES = {
    "ali": ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"),
    "tx": ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"),
    "hw": ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"),
    "hw-sts": ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"),
    "hw-user": ("HUAWEICLOUD_SDK_USERNAME", "HUAWEICLOUD_SDK_PASSWORD", "HUAWEICLOUD_SDK_DOMAIN_NAME"),
}
PARTS = ("access_key_id", "access_key_secret", "security_token")
USER = ("username", "password", "domain")


@pytest.fixture(scope="module")
def demo() -> Iterator[World]:
    """A cloud whose time stands still."""
    with world(tasks=60, freeze=True) as cloud:
        yield cloud


class Drawer:
    """A keyring in this process, which counts what it is asked."""

    name = "keyring"

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.asked: list[str] = []

    async def get(self, account: str) -> str | None:
        self.asked.append(account)
        return self.texts.get(account)

    async def put(self, account: str, text: str) -> None:
        self.texts[account] = text

    async def delete(self, account: str) -> bool:
        return self.texts.pop(account, None) is not None

    async def names(self) -> Sequence[str]:
        return sorted(self.texts)

    async def trouble(self) -> str | None:
        return None

    def again(self) -> None:
        pass


def parts(who: str) -> list[str]:
    """The values of an item in their order; "" for a token that there is none of."""
    return [ITEMS[who].get(name, "") for name in (USER if who == "hw-user" else PARTS)]


def settings(demo: World, credentials: Mapping[str, str], copies: int = 1) -> Config:
    """A config with one account for each of these, and so many sources of each."""
    iam = demo.cloud.endpoints["huawei-iam", "cn-north-4"]
    text = ""
    for who, said in credentials.items():
        text += f'[accounts.{who}]\nvendor = "{VENDORS[who]}"\ncredentials = {json.dumps(said)}\nrate_share = "off"\n'
        if VENDORS[who] == "huawei":
            text += f'iam_endpoint = "{iam}"\nauth = "{"token" if who == "hw-user" else "aksk"}"\n'
        adapter, region = SOURCES.get(who, KPS)
        for at in range(copies):
            text += f'[[sources]]\nname = "{who}-{at}"\naccount = "{who}"\nadapter = "{adapter}"\nregion = "{region}"\n'
            text += f'endpoint = "{demo.cloud.endpoints[adapter, region]}"\nwindow = "all"\n'
            text += 'functions = ["thumbnailer"]\n' if adapter == "alibaba-fc" else ""
    return parse(text, models(), Path("x.toml"))


async def words(config: Config, environ: Mapping[str, str], cabinet: Cabinet) -> dict[str, tuple[Word, str]]:
    """The word of each source after one read, and what was said."""
    store = Store()

    def ask(account: Account) -> Any:
        return source_of(account, environ, lambda kind: cabinet)

    async with Wiring(config, store, credentials=ask) as wiring:
        for poller in wiring.pollers.values():
            await poller.poll()
        found = {name: store.status(name) for name in wiring.pollers}
    return {
        name.rpartition("-")[0]: (one.word(one.answered_at or 0), one.trouble.message if one.trouble else "")
        for name, one in found.items()
    }


GOOD = {Word.LIVE, Word.EMPTY, Word.PARTIAL}


def profiles(home: Path) -> dict[str, str]:
    """The files of the vendors' CLIs, with these keys in them."""
    ali, tx, hw, sts = (parts(who) for who in ("ali", "tx", "hw", "hw-sts"))
    files: dict[str, Any] = {
        ".aliyun/config.json": {
            "current": "default",
            "profiles": [
                {"name": "default", "mode": "AK"},
                {"name": "p", "mode": "StsToken", **dict(zip((*PARTS[:2], "sts_token"), ali, strict=True))},
            ],
        },
        ".tccli/p.credential": {"type": "default", "secretId": tx[0], "secretKey": tx[1], "token": tx[2]},
        ".hcloud/config.json": {
            "authEncrypt": "false",
            "profiles": [
                {"name": "p", "mode": "AKSK", "accessKeyId": hw[0], "secretAccessKey": hw[1]},
                {"name": "s", "accessKeyId": sts[0], "secretAccessKey": sts[1], "securityToken": sts[2]},
            ],
        },
    }
    for path, content in files.items():
        (home / path).parent.mkdir(exist_ok=True)
        (home / path).write_text(json.dumps(content), "utf-8")
        (home / path).chmod(0o600)
    return {"ali": "profile:p", "tx": "profile:p", "hw": "profile:p", "hw-sts": "profile:s"}


@pytest.mark.parametrize("place", ["keyring", "vault", "env", "profile", "command"])
async def test_every_kind_of_key_works_from_every_place(demo: World, tmp_path: Path, place: str) -> None:
    environ: dict[str, str] = {**os.environ, "HOME": str(tmp_path)}
    cabinet: Cabinet = Drawer()
    credentials = dict.fromkeys(ITEMS, place)
    if place == "vault":

        async def passphrase() -> Secret:
            return Secret("correct horse battery")

        cabinet = Vault(tmp_path / "state" / "vault", passphrase, cost=CHEAP)
    if place in ("keyring", "vault"):
        for who, item in ITEMS.items():
            await cabinet.put(who, json.dumps(item))
    elif place == "env":
        credentials = {who: f"env:{who.upper().replace('-', '_')}_" for who in ITEMS}
        for who, said in credentials.items():
            environ |= {
                said.removeprefix("env:") + name: value for name, value in zip(VARIABLES[who], parts(who), strict=True)
            }
    elif place == "profile":
        credentials = profiles(tmp_path)  # a password is in no vendor's file
    else:
        for who, item in ITEMS.items():
            (tmp_path / who).write_text(json.dumps({**item, "expiration": "2096-10-02T07:06:40Z"}))
        credentials = {who: f"command:{shlex.join(['cat', str(tmp_path / who)])}" for who in ITEMS}
    found = await words(settings(demo, credentials), environ, cabinet)
    assert {who: said for who, (word, said) in found.items() if word not in GOOD} == {}
    assert set(found) == set(ITEMS) - ({"hw-user"} if place == "profile" else set())


async def test_a_token_of_somebody_else_is_refused_by_the_same_cloud(demo: World) -> None:
    drawer = Drawer()
    for who in ("ali", "tx", "hw-sts"):
        drawer.texts[who] = json.dumps({**ITEMS[who], "security_token": "another"})
    found = await words(settings(demo, dict.fromkeys(("ali", "tx", "hw-sts"), "keyring")), {}, drawer)
    assert {word for word, _ in found.values()} == {Word.AUTH}


CODES = {"ali": "InvalidSecurityToken.Expired", "tx": "AuthFailure.TokenFailure", "hw-sts": "APIGW.0301"}


async def test_a_key_that_has_ended_is_refused_by_the_cloud_and_not_sent_where_its_end_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lasting = server.keys

    def over(vendor: str) -> dict[str, Key]:
        return {name: replace(key, ends=1 if key.token else 0) for name, key in lasting(vendor).items()}

    drawer = Drawer()
    drawer.texts = {who: json.dumps(ITEMS[who]) for who in CODES}
    for who in CODES:
        (tmp_path / who).write_text(json.dumps({**ITEMS[who], "expiration": 1}))
    commands = {who: f"command:{shlex.join(['cat', str(tmp_path / who)])}" for who in CODES}
    monkeypatch.setattr(server, "keys", over)
    with world(tasks=10, freeze=True) as ended:
        known = await words(settings(ended, commands), os.environ, drawer)
        assert ended.get("/_log") == []
        unknown = await words(settings(ended, dict.fromkeys(CODES, "keyring")), {}, drawer)
        codes = {entry["code"] for entry in ended.get("/_log")}
    assert {word for word, _ in unknown.values()} == {Word.AUTH}
    assert codes == set(CODES.values())
    assert {word for word, _ in known.values()} == {Word.NOKEY}
    assert all("printed a key that ended at 1970-01-01 00:00:01 UTC" in said for _, said in known.values())


async def test_twenty_sources_at_once_and_a_later_poll_are_one_call_of_the_keyring(demo: World) -> None:
    drawer = Drawer()
    drawer.texts["tx"] = json.dumps(ITEMS["tx"])
    config, store = settings(demo, {"tx": "keyring"}, copies=20), Store()

    def ask(account: Account) -> Any:
        return source_of(account, {}, lambda kind: drawer)

    async with Wiring(config, store, credentials=ask) as wiring:
        pollers = list(wiring.pollers.values())
        await asyncio.gather(*(poller.poll() for poller in pollers))
        await pollers[0].poll()
        assert {store.status(name).trouble for name in wiring.pollers} == {None}
    assert drawer.asked == ["tx"]


@pytest.mark.parametrize("first", ["nothing", "refused"])
@pytest.mark.parametrize("place", ["keyring", "profile", "command"])
async def test_a_source_goes_on_by_itself_when_its_place_has_another_key(
    demo: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, first: str
) -> None:
    for name, seconds in (("LOOK_SECONDS", 0.02), ("EARLY_SECONDS", 0.0), ("FAILED_SECONDS", 0.0)):
        monkeypatch.setattr(kept, name, seconds)
    monkeypatch.setattr("tui.line.LOOK_SECONDS", 0.02)
    drawer, file = Drawer(), tmp_path / ".tccli" / "p.credential"
    file.parent.mkdir()

    def put(item: dict[str, str]) -> None:
        key_id, secret, token = (item[name] for name in PARTS)
        drawer.texts["tx"] = json.dumps(item)
        file.write_text(json.dumps({"secretId": key_id, "secretKey": secret, "token": token}))

    if first == "refused":
        put({**ITEMS["tx"], "access_key_secret": "another"})
    said = {"keyring": "keyring", "profile": "profile:p", "command": f"command:cat {shlex.quote(str(file))}"}[place]
    store = Store()

    def ask(account: Account) -> Any:
        return source_of(account, {"HOME": str(tmp_path), "PATH": os.environ["PATH"]}, lambda kind: drawer)

    async with Wiring(settings(demo, {"tx": said}), store, credentials=ask) as wiring:
        (poller,), (line,) = wiring.pollers.values(), wiring.lines.values()
        await poller.poll()
        trouble = store.status("tx-0").trouble
        assert trouble is not None
        assert trouble.word is (Word.AUTH if first == "refused" else Word.NOKEY)
        put(ITEMS["tx"])
        await line.renewed()
        await poller.poll()
        assert store.status("tx-0").trouble is None


async def test_the_state_of_a_source_says_where_its_key_is_from_and_when_it_ends(demo: World, tmp_path: Path) -> None:
    ends = 4_000_000_000
    profiles(tmp_path)
    (tmp_path / ".aliyun" / "config.json").chmod(0o644)
    (tmp_path / "key").write_text(json.dumps({**ITEMS["tx"], "expiration": ends}))
    config = settings(demo, {"ali": "profile:p", "tx": f"command:cat {shlex.quote(str(tmp_path / 'key'))}"})
    store = Store()

    def ask(account: Account) -> Any:
        return source_of(account, {"HOME": str(tmp_path), "PATH": os.environ["PATH"]})

    async with Wiring(config, store, credentials=ask) as wiring:
        for poller in wiring.pollers.values():
            await poller.poll()
    ali, tx = store.status("ali-0"), store.status("tx-0")
    assert (ali.credentials, ali.expires_at, ali.trouble) == ("profile:p", None, None)
    assert ali.key_note.startswith("others can reach ~/.aliyun/config.json (mode 0644): chmod 600 ")
    assert (tx.credentials, tx.expires_at, tx.trouble, tx.key_note) == ("command", ends * 1000, None, "")
