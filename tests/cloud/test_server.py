"""Real sockets: one port for each front, a config that names them, an end that leaves nothing behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cloud.lab import Hands, sdk_hmac
from tui.cloud.keys import ENV, HUAWEI_PROJECTS
from tui.cloud.server import running

pytestmark = pytest.mark.e2e  # in processes of their own

SERVE = "import sys; from tui.cloud.server import run; sys.exit(run(tasks=7, seed=2{}))"


async def test_every_source_of_the_config_has_its_own_port() -> None:
    async with running(tasks=20, interval="2s", freeze=True) as cloud:
        config = tomllib.loads(cloud.config)
        endpoints = [source["endpoint"] for source in config["sources"]]
        assert len(set(endpoints)) == len(endpoints) == 8
        assert config["monitor"] == {"interval": "2s"}
        assert {account["credentials"] for account in config["accounts"].values()} == {"demo"}
        assert "project_id" not in config["accounts"]["hw-demo"]
        assert all(source["window"] == source["max_tasks"] == "all" for source in config["sources"])
        assert cloud.env == ENV
        async with httpx.AsyncClient(trust_env=False) as client:
            for url in [*endpoints, config["accounts"]["hw-demo"]["iam_endpoint"]]:
                answer = await client.get(f"{url}/")
                assert answer.status_code in (200, 400, 401)
                assert answer.headers["date"]
                assert "server" not in answer.headers
            truth = (await client.get(f"{cloud.url}/_truth")).json()
            assert sum(row["listed"] for row in truth) == 20
            assert (await client.get(f"{cloud.url}/_truth", headers={"Host": "evil.example"})).status_code == 403


async def test_a_signed_request_over_a_socket() -> None:
    clock = Hands()
    async with running(tasks=20, clock=clock) as cloud, httpx.AsyncClient(trust_env=False) as client:
        endpoint = cloud.endpoints["huawei-kps", "cn-north-4"]
        path = f"/v3/{HUAWEI_PROJECTS['cn-north-4']}/failed-tasks"
        request = sdk_hmac("GET", path, (("limit", 5), ("offset", 0)))
        headers = {name: values[0] for name, values in request.headers.items()}
        answer = await client.get(f"{endpoint}{path}?{request.query}", headers=headers)
        assert answer.status_code == 200
        assert answer.json()["total"] == 3
        assert [entry.operation for entry in cloud.ledger.entries] == ["ListFailedTask"]


async def test_a_bad_fault_and_a_taken_port_fail_before_anything_starts() -> None:
    with pytest.raises(ValueError, match="did you mean 'slow'"):
        async with running(faults=["slo"]):
            pass
    for tasks, rate in ((-1, 1.0), (1, 0.0)):
        with pytest.raises(ValueError, match="rate is above 0"):
            async with running(tasks=tasks, rate=rate):
                pass
    async with running(tasks=5) as cloud:
        port = int(cloud.url.rpartition(":")[2])
        with pytest.raises(OSError, match=r"in use"):
            async with running(tasks=5, port=port):
                pass


def start(options: str = "", **env: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SERVE.format(options)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, **env})


def first_line(process: subprocess.Popen[str]) -> Any:
    assert process.stdout is not None
    return json.loads(process.stdout.readline())


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_run_prints_one_line_and_ends_cleanly(name: signal.Signals) -> None:
    with start() as process:
        line = first_line(process)
        assert list(line) == ["url", "config", "tasks", "env"]
        assert line["tasks"] == 7
        assert line["env"] == ENV
        assert tomllib.loads(Path(line["config"]).read_text(encoding="utf-8"))["sources"]
        process.send_signal(name)
        assert process.stdout is not None
        assert process.stdout.read() == ""
        assert process.wait(10) == 0
        assert not Path(line["config"]).exists()


def test_a_named_config_stays(tmp_path: Path) -> None:
    wanted = tmp_path / "demo.toml"
    with start(f", config_out={str(wanted)!r}, freeze=True, faults=['slow']") as process:
        assert first_line(process)["config"] == str(wanted)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert wanted.exists()


def test_it_ends_with_its_parent() -> None:
    with start(TASKDECK_CLOUD_PARENT="1") as process:
        first_line(process)
        assert process.wait(10) == 0


def test_importing_the_package_loads_no_server() -> None:
    code = (
        "import sys, tui.cloud, tui.cloud.keys; sys.exit(any(name in sys.modules for name in ('uvicorn', 'asyncio')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_cloud_shares_no_code_with_what_it_judges() -> None:
    code = (
        "import sys, tui.cloud.server; bad = ('tui.adapters', 'tui.signing', 'tui.net', 'tui.settings', 'tui.store', "
        "'pydantic', 'textual', 'httpx'); sys.exit(', '.join(n for n in sys.modules if n.startswith(bad)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_what_is_no_http_is_not_written_on_stderr() -> None:
    """The monitor of `demo` does not read its child's stderr: a page that knocks with TLS would fill it and stop it."""
    command = [sys.executable, "-c", SERVE.format("")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        port = int(first_line(process)["url"].rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=5) as knock:
            knock.sendall(b"\x16\x03\x01\x02\x00\r\n\r\n")
            while knock.recv(1000):
                pass
        process.terminate()
        assert process.stderr is not None
        assert process.stderr.read() == ""
