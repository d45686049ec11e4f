"""`taskdeck list` of about 10,000 tasks against the vendor's SDK for the same list: whole processes.

One demo cloud, frozen; the two are run in turn, five times each after one run to warm up; medians are printed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

from measure import Cost, medians, run

ROOT = Path(__file__).resolve().parent.parent
SCRIPTS = ROOT / "tests" / "judges" / "scripts"
ROUNDS = int(os.environ.get("ROUNDS", "5"))
TASKS = os.environ.get("TASKS", "50000")
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


def compare(source: dict[str, Any], ready: dict[str, Any], folder: Path) -> tuple[int, int, Cost, Cost]:
    """Rows and medians of both sides."""
    asked = json.dumps(question(source, ready)).encode()
    config = ours_config(ready, folder)
    script = SCRIPTS / f"{source['adapter'].replace('-', '_')}.py"
    ours, theirs = [], []
    mine, its = folder / "ours.ndjson", folder / "theirs.json"
    for turn in range(ROUNDS + 1):
        command = [
            sys.executable,
            "-m",
            "tui",
            "--config",
            str(config),
            "list",
            "--source",
            source["name"],
            "-o",
            "ndjson",
        ]
        cost = run(command, out=mine, env=ENV)
        other = run([sys.executable, "-W", "ignore", str(script)], stdin=asked, out=its, env=ENV)
        if turn:
            ours.append(cost)
            theirs.append(other)
    answer = json.loads(its.read_text("utf-8"))
    if "error" in answer:
        raise RuntimeError(f"{script.name}: {answer['error']}")
    return len(mine.read_text("utf-8").splitlines()), len(answer["rows"]), medians(ours), medians(theirs)


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        cloud = subprocess.Popen(
            [sys.executable, "-m", "tui", "cloud", "--freeze", "--tasks", TASKS, "--config-out", f"{place}/cloud.toml"],
            stdout=subprocess.PIPE,
            env=ENV,
        )
        try:
            assert cloud.stdout is not None
            ready = json.loads(cloud.stdout.readline())
            sources = tomllib.loads(Path(ready["config"]).read_text("utf-8"))["sources"]
            chosen = {one["adapter"]: one for one in sources if "*" not in "".join(one.get("targets", ()))}
            print(f"{'':<20}{'rows':>14}{'wall s':>16}{'CPU s':>16}{'peak MiB':>16}   ratio wall, CPU, peak")
            for adapter, source in sorted(chosen.items()):
                rows, other, ours, theirs = compare(source, ready, Path(place))
                pairs = [f"{a:.2f} / {b:.2f}" for a, b in zip(ours, theirs, strict=True)]
                ratios = ", ".join(f"{a / b:.2f}" for a, b in zip(ours, theirs, strict=True))
                print(
                    f"{adapter:<20}{f'{rows} / {other}':>14}" + "".join(f"{one:>16}" for one in pairs) + f"   {ratios}"
                )
        finally:
            cloud.terminate()
            cloud.wait(20)


if __name__ == "__main__":
    main()
