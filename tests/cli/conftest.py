"""Commands in this process, on sources that answer what a test says."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple

import pytest

from tui.cli import run
from tui.patience import Patience, retrying
from tui.wiring import Wiring

Said = tuple[int, Any]
Answer = Callable[[str, dict[str, Any]], Said]


class Ran(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    answer: Answer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A command that left before its answer came is no news on the stderr that a test reads."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        status, said = self.server.answer(self.headers["X-TC-Action"], asked)
        body = said if isinstance(said, bytes) else json.dumps(said).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


class Scene:
    """A config of sources of one Tencent account, each on a server of its own, and the command that reads it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        self.path = folder / "config.toml"
        self.state = folder / "state"
        self._servers: list[_Server] = []
        self.text = '[accounts.acme]\nvendor = "tencent"\ncredentials = "demo"\nrate_share = "off"\n'

    def source(self, name: str, answer: Answer, adapter: str = "tencent-mps") -> None:
        """A source whose every call gets this answer."""
        server = _Server(("127.0.0.1", 0), _Handler)
        server.answer = answer
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self._servers.append(server)
        self.add(name, f"http://127.0.0.1:{server.server_port}", adapter)

    def add(self, name: str, endpoint: str, adapter: str = "tencent-mps") -> None:
        """A source at an endpoint."""
        self.text += f'[[sources]]\nname = "{name}"\nadapter = "{adapter}"\naccount = "acme"\nregion = "ap-x"\n'
        self.text += f'window = "all"\nendpoint = "{endpoint}"\n'

    def run(self, *arguments: str) -> Ran:
        """Runs a command on this config."""
        self.path.write_text(self.text)
        return self.plain("--config", str(self.path), *arguments)

    def plain(self, *arguments: str) -> Ran:
        """Runs a command without a config."""
        code = run(["--state-dir", str(self.state), *arguments])
        return Ran(int(code), *self._capsys.readouterr())

    def refused(self, *arguments: str) -> str:
        """What is said of arguments that do not fit: one line, exit code 2, and no source is asked for anything."""
        asked: list[str] = []

        def noted(action: str, _: dict[str, Any]) -> Said:
            asked.append(action)
            return 500, {}

        self.source("media", noted)
        ran = self.run(*arguments)
        assert (ran.code, ran.out, asked) == (2, "", [])
        assert ran.err.count("\n") == 1
        return ran.err

    def close(self) -> None:
        """Stops the servers."""
        for server in self._servers:
            server.shutdown()
            server.server_close()


@pytest.fixture
def scene(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """An empty scene; nothing is tried twice."""
    monkeypatch.setattr(
        Wiring.__init__, "__kwdefaults__", (Wiring.__init__.__kwdefaults__ or {}) | {"patience": Patience(tries=1)}
    )
    monkeypatch.setattr(retrying, "__defaults__", (Patience(tries=1), None))
    monkeypatch.delenv("TASKDECK_CONFIG", raising=False)
    root = logging.getLogger("tui")
    before, level, propagate = list(root.handlers), root.level, root.propagate
    it = Scene(tmp_path, capsys)
    yield it
    it.close()
    for handler in set(root.handlers) - set(before):
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    root.propagate = propagate


def shelf(**rows: list[dict[str, Any]]) -> Answer:
    """The MPS lists: WAITING, PROCESSING, FAILED and DONE, each with rows."""

    def answer(action: str, asked: dict[str, Any]) -> Said:
        name = asked.get("Status", "")
        if name == "FINISH":
            name = "FAILED" if asked["SubTaskHasFailed"] else "DONE"
        return 200, {"Response": {"TaskSet": rows.get(name, []), "ScrollToken": "", "RequestId": f"r-{name}"}}

    return answer


def refusing(code: str, status: int = 200, message: str = "it says no") -> Answer:
    """Every call refused."""
    said = {"Response": {"Error": {"Code": code, "Message": message}, "RequestId": "r-refused"}}
    return lambda action, asked: (status, said)


def row(ident: str, **more: Any) -> dict[str, Any]:
    """A row of a list."""
    return {
        "TaskId": ident,
        "TaskType": "WorkflowTask",
        "CreateTime": "2026-01-15T08:30:00Z",
        "BeginProcessTime": "2026-01-15T08:30:01Z",
        "FinishTime": "2026-01-15T08:30:03Z",
        "SubTaskTypes": ["Transcode"],
    } | more
