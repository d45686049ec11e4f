"""The filter bar: history, search, pin, wrong queries, long ones."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from tests.ui.driving import driven, press, settle, strips, text
from tests.ui.fake_desk import NOW
from tui.memory import Memory
from tui.text import width
from tui.ui import filter_bar, glyphs, themes
from tui.ui.board import ALL, DECK
from tui.ui.clauses import with_state
from tui.ui.edit import LONGEST, REMEMBERED, Edit, Search
from tui.ui.filter_bar import FilterBar, Verdict
from tui.ui.home import Home
from tui.ui.titles import Pen
from tui.view.ordered import Ordered

screen = pytest.mark.screen
LINES = ("state:bad", "name:deploy", "src:tat error~timeout", "state:run dur>10m")


def bar_line(pilot: Pilot[int], home: Home) -> str:
    """The line of the bar, as one reads it."""
    return text(pilot).splitlines()[home.filter.region.y].rstrip()


async def paste(pilot: Pilot[int], typed: str) -> None:
    """A text in one piece."""
    pilot.app.post_message(Paste(typed))
    await settle(pilot)


async def typed_before(pilot: Pilot[int], lines: Iterable[str] = LINES) -> None:
    """Fills the history as a user does."""
    for line in lines:
        await press(pilot, "slash", "ctrl+u")
        await paste(pilot, line)
        await press(pilot, "enter")
    await press(pilot, "slash", "ctrl+u")


# History.


@screen
async def test_up_and_down_walk_the_history_and_back_to_what_was_being_typed() -> None:
    async with driven(None, (120, 40), "0") as (pilot, home):
        await typed_before(pilot)
        await press(pilot, "k", "p")
        for key, shown in (("up", LINES[3]), ("up", LINES[2]), ("down", LINES[3]), ("down", "kp"), ("down", "kp")):
            await press(pilot, key)
            assert home.filter.edit.text == shown
            assert home.board.text(ALL) == shown


@screen
async def test_ctrl_r_searches_the_history_backwards() -> None:
    async with driven(None, (120, 40), "0") as (pilot, home):
        await typed_before(pilot)
        await press(pilot, "x", "ctrl+r")
        assert bar_line(pilot, home).startswith(" / (search)  :")
        await press(pilot, *"STATE")
        assert bar_line(pilot, home).startswith(" / (search) STATE : state:run dur>10m")
        await press(pilot, "ctrl+r")
        assert "STATE : state:bad" in bar_line(pilot, home)
        assert home.board.text(ALL) == "x"  # nothing is asked before it is taken
        await press(pilot, "ctrl+r")
        assert "(search, no such) STATE : state:bad" in bar_line(pilot, home)
        await press(pilot, "enter")
        assert home.filter.edit.text == home.board.text(ALL) == "state:bad"
        assert home.filter.has_focus
        assert all(task.state.bad for task in home.active.place.rows)


@screen
@pytest.mark.parametrize("key", ["escape", "ctrl+g"])
async def test_leaving_the_search_gives_back_what_was_there(key: str) -> None:
    async with driven(None, (120, 40), "0") as (pilot, home):
        await typed_before(pilot)
        await press(pilot, *"kp", "left", "ctrl+r", *"dep", key)
        assert (home.filter.edit.text, home.filter.edit.caret) == ("kp", 1)
        assert home.filter.has_focus
        assert bar_line(pilot, home).startswith(" / kp")


@screen
async def test_a_key_that_edits_takes_the_hit_and_acts_on_it() -> None:
    async with driven(None, (120, 40), "0") as (pilot, home):
        await typed_before(pilot)
        await press(pilot, "ctrl+r", *"deploy", "backspace", "left", "x")
        assert home.filter.edit.text == "name:deploxy"
        await press(pilot, "ctrl+r", *"zzz", "end")
        assert home.filter.edit.text == "name:deploxy"


@screen
@pytest.mark.parametrize("size", [(60, 15), (80, 24)])
async def test_the_search_fits_a_small_screen(size: tuple[int, int]) -> None:
    async with driven(None, size, "0") as (pilot, home):
        await typed_before(pilot, ["name:" + "视频" * 60, "error:" + "e" * 200])
        await press(pilot, "ctrl+r", *"eeeee")
        assert bar_line(pilot, home).startswith(" / (search) eeeee : error:eee")
        await press(pilot, "ctrl+u")
        await press(pilot, "ctrl+r", *"name")
        assert "视频" in bar_line(pilot, home)
        assert all(strip.cell_length == size[0] for strip in strips(pilot))


@screen
async def test_the_history_outlives_the_run(tmp_path: Path) -> None:
    first = Memory(tmp_path / "monitor.json")
    async with driven(None, (120, 40), "0", memory=first) as (pilot, _):
        await typed_before(pilot, LINES[:2])
    first.close()
    async with driven(None, (120, 40), "0", "slash", "up", memory=Memory(tmp_path / "monitor.json")) as (pilot, home):
        assert home.filter.edit.text == LINES[1]
        await press(pilot, "ctrl+r", *"state", "enter")
        assert home.filter.edit.text == LINES[0]


def test_the_history_has_each_line_once_and_an_end() -> None:
    edit = Edit()
    for line in ("a", "b", "a", "  ", "x" * (LONGEST + 1), "two\nlines", " b "):
        edit.put(line)
        edit.remember()
    assert edit.history == ["a", "b"]
    for at in range(2 * REMEMBERED):
        edit.put(str(at))
        edit.remember()
    assert len(edit.history) == REMEMBERED
    assert edit.history[-1] == str(2 * REMEMBERED - 1)
    edit.recollect(["good", "bad\x1b[2J", "two\nlines"])
    edit.recall(-1)
    assert edit.text == "good"


def test_a_search_narrows_and_widens() -> None:
    search = Search(["alpha", "beta", "alphabet"])
    search.type("alp")
    assert search.hit == "alphabet"
    search.older()
    assert search.hit == "alpha"
    search.type("habet")
    assert (search.hit, search.failed) == ("alpha", True)
    for _ in range(5):
        search.erase()
    assert (search.hit, search.failed, search.wanted) == ("alphabet", False, "alp")
    for _ in range(5):
        search.erase()
    assert (search.hit, search.failed, search.wanted) == ("", False, "")


@pytest.mark.parametrize(
    ("text", "start", "end", "put", "after", "caret"),
    [
        ("sta x", 0, 3, "state:", "state: x", 6),
        ("state:fail x", 6, 8, "fail", "state:fail x", 10),
        ("state:x", 0, 3, "state:", "state:x", 6),
        ('name:"tr" x', 5, 8, '"tr ans"', 'name:"tr ans" x', 13),
        ("a,b", 0, 1, "alpha", "alpha,b", 5),
    ],
)
def test_what_follows_is_not_written_twice(text: str, start: int, end: int, put: str, after: str, caret: int) -> None:
    edit = Edit(text)
    edit.replace(start, end, put)
    assert (edit.text, edit.caret) == (after, caret)


# The pin.


@screen
async def test_a_pinned_filter_holds_on_every_view_and_is_seen_there() -> None:
    async with driven(None, (120, 40), "0", "x", "equals_sign") as (pilot, home):
        assert home.board.pinned == "state:bad"
        assert "on every view until = is pressed again: state:bad" in text(pilot)
        for digit in "1234":
            await press(pilot, digit)
            assert home.filter.edit.text == ""
            assert bar_line(pilot, home).startswith(" = state:bad ")
            assert all(task.state.bad for task in home.active.place.rows)
            assert home.active.place.rows
        await press(pilot, "slash", *"src:kps")
        assert bar_line(pilot, home).startswith(" = state:bad / src:kps ")


@screen
async def test_the_same_filter_again_takes_the_pin_off() -> None:
    async with driven(None, (120, 40), "0", "x", "equals_sign", "equals_sign") as (pilot, home):
        assert home.board.pinned == ""
        assert "no longer on every view: state:bad" in text(pilot)
        assert home.filter.edit.text == "state:bad"
        await press(pilot, "1")
        assert len(home.active.place.rows) == len(home.desk.store.tasks("thumbs"))


@screen
async def test_another_filter_takes_the_place_of_the_pin_and_none_takes_it_off() -> None:
    async with driven(None, (120, 40), "0", "x", "equals_sign", "1", "a", "equals_sign") as (pilot, home):
        assert home.board.pinned == "state:live"
        await press(pilot, "2", "equals_sign")
        assert home.board.pinned == ""
        await press(pilot, "equals_sign")
        assert "no filter to pin" in text(pilot)


@screen
async def test_escape_leaves_the_pin_and_says_so() -> None:
    async with driven(None, (120, 40), "x", "equals_sign", "escape") as (pilot, home):
        assert (home.view, home.told) == (DECK, "")
        await press(pilot, "escape")
        assert home.filter.edit.text == ""
        assert home.board.pinned == "state:bad"
        told = "still on every view: state:bad; = takes it off"
        assert told in text(pilot)
        await press(pilot, "escape")
        assert told not in text(pilot)
        await press(pilot, "escape")
        assert told in text(pilot)
        assert bar_line(pilot, home).startswith(" = state:bad ")
        assert all(task.state.bad for task in home.active.place.rows)


@screen
async def test_escape_goes_back_to_the_deck_before_it_speaks_of_the_pin() -> None:
    async with driven(None, (120, 40), "x", "equals_sign", "escape", "escape", "escape", "0", "escape") as (_, home):
        assert (home.view, home.told) == (DECK, "")


@screen
async def test_a_wrong_filter_is_not_pinned() -> None:
    async with driven(None, (120, 40), "0", "slash", *"age<2", "enter", "equals_sign") as (pilot, home):
        assert home.board.pinned == ""
        assert "not pinned: age: needs a unit" in text(pilot)


@screen
@pytest.mark.parametrize("size", [(60, 15), (80, 24), (120, 40)])
async def test_a_long_pin_leaves_room_to_type(size: tuple[int, int]) -> None:
    async with driven(None, size, "0", "slash") as (pilot, home):
        await paste(pilot, " ".join(f"-name:视频{at}" for at in range(50)))
        await press(pilot, "enter", "equals_sign", "escape", "escape", "slash", *"state:fail")
        line = bar_line(pilot, home)
        assert line.startswith(" = -name:视频0")
        assert " / state:fail " in line
        assert all(strip.cell_length == size[0] for strip in strips(pilot))


# Wrong, long, endless.


@screen
@pytest.mark.parametrize("size", [(60, 15), (80, 24)])
async def test_a_wrong_query_underlines_its_spot_says_why_and_keeps_the_rows(size: tuple[int, int]) -> None:
    async with driven(None, size, "0", "slash", *"state:bad") as (pilot, home):
        rows = list(home.active.place.rows)
        assert 0 < len(rows) < 370
        await paste(pilot, " nosuch:x state:ok")
        assert list(home.active.place.rows) == rows
        line = bar_line(pilot, home)
        assert "nosuch: no such" in line
        assert "nosuch:x state:ok" in line
        under = "".join(
            part.text for part in strips(pilot)[home.filter.region.y] if part.style and part.style.underline
        )
        assert under == "nosuch"
        assert width(line) <= size[0]


@screen
async def test_the_open_bar_makes_what_words_search(monkeypatch: pytest.MonkeyPatch) -> None:
    async with driven(None, (120, 40), "0", "slash") as (pilot, home):
        rows = home.board.where(0).every()
        assert isinstance(rows, Ordered)
        while any(part.words is None for part in rows.parts):
            await pilot.pause(0.01)
        monkeypatch.setattr("tui.query.Words", None)  # none is made from here on
        await press(pilot, *"transcode")
        assert 0 < len(home.board.rows[0]) < home.board.where(0).total


@screen
async def test_smart_case_from_the_bar() -> None:
    async with driven(None, (120, 40), "0", "slash", *"name:reset") as (pilot, home):
        small = len(home.active.place.rows)
        assert 0 < small < 370
        await press(pilot, "ctrl+w", *"name:RESET")
        assert [task.name for task in home.active.place.rows] == ["RESET"] * small
        await press(pilot, "ctrl+w", *"name:Reset")
        assert len(home.active.place.rows) == 0


@screen
async def test_a_regular_expression_that_would_run_for_ever_is_answered() -> None:
    async with driven(None, (120, 40), "0", "slash") as (pilot, home):
        await paste(pilot, r"error:/(E+)+x$/ OR error:/(E|E)*z/")
        assert home.board.verdict(ALL, NOW).wrong == ""
        assert "0 of 370" in bar_line(pilot, home)
        await press(pilot, "ctrl+u")
        await paste(pilot, "error:/(E+)+/")
        assert all("E" in (task.error or "").upper() for task in home.active.place.rows)
        assert home.active.place.rows


@screen
async def test_ten_thousand_characters_are_refused_clearly_and_the_bar_goes_on() -> None:
    async with driven(None, (80, 24), "0", "slash", *"state:bad") as (pilot, home):
        rows = len(home.active.place.rows)
        await paste(pilot, " kps" * 2_500)
        assert len(home.filter.edit.text) == 10_009
        assert "10009 characters are too many for a query" in bar_line(pilot, home)
        assert len(home.active.place.rows) == rows
        await press(pilot, "home")
        assert bar_line(pilot, home).startswith(" / state:bad kps kps")
        await press(pilot, "end", "z")
        assert home.filter.edit.text.endswith("kpsz")
        assert "kpsz" in bar_line(pilot, home)
        await press(pilot, "tab", "enter", "slash", "ctrl+u", "up")
        assert home.filter.edit.text == ""  # nobody wants that back


def bar(text: str, caret: int | None = None, verdict: Verdict | None = None, pinned: str = "") -> FilterBar:
    """A bar that is not on any screen."""
    found = FilterBar(Pen(themes.load("deck-dark"), glyphs.ASCII, NOW, utc=True), text)
    found.edit.caret = len(text) if caret is None else caret
    found._verdict = verdict or Verdict("39 of 1,284")
    found.pinned = pinned
    return found


@pytest.mark.parametrize("sign", ["a", "界", "\u0301", "👩", "\x1b", "a\u0301\u0302\u0303\u0304\u0305\u0306"])
@pytest.mark.parametrize("cells", [20, 60, 80])
def test_any_text_of_any_length_fills_one_line(sign: str, cells: int) -> None:
    for caret in (0, 3_000, 10_000):
        for pinned in ("", "state:bad", sign * 100):
            (strip,) = bar(sign * 10_000, caret, pinned=pinned).draw(cells, 1)
            assert strip.cell_length == cells
            assert width(strip.text) == cells
            assert "\x1b" not in strip.text
            assert len(strip.text) <= 8 * cells  # no tower of marks


@pytest.mark.parametrize("sign", ["x", "界", "\u0301"])
def test_drawing_looks_at_what_is_shown_only(monkeypatch: pytest.MonkeyPatch, sign: str) -> None:
    looked = 0

    def counted(text: str) -> int:
        nonlocal looked
        looked += 1
        return width(text)

    monkeypatch.setattr(filter_bar, "terminal", counted)
    for caret in (0, 50_000, 100_000):
        looked = 0
        bar(sign * 100_000, caret).draw(80, 1)
        assert looked < 20 * 80


def test_the_caret_and_the_wrong_spot_stay_in_sight() -> None:
    query = "state:bad " + "界" * 200 + " age<2"
    (strip,) = bar(query, verdict=Verdict(wrong="age: needs a unit", start=211, end=216)).draw(60, 1)
    assert "age<2" in strip.text
    assert "".join(part.text for part in strip if part.style and part.style.underline) == "age<2"
    (strip,) = bar(query, 3).draw(60, 1)
    assert strip.text.startswith(" / state:bad 界")


def test_a_kept_filter_that_is_too_long_shows_its_beginning_and_a_sign() -> None:
    query = "state:fail -name:reset name:RESET age<2h target:ins-2k8dq01x"
    (strip,) = bar(query, verdict=Verdict("0 of 2,784; without -name:reset: 33")).draw(80, 1)
    assert strip.text.startswith(" / state:fail -name:reset ")
    assert " age<.. 0 of 2,784" in strip.text
    (strip,) = bar("state:fail", verdict=Verdict("39 of 1,284")).draw(80, 1)
    assert ".." not in strip.text


@screen
async def test_while_one_types_a_sign_stands_where_the_beginning_is_cut() -> None:
    async with driven(None, (80, 24), "0", "slash") as (pilot, home):
        await paste(pilot, "state:fail -name:reset name:RESET age<2h target:ins-2k8dq01x region:cn-shanghai")
        line = bar_line(pilot, home)
        assert line.startswith(" / ..")
        assert "region:cn-shanghai" in line
        await press(pilot, "enter")
        assert bar_line(pilot, home).startswith(" / state:fail")


def test_a_verdict_is_shown_as_it_is_given() -> None:
    (strip,) = bar("state:bad", verdict=Verdict("39+ of 100,000")).draw(80, 1)
    assert strip.text.rstrip().endswith("  39+ of 100,000")
    (strip,) = bar("state:bad", verdict=Verdict("1 of 2; without name:\x1b[2J: 3")).draw(80, 1)
    assert "\x1b" not in strip.text


def test_a_pin_that_is_the_filter_is_shown_once() -> None:
    (strip,) = bar("state:bad", pinned="state:bad").draw(80, 1)
    assert strip.text.split("  ")[0] == " = state:bad"
    assert "39 of 1,284" in strip.text
    (strip,) = bar("", pinned="name:" + "x" * 90).draw(80, 1)
    assert strip.text.rstrip().endswith("39 of 1,284")


@pytest.mark.parametrize(
    ("text", "value", "after"),
    [
        ("name:a OR name:b", "bad", "state:bad (name:a OR name:b)"),
        ("(name:a) OR (name:b)", "bad", "state:bad ((name:a) OR (name:b))"),
        ("state:ok OR name:b", "bad", "state:bad (state:ok OR name:b)"),
        ("sort:-dur state=ok limit:9 @am", "live", "state:live sort:-dur limit:9 @am"),
        ("(state:ok name:a) AND x", "bad", "state:bad name:a x"),
        ("age< state:ok", "bad", "state:bad age<"),
        ("state:", "bad", "state:bad"),
        ("state:nonsense x", "bad", "state:bad x"),
        ("state!=ok", "bad", "state:bad state!=ok"),
        ('error:"state:x (" new:yes', "bad", 'state:bad error:"state:x (" new:yes'),
    ],
)
def test_a_quick_key_keeps_what_the_rest_says(text: str, value: str, after: str) -> None:
    assert with_state(text, value) == after
    assert with_state(after, value) == with_state(text, "")
