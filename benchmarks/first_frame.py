"""First frame of `taskdeck demo` in a pty, against that of an empty Textual app: medians of interleaved runs."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

ROUNDS = int(os.environ.get("ROUNDS", "11"))
ROOT = Path(__file__).resolve().parent.parent
EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("taskdeck")
Empty().run()
"""
_CSI = re.compile(rb"\x1b\[[0-9;:?<=>!]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[()=>][A-Z0-9]?")


def first_frame(command: list[str], env: dict[str, str]) -> float:
    """Seconds from the start of a program until its first text is in the terminal."""
    start = time.perf_counter()
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        os.execvpe(command[0], command, env)
    seen = bytearray()
    taken = float("nan")
    while time.perf_counter() - start < 20:
        if not select.select([fd], [], [], 1)[0]:
            continue
        data = os.read(fd, 1 << 16)
        seen += data
        if b"\x1b[?2026$p" in data:
            os.write(fd, b"\x1b[?2026;2$y")
        if b"taskdeck" in _CSI.sub(b"", bytes(seen)):
            taken = time.perf_counter() - start
            break
    os.kill(pid, signal.SIGTERM)
    deadline = time.perf_counter() + 3
    while time.perf_counter() < deadline and os.waitpid(pid, os.WNOHANG) == (0, 0):
        if select.select([fd], [], [], 0.05)[0]:
            try:
                os.read(fd, 1 << 16)
            except OSError:
                time.sleep(0.02)
    else:
        if time.perf_counter() >= deadline:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    os.close(fd)
    return taken


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        empty = Path(place) / "empty.py"
        empty.write_text(EMPTY, "utf-8")
        env = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG")} | {
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "LC_ALL": "C.UTF-8",
            "XDG_CONFIG_HOME": place,
            "XDG_STATE_HOME": place,
        }
        taskdeck = str(Path(sys.executable).parent / "taskdeck")
        programs = {
            "an empty Textual app": [sys.executable, str(empty)],
            "taskdeck demo": [taskdeck, "demo"],
            "taskdeck (no config)": [taskdeck],
        }
        times: dict[str, list[float]] = {name: [] for name in programs}
        for turn in range(ROUNDS + 1):
            for name, command in programs.items():
                taken = first_frame(command, env)
                if turn:
                    times[name].append(taken)
        base = statistics.median(times["an empty Textual app"])
        for name, taken in times.items():
            middle = statistics.median(taken)
            print(f"{name:<24}{middle * 1000:8.0f} ms   {middle / base:.2f}")


if __name__ == "__main__":
    main()
