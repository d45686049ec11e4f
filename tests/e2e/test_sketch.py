"""What stands on the terminal before Textual is there: keys wait behind it, and whoever leaves finds all as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.command import BIN, environment
from tests.e2e.terminal import Terminal
from tests.e2e.test_signals import given_back

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-monitor")]

DRAWN, LEFT, TEXTUAL = b"LOADING", b"\x1b[?1049l", b"\x1b[?1004h"


def monitor(home: Path, *options: str, term: str = "xterm-256color") -> Terminal:
    """One without a config: it reads nothing."""
    env = environment(home, TERM=term, XDG_CONFIG_HOME=str(home / "config"))
    return Terminal([BIN, "monitor", *options], env, columns=120, lines=40)


def drawn(screen: Terminal) -> None:
    """Waits for it, and finds that Textual has said nothing yet."""
    screen.until(lambda text: DRAWN in screen.seen)
    assert TEXTUAL not in screen.seen


def test_keys_pressed_before_the_first_frame_wait_for_it(tmp_path: Path) -> None:
    with monitor(tmp_path) as screen:
        line = screen.line
        drawn(screen)
        screen.press("/name:early\r?")  # an Enter that were a new line by now would not leave the filter
        screen.until("keys of this screen")
        screen.press("\x1b")
        assert "name:early" in screen.until(lambda text: "keys of this screen" not in text)
        assert screen.seen.count(b"\x1b[?1049h") == 1
        screen.press("\x03\x03")
        assert screen.wait() == 130
        assert given_back(screen, line)


def test_ctrl_c_before_the_first_frame_ends_it_in_silence(tmp_path: Path) -> None:
    with monitor(tmp_path) as screen:
        line = screen.line
        drawn(screen)
        screen.press("\x03")
        assert screen.wait() == 130
        assert given_back(screen, line)
        assert screen.seen.endswith(LEFT)


def test_what_goes_wrong_is_said_on_the_screen_of_the_shell(tmp_path: Path) -> None:
    with monitor(tmp_path, "--theme", "none-such") as screen:
        line = screen.line
        assert screen.wait() == 2
        assert b"none-such" in screen.seen.partition(LEFT)[2]
        assert screen.line == line


def test_a_terminal_without_a_second_screen_keeps_its_lines(tmp_path: Path) -> None:
    with monitor(tmp_path, "--theme", "none-such", term="vt100") as screen:
        assert screen.wait() == 2
        assert b"\x1b" not in screen.seen
