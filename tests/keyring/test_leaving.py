"""Whoever leaves while the keyring hangs is gone within a second: processes of their own, and a service that hangs."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from tests.keyring.session import mute, until

pytestmark = pytest.mark.xdist_group("keyring")  # they share a session
ROOT = str(Path(__file__).parents[2])
LEAVING = """
import asyncio, sys
from tui.credentials.keyring import Keyring
async def main():
    asking = asyncio.create_task(Keyring().get("ali"))
    await asyncio.to_thread(sys.stdin.readline)  # until it is known to hang
    assert not asking.done()
asyncio.run(main())
"""
CONFIG = """
[accounts.ali]
vendor = "alibaba"
credentials = "keyring"

[[sources]]
name = "thumbs"
adapter = "alibaba-fc"
account = "ali"
region = "cn-hangzhou"
functions = "*"
"""
SOON = 1.0  # the contract of issue 6


def test_a_process_leaves_at_once() -> None:
    argv = [sys.executable, "-c", LEAVING]
    with mute() as session:
        env = session.env | {"PYTHONPATH": ROOT}
        with subprocess.Popen(argv, env=env, stdin=subprocess.PIPE, text=True) as child:
            until(session.started)
            begun = time.monotonic()
            child.communicate("leave\n", timeout=10)
            assert child.returncode == 0
            assert time.monotonic() - begun < SOON


def test_the_monitor_leaves_at_once(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(CONFIG, encoding="utf-8")
    argv = [sys.executable, "-m", "tui", "--config", str(config), "--state-dir", str(tmp_path / "state")]
    with mute() as session:
        env = session.env | {"PYTHONPATH": ROOT, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        with Terminal(argv, env, columns=80, lines=24) as terminal:
            terminal.until("thumbs")
            until(session.started)
            begun = time.monotonic()
            terminal.press("qy")
            assert terminal.wait(10) == 0
            assert time.monotonic() - begun < SOON
