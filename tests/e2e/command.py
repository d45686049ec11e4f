"""The installed command, run as a user runs it: TASKDECK_BIN, else the one of this environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from tests import leaks

BIN = os.environ.get("TASKDECK_BIN") or str(Path(sys.executable).parent / "taskdeck")


def environment(home: Path, **more: str) -> dict[str, str]:
    """An environment without this machine's keys, config, proxies or terminal."""
    kept = {
        name: os.environ[name]
        for name in ("PATH", "LANG", "LC_ALL", "COVERAGE_PROCESS_CONFIG", "COVERAGE_PROCESS_START")
        if name in os.environ
    }
    leaks.lived_in(home)
    return kept | {"HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "LC_ALL": "C.UTF-8"} | more


def taskdeck(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs one command to its end."""
    ran = subprocess.run(
        [BIN, *arguments],
        env=environment(home, **more),
        cwd=home,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    leaks.trail.told("output", ran.stdout, ran.stderr)
    return ran


class Cloud(NamedTuple):
    """A running demo cloud."""

    url: str
    config: Path
    tasks: int
    env: dict[str, str]

    def get(self, path: str) -> Any:
        """A control path's JSON."""
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return json.load(answer)

    def listed(self) -> dict[tuple[str, str | None, str], dict[str, Any]]:
        """The tasks that some list shows now, by (source, scope, id), without `listed` and `by_id`."""
        return {
            (one["source"], one["scope"], one["id"]): {k: v for k, v in one.items() if k not in ("listed", "by_id")}
            for one in self.get("/_truth")
            if one["listed"]
        }


@contextmanager
def cloud(home: Path, *arguments: str) -> Iterator[Cloud]:
    """`taskdeck cloud` in the foreground of its own process, until the block ends."""
    config = home / "cloud.toml"
    process = subprocess.Popen(
        [BIN, "cloud", "--config-out", str(config), *arguments],
        env=environment(home),
        cwd=home,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield Cloud(ready["url"], Path(ready["config"]), ready["tasks"], ready["env"])
    finally:
        process.terminate()
        process.communicate(timeout=20)
