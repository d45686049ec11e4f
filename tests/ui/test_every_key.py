"""Each key of each screen, pressed: it does what its description says. A binding without a case here fails.

The keys come from `tui.ui.keys`: a case is run once with each key of its binding.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from textual.binding import Binding
from textual.pilot import Pilot

from tests.ui.driving import driven, press, settle, text
from tests.ui.fake_desk import NOW, PROVIDERS, SOURCES, FakeDesk, fill, tasks_of
from tests.ui.fake_door import FakeDoor
from tests.ui.states import tell
from tui import logs
from tui.clipboard import Reach
from tui.model import State, Task
from tui.status import Word
from tui.ui import columns, orders
from tui.ui.action_menu import ActionMenu
from tui.ui.board import ALL, DECK
from tui.ui.causes_screen import CausesScreen
from tui.ui.copy_picker import CopyPicker
from tui.ui.desk import Provider
from tui.ui.detail import TaskScreen
from tui.ui.events_screen import EventsScreen
from tui.ui.field_picker import FieldPicker
from tui.ui.health_screen import HealthScreen
from tui.ui.help import HelpScreen
from tui.ui.home import Home
from tui.ui.keys import APP, MOVEMENT, SCREENS
from tui.ui.log_screen import LogScreen
from tui.ui.login_dialog import LoginDialog
from tui.ui.place import Place
from tui.ui.shell import Taskdeck
from tui.ui.sort_picker import SortPicker
from tui.ui.state_picker import StatePicker
from tui.ui.task.diff import Diff
from tui.ui.task.output import Stage as Shown
from tui.ui.task.tabbed import CLI, OUTPUT, OVERVIEW, RAW, RELATED, TIMELINE
from tui.ui.why_screen import WhyScreen
from tui.view import Sort
from tui.view.why import Asks

pytestmark = pytest.mark.screen

HOME, TASK, DIFF, HELP, EVENTS, HEALTH, CAUSES, WHY, LOG = SCREENS
LAYERS = (TASK, DIFF, HELP, EVENTS, HEALTH, CAUSES, WHY, LOG)
WAY = {
    HOME: (),
    TASK: ("0", "enter"),
    DIFF: ("1", "enter", "v"),
    HELP: ("question_mark",),
    EVENTS: ("E",),
    HEALTH: ("H",),
    CAUSES: ("e",),
    WHY: ("0", "n", "X"),
    LOG: ("colon", *"log", "enter"),
}
"""The keys that lead to a screen."""
SIZE = dict.fromkeys(SCREENS, (80, 24)) | {HOME: (120, 40), DIFF: (60, 15)}
"""Those with something to read are small enough to be scrolled."""
FIRST, SECOND = PROVIDERS[:2]


class Stage(NamedTuple):
    """The app on a screen, with the desk behind it."""

    pilot: Pilot[int]
    home: Home
    desk: FakeDesk

    @property
    def seen(self) -> str:
        """What one reads."""
        return text(self.pilot)

    @property
    def top(self) -> object:
        """The screen that keys go to."""
        return self.pilot.app.screen

    @property
    def place(self) -> Place:
        """Where one is in the table."""
        return self.home.active.place

    @property
    def rows(self) -> list[Task]:
        """Of the table."""
        return list(self.place.rows)

    async def press(self, *keys: str) -> None:
        """One after the other."""
        await press(self.pilot, *keys)

    async def happens(self) -> None:
        """A source answers with nine new tasks."""
        fill(self.desk.store, SOURCES[0], tasks_of(SOURCES[0], 9, seed=99))
        self.home.take()
        await settle(self.pilot)


Case = Callable[[Stage, str], Awaitable[None]]
CASES: dict[tuple[str, str], Case] = {}


def does(name: str, *screens: str) -> Callable[[Case], Case]:
    """The case of a binding, on home or on other screens."""

    def keep(case: Case) -> Case:
        CASES.update({(screen, name): case for screen in screens or (HOME,)})
        return case

    return keep


# Moving: the same on every screen, in the rows of a table, the lines of a text or the events.


class Line(NamedTuple):
    """Where one is, the last line there is, the lines of a page, and how a test gets to one."""

    at: int
    last: int
    page: int
    go: Callable[[int], object]


def line(stage: Stage) -> Line:
    top = stage.top
    if isinstance(top, HealthScreen):
        sources = top.page.spot
        return Line(sources.cursor, len(sources.rows) - 1, sources.height, top.page.go)
    if isinstance(top, CausesScreen):
        rows = top.table.spot
        return Line(rows.cursor, len(rows.rows) - 1, rows.height, top.table.go)
    if isinstance(top, WhyScreen):
        return Line(top.listed.cursor, len(top.listed.reasons) - 1, top.listed.height, top.listed.go)
    if isinstance(top, EventsScreen):
        spot = top.listed.spot
        return Line(spot.cursor, len(spot.rows) - 1, spot.height, top.listed.go)
    if isinstance(top, TaskScreen):
        reader = top.reader
        return Line(reader.spot.cursor, len(reader.lines) - 1, reader.height, reader.go)
    if isinstance(top, Diff | HelpScreen | LogScreen):
        pager = top.pager
        return Line(pager.top, pager._count - pager._height, pager._height, lambda to: pager.scroll(to - pager.top))
    place = stage.place
    return Line(place.cursor, len(place.rows) - 1, place.height, place.go)


def moves(name: str, start: Callable[[Line], int], end: Callable[[Line], int]) -> None:
    async def moved(stage: Stage, key: str) -> None:
        before = line(stage)
        assert before.last > 8, "nothing to move through"
        before.go(start(before))
        await settle(stage.pilot)
        assert line(stage).at == start(before)
        await stage.press(key)
        assert line(stage).at == end(before) != start(before)

    does(name, *SCREENS)(moved)


moves("down", lambda here: 3, lambda here: 4)
moves("up", lambda here: 3, lambda here: 2)
moves("first", lambda here: 5, lambda here: 0)
moves("last", lambda here: 2, lambda here: here.last)
moves("half-down", lambda here: 1, lambda here: min(1 + here.page // 2, here.last))
moves("half-up", lambda here: here.last, lambda here: max(0, here.last - here.page // 2))
moves("page-down", lambda here: 1, lambda here: min(1 + here.page, here.last))
moves("page-up", lambda here: here.last, lambda here: max(0, here.last - here.page))


@does("next")
async def next_bad(stage: Stage, key: str) -> None:
    bad = [at for at, task in enumerate(stage.rows) if task.state.bad]
    await stage.press(key)
    assert stage.place.cursor == next(at for at in bad if at > 0)


@does("previous")
async def previous_bad(stage: Stage, key: str) -> None:
    bad = [at for at, task in enumerate(stage.rows) if task.state.bad]
    await stage.press("G", key)
    assert stage.place.cursor == max(at for at in bad if at < len(stage.rows) - 1)


def heads(stage: Stage) -> str:
    """The names of the columns."""
    return next(each for each in stage.seen.splitlines() if "STATE  " in each)


@does("right")
async def columns_right(stage: Stage, key: str) -> None:
    await stage.press("0")
    before = heads(stage)
    await stage.press(key)
    after = heads(stage)
    assert stage.home.active.shift == 1
    assert after != before
    assert "STATE" in after
    assert "TASK" in after


@does("left")
async def columns_left(stage: Stage, key: str) -> None:
    await stage.press("0")
    before = heads(stage)
    await stage.press("right")
    assert heads(stage) != before
    await stage.press(key)
    assert stage.home.active.shift == 0
    assert heads(stage) == before


# The task under the cursor.


@does("open")
async def opens(stage: Stage, key: str) -> None:
    await stage.press("j", key)
    assert isinstance(stage.top, TaskScreen)
    assert stage.desk.asked == [stage.rows[1].key]
    assert stage.rows[1].key.id in stage.seen


@does("follow")
async def follows(stage: Stage, key: str) -> None:
    await stage.press(key)
    task = stage.place.key
    assert stage.place.follow == task
    assert " follow " in stage.seen.splitlines()[0]
    fill(stage.desk.store, SOURCES[0], tasks_of(SOURCES[0], 50, seed=5, now=NOW + 9_999_999))
    stage.home.take()
    assert stage.place.key == task
    assert stage.place.cursor in stage.place.window
    assert stage.place.cursor == 50
    await stage.press(key)
    assert stage.place.follow is None


@does("mark")
async def marks(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.home.board.marked == {stage.rows[0].key}
    assert stage.place.cursor == 1
    assert "1 marked" in stage.seen


@does("mark-all")
async def marks_all(stage: Stage, key: str) -> None:
    await stage.press("x", key)
    assert stage.home.board.marked == {task.key for task in stage.rows}
    assert all(task.state.bad for task in stage.rows)
    assert f"{len(stage.rows)} marked" in stage.seen


@does("unmark")
async def unmarks(stage: Stage, key: str) -> None:
    await stage.press("space", "space", "tab", "space")
    assert "3 marked" in stage.seen
    await stage.press(key)
    assert not stage.home.board.marked
    assert "marked" not in stage.seen


def copied(stage: Stage) -> list[str]:
    """What goes to the terminal for its clipboard from now on, decoded; no tool of this machine is run."""
    stage.home.reach = Reach()
    texts: list[str] = []
    driver = stage.pilot.app._driver
    assert driver is not None

    def keep(data: str) -> None:
        found = re.fullmatch(r"\x1b\]52;c;(.*)\x07", data)
        if found:
            texts.append(base64.b64decode(found[1]).decode())

    driver.write = keep  # type: ignore[method-assign]
    return texts


@does("copy", HOME, TASK)
async def copies_the_id(stage: Stage, key: str) -> None:
    texts = copied(stage)
    await stage.press(key)
    assert texts == [stage.rows[0].key.id]
    assert f"copied {texts[0]} ({len(texts[0])} bytes, OSC 52)" in stage.seen


@does("copy-as", HOME, TASK)
async def copies_as_what_is_chosen(stage: Stage, key: str) -> None:
    texts = copied(stage)
    await stage.press(key)
    assert isinstance(stage.top, CopyPicker)
    await stage.press("r")
    assert texts == [stage.rows[0].request_id]


@does("console")
async def copies_the_page_of_the_console(stage: Stage, key: str) -> None:
    texts = copied(stage)
    await stage.press(key)
    assert texts == [f"https://console.example/{stage.rows[0].key.id}"]
    assert texts[0] in stage.seen


@does("console", TASK)
async def copies_the_page_of_the_task_shown(stage: Stage, key: str) -> None:
    texts = copied(stage)
    while stage.rows[stage.place.cursor].key.source != SOURCES[0].name:
        await stage.press("J")
    await stage.press(key)
    assert texts == [f"https://console.example/{stage.rows[stage.place.cursor].key.id}"]


@does("watch")
async def pins_the_task(stage: Stage, key: str) -> None:
    task = stage.rows[3]
    assert stage.place.seek(task.key)
    await stage.press(key)
    assert stage.rows[0].key == stage.place.key == task.key
    assert stage.desk.watched == {task.key}
    assert "pinned on top" in stage.seen
    await stage.press(key)
    assert stage.rows[3].key == stage.place.key == task.key
    assert not stage.desk.watched


@does("watch", TASK)
async def pins_the_task_shown(stage: Stage, key: str) -> None:
    task = stage.rows[0]
    await stage.press(key)
    assert stage.desk.watched == {task.key}
    assert "pinned on top" in stage.seen
    assert isinstance(stage.top, TaskScreen)
    await stage.press(key)
    assert not stage.desk.watched


@does("act")
async def acts(stage: Stage, key: str) -> None:
    live = next(task for task in stage.rows if task.state.live)
    assert stage.place.seek(live.key)
    await stage.press(key)
    assert isinstance(stage.top, ActionMenu)
    await stage.press("s", "y")
    assert stage.desk.acted == [("stop", live.key)]
    assert "stop: accepted" in stage.seen
    stage.desk.read_only = True
    await stage.press(key)
    assert len(stage.pilot.app.screen_stack) == 1


@does("act", TASK)
async def acts_on_the_task_shown(stage: Stage, key: str) -> None:
    while not (task := stage.rows[stage.place.cursor]).state.live:
        await stage.press("J")
    await stage.press(key)
    assert isinstance(stage.top, ActionMenu)
    await stage.press("s", "y")
    assert stage.desk.acted == [("stop", task.key)]
    assert isinstance(stage.top, TaskScreen)
    assert "stop: accepted" in stage.seen
    stage.desk.read_only = True
    await stage.press(key)
    assert isinstance(stage.top, TaskScreen)


# Filters.


@does("filter")
async def filters(stage: Stage, key: str) -> None:
    every = len(stage.rows)
    await stage.press(key)
    assert stage.home.filter.has_focus
    await stage.press(*"state:ok")
    assert {task.state for task in stage.rows} == {State.SUCCEEDED}
    assert 0 < len(stage.rows) < every


@does("state")
async def filters_by_state(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert isinstance(stage.top, StatePicker)
    await stage.press("f")
    assert {task.state for task in stage.rows} == {State.FAILED}


@does("bad")
async def bad_only(stage: Stage, key: str) -> None:
    every = len(stage.rows)
    await stage.press(key)
    assert 0 < len(stage.rows) < every
    assert all(task.state.bad for task in stage.rows)
    await stage.press(key)
    assert len(stage.rows) == every


@does("live")
async def live_only(stage: Stage, key: str) -> None:
    every = len(stage.rows)
    await stage.press(key)
    assert 0 < len(stage.rows) < every
    assert all(task.state.live for task in stage.rows)
    await stage.press(key)
    assert len(stage.rows) == every


@does("by-field")
async def filters_by_a_field(stage: Stage, key: str) -> None:
    every, task = len(stage.rows), stage.home.active.selected
    assert task is not None
    await stage.press(key)
    assert isinstance(stage.top, FieldPicker)
    await stage.press("n", "enter")
    assert stage.home.filter.edit.text.startswith("name=")
    assert 0 < len(stage.rows) < every
    assert {one.name for one in stage.rows} == {task.name}


@does("pin")
async def pins(stage: Stage, key: str) -> None:
    await stage.press("0")
    stage.home.write_filter("state:fail")
    await stage.press(key)
    assert "on every view" in stage.seen
    await stage.press("4")
    assert {task.state for task in stage.rows} == {State.FAILED}
    await stage.press(key)
    assert {State.FAILED} < {task.state for task in stage.rows}


# Views.


@does("all")
async def shows_all(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.home.view == ALL
    assert {task.key.source for task in stage.rows} == {source.name for source in SOURCES}


def provides(digit: int) -> None:
    async def shows_one(stage: Stage, key: str) -> None:
        await stage.press(key)
        assert stage.home.view == digit
        assert next(one.title for one in stage.desk.providers if one.digit == digit) in stage.seen.splitlines()[0]
        assert {task.key.source for task in stage.rows} <= {SOURCES[digit - 1].name if digit < 6 else ""}

    does(f"provider-{digit}")(shows_one)


for at in range(1, 10):
    provides(at)


@does("deck")
async def shows_the_deck(stage: Stage, key: str) -> None:
    await stage.press("0", key)
    assert stage.home.view == DECK
    assert "deck" in stage.seen.splitlines()[0]


@does("zoom")
async def zooms(stage: Stage, key: str) -> None:
    await stage.press("tab", key)
    assert stage.home.view == SECOND.digit
    assert SECOND.title in stage.seen.splitlines()[0]
    await stage.press(key)
    assert stage.home.view == DECK


@does("wide")
async def widens(stage: Stage, key: str) -> None:
    await stage.press("0")
    assert "NATIVE" not in heads(stage)
    await stage.press(key)
    assert "NATIVE" in heads(stage)
    await stage.press(key)
    assert "NATIVE" not in heads(stage)


@does("view-back")
async def travels_back(stage: Stage, key: str) -> None:
    await stage.press("0", "2", key)
    assert stage.home.view == ALL
    await stage.press(key)
    assert stage.home.view == DECK


@does("view-forward")
async def travels_forward(stage: Stage, key: str) -> None:
    back = next(each for each in bindings(HOME) if each.id == "view-back").key
    await stage.press("0", "2", back, back, key)
    assert stage.home.view == ALL
    await stage.press(key)
    assert stage.home.view == SECOND.digit


@does("view-last")
async def changes_views(stage: Stage, key: str) -> None:
    await stage.press("0", "2", key)
    assert stage.home.view == ALL
    await stage.press(key)
    assert stage.home.view == SECOND.digit


@does("peek")
async def peeks(stage: Stage, key: str) -> None:
    task = stage.home.active.selected
    assert task is not None
    lines = len(stage.place.window)
    assert f"req {task.request_id}"[:8] in stage.seen
    await stage.press(key)
    assert "req " not in stage.seen
    assert len(stage.place.window) == lines + 4
    await stage.press(key)
    assert "req " in stage.seen


@does("events")
async def shows_events(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert isinstance(stage.top, EventsScreen)
    assert "events of this run" in stage.seen


@does("health")
async def shows_health(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert isinstance(stage.top, HealthScreen)
    assert "5 sources: 5 LIVE" in stage.seen


@does("causes")
async def shows_causes(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert isinstance(stage.top, CausesScreen)
    assert "COUNT" in stage.seen


@does("why")
async def explains(stage: Stage, key: str) -> None:
    await stage.press("n", key)
    assert isinstance(stage.top, WhyScreen)
    assert stage.top.about.task.key == stage.rows[stage.place.cursor].key
    assert "evidence only" in stage.seen


@does("why", TASK)
async def explains_the_task_shown(stage: Stage, key: str) -> None:
    below = shown(stage)
    await stage.press("J", key)
    assert isinstance(stage.top, WhyScreen)
    assert stage.top.about.task.key == stage.rows[1].key
    await stage.press("escape")
    assert stage.pilot.app.screen is below


@does("open", CAUSES)
async def opens_the_tasks_of_a_cause(stage: Stage, key: str) -> None:
    below = stage.top
    assert isinstance(below, CausesScreen)
    await stage.press("j", key)
    one = below.table.spot.row
    assert one is not None
    assert stage.top is stage.home
    assert {task.key for task in stage.rows} == set(one.times)
    await stage.press("escape")
    assert stage.pilot.app.screen is below


@does("filter", CAUSES)
async def narrows_causes(stage: Stage, key: str) -> None:
    await stage.press(key, *"kps")
    assert isinstance(stage.top, CausesScreen)
    assert stage.top.table.spot.rows
    assert all("keys" in one.sources for one in stage.top.table.spot.rows)
    await stage.press("escape")


@does("copy-as", CAUSES)
async def copies_causes(stage: Stage, key: str) -> None:
    texts = copied(stage)
    await stage.press(key)
    assert len(texts) == 1
    assert texts[0].startswith("| COUNT | FIRST | LAST |")
    assert "boom" in texts[0]


@does("open", WHY)
async def opens_the_evidence(stage: Stage, key: str) -> None:
    below = stage.top
    assert isinstance(below, WhyScreen)
    below.listed.go(next(at for at, one in enumerate(below.listed.reasons) if isinstance(one.evidence, Asks)))
    await stage.press(key)
    assert stage.top is stage.home
    assert stage.rows
    await stage.press("escape")
    assert stage.pilot.app.screen is below


@does("next-pane")
async def next_pane(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.home.open_pane == SECOND.digit
    assert SECOND.title in stage.seen


@does("previous-pane")
async def previous_pane(stage: Stage, key: str) -> None:
    await stage.press("tab", key)
    assert stage.home.open_pane == FIRST.digit
    assert FIRST.title in stage.seen


# Orders.


@does("sort")
async def sorts(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert isinstance(stage.top, SortPicker)
    await stage.press("d")
    took = [task.running_ms(NOW) or 0 for task in stage.rows]
    assert took == sorted(took, reverse=True)
    assert "sort:-dur" in stage.seen


@does("invert")
async def inverts(stage: Stage, key: str) -> None:
    born = [task.born for task in stage.rows]
    assert born == sorted(born, reverse=True)
    await stage.press(key)
    assert [task.born for task in stage.rows] == sorted(born)
    assert "oldest first" in stage.seen


def fields() -> list[str]:
    """What the first pane can be sorted by, column after column."""
    usual, full = columns.of(FIRST.adapter, merged=False, zoomed=False)
    return orders.ring(usual, full, wide=False)


@does("sort-right")
async def sorts_by_the_column_to_the_right(stage: Stage, key: str) -> None:
    for name in fields()[1:3]:
        await stage.press(key)
        assert stage.home.board.sort(FIRST.digit).field == name
        assert f"{name}" in stage.seen.split("sort:", 1)[1][:20]


@does("sort-left")
async def sorts_by_the_column_to_the_left(stage: Stage, key: str) -> None:
    for name in fields()[:-3:-1]:
        await stage.press(key)
        assert stage.home.board.sort(FIRST.digit).field == name
        assert f"{name}" in stage.seen.split("sort:", 1)[1][:20]
    stage.home.board.order(FIRST.digit, Sort(fields()[1]))
    await stage.press(key)
    assert stage.home.board.sort(FIRST.digit) == Sort()


# The screen itself.


@does("login")
async def asks_for_the_key_of_this_pane(stage: Stage, key: str) -> None:
    assert stage.desk.door is None
    await stage.press(key)
    assert "nobody to log in to" in stage.seen
    stage.desk.door = FakeDoor(stage.desk.poke)
    await stage.press(key)
    assert isinstance(stage.top, LoginDialog)
    assert "log in: ali-prod" in stage.seen
    await stage.press("escape")
    assert len(stage.pilot.app.screen_stack) == 1


@does("refresh")
async def refreshes(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.desk.poked == [SOURCES[0].name]


def paces(stage: Stage) -> list[float]:
    return [stage.desk.store.status(source.name).interval for source in SOURCES]


@does("slower")
async def slower(stage: Stage, key: str) -> None:
    first, *others = paces(stage)
    await stage.press(key)
    assert paces(stage)[0] > first
    assert paces(stage)[1:] == others
    assert f"{SOURCES[0].name} every {paces(stage)[0]:g}s" in stage.seen


@does("faster")
async def faster(stage: Stage, key: str) -> None:
    first, *others = paces(stage)
    await stage.press(key)
    assert paces(stage)[0] < first
    assert paces(stage)[1:] == others
    assert f"{SOURCES[0].name} every {paces(stage)[0]:g}s" in stage.seen


@does("pause")
async def pauses(stage: Stage, key: str) -> None:
    every = len(stage.rows)
    await stage.press(key)
    await stage.happens()
    assert len(stage.rows) == every
    assert "PAUSED +9 held" in stage.seen
    await stage.press(key)
    assert len(stage.rows) == every + 9
    assert "PAUSED" not in stage.seen


@does("back")
async def one_layer_back(stage: Stage, key: str) -> None:
    await stage.press("3", "x", key)
    assert (stage.home.view, stage.home.filter.edit.text) == (3, "")
    await stage.press(key)
    assert stage.home.view == DECK
    await stage.press(key)
    assert stage.pilot.app.return_code is None
    assert not stage.home.question


@does("quit")
async def back_and_quits(stage: Stage, key: str) -> None:
    await stage.press("3", key)
    assert stage.home.view == DECK
    await stage.press(key)
    assert "quit? y" in stage.seen
    await stage.press("y")
    assert stage.pilot.app.return_code == 0


@does("command")
async def commands(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.home.command.has_focus
    await stage.press(*"tasks state:fail", "enter")
    assert stage.home.view == ALL
    assert {task.state for task in stage.rows} == {State.FAILED}


# The screens above home.


@does("back", DIFF)
async def back_to_the_task(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert type(stage.top) is TaskScreen
    await stage.press(key)
    assert len(stage.pilot.app.screen_stack) == 1


@does("back", *(screen for screen in LAYERS if screen != DIFF))
async def back(stage: Stage, key: str) -> None:
    assert stage.top is not stage.home
    await stage.press(key)
    assert stage.top is stage.home
    assert stage.pilot.app.return_code is None
    assert not stage.home.question


@does("next-task", TASK)
async def next_task(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.desk.asked == [stage.rows[0].key, stage.rows[1].key]
    assert "2 of 370" in stage.seen
    assert stage.rows[1].key.id in stage.seen


@does("previous-task", TASK)
async def previous_task(stage: Stage, key: str) -> None:
    await stage.press("J", "J", key)
    assert stage.desk.asked[-1] == stage.rows[1].key
    assert "2 of 370" in stage.seen
    assert stage.rows[1].key.id in stage.seen


@does("refresh", TASK)
async def asks_again(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert stage.desk.asked == [stage.rows[0].key] * 2


def shown(stage: Stage) -> TaskScreen:
    """The task on the screen."""
    assert isinstance(stage.top, TaskScreen)
    return stage.top


@does("open", TASK)
async def opens_those_that_share_a_fact(stage: Stage, key: str) -> None:
    below, task = stage.top, stage.rows[0]
    await stage.press(key)
    assert stage.top is stage.home
    assert 0 < len(stage.rows) < 370
    assert {one.name for one in stage.rows} == {task.name}
    assert f"> {task.key.id[:12]}" in stage.seen.splitlines()[0]
    await stage.press("escape")
    assert stage.top is below
    assert stage.home.filter.edit.text == ""


def shows(name: str, tab: int, told: str) -> None:
    async def shown_by(stage: Stage, key: str) -> None:
        await stage.press("6" if tab != CLI else "1")
        assert told not in stage.seen
        await stage.press(key)
        assert shown(stage)._tab == tab
        assert told in stage.seen

    does(name, TASK)(shown_by)


shows("overview", OVERVIEW, " WHEN")
shows("timeline", TIMELINE, "HOW IT IS KNOWN")
shows("output-tab", OUTPUT, "It may hold secrets")
shows("raw-tab", RAW, '"AccessKeySecret": "********"')
shows("raw", RAW, '"AccessKeySecret": "********"')
shows("related", RELATED, "THE SAME")
shows("cli", CLI, "FOR THE PROVIDER'S SUPPORT")


@does("next-tab", TASK)
async def next_tab(stage: Stage, key: str) -> None:
    for tab in (TIMELINE, OUTPUT, RAW, RELATED, CLI, OVERVIEW):
        await stage.press(key)
        assert shown(stage)._tab == tab


@does("previous-tab", TASK)
async def previous_tab(stage: Stage, key: str) -> None:
    for tab in (CLI, RELATED, RAW):
        await stage.press(key)
        assert shown(stage)._tab == tab


@does("output", TASK)
async def fetches_the_output(stage: Stage, key: str) -> None:
    assert not stage.desk.printed
    await stage.press(key)
    assert stage.desk.printed == [stage.rows[0].key]
    assert "a first line" in stage.seen
    assert "\x1b" not in stage.seen


@does("raw")
async def opens_the_raw_answer(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert shown(stage)._tab == RAW
    assert '"TaskId"' in stage.seen
    assert not stage.desk.printed


@does("output")
async def opens_the_output(stage: Stage, key: str) -> None:
    await stage.press("j", key)
    assert shown(stage).output.stage is Shown.HERE
    assert stage.desk.printed == [stage.rows[1].key]
    assert "a first line" in stage.seen


@does("save", TASK)
async def asks_where_to_save(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert "nothing to save" in stage.seen
    await stage.press("o", key)
    assert "save as " in stage.seen
    await stage.press("escape")
    assert "save as " not in stage.seen


@does("diff", TASK)
async def compares(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert isinstance(stage.top, Diff)
    assert "THE OTHER" in stage.seen


@does("find", TASK)
async def finds(stage: Stage, key: str) -> None:
    await stage.press("y", key, *"nested", "enter")
    line = shown(stage).reader.line
    assert line is not None
    assert line.ink.parts[1][0] == '"Nested"'


@does("next", TASK)
async def next_match(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert "nothing is looked for" in stage.seen
    await stage.press("y", "slash", *'"time', "enter")
    first = shown(stage).reader.spot.cursor
    await stage.press(key)
    second = shown(stage).reader.spot.cursor
    assert second > first
    await stage.press(key)
    assert shown(stage).reader.spot.cursor == first


@does("previous", TASK)
async def previous_match(stage: Stage, key: str) -> None:
    await stage.press("y", "slash", *'"time', "enter", "n")
    second = shown(stage).reader.spot.cursor
    await stage.press(key)
    assert shown(stage).reader.spot.cursor < second


@does("fold", TASK)
async def folds(stage: Stage, key: str) -> None:
    await stage.press("y", key)
    assert "{ 8 fields }" in stage.seen
    assert "AccessKeySecret" not in stage.seen
    await stage.press(key)
    assert "AccessKeySecret" in stage.seen


@does("fold-all", TASK)
async def folds_all(stage: Stage, key: str) -> None:
    await stage.press("y", key, "G")
    assert '"Events": [ 2 items ]' in stage.seen
    assert "Nested" not in stage.seen


@does("unfold-all", TASK)
async def unfolds_all(stage: Stage, key: str) -> None:
    await stage.press("y", "minus", key, "G")
    assert '"Nested": {' in stage.seen


@does("reveal", TASK)
async def reveals(stage: Stage, key: str) -> None:
    await stage.press("y")
    assert "do-not-show-me" not in stage.seen
    await stage.press(key)
    assert "do-not-show-me" in stage.seen
    assert "UNMASKED" in stage.seen
    shown(stage)._mask(shown(stage).raw)
    await settle(stage.pilot)
    assert "do-not-show-me" not in stage.seen


@does("filter", HELP)
async def narrows_help(stage: Stage, key: str) -> None:
    assert "mark all shown" in stage.seen
    await stage.press(key, *"failed")
    assert "next failed task" in stage.seen
    assert "previous failed task" in stage.seen
    assert "mark all shown" not in stage.seen


@does("filter", EVENTS)
async def narrows_events(stage: Stage, key: str) -> None:
    assert stage.seen.count("boom") > 9
    await stage.press(key, *"boom-11")
    listed = [each for each in stage.seen.splitlines() if "FAIL" in each]
    assert len(listed) == 1
    assert "boom-11" in listed[0]


@does("open", EVENTS)
async def opens_the_task_of_an_event(stage: Stage, key: str) -> None:
    screen = stage.top
    assert isinstance(screen, EventsScreen)
    await stage.press("j", key)
    event = screen.listed.spot.row
    assert event is not None
    assert isinstance(stage.top, TaskScreen)
    assert stage.desk.asked == [event.key]


# On every screen.


@does("mouse", *SCREENS)
async def mouse(stage: Stage, key: str) -> None:
    app = stage.home.app
    assert isinstance(app, Taskdeck)
    was = app.mouse
    await stage.press(key)
    assert app.mouse is not was
    assert ("mouse on" if not was else "mouse off") in stage.seen
    await stage.press(key)
    assert app.mouse is was


@does("open", HEALTH)
async def opens_the_provider_of_a_source(stage: Stage, key: str) -> None:
    screen = stage.top
    assert isinstance(screen, HealthScreen)
    screen.page.go(screen.page.spot.rows.index("ctr"))
    await stage.press(key)
    assert stage.top is stage.home
    assert stage.home.view == SECOND.digit


@does("filter", HEALTH)
async def narrows_health(stage: Stage, key: str) -> None:
    await stage.press(key, *"huawei")
    screen = stage.top
    assert isinstance(screen, HealthScreen)
    assert [name[:4] for name in screen.page.spot.rows] == ["keys"] * 4
    await stage.press("escape")
    assert len(screen.page.spot.rows) > 9


@does("refresh", HEALTH)
async def reads_the_source_of_the_row(stage: Stage, key: str) -> None:
    await stage.press("j", key)
    assert stage.desk.poked == ["thumbs-2"]
    assert "reading thumbs-2" in stage.seen


@does("health", EVENTS)
async def leaves_the_events_for_health(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert isinstance(stage.top, HealthScreen)
    await stage.press("escape")
    assert isinstance(stage.top, Home)


@does("events", HEALTH)
async def leaves_health_for_the_events(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert isinstance(stage.top, EventsScreen)
    await stage.press("escape")
    assert isinstance(stage.top, Home)


@does("help", HOME, TASK, DIFF, EVENTS, HEALTH, CAUSES, WHY, LOG)
async def helps(stage: Stage, key: str) -> None:
    below = stage.top
    await stage.press(key)
    assert isinstance(stage.top, HelpScreen)
    assert "keys of this screen" in stage.seen
    told: dict[type, str] = {
        TaskScreen: "next match",
        Diff: "mouse on, off",
        LogScreen: "mouse on, off",
        EventsScreen: "open its task",
        HealthScreen: "open its provider",
        CausesScreen: "open its tasks",
        WhyScreen: "open its evidence",
    }
    assert told.get(type(below), "follow") in stage.seen
    await stage.press("escape")
    assert stage.top is below


@does("help", HELP)
async def help_has_no_help(stage: Stage, key: str) -> None:
    below = stage.top
    await stage.press(key)
    assert stage.top is below
    assert len(stage.pilot.app.screen_stack) == 2


@does("interrupt", *SCREENS)
async def interrupts(stage: Stage, key: str) -> None:
    await stage.press(key)
    assert "ctrl-c again to quit" in stage.seen
    assert stage.pilot.app.return_code is None
    assert isinstance(stage.home.app, Taskdeck)
    stage.home.app._interrupted_at += 1e9  # however slow this machine is
    await stage.press(key)
    assert stage.pilot.app.return_code == 130


# All of them.


def bindings(screen: str) -> list[Binding]:
    """Of a screen, and of the app below it."""
    return [each for each in (*SCREENS[screen], *APP) if isinstance(each, Binding)]


def groups() -> Iterator[tuple[str, list[Binding]]]:
    """What is pressed in one app: all keys that move; of the others one each."""
    for screen in SCREENS:
        yield screen, [each for each in bindings(screen) if each in MOVEMENT]
        yield from ((screen, [each]) for each in bindings(screen) if each not in MOVEMENT)


def staged() -> FakeDesk:
    """A desk with four providers more, so that each digit has one, and with the grant to act."""
    desk = FakeDesk()
    desk.read_only = False
    desk.providers = [*PROVIDERS, *(Provider(f"more-{at}", at, f"M{at}", f"Provider {at}") for at in range(6, 10))]
    return desk


GROUPS = list(groups())
WORDS = {
    HOME: "home",
    TASK: "task",
    DIFF: "diff",
    HELP: "help",
    EVENTS: "events",
    HEALTH: "health",
    CAUSES: "causes",
    WHY: "why",
    LOG: "log",
}


def test_every_binding_of_every_screen_has_a_case() -> None:
    wanted = {(screen, each.id) for screen in SCREENS for each in bindings(screen)}
    assert CASES.keys() == wanted
    assert {(screen, each.id) for screen, group in GROUPS for each in group} == wanted


@pytest.mark.parametrize(
    ("screen", "group"),
    GROUPS,
    ids=[f"{WORDS[screen]}-{group[0].id if len(group) == 1 else 'movement'}" for screen, group in GROUPS],
)
async def test_a_key_does_what_it_says(
    screen: str, group: list[Binding], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk = staged()
    (tmp_path / "log").write_text("a line\n" * 99)
    monkeypatch.setattr(logs, "place", lambda: tmp_path / "log")
    async with driven(desk, SIZE[screen]) as (pilot, home):
        if screen == EVENTS:
            rows = [task for task in desk.store.tasks(SOURCES[0].name).values() if not task.state.bad]
            failed = [task._replace(state=State.FAILED, error=f"boom-{at}") for at, task in enumerate(rows)]
            fill(desk.store, SOURCES[0], failed)
            home.take()
        if screen == CAUSES:
            rows = list(desk.store.tasks(SOURCES[0].name).values())
            failed = [task._replace(state=State.FAILED, error=f"boom {'x' * at}") for at, task in enumerate(rows)]
            fill(desk.store, SOURCES[0], failed[:30])
            home.take()
        if screen in (HEALTH, WHY):
            tell(desk, [*Word, *Word])
        for binding in group:
            for key in binding.key.split(","):
                if screen != HOME and pilot.app.screen is home:  # the key before this one led back
                    await press(pilot, *WAY[screen])
                    while pilot.app.screen is home:  # a log is read beside the loop
                        await settle(pilot)
                await CASES[screen, binding.id or ""](Stage(pilot, home, desk), key)
