"""The command line: what it understands, offers and does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot

from tests.ui.driving import driven, press, settle, text
from tests.ui.fake_desk import PROVIDERS, SOURCES, FakeDesk, fill, tasks_of
from tui import logs
from tui.model import State
from tui.query import QueryError
from tui.query import parse as read
from tui.ui import commands
from tui.ui.acts.pacing import beside, told
from tui.ui.board import ALL, DECK
from tui.ui.commands import Command, Known, Offer, Wants, Wrong, fuzzy, offers, parse, rank, registry, with_clause
from tui.ui.desk import Provider
from tui.ui.events_screen import EventsScreen
from tui.ui.help import HelpScreen
from tui.ui.log_screen import LogScreen

ALL_OF_THEM = registry(PROVIDERS, lambda run: True)
KNOWN = Known(
    accounts=("ali-prod", "hw-staging", "tx-prod"),
    regions=("cn-hangzhou", "cn-shanghai", "ap-guangzhou"),
    sources=("thumbs", "ctr", "media"),
    views=("am", "pm", "night-shift"),
    saved=("am",),
    fields=lambda: ("age", "created", "dur", "state"),
)


Answer = TypeVar("Answer")


def said(work: Callable[[], Answer]) -> Answer | Wrong:
    """What comes of it, or the one line that says why nothing does."""
    try:
        return work()
    except Wrong as wrong:
        if len(str(wrong).splitlines()) != 1:
            raise AssertionError("not one line") from wrong
        return wrong


def offered(line: str) -> list[str]:
    """The lines that would be, for each offer."""
    return [offer.text for offer in offers(line, ALL_OF_THEM, KNOWN, lambda name: f"<{name}>")]


def test_every_provider_has_a_command_of_its_short_name() -> None:
    names = {command.name: command.digit for command in ALL_OF_THEM if command.run == "provider"}
    assert names == {"fc": 1, "os": 2, "mps": 3, "tat": 4, "kps": 5}
    strange = (Provider("x-q", 6, "Q", "takes no other's name"), Provider("x-a b", 7, "A B", "two words"))
    assert registry(strange, lambda run: True) == registry((), lambda run: True)


def test_what_the_screen_cannot_do_is_no_command() -> None:
    names = [command.name for command in registry(PROVIDERS, lambda run: run not in ("events", "peek"))]
    assert "events" not in names
    assert "peek" not in names
    assert {"tasks", "sort", "quit"} <= set(names)


@pytest.mark.parametrize(
    ("line", "name", "argument"),
    [
        ("tat", "tat", ""),
        (":tat", "tat", ""),
        ("  TAT  ", "tat", ""),
        ("tat state:bad  -name:x", "tat", "state:bad  -name:x"),
        ("all", "tasks", ""),
        ("q", "quit", ""),
        ("ref thumbs", "refresh", "thumbs"),
    ],
)
def test_a_line_is_read(line: str, name: str, argument: str) -> None:
    command, found = parse(line, ALL_OF_THEM)
    assert (command.name, found) == (name, argument)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("tta", "no such command; did you mean :tat?"),
        ("refersh", "no such command; did you mean :refresh?"),
        ("zzz", "no such command"),
        ("lgin fc", "no such command; did you mean :login?"),
        ("p x", ":p could be :pause or :peek"),
        ("log now", ":log takes no argument"),
        ("fc " + "x" * 5_000, "more than 4,096 characters"),
    ],
)
def test_a_line_that_cannot_be_run_says_why(line: str, problem: str) -> None:
    with pytest.raises(Wrong) as caught:
        parse(line, ALL_OF_THEM)
    assert str(caught.value) == problem


def test_what_begins_so_comes_first_then_what_holds_it_then_what_has_its_letters() -> None:
    assert fuzzy("re", ["pre", "region", "racer", "refresh", "x"]) == ["region", "refresh", "pre", "racer"]
    assert fuzzy("rfh", ["refresh", "deck"]) == ["refresh"]
    assert rank("ab", "a-a-ab") == (1, 4, 1)
    assert rank("ac", "aabc") == (2, 2, 1)


@given(st.text("abc", min_size=1, max_size=5), st.lists(st.text("abcd", max_size=8), max_size=8))
def test_the_fuzzy_order_is_complete_and_the_same_every_time(typed: str, words: list[str]) -> None:
    def has(word: str) -> bool:
        letters = iter(word)
        return all(letter in letters for letter in typed)

    found = fuzzy(typed, words)
    assert sorted(found) == sorted({word for word in words if has(word)})
    assert fuzzy(typed, words) == found
    assert fuzzy(typed.upper(), words) == found


@pytest.mark.parametrize(
    ("line", "lines"),
    [
        ("ta", ["tat ", "tasks "]),
        ("rfsh", ["refresh "]),
        ("tat", ["tat "]),
        ("acc", ["acct "]),
        ("acct ", ["acct ali-prod", "acct hw-staging", "acct tx-prod"]),
        ("acct pr", ["acct tx-prod", "acct ali-prod"]),
        ("region cn-hangzhou,sh", ["region cn-hangzhou,cn-shanghai"]),
        ("sort -d", ["sort -dur", "sort -created"]),
        ("view a", ["view am", "view save "]),
        ("view drop ", ["view drop am"]),
        ("view drop x", []),
        ("every 1", ["every 15s", "every 1m"]),
        ("every 30s m", ["every 30s media", "every 30s thumbs"]),
        ("refresh c", ["refresh ctr"]),
        ("pause x", []),
        ("nonsense x", []),
    ],
)
def test_what_is_offered(line: str, lines: list[str]) -> None:
    assert offered(line) == lines


def test_an_empty_line_offers_every_command_with_its_key() -> None:
    found = offers("", ALL_OF_THEM, KNOWN, lambda name: f"<{name}>" if name else "")
    assert len(found) == len(ALL_OF_THEM)
    assert Offer("tat ", ":tat [FILTER]", "Command tasks", "<provider-4>") in found
    assert Offer("log", ":log", "the end of the log file", "") in found


def test_a_filter_is_completed_by_the_filter_language() -> None:
    from tui.query import complete

    known = replace(KNOWN, filters=lambda command, text: complete(text, len(text), views=("am",)))
    texts = [offer.text for offer in offers("tat -name:x sta", ALL_OF_THEM, known, lambda name: "")]
    assert texts[:2] == ["tat -name:x state:", "tat -name:x started:"]


@given(
    st.text(max_size=60) | st.from_regex(r":?(view|every|since|sort|region|acct|fc|refresh) ?.{0,30}", fullmatch=True)
)
def test_nothing_that_is_typed_breaks_it(line: str) -> None:
    for offer in offers(line, ALL_OF_THEM, KNOWN, str):
        assert offer.text.strip()
    found = said(lambda: parse(line, ALL_OF_THEM))
    if isinstance(found, Wrong):
        return
    command, argument = found
    assert command in ALL_OF_THEM
    for work in (
        lambda: commands.since_clause(argument),
        lambda: commands.account_clause(argument, KNOWN.accounts),
        lambda: commands.region_clause(argument, KNOWN.regions),
    ):
        clause = said(work)
        if isinstance(clause, str):
            assert read(with_clause("state:bad", "since", clause)).clauses
    seconds = said(lambda: commands.pace(argument))
    assert isinstance(seconds, Wrong) or seconds[0] >= 1


@pytest.mark.parametrize(
    ("text", "name", "clause", "after"),
    [
        ("", "acct", "acct:x", "acct:x"),
        ("state:bad acct:y sort:age", "acct", "acct:x", "state:bad sort:age acct:x"),
        ("account:y -acct:z", "acct", "", "-acct:z"),
        ("acct!=y", "acct", "acct:x", "acct!=y acct:x"),
        ("region:a,b x", "region", "", "x"),
        ("a OR b", "region", "region:c", "(a OR b) region:c"),
        ('"region:a"', "region", "", '"region:a"'),
    ],
)
def test_a_clause_takes_the_place_of_the_one_before(text: str, name: str, clause: str, after: str) -> None:
    assert with_clause(text, name, clause) == after


@pytest.mark.parametrize(
    ("typed", "when"),
    [("09:00", "09:00"), ("2h", "-2h"), ("-2h", "-2h"), ("today", "today"), ("2026-11-21 09:00", "2026-11-21T09:00")],
)
def test_since_is_what_was_created_or_started_since(typed: str, when: str) -> None:
    clause = commands.since_clause(typed)
    assert clause == f"(created>={when} OR started>={when})"
    read(clause)
    text = with_clause("state:bad", "since", clause)
    assert with_clause(text, "since", "") == "state:bad"
    assert with_clause(text, "since", commands.since_clause("5m")).count("created") == 1


@pytest.mark.parametrize("typed", ["25:00", "soon", "2", "2026-02-30", "9 o'clock"])
def test_what_is_no_time_is_said(typed: str) -> None:
    with pytest.raises(Wrong, match="is no time; 09:00, 2h, today"):
        commands.since_clause(typed)


def test_accounts_and_regions_must_be_there() -> None:
    assert commands.account_clause("PROD", KNOWN.accounts) == "acct:PROD"
    with pytest.raises(Wrong, match="no such account: ali-pord; did you mean ali-prod"):
        commands.account_clause("ali-pord", KNOWN.accounts)
    assert commands.region_clause("cn-hangzhou, ap", KNOWN.regions) == "region:cn-hangzhou,ap"
    with pytest.raises(Wrong, match="no such saved view: am; there is none yet"):
        commands.one_of("saved view", "am", [])
    with pytest.raises(Wrong, match="no such region: moon; there is cn-hangzhou, cn-shanghai, ap-guangzhou"):
        commands.region_clause("cn,moon", KNOWN.regions)


@pytest.mark.parametrize(
    ("typed", "problem"),
    [("", "how often"), ("30", "a number with a unit"), ("200ms", "the least is 1s"), ("x y", "unit")],
)
def test_a_wrong_pace_is_said(typed: str, problem: str) -> None:
    with pytest.raises(Wrong, match=problem):
        commands.pace(typed)


def test_paces_go_up_and_down_a_ladder_and_end() -> None:
    assert [beside(15, 1), beside(15, -1), beside(17, 1), beside(17, -1)] == [20, 10, 20, 15]
    assert beside(1, -1) == 1
    assert beside(86_400, 1) == 86_400
    assert told({"a": 5.0, "b": 30.0}, ("a", "b", "c")) == "2 sources every 5s to 30s"
    assert told({"a": 5.0}, ("a", "b")) == "a every 5s"
    assert told({"a": 5.0, "b": 5.0}, ("a", "b")) == "all sources every 5s"
    assert told({}, ("a",)) == "no source here to read"


def bottom(pilot: Pilot[int]) -> str:
    """The last line."""
    return text(pilot).splitlines()[-1].rstrip()


async def enter(pilot: Pilot[int], line: str) -> None:
    """A command, as typed."""
    await press(pilot, ":", *line, "enter")


pytestmark: list[pytest.MarkDecorator] = []
screen = pytest.mark.screen


@screen
async def test_the_line_opens_with_everything_and_esc_leaves_it() -> None:
    async with driven(None, (120, 40), ":") as (pilot, home):
        shown = text(pilot)
        assert all(f" :{command.name} " in shown for command in ALL_OF_THEM)
        line = next(line for line in shown.splitlines() if ":tat" in line)
        assert line.split() == [":tat", "[FILTER]", "Command", "tasks", "4"]
        assert bottom(pilot) == " :"
        await press(pilot, "escape")
        assert ":tat" not in text(pilot)
        await press(pilot, "j")
        assert home.active.place.cursor == 1, "keys go to the table again"


@screen
async def test_polling_goes_on_below_the_line() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), ":", *"tat ") as (pilot, home):
        fill(desk.store, SOURCES[0], tasks_of(SOURCES[0], 61, seed=9), at=home.pen().now)
        home.take()
        await settle(pilot)
        assert "FC 1" in text(pilot), "61 of 60 new ones, and the 60 of before"
        assert bottom(pilot) == " :tat"


@screen
async def test_typing_narrows_arrows_choose_tab_completes_enter_runs() -> None:
    async with driven(None, (120, 40), ":", *"t") as (pilot, home):
        assert home.command.chosen == 0
        names = [offer.text for offer in home.command.offers]
        assert names[:2] == ["tat ", "tasks "]
        await press(pilot, "down", "tab")
        assert bottom(pilot) == " :tasks"
        await press(pilot, "enter")
        assert home.view == ALL
        await press(pilot, ":", *"rfs", "down", "up", "enter")
        assert "reading" in home.told
        await press(pilot, ":", "up", "enter")
    assert pilot.app.return_code == 0, "the last of all is quit"


@screen
async def test_a_provider_with_a_filter_and_back() -> None:
    async with driven(None, (120, 40)) as (pilot, home):
        await enter(pilot, "tat state:bad")
        assert (home.view, home.filter.edit.text) == (4, "state:bad")
        assert all(task.state.bad for task in home.active.place.rows)
        await enter(pilot, "kps")
        assert (home.view, home.filter.edit.text) == (5, "")
        await enter(pilot, "tat state:run")
        assert {task.state for task in home.active.place.rows} == {State.RUNNING}
        await press(pilot, "[", "[")
        assert (home.view, home.filter.edit.text) == (4, "state:bad")
        await enter(pilot, "all src:fc")
        assert (home.view, home.filter.edit.text) == (ALL, "src:fc")
        await enter(pilot, "deck")
        assert home.view == DECK


@screen
async def test_a_filter_is_completed_with_counts_of_the_view_it_is_for() -> None:
    async with driven(None, (120, 40), ":", *"tat state:") as (pilot, home):
        running = sum(task.state is State.RUNNING for task in home.desk.store.tasks("commands").values())
        assert f"run ({running})" in text(pilot)
        await press(pilot, *"ru", "tab", "enter")
        assert (home.view, home.filter.edit.text) == (4, "state:run")


@screen
async def test_what_is_wrong_keeps_the_line_open() -> None:
    async with driven(None, (120, 40)) as (pilot, home):
        await enter(pilot, "tta")
        assert bottom(pilot).startswith(" :tta ")
        assert bottom(pilot).endswith("no such command; did you mean :tat?")
        await press(pilot, "backspace")
        assert "no such command" not in text(pilot)
        await press(pilot, "ctrl+u", *"tat colour:red", "enter")
        assert bottom(pilot).count("colour: no such field; did you mean source?, or quote it")
        assert home.view == DECK, "a wrong filter goes nowhere"
        await press(pilot, "ctrl+u", *"sort colour", "enter")
        assert "no such field" in bottom(pilot)
        await press(pilot, "ctrl+u", "backspace", "j")
        assert home.active.place.cursor == 1


@screen
async def test_accounts_regions_and_times_write_into_the_filter() -> None:
    async with driven(None, (120, 40), "0") as (pilot, home):
        await enter(pilot, "acct tx-prod")
        await enter(pilot, "region ap-guangzhou")
        assert home.filter.edit.text == "acct:tx-prod region:ap-guangzhou"
        assert {task.key.source for task in home.active.place.rows} == {"media", "commands"}
        await enter(pilot, "acct ali-prod")
        assert home.filter.edit.text == "region:ap-guangzhou acct:ali-prod"
        await enter(pilot, "acct")
        await enter(pilot, "region")
        assert home.filter.edit.text == ""
        await enter(pilot, "since 10m")
        assert home.filter.edit.text == "(created>=-10m OR started>=-10m)"
        rows = home.active.place.rows
        assert {task.key.source for task in rows} >= {"thumbs", "media"}
        since = home.pen().now - 600_000
        assert all((task.created_at or 0) >= since or (task.started_at or 0) >= since for task in rows)


@screen
async def test_a_view_of_the_demo_is_not_promised_for_longer() -> None:
    desk = FakeDesk()
    desk.demo = True
    async with driven(desk, (120, 40), "0") as (pilot, home):
        await enter(pilot, "filter state:bad")
        await enter(pilot, "view save am")
        assert home.told == "@am saved, while this demo runs"


@screen
async def test_views_are_saved_shown_and_dropped() -> None:
    async with driven(None, (120, 40), "0", views={"late": "age>1h"}) as (pilot, home):
        await enter(pilot, "view save am")
        assert "@am would be empty" in bottom(pilot)
        await press(pilot, "escape")
        await enter(pilot, "filter state:bad")
        await enter(pilot, "view save am")
        assert home.memory.views == {"am": "state:bad"}
        assert home.told == "@am saved"
        await enter(pilot, "filter")
        await enter(pilot, "view am")
        assert home.filter.edit.text == "@am"
        assert all(task.state.bad for task in home.active.place.rows)
        await enter(pilot, "view save am")
        assert "refers to itself" in bottom(pilot)
        await press(pilot, "escape")
        for line, problem in (
            ("view save a/b", "a view needs a name"),
            ("view save late", "in the config"),
            ("view save", "which one?"),
            ("view save save", "another name"),
            ("view drop late", "in the config"),
            ("view ma", "no such saved view: ma; did you mean am?"),
            ("view", "which one?"),
        ):
            await enter(pilot, line)
            assert problem in bottom(pilot), line
            await press(pilot, "escape")
        await enter(pilot, "filter")
        await enter(pilot, "view drop am")
        assert home.memory.views == {}


@screen
async def test_sort_orders_the_table() -> None:
    async with driven(None, (120, 40), "0") as (pilot, home):
        await enter(pilot, "sort -dur")
        took = [task.duration_ms for task in home.active.place.rows if task.duration_ms is not None]
        assert len(took) > 100
        assert took == sorted(took, reverse=True)
        assert (home.board.sort(ALL).field, home.board.sort(ALL).descending) == ("dur", True)
        await enter(pilot, "sort")
        assert home.board.sort(ALL).field == ""


@screen
async def test_how_often_is_asked_for_a_view_and_for_one_source() -> None:
    desk = FakeDesk()

    def paces() -> list[float]:
        return [desk.store.status(source.name).interval for source in SOURCES]

    async with driven(desk, (120, 40), "1") as (pilot, home):
        usual = paces()[1]
        await enter(pilot, "every 30s")
        assert paces() == [30, usual, usual, usual, usual]
        assert home.told == "thumbs every 30s"
        await enter(pilot, "every 5s ctr")
        assert paces()[:2] == [30, 5]
        await enter(pilot, "every 2m TAT")
        assert paces()[3] == 120
        await press(pilot, ",")
        assert paces()[0] == 60
        await press(pilot, ".", ".")
        assert paces()[0] == 20
        await enter(pilot, "every 100ms")
        assert "the least is 1s" in bottom(pilot)
        await press(pilot, "escape")
        await enter(pilot, "every 5s nobody")
        assert "no such source: nobody" in bottom(pilot)
        await press(pilot, "escape", "0")
        await enter(pilot, "every 1s")
        assert paces() == [1] * 5
        await press(pilot, ".")
        assert paces() == [1] * 5


@screen
async def test_refresh_pokes_what_it_names() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "2") as (pilot, _):
        await enter(pilot, "refresh")
        await enter(pilot, "refresh KEYS")
        await enter(pilot, "refresh fc")
        assert desk.poked == ["ctr", "keys", "thumbs"]


@screen
async def test_commands_that_are_keys_do_what_the_keys_do() -> None:
    async with driven(None, (120, 40)) as (pilot, home):
        await enter(pilot, "pause")
        assert home.paused
        await enter(pilot, "help")
        assert isinstance(pilot.app.screen, HelpScreen)
        await press(pilot, "G")
        assert " command " in text(pilot)
        await press(pilot, "escape")
        await enter(pilot, "events")
        assert isinstance(pilot.app.screen, EventsScreen)
        await press(pilot, "escape")
        wide = home.active.wide
        await enter(pilot, "wide")
        assert home.active.wide is not wide


async def logged(pilot: Pilot[int]) -> None:
    """Until the log has been read."""
    for worker in [one for one in pilot.app.workers if one.name == "log"]:
        await worker.wait()


@screen
async def test_the_log_is_shown_from_its_end(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "task\x1b[2Jdeck.log"
    path.write_text(
        "".join(f"line {at}\n" for at in range(20_000)) + "password=hunter2 \x1b[2J\n" + "界" * 500 + "end\n"
    )
    monkeypatch.setattr(logs, "place", lambda: path)
    async with driven(None, (80, 24)) as (pilot, home):
        await enter(pilot, "log")
        await logged(pilot)
        await settle(pilot)
        assert isinstance(pilot.app.screen, LogScreen)
        shown = text(pilot)
        assert "end" in shown
        assert "password=********" in shown
        assert "\x1b" not in shown
        assert "line 19999" in shown
        await press(pilot, "g")
        assert "line 19999" not in text(pilot)
        assert "line 0\n" not in text(pilot)  # only the end is read
        await press(pilot, "escape")
        assert pilot.app.screen_stack == [home]


@screen
async def test_a_log_that_cannot_be_read_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    async with driven(None, (120, 40)) as (pilot, home):
        for path, told in (
            (Path("/var/\x1b[2Jnone.log"), "nothing is in the log yet: /var/"),
            (tmp_path / "pipe", "the log cannot be read"),
            (None, "there is no log in this run"),
        ):
            monkeypatch.setattr(logs, "place", lambda path=path: path)
            await enter(pilot, "log")
            await logged(pilot)
            await settle(pilot)
            assert home.told.startswith(told)
            assert "\x1b" not in home.told


@screen
@pytest.mark.parametrize("line", ["q", "quit"])
async def test_quit_quits(line: str) -> None:
    async with driven(None, (120, 40)) as (pilot, _):
        await enter(pilot, line)
    assert pilot.app.return_code == 0


@screen
async def test_lines_that_were_run_come_back() -> None:
    async with driven(None, (120, 40)) as (pilot, _):
        await enter(pilot, "fc state:bad")
        await enter(pilot, "all")
        await press(pilot, ":", "ctrl+p")
        assert bottom(pilot) == " :all" or bottom(pilot) == " :tasks"
        await press(pilot, "ctrl+p")
        assert bottom(pilot) == " :fc state:bad"
        await press(pilot, "ctrl+n", "ctrl+n")
        assert bottom(pilot) == " :"


@screen
@pytest.mark.parametrize("size", [(60, 15), (80, 24), (1, 1), (20, 3)])
async def test_the_line_fits_every_screen(size: tuple[int, int]) -> None:
    async with driven(None, size, ":", *"tat x") as (pilot, home):
        home.command.edit.insert("视频转码 👩‍👩‍👧 x[/]y" + "界" * 90)
        home.command.look()
        await settle(pilot)
        assert all(strip.cell_length == size[0] for strip in pilot.app.screen._compositor.render_strips())
        await press(pilot, "enter", "escape", ":", "escape")
        await pilot.resize_terminal(5, 2)
        await press(pilot, ":", *"zz", "enter", "escape")
        assert pilot.app.return_code is None


@screen
async def test_hostile_names_are_shown_clean() -> None:
    desk = FakeDesk()
    desk.store.add_source(SOURCES[0]._replace(name="evil", account="a\x1b[2Jb[/]"))
    async with driven(desk, (120, 40), ":", *"acct ") as (pilot, _):
        shown = text(pilot)
        assert "\x1b" not in shown
        assert "b[/]" in shown


@screen
@given(st.lists(st.text(max_size=30) | st.sampled_from([f"{command.name} x" for command in ALL_OF_THEM]), max_size=5))
@settings(max_examples=3)
def test_any_line_at_all_can_be_entered(lines: list[str]) -> None:
    async def run() -> None:
        async with driven(FakeDesk(3), (80, 24)) as (pilot, home):
            for line in lines:
                home.action_command()
                home.command.edit.insert(line)
                home.command.look()
                await press(pilot, "tab", "down", "enter", "escape", "escape")
            assert not home.command.display or pilot.app.return_code == 0
        assert pilot.app.return_code in (None, 0)

    asyncio.run(run())


@screen
async def test_the_key_can_be_another() -> None:
    async with driven(None, (120, 40), ":", keys={"command": "ctrl-o"}) as (pilot, home):
        assert not home.command.display
        await press(pilot, "ctrl+o")
        assert home.command.display


def test_a_filter_of_a_command_is_a_query() -> None:
    with pytest.raises(QueryError):
        read("colour:red")
    assert Command("x", "y", "z").wants is Wants.NOTHING
