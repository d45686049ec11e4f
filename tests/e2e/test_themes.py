"""Themes in a real terminal: it is asked for its background, and what it answers is neither typed nor shown."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.e2e.command import BIN, environment
from tests.e2e.terminal import Terminal
from tests.e2e.test_monitor import counted, leave

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-monitor")]

QUESTION = b"\x1b]11;?\x1b\\"
LIGHT, DARK = b"48;2;251;251;249", b"48;2;17;21;28"


def begun(home: Path, *arguments: str, **variables: str) -> Terminal:
    """The demo in a terminal with many colours."""
    env = environment(home, **{"TERM": "xterm-256color", "COLORTERM": "truecolor"} | variables)
    return Terminal([BIN, "demo", "--tasks", "50", *arguments], env, columns=120, lines=40)


def test_a_light_terminal_gets_the_light_theme(tmp_path: Path) -> None:
    with begun(tmp_path) as screen:
        screen.until(lambda text: QUESTION in screen.seen)
        screen.press("\x1b]11;rgb:ffff/ffff/ff")
        screen.press("ff\x1b\\")
        screen.until(lambda text: LIGHT in screen.seen and counted(text))
        screen.press("0")
        text = screen.until("STATE")
        assert "rgb" not in text
        assert not any(line.startswith(" / ") for line in text.splitlines())  # a `/` of the answer begins a filter
        assert leave_from_all(screen) == 0


def leave_from_all(screen: Terminal) -> int | None:
    """From the merged view over the deck."""
    screen.press("q")
    screen.until(" deck ")
    return leave(screen)


def test_a_dark_terminal_one_that_is_silent_and_one_that_is_late_keep_the_dark_theme(tmp_path: Path) -> None:
    with begun(tmp_path) as screen:
        screen.until(lambda text: QUESTION in screen.seen)
        screen.press("\x1b]11;rgb:1111/1111/1111\x07")
        screen.until(counted)
        for late in ("\x1b]11;rgb:0000/2b2b/3636\x1b\\", "\x1b]11;rgb:0000/2b2b/3636\x07"):
            screen.press(f"0{late}")
            text = screen.until("STATE")
            screen.press("W")
            screen.until(lambda text: " deck " in text and "STATE" not in text)
            assert "rgb" not in text
        assert DARK in screen.seen
        assert LIGHT not in screen.seen
        assert leave(screen) == 0


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [
        (("--theme", "deck-dark"), {}),
        ((), {"NO_COLOR": "1"}),
        ((), {"TERM": "linux", "COLORTERM": ""}),
    ],
)
def test_nobody_is_asked_where_it_does_not_matter(
    tmp_path: Path, arguments: tuple[str, ...], variables: dict[str, str]
) -> None:
    with begun(tmp_path, *arguments, **variables) as screen:
        screen.until(counted)
        assert b"]11;" not in screen.seen
        assert leave(screen) == 0


def test_a_theme_of_the_users_is_found_beside_the_config_and_worn_anew_when_it_is_edited(tmp_path: Path) -> None:
    config = tmp_path / "deck" / "config.toml"
    (config.parent / "themes").mkdir(parents=True)
    mine = config.parent / "themes" / "mine.toml"
    mine.write_text('base = "deck-dark"\n[colors]\nbackground = "#010203"\n')
    with begun(tmp_path, "--theme", "mine", "--config", os.fspath(config)) as screen:
        screen.until(counted)
        assert b"48;2;1;2;3" in screen.seen
        mine.write_text('base = "deck-dark"\n[colors]\nbackground = "#0a0b0c"\n')
        screen.until(lambda text: b"48;2;10;11;12" in screen.seen)
        mine.write_text('base = "deck-dark"\n[colours]\nbackground = "#0a0b0c"\n')
        screen.until("mine.toml:2: colours: no such key; did you mean colors?")
        assert leave(screen) == 0


def test_a_theme_that_is_wrong_ends_the_start_with_2(tmp_path: Path) -> None:
    config = tmp_path / "deck" / "config.toml"
    (config.parent / "themes").mkdir(parents=True)
    (config.parent / "themes" / "mine.toml").write_text('base = "deck-dark"\n[tokens]\n"dimm" = ""\n')
    with begun(tmp_path, "--theme", "mine", "--config", os.fspath(config)) as screen:
        assert screen.wait() == 2
        said = re.sub(r"\s+", "", screen.text)  # a long path is wrapped
        assert "mine.toml:3:tokens.dimm:nosuchtoken;didyoumeandim?" in said
