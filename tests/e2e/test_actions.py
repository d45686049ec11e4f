"""Stopping a task in a real terminal, and by the installed command, on a demo cloud of their own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.command import BIN, Cloud, cloud, environment, taskdeck
from tests.e2e.terminal import Terminal

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-actions")]

WRITES = {"StopAsyncTask", "CancelInvocation", "ManageTask", "DeleteFailedTask", "DeleteAllFailedTask"}


def writes(demo: Cloud) -> list[str]:
    return [entry["operation"] for entry in demo.get("/_log") if entry["operation"] in WRITES]


def monitor(demo: Cloud, home: Path, *arguments: str) -> Terminal:
    env = environment(home, TERM="xterm-256color", COLORTERM="truecolor")
    command = [BIN, "--config", str(demo.config), "monitor", "src:fc state:run", *arguments]
    return Terminal(command, env, columns=120, lines=40)


def test_a_stops_the_task_under_the_cursor(tmp_path: Path) -> None:
    with cloud(tmp_path, "--tasks", "600", "--freeze") as demo, monitor(demo, tmp_path, "--write") as screen:
        screen.until("WRITE")
        screen.press("0")
        screen.until(lambda text: re.search(r"RUN .* FC ", text))
        screen.press("A")
        screen.until("asks Function Compute to stop it")
        screen.press("s")
        screen.until("any other key nothing is done")
        assert writes(demo) == []
        screen.press("y")
        screen.until(lambda text: "stop: accepted (request " in text and "it is stopping now (Stopping)" in text)
        assert writes(demo) == ["StopAsyncTask"]


def test_without_the_grant_the_key_only_says_what_it_takes(tmp_path: Path) -> None:
    with cloud(tmp_path, "--tasks", "600", "--freeze") as demo, monitor(demo, tmp_path) as screen:
        screen.until("READ-ONLY")
        screen.press("0")
        screen.until(lambda text: re.search(r"RUN .* FC ", text))
        screen.press("A")
        screen.until("start with --write")
        screen.press("?")
        text = screen.until("keys of this screen")
        assert "asks Function Compute" not in text
        assert "stop, delete" not in text
        assert writes(demo) == []


def test_the_command_stops_a_task_and_needs_the_grant(tmp_path: Path) -> None:
    with cloud(tmp_path, "--tasks", "600", "--freeze") as demo:
        (source, scope, ident), _ = next(
            (key, one)
            for key, one in demo.listed().items()
            if one["adapter"] == "alibaba-fc" and one["state"] == "running"
        )
        task = f"{source}/{scope}/{ident}"
        refused = taskdeck(tmp_path, "--config", str(demo.config), "stop", task, "--yes")
        assert (refused.returncode, refused.stdout, writes(demo)) == (2, "", [])
        done = taskdeck(tmp_path, "--config", str(demo.config), "stop", task, "--write", "--yes")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"{task} stop: accepted (request ")
        assert writes(demo) == ["StopAsyncTask"]
