"""Sorting: the picker, the keys, what each table remembers, and the way from one order to the next."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.ui.driving import driven, press, settle, text
from tests.ui.fake_desk import NOW, PROVIDERS, SOURCES, FakeDesk, fill, tasks_of
from tui.memory import NAME, Memory
from tui.model import Task
from tui.query.fields import field
from tui.ui import columns, orders
from tui.ui.cells import CELLS
from tui.ui.home import Home
from tui.ui.sort_picker import SortPicker
from tui.view import Sort

ADAPTERS = ("", *(provider.adapter for provider in PROVIDERS))
TABLES = [columns.of(adapter, merged=not adapter, zoomed=zoomed) for adapter in ADAPTERS for zoomed in (True, False)]


# The pure parts.


@pytest.mark.parametrize("cell", sorted(CELLS))
def test_every_cell_that_a_table_may_show_has_a_field_to_sort_by(cell: str) -> None:
    for name in orders.shown(columns.Column(cell, "", 1, 1, 0)):
        assert field(name).doc


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_the_choices_are_the_columns_then_all_other_fields_once_each(adapter: str) -> None:
    _, full = columns.of(adapter, merged=not adapter, zoomed=True)
    names = [choice.field for choice in orders.choices(full, adapter)]
    assert names[:4] == ["", "state", "age", "dur"]
    assert len(set(names)) == len(names)
    assert {"error", "seen_at", "progress", "scope"} <= set(names)
    assert ("tat.exit" in names) is (adapter in ("", "tencent-tat"))
    assert ("os.generation" in names) is (adapter in ("", "alibaba-opensearch"))
    letters = [choice.letter for choice in orders.choices(full, adapter) if choice.letter]
    assert len(set(letters)) == len(letters)
    assert not set(letters) & set("jkq")


@pytest.mark.parametrize(("usual", "full"), TABLES)
def test_the_ring_goes_round_and_back(usual: columns.Columns, full: columns.Columns) -> None:
    for wide in (False, True):
        fields = orders.ring(usual, full, wide=wide)
        assert fields[0] == ""
        sort, seen = Sort(), []
        for _ in fields:
            sort = orders.beside(sort, fields, 1)
            seen.append(sort.field)
        assert seen == [*fields[1:], ""]
        assert orders.beside(orders.beside(sort, fields, -1), fields, 1) == sort
    assert orders.beside(Sort("seen_at"), fields, 1).field == fields[1]


@pytest.mark.parametrize(
    ("name", "descending"), [("", False), ("state", False), ("dur", True), ("age", False), ("created_at", True)]
)
def test_the_first_direction_is_the_one_meant_and_the_second_the_other(name: str, descending: bool) -> None:
    first = orders.chosen(Sort("id"), name)
    assert first == Sort(name, descending)
    assert orders.chosen(first, name) == Sort(name, not descending)


@pytest.mark.parametrize(
    ("sort", "words"),
    [
        (Sort(), ""),
        (Sort("", True), "oldest first"),
        (Sort("dur", True), "sort:-dur"),
        (Sort("a\x1b[2J"), "sort:a\u241b"),
    ],
)
def test_an_order_is_told_as_the_filter_language_says_it(sort: Sort, words: str) -> None:
    assert orders.told(sort) == words


# Through the keys.


def ids(home: Home) -> list[str]:
    return [task.key.id for task in home.active.place.rows]


def by(home: Home, value: Callable[[Task], Any], *, descending: bool = False) -> list[str]:
    """The rows of the pane as another sort than the monitor's orders them: ties newest first."""
    rows = sorted(home.active.place.rows, key=lambda task: (-task.born, task.key.id))
    rows.sort(key=value, reverse=descending)
    return [task.key.id for task in rows]


def took(task: Task) -> int:
    return task.running_ms(NOW) or 0


@pytest.mark.screen
async def test_the_picker_sorts_and_again_inverts_and_the_cursor_keeps_its_task() -> None:
    async with driven(None, (120, 40), "1", "j", "j", "j") as (pilot, home):
        before, task = ids(home), home.active.place.key
        await press(pilot, "S")
        assert isinstance(pilot.app.screen, SortPicker)
        assert "sort by" in text(pilot)
        await press(pilot, "m")
        assert ids(home) == by(home, lambda task: (task.name or "").casefold()) != before
        assert home.active.place.key == task
        assert "sort:name" in text(pilot)
        await press(pilot, "S", "enter")
        assert home.board.sort(1) == Sort("name", True)
        names = [(one.name or "").casefold() for one in home.active.place.rows]
        assert names == sorted(names, reverse=True)
        assert home.active.place.key == task
        await press(pilot, "S", "n")
        assert ids(home) == before
        assert "sort:" not in text(pilot)


@pytest.mark.screen
async def test_the_picker_moves_and_is_left_without_a_trace() -> None:
    async with driven(None, (60, 15), "0", "S", "k") as (pilot, home):
        assert home.board.sort(0) == Sort()
        await press(pilot, "enter")
        last = orders.choices(columns.MERGED, "")[-1].field
        assert home.board.sort(0).field == last
        await press(pilot, "S")
        assert last in text(pilot)
        await press(pilot, "down", "j", "up", "escape")
        assert pilot.app.screen is home
        assert home.board.sort(0).field == last
        await press(pilot, "S", "j", "j", "enter")
        assert home.board.sort(0) == Sort("state")


@pytest.mark.screen
async def test_invert_turns_the_order_round() -> None:
    async with driven(None, (120, 40), "0", "G", "k") as (pilot, home):
        newest, task = ids(home), home.active.place.key
        await press(pilot, "I")
        assert ids(home) == by(home, lambda task: task.born) != newest
        assert home.active.place.key == task
        assert "oldest first" in text(pilot)
        await press(pilot, "I")
        assert ids(home) == newest
        assert home.active.place.key == task


@pytest.mark.screen
async def test_left_and_right_move_the_sort_from_column_to_column() -> None:
    async with driven(None, (120, 40), "4", "j") as (pilot, home):
        newest, task = ids(home), home.active.place.key
        await press(pilot, ">")
        assert home.board.sort(4) == Sort("state")
        states = [field("state").value(one, SOURCES[3], NOW) for one in home.active.place.rows]
        assert states == sorted(states)
        assert ids(home) != newest
        await press(pilot, ">", ">")
        assert home.board.sort(4) == Sort("dur", True)
        known = [took(one) for one in home.active.place.rows if one.running_ms(NOW) is not None]
        assert known == sorted(known, reverse=True)
        assert home.active.place.key == task
        await press(pilot, "<", "<", "<")
        assert ids(home) == newest
        await press(pilot, "<")
        assert home.board.sort(4) == Sort("error")
        assert home.active.place.key == task


@pytest.mark.screen
async def test_a_paused_screen_is_sorted_too() -> None:
    async with driven(None, (120, 40), "1", "p", "S", "d") as (_, home):
        assert home.paused
        known = [took(one) for one in home.active.place.rows if one.running_ms(NOW) is not None]
        assert known == sorted(known, reverse=True) != []


@pytest.mark.screen
async def test_each_table_has_its_own_order() -> None:
    async with driven(None, (150, 45), "2", "S", "d", "W") as (pilot, home):
        assert home.board.sort(2) == Sort("dur", True)
        assert [home.board.sort(digit) for digit in (0, 1, 3, 4, 5)] == [Sort()] * 5
        line = next(line for line in text(pilot).splitlines() if "OpenSearch training" in line)
        assert "sort:-dur" in line
        await press(pilot, "0")
        assert "sort:" not in text(pilot)


@pytest.mark.screen
@pytest.mark.parametrize("key", ["S", "I", "<", ">"])
async def test_a_sort_term_in_the_filter_wins_and_says_so(key: str) -> None:
    async with driven(None, (120, 40), "1", "slash", *"sort:-age", "enter") as (pilot, home):
        before = ids(home)
        await press(pilot, key)
        assert pilot.app.screen is home
        assert "the filter says sort:-age; take it out first" in text(pilot)
        assert ids(home) == before
        assert home.board.sort(1) == Sort()


@pytest.mark.screen
async def test_what_comes_takes_its_place_in_the_order() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "5", "S", "m", "j", "j") as (pilot, home):
        task = home.active.place.key
        fill(desk.store, SOURCES[4], tasks_of(SOURCES[4], 30, seed=9), at=NOW)
        home.take()
        await settle(pilot)
        assert ids(home) == by(home, lambda task: (task.name or "").casefold())
        assert home.active.place.key == task


# Into the next run.


@pytest.mark.screen
async def test_orders_are_remembered(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    async with driven(None, (120, 40), "1", "S", "d", "0", "I", memory=memory):
        pass
    memory.close()
    assert json.loads((tmp_path / NAME).read_bytes())["sorts"] == {"alibaba-fc": "-dur", "all": "-"}
    async with driven(None, (120, 40), "0", memory=Memory(tmp_path)) as (pilot, home):
        assert home.board.sort(1) == Sort("dur", True)
        assert ids(home) == by(home, lambda task: task.born)
        assert "oldest first" in text(pilot)
        await press(pilot, "1")
        assert "sort:-dur" in text(pilot)


@pytest.mark.screen
async def test_orders_that_there_are_not_are_forgotten_in_silence(tmp_path: Path) -> None:
    sorts = {"alibaba-fc": "-colour", "all": "--age", "tencent-tat": "-created", "elsewhere": "age", "huawei-kps": 3}
    (tmp_path / NAME).write_text(json.dumps({"sorts": sorts}))
    async with driven(None, (120, 40), memory=Memory(tmp_path)) as (pilot, home):
        await settle(pilot)  # the orders come after the first frame
        assert home.board.sort(4) == Sort("created_at", True)
        assert [home.board.sort(digit) for digit in (0, 1, 2, 3, 5)] == [Sort()] * 5
        assert home.told == ""


@pytest.mark.screen
async def test_an_order_that_cannot_be_kept_holds_for_the_run_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = Memory(tmp_path / "file")
    async with driven(None, (120, 40), "1", "S", "d", memory=memory) as (pilot, home):
        memory.close()
        await settle(pilot)
        assert home.board.sort(1) == Sort("dur", True)
        assert "kept for this run only" in text(pilot)


@pytest.mark.screen
async def test_a_view_saved_now_is_a_filter_now_and_the_configs_wins() -> None:
    memory = Memory()
    async with driven(None, (120, 40), "1", memory=memory, views={"am": "state:fail"}) as (_, home):
        assert home.memory is memory
        assert memory.save_view("pm", "state:run") == ""
        home.write_filter("@pm")
        assert {task.state for task in home.active.place.rows} == {"running"}
        assert memory.save_view("am", "state:run") != ""
        home.write_filter("@am")
        assert {task.state for task in home.active.place.rows} == {"failed"}


@pytest.mark.screen
@pytest.mark.parametrize("key", ["S", "s", "f"])
async def test_the_last_line_tells_the_keys_of_the_list_that_is_open(key: str) -> None:
    async with driven(None, (80, 24), "0") as (pilot, home):
        before = text(pilot).splitlines()[-1]
        assert "x bad only" in before
        await press(pilot, key)
        home.paint()  # as when something changes below the list
        await settle(pilot)
        last = text(pilot).splitlines()[-1]
        assert "x bad only" not in last
        assert ("Enter take  Esc back" in last) is (key != "f")  # that one says its keys itself
        await press(pilot, "escape")
        assert text(pilot).splitlines()[-1] == before
