"""The vendors' own SDKs list every task of a frozen demo cloud, and wrong keys are refused in the vendor's words."""

import json
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tui.cloud.keys import DEMO_KEYS, HUAWEI_PROJECTS, STS_KEYS
from tui.cloud.texts import OS_TARGETS

SCRIPTS = Path(__file__).parent / "scripts"
SOURCES = (
    "fc-hangzhou",
    "fc-shanghai",
    "os-hangzhou",
    "os-shanghai",
    "mps",
    "tat-guangzhou",
    "tat-singapore",
    "kps",
)
REFUSALS = {
    "fc-hangzhou": "SignatureDoesNotMatch",
    "os-shanghai": "SignatureDoesNotMatch",
    "mps": "AuthFailure.SignatureFailure",
    "tat-singapore": "AuthFailure.SignatureFailure",
    "kps": "APIGW.0301",
}

pytestmark = pytest.mark.judge


def ask(cloud: dict[str, Any], name: str, home: Path, keys: dict[str, str]) -> dict[str, Any]:
    """Run the SDK of one source with these keys."""
    config = tomllib.loads(Path(cloud["config"]).read_text(encoding="utf-8"))
    source = next(source for source in config["sources"] if source["name"] == name)
    question = {
        "endpoint": source["endpoint"],
        "region": source["region"],
        "targets": [one[:3] for one in OS_TARGETS.get(source["region"], ())],
        "project_id": HUAWEI_PROJECTS["cn-north-4"],
        "key_id": keys["access_key_id"],
        "secret": keys["access_key_secret"],
        "token": keys.get("security_token"),
    }
    script = SCRIPTS / f"{source['adapter'].replace('-', '_')}.py"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script)],
        input=json.dumps(question),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={"HOME": str(home), "PATH": "/usr/bin:/bin"},
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def vendor(name: str) -> str:
    """Whose source this is."""
    return {"fc": "alibaba", "os": "alibaba", "kps": "huawei"}.get(name.partition("-")[0], "tencent")


@pytest.mark.parametrize("name", SOURCES)
def test_the_sdk_lists_exactly_the_truth(
    cloud: dict[str, Any], truth: list[dict[str, Any]], tmp_path: Path, name: str
) -> None:
    answer = ask(cloud, name, tmp_path, DEMO_KEYS[vendor(name)])
    assert "error" not in answer
    listed = Counter(
        (row["scope"], row["id"], row["native_state"]) for row in truth if row["source"] == name and row["listed"]
    )
    assert Counter(tuple(row) for row in answer["rows"]) == listed
    assert max(listed.values()) == 1
    known = {row["id"] for row in truth if row["source"] == name and row["by_id"]}
    assert answer["detail"][0] in known
    assert answer["detail"][1]


def test_the_sdk_reads_camel_case_as_an_empty_list_which_is_trap_1(camel_cloud: dict[str, Any], tmp_path: Path) -> None:
    answer = ask(camel_cloud, "os-hangzhou", tmp_path, DEMO_KEYS["alibaba"])
    assert answer == {"rows": [], "detail": None}


@pytest.mark.parametrize(("name", "code"), REFUSALS.items())
def test_a_wrong_secret_is_refused_in_the_vendors_words(
    cloud: dict[str, Any], tmp_path: Path, name: str, code: str
) -> None:
    wrong = {**DEMO_KEYS[vendor(name)], "access_key_secret": "not-the-secret"}
    assert ask(cloud, name, tmp_path, wrong)["error"].startswith(code)


@pytest.mark.parametrize("name", ["fc-hangzhou", "os-shanghai", "mps", "tat-singapore", "kps"])
def test_temporary_keys_work_with_their_token(cloud: dict[str, Any], tmp_path: Path, name: str) -> None:
    answer = ask(cloud, name, tmp_path, STS_KEYS[vendor(name)])
    assert answer.get("rows"), answer
