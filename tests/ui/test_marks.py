"""Marks: what space, * and u do, and that nothing but them takes a mark away."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.driving import driven, press, settle, strips, text
from tests.ui.fake_desk import NOW, SOURCES, FakeDesk, fill, tasks_of
from tui.model import State, TaskKey
from tui.ui import bars, glyphs, themes
from tui.ui.bars import Header
from tui.ui.home import Home
from tui.ui.titles import Pen

pytestmark = pytest.mark.screen


def signed(home: Home) -> list[TaskKey]:
    """The tasks of the pane shown that have the sign of a mark."""
    pane = home.active
    lines = pane.draw(*pane.size)[-pane.place.height :]
    return [
        pane.place.rows[index].key for index, line in zip(pane.place.window, lines, strict=False) if line.text[1] == "❚"
    ]


async def test_space_marks_and_goes_on() -> None:
    async with driven(None, (120, 40), "0", "space", "j", "space") as (pilot, home):
        keys = [task.key for task in home.active.place.rows[:4]]
        assert home.board.marked == {keys[0], keys[2]}
        assert home.active.place.cursor == 3
        assert [strip.text[:2] for strip in strips(pilot)[4:8]] == [" ❚", "  ", " ❚", "› "]
        assert "2 marked" in text(pilot)
        await press(pilot, "k", "space")
        assert home.board.marked == {keys[0]}
        assert "1 marked" in text(pilot)


async def test_the_cursor_on_a_marked_row_shows_both() -> None:
    async with driven(None, (120, 40), "0", "space", "k") as (pilot, _):
        assert strips(pilot)[4].text.startswith("›❚")


async def test_a_mark_is_seen_in_ascii_and_without_colour() -> None:
    async with driven(None, (80, 24), "0", "space", theme="mono", ui={"glyphs": "ascii"}) as (pilot, _):
        assert strips(pilot)[4].text.startswith(" #")


async def test_star_marks_the_rows_of_the_pane_and_unmarks_them() -> None:
    async with driven(None, (150, 45), "tab", "space") as (pilot, home):
        lone = set(home.board.marked)
        await press(pilot, "tab", "asterisk")
        rows = {task.key for task in home.panes[3].place.rows}
        assert home.board.marked == rows | lone
        assert f"{len(rows) + 1} marked" in text(pilot)
        await press(pilot, "asterisk")
        assert home.board.marked == lone
        await press(pilot, "space", "asterisk", "u")
        assert home.board.marked == set()
        assert "marked" not in text(pilot)


async def test_star_marks_what_the_filter_shows() -> None:
    async with driven(None, (120, 40), "0", "x", "asterisk", "x") as (_, home):
        bad = {task.key for task in home.active.place.rows if task.state.bad}
        assert home.board.marked == bad
        assert 0 < len(bad) < len(home.active.place.rows)


async def test_without_a_row_nothing_is_marked() -> None:
    async with driven(FakeDesk(0), (120, 40), "0", "space", "asterisk", "u") as (pilot, home):
        assert home.board.marked == set()
        assert "marked" not in text(pilot)


async def test_a_mark_is_in_every_pane_that_shows_its_task() -> None:
    async with driven(None, (120, 40), "2", "space") as (pilot, home):
        marked = set(home.board.marked)
        await press(pilot, "W")
        assert set(signed(home)) == marked
        await press(pilot, "0", "slash", *"opensearch", "enter")
        assert home.board.marked == marked


async def test_marks_stay_on_their_tasks_through_refresh_size_order_and_filter() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "0", "space", "space") as (pilot, home):
        marked = set(home.board.marked)
        newer = [
            task._replace(key=task.key._replace(id=f"n{at}"), created_at=NOW + at, started_at=NOW + at)
            for at, task in enumerate(tasks_of(SOURCES[1], 5))
        ]
        fill(desk.store, SOURCES[1], newer)
        changed = [task._replace(state=State.FAILED, error="boom") for task in desk.store.tasks("thumbs").values()]
        fill(desk.store, SOURCES[0], changed)
        home.take()
        await settle(pilot)
        assert set(signed(home)) == marked
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert set(signed(home)) == marked
        await press(pilot, "greater_than_sign", "I")
        assert home.active.order == ("state", True)
        for key in marked:
            assert home.active.place.seek(key)
            assert key in signed(home)
        await press(pilot, "less_than_sign", "g")
        assert set(signed(home)) == marked
        await press(pilot, "slash", *"nothing-has-this-name", "enter")
        assert signed(home) == []
        await press(pilot, "escape", "g")
        assert set(signed(home)) == marked


@given(st.integers(1, 10**6), st.integers(60, 200))
def test_the_header_counts_and_stays_in_its_line(marked: int, cells: int) -> None:
    pen = Pen(themes.load("deck-dark"), glyphs.UNICODE, NOW, utc=True)
    strip = bars.header(Header("all tasks", "a,b,c", marked=marked), pen, cells)
    assert f"{marked:,} marked" in strip.text
    assert strip.cell_length == cells
