"""What is written to a terminal that reads, that does not, and that is gone."""

from __future__ import annotations

import os
import pty
import select
import threading
import tty
from collections.abc import Callable, Iterator
from itertools import count

import pytest
from rich.control import Control

from tests.ui.fake_desk import FakeDesk
from tui.ui import outlet as outlets
from tui.ui import tty as ttys
from tui.ui.charset import Narrow
from tui.ui.outlet import Outlet
from tui.ui.shell import Taskdeck
from tui.ui.tty import Tty


class Wire:
    """A pty, raw, and an outlet into it; what it told, as events."""

    def __init__(self) -> None:
        self.far, self.near = pty.openpty()
        tty.setraw(self.near)
        self.own = outlets.unblocked(self.near)
        self.drained, self.lost = threading.Event(), threading.Event()

    def outlet(self, encoding: str = "utf-8", room: int = 1 << 14, narrow: Narrow | None = None) -> Outlet:
        made = Outlet(self.own, encoding, drained=self.drained.set, lost=self.lost.set, room=room, narrow=narrow)
        made.start()
        return made

    def read(self, until: Callable[[bytes], object]) -> bytes:
        data, waited = b"", 0.0
        while not until(data):  # which may ask for more than what comes here: it is asked again 20 times a second
            if select.select([self.far], [], [], 0.05)[0]:
                data += os.read(self.far, 1 << 16)
                continue
            waited += 0.05
            assert waited < 20, data[-100:]
        return data

    def close(self) -> None:
        for end in (self.far, self.near, self.own):
            if end >= 0:
                os.close(end)


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    yield made
    made.close()


def test_all_of_it_in_order(wire: Wire) -> None:
    outlet = wire.outlet(room=1 << 20)
    for at in range(3_000):
        outlet.write(f"<{at}>")
    data = wire.read(lambda data: data.endswith(b"<2999>"))
    assert data == "".join(f"<{at}>" for at in range(3_000)).encode()
    outlet.write("end")
    assert wire.read(lambda data: data) == b"end"
    outlet.stop()
    assert not outlet.is_alive()
    assert not outlet.stuck
    assert not wire.drained.is_set()


def test_a_terminal_that_is_not_read_keeps_nobody_waiting_and_costs_little(wire: Wire) -> None:
    outlet, frames = wire.outlet(), 0
    for at in count():
        if outlet.behind:
            break
        outlet.write("x" * 1_000)
        frames = at
    assert frames < 100
    for _ in range(1_000):
        outlet.write("\a" * 1_000)  # what is no frame
    assert not wire.drained.is_set()
    data = wire.read(lambda data: wire.drained.is_set() and not select.select([wire.far], [], [], 0.1)[0])
    assert len(data) < 100_000, "of a million"
    assert not outlet.behind
    outlet.write("on")
    assert wire.read(lambda data: data) == b"on"
    outlet.stop()


def test_late_is_behind_however_little_it_is(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(outlets, "monotonic", lambda: now[0])
    outlet = wire.outlet(room=1 << 20)
    outlet.write("x" * 100_000)
    assert not outlet.behind
    now[0] += 1
    assert outlet.behind
    outlet.abandon()
    assert not outlet.is_alive()


def test_a_terminal_that_is_gone_is_told_once(wire: Wire) -> None:
    outlet = wire.outlet()
    os.close(wire.far)
    wire.far = -1
    outlet.write("x")
    assert wire.lost.wait(20)
    outlet.write("y")
    outlet.stop()
    assert not outlet.is_alive()


def test_signs_that_a_charset_has_not_keep_their_cells(wire: Wire) -> None:
    outlet = wire.outlet("ascii")
    outlet.write("a处é|")
    assert wire.read(lambda data: b"|" in data) == b"a???|"
    outlet.stop()
    outlet = wire.outlet("gbk", narrow=Narrow(letters=True))
    outlet.write("“处”Ж한|")
    assert wire.read(lambda data: b"|" in data) == '"处"???|'.encode("gbk")
    outlet.stop()


@pytest.mark.parametrize("may_open", [True, False])
async def test_a_terminal_that_reads_nothing_is_given_back_all_the_same(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, may_open: bool
) -> None:
    if not may_open:  # after `su`: a write to it blocks
        os.close(wire.own)
        with monkeypatch.context() as patch:
            patch.setattr(os, "open", lambda *_: (_ for _ in ()).throw(PermissionError()))
            wire.own = outlets.unblocked(wire.near)
        assert os.get_blocking(wire.own)
    driver = Tty(Taskdeck(FakeDesk(), theme_name="deck-dark"))
    monkeypatch.setattr(driver, "_out", wire.own)
    monkeypatch.setattr(driver, "fileno", wire.near)
    driver._writer_thread = None
    monkeypatch.setattr(driver, "_outlet", wire.outlet(room=1 << 20))
    driver._on = True
    driver.write("x" * 200_000)
    driver.let_go()
    driver.let_go()
    data = wire.read(lambda data: data.endswith(b"\x1b[?1004l"))
    assert len(data) < 100_000
    assert data.count(b"\x1b[?1049l") == data.count(b"\x1b[?25h") == 1


async def test_the_end_of_a_frame_is_told_in_few_bytes(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = Tty(Taskdeck(FakeDesk(), theme_name="deck-dark"))
    monkeypatch.setattr(driver, "_outlet", wire.outlet())
    driver.write(f"\x1b[2;3Hx{Control.move_to(0, 0).segment.text}")
    driver.write("end")
    assert wire.read(lambda data: data.endswith(b"end")) == b"\x1b[2;3Hx\x1b[Hend"


async def test_the_end_of_the_terminal_ends_the_monitor(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    app = Taskdeck(FakeDesk(), theme_name="deck-dark")
    told: list[str] = []
    monkeypatch.setattr(app, "hung_up", lambda: told.append("hung up"))
    driver = Tty(app)
    monkeypatch.setattr(driver, "fileno", wire.near)
    os.close(wire.far)
    wire.far = -1
    thread = threading.Thread(target=driver.run_input_thread)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()
    assert told == ["hung up"]
    assert ttys.IDLE


def test_a_terminal_that_goes_before_it_has_begun_is_no_bug(wire: Wire) -> None:
    made = Outlet(wire.own, "utf-8", drained=wire.drained.set, lost=wire.lost.set)
    made.abandon()
    made.stop()
    made.start()
    made.join(5)
    assert not made.is_alive()
