"""Terminals that change their size like mad, have none, are no terminals at all, or are far away."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from tests.e2e.command import BIN, environment, taskdeck
from tests.e2e.terminal import Terminal
from tests.e2e.test_monitor import counted, demo, leave

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-monitor")]

MOUSE_ON, MOUSE_OFF = b"\x1b[?1000h", b"\x1b[?1000l"


def sizes(seed: int, count: int) -> list[tuple[int, int]]:
    """Columns and lines, the impossible among them."""
    rng = random.Random(seed)
    odd = [(1, 1), (2, 1), (1, 60), (60, 15), (59, 15), (60, 14), (200, 60)]
    return [rng.choice(odd) if rng.random() < 0.3 else (rng.randint(1, 210), rng.randint(1, 64)) for _ in range(count)]


def test_a_storm_of_sizes_while_polling_ends_where_it_began(tmp_path: Path) -> None:
    with demo(tmp_path, 120, 40) as screen:
        screen.until(lambda text: counted(text) and "starting" not in text and "loading" not in text)
        screen.press("0jjjF")
        screen.until(" follow ")
        for at, (columns, lines) in enumerate(sizes(7, 200)):
            screen.resize(columns, lines)
            if at % 10 == 0:
                screen.press("j")
        screen.resize(54, 12)
        screen.until("taskdeck needs 60x15, have 54x12 (still polling)")
        screen.resize(80, 24)
        screen.until(lambda text: counted(text) and "all tasks" in text and "STATE" in text)
        assert all(len(line) <= 80 for line in screen.text.splitlines())
        screen.press("q")
        screen.until(" deck ")
        assert leave(screen) == 0


def test_a_terminal_that_says_0x0_is_taken_for_80x24(tmp_path: Path) -> None:
    with demo(tmp_path, 120, 40) as screen:
        screen.until(counted)
        screen.tell(0, 0)
        screen.screen.resize(24, 80)
        screen.until(lambda text: counted(text) and " RO " in text)  # the short word of a narrow header
        screen.resize(1, 1)
        screen.resize(120, 40)
        screen.until("READ-ONLY")
        assert leave(screen) == 0


def test_a_terminal_that_begins_with_0x0_begins(tmp_path: Path) -> None:
    env = environment(tmp_path, TERM="xterm-256color")
    with Terminal([BIN, "demo", "--tasks", "100"], env, columns=80, lines=24, told=(0, 0)) as screen:
        screen.until(counted)
        assert leave(screen) == 0


@pytest.mark.parametrize("command", ["monitor", "demo"])
def test_no_terminal_is_2_and_one_line(tmp_path: Path, command: str) -> None:
    ran = taskdeck(tmp_path, command, TERM="xterm-256color")
    assert (ran.returncode, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    assert "needs a terminal" in line
    assert "taskdeck list" in line


def test_a_dumb_terminal_is_2_and_one_line(tmp_path: Path) -> None:
    env = environment(tmp_path, TERM="dumb")
    with Terminal([BIN, "monitor"], env, columns=120, lines=24) as screen:
        assert screen.wait() == 2
        assert b"\x1b" not in screen.seen
        assert bytes(screen.seen).count(b"\n") == 1
        assert b"TERM other than dumb" in screen.seen


def test_an_old_terminal_in_a_chinese_locale_is_asked_nothing_and_speaks_gbk(tmp_path: Path) -> None:
    env = environment(tmp_path, TERM="vt100", LC_ALL="", LANG="zh_CN.GBK", XDG_CONFIG_HOME=str(tmp_path / "config"))
    with Terminal([BIN], env, columns=100, lines=30) as screen:
        screen.until("taskdeck")
        screen.press("/")
        screen.press("name:处理".encode("gbk"))
        screen.until(lambda text: all(sign.encode("gbk") in screen.seen for sign in "处理"))
        screen.press("\r")
        screen.until("Enter open")
        assert leave(screen) == 0
        assert not re.search(rb"\x1b\[[>?][0-9]*(?:\$p|u)|\x1b\[<u|\x1b\]", bytes(screen.seen))
        assert not re.search(rb"\x1b\[[0-9;]*[34][0-8][0-9;]*m", bytes(screen.seen)), "no colour"


def listens(screen: Terminal) -> bool:
    """Whether the terminal was last told to report its mouse."""
    return screen.seen.rfind(MOUSE_ON) > screen.seen.rfind(MOUSE_OFF)


@pytest.mark.parametrize(("far", "on"), [({}, True), ({"SSH_TTY": "/dev/pts/9"}, False)])
def test_the_mouse_is_off_over_ssh_and_m_changes_that(tmp_path: Path, far: dict[str, str], on: bool) -> None:
    env = environment(tmp_path, TERM="xterm-256color", XDG_CONFIG_HOME=str(tmp_path / "config"), **far)
    with Terminal([BIN], env, columns=100, lines=30) as screen:
        screen.until(":demo ")
        assert (MOUSE_ON in screen.seen) is on
        assert MOUSE_OFF not in screen.seen
        screen.press("m")
        screen.until("mouse off" if on else "mouse on")
        assert listens(screen) is not on
        screen.press("m")
        screen.until("mouse on" if on else "mouse off")
        assert listens(screen) is on
        assert leave(screen) == 0
        assert not listens(screen), "a shell gets its terminal back"
    if not on:
        assert bytes(screen.seen).count(MOUSE_OFF) == 1, "what is off is not turned off again"
