"""What the tests of login, logout and accounts have: cabinets in memory, and a terminal with somebody who types."""

from __future__ import annotations

import io
import json
import os
import pty
import select
import sys
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from types import SimpleNamespace

import pytest

from tests.cli.conftest import Scene
from tui.cli import asking
from tui.credentials.cabinets import Cabinets, cabinets
from tui.demo_keys import KEYS
from tui.errors import NoCredential

PATIENCE = 20.0  # seconds for a question to come
END = "<end>"  # what the terminal shows when the command is over
GOOD = json.dumps(KEYS["tencent"])


class Drawer:
    """A cabinet in memory, which may be out of order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.items: dict[str, str] = {}
        self.error: NoCredential | None = None

    async def get(self, account: str) -> str | None:
        self._fine()
        return self.items.get(account)

    async def put(self, account: str, text: str) -> None:
        self._fine()
        self.items[account] = text

    async def delete(self, account: str) -> bool:
        self._fine()
        return self.items.pop(account, None) is not None

    async def names(self) -> Sequence[str]:
        self._fine()
        return tuple(sorted(self.items))

    async def trouble(self) -> str | None:
        return None if self.error is None else self.error.message

    def again(self) -> None:
        pass

    def _fine(self) -> None:
        if self.error is not None:
            raise NoCredential(self.error.message, code=self.error.code)


class Desk:
    """Both drawers, a scene whose account has its key in one of them, and stdin."""

    def __init__(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        self.scene, self._monkeypatch = scene, monkeypatch
        self.keyring, self.vault = Drawer("keyring"), Drawer("vault")
        monkeypatch.setattr(Cabinets, "_keyring", lambda held: self.keyring)
        monkeypatch.setattr(Cabinets, "_vault", lambda held: self.vault)
        scene.text = scene.text.replace('"demo"', '"keyring"')

    def stdin(self, text: str | bytes) -> None:
        """What a pipe brings."""
        data = text.encode() if isinstance(text, str) else text
        self._monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data), isatty=lambda: False))


@pytest.fixture
def desk(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Empty drawers."""
    before = cabinets.set(None)
    yield Desk(scene, monkeypatch)
    cabinets.reset(before)


class Typist(Thread):
    """Somebody at a terminal: waits for each question and types the answer; and for a while only, whatever is asked."""

    def __init__(self, master: int, answers: Sequence[tuple[str, str]], patience: float = PATIENCE) -> None:
        super().__init__(daemon=True)
        self._master, self._answers, self._patience = master, answers, patience
        self.seen = ""
        self.lost = False
        """Whether something else was asked, or nothing: what reads the terminal was told that nobody is there."""

    def run(self) -> None:
        for question, answer in self._answers:
            if not self._until(question):
                return
            os.write(self._master, answer.encode())
        self._until(END)

    def _until(self, text: str) -> bool:
        start = len(self.seen)
        while text not in self.seen[start:]:
            if END in self.seen:
                return False
            if not select.select([self._master], [], [], self._patience)[0]:
                self.lost = True
                os.write(self._master, b"\x04" * 9)  # a test that fails, and does not hang
                continue
            self.seen += os.read(self._master, 4096).decode(errors="replace")
        return True


@contextmanager
def typing(monkeypatch: pytest.MonkeyPatch, *answers: tuple[str, str], patience: float = PATIENCE) -> Iterator[Typist]:
    """A terminal for what is asked, its echo on as it always is."""
    master, slave = pty.openpty()
    monkeypatch.setattr(asking, "TTY", os.ttyname(slave))
    typist = Typist(master, answers, patience)
    typist.start()
    try:
        yield typist
        assert not typist.lost, "another question than was expected, or none"
        assert termios.tcgetattr(slave)[3] & termios.ECHO, "the echo is on again"
    finally:
        os.write(slave, f"\r\n{END}".encode())
        typist.join(PATIENCE + patience)
        os.close(slave)
        os.close(master)
