"""A frozen demo cloud of its own process, as the judges see it."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

SERVE = "import sys; from tui.cloud.server import run; sys.exit(run(tasks=1203, seed=7, freeze=True, casing={!r}))"


@contextmanager
def served(casing: str) -> Iterator[dict[str, Any]]:
    """What `cloud` printed: url, config, env."""
    env = {**os.environ, "TASKDECK_CLOUD_PARENT": str(os.getpid())}
    command = [sys.executable, "-c", SERVE.format(casing)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        line: dict[str, Any] = json.loads(process.stdout.readline())
        yield line
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert not Path(line["config"]).exists()


@pytest.fixture(scope="session")
def cloud() -> Iterator[dict[str, Any]]:
    """OpenSearch answers in PascalCase everywhere: the vendor's SDK reads nothing else."""
    with served("pascal") as line:
        yield line


@pytest.fixture(scope="session")
def camel_cloud() -> Iterator[dict[str, Any]]:
    """OpenSearch answers in camelCase everywhere."""
    with served("camel") as line:
        yield line


@pytest.fixture(scope="session")
def truth(cloud: dict[str, Any]) -> list[dict[str, Any]]:
    """Every task."""
    with urllib.request.urlopen(f"{cloud['url']}/_truth") as answer:
        rows: list[dict[str, Any]] = json.load(answer)
    return rows
