"""`taskdeck list` and `show` against the demo cloud: what is printed is the truth, field by field."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Cloud, cloud, taskdeck
from tui.cloud.keys import STS_KEYS

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-list")]

Rows = dict[tuple[str, str | None, str], dict[str, Any]]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def frozen(home: Path) -> Iterator[Cloud]:
    with cloud(home, "--tasks", "2000", "--freeze") as running:
        yield running


def printed(text: str) -> Rows:
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


def requests(running: Cloud) -> int:
    """How many requests for tasks have come so far."""
    return len([one for one in running.get("/_log") if not one["operation"].startswith("Keystone")])


@pytest.fixture(scope="module")
def read(home: Path, frozen: Cloud) -> Callable[..., tuple[int, Rows]]:
    """How many requests a list of one source makes, and its rows; what was asked before is not asked again."""

    @cache
    def run(source: str, *words: str) -> tuple[int, Rows]:
        before = requests(frozen)
        done = taskdeck(home, "--config", str(frozen.config), "list", "--source", source, "-o", "ndjson", *words)
        assert (done.returncode, done.stderr) == (0, "")
        return requests(frozen) - before, printed(done.stdout)

    return run


@pytest.mark.parametrize(
    ("text", "source", "spares", "wanted"),
    [
        ("state:fail", "mps", True, lambda one: one["state"] == "failed"),
        ("state:run", "mps", True, lambda one: one["state"] == "running"),
        ("-state:ok", "mps", True, lambda one: one["state"] != "succeeded"),
        ("state:canc", "mps", True, lambda one: one["state"] == "cancelled"),
        (
            "state:fail name:Workflow created>2020-01-01",
            "mps",
            True,
            lambda one: one["state"] == "failed" and "Workflow" in one["name"],
        ),
        ("state:fail OR name:Edit", "mps", False, lambda one: one["state"] == "failed" or "Edit" in one["name"]),
        ("state:fail", "kps", True, lambda one: one["state"] == "failed"),
        ("state:run", "kps", False, lambda one: one["state"] == "running"),
        ("state:fail", "os-hangzhou", False, lambda one: one["state"] == "failed"),
        ("state:ok", "fc-hangzhou", False, lambda one: one["state"] == "succeeded"),
        ("cmd=nosuch-1", "tat-guangzhou", True, lambda one: False),
        ("cmd:nosuch-1", "tat-guangzhou", False, lambda one: False),
    ],
)
def test_a_filter_narrows_what_is_read_and_prints_the_rows_that_it_means(
    frozen: Cloud,
    read: Callable[..., tuple[int, Rows]],
    text: str,
    source: str,
    spares: bool,
    wanted: Callable[[dict[str, Any]], bool],
) -> None:
    whole, every = read(source)
    calls, rows = read(source, text)
    assert every == {key: one for key, one in frozen.listed().items() if key[0] == source}
    assert rows == {key: one for key, one in every.items() if wanted(one)}
    assert calls < whole if spares else calls == whole


def test_a_wrong_key_is_told_whatever_the_filter_leaves_out(home: Path, frozen: Cloud) -> None:
    text = frozen.config.read_text("utf-8").replace('credentials = "demo"', 'credentials = "env:NONE_"')
    config = home / "none.toml"
    config.write_text(text, "utf-8")
    for words in ("state:gone", "state:ok state:fail", "state:canc", "src:nothing"):
        done = taskdeck(home, "--config", str(config), "list", words)
        assert (done.returncode, done.stdout.count("\n")) == (3, 1), words
        assert done.stderr.count("NOKEY") == 8


def shows(line: str, one: dict[str, Any]) -> bool:
    """Whether a line of the screen is that of a task: its id may be cut in the middle, of KPS with the operation."""
    for word in line.split():
        first, cut, last = word.partition("..")
        for name in (one["id"], f"{one['id']}/{one['name']}"):
            if word == name or (cut and len(first) > 3 and name.startswith(first) and name.endswith(last)):
                return True
    return False


@pytest.mark.parametrize(
    "text",
    [
        "state:fail",
        "state:bad sort:name",
        "state:bad sort:-state",
        "src:tat sort:native",
        "src:tat,os state:done sort:-dur limit:90",
        "(src:kps state:live) OR (src:mps error:*) sort:target",
        "name:nightly -state:ok sort:-started",
        "src:os limit:7",
    ],
)
def test_all_on_the_screen_and_the_list_are_the_same_rows_in_the_same_order(
    home: Path, frozen: Cloud, text: str
) -> None:
    config = str(frozen.config)
    listed = taskdeck(home, "--config", config, "list", text, "-o", "json")
    assert listed.returncode == 0
    rows = json.loads(listed.stdout)
    size = f"300x{len(rows) + 20}"  # all of them and what would follow: a screen of 1,000 lines is 2 s of painting
    framed = taskdeck(home, "--config", config, "frame", text, "--screen", "all", "--size", size)
    assert (framed.returncode, framed.stderr) == (0, "")
    lines = framed.stdout.splitlines()
    start = next(at for at, line in enumerate(lines) if line.lstrip().startswith("STATE")) + 1
    assert rows
    assert len(lines) > start + len(rows)
    for one, line in zip(rows, lines[start:], strict=False):
        assert shows(line, one), (one["id"], line)
    assert not shows(lines[start + len(rows)], rows[-1])


@pytest.mark.parametrize(
    ("words", "same"),
    [
        (["src:tat", "--sort", "-started"], "src:tat sort:-started"),
        (["src:tat", "--sort", "state", "--limit", "9"], "src:tat sort:state limit:9"),
        (["src:tat limit:9", "--limit", "30"], "src:tat limit:9"),
        (["src:tat limit:30", "--limit", "9"], "src:tat limit:9"),
        (["src:tat sort:name", "--sort", "-dur"], "src:tat sort:name"),
        (["src:tat", "--columns", "source,id", "--sort", "target"], "src:tat sort:target"),
    ],
)
def test_options_and_view_terms_say_the_same(home: Path, frozen: Cloud, words: list[str], same: str) -> None:
    def ids(more: Sequence[str], form: str) -> list[str]:
        done = taskdeck(home, "--config", str(frozen.config), "list", *more, "-o", form)
        assert (done.returncode, done.stderr) == (0, "")
        if form == "csv":
            return [one["id"] for one in csv.DictReader(io.StringIO(done.stdout))]
        if form == "table":
            return [line.split()[-1] for line in done.stdout.splitlines()[1:]]
        if form == "json":
            return [one["id"] for one in json.loads(done.stdout)]
        return [json.loads(line)["id"] for line in done.stdout.splitlines()]

    columns = [] if "--columns" in words else ["--columns", "id"]
    asked = [([same], "ndjson"), *((words, form) for form in ("ndjson", "json", "csv")), ([*words, *columns], "table")]
    with ThreadPoolExecutor(len(asked)) as at_once:
        wanted, *others = at_once.map(lambda one: ids(*one), asked)
    assert wanted
    assert others == [wanted] * len(others)
