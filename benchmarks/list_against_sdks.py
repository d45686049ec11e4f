"""`taskdeck list` of about 10,000 tasks against the vendor's SDK for the same list, and the floor: whole processes.

The floor (`floor.py`) sends the same requests with http.client and reads the answers with json, and does nothing else.
One demo cloud, frozen; the three are run in turn, `--rounds` times each after one run to warm up; medians are printed.
tccli, where it is installed, has no more than one page for an answer: of the two lists of Tencent its first page is
asked for as often, and taken as many times as the list has pages.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from measure import Cost, medians, run
from results import OURS, Row, Target, tables

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "tests" / "judges" / "scripts"
PART = "Lists of about 10,000 tasks"
SDK, FLOOR = "the vendor's SDK", "http.client and json"
TCCLI = "tccli, a process a page"
ASKED = {  # the product of an adapter, and its question for a page
    "tencent-mps": ("mps", "DescribeTasks", "--Status", "FINISH", "--Limit", "100"),
    "tencent-tat": ("tat", "DescribeInvocationTasks", "--HideOutput", "True", "--Limit", "100"),
}
ENV = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | {"PYTHONPATH": str(ROOT)}


def question(source: dict[str, Any], ready: dict[str, Any]) -> dict[str, Any]:
    """What an SDK script wants to know."""
    env = ready["env"]
    names = {
        "alibaba": ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"),
        "tencent": ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"),
        "huawei": ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"),
    }[source["adapter"].partition("-")[0]]
    return {
        "endpoint": source["endpoint"],
        "region": source["region"],
        "targets": [one.split("/") for one in source.get("targets", ()) if not one.endswith("*")],
        "project_id": env["HUAWEICLOUD_SDK_PROJECT_ID"],
        "key_id": env[names[0]],
        "secret": env[names[1]],
        "token": None,
    }


def ours_config(ready: dict[str, Any], folder: Path) -> Path:
    """The cloud's config without limits of ours, and with the targets that the SDK script is given."""
    text = Path(ready["config"]).read_text("utf-8")
    text = text.replace('credentials = "demo"', 'credentials = "demo"\nrate_share = "off"')
    path = folder / "config.toml"
    path.write_text(text, "utf-8")
    return path


def compare(source: dict[str, Any], ready: dict[str, Any], folder: Path, rounds: int) -> dict[str, Cost]:
    """The medians of the three."""
    asked = json.dumps(question(source, ready)).encode()
    config = ours_config(ready, folder)
    script = SCRIPTS / f"{source['adapter'].replace('-', '_')}.py"
    wanted = ["--config", str(config), "list", "--source", source["name"], "-o", "ndjson"]
    floor = str(Path(__file__).with_name("floor.py"))
    run([sys.executable, floor, "record", str(folder), str(rounds + 1), *wanted], out=folder / "recorded", env=ENV)
    taken: dict[str, list[Cost]] = {OURS: [], SDK: [], FLOOR: []}
    mine, its, least = folder / "ours.ndjson", folder / "theirs.json", folder / "floor.txt"
    for turn in range(rounds + 1):
        costs = {
            OURS: run([sys.executable, "-m", "tui", *wanted], out=mine, env=ENV),
            SDK: run([sys.executable, "-W", "ignore", str(script)], stdin=asked, out=its, env=ENV),
            FLOOR: run([sys.executable, floor, "send", str(folder / f"floor-{turn}.json")], out=least, env=ENV),
        }
        for name, cost in costs.items() if turn else ():
            taken[name].append(cost)
    answer = json.loads(its.read_text("utf-8"))
    if "error" in answer:
        raise RuntimeError(f"{script.name}: {answer['error']}")
    rows = len(mine.read_text("utf-8").splitlines())
    if rows != len(answer["rows"]):
        raise RuntimeError(f"{source['adapter']}: {rows} rows, the SDK has {len(answer['rows'])}")
    return {name: medians(costs) for name, costs in taken.items()}


def python_of_tccli() -> str | None:
    """The Python that has it: $TCCLI, or that of the venv that `make bench` makes for it beside this one's."""
    own = Path(sys.executable).parent.parent / "tccli" / "bin" / "python"
    return os.environ.get("TCCLI") or (str(own) if own.exists() else None)


def tccli(source: dict[str, Any], ready: dict[str, Any], folder: Path, rounds: int) -> Cost:
    """What the whole list would take it: the median page, times the requests that the floor has recorded."""
    key, secret = ready["env"]["TENCENTCLOUD_SECRET_ID"], ready["env"]["TENCENTCLOUD_SECRET_KEY"]
    place = ["--region", source["region"], "--endpoint", source["endpoint"].removeprefix("http://")]
    script = str(Path(__file__).with_name("peers") / "tccli_http.py")
    command = [python_of_tccli() or "python3", script, *ASKED[source["adapter"]], *place]
    env = {**ENV, "HOME": str(folder), "LC_ALL": "C.UTF-8"}
    keys = ["--secretId", key, "--secretKey", secret]
    page = medians([run([*command, *keys], out=folder / "page", env=env) for _ in range(rounds + 1)][1:])
    pages = len(json.loads((folder / "floor-0.json").read_text("utf-8")))
    return Cost(page.wall * pages, page.cpu * pages, page.peak)


def measured(rounds: int, tasks: int) -> list[Row]:
    """The rows of the table: three for each API."""
    made = []
    with tempfile.TemporaryDirectory() as place:
        given = ["--freeze", "--tasks", str(tasks), "--config-out", f"{place}/cloud.toml"]
        cloud = subprocess.Popen([sys.executable, "-m", "tui", "cloud", *given], stdout=subprocess.PIPE, env=ENV)
        try:
            assert cloud.stdout is not None
            ready = json.loads(cloud.stdout.readline())
            sources = tomllib.loads(Path(ready["config"]).read_text("utf-8"))["sources"]
            chosen = {one["adapter"]: one for one in sources if "*" not in "".join(one.get("targets", ()))}
            for adapter, source in sorted(chosen.items()):
                costs = compare(source, ready, Path(place), rounds)
                if adapter in ASKED and python_of_tccli():
                    costs[TCCLI] = tccli(source, ready, Path(place), rounds)
                for at, (what, unit) in enumerate((("wall", "s"), ("CPU", "s"), ("peak memory", "MiB"))):
                    figures = {name: cost[at] for name, cost in costs.items()}
                    grain = 5 if unit == "MiB" else 0.1
                    name = f"{adapter}, {what}"
                    made.append(Row(PART, name, unit, figures, Target(1, SDK), SDK, grain))
        finally:
            cloud.terminate()
            cloud.wait(20)
    return made


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tasks", type=int, default=50_000, help="in the whole cloud, a fifth of them for each API")
    given = parser.parse_args()
    print("\n".join(tables(measured(given.rounds, given.tasks))))
