"""`taskdeck demo` and `taskdeck monitor` in a real terminal."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.e2e.command import BIN, environment
from tests.e2e.terminal import Terminal

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-monitor")]

TITLES = ("Function Compute", "OpenSearch training", "Media processing", "Command tasks", "Keypair tasks")


def demo(home: Path, columns: int, lines: int, *arguments: str) -> Terminal:
    env = environment(home, TERM="xterm-256color", COLORTERM="truecolor")
    return Terminal([BIN, "demo", "--tasks", "500", *arguments], env, columns=columns, lines=lines)


def leave(screen: Terminal) -> int | None:
    screen.press("q")
    screen.until("quit?")
    screen.press("y")
    return screen.wait()


def live(text: str) -> bool:
    """Whether all five providers show a count of live tasks."""
    return all(re.search(rf"{title}\s+\d+ .*live", text) for title in TITLES)


def counted(text: str) -> bool:
    """Whether the strip shows five counts of what was read: `0+ loading` is none yet."""
    return "loading" not in text and all(
        re.search(rf"{digit} ?{short} \d+", text) for digit, short in enumerate(("FC", "OS", "MPS", "TAT", "KPS"), 1)
    )


@pytest.mark.parametrize(("columns", "lines"), [(150, 45), (200, 60)])
def test_demo_shows_five_live_panes_where_they_fit(tmp_path: Path, columns: int, lines: int) -> None:
    with demo(tmp_path, columns, lines) as screen:
        screen.until(live)
        assert leave(screen) == 0


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 40)])
def test_demo_shows_the_strip_with_five_live_counts_and_one_open_pane(tmp_path: Path, columns: int, lines: int) -> None:
    with demo(tmp_path, columns, lines) as screen:
        screen.until(counted)
        assert leave(screen) == 0


def test_tasks_move_in_the_demo(tmp_path: Path) -> None:
    with demo(tmp_path, 200, 60) as screen:
        screen.until(live)
        screen.until(lambda text: re.search(r"\d\d:\d\d:\d\d . (OK|RUN|QUEUE|FAIL) ", text.partition("EVENTS")[2]))


def test_a_terminal_that_loses_the_focus_is_read_for_less_often(tmp_path: Path) -> None:
    with demo(tmp_path, 120, 40) as screen:
        screen.until(counted)
        screen.press("H")
        screen.until(lambda text: text.count("LIVE  ") > 5 and "5s -> " not in text)
        screen.press("\x1b[O")  # what a terminal that was asked for it says of its focus
        screen.until(lambda text: "5s -> " in text)
        screen.press("\x1b[I")
        screen.until(lambda text: "5s -> " not in text)
        screen.press("q")
        screen.until(" deck ")
        assert leave(screen) == 0


def test_the_merged_view_filters_as_one_types_and_enter_opens_a_task(tmp_path: Path) -> None:
    with demo(tmp_path, 120, 40) as screen:
        screen.until(counted)
        screen.press("0")
        screen.until("STATE")
        screen.press("/state:ok src:mps")
        screen.until(lambda text: " of 500" in text or re.search(r"\d+ of 5\d\d", text))
        screen.press("\r")
        screen.press("\r")
        screen.until(lambda text: "1 Overview" in text)
        screen.press("y")
        screen.until(lambda text: "TaskType" in text)
        screen.press("\x1b")
        screen.until(lambda text: "STATE" in text and "1 Overview" not in text)
        screen.press("q")
        screen.until(" deck ")
        assert leave(screen) == 0


def test_a_resize_folds_and_unfolds_the_deck(tmp_path: Path) -> None:
    with demo(tmp_path, 200, 60) as screen:
        screen.until(live)
        screen.resize(80, 24)
        screen.until(counted)
        screen.resize(30, 8)
        screen.until("needs 60x15")
        screen.resize(200, 60)
        screen.until(live)


def test_ctrl_c_twice_leaves_with_130(tmp_path: Path) -> None:
    with demo(tmp_path, 80, 24) as screen:
        screen.until(counted)
        screen.press("\x03")
        screen.until("ctrl-c again")
        screen.press("\x03")
        assert screen.wait() == 130


def test_without_a_config_the_deck_says_how_to_begin(tmp_path: Path) -> None:
    env = environment(tmp_path, TERM="xterm-256color", XDG_CONFIG_HOME=str(tmp_path / "config"))
    with Terminal([BIN], env, columns=150, lines=45) as screen:
        screen.until(lambda text: all(re.search(rf"{title}  0\+? .*NOKEY", text) for title in TITLES))
        text = screen.until(lambda text: text.count(":demo ") == len(TITLES))
        for short in ("fc", "os", "mps", "tat", "kps"):
            assert f":login {short} " in text
        screen.press(":demo\r")
        screen.until(live)
        assert leave(screen) == 0


def test_a_wrong_config_ends_with_2_and_one_line(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[monitor]\nintervall = "5s"\n', "utf-8")
    env = environment(tmp_path, TERM="xterm-256color")
    with Terminal([BIN, "--config", str(config)], env, columns=120, lines=40) as screen:
        assert screen.wait() == 2
        last = bytes(screen.seen).rpartition(b"\x1b[?1049l")[2].decode()
        assert f"{config}:2: monitor.intervall: no such key" in last
        assert 'did you mean "interval"?' in last


def test_the_demo_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    env = environment(tmp_path, TERM="xterm-256color", TMPDIR=str(scratch))
    with Terminal([BIN, "demo", "--tasks", "100"], env, columns=80, lines=24) as screen:
        screen.until(counted)
        assert leave(screen) == 0
    assert list(scratch.iterdir()) == []
