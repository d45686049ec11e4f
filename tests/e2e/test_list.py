"""`taskdeck list` and `show` against the demo cloud: what is printed is the truth, field by field."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Cloud, cloud, taskdeck
from tui.cloud.keys import STS_KEYS

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-list")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def frozen(home: Path) -> Iterator[Cloud]:
    with cloud(home, "--tasks", "2000", "--freeze") as running:
        yield running


def printed(text: str) -> dict[tuple[str, str | None, str], dict[str, Any]]:
    rows = [json.loads(line) for line in text.splitlines()]
    return {
        (one["source"], one["scope"], one["id"]): {k: v for k, v in one.items() if k not in ("seen_at", "request_id")}
        for one in rows
    }


def test_list_prints_exactly_the_listed_truth(home: Path, frozen: Cloud) -> None:
    done = taskdeck(home, "--config", str(frozen.config), "list", "-o", "ndjson")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == frozen.tasks == 2000
    assert printed(done.stdout) == frozen.listed()


def test_list_from_environment_keys_is_the_same(home: Path, frozen: Cloud) -> None:
    text = frozen.config.read_text("utf-8").replace('credentials = "demo"', 'credentials = "env"')
    config = home / "env.toml"
    config.write_text(text, "utf-8")
    done = taskdeck(home, "--config", str(config), "list", "-o", "ndjson", **frozen.env)
    assert (done.returncode, done.stderr) == (0, "")
    assert printed(done.stdout) == frozen.listed()


def test_list_with_temporary_keys_is_the_same(home: Path, frozen: Cloud) -> None:
    text = frozen.config.read_text("utf-8").replace('credentials = "demo"', 'credentials = "env:TMP_"')
    config = home / "sts.toml"
    config.write_text(text, "utf-8")
    names = {
        "alibaba": ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"),
        "tencent": ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"),
        "huawei": ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_SECURITY_TOKEN"),
    }
    env = {
        f"TMP_{name}": STS_KEYS[vendor][key]
        for vendor, three in names.items()
        for name, key in zip(three, ("access_key_id", "access_key_secret", "security_token"), strict=True)
    }
    done = taskdeck(home, "--config", str(config), "list", "-o", "ndjson", **env)
    assert (done.returncode, done.stderr) == (0, "")
    assert printed(done.stdout) == frozen.listed()


def test_list_with_an_iam_users_token_is_the_same(home: Path, frozen: Cloud) -> None:
    text = frozen.config.read_text("utf-8").replace('vendor = "huawei"', 'vendor = "huawei"\nauth = "token"')
    config = home / "token.toml"
    config.write_text(text, "utf-8")
    done = taskdeck(home, "--config", str(config), "list", "--source", "kps", "-o", "ndjson")
    assert (done.returncode, done.stderr) == (0, "")
    assert printed(done.stdout) == {key: one for key, one in frozen.listed().items() if key[0] == "kps"}


def test_json_is_one_array_and_csv_has_the_contract_columns(home: Path, frozen: Cloud) -> None:
    config = str(frozen.config)
    array = json.loads(taskdeck(home, "--config", config, "list", "--source", "kps", "-o", "json").stdout)
    rows = list(
        csv.reader(io.StringIO(taskdeck(home, "--config", config, "list", "--source", "kps", "-o", "csv").stdout))
    )
    assert rows[0] == [name for name in array[0] if name != "extra"]
    assert [row[4] for row in rows[1:]] == [one["id"] for one in array]


def test_a_filter_and_an_order_narrow_the_list(home: Path, frozen: Cloud) -> None:
    done = taskdeck(home, "--config", str(frozen.config), "list", "-state:ok", "--sort", "-age", "-o", "ndjson")
    assert done.returncode == 0
    shown = printed(done.stdout)
    assert shown == {key: one for key, one in frozen.listed().items() if one["state"] != "succeeded"}


def test_raw_adds_the_providers_own_row(home: Path, frozen: Cloud) -> None:
    done = taskdeck(
        home, "--config", str(frozen.config), "list", "--source", "mps", "--raw", "--limit", "3", "-o", "json"
    )
    assert all(one["raw"]["TaskId"] == one["id"] for one in json.loads(done.stdout))


@pytest.mark.parametrize("adapter", ["alibaba-fc", "alibaba-opensearch", "tencent-mps", "tencent-tat", "huawei-kps"])
def test_show_asks_for_one_task_of_each_api(home: Path, frozen: Cloud, adapter: str) -> None:
    wanted = next(one for one in frozen.listed().values() if one["adapter"] == adapter)
    parts = [wanted["source"], wanted["scope"], wanted["id"]] if wanted["scope"] else [wanted["source"], wanted["id"]]
    name = "/".join(part.replace("/", "%2F") for part in parts)
    done = taskdeck(home, "--config", str(frozen.config), "show", name, "-o", "json")
    assert (done.returncode, done.stderr) == (0, "")
    shown = json.loads(done.stdout)
    assert shown["detail"]
    assert (shown["id"], shown["state"]) == (wanted["id"], wanted["state"])


def test_a_task_that_does_not_exist_is_exit_1(home: Path, frozen: Cloud) -> None:
    done = taskdeck(home, "--config", str(frozen.config), "show", "mps/no-such-task")
    assert done.returncode == 1
    assert done.stderr.startswith("taskdeck: mps: ERROR ")
    assert done.stderr.count("\n") == 1


def test_a_wrong_secret_is_exit_3_alone_and_5_among_others(home: Path, frozen: Cloud) -> None:
    text = frozen.config.read_text("utf-8").replace(
        '[accounts.tx-demo]\nvendor = "tencent"\ncredentials = "demo"',
        '[accounts.tx-demo]\nvendor = "tencent"\ncredentials = "env:BAD_"',
    )
    config = home / "bad.toml"
    config.write_text(text, "utf-8")
    keys = {"BAD_TENCENTCLOUD_SECRET_ID": frozen.env["TENCENTCLOUD_SECRET_ID"], "BAD_TENCENTCLOUD_SECRET_KEY": "wrong"}
    alone = taskdeck(home, "--config", str(config), "list", "--source", "mps", **keys)
    assert alone.returncode == 3
    assert alone.stderr.startswith("taskdeck: mps: AUTH AuthFailure.SignatureFailure ")
    among = taskdeck(home, "--config", str(config), "list", "-o", "ndjson", **keys)
    assert among.returncode == 5
    assert {one["adapter"] for one in printed(among.stdout).values()} == {
        "alibaba-fc",
        "alibaba-opensearch",
        "huawei-kps",
    }
    assert "wrong" not in among.stderr


def test_sources_say_word_calls_and_budget(home: Path, frozen: Cloud) -> None:
    done = taskdeck(home, "--config", str(frozen.config), "sources", "-o", "json")
    assert done.returncode == 0
    rows = json.loads(done.stdout)
    assert {one["word"] for one in rows} == {"LIVE"}
    assert sum(one["tasks"] for one in rows) == 2000
    assert all(one["calls"] >= 1 for one in rows)
