"""Every screen and every widget on data that asks for trouble: nothing of it reaches the terminal, the clipboard, a
notification, a file or the log; signs that can be seen stand for it.

The demo cloud's `hostile` fault dresses every task; what a cloud says when it refuses is dressed here. The walk is
complete: a screen, a widget or a list to choose from that no station of it has shown fails the last test.
"""

from __future__ import annotations

import asyncio
import logging
import pkgutil
import random
import re
import time
from argparse import Namespace
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.events import Paste
from textual.pilot import Pilot
from textual.widget import Widget

import tui.ui
from tests import foreign
from tests.cli.world import World, world
from tests.test_live_desk import polling
from tests.ui import driving
from tests.ui.fake_desk import SOURCES, make
from tests.ui.test_login import KEY, SECRET, at_the_door, command, fill
from tui import logs
from tui.app import LiveDesk
from tui.clipboard import Reach
from tui.cloud import habits, hostile
from tui.errors import AuthError
from tui.memory import Memory
from tui.model import State, Task
from tui.status import SourceStatus, Trouble, Word
from tui.ui import strokes
from tui.ui.canvas import Bar, Canvas
from tui.ui.confirm import Confirm
from tui.ui.deck import Deck
from tui.ui.home import Home
from tui.ui.layer import Layer, Small
from tui.ui.narrowing import Narrowing
from tui.ui.over import Over
from tui.ui.pager import Pager
from tui.ui.picker import Picker
from tui.ui.shell import Taskdeck
from tui.ui.task.tabbed import Tabbed
from tui.ui.walked import Walked
from tui.watch import ended, notice

pytestmark = [pytest.mark.cloud, pytest.mark.screen, pytest.mark.xdist_group("foreign")]

REFUSAL = "".join(text for text in hostile.TEXTS if len(text) < hostile.LONG)
# What a station of its own cannot have: what others are made of.
MADE_OF = {Canvas, Deck, Layer, Narrowing, Over, Picker, Tabbed, Walked, Pager, Bar}
RECORD = re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ tui\.\S+ ")
FORGED = "tui.poller all is well"
PATIENCE = 30.0  # seconds for an answer, on a machine with much else to do
TASKS = 2  # of each provider, the oldest: they have ended, some of them badly
SEEN: set[type] = set()


@dataclass
class Watcher:
    """Everything that left the program."""

    pilot: Pilot[int]
    home: Home
    written: list[str]
    put: list[str] = field(default_factory=list)

    def look(self, station: str) -> str:
        """What is on the screen now, and all that was written until now, is harmless."""
        screen = self.pilot.app.screen
        SEEN.add(type(screen))
        SEEN.update(type(one) for one in screen.walk_children(Widget) if one.display and one.size)
        lines = driving.strips(self.pilot)
        for line in lines:
            assert not foreign.trouble(line.text), f"{station}: {line.text!r}"
            assert line.cell_length <= screen.size.width, f"{station}: {line.text!r}"
        troubles, put = foreign.told_to_a_terminal("".join(self.written))
        assert not troubles, f"{station}: {troubles[:5]}"
        self.written.clear()
        self.put += put
        return "\n".join(line.text for line in lines)

    async def go(self, station: str, *keys: str, foreign_text: bool = True) -> str:
        """Presses keys, and looks after each; in what came there are signs where there is foreign text."""
        seen = ""
        for key in keys:
            await driving.press(self.pilot, key)
            seen = self.look(f"{station}, {key}")
        if foreign_text:
            assert foreign.SIGNS.search(seen), f"{station} shows nothing foreign:\n{seen}"
        return seen

    async def type(self, station: str, line: str, *keys: str, foreign_text: bool = True) -> str:
        """A text in one piece after `:` or `/`, then keys."""
        self.pilot.app.post_message(Paste(line))
        await driving.settle(self.pilot)
        self.look(station)
        return await self.go(station, *keys, foreign_text=foreign_text)

    async def sized(self, columns: int, lines: int) -> None:
        """Another size."""
        await self.pilot.resize_terminal(columns, lines)
        await driving.settle(self.pilot)
        self.look(f"{columns} by {lines}")

    async def until(self, station: str, holds: Callable[[], object]) -> None:
        """Until an answer has come; all frames on the way are looked at."""
        end = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < end, f"{station}: never came\n{driving.text(self.pilot)}"
            await asyncio.sleep(0.01)  # the cloud answers in a thread of its own
            await driving.settle(self.pilot)
            self.look(station)


@pytest.fixture(scope="module")
def clouds() -> Iterator[World]:
    """A cloud whose time stands still, and whose every task is hostile."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(habits.SHARES, "hostile", 1.0)
        with world(tasks=160, seed=5, freeze=True, faults=["hostile"]) as cloud:
            yield cloud


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the drivers of a test write, the frames among it.

    The cursor goes the long way, by CSI H alone: a backspace or a return of ours could not be told from a foreign one.
    """
    monkeypatch.setattr(strokes, "way", lambda at, to: f"\x1b[{to[1] + 1};{to[0] + 1}H")
    found: list[str] = []
    display = App._display

    def _display(self: App[Any], screen: Any, renderable: Any) -> None:
        display(self, screen, renderable)
        if hasattr(renderable, "render_segments"):  # a headless driver is told nothing
            found.append(renderable.render_segments(self.console))

    monkeypatch.setattr(App, "_display", _display)
    return found


@pytest.fixture
def logged(tmp_path: Path) -> Path:
    """Where the log of a test goes."""
    logs.start(Namespace(log=None, state_dir=str(tmp_path / "state")))
    return tmp_path / "state" / "taskdeck.log"


@asynccontextmanager
async def standing(
    clouds: World,
    folder: Path,
    written: list[str],
    monkeypatch: pytest.MonkeyPatch,
    size: tuple[int, int] = (120, 40),
    **tables: Any,
) -> AsyncIterator[Watcher]:
    """The monitor on its own desk, every source read whole, two of them refused with the worst of words."""
    config = clouds.cloud.config.replace('interval = "5s"', 'interval = "10m"')
    async with polling(clouds, folder, write=True, config=config) as desk:
        await read_whole(desk)

        async def stands(changed: Callable[[], None]) -> None:
            desk._changed = changed
            changed()
            await asyncio.Event().wait()

        monkeypatch.setattr(desk, "run", stands)
        for word, source in zip((Word.ERROR, Word.PARTIAL), desk.store.sources.values(), strict=False):
            refuse(desk, source.name, word)
        app = Taskdeck(desk, tables={"ui": {"glyphs": "unicode"} | tables}, memory=Memory(folder / "memory"))
        async with app.run_test(size=size) as pilot:
            await driving.settle(pilot)
            assert app._driver is not None
            monkeypatch.setattr(app._driver, "write", written.append)
            home = app.screen_stack[0]
            assert isinstance(home, Home)
            home.reach = Reach()
            yield Watcher(pilot, home, written)


async def read_whole(desk: LiveDesk) -> None:
    """Until each source has been."""
    end = time.monotonic() + PATIENCE
    while any(desk.store.status(name).whole_at is None for name in desk.store.sources):
        assert time.monotonic() < end
        await asyncio.sleep(0.01)


def refuse(desk: LiveDesk, name: str, word: Word) -> None:
    """A refusal in the cloud's own words."""
    old = desk.store.status(name)
    now = round(time.time() * 1000)
    said = Trouble(word, REFUSAL, REFUSAL, REFUSAL, now + 9_000)
    missing = (REFUSAL, "x\x1b[2J")
    desk.store.set_status(
        SourceStatus(source=old.source, trouble=said, missing=missing, answered_at=now, tasks=old.tasks)
    )


def settle_as_failed(watcher: Watcher, task: Task) -> None:
    """A task that was pinned ends badly, and says so."""
    desk = watcher.home.desk
    ended = task._replace(state=State.FAILED, error=REFUSAL, name=REFUSAL, ended_at=round(time.time() * 1000))
    desk.store.settle(desk.store.sources[task.key.source], [ended], at=ended.ended_at or 0)


async def test_the_tables_what_is_beside_them_and_the_lists_above(
    clouds: World, tmp_path: Path, written: list[str], monkeypatch: pytest.MonkeyPatch, logged: Path
) -> None:
    async with standing(clouds, tmp_path, written, monkeypatch, (200, 60), notify="osc9") as at:
        await at.go("deck", "W", "tab", "tab", "z", "z")
        await at.sized(120, 40)
        await at.go("all", "0", "P", *["pagedown"] * 2, "w", "right", "right", "g")
        for digit in "12345":
            await at.go(f"provider {digit}", digit)
        await at.go("pinned and marked", "0", "a", "b", "space", "space")
        await at.go("copied", "c", "u", "c")
        pinned = at.home.desk.store.get(next(iter(at.home.watched.keys)))
        assert pinned is not None
        settle_as_failed(at, pinned)
        at.home._living.add(pinned.key)
        at.home.tick()
        assert any("\x1b]9;" in one for one in at.written), "nobody was told"
        await at.go("a watched one has ended", "0", "x")
        await at.go("list of fields", "f", "j", "j", "enter", "escape", "escape")
        await at.go("list of states", "s", "escape", foreign_text=False)
        await at.go("list of orders", "S", "escape", foreign_text=False)
        at.look("copy picker")
        await at.go("copy picker", "C", "G")
        await at.go("copy picker", "J", foreign_text=False)
        for letter in ("i", "m", "l", "1", "9"):
            await at.go("copied as", "C", letter, foreign_text=False)
        await at.go("marked, copied as", "0", "space", "space", "space", foreign_text=False)
        for letter in ("i", "J", "m"):
            await at.go("copied as", "C", letter, foreign_text=False)
        await at.go("what can be done", "u", "1", "a", "A", foreign_text=False)
        await at.go("the question before it", "enter", foreign_text=False)
        assert type(at.pilot.app.screen) is Confirm
        await at.go("not done", "escape", "escape", "escape", foreign_text=False)
        assert len(at.put) > 8
        for text in ("target:", "name:", "native:"):
            await at.go(f"filter {text}", "0", "slash", foreign_text=False)
            await at.type(f"completion of {text}", text, "tab", "tab", "tab")
            await at.go("back", "escape", "escape", "escape", foreign_text=False)
        for line in ("tasks name:", "watch "):
            await at.go("command", "colon", foreign_text=False)
            await at.type(f"completion of :{line}", line, "tab", "tab", "escape", foreign_text=False)
        for kind in ("csv", "ndjson", "md"):
            await at.go("command", "0", "colon", foreign_text=False)
            await at.type("export", f"export {kind} {tmp_path}/rows.{kind}", "enter", foreign_text=False)
            await at.until("export", (tmp_path / f"rows.{kind}").exists)
        for kind in ("csv", "md"):
            text = (tmp_path / f"rows.{kind}").read_text("utf-8")
            assert not foreign.trouble(text, lines=True)
            assert foreign.SIGNS.search(text)
        assert not foreign.trouble((tmp_path / "rows.ndjson").read_text("utf-8"), lines=True)
        await at.go("copy test", "colon", foreign_text=False)
        await at.type("copy test", "copytest", "enter", foreign_text=False)
        await at.go("copy test", "escape", foreign_text=False)
        await at.go("list of themes", "colon", foreign_text=False)
        await at.type("list of themes", "theme", "enter", "escape", foreign_text=False)


async def test_the_screens_above_home(
    clouds: World, tmp_path: Path, written: list[str], monkeypatch: pytest.MonkeyPatch, logged: Path
) -> None:
    said = REFUSAL.encode("utf-8", "replace").decode()  # xdist cannot carry the half of a pair that pytest caught
    try:
        raise ValueError(f"{said}\n2026-11-22 09:00:00,000 INFO {FORGED}")
    except ValueError:
        logging.getLogger("tui.poller").exception("%s: %s", said, said)
    judge_log(logged)
    async with standing(clouds, tmp_path, written, monkeypatch) as at:
        await at.go("events", "0", "E", "j", "pagedown", "slash", "e", "escape", "escape", foreign_text=False)
        await at.go("causes", "e", "j", "pagedown")
        await at.go("causes as Markdown", "C", foreign_text=False)
        await at.go("a cause's tasks", "enter", "escape", "escape", foreign_text=False)
        await at.go("why", "0", "x", "X")
        await at.go("evidence", "j", "enter", "escape", "escape", foreign_text=False)
        await at.go("health", "H", "j", "pagedown", "g")
        await at.go("help", "question_mark", "pagedown", "escape", "escape", foreign_text=False)
        await at.go("log", "colon", foreign_text=False)
        await at.type("log", "log", "enter", "G")
        app = at.pilot.app
        assert isinstance(app, Taskdeck)
        app.say(REFUSAL)
        assert foreign.SIGNS.search(at.look("said on a screen above"))
        await at.sized(30, 8)
        await at.sized(120, 40)
        await at.go("back", "escape", foreign_text=False)
        app.say(REFUSAL)
        assert foreign.SIGNS.search(at.look("said at home"))


async def test_every_tab_of_a_task_of_every_provider(
    clouds: World, tmp_path: Path, written: list[str], monkeypatch: pytest.MonkeyPatch, logged: Path
) -> None:
    async with standing(clouds, tmp_path, written, monkeypatch, (80, 24)) as at:
        signs: set[str] = set()
        for digit in "12345":
            await at.go(f"provider {digit}", digit, "G", "enter", foreign_text=False)
            for _ in range(TASKS):
                screen = at.pilot.app.screen
                await at.until("task", partial(attrgetter("about.detail"), screen))
                for tab in "123456":
                    seen = await at.go(f"tab {tab} of {digit}", tab, foreign_text=False)
                    if tab == "3":
                        await at.go(f"output of {digit}", "o", foreign_text=False)
                        await at.until("output", lambda: "asking for it" not in driving.text(at.pilot))
                        seen = at.look("output")
                    signs |= {tab} if foreign.SIGNS.search(seen) else set()
                await at.go(f"next of {digit}", "K", foreign_text=False)
            await at.go(f"compared, of {digit}", "v", "G", "escape", foreign_text=False)
            await at.go(f"raw of {digit}", "4", "G", "M", foreign_text=False)
            await at.go(f"why of {digit}", "X", "escape", "c", "C", "escape", foreign_text=False)
            await at.go("back", "escape", "escape", foreign_text=False)
        await at.go("a word that nobody knows", "1", "G", foreign_text=False)
        moved = at.home.active.place.task
        assert moved is not None
        for word in (REFUSAL, f"{REFUSAL} again"):
            settle_as_failed(at, moved._replace(native_state=word))
        seen = await at.go("timeline", "enter", "2", foreign_text=False)
        await at.go("found and folded", "4", "slash", "e", "enter", "n", "minus", "plus", foreign_text=False)
        signs |= {"2"} if foreign.SIGNS.search(seen.partition("HOW IT IS KNOWN")[2]) else set()
        assert signs == set("123456"), "a tab that showed nothing foreign of any provider"
    judge_records(logged)


def judge_log(path: Path) -> None:
    """Something foreign was told, and is harmless."""
    judge_records(path)
    assert foreign.SIGNS.search(path.read_text("utf-8")), "nothing foreign was told"


def judge_records(path: Path) -> None:
    """A log, if there is one, is harmless where it is read, and its records are the program's."""
    if path.exists():
        told = path.read_text("utf-8")
        troubles = foreign.trouble(told, lines=True)
        assert not troubles, troubles[:5]
        mine = [line for line in told.splitlines() if not line.startswith("  ")]
        assert all(RECORD.match(line) and FORGED not in line[:80] for line in mine)


async def test_the_login_dialog_says_what_the_provider_says(
    monkeypatch: pytest.MonkeyPatch, written: list[str]
) -> None:
    async with at_the_door(monkeypatch) as (pilot, home, door):
        assert pilot.app._driver is not None
        monkeypatch.setattr(pilot.app._driver, "write", written.append)
        at = Watcher(pilot, home, written)
        await command(pilot, "login ali-prod")
        door.says = [AuthError(REFUSAL, code=REFUSAL[:40], request_id=REFUSAL, http_status=403)]
        await fill(pilot, KEY, SECRET)
        assert foreign.SIGNS.search(at.look("login dialog"))


@pytest.mark.parametrize("way", ["osc9", "osc777", "bell", ""])
def test_a_notification_is_one_sequence_and_one_clean_text(way: str) -> None:
    task = make(SOURCES[0], 1, random.Random(1))
    for text in (*hostile.TEXTS, REFUSAL, "4;3;100", "a;b"):
        failed = task._replace(key=task.key._replace(id=text), name=text, error=text, state=State.FAILED)
        told = notice(way, ended([failed]))
        assert foreign.told_to_a_terminal(told) == ([], [])
        assert told.count("\x1b") == (way in ("osc9", "osc777"))
        assert "\x1b]9;4" not in told, "some terminals take OSC 9;4 for a progress bar"


def classes(kind: type[Widget]) -> set[type[Widget]]:
    """All that the program has of a kind."""
    found: set[type[Widget]] = {kind}
    for one in kind.__subclasses__():
        found |= classes(one)
    return {one for one in found if one.__module__.startswith("tui.ui")}


def test_no_screen_and_no_widget_was_left_out() -> None:
    """Last in its file: what the walks above have shown is all there is."""
    for module in pkgutil.walk_packages(tui.ui.__path__, "tui.ui."):
        import_module(module.name)
    wanted = {one for one in classes(Widget) if one not in MADE_OF and not one.__subclasses__()} | {Small}
    assert not {f"{one.__module__}.{one.__name__}" for one in wanted - SEEN}
