"""First hours: what an operator who had never seen the monitor stumbled over, and what it says and does now."""

from __future__ import annotations

from time import monotonic

import pytest

from tests.ui.driving import driven, press, settle, text
from tests.ui.fake_desk import NOW, SOURCES, FakeDesk, tasks_of
from tui.status import SourceStatus
from tui.store import Round
from tui.ui import deck

pytestmark = pytest.mark.screen


def last(screen: str) -> str:
    return screen.splitlines()[-1].strip()


async def test_the_last_line_says_what_keys_do_in_the_filter_bar() -> None:
    async with driven(None, (80, 24)) as (pilot, _):
        assert last(text(pilot)).startswith("Enter open  / filter")
        await press(pilot, "slash")
        assert last(text(pilot)) == "Tab complete  ctrl-r search  Up history  Enter keep  Esc leave"
        await press(pilot, "s", "tab")
        assert last(text(pilot)) == "Tab next  shift-tab previous  Enter take  Esc close the list"
        await press(pilot, "escape")
        assert last(text(pilot)).startswith("Tab complete")
        await press(pilot, "ctrl+r")
        assert last(text(pilot)).endswith("Enter keep  Esc leave the search")
        await press(pilot, "escape", "escape")
        assert last(text(pilot)).startswith("Enter open  / filter")


async def test_an_empty_bar_is_left_and_opened_again_with_the_letter_after_it_in_it() -> None:
    async with driven(None, (80, 24), "slash", "escape", "slash", "k") as (pilot, home):
        assert home.filter.edit.text == "k"
        assert home.active.place.cursor == 0
        assert last(text(pilot)).startswith("Tab complete")


@pytest.mark.parametrize("key", ["j", "z", "colon", "slash", "f5"])
async def test_what_was_told_goes_with_the_next_key(key: str) -> None:
    async with driven(None, (120, 40), "r") as (pilot, home):
        assert "reading thumbs" in text(pilot)
        await press(pilot, key)
        assert home.told == ""
        assert "reading thumbs" not in text(pilot)


async def test_escape_takes_away_only_what_was_told() -> None:
    async with driven(None, (120, 40), "x", "r", "escape") as (_, home):
        assert home.told == ""
        assert home.filter.edit.text == "state:bad"


async def test_what_was_told_goes_alone_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    async with driven(None, (120, 40), "r") as (pilot, home):
        home.tick()
        assert "reading thumbs" in text(pilot)
        later = monotonic() + deck.SAID
        monkeypatch.setattr(deck, "monotonic", lambda: later)
        home.tick()
        await settle(pilot)
        assert "reading thumbs" not in text(pilot)


async def test_reading_again_says_what_is_read() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "3", "r") as (pilot, _):
        assert "reading media" in text(pilot)
        await press(pilot, "0", "r")
        assert "reading all sources" in text(pilot)
        assert desk.poked == ["media", None]


async def test_no_failed_task_further_down_or_up_is_said() -> None:
    async with driven(None, (120, 40), "1", "n") as (pilot, home):
        assert home.told == ""
        await press(pilot, "G", "n")
        assert "no failed task below" in text(pilot)
        here = home.active.place.key
        await press(pilot, "g", "N")
        assert "no failed task above" in text(pilot)
        assert home.active.place.key != here


async def test_a_provider_says_that_the_decks_filter_holds_and_is_the_decks() -> None:
    async with driven(None, (120, 40), "slash", *"state:bad", "enter", "3") as (pilot, home):
        assert " deck: state:bad " in text(pilot)
        assert " = " not in text(pilot).splitlines()[3]
        await press(pilot, "slash", *"transcode")
        assert " deck: state:bad / transcode " in text(pilot)
        home.board.pin("age<9d")
        home.take()
        assert " = age<9d deck: state:bad / transcode " in text(pilot)


async def test_a_filter_that_is_pinned_and_the_decks_is_shown_once() -> None:
    async with driven(None, (120, 40), "slash", *"state:bad", "enter", "=", "3") as (pilot, _):
        assert text(pilot).count("state:bad") == 1


async def test_the_cursor_is_at_the_head_while_the_first_read_goes_on() -> None:
    desk = FakeDesk(0)
    source = SOURCES[0]
    tasks = sorted(tasks_of(source, 20), key=lambda task: task.born)
    old, young = tasks[:10], tasks[10:]
    async with driven(desk, (120, 40)) as (pilot, home):
        round_ = Round(source)
        for rows, answered_at in ((old[:5], None), (old[5:], None), (young, NOW)):
            desk.store.merge(round_, rows, [{} for _ in rows], at=NOW)
            desk.store.set_status(SourceStatus(source=source, rows_read=len(rows), answered_at=answered_at))
            desk.changed()
            await settle(pilot)
            home.take()
            assert home.active.place.cursor == 0
        first = home.active.place.key
        newest = young[-1]._replace(key=young[-1].key._replace(id="a-new-one"), created_at=NOW, started_at=NOW)
        desk.store.merge(Round(source), [newest], [{}], at=NOW)
        home.take()
        assert (home.active.place.key, home.active.place.cursor) == (first, 1)
