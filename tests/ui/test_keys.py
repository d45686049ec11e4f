"""A test for each key."""

from __future__ import annotations

import re

import pytest

from tests.ui.driving import driven, long_after, press, settle, text
from tests.ui.fake_desk import NOW, SOURCES, FakeDesk, fill, tasks_of
from tui.errors import AuthError, CallError, Unavailable
from tui.model import State
from tui.ui.board import DECK
from tui.ui.detail import TaskScreen
from tui.ui.help import HelpScreen
from tui.ui.state_picker import StatePicker

pytestmark = pytest.mark.screen

WIDE = (150, 45)


@pytest.mark.parametrize(
    ("keys", "cursor"),
    [
        (("j", "j", "k"), 1),
        (("down", "down", "up"), 1),
        (("G",), 59),
        (("end",), 59),
        (("G", "g"), 0),
        (("G", "home"), 0),
    ],
)
async def test_movement(keys: tuple[str, ...], cursor: int) -> None:
    async with driven(None, (120, 40), *keys) as (_, home):
        assert home.active.place.cursor == cursor


async def test_pages() -> None:
    async with driven() as (pilot, home):
        place = home.active.place
        await press(pilot, "pagedown")
        assert place.cursor == place.height
        await press(pilot, "pageup")
        assert place.cursor == 0
        await press(pilot, "ctrl+d")
        assert place.cursor == place.height // 2
        await press(pilot, "ctrl+u")
        assert place.cursor == 0


async def test_next_and_previous_failed_task() -> None:
    async with driven(None, (120, 40), "n") as (pilot, home):
        first = home.active.place.cursor
        assert home.active.selected is not None
        assert home.active.selected.state.bad
        await press(pilot, "n")
        assert home.active.place.cursor > first
        await press(pilot, "N")
        assert home.active.place.cursor == first


async def test_views() -> None:
    async with driven(None, WIDE) as (pilot, home):
        assert home.view == DECK
        assert "Function Compute" in text(pilot)
        assert "Keypair tasks" in text(pilot)
        assert "EVENTS" in text(pilot)
        await press(pilot, "0")
        assert "all tasks" in text(pilot)
        assert "370 " in text(pilot)
        for digit in "12345":
            await press(pilot, digit)
            assert home.active.digit == int(digit)
            assert "STATE" in text(pilot)
        await press(pilot, "9")
        assert home.active.digit == 5
        await press(pilot, "W")
        assert home.view == DECK
        assert home.open_pane == 5


async def test_panes_and_zoom() -> None:
    async with driven(None, WIDE, "tab", "tab") as (pilot, home):
        assert home.open_pane == 3
        await press(pilot, "shift+tab", "z")
        assert home.view == 2
        await press(pilot, "tab")
        assert home.view == 3
        await press(pilot, "z")
        assert home.view == DECK
        await press(pilot, "shift+tab", "shift+tab", "shift+tab")
        assert home.open_pane == 5


async def test_the_cursor_of_each_pane_stays_while_another_is_open() -> None:
    async with driven(None, (80, 24), "j", "j", "tab", "j", "tab", "shift+tab", "shift+tab") as (_, home):
        assert home.open_pane == 1
        assert home.active.place.cursor == 2
        assert home.panes[2].place.cursor == 1


async def test_the_filter_is_live_kept_and_cleared() -> None:
    async with driven(None, (120, 40), "0", "slash", *"kps") as (pilot, home):
        assert "/ kps" in text(pilot)
        first = len(home.active.place.rows)
        assert 0 < first < 370
        await press(pilot, "enter", "j")
        assert home.active.place.cursor == 1
        assert f"{first} of 370" in text(pilot)
        await press(pilot, "escape")
        assert len(home.active.place.rows) == 370
        await press(pilot, "slash", "x", "escape")
        assert home.filter.edit.text == "x"
        await press(pilot, "escape")
        assert home.filter.edit.text == ""


async def test_a_wrong_query_keeps_the_last_good_result_and_says_why() -> None:
    async with driven(None, (120, 40), "0", "slash", *"state:ok", "space", *"age") as (pilot, home):
        await press(pilot, *["backspace", "backspace", "backspace", "backspace"])
        rows = len(home.active.place.rows)
        assert 0 < rows < 370
        await press(pilot, "space", *"age<2")
        assert len(home.active.place.rows) == rows
        assert "unit" in text(pilot)
        assert home.board.verdict(home.view, NOW).wrong
        await press(pilot, "m")
        assert not home.board.verdict(home.view, NOW).wrong
        assert len(home.active.place.rows) not in (0, rows, 370)


async def test_a_paste_is_typed() -> None:
    async with driven(None, (120, 40), "0", "slash") as (pilot, home):
        from textual.events import Paste

        pilot.app.post_message(Paste("state:fail\nnope\x1b[2J"))
        await settle(pilot)
        assert home.filter.edit.text == "state:fail nope [2J"


async def test_an_empty_result_names_the_guilty_clause() -> None:
    async with driven(None, (120, 40), "0", filter_text="state:ok name:nosuchname") as (pilot, _):
        assert "0 of 370; without name:nosuchname: 223" in text(pilot)
        assert "no task matches" in text(pilot)


async def test_bad_and_live_are_toggled_in_the_same_text() -> None:
    async with driven(None, (120, 40), "0", "x") as (pilot, home):
        assert home.filter.edit.text == "state:bad"
        assert all(task.state.bad for task in home.active.place.rows)
        await press(pilot, "a")
        assert home.filter.edit.text == "state:live"
        await press(pilot, "a")
        assert home.filter.edit.text == ""


@pytest.mark.parametrize(
    ("keys", "filter_text"),
    [
        (("f",), "state:fail"),
        (("j", "enter"), "state:bad"),
        (("down", "up", "k", "enter"), "state:new"),
        (("a",), ""),
        (("escape",), ""),
        (("v",), ""),
        (("q",), ""),
    ],
)
async def test_the_state_picker(keys: tuple[str, ...], filter_text: str) -> None:
    async with driven(None, (120, 40), "0", "s") as (pilot, home):
        assert isinstance(pilot.app.screen, StatePicker)
        await press(pilot, *keys)
        assert len(pilot.app.screen_stack) == 1
        assert home.filter.edit.text == filter_text
        assert not home.board.verdict(home.view, NOW).wrong


async def test_every_state_of_the_picker_is_a_query() -> None:
    async with driven(None, (120, 40), "0") as (pilot, home):
        for letter in "urtsfegocnbl":
            await press(pilot, "s", letter)
            assert not home.board.verdict(home.view, NOW).wrong, letter
            assert home.filter.edit.text
            assert home.active.place.rows, letter


async def test_refresh_asks_for_the_sources_of_the_pane() -> None:
    desk = FakeDesk()
    async with driven(desk, WIDE, "r") as (pilot, _):
        assert desk.poked == ["thumbs"]
        await press(pilot, "0", "r")
        assert desk.poked == ["thumbs", None]


async def test_pause_holds_the_screen_and_counts() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "0", "p") as (pilot, home):
        before = text(pilot).splitlines()[1:]
        fill(desk.store, SOURCES[0], tasks_of(SOURCES[0], 9, seed=99))
        desk.changed()
        long_after(home)
        await settle(pilot)
        home.take()
        await settle(pilot)
        assert "PAUSED +" in text(pilot)
        assert text(pilot).splitlines()[1:] == before
        await press(pilot, "p")
        assert len(home.active.place.rows) == 379


async def test_a_change_reaches_the_screen_and_the_cursor_stays() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "0", "j", "j") as (pilot, home):
        key = home.active.place.key
        fill(desk.store, SOURCES[0], tasks_of(SOURCES[0], 9, seed=99))
        long_after(home)
        for _ in range(50):
            desk.changed()
        await settle(pilot)
        assert len(home.active.place.rows) == 379
        assert home.active.place.key == key


async def test_detail_opens_steps_and_goes_back() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "0", "j", "enter") as (pilot, home):
        screen = pilot.app.screen
        assert isinstance(screen, TaskScreen)
        await settle(pilot)
        assert "2 of 370" in text(pilot)
        await press(pilot, "y")
        assert '"TaskId"' in text(pilot)
        first = desk.asked[-1]
        await press(pilot, "J")
        assert "3 of 370" in text(pilot)
        assert desk.asked[-1] != first
        await press(pilot, "K")
        assert desk.asked[-1] == first
        asked = len(desk.asked)
        await press(pilot, "r")
        assert len(desk.asked) == asked + 1
        await press(pilot, "escape")
        assert len(pilot.app.screen_stack) == 1
        assert home.active.place.key == first
        assert not [worker for worker in pilot.app.workers if worker.name == "detail" and worker.is_running]


async def test_detail_scrolls() -> None:
    async with driven(None, (80, 24), "0", "y", "G") as (pilot, _):
        screen = pilot.app.screen
        assert isinstance(screen, TaskScreen)
        spot, end = screen.reader.spot, len(screen.reader.lines) - 1
        assert spot.cursor == end > 40
        assert spot.top == end + 1 - screen.reader.height
        await press(pilot, "k")
        assert spot.cursor == end - 1
        await press(pilot, "g", "j", "ctrl+d", "pagedown")
        assert 1 < spot.top < spot.cursor < end
        await press(pilot, "ctrl+u", "pageup", "pageup", "pageup")
        assert (spot.top, spot.cursor) == (0, 0)


async def test_help_is_of_the_screen_below_and_can_be_narrowed() -> None:
    async with driven(None, (120, 48), "question_mark") as (pilot, _):
        assert isinstance(pilot.app.screen, HelpScreen)
        assert "previous failed task" in text(pilot)
        assert "ctrl-c" in text(pilot)
        assert "provider 6" not in text(pilot)
        await press(pilot, "question_mark")
        assert len(pilot.app.screen_stack) == 2
        await press(pilot, "slash", *"failed")
        assert "next failed task" in text(pilot)
        assert "zoom" not in text(pilot)
        await press(pilot, *"qqq")
        assert "no key of this screen" in text(pilot)
        await press(pilot, "backspace", "enter", "escape", "escape")
        assert len(pilot.app.screen_stack) == 1
        await press(pilot, "enter", "question_mark")
        assert "next task" in text(pilot)
        assert "zoom pane" not in text(pilot)


async def test_q_goes_back_and_at_home_asks() -> None:
    async with driven(None, (120, 40), "0", "enter", "q", "q") as (pilot, home):
        assert home.view == DECK
        await press(pilot, "q")
        assert "quit? y" in text(pilot)
        await press(pilot, "n")
        assert "quit? y" not in text(pilot)
        assert home.active.place.cursor == 0
        await press(pilot, "q", "y")
    assert pilot.app.return_value == 0
    assert pilot.app.return_code == 0


async def test_esc_goes_back_one_layer_and_never_quits() -> None:
    async with driven(None, (120, 40), "3", "x", "escape") as (pilot, home):
        assert (home.view, home.filter.edit.text) == (3, "")
        await press(pilot, "escape")
        assert home.view == DECK
        await press(pilot, "escape", "escape")
        assert pilot.app.return_code is None


async def test_ctrl_c_twice_quits_and_the_first_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([10.0, 20.0, 20.5])
    async with driven() as (pilot, _):
        monkeypatch.setattr("tui.ui.shell.monotonic", lambda: next(clock))
        await press(pilot, "ctrl+c")
        assert "ctrl-c again to quit" in text(pilot)
        await press(pilot, "ctrl+c")
        assert pilot.app.return_code is None
        await press(pilot, "ctrl+c")
    assert pilot.app.return_code == 130
    assert pilot.app.return_value == 130


async def test_what_has_more_lines_than_the_screen_says_which_are_shown() -> None:
    async with driven(None, (80, 24), "question_mark") as (pilot, _):
        count = int(re.findall(r"(?m)^ lines 1-21 of (\d+) *$", text(pilot))[0])
        await press(pilot, "j")
        assert f"\n lines 2-22 of {count} " in text(pilot)
        await press(pilot, "G")
        assert f"\n lines {count - 20}-{count} of {count} " in text(pilot)
    async with driven(None, (200, 60), "question_mark") as (pilot, _):
        assert " lines 1" not in text(pilot)


@pytest.mark.parametrize("above", ["enter", "question_mark"])
async def test_the_screen_on_top_says_that_ctrl_c_was_pressed(above: str) -> None:
    async with driven(None, (120, 40), above, "ctrl+c") as (pilot, home):
        assert "ctrl-c again to quit" in text(pilot)
        assert home.told == ""


async def test_ctrl_c_works_above_everything() -> None:
    async with driven(None, (120, 40), "slash", "ctrl+c", "ctrl+c") as (pilot, _):
        pass
    assert pilot.app.return_code == 130
    async with driven(None, (120, 40), "s", "ctrl+c", "ctrl+c") as (pilot, _):
        pass
    assert pilot.app.return_code == 130


async def test_keys_are_rebound_and_unbound() -> None:
    keys = {"filter": "f", "bad": "", "down": "e"}
    async with driven(None, (120, 40), "x", "e", "j", keys=keys) as (pilot, home):
        assert home.filter.edit.text == ""
        assert home.active.place.cursor == 1
        await press(pilot, "f")
        assert home.filter.has_focus


async def test_no_key_fights_a_multiplexer_or_flow_control() -> None:
    async with driven() as (pilot, _):
        taken = set(pilot.app.screen.active_bindings)
        assert not taken & {"ctrl+a", "ctrl+b", "ctrl+at", "ctrl+space", "ctrl+s", "ctrl+q", "ctrl+p"}
        assert all(active.binding.id for active in pilot.app.screen.active_bindings.values())


async def test_the_mouse_points_opens_and_scrolls() -> None:
    async with driven(None, WIDE) as (pilot, home):
        await pilot.click("#pane-2", offset=(5, 3))
        await settle(pilot)
        assert home.open_pane == 2
        assert home.active.place.cursor == 2
        await pilot.click("#pane-2", offset=(5, 3))
        await settle(pilot)
        assert isinstance(pilot.app.screen, TaskScreen)


async def test_unknown_states_are_shown_verbatim() -> None:
    async with driven(None, (200, 60), "0", "slash", *"state:new") as (pilot, home):
        assert {task.state for task in home.active.place.rows} == {State.UNKNOWN}
        assert "Hibernating" in text(pilot)


async def test_asking_for_a_live_task_ends_with_its_screen() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "0", "a", "enter") as (pilot, _):
        asking = [worker for worker in pilot.app.workers if worker.name == "detail"]
        assert [worker.is_running for worker in asking] == [True]
        assert len(desk.asked) == 1
        await press(pilot, "J")
        assert [worker.is_running for worker in asking] == [False]
        await press(pilot, "escape")
        assert not [worker for worker in pilot.app.workers if worker.name == "detail" and worker.is_running]


async def test_a_paused_screen_is_of_one_moment_whatever_is_asked_of_it() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "p") as (pilot, home):
        before = text(pilot).splitlines()[1:]
        fill(desk.store, SOURCES[0], tasks_of(SOURCES[0], 90, seed=8), at=home.pen().now)
        home.take()
        home.tick()
        await settle(pilot)
        assert text(pilot).splitlines()[1:] == before
        held = re.search(r"PAUSED \+(\d+) held", text(pilot))
        assert held is not None
        assert int(held[1]) > 0
        await press(pilot, "1")
        rows = len(home.active.place.rows)
        assert f"PAUSED +{held[1]} held" in text(pilot)
        await press(pilot, "slash", *"state:fail", "enter")
        assert {task.state for task in home.active.place.rows} == {State.FAILED}
        assert len(home.active.place.rows) < rows
        key = home.active.place.key
        await press(pilot, "p")
        assert "PAUSED" not in text(pilot)
        assert home.active.place.key == key
        await press(pilot, "escape")
        assert len(home.active.place.rows) > rows


async def test_a_task_whose_source_stopped_calling_is_asked_for_only_by_hand() -> None:
    desk = FakeDesk(troubles=True)
    async with driven(desk, (120, 40), "5", "enter", "J") as (pilot, _):
        assert "r asks again: APIGW.0301" in text(pilot)
        assert desk.asked == []
        await press(pilot, "r")
        assert len(desk.asked) == 1
        assert "r asks again" not in text(pilot)


@pytest.mark.parametrize(("error", "goes_on"), [(AuthError("no"), False), (Unavailable("later"), True)])
async def test_a_refused_key_is_not_tried_again(error: CallError, goes_on: bool) -> None:
    desk = FakeDesk()
    desk.detail_error = error
    async with driven(desk, (120, 40), "0", "a", "enter") as (pilot, _):
        asking = [worker for worker in pilot.app.workers if worker.name == "detail" and worker.is_running]
        assert bool(asking) is goes_on
        assert ("r asks again" in text(pilot)) is not goes_on


@pytest.mark.parametrize("typed", ["colour:red", "(src:fc OR", "state:fail created:today -name:canary dur>"])
async def test_what_is_typed_stays_on_screen_beside_a_long_complaint(typed: str) -> None:
    async with driven(None, (80, 24), "slash", *typed) as (pilot, _):
        bar = next(line for line in text(pilot).splitlines() if line.startswith(" /"))
        assert typed[-20:] in bar
        assert len(bar.partition(typed[-20:])[2].strip()) > 20


async def test_help_calls_the_digits_by_their_providers() -> None:
    async with driven(None, (120, 40), "question_mark") as (pilot, _):
        assert "Keypair tasks" in text(pilot)
        assert "provider 1" not in text(pilot)
