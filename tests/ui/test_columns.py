"""Columns: what a table shows at a width, wide mode, scrolling, the column that the rows are ordered by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.driving import driven, press, text
from tests.ui.fake_desk import PROVIDERS
from tui.ui import columns
from tui.ui.cells import CELLS
from tui.ui.columns import Columns, Shown

PANES = [
    *(columns.of(one.adapter, merged=False, zoomed=zoomed) for one in PROVIDERS for zoomed in (True, False)),
    columns.of("someone-else", merged=False, zoomed=False),
    columns.of("", merged=True, zoomed=True),
]
panes = st.sampled_from(PANES)
widths = st.integers(17, 250)


def names(shown: Shown) -> list[str]:
    """The columns shown, by their cells."""
    return [column.cell for column, _ in shown.placed]


def heads(shown: Shown) -> list[str]:
    """The columns shown, by their heads."""
    return [column.head for column, _ in shown.placed]


def doubled(pane: tuple[Columns, Columns]) -> set[str]:
    """The columns of a zoomed pane that a pane of the deck has under the same head."""
    heads = {column.head: column.cell for column in pane[0]}
    return {column.cell for column in pane[1] if heads.get(column.head, column.cell) != column.cell}


def merged(width: int, *, wide: bool = False, shift: int = 0) -> Shown:
    """All tasks."""
    return columns.show(columns.MERGED, columns.MERGED, width, wide=wide, shift=shift)


@pytest.mark.parametrize(
    ("terminal", "told"),
    [
        (80, "STATE AGE DUR SRC REGION TASK TARGET ERROR / NOTE"),
        (120, "STATE AGE DUR SRC ACCT REGION TASK TARGET ERROR / NOTE"),
        (160, "STATE AGE DUR SRC ACCT REGION TASK TARGET TRY QUEUE ERROR / NOTE"),
        (200, "STATE AGE DUR SRC ACCT REGION TASK TARGET NATIVE TRY QUEUE REQ ERROR / NOTE"),
    ],
)
def test_all_tasks_have_the_columns_of_the_design(terminal: int, told: str) -> None:
    assert " ".join(heads(merged(terminal - 3))) == told


@pytest.mark.parametrize("pane", PANES)
def test_every_column_can_be_written(pane: tuple[Columns, Columns]) -> None:
    for table in pane:
        assert {column.cell for column in table} <= set(CELLS)
        assert len({column.cell for column in table}) == len(table)


@given(panes, widths, st.booleans(), st.integers(0, 30))
def test_no_table_is_wider_than_it_may_be(pane: tuple[Columns, Columns], width: int, wide: bool, shift: int) -> None:
    shown = columns.show(*pane, width, wide=wide, shift=shift)
    assert sum(cells + 1 for _, cells in shown.placed) - 1 <= width
    assert all(cells >= 1 for _, cells in shown.placed)


@given(panes, st.integers(57, 250), st.booleans())
def test_scrolling_reaches_every_column_and_ends(pane: tuple[Columns, Columns], width: int, wide: bool) -> None:
    """From the first to the last shift, and no further: STATE and the naming column are in all of them."""
    first = columns.show(*pane, width, wide=wide)
    shown, seen, kept, shift = first, set(names(first)), set(names(first)), 0
    assert not first.left
    assert len(set(heads(first))) == len(heads(first))
    while shown.right:
        shift += 1
        shown = columns.show(*pane, width, wide=wide, shift=shift)
        assert len(set(heads(shown))) == len(heads(shown))
        assert (shown.shift, shown.left) == (shift, True)
        seen |= set(names(shown))
        kept &= set(names(shown))
    assert columns.show(*pane, width, wide=wide, shift=shift + 1) == shown
    assert columns.show(*pane, width, wide=wide, shift=99) == shown
    assert seen >= {column.cell for column in pane[1] if wide or column.since < columns.NEVER} - doubled(pane)
    if shift:
        assert "state" in kept
        assert kept & set(columns.NAMING)


@given(panes, st.integers(57, 250))
def test_a_table_that_was_not_touched_has_its_columns_by_rank(pane: tuple[Columns, Columns], width: int) -> None:
    assert columns.show(*pane, width).placed == columns.place(pane[0], width)


def test_the_first_columns_leave_and_those_that_had_no_room_come_after_the_last() -> None:
    assert heads(merged(77, shift=2)) == ["STATE", "SRC", "REGION", "TASK", "TARGET", "ERROR / NOTE", "ACCT"]
    assert merged(77, shift=2).right
    assert names(merged(77, shift=99))[:2] == ["state", "task"]


def test_wide_mode_has_everything_in_order() -> None:
    shown = merged(250, wide=True)
    assert names(shown) == [column.cell for column in columns.MERGED]
    assert not shown.right
    narrow = merged(77, wide=True, shift=8)
    assert heads(narrow)[:4] == ["STATE", "TASK", "QUEUE", "NAME"]
    assert narrow.left
    assert narrow.right


@pytest.mark.parametrize(
    ("field", "head"),
    [
        ("age", "AGE"),
        ("state", "STATE"),
        ("duration_ms", "DUR"),
        ("source", "SRC"),
        ("id", "TASK"),
        ("region", "REGION"),
        ("error", "ERROR / NOTE"),
        ("created_at", "CREATED"),
        ("request_id", "REQ"),
        ("", None),
        ("os.metrics", None),
    ],
)
def test_the_column_of_an_order(field: str, head: str | None) -> None:
    column = columns.ordered(merged(250, wide=True).placed, field)
    assert (column.head if column else None) == head


@pytest.mark.screen
async def test_wide_is_for_each_pane_and_left_and_right_scroll() -> None:
    async with driven(None, (80, 24), "0") as (pilot, home):
        assert "CREATED" not in text(pilot)
        head = text(pilot).splitlines()[3]
        assert head.startswith("  STATE")
        assert head.endswith("»")
        await press(pilot, "w")
        assert home.active.wide
        assert "ACCT" in text(pilot)
        await press(pilot, *["right"] * 10)
        head = text(pilot).splitlines()[3]
        assert head.startswith("« STATE   TASK ")
        assert "CREATED" in head
        assert "STARTED" in head
        created = next(task.created_at for task in home.active.place.rows)
        assert created is not None
        assert "11-21 12:4" in text(pilot)
        await press(pilot, *["right"] * 20)
        head = text(pilot).splitlines()[3]
        assert not head.endswith("»")
        assert "ERROR / NOTE" in head
        end = home.active.shift
        await press(pilot, "right")
        assert home.active.shift == end
        await press(pilot, "left")
        assert home.active.shift == end - 1
        assert not home.panes[1].wide
        await press(pilot, "w")
        assert text(pilot).splitlines()[3].startswith("  STATE ")
        assert home.active.shift == 0


@pytest.mark.screen
async def test_columns_without_room_are_reached_without_wide_mode() -> None:
    async with driven(None, (80, 24), "0") as (pilot, home):
        assert "NATIVE" not in text(pilot)
        await press(pilot, "left")
        assert home.active.shift == 0
        await press(pilot, *["right"] * 20)
        assert "NATIVE" in text(pilot)
        assert "CREATED" not in text(pilot)
        assert text(pilot).splitlines()[3].startswith("« STATE")


@pytest.mark.screen
async def test_a_pane_of_the_deck_names_its_columns_once_they_are_others() -> None:
    async with driven(None, (150, 45)) as (pilot, home):
        assert "STATE" not in text(pilot)
        await press(pilot, "tab", "right")
        lines = [line for line in text(pilot).splitlines() if "STATE" in line]
        assert len(lines) == 1
        assert home.panes[2].shift == 1
        assert home.panes[1].shift == 0


@pytest.mark.screen
async def test_another_size_does_not_lose_where_one_was() -> None:
    async with driven(None, (80, 24), "0", *["right"] * 5) as (pilot, home):
        narrow = text(pilot)
        shift = home.active.shift
        await pilot.resize_terminal(240, 24)
        assert "«" not in text(pilot)
        await pilot.resize_terminal(80, 24)
        assert home.active.shift == shift
        assert text(pilot).splitlines()[3] == narrow.splitlines()[3]


@pytest.mark.screen
async def test_the_head_says_by_what_the_rows_are_ordered() -> None:
    async with driven(None, (120, 24), "0") as (_, home):
        home.active.order = ("dur", True)
        home.active.repaint()
        assert "  DUR⇣ SRC" in home.active.draw(120, 20)[0].text
        home.active.order = ("source", False)
        assert "SR⇡ " in home.active.draw(120, 20)[0].text
        home.active.order = ("", False)
        assert "SRC " in home.active.draw(120, 20)[0].text
