"""The list that Tab opens under the filter bar."""

from __future__ import annotations

import re

import pytest
from textual.events import Paste
from textual.pilot import Pilot

from tests.ui.driving import driven, press, settle, strips, text
from tests.ui.fake_desk import NOW, FakeDesk, fill, tasks_of
from tui.model import State, Task
from tui.query import Completion
from tui.text import width
from tui.ui import glyphs, themes
from tui.ui.home import Home
from tui.ui.offers import LINES, Offers
from tui.ui.titles import Pen

screen = pytest.mark.screen


def offers_of(home: Home) -> Offers | None:
    """The list, when it is open."""
    found = home.filter.query(Offers)
    return found.first() if found and found.first().display else None


async def paste(pilot: Pilot[int], typed: str) -> None:
    """A text in one piece: what it says half-typed is never asked."""
    pilot.app.post_message(Paste(typed))
    await settle(pilot)


def every(home: Home) -> list[Task]:
    """All tasks of the desk."""
    store = home.desk.store
    return [task for name in store.sources for task in store.tasks(name).values()]


@screen
async def test_fields_are_offered_and_one_match_is_completed_at_once() -> None:
    async with driven(None, (120, 40), "0", "slash", *"st", "tab") as (pilot, home):
        assert [offer.text for offer in (offers_of(home) or Offers(home.pen())).offers] == ["state:", "started:"]
        assert "state, screen word or group" in text(pilot)
        await press(pilot, "enter")
        assert home.filter.edit.text == "state:"
        assert offers_of(home) is None
        assert home.filter.has_focus
        await press(pilot, *"fai", "tab")
        assert home.filter.edit.text == "state:fail"
        assert all(task.state is State.FAILED for task in home.active.place.rows)


@screen
async def test_values_come_with_the_counts_of_the_view_shown() -> None:
    async with driven(None, (120, 40), "0", "slash", *"state:", "tab") as (pilot, home):
        bad = sum(task.state is State.FAILED for task in every(home))
        assert f"fail ({bad})" in text(pilot)
        await press(pilot, "escape", "escape", "escape", "4", "slash", *"state:", "tab")
        mine = sum(task.state is State.FAILED for task in home.desk.store.tasks("commands").values())
        assert mine != bad
        assert f"fail ({mine})" in text(pilot)
        assert f"fail ({bad})" not in text(pilot)


@screen
async def test_every_provider_has_its_share_of_what_is_counted() -> None:
    async with driven(None, (120, 40), "0", "slash", *"kps.", "tab") as (pilot, home):
        assert "kps.server:" in text(pilot)
        await press(pilot, "escape", "ctrl+u", *"native:", "tab")
        assert "Succeeded (" in text(pilot)
        assert home.filter.edit.text == "native:"


@screen
async def test_tab_and_arrows_choose_round_the_ends() -> None:
    async with driven(None, (120, 40), "0", "slash", *"state:", "tab") as (pilot, home):
        offers = offers_of(home)
        assert offers is not None
        last = len(offers.offers) - 1
        for key, at in (("tab", 1), ("down", 2), ("up", 1), ("shift+tab", 0), ("up", last), ("down", 0)):
            await press(pilot, key)
            assert offers.cursor == at
        assert home.filter.edit.text == "state:"
        assert home.open_pane == 1  # Tab is the list's


@screen
async def test_typing_narrows_the_list_down_until_a_key_has_chosen() -> None:
    async with driven(None, (120, 40), "0", "slash", *"s", "tab") as (pilot, home):
        many = offers_of(home)
        assert many is not None
        before = len(many.offers)
        await press(pilot, *"ta")
        assert home.filter.edit.text == "sta"
        assert 1 < len(many.offers) < before
        await press(pilot, "backspace", "backspace")
        assert len(many.offers) == before
        await press(pilot, *"t", "tab", "x")
        assert home.filter.edit.text == "started:x"
        assert offers_of(home) is None


@screen
async def test_a_blank_takes_the_choice_and_goes_on() -> None:
    async with driven(None, (120, 40), "0", "slash", *"st", "tab", "space") as (pilot, home):
        assert home.filter.edit.text == "state:"  # no blank behind a field: its value belongs there
        await press(pilot, "tab", "tab", "space", *"kps")
        assert home.filter.edit.text.endswith(" kps")
        assert home.board.verdict(home.view, NOW).wrong == ""


@screen
async def test_escape_closes_the_list_only() -> None:
    async with driven(None, (120, 40), "0", "slash", *"state:", "tab", "escape") as (pilot, home):
        assert offers_of(home) is None
        assert home.filter.has_focus
        assert home.filter.edit.text == "state:"
        await press(pilot, "escape")
        assert not home.filter.has_focus


@screen
async def test_other_keys_close_the_list_and_do_what_they_do() -> None:
    async with driven(None, (120, 40), "0", "slash") as (pilot, home):
        await paste(pilot, "state:")
        await press(pilot, "tab", "left")
        assert offers_of(home) is None
        assert home.filter.edit.caret == len("state")
        await press(pilot, "end", "tab", "pagedown")
        assert offers_of(home) is None
        assert home.active.place.cursor > 0


@screen
async def test_nothing_to_complete_is_said_and_forgotten() -> None:
    async with driven(None, (120, 40), "0", "slash", *"zzz", "tab") as (pilot, home):
        assert "nothing to complete here" in text(pilot)
        assert home.filter.edit.text == "zzz"
        await press(pilot, "backspace")
        assert "nothing to complete here" not in text(pilot)
        await press(pilot, "ctrl+u", *"state:fail", "tab")
        assert "nothing to complete here" in text(pilot)


@screen
async def test_a_word_is_completed_where_the_caret_is() -> None:
    async with driven(None, (120, 40), "0", "slash", *"state:fail kps", *["left"] * 6, "tab") as (_, home):
        assert home.filter.edit.text == "state:fail kps"
        assert home.filter.edit.caret == len("state:fail")


@screen
@pytest.mark.parametrize("size", [(60, 15), (80, 24), (150, 45)])
async def test_the_list_lies_over_the_table_and_leaves_it_as_it_was(size: tuple[int, int]) -> None:
    async with driven(None, size, "0", "j", "j", "slash") as (pilot, home):
        await paste(pilot, "native:")
        place, rows = home.active.place, text(pilot).splitlines()
        key, top, height = place.key, place.top, place.height
        assert place.cursor == 2
        await press(pilot, "tab")
        shown, offers = text(pilot).splitlines(), offers_of(home)
        assert offers is not None
        region, bar = offers.region, home.filter.region
        assert region.y == bar.y + 1
        assert region.x >= 0
        assert region.right <= size[0]
        assert region.height == min(LINES, len(offers.offers))
        assert (place.key, place.top, place.height) == (key, top, height)
        assert all(strip.cell_length == size[0] for strip in strips(pilot))
        assert shown[region.y] != rows[region.y]
        assert shown[region.bottom : -1] == rows[region.bottom : -1], "but for the keys in the last line"
        await press(pilot, "escape")
        assert text(pilot).splitlines()[bar.y + 1 :] == rows[bar.y + 1 :]


@screen
async def test_the_list_stands_under_the_word_even_where_the_screen_ends() -> None:
    async with driven(None, (80, 24), "0", "slash", *"state:") as (pilot, home):
        await press(pilot, "tab")
        offers = offers_of(home)
        assert offers is not None
        assert text(pilot).splitlines()[offers.region.y].index("fail") == len(" / state:")
        await press(pilot, "escape", "ctrl+u", *"name:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa error:", "tab")
        offers = offers_of(home)
        assert offers is not None
        assert offers.region.right <= 80


@screen
async def test_leaving_the_bar_takes_the_list_along() -> None:
    async with driven(None, (120, 40), "0", "slash", *"st", "tab") as (pilot, home):
        home.set_focus(None)
        await press(pilot, "j")
        assert offers_of(home) is None


@screen
async def test_a_half_typed_text_keeps_the_last_good_result_while_completing() -> None:
    async with driven(None, (120, 40), "0", "slash", *"state:bad") as (pilot, home):
        rows = len(home.active.place.rows)
        await press(pilot, "space")
        home.filter.edit.insert("age")  # of which nobody has asked anything
        await press(pilot, "<", "tab")
        assert 0 < rows < 370
        assert offers_of(home) is not None
        assert home.board.verdict(home.view, NOW).wrong
        assert len(home.active.place.rows) == rows
        await press(pilot, "enter")
        assert home.filter.edit.text == "state:bad age<5m"
        assert not home.board.verdict(home.view, NOW).wrong


@screen
async def test_foreign_values_are_clean_and_what_is_taken_finds_its_rows() -> None:
    async with driven(None, (120, 40), "0", "slash", *'name:"', "tab") as (pilot, home):
        shown = offers_of(home)
        assert shown is not None
        for offer in list(shown.offers):
            assert "\x1b" not in offer.text
            await press(pilot, "ctrl+u", *"name:")
            start = home.filter.edit.caret
            home.filter.edit.replace(start, start, offer.text)
            await press(pilot, "space")
            assert len(home.active.place.rows) >= (offer.count or 0) > 0
        assert "\x1b" not in text(pilot)


@screen
async def test_more_tasks_than_are_counted_say_so() -> None:
    desk = FakeDesk(0)
    for source in desk.store.sources.values():
        fill(desk.store, source, tasks_of(source, 1_010))
    async with driven(desk, (120, 40), "0", "slash", *"target:", "tab") as (pilot, _):
        assert re.search(r"LATEST \(\d+\+\)", text(pilot))
        await press(pilot, "escape", "ctrl+u", *"src:", "tab")
        assert "fc (1,010)" in text(pilot)


def pen() -> Pen:
    """What the list draws with."""
    return Pen(themes.load("deck-dark"), glyphs.ASCII, NOW, utc=True)


@pytest.mark.parametrize("cells", [1, 2, 5, 12, 40, 200])
def test_a_line_is_as_wide_as_it_may_be(cells: int) -> None:
    offers = Offers(pen())
    offers.offers = [
        Completion("视频转码" * 9, 0, 0, 1_234, more=True),
        Completion("state:", 0, 0, None, "state, screen word or group"),
        Completion("@x", 0, 0, None, "saved \x1b[2J view"),
    ]
    for strip in offers.draw(cells, 3):
        assert strip.cell_length == cells
        assert "\x1b" not in strip.text
        assert width(strip.text) == cells


def test_the_count_stays_where_the_value_is_cut() -> None:
    offers = Offers(pen())
    offers.offers = [Completion("transcode-" * 9, 0, 0, 1_234, more=True)]
    (strip,) = offers.draw(30, 8)
    assert strip.text.rstrip().endswith(".. (1,234+)")


def test_the_window_follows_the_choice() -> None:
    offers = Offers(pen())
    offers.offers = [Completion(f"v{at:02}", 0, 0, at) for at in range(20)]
    for _ in range(9):
        offers.move(1)
    assert [strip.text.split()[0] for strip in offers.draw(20, LINES)] == [f"v{at:02}" for at in range(2, 10)]
    offers.move(-9)
    assert offers.draw(20, LINES)[0].text.split()[0] == "v00"
    offers.move(-1)
    assert offers.choice.text == "v19"
    assert offers.draw(20, LINES)[-1].text.split()[0] == "v19"
