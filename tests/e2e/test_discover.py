"""`taskdeck sources --discover`: what it prints is a config, and that config lists what the account has."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.command import Cloud, cloud, taskdeck

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-list")]


@pytest.fixture(scope="module")
def frozen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    with cloud(tmp_path_factory.mktemp("cloud"), "--tasks", "300", "--freeze") as running:
        yield running


def test_what_is_discovered_is_what_the_cloud_has(tmp_path: Path, frozen: Cloud) -> None:
    known = tomllib.loads(frozen.config.read_text("utf-8"))
    found = []
    for account in known["accounts"]:
        done = taskdeck(tmp_path, "--config", str(frozen.config), "sources", "--discover", account)
        assert (done.returncode, done.stderr) == (0, "")
        found += tomllib.loads(done.stdout)["sources"]
    assert {(one["adapter"], one["region"]) for one in found} == {
        (one["adapter"], one["region"]) for one in known["sources"]
    }
    listed = frozen.listed().values()
    functions = {one["scope"] for one in listed if one["adapter"] == "alibaba-fc"}
    assert functions <= {name for one in found for name in one.get("functions", ())}
    targets = {one["scope"] for one in listed if one["adapter"] == "alibaba-opensearch"}
    assert targets <= {name for one in found for name in one.get("targets", ())}


def test_what_is_discovered_is_a_config(tmp_path: Path, frozen: Cloud) -> None:
    printed = taskdeck(tmp_path, "--config", str(frozen.config), "sources", "--discover", "ali-demo").stdout
    text = frozen.config.read_text("utf-8")
    config = tmp_path / "config.toml"
    config.write_text(text[: text.index("[[sources]]")] + printed, "utf-8")
    done = taskdeck(tmp_path, "--config", str(config), "config", "check")
    assert (done.returncode, done.stderr) == (0, "")
    assert "4 sources" in done.stdout


def test_an_account_that_is_not_there_is_exit_2(tmp_path: Path, frozen: Cloud) -> None:
    done = taskdeck(tmp_path, "--config", str(frozen.config), "sources", "--discover", "nobody")
    assert done.returncode == 2
    assert done.stderr == "taskdeck: no such account: nobody; there is ali-demo, tx-demo, hw-demo\n"


def test_a_refused_key_is_a_line_for_each_place_and_exit_3(tmp_path: Path, frozen: Cloud) -> None:
    text = frozen.config.read_text("utf-8").replace('credentials = "demo"', 'credentials = "env"')
    config = tmp_path / "config.toml"
    config.write_text(text, "utf-8")
    keys = {"TENCENTCLOUD_SECRET_ID": frozen.env["TENCENTCLOUD_SECRET_ID"], "TENCENTCLOUD_SECRET_KEY": "wrong-key"}
    done = taskdeck(tmp_path, "--config", str(config), "sources", "--discover", "tx-demo", **keys)
    assert (done.returncode, done.stdout) == (3, "")
    assert "taskdeck: tencent-mps in ap-singapore: AUTH AuthFailure.SignatureFailure" in done.stderr
