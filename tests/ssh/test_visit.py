"""The monitor on another machine: logged in with a key, in a terminal that only ssh reads and writes."""

from __future__ import annotations

import base64
import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.e2e.command import BIN, Cloud
from tests.e2e.terminal import Terminal
from tests.e2e.test_copying import OSC52
from tests.e2e.test_monitor import counted
from tests.e2e.test_odd_terminals import MOUSE_ON
from tests.ssh.daemon import Sshd, there

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("ssh")]

GOES = 8.0  # seconds: what has not gone by then hangs. Measured, on two busy cores: 1.3 to 2.1
DEAF_TO_HANGUPS = "trap '' HUP; "  # as nohup leaves it
TRUECOLOR, PALETTE = b"38;2;", b"38;5;"


def monitored(world: Cloud, folder: Path) -> str:
    """The command at the other end; its process id is in `folder`."""
    script = folder / "monitor.sh"
    command = there(folder, BIN, "--config", str(world.config), "monitor")
    script.write_text(f"echo $$ >'{folder}/pid'\n{command}\n", "utf-8")
    return f"exec sh '{script}'"


def process(folder: Path) -> psutil.Process:
    """The monitor at the other end."""
    return psutil.Process(int((folder / "pid").read_text("utf-8")))


def family(folder: Path) -> list[psutil.Process]:
    """The monitor, and whatever it started."""
    head = process(folder)
    return [head, *head.children(recursive=True)]


def gone(processes: list[psutil.Process]) -> float:
    """Seconds until all have ended. What does not end is ended, and an error."""
    begun = time.monotonic()
    _, left = psutil.wait_procs(processes, timeout=30)
    for one in left:
        one.kill()
    assert not left, f"still there: {left}"
    return time.monotonic() - begun


def in_time() -> float:
    """`GOES`, longer where more wants to run than there are cores."""
    return GOES * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def dropped(screen: Terminal) -> None:
    """The client's machine has lost its power: no goodbye."""
    os.kill(screen.pid, signal.SIGKILL)


def named(text: str, whole: str) -> bool:
    """Whether the line about a copy tells of this text: in a narrow one its middle is left out."""
    told = re.search(r"copied (\S+) \((\d+) bytes, ", text)
    assert told, text
    head, _, tail = told[1].partition("..")
    return whole.startswith(head) and whole.endswith(tail) and len(whole.encode()) == int(told[2])


def selected(text: str) -> int:
    """In which line the row with the cursor is; -1 without one."""
    return next((at for at, line in enumerate(text.splitlines()) if line.startswith("›")), -1)


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Path]:
    """Home at the other end. Nobody stays there."""
    folder = tmp_path / "far"
    folder.mkdir()
    yield folder
    if (folder / "pid").exists() and psutil.pid_exists(int((folder / "pid").read_text("utf-8"))):
        for one in family(folder):
            one.kill()


def test_paint_keys_resize_copy_and_a_client_that_drops(sshd: Sshd, world: Cloud, tmp_path: Path, far: Path) -> None:
    with sshd.terminal(tmp_path, monitored(world, far)) as screen:
        screen.until(counted)
        assert MOUSE_ON not in screen.seen, "far away the terminal's own selection works"
        assert PALETTE in screen.seen, "sshd passes TERM alone: 256 colours"
        assert TRUECOLOR not in screen.seen
        # Keys: letters, an arrow, a burst with a filter in it.
        screen.press("0")
        screen.until(lambda text: re.search(r"^ all 300\b", text, re.MULTILINE))
        first = selected(screen.text)
        screen.press("j\x1b[B")
        screen.until(lambda text: selected(text) == first + 2)
        screen.press("/state:ok src:mps\r")
        screen.until(lambda text: re.search(r"\b\d+ of 300\b", text))
        # Another size, there and back: ssh tells the other end.
        screen.resize(200, 60)
        screen.until(lambda text: len(text.splitlines()) == 60 and any(len(line) > 120 for line in text.splitlines()))
        screen.resize(80, 24)
        screen.until(lambda text: re.search(r"\b\d+ of 300\b", text) and "STATE" in text)
        # Copying: the one way back to the clipboard of the desk in front of one is OSC 52.
        screen.press("c")
        text = screen.until("bytes, OSC 52)")
        (packed,) = OSC52.findall(bytes(screen.seen))
        assert named(text, base64.b64decode(packed).decode())
        # The line is cut.
        there_now = family(far)
        dropped(screen)
        assert gone(there_now) <= in_time()


def test_a_client_that_drops_ends_a_monitor_that_ignores_hangups(
    sshd: Sshd, world: Cloud, tmp_path: Path, far: Path
) -> None:
    with sshd.terminal(tmp_path, DEAF_TO_HANGUPS + monitored(world, far), columns=80, lines=24) as screen:
        screen.until(counted)
        there_now = family(far)
        dropped(screen)
        assert gone(there_now) <= in_time()


def test_tmux_keeps_it_between_two_logins(sshd: Sshd, world: Cloud, tmp_path: Path, far: Path) -> None:
    if shutil.which("tmux") is None:
        assert not os.environ.get("CI"), "CI installs tmux"
        pytest.skip("there is no tmux here")
    tmux = there(far, f"tmux -u -f {os.devnull} -S '{far}/tmux'")
    with sshd.terminal(tmp_path, f'{tmux} new-session -s deck "{monitored(world, far)}"') as screen:
        screen.until(counted)
        screen.press("0")
        screen.until(lambda text: re.search(r"^ all 300\b", text, re.MULTILINE))
        screen.press("\x02d")
        assert screen.wait() == 0
        assert b"detached" in screen.seen
    assert process(far).is_running(), "nobody is attached, and it goes on"
    with sshd.terminal(tmp_path, f"{tmux} attach-session -t deck", columns=150, lines=45) as screen:
        screen.until(lambda text: re.search(r"^ all 300\b", text, re.MULTILINE))
        screen.until(lambda text: any(len(line) > 120 for line in text.splitlines()))  # tmux told it the new size
        screen.press("c")
        text = screen.until("bytes, tmux)")
        screen.until(lambda _: b"\x1b]52;" in screen.seen)  # and tmux passes it on, to the terminal outside
        packed = re.findall(rb"\x1b\]52;\w*;([A-Za-z0-9+/=]+)(?:\x07|\x1b\\)", bytes(screen.seen))[-1]
        assert named(text, base64.b64decode(packed).decode())
        there_now = family(far)
        screen.press("qq")
        screen.until("quit?")
        screen.press("y")
        assert screen.wait() == 0
        gone(there_now)


def test_without_a_terminal_it_says_so_and_the_commands_work(
    sshd: Sshd, world: Cloud, tmp_path: Path, far: Path
) -> None:
    ran = sshd.ran(tmp_path, there(far, BIN, "monitor"))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "needs a terminal" in ran.stderr
    assert "ssh -t" in ran.stderr
    ran = sshd.ran(tmp_path, there(far, BIN, "--config", str(world.config), "list", "-o", "csv", "src:mps"))
    assert ran.returncode == 0, ran.stderr
    assert len(ran.stdout.splitlines()) > 10
    assert all("mps" in line for line in ran.stdout.splitlines()[1:])
