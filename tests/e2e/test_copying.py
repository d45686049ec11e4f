"""Copying in a real terminal: the sequence comes out whole, the frame stays whole, and tmux has its buffer."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.command import BIN, environment
from tests.e2e.terminal import Terminal

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-monitor")]

OSC52 = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
COPIED = re.compile(r"copied (\S+) \((\d+) bytes, OSC 52\)")


def demo(home: Path, *arguments: str, **more: str) -> Terminal:
    env = environment(home, TERM="xterm-256color", COLORTERM="truecolor", **more)
    return Terminal([BIN, "demo", "--tasks", "300", *arguments], env, columns=120, lines=40)


def opened(screen: Terminal) -> None:
    """The table of all tasks, with rows."""
    shorts = ("FC", "OS", "MPS", "TAT", "KPS")
    screen.until(lambda text: all(re.search(rf"{at} ?{short} [1-9]", text) for at, short in enumerate(shorts, 1)))
    screen.press("0")
    screen.until(lambda text: re.search(r"^..\S (OK|RUN|FAIL|QUEUE) ", text, re.MULTILINE))
    screen.until(lambda text: re.search(r"^ all \d+ ", text, re.MULTILINE))  # `277+` until every source has been read
    screen.press("p")
    screen.until("PAUSED")


def leave(screen: Terminal) -> None:
    screen.press("qq")
    screen.until("quit?")
    screen.press("y")
    assert screen.wait() == 0


def test_c_writes_one_whole_sequence_and_no_line_of_the_frame_suffers(tmp_path: Path) -> None:
    with demo(tmp_path) as screen:
        opened(screen)
        before = screen.text.splitlines()
        screen.press("c")
        after = screen.until("copied ").splitlines()
        found = COPIED.search("\n".join(after))
        assert found, "\n".join(after)
        (packed,) = OSC52.findall(bytes(screen.seen))
        assert base64.b64decode(packed).decode() == found[1]
        assert len(found[1]) == int(found[2])
        differing = [line for line, old in zip(after[2:], before[2:], strict=True) if line != old]
        assert [line for line in differing if "copied " not in line] == []
        screen.press("j")
        screen.until(lambda text: "copied " not in text)
        assert len(screen.text.splitlines()) == len(before)
        leave(screen)


def test_copytest_and_export(tmp_path: Path) -> None:
    with demo(tmp_path) as screen:
        opened(screen)
        screen.press(":copytest\r")
        screen.until("sent: no terminal answers")
        assert base64.b64decode(OSC52.findall(bytes(screen.seen))[-1]) == b"taskdeck copytest by OSC 52"
        screen.press("\x1b")
        screen.until(lambda text: "copy test" not in text)
        screen.press(f":export ndjson {tmp_path}/rows\r")
        screen.until(" rows in ")
        rows = [json.loads(line) for line in (tmp_path / "rows").read_text().splitlines()]
        assert len(rows) >= 100
        assert (tmp_path / "rows").stat().st_mode & 0o777 == 0o600
        leave(screen)


def test_inside_tmux_its_buffer_has_it(tmp_path: Path) -> None:
    tmux = shutil.which("tmux")
    if tmux is None:
        assert not os.environ.get("CI"), "CI installs tmux"
        pytest.skip("there is no tmux here")
    socket = tmp_path / "tmux"
    env = environment(tmp_path, TERM="xterm-256color")
    command = [tmux, "-u", "-f", os.devnull, "-S", str(socket), "new-session", f"{BIN} demo --tasks 200"]
    with Terminal(command, env, columns=120, lines=40) as screen:
        try:
            opened(screen)
            screen.press("c")
            text = screen.until("copied ")
            found = re.search(r"copied (\S+) \(\d+ bytes, tmux\)", text)
            assert found, text
            buffer = subprocess.run(
                [tmux, "-S", str(socket), "show-buffer"],
                capture_output=True,
                text=True,
                env=env,
                timeout=30,
                check=True,
            )
            assert buffer.stdout == found[1]
            leave(screen)
        finally:
            if screen.code is None:
                subprocess.run([tmux, "-S", str(socket), "kill-server"], env=env, timeout=30, check=False)
