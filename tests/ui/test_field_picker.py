"""A filter by a field of the row under the cursor."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.query.samples import FC, KPS, NOW, OS, SOURCES, TASKS, TAT
from tests.ui.driving import driven, press, strips, text
from tests.ui.fake_desk import FakeDesk
from tui.model import Source, State, Task, TaskKey
from tui.query import parse
from tui.text import width
from tui.ui import glyphs, themes
from tui.ui.clauses import LONGEST, Fact, facts, side_by_side, with_clause
from tui.ui.field_picker import FieldPicker, Fields
from tui.ui.home import Home
from tui.ui.titles import Pen

screen = pytest.mark.screen
TRAPS = ('"', "\\", "\n", "\r", "\t", ":", ",", "(", ")", "/", "-", "!", "*", "..", "||", "&&", "OR", "AND", " ", "界")
MORE = (
    "",
    "a",
    "A",
    "ß",
    "İ",
    "\x1b[2J",
    "\u202e",
    "\u3000",
    "👩‍👩‍👧",
    "e\u0301",
    "\ud800",
    "@am",
    "sort:age",
    "~",
    "=",
    ">",
)
HOSTILE = st.lists(st.sampled_from((*TRAPS, *MORE)), max_size=8).map("".join) | st.text(max_size=30)
NAMED = ("name", "target", "native_state", "kind", "error", "request_id")


def saying(field: str, value: str) -> Task:
    """A task with another text."""
    changes: dict[str, Any] = {field: value}
    return FC._replace(**changes)


def one(name: str, /, **changes: Any) -> Fact:
    """One fact of a task."""
    return next(fact for fact in facts(FC._replace(**changes), SOURCES["thumbs"]) if fact.name == name)


@given(st.sampled_from(NAMED), HOSTILE)
def test_any_text_becomes_a_clause_that_keeps_its_row(field: str, value: str) -> None:
    task, source = saying(field, value), SOURCES["thumbs"]
    name = {"native_state": "native", "request_id": "req"}.get(field, field)
    (fact,) = [fact for fact in facts(task, source) if fact.name == name]
    assert fact.text == value
    query = parse(fact.clause)
    assert query.match(task, source, NOW)
    assert len(query.clauses) == 1
    assert (query.sort, query.group, query.limit) == (None, None, None)
    for written, kept in ((with_clause("", fact.clause), True), (with_clause("", fact.clause, negated=True), False)):
        assert parse(written).match(task, source, NOW) is kept
    beside = with_clause("state:bad sort:-dur", fact.clause)
    assert parse(beside).match(task, source, NOW)
    assert parse(beside).sort == ("dur", True)


@given(st.sampled_from(NAMED), HOSTILE.filter(str.isprintable))
def test_a_clause_does_not_keep_what_says_something_else(field: str, value: str) -> None:
    name = {"native_state": "native", "request_id": "req"}.get(field, field)
    clause = parse(one(name, **{field: value}).clause)
    other = saying(field, "☃☃")
    assert not clause.match(other, SOURCES["thumbs"], NOW)
    if name != "error":
        assert not clause.match(saying(field, f"{value}."), SOURCES["thumbs"], NOW)


@given(
    st.builds(TaskKey, st.just("odd"), HOSTILE, HOSTILE.filter(bool)),
    st.builds(Source, st.just("odd"), HOSTILE, HOSTILE, HOSTILE),
    st.sampled_from(State),
    st.dictionaries(
        st.sampled_from(["tat.exit", "os.metrics", "my.size", "my.Wörd", "no such", "sort:x", "kps.typo", ""])
        | HOSTILE,
        st.none() | st.booleans() | st.integers() | st.floats() | HOSTILE | st.lists(HOSTILE, max_size=2),
        max_size=4,
    ),
)
def test_every_fact_that_is_offered_can_be_asked(
    key: TaskKey, source: Source, state: State, extra: dict[str, Any]
) -> None:
    task = Task(key=key, state=state, extra=extra)
    found = facts(task, source)
    assert {"state", "source", "account", "region", "id"} <= {fact.name for fact in found}
    for fact in found:
        assert parse(with_clause("", fact.clause)).match(task, source, NOW)
        assert not parse(with_clause("", fact.clause, negated=True)).match(task, source, NOW)


def test_clauses_are_as_plain_as_they_can_be() -> None:
    clauses = {fact.name: fact.clause for task in TASKS for fact in facts(task, SOURCES[task.key.source])}
    assert clauses["state"] == "state:ok"
    assert one("name").clause == "name=transcode-hd"
    assert one("error").clause == 'error:"OOM: memory limit 512MB"'
    assert one("source").clause == "source=thumbs"
    assert {fact.name: fact.clause for fact in facts(TAT, SOURCES["commands"])}["tat.exit"] == "tat.exit=127"
    assert {fact.name: fact.clause for fact in facts(KPS, SOURCES["keys"])}["kps.keypair"] == "kps.keypair=ops"
    metrics = {fact.name: fact.clause for fact in facts(OS, SOURCES["ctr"])}["os.metrics"]
    assert metrics == r'os.metrics="{\"auc\":0.71,\"recall\":0.58}"'
    assert one("account").clause == "account=ali-prod"


def test_what_a_task_does_not_have_is_not_offered() -> None:
    names = {fact.name for fact in facts(KPS, SOURCES["keys"])}
    assert "error" not in names
    assert {"state", "native", "target", "kps.server"} <= names


def test_a_text_of_many_lines_is_asked_by_the_longest() -> None:
    error = "Traceback\n  File handler.py\nMemoryError: out of memory\n\x1b[0m"
    assert one("error", error=error).clause == 'error:"MemoryError: out of memory"'
    assert one("error", error="E" * 9_000).clause == f"error:{'E' * LONGEST}"
    assert one("name", name="x" * 9_000).clause == f"name:{'x' * LONGEST}"


@pytest.mark.parametrize(
    ("before", "clause", "negated", "after"),
    [
        ("", "name=a", False, "name=a"),
        ("", "name=a", True, "-name=a"),
        ("name:x age<2h", "name=a", False, "name=a age<2h"),
        ("age<2h -name:x sort:age name:y", "name=a", False, "age<2h name=a sort:age"),
        ("name=a", "name=a", False, "name=a"),
        ("name=a", "name=a", True, "-name=a"),
        ("-name=a", "name=a", False, "name=a"),
        ("-name=a", "name=b", True, "-name=a -name=b"),
        ("-name=a", "name=a", True, "-name=a"),
        ("name!=a x", "name=b", True, "name!=a x -name=b"),
        ("native:run", "native=Failed", False, "native=Failed"),
        ("native_state:run", "native=Failed", False, "native=Failed"),
        ("src:fc", "source=thumbs", False, "source=thumbs"),
        ("x OR y", "name=a", False, "(x OR y) name=a"),
        ("name:x OR y", "name=a", False, "(name:x OR y) name=a"),
        ("(x OR y) AND name:z", "name=a", False, "(x OR y) name=a"),
        ("@am state:bad", "name=a", False, "@am state:bad name=a"),
        ("name: x", "name=a", False, "name=a x"),
        ("-name: x", "name=a", True, "-name=a x"),
        ("age< name:x", "name=a", False, "age< name=a"),
        ('error:"(a" mark:yes', "error:b", False, "error:b mark:yes"),
    ],
)
def test_the_clause_takes_the_place_of_the_one_before(before: str, clause: str, negated: bool, after: str) -> None:
    assert with_clause(before, clause, negated=negated) == after


@pytest.mark.parametrize(
    "text", ["a OR b c", "((a) OR (b)) d", "-(a b) OR c sort:age d", "NOT a || b && c", "(a (b c)) d"]
)
def test_the_pieces_of_a_text_say_what_it_says(text: str) -> None:
    again = parse(" ".join(side_by_side(text)))
    assert again.tree == parse(text).tree
    assert again.sort == parse(text).sort


# On the screen.


def fields_of(home: Home) -> Fields:
    """The list on the screen."""
    picker = home.app.screen
    assert isinstance(picker, FieldPicker)
    return picker.choices


@screen
async def test_enter_filters_by_the_field_of_the_row() -> None:
    async with driven(None, (120, 40), "0", "j", "f") as (pilot, home):
        task = home.active.selected
        assert task is not None
        assert "keep what has the same" in text(pilot)
        assert f"1/{len(fields_of(home)._facts)}" not in text(pilot)  # all of it fits
        await press(pilot, "a", "enter")
        account = home.desk.store.sources[task.key.source].account
        assert home.filter.edit.text == home.board.text(home.view) == f"account={account}"
        sources = home.desk.store.sources
        assert {sources[row.key.source].account for row in home.active.place.rows} == {account}
        assert home.active.selected is not None
        assert home.active.selected.key == task.key


@screen
@pytest.mark.parametrize("keys", [("minus", "enter"), ("exclamation_mark",), ("!",), ("-", "enter")])
async def test_leaving_out_what_the_row_says(keys: tuple[str, ...]) -> None:
    async with driven(None, (120, 40), "0", "x", "f") as (pilot, home):
        task = home.active.selected
        assert task is not None
        signs = {"minus": "-", "exclamation_mark": "!"}
        await press(pilot, "t", *(signs.get(key, key) for key in keys))
        assert home.filter.edit.text.startswith("state:bad -target=")
        assert home.active.place.rows
        assert all(row.target != task.target for row in home.active.place.rows)


@screen
async def test_minus_turns_and_turns_back() -> None:
    async with driven(None, (120, 40), "0", "f", "-") as (pilot, home):
        assert "leave out what has the same" in text(pilot)
        await press(pilot, "-")
        assert "keep what has the same" in text(pilot)
        await press(pilot, "enter")
        assert home.filter.edit.text.startswith("state:")


@screen
async def test_moving_in_the_list() -> None:
    async with driven(None, (120, 40), "0", "f") as (pilot, home):
        fields = fields_of(home)
        last = len(fields._facts) - 1
        for key, at in (("j", 1), ("down", 2), ("k", 1), ("up", 0), ("k", last), ("j", 0)):
            await press(pilot, key)
            assert fields.cursor == at
        await press(pilot, "n")
        first = fields.cursor
        assert fields._facts[first].name.startswith("n")
        await press(pilot, "n")
        assert fields._facts[fields.cursor].name.startswith("n")
        assert fields.cursor != first


@screen
@pytest.mark.parametrize("key", ["escape", "q", "f5"])
async def test_any_other_key_leaves_everything_as_it_was(key: str) -> None:
    async with driven(None, (120, 40), "0", "x", "f", key) as (_, home):
        assert home.app.screen is home
        assert home.filter.edit.text == "state:bad"


@screen
async def test_without_a_row_there_is_no_field() -> None:
    async with driven(FakeDesk(0), (120, 40), "0", "f") as (pilot, home):
        assert home.app.screen is home
        assert "no row to take a field from" in text(pilot)


@screen
@pytest.mark.parametrize("size", [(60, 15), (80, 24), (150, 45)])
async def test_every_row_of_hostile_tasks_can_be_filtered_by_every_field(size: tuple[int, int]) -> None:
    async with driven(None, size, "0") as (pilot, home):
        for step in (7, 5, 12):  # hostile names among them
            await press(pilot, *["j"] * step, "f")
            fields = fields_of(home)
            for _ in range(len(fields._facts)):
                assert all(strip.cell_length == size[0] for strip in strips(pilot))
                assert "\x1b" not in text(pilot)
                assert fields._facts[fields.cursor].name in text(pilot)
                await press(pilot, "j")
            await press(pilot, "escape")


@pytest.mark.parametrize("cells", [20, 40, 76])
def test_lines_are_clean_cut_and_as_wide_as_they_may_be(cells: int) -> None:
    found = [
        Fact("error", "界" * 90 + "\x1b[2J", "x"),
        Fact("a.very.long.name.of.a.fact", "", "y"),
        Fact("id", "i" * 99, "z"),
    ]
    lines = Fields(Pen(themes.load("mono"), glyphs.ASCII, NOW), found).draw(cells, 5)
    assert [width(strip.text) for strip in lines] == [cells] * 5
    assert "\x1b" not in "".join(strip.text for strip in lines)
    assert "(empty)" in lines[2].text or cells == 20
