"""A real gnome-keyring under dbus-run-session. Without the tools these tests fail in CI and skip elsewhere."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, NamedTuple

import pytest

from tests.keyring.session import TOOLS, Session
from tui.credentials.bounded import Breaker
from tui.credentials.keyring import Keyring
from tui.errors import NoCredential

FAR = {"DISPLAY": "", "WAYLAND_DISPLAY": "", "SSH_CONNECTION": "", "SSH_TTY": ""}
MOST = 3.5  # seconds that any call may take (issue 6)


class Came(NamedTuple):
    """What came of a call, how long it took, and how often the loop turned to others meanwhile."""

    answer: Any
    seconds: float
    ticks: int

    @property
    def refused(self) -> NoCredential:
        """The error that it is."""
        assert isinstance(self.answer, NoCredential), self.answer
        return self.answer


async def asked(call: Callable[[], Awaitable[Any]]) -> Came:
    """A call with a ticker beside it, which must never stand still, in no more time than is promised."""
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.02)
            ticks += 1

    ticker = asyncio.create_task(tick())
    begun = time.monotonic()
    try:
        answer = await call()
    except NoCredential as error:
        answer = error
    seconds = time.monotonic() - begun
    ticker.cancel()
    assert seconds <= MOST
    return Came(answer, seconds, ticks)


@pytest.fixture(scope="session", autouse=True)
def tools() -> None:
    """What a session is made of."""
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        assert not os.environ.get("CI"), f"CI installs {', '.join(missing)}"
        pytest.skip(f"not installed here: {', '.join(missing)}")


@pytest.fixture(scope="session")
def session() -> Iterator[Session]:
    """A session with the machine's own services: D-Bus starts gnome-keyring in it."""
    with Session() as session:
        yield session


@pytest.fixture
def here(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """This process in that session, with an unlocked keyring."""
    session.ready()
    return entered(session, monkeypatch)


@pytest.fixture
def keyring() -> Keyring:
    """With a breaker of its own."""
    return Keyring(breaker=Breaker())


def entered(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """This process in a session, without a desktop."""
    for name in FAR:
        monkeypatch.delenv(name, raising=False)
    for name, value in session.env.items():
        if name.startswith(("DBUS_", "XDG_")):
            monkeypatch.setenv(name, value)
    return session
