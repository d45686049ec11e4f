"""After every test: the bytes of every secret that it had are looked for wherever the program may have left them.

Looked for: the demo's keys, and each `Secret` made during the test that is long enough to be none by chance, as they
are, in JSON, percent-encoded and in base64; in files and on screens the whole ids of the demo's keys too. Looked
through: files that the program opened for writing (an audit hook tells), folders that a command under test called home,
stdout, stderr and the log records of the test, the bytes of each terminal and of each frame that a pilot drew, the
arguments of every process it started, and in tests with a pty those of every process of the machine and the environment
of its children.

Exceptions: what a test itself wrote or printed as input, and the line of `taskdeck cloud` that prints its fake keys.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from tui import calls
from tui.demo_keys import KEYS
from tui.held import spellings

ROOT = Path(__file__).parent.parent
OURS, TESTS = f"{ROOT / 'tui'}{os.sep}", f"{ROOT / 'tests'}{os.sep}"
LEAST, DISTINCT = 12, 6  # characters of a secret that stands nowhere by chance: "fake", "s" and "000000000000" do
LARGEST = 1 << 26  # bytes of a file that are read
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND
DEMO = tuple(one[name] for one in KEYS.values() for name in ("access_key_secret", "password") if name in one)
IDS = tuple(one["access_key_id"] for one in KEYS.values() if "access_key_id" in one)  # shown to their last four
READY = b'{"url": "http'  # the line of `taskdeck cloud`: its fake keys are in there by contract


@lru_cache(maxsize=512)
def needles(secret: str) -> tuple[bytes, ...]:
    """A secret in each spelling, as bytes; nothing for one that may stand anywhere by chance."""
    if len(secret) < LEAST or len(set(secret)) < DISTINCT:
        return ()
    found = {one.encode("utf-8", "replace") for one in spellings(secret)}
    return tuple(one for one in found if len(one) >= LEAST)


class Trail:
    """What one test left behind, and what must not be in there."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()
        self.said: list[tuple[str, bytes]] = []
        self.written: set[str] = set()
        self.own: set[str] = set()
        self.homes: set[Path] = set()
        self.processes: set[str] = set()  # that were looked at: the next look reads only new ones

    def told(self, where: str, *texts: str | bytes) -> None:
        """Something that somebody could read."""
        self.said += [(where, one.encode("utf-8", "replace") if isinstance(one, str) else one) for one in texts if one]

    def leaks(self) -> list[str]:
        """Where a secret was found; which one is not said."""
        secrets = (*DEMO, *self.secrets)
        shown = (*secrets, *IDS)
        return [
            where
            for where, data in self._everything()
            if held_in(data, shown if where.startswith(("file", "a frame", "bytes of a terminal")) else secrets)
        ]

    def _everything(self) -> Iterator[tuple[str, bytes]]:
        yield from self.said
        for path in self._files():
            try:
                found = path.lstat()
                if stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST:
                    yield f"file {path}", path.read_bytes()
            except OSError:  # gone meanwhile, or made unreadable by the test
                continue

    def _files(self) -> Iterable[Path]:
        found = {Path(name) for name in self.written}
        for home in self.homes:
            for folder, _, names in os.walk(home):
                found |= {Path(folder, name) for name in names}
        return [one for one in found if os.path.abspath(one) not in self.own]  # noqa: PTH100 - resolve() follows links


def held_in(data: bytes, secrets: Iterable[str]) -> bool:
    """Whether one of some secrets stands in there, in any spelling."""
    if READY in data:
        data = b"\n".join(line for line in data.split(b"\n") if not line.lstrip().startswith(READY))
    return any(needle in data for secret in secrets for needle in needles(secret))


trail = Trail()
"""That of the test that runs."""


def begin() -> None:
    """Another test."""
    global trail  # an audit hook cannot be taken off again: it asks here whose turn it is
    trail = Trail()
    if "textual.app" in sys.modules:
        _see_frames()


def lived_in(home: Path) -> None:
    """A folder that is home to a command under test."""
    trail.homes.add(home)


def processes(parent: int) -> None:
    """Looks at the arguments of all processes, and at the environment of those that `parent` started."""
    for name in [one.name for one in Path("/proc").glob("[0-9]*")]:
        try:
            if name not in trail.processes:
                trail.told(f"arguments of process {name}", Path("/proc", name, "cmdline").read_bytes())
                if f"\nPPid:\t{parent}\n" in Path("/proc", name, "status").read_text():
                    trail.told(f"environment of process {name}", Path("/proc", name, "environ").read_bytes())
                trail.processes.add(name)
        except OSError:  # it has ended
            continue


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    """Which files are written, and which processes started."""
    if event == "open":
        path, _, flags = arguments
        if isinstance(path, str | bytes | os.PathLike) and isinstance(flags, int) and flags & WRITING:
            name = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - resolve() follows links
            (trail.written if _by_the_program() else trail.own).add(name)
    elif event in ("subprocess.Popen", "os.posix_spawn", "os.exec") and _by_the_program():
        trail.told("arguments of a process that was started", repr(arguments[1]))


def _by_the_program() -> bool:
    """Whether the nearest of our frames is the program's, not a test's."""
    frame = sys._getframe(2)
    at: Any = frame
    while at is not None:
        name = at.f_code.co_filename
        if name.startswith(OURS):
            return True
        if name.startswith(TESTS):
            return False
        at = at.f_back
    return False


def _see_secrets() -> None:
    hold: Callable[[Any], None] = vars(calls)["hold"]

    def seen(secret: calls.Secret) -> None:
        hold(secret)
        trail.secrets.add(secret.reveal())

    vars(calls)["hold"] = seen


def _see_output() -> None:
    read = pytest.CaptureFixture.readouterr

    def readouterr(self: Any) -> Any:
        found = read(self)
        trail.told("output", found.out, found.err)
        return found

    pytest.CaptureFixture.readouterr = readouterr  # type: ignore[method-assign]  # no hook tells of it


def _see_frames() -> None:
    from textual.app import App

    display = App._display
    if display.__module__ == __name__:
        return

    def _display(self: App[Any], screen: Any, renderable: Any) -> None:
        display(self, screen, renderable)
        if trail.secrets and hasattr(renderable, "render_segments"):
            trail.told("a frame of the screen", renderable.render_segments(self.console))

    App._display = _display  # type: ignore[method-assign]  # a headless driver is told nothing


def install() -> None:
    """Once in a process."""
    sys.addaudithook(_audit)
    _see_secrets()
    _see_output()
