"""`taskdeck monitor --record` and `replay` in a real terminal: what was seen is seen again, offline."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.e2e.command import BIN, cloud, environment, taskdeck
from tests.e2e.terminal import Terminal
from tests.e2e.test_monitor import leave

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-record")]


def test_what_the_monitor_records_is_replayed_without_a_cloud(tmp_path: Path) -> None:
    file = tmp_path / "day.ndjson"
    env = environment(tmp_path, TERM="xterm-256color", COLORTERM="truecolor")
    with cloud(tmp_path, "--tasks", "200", "--rate", "60") as running:
        command = [BIN, "--config", str(running.config), "monitor", "--record", str(file)]
        with Terminal(command, env, columns=120, lines=40) as screen:
            screen.until("recording")
            screen.until(lambda text: file.stat().st_size > 0 and b'"changed"' in file.read_bytes())
            assert leave(screen) == 0
    told = [json.loads(line) for line in file.read_text().splitlines()]
    known = {(one["source"], one["scope"], one["id"]) for one in told if one["event"] != "source"}
    last = next(one for one in reversed(told) if one["event"] == "changed")
    with Terminal([BIN, "replay", str(file), "--speed", "5000"], env, columns=120, lines=40) as screen:
        screen.until(": its end")
        screen.until(lambda text: re.search(rf"all {len(known):,}\b", text))
        screen.press("0/")
        screen.press(f"id={last['id']}\r")
        screen.until("1 of ")
        screen.press("q")
        screen.until(" deck ")
        assert leave(screen) == 0


def test_a_file_that_is_no_recording_is_2_and_one_line(tmp_path: Path) -> None:
    (tmp_path / "notes").write_text("hello\n")
    env = environment(tmp_path, TERM="xterm-256color")
    with Terminal([BIN, "replay", str(tmp_path / "notes")], env, columns=200, lines=24) as screen:  # a path is long
        screen.until("is no recording")
        assert screen.wait() == 2
    assert taskdeck(tmp_path, "replay", str(tmp_path / "notes")).returncode == 2  # no terminal
