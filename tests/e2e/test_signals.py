"""What terminals and systems do to the monitor: they get the terminal back, its modes, echo and screen, in time."""

from __future__ import annotations

import re
import signal
import socket
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import psutil
import pytest

from tests.e2e.command import BIN, Cloud, cloud, environment
from tests.e2e.terminal import Terminal
from tests.e2e.test_monitor import counted

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-monitor")]

ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)
SECONDS = 4  # two, on a machine that does nothing else
AS_EVER = {7: True, 25: True}  # wrapping and the cursor; any other mode is off
UNHEARD = ("/bin/sh", "-c", 'trap "" HUP; exec "$@"', "sh")  # as nohup, and some who log out


@pytest.fixture(scope="module")
def demo_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """One for all: a monitor more or less is nothing to it."""
    with cloud(tmp_path_factory.mktemp("cloud"), "--tasks", "300") as running:
        running.config.write_text(running.config.read_text("utf-8").replace('"5s"', '"1s"'), "utf-8")
        yield running


@pytest.fixture
def monitor(tmp_path: Path, demo_cloud: Cloud) -> Iterator[Terminal]:
    """One on it, with the terminal as it was before anything."""
    with started(tmp_path, demo_cloud) as screen:
        yield screen


def started(home: Path, running: Cloud, *around: str, config: Path | None = None, **env: str) -> Terminal:
    names = environment(home, TERM="xterm-256color", COLORTERM="truecolor", **env) | running.env
    command = [*around, BIN, "--config", str(config or running.config)]
    return Terminal(command, names, columns=120, lines=40)


def given_back(screen: Terminal, line: object) -> bool:
    """Whether the terminal is as it was: how the line is set, the modes, the screen, the keyboard."""
    seen = bytes(screen.seen)
    keyboards = seen.count(b"\x1b[>") - seen.count(b"\x1b[<u")
    on = {number: how for number, how in screen.modes.items() if how or number in AS_EVER}
    return screen.line == line and on in (AS_EVER, {}) and keyboards == 0 and b"Traceback" not in seen


@pytest.mark.parametrize("number", ENDING)
def test_a_signal_ends_it_with_the_code_of_signals(monitor: Terminal, number: int) -> None:
    line = monitor.line
    monitor.until(counted)
    assert monitor.line != line
    monitor.signal(number)
    assert monitor.wait(SECONDS) == 128 + number
    assert given_back(monitor, line)


def test_a_signal_at_the_very_start_and_one_at_the_very_end(tmp_path: Path, demo_cloud: Cloud) -> None:
    with started(tmp_path, demo_cloud) as screen:
        line = screen.line
        screen.until(lambda text: b"\x1b[?1049h" in screen.seen)
        screen.signal(signal.SIGTERM)
        assert screen.wait(SECONDS) == 143
        assert given_back(screen, line)
    with started(tmp_path, demo_cloud) as screen:
        line = screen.line
        screen.until(counted)
        screen.press("qy")
        screen.until(lambda text: b"\x1b[?2004l" in screen.seen)
        screen.signal(signal.SIGTERM)
        assert screen.wait(SECONDS) in (0, 143)
        assert given_back(screen, line)


def test_a_signal_while_the_keyring_hangs(tmp_path: Path, demo_cloud: Cloud) -> None:
    """A session bus that takes the call and never says a word."""
    config = tmp_path / "config.toml"
    text = demo_cloud.config.read_text("utf-8")
    config.write_text(re.sub('credentials = "[^"]*"', 'credentials = "keyring"', text), "utf-8")
    with socket.socket(socket.AF_UNIX) as bus:
        bus.bind(str(tmp_path / "bus"))
        bus.listen()
        bus.settimeout(20)
        address = f"unix:path={tmp_path / 'bus'}"
        with started(tmp_path, demo_cloud, config=config, DBUS_SESSION_BUS_ADDRESS=address) as screen:
            line = screen.line
            screen.until("FC")
            with bus.accept()[0]:
                screen.signal(signal.SIGTERM)
                assert screen.wait(SECONDS) == 143
            assert given_back(screen, line)


def test_a_terminal_that_goes_away_is_the_end_though_sighup_is_ignored(tmp_path: Path, demo_cloud: Cloud) -> None:
    with started(tmp_path, demo_cloud, *UNHEARD) as screen:
        screen.until(counted)
        screen.signal(signal.SIGHUP)  # nobody listens
        screen.press("0")
        screen.until("STATE")
        screen.hang_up()
        assert screen.wait(SECONDS) == 129


def test_the_demo_ended_by_a_signal_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    env = environment(tmp_path, TERM="xterm-256color", TMPDIR=str(scratch))
    with Terminal([BIN, "demo", "--tasks", "100"], env, columns=120, lines=40) as screen:
        screen.until(counted)
        children = psutil.Process(screen.pid).children(recursive=True)
        assert children
        screen.signal(signal.SIGHUP)
        assert screen.wait(SECONDS) == 129
    assert psutil.wait_procs(children, SECONDS)[1] == []
    assert list(scratch.iterdir()) == []


def test_stopped_and_back_odd_bytes_and_a_terminal_that_is_not_read(monitor: Terminal, demo_cloud: Cloud) -> None:
    """One monitor through all of it."""
    line = monitor.line
    monitor.until(counted)
    for number in (signal.SIGTSTP, signal.SIGSTOP):
        own = monitor.line
        monitor.signal(number)
        assert monitor.stopped()
        if number == signal.SIGTSTP:
            assert given_back(monitor, line)
        monitor.screen.reset()  # the shell writes over everything
        monitor.signal(signal.SIGCONT)
        monitor.until(lambda text: counted(text) and " taskdeck" in text)
        assert monitor.line == own != line

    monitor.press(b"\xff\xfe\x80\xc30\xe4\xbd")
    monitor.until("STATE")

    seen, polls = len(monitor.seen), len(demo_cloud.get("/_log"))
    before = psutil.Process(monitor.pid).memory_info().rss
    until = time.monotonic() + 60
    for at in count():  # whole screens: a terminal takes 16 KB that nobody reads
        monitor.tell(120 - at % 2, 40)
        asked = len(demo_cloud.get("/_log")) - polls
        if (at >= 40 and asked >= 40) or time.monotonic() > until:
            break
    assert asked >= 40, "polling goes on"
    assert psutil.Process(monitor.pid).memory_info().rss - before < 30 << 20
    monitor.tell(120, 40)
    monitor.press("/state:fail")
    monitor.until(lambda text: "state:fail" in text and re.search(r"\d+ of 3\d\d", text))
    assert len(monitor.seen) - seen < 350_000, "frames were dropped, not kept"

    monitor.press("\r")
    for at in range(40):
        monitor.tell(120 - at % 2, 40)
        demo_cloud.get("/_fault")
    monitor.signal(signal.SIGTERM)
    assert monitor.ended(SECONDS)
    assert monitor.wait(SECONDS) == 143
    assert given_back(monitor, line)
