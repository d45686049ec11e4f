"""The events: newest first, the cursor on an event, narrowed by words, each the way to its task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.pilot import Pilot

from tests.ui.driving import driven, press, settle, strips, text
from tests.ui.fake_desk import NOW, SOURCES, FakeDesk, fill, tasks_of
from tui.model import State, Task
from tui.status import Trouble, Word
from tui.ui.detail import TaskScreen
from tui.ui.events import Event
from tui.ui.events_screen import EventsScreen
from tui.ui.spot import Spot

pytestmark = pytest.mark.screen


def some(count: int, first: int = 0) -> list[Event]:
    """Events, newest first."""
    return [Event(NOW, Word.LIVE, "thumbs", f"event {first + count - at}") for at in range(count)]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("come"), st.integers(0, 9)),
        st.tuples(st.just("go"), st.integers(0, 60)),
        st.tuples(st.just("resize"), st.integers(0, 20)),
    ),
    max_size=30,
)


@given(steps)
def test_new_events_move_the_cursor_only_where_nobody_has_moved_it(sequence: Sequence[tuple[str, int]]) -> None:
    spot, rows = Spot[Event](), some(40)
    spot.show(rows)
    for name, value in sequence:
        before, line = spot.row, spot.cursor - spot.top
        if name == "come":
            rows = [*some(value, len(rows)), *rows]
            spot.show(rows)
            assert (spot.row is rows[0]) if spot.at_head else (spot.row is before)
            assert spot.at_head or spot.cursor - spot.top == line or spot.top + spot.height >= len(rows)
        else:
            getattr(spot, name)(value)
        assert spot.top <= spot.cursor < spot.top + spot.height


def test_an_event_that_was_dropped_leaves_the_cursor_at_its_number() -> None:
    spot, rows = Spot[Event](), some(9)
    spot.resize(4)
    spot.show(rows)
    spot.go(8)
    spot.show(rows[:5])
    assert spot.row is rows[4]
    spot.show([])
    assert spot.row is None
    spot.go(3)
    assert spot.row is None


def fail(desk: FakeDesk, count: int, source: int = 0, skip: int = 0) -> list[Task]:
    """So many tasks of a source that are not bad fail."""
    rows = [task for task in desk.store.tasks(SOURCES[source].name).values() if not task.state.bad]
    failed = [task._replace(state=State.FAILED, error=f"boom\x1b[2J {at}") for at, task in enumerate(rows)]
    fill(desk.store, SOURCES[source], failed[skip : skip + count])
    return failed[skip : skip + count]


def shown(pilot: Pilot[int]) -> EventsScreen:
    screen = pilot.app.screen
    assert isinstance(screen, EventsScreen)
    return screen


async def test_nothing_has_happened_is_one_calm_line_and_esc_goes_back() -> None:
    async with driven(None, (80, 24), "0", "j", "j", "E") as (pilot, home):
        assert "nothing has changed yet" in text(pilot)
        assert "events of this run" in text(pilot)
        await press(pilot, "j", "G", "g", "ctrl+d", "pageup", "enter", "escape")
        assert pilot.app.screen is home
        assert (home.view, home.active.place.cursor) == (0, 2)


async def test_newest_first_with_time_what_source_and_text() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40)) as (pilot, _):
        fail(desk, 2)
        desk.store.set_status(replace(desk.store.status("keys"), trouble=Trouble(Word.AUTH, "APIGW.0301")))
        await press(pilot, "E")
        lines = text(pilot).splitlines()
        assert "AUTH" in "".join(lines[1:4])
        failed = [line for line in lines if "FAIL" in line]
        assert len(failed) == 2
        assert all("12:42:37" in line and " FC " in line and "thumbs" in line and "boom" in line for line in failed)
        assert "\x1b" not in text(pilot)
        fail(desk, 1, source=3)
        shown(pilot).look()
        assert "TAT" in text(pilot).splitlines()[1]


async def test_what_ended_before_this_run_and_is_read_only_now_is_no_event() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40)) as (pilot, _):
        task = next(iter(desk.store.tasks(SOURCES[0].name).values()))
        for name, ended in (("long ago", NOW - 3_600_000), ("just now", NOW + 1_000), ("unknown when", None)):
            key = task.key._replace(id=name)
            fill(desk.store, SOURCES[0], [task._replace(key=key, state=State.FAILED, ended_at=ended, error="boom")])
        await press(pilot, "E")
        assert "long ago" not in text(pilot)
        assert "just now" in text(pilot)
        assert "unknown when" in text(pilot)


async def test_the_cursor_stays_on_its_event_while_others_come() -> None:
    desk = FakeDesk(200)
    async with driven(desk, (80, 24)) as (pilot, _):
        fail(desk, 60)
        await press(pilot, "E", "ctrl+d", "j", "k", "pagedown")
        spot = shown(pilot).listed.spot
        event, line = spot.row, spot.cursor - spot.top
        assert spot.cursor > spot.height
        fail(desk, 30, skip=60)
        shown(pilot).look()
        assert spot.row is event
        assert spot.cursor - spot.top == line
        await press(pilot, "g")
        assert spot.cursor == 0
        newest = fail(desk, 1, source=1)[0]
        shown(pilot).look()
        assert spot.row is not None
        assert spot.row.key == newest.key
        await press(pilot, "G", "ctrl+u", "pageup", "down", "up")
        assert 0 < spot.cursor < 90


async def test_enter_opens_the_task_and_j_k_walk_the_events() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40)) as (pilot, _):
        old, new = fail(desk, 2)
        await press(pilot, "E", "enter")
        screen = pilot.app.screen
        assert isinstance(screen, TaskScreen)
        first = desk.asked[-1]
        assert first in (old.key, new.key)
        await press(pilot, "J")
        assert {first, desk.asked[-1]} == {old.key, new.key}
        await press(pilot, "J")
        await press(pilot, "escape")
        assert shown(pilot).listed.spot.cursor == 1
        await press(pilot, "escape")
        assert len(pilot.app.screen_stack) == 1


async def test_what_cannot_be_opened_says_why() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40)) as (pilot, home):
        desk.store.set_status(replace(desk.store.status("keys"), trouble=Trouble(Word.AUTH, "401")))
        await press(pilot, "E", "enter")
        assert "about the whole source" in text(pilot)
        await press(pilot, "k")
        assert "about the whole source" not in text(pilot)
        lost = tasks_of(SOURCES[0], 1, seed=99)[0].key
        home._events.lines.appendleft(Event(NOW, State.FAILED, "thumbs", "left", lost))
        shown(pilot).look()
        await press(pilot, "enter")
        assert "no longer known" in text(pilot)


async def test_words_narrow_enter_keeps_them_and_esc_takes_them_away() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40)) as (pilot, _):
        fail(desk, 3)
        fail(desk, 2, source=3)
        await press(pilot, "E", "slash", *"FAIL tat")
        assert shown(pilot).listed.spot.cursor == 0
        assert "2 of 5" in text(pilot)
        await press(pilot, "enter", "j")
        assert len(shown(pilot).listed.spot.rows) == 2
        assert shown(pilot).listed.spot.cursor == 1
        await press(pilot, "slash", *"qqq")
        assert "no event has these words" in text(pilot)
        await press(pilot, "backspace", "f5", "escape")
        assert len(shown(pilot).listed.spot.rows) == 5
        await press(pilot, "slash", "x", "enter", "escape")
        assert isinstance(pilot.app.screen, EventsScreen)
        await press(pilot, "escape")
        assert len(pilot.app.screen_stack) == 1


async def test_a_paused_screen_shows_the_events_of_its_picture() -> None:
    desk = FakeDesk()
    async with driven(desk, (80, 24)) as (pilot, home):
        fail(desk, 1)
        home.take()
        await press(pilot, "p")
        fail(desk, 5, source=1)
        home.tick()
        await press(pilot, "E")
        assert len(shown(pilot).listed.spot.rows) == 1
        await press(pilot, "escape", "p", "E")
        assert len(shown(pilot).listed.spot.rows) > 1


async def test_what_happens_below_another_screen_is_told_with_its_time() -> None:
    desk = FakeDesk()
    async with driven(desk, (80, 24), "question_mark") as (_, home):
        fail(desk, 1)
        home.tick()
        assert len(home._events.lines) == 1


async def test_the_mouse_points_and_opens() -> None:
    desk = FakeDesk()
    async with driven(desk, (80, 24)) as (pilot, _):
        fail(desk, 9)
        await press(pilot, "E")
        await pilot.click("Listed", offset=(5, 3))
        await settle(pilot)
        assert shown(pilot).listed.spot.cursor == 3
        await pilot.click("Listed", offset=(5, 20))
        await settle(pilot)
        assert shown(pilot).listed.spot.cursor == 3
        await pilot.click("Listed", offset=(5, 3))
        await settle(pilot)
        assert isinstance(pilot.app.screen, TaskScreen)


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40), (200, 60)])
async def test_no_line_is_wider_than_the_screen(size: tuple[int, int]) -> None:
    desk = FakeDesk()
    async with driven(desk, size) as (pilot, home):
        fail(desk, 50)
        home._events.lines.appendleft(Event(NOW, Word.DENIED, "commands", "视频转码任务" * 40))
        await press(pilot, "E", "slash", *"a" * 90)
        lines = strips(pilot)
        assert len(lines) == size[1]
        assert {line.cell_length for line in lines} == {size[0]}


async def test_below_the_least_size_a_screen_above_says_so_too() -> None:
    async with driven(None, (80, 24), "E") as (pilot, _):
        await pilot.resize_terminal(54, 12)
        await settle(pilot)
        first, *rest = text(pilot).splitlines()
        assert first.rstrip() == " taskdeck needs 60x15, have 54x12 (still polling)"
        assert not "".join(rest).strip()
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert "nothing has changed yet" in text(pilot)
