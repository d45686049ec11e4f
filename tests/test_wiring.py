"""A config becomes pollers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from tui.adapters import every
from tui.errors import ConfigError, UsageError
from tui.settings import Config
from tui.settings.example import EXAMPLE
from tui.settings.load import parse
from tui.store import Store
from tui.wiring import Wiring, load_config, models


@pytest.fixture(scope="module")
def config() -> Config:
    return parse(EXAMPLE, models(), Path("example.toml"))


def test_every_adapter_has_a_model() -> None:
    assert models() == {one.id: (one.vendor, one.settings) for one in every()}


async def test_every_source_gets_an_adapter_a_line_and_a_poller(config: Config) -> None:
    store = Store()
    async with Wiring(config, store) as wiring:
        names = [one.name for one in config.sources]
        assert list(wiring.adapters) == list(wiring.lines) == list(wiring.pollers) == list(store.sources) == names
        assert store.status("thumbs").interval == 15


@pytest.mark.parametrize(
    ("credentials", "vendor", "auth", "keys"),
    [
        ("env", "tencent", "aksk", ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY")),
        ("env:A_", "alibaba", "aksk", ("A_ALIBABA_CLOUD_ACCESS_KEY_ID", "A_ALIBABA_CLOUD_ACCESS_KEY_SECRET")),
        ("demo", "alibaba", "aksk", ()),
        (
            *("env", "huawei", "token"),
            ("HUAWEICLOUD_SDK_USERNAME", "HUAWEICLOUD_SDK_PASSWORD", "HUAWEICLOUD_SDK_DOMAIN_NAME"),
        ),
    ],
)
async def test_a_source_knows_what_its_credential_is_read_from(
    config: Config, credentials: str, vendor: str, auth: Literal["aksk", "token"], keys: tuple[str, ...]
) -> None:
    accounts = {
        name: replace(one, credentials=credentials, auth=auth) if one.vendor == vendor else one
        for name, one in config.accounts.items()
    }
    store = Store()
    async with Wiring(replace(config, accounts=accounts), store):
        mine = {store.status(one.name).keys for one in config.sources if accounts[one.account].vendor == vendor}
        assert mine == {keys}


async def test_chosen_sources_come_once_and_in_their_order(config: Config) -> None:
    async with Wiring(config, Store(), only=["media", "thumbs", "media"]) as wiring:
        assert list(wiring.pollers) == ["media", "thumbs"]
    async with Wiring(config, Store(), only=[]) as wiring:
        assert not wiring.pollers


def test_an_unknown_source_is_a_mistake(config: Config) -> None:
    with pytest.raises(UsageError, match="no such source: nobody; there is thumbs, ctr, media, commands, keys"):
        Wiring(config, Store(), only=["nobody"])
    with pytest.raises(UsageError, match="there is none"):
        Wiring(Config(), Store(), only=["nobody"])


def test_a_file_is_read_with_the_settings_of_all_adapters(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(EXAMPLE)
    assert len(load_config(tmp_path / "config.toml").sources) == 5
    with pytest.raises(ConfigError):
        load_config(tmp_path)
