"""Keys from the environment, and the demo's."""

from __future__ import annotations

from typing import Any

import pytest

from tui.calls import Credential, Secret
from tui.cloud.keys import DEMO_KEYS, ENV
from tui.credentials import names, source_of, without_keys
from tui.demo_keys import KEYS
from tui.errors import NoCredential
from tui.settings import Account

VARIABLES = {
    "alibaba": ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"),
    "tencent": ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"),
    "huawei": ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"),
}


def account(vendor: Any, credentials: str = "env", **more: Any) -> Account:
    return Account(name="acme", vendor=vendor, credentials=credentials, **more)


@pytest.mark.parametrize("vendor", VARIABLES)
@pytest.mark.parametrize("prefix", ["", "PROD_"])
async def test_a_key_pair_of_the_environment(vendor: str, prefix: str) -> None:
    key, secret, token = (prefix + name for name in VARIABLES[vendor])
    owner = account(vendor, f"env:{prefix}" if prefix else "env")
    found = await source_of(owner, {key: "AK", secret: "SK"})()
    assert found == Credential(key_id="AK", secret=Secret("SK"))
    found = await source_of(owner, {key: "AK", secret: "SK", token: "STS"})()
    assert found.token == Secret("STS")
    assert names(owner, prefix)[:3] == (key, secret, token)


@pytest.mark.parametrize("vendor", VARIABLES)
@pytest.mark.parametrize("missing", [0, 1])
@pytest.mark.parametrize("empty", [True, False])
async def test_a_missing_variable_is_named(vendor: str, missing: int, empty: bool) -> None:
    environment = dict.fromkeys(VARIABLES[vendor], "x")
    name = VARIABLES[vendor][missing]
    if empty:
        environment[name] = ""
    else:
        del environment[name]
    with pytest.raises(NoCredential, match=f"account acme: {name} is not set"):
        await source_of(account(vendor), environment)()


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("value", [" AK", "AK\n", "A\x00K", "AK\r", "schlüssel", "\ufeffAK"])
async def test_what_no_key_has_is_refused_without_being_shown(at: int, value: str) -> None:
    environment = dict.fromkeys(VARIABLES["alibaba"], "x") | {VARIABLES["alibaba"][at]: value}
    with pytest.raises(NoCredential) as caught:
        await source_of(account("alibaba"), environment)()
    assert VARIABLES["alibaba"][at] in str(caught.value)
    assert value.strip("\ufeff \r\n") not in str(caught.value).replace(VARIABLES["alibaba"][at], "")


async def test_huawei_users_and_projects() -> None:
    environment = {
        "HUAWEICLOUD_SDK_USERNAME": "user",
        "HUAWEICLOUD_SDK_PASSWORD": ' pa"ss wörd ',
        "HUAWEICLOUD_SDK_DOMAIN_NAME": "domain",
        "HUAWEICLOUD_SDK_PROJECT_ID": "p1",
        "HUAWEICLOUD_SDK_AK": "AK",
        "HUAWEICLOUD_SDK_SK": "SK",
    }
    user = await source_of(account("huawei", auth="token"), environment)()
    assert user == Credential(key_id="user", secret=Secret(' pa"ss wörd '), domain="domain", project_id="p1")
    pair = await source_of(account("huawei"), environment)()
    assert pair == Credential(key_id="AK", secret=Secret("SK"), project_id="p1")
    del environment["HUAWEICLOUD_SDK_DOMAIN_NAME"]
    with pytest.raises(NoCredential, match="HUAWEICLOUD_SDK_DOMAIN_NAME"):
        await source_of(account("huawei", auth="token"), environment)()


async def test_the_environment_is_read_at_each_call() -> None:
    environment: dict[str, str] = {}
    ask = source_of(account("tencent"), environment)
    with pytest.raises(NoCredential):
        await ask()
    environment |= dict.fromkeys(VARIABLES["tencent"], "x")
    assert (await ask()).key_id == "x"


def test_a_childs_environment_has_no_key_of_ours() -> None:
    ours = [name for three in VARIABLES.values() for name in three]
    environment = {name: "x" for one in ours for name in (one, f"PROD_{one}")} | {"PATH": "/bin", "HOME": "/root"}
    assert without_keys(environment) == {"PATH": "/bin", "HOME": "/root"}


@pytest.mark.parametrize("vendor", VARIABLES)
async def test_the_demo_keys_are_those_of_the_demo_cloud(vendor: str) -> None:
    found = await source_of(account(vendor, "demo"), {})()
    assert found.key_id == DEMO_KEYS[vendor]["access_key_id"]
    assert found.secret == Secret(DEMO_KEYS[vendor]["access_key_secret"])
    assert found.key_id in ENV.values()


async def test_the_demo_user_is_huaweis() -> None:
    found = await source_of(account("huawei", "demo", auth="token"), {})()
    assert (found.key_id, found.domain) == (KEYS["huawei-user"]["username"], KEYS["huawei-user"]["domain"])
