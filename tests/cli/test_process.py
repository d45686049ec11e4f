"""The command as a process: its streams closed, full or in another encoding, its signals, its last words."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Scene, refusing, row, shelf

pytestmark = pytest.mark.e2e

COMMAND = [sys.executable, "-W", "error", "-m", "tui"]


@pytest.fixture
def home(scene: Scene) -> Scene:
    """A scene whose config is on the disk: 300 tasks with names of all scripts."""
    rows = [row(f"t-{at}", TaskType="任务\x1b[31m") for at in range(300)]
    scene.source("media", shelf(DONE=rows))
    scene.path.write_text(scene.text)
    return scene


def start(
    home: Scene, *arguments: str, stdout: Any = subprocess.PIPE, stderr: Any = subprocess.PIPE, **env: str
) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if name.startswith(("COVERAGE", "PATH", "LANG"))}
    environment = kept | {"PYTHONPATH": str(Path(__file__).parents[2])} | env
    whole = [*COMMAND, "--config", str(home.path), "--state-dir", str(home.state), *arguments]
    return subprocess.Popen(whole, env=environment, stdout=stdout, stderr=stderr)


def ended(process: subprocess.Popen[bytes]) -> tuple[int, bytes, bytes]:
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def test_all_formats_leave_as_bytes_of_utf8_and_nothing_is_on_stderr(home: Scene) -> None:
    for words in (["list"], ["list", "-o", "csv"]):
        code, out, err = ended(start(home, *words))
        assert (code, err) == (0, b"")
        assert b"\x1b" not in out
        assert "任务".encode() in out


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_a_locale_without_our_signs_is_no_bug(home: Scene, encoding: str) -> None:
    code, out, err = ended(start(home, "list", PYTHONIOENCODING=encoding, PYTHONUTF8="0"))
    assert (code, err) == (0, b"")
    assert b"\\u4efb\\u52a1" in out


@pytest.mark.parametrize("words", [["list", "-o", "ndjson"], ["list", "-o", "csv"], ["--help"], ["config", "example"]])
def test_a_closed_pipe_ends_quietly(home: Scene, words: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = start(home, *words, stdout=writing)
    os.close(writing)
    assert ended(process)[0::2] == (0, b"")


def test_a_reader_that_stops_early_ends_it_quietly(home: Scene) -> None:
    process = start(home, "list", "-o", "ndjson")
    assert process.stdout
    assert json.loads(process.stdout.readline())["source"] == "media"
    process.stdout.close()
    assert process.stderr
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait(60) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux")
def test_a_full_disk_is_one_line(home: Scene) -> None:
    with Path("/dev/full").open("wb") as full:
        code, _, err = ended(start(home, "list", "-o", "csv", stdout=full))
    assert (code, err) == (2, b"taskdeck: the output cannot be written: No space left on device\n")


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_stream_that_was_never_there_is_no_bug(home: Scene, stream: str) -> None:
    closing = "import os, sys; os.close({'stdout': 1, 'stderr': 2}[sys.argv[1]]); os.execv(sys.argv[2], sys.argv[2:])"
    words = [*COMMAND, "--config", str(home.path), "--state-dir", str(home.state), "list", "-o", "ndjson"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    ran = subprocess.run(
        [sys.executable, "-c", closing, stream, *words], capture_output=True, env=environment, timeout=60, check=False
    )
    assert ran.returncode == 0
    assert ran.stderr == b""
    assert ran.stdout.count(b"\n") == (300 if stream == "stderr" else 0)


def test_complaints_that_nobody_reads_change_no_exit_code(home: Scene) -> None:
    home.source("broken", refusing("UnauthorizedOperation"))
    home.path.write_text(home.text)
    reading, writing = os.pipe()
    os.close(reading)
    process = start(home, "list", "-o", "ndjson", stderr=writing)
    os.close(writing)
    code, out, _ = ended(process)
    assert code == 5
    assert out.count(b"\n") == 300


def test_ctrl_c_is_130_and_quiet(scene: Scene) -> None:
    began, release = os.pipe()

    def slow(action: str, asked: dict[str, Any]) -> tuple[int, Any]:
        os.write(release, b"x")
        os.read(held, 1)
        return 200, {}

    held, let_go = os.pipe()
    scene.source("media", slow)
    scene.path.write_text(scene.text)
    process = start(scene, "list")
    os.read(began, 1)
    process.send_signal(signal.SIGINT)
    code, out, err = ended(process)
    for end in (began, release, let_go):
        os.close(end)
    assert (code, out, err) == (130, b"", b"")
    os.close(held)


def test_without_home_and_config_it_says_how_to_begin(tmp_path: Path) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(Path(__file__).parents[2])}
    ran = subprocess.run([*COMMAND, "list"], capture_output=True, env=environment, timeout=60, check=False)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.count(b"\n") == 1
    assert str(tmp_path).encode() in ran.stderr
    assert not list(tmp_path.iterdir())
