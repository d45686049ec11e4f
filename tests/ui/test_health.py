"""Health, and the states of the sources everywhere else: titles, cards, strip, events, header; who is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from tests.ui.driving import driven, press, settle, strips, text
from tests.ui.fake_desk import NOW, PROVIDERS, SOURCES, FakeDesk, fill, tasks_of
from tests.ui.states import KEYS, TROUBLES, status, tell
from tui.model import Source, State
from tui.query import parse
from tui.status import SourceStatus, Trouble, Word
from tui.store import Moved, Store
from tui.ui import bars, cells, glyphs, sheet, themes, when
from tui.ui.cards import card
from tui.ui.events import Event, Events
from tui.ui.events import text as told
from tui.ui.facts import Facts
from tui.ui.health import About, header, row
from tui.ui.health_screen import HealthScreen
from tui.ui.health_sheet import sheet as sheet_of
from tui.ui.ink import Ink
from tui.ui.titles import Pen, notes, title
from tui.ui.wrapping import few, wrapped
from tui.view import Roster

screen = pytest.mark.screen
PEN = Pen(themes.load("deck-dark"), glyphs.ASCII, NOW, utc=True)
SHORTS = {one.adapter: one.short for one in PROVIDERS}
LEGEND = cells.Legend(NOW, glyphs.ASCII, {one.name: one for one in SOURCES}, SHORTS, utc=True)
GRAVE = [word for word in Word if word not in (Word.LIVE, Word.LOADING, Word.SLOW)]


def about(*statuses: SourceStatus, log: tuple[Event, ...] = ()) -> About:
    return About({one.source.name: one for one in statuses}, PEN, LEGEND, log)


def lines(one: SourceStatus, cells: int = 120, height: int = 40, log: tuple[Event, ...] = ()) -> str:
    return "\n".join(strip.text.rstrip() for strip in sheet_of(one, about(one, log=log), cells, height))


# The twelve words.


def test_every_word_has_its_own_sign_of_neutral_width() -> None:
    for signs in (glyphs.ASCII, glyphs.UNICODE):
        assert len({signs.words[word] for word in Word}) == len(Word) == 12


@pytest.mark.parametrize("word", Word)
def test_a_source_is_called_the_same_everywhere(word: Word) -> None:
    one = status(word)
    facts = Facts(PROVIDERS[0], (one,))
    log = Events()
    store = Store([one.source])
    log.look(store, NOW)
    store.set_status(one)
    log.look(store, NOW)
    seen = {
        "title": title(facts, PEN, 120, active=True).text,
        "row": row(one, about(one), 120, here=False).text,
        "sheet": lines(one),
        "header": header(about(one), Ink(), 120).text,
    }
    assert all(word.value in told.upper() for told in seen.values()), seen
    quiet = word in (Word.LIVE, Word.EMPTY, Word.LOADING)
    assert [event.what for event in log.lines] == ([] if quiet else [word])
    strip = bars.providers([facts], PEN, 80, None).text
    assert (word.value in strip.upper()) is (word not in (Word.LIVE, Word.EMPTY))


@pytest.mark.parametrize("word", Word)
def test_the_strip_never_cuts_a_word(word: Word) -> None:
    whole = {w.value for w in Word} | {"loading"} | set(bars.BRIEF.values())
    all_facts = [Facts(PROVIDERS[0], (status(word),))] * 5
    for wide in range(60, 140, 4):
        said = bars.providers(all_facts, PEN, wide, None).text
        told = {part for part in said.split() if len(part) > 2 and part.isalpha()}
        assert told <= whole, (wide, told)


def test_the_title_of_a_pane_has_the_whole_code_where_there_is_room() -> None:
    trouble = Trouble(Word.AUTH, "InvalidAccessKeyId.NotFound", "Specified access key is not found.", "req-1")
    facts = Facts(PROVIDERS[0], (replace(status(Word.AUTH), trouble=trouble),))
    assert "InvalidAccessKeyId.NotFound since" in title(facts, PEN, 120, active=True).text
    assert "InvalidAccessKeyId.Not.." in title(facts, PEN, 80, active=True).text


def test_throttled_says_until_when_why_and_how_often() -> None:
    one = status(Word.THROTTLED)
    facts = Facts(PROVIDERS[0], (one,))
    assert "THROTTLED until 12:43:15 (RequestLimitExceeded)" in title(facts, PEN, 120, active=True).text
    assert "THROTTLED until 12:43:15 " in title(facts, PEN, 70, active=True).text
    assert notes(facts, PEN)[0] == (
        "read again in 40s, every 15s -> 60s: RequestLimitExceeded slow down (request req-1)"
    )
    assert "THROTTLED 40s" in bars.providers([facts], PEN, 80, None).text
    seen = lines(one)
    assert "THROTTLED until 12:43:15 (RequestLimitExceeded), 40s to go, interval 15s -> 60s" in seen
    assert "way out       :every 30s thumbs asks half as often" in seen
    over = replace(one, next_at=NOW - 1)
    assert "THROTTLED (RequestLimitExceeded), interval 15s -> 60s" in lines(over)


def test_a_countdown_stands_still_until_the_last_seconds() -> None:
    shown = [when.until(ms) for ms in range(60_000, -1_000, -1_000)]
    assert shown[:11] == ["1m00s", *["1m00s"] * 9, "50s"]
    assert len(dict.fromkeys(shown[:51])) == 6
    assert shown[50:] == [f"{left}s" for left in range(10, -1, -1)]
    assert when.until(61_000) == "1m10s"
    assert when.until(601_000) == "11m"


def test_partial_says_which_part_is_missing() -> None:
    one = status(Word.PARTIAL)
    assert "640+" in row(one, about(one), 120, here=False).text
    assert "640+ rows" in lines(one)
    assert "not read      FINISH with a failed subtask, WAITING" in lines(one)


def test_offline_says_which_step_failed_and_since_when() -> None:
    assert "OFFLINE since 12:41:37, DNS (ConnectError), tried again in 40s" in lines(status(Word.OFFLINE))
    assert (
        "OFFLINE ConnectError since 12:41:37"
        in title(Facts(PROVIDERS[0], (status(Word.OFFLINE),)), PEN, 120, active=True).text
    )


def test_auth_says_the_code_since_when_and_which_variables() -> None:
    seen = lines(status(Word.AUTH))
    assert "AUTH since 12:41:37 (APIGW.0301): calls have stopped, r tries again" in seen
    assert f"way out       a valid key in {KEYS[0]} and {KEYS[1]}, then start again" in seen
    assert "\x1b" not in seen


def test_the_sheet_says_what_polling_costs_and_what_it_leaves_out() -> None:
    seen = lines(status(Word.LIVE))
    for part in (
        "last answer   12:42:33   <10s ago",
        "whole read    12:39:17   3m20s ago",
        "next read     12:42:45   in 8s",
        "interval      15s",
        "calls         4 a round, 12 by id",
        "budget used   #------- 8%",
        "clock         4m10s behind the provider's",
        "asks only for functions thumbnailer, ingest",
    ):
        assert part in seen
    assert "interval      15s asked, 60s now" in lines(status(Word.THROTTLED))
    assert "clock         right within a minute" in lines(status(Word.THROTTLED))
    assert "reading page 2, 118 rows" in lines(status(Word.LOADING))
    quiet = replace(status(Word.EMPTY), skew=None, budget=None, whole_at=None, next_at=None, by_id=0)
    assert all(part in lines(quiet) for part in ("clock         not compared yet", "budget used   -", "none yet"))


def test_the_last_error_stays_with_its_code_request_and_time() -> None:
    well = replace(status(Word.EMPTY), last_trouble=TROUBLES[Word.DENIED], troubled_at=NOW - 700_000)
    assert "last error    12:30:57   11m ago   DENIED UnauthorizedOperation no tat:Describe (request req-3)" in lines(
        well
    )


def test_the_sheet_tells_what_the_source_went_through() -> None:
    log = (Event(NOW, Word.LIVE, "thumbs", "again after 38s"), Event(NOW, Word.AUTH, "keys", "no"))
    seen = lines(status(Word.LIVE), log=log)
    assert "12:42:37 + LIVE      again after 38s" in seen
    assert "AUTH" not in seen


@pytest.mark.parametrize("word", Word)
@pytest.mark.parametrize("cells", [58, 80, 110, 200])
def test_no_line_of_a_sheet_or_a_card_is_wider_or_more_than_there_is_room(word: Word, cells: int) -> None:
    wide = "视频转码-北京一号机房 " * 30
    trouble = Trouble(word, wide, wide + "x" * 300, "r" * 200) if word in TROUBLES else None
    one = replace(status(word), trouble=trouble, last_trouble=trouble, missing=(wide,), pushed=(wide,), keys=(wide,))
    for height in (4, 9, 30):
        drawn = sheet_of(one, about(one), cells, height)
        assert len(drawn) <= height
        assert {strip.cell_length for strip in drawn} == {cells}
        drawn = card(Facts(PROVIDERS[0], (one, replace(one, source=SOURCES[1]))), PEN, cells, height)
        assert len(drawn) <= height
        assert {strip.cell_length for strip in drawn} <= {cells}


def test_words_are_kept_whole_where_they_fit() -> None:
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert wrapped("视频转码 x", 5) == ["视频", "转码", "x"]
    assert wrapped("", 5) == [""]


@pytest.mark.parametrize(
    ("most", "lines"),
    [(1, ["one two .."]), (2, ["one two", "three .."]), (3, ["one two", "three", "fourfour5"])],
)
def test_text_that_is_cut_to_a_few_lines_says_so(most: int, lines: list[str]) -> None:
    assert few("one two three fourfour5", 10, most) == lines
    assert few("界" * 12, 10, 1) == ["界界界界.."]


# A pane without a row.


@pytest.mark.parametrize("word", GRAVE)
def test_the_card_of_an_empty_pane_says_what_is_wrong_and_the_way_out(word: Word) -> None:
    one = status(word, tasks=0)
    seen = "\n".join(strip.text for strip in card(Facts(PROVIDERS[0], (one,)), PEN, 100, 12))
    assert f"{glyphs.ASCII.words[word]} {word}   thumbs  ali-prod  cn-shanghai" in seen
    assert "way out  " in seen
    assert card(Facts(PROVIDERS[0], (one,)), PEN, 100, 2) == []


def test_a_card_that_has_no_room_for_all_sources_says_how_many_more() -> None:
    many = tuple(status(Word.AUTH, SOURCES[0]._replace(name=f"s{at}"), tasks=0) for at in range(9))
    seen = [strip.text.rstrip() for strip in card(Facts(PROVIDERS[0], many), PEN, 100, 14)]
    assert seen[-1] == "    and 7 more"
    assert sum("! AUTH" in line for line in seen) == 2


@screen
async def test_a_pane_without_rows_shows_the_card_and_one_with_rows_keeps_them() -> None:
    desk = FakeDesk(0)
    tell(desk, [Word.NOKEY, Word.OFFLINE, Word.ERROR, Word.EMPTY, Word.AUTH], tasks=0)
    async with driven(desk, (200, 60)) as (pilot, _):
        seen = text(pilot)
        assert seen.count("way out  ") == 5
        assert "DNS: ConnectError" in seen
        assert "a bug in taskdeck; the log has the trace" in seen
        assert "--log FILE" in seen
        assert "the read was whole and found no task in ap-guangzhou" in seen
        assert seen.count(f"a valid key in {KEYS[0]} and {KEYS[1]}, then start again") == 1
        assert seen.count(f"set {KEYS[0]} and {KEYS[1]}, then start again") == 1
    desk = FakeDesk(20)
    tell(desk, [Word.STALE] * 5)
    async with driven(desk, (80, 24), "1") as (pilot, home):
        assert len(home.active.place.rows) == 20
        assert "as of 12:40:57, 20 rows kept" in text(pilot)
        dull = PEN.look["faint"].color
        drawn = [segment for strip in strips(pilot) for segment in strip if "job-" in segment.text]
        assert len(drawn) > 9
        assert all(segment.style is not None and segment.style.color == dull for segment in drawn)


# The screen.


def shown(pilot: Pilot[int]) -> HealthScreen:
    top = pilot.app.screen
    assert isinstance(top, HealthScreen)
    return top


@screen
@pytest.mark.parametrize("size", [(60, 15), (80, 24), (100, 30), (120, 40), (149, 44), (180, 30), (200, 60)])
@pytest.mark.parametrize("signs", ["ascii", "unicode"])
async def test_every_size_has_the_words_and_no_line_over_width(size: tuple[int, int], signs: str) -> None:
    desk = FakeDesk(9)
    tell(desk, Word)
    async with driven(desk, size, "H", ui={"glyphs": signs}) as (pilot, _):
        for _ in Word:
            drawn = strips(pilot)
            assert len(drawn) == size[1]
            assert {strip.cell_length for strip in drawn} == {size[0]}
            name = shown(pilot).page.spot.row
            assert name is not None
            assert f" {name} " in text(pilot)
            await press(pilot, "j")
        await press(pilot, "slash", *"thrott", "enter")
        assert list(shown(pilot).page.spot.rows) == ["commands"]


@screen
async def test_two_hundred_sources_are_only_drawn_where_they_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    desk = FakeDesk(3)
    tell(desk, [list(Word)[at % 12] for at in range(200)])
    drawn: list[str] = []
    real = row

    def counted(one: SourceStatus, *args: Any, **more: Any) -> Any:
        drawn.append(one.source.name)
        return real(one, *args, **more)

    monkeypatch.setattr("tui.ui.health.row", counted)
    async with driven(desk, (120, 40), "H") as (pilot, _):
        assert "200 sources" in text(pilot)
        assert len(set(drawn)) < 40
        await press(pilot, "G")
        last = shown(pilot).page.spot.row
        assert last is not None
        assert desk.store.sources[last].adapter == "huawei-kps"
        assert f" {last} " in text(pilot)
        await press(pilot, "g", "ctrl+d", "ctrl+u", "pagedown", "pageup")
        assert shown(pilot).page.spot.cursor == 0


@screen
async def test_the_cursor_stays_on_its_source_while_states_change() -> None:
    desk = FakeDesk(9)
    async with driven(desk, (120, 40), "H", "j", "j") as (pilot, _):
        assert shown(pilot).page.spot.row == "media"
        desk.store.add_source(Source("thumbs-2", "alibaba-fc", "ali-prod", "cn-hangzhou"))
        tell(desk, [Word.AUTH, Word.OFFLINE, Word.THROTTLED])
        shown(pilot).look()
        await settle(pilot)
        assert shown(pilot).page.spot.row == "media"
        assert "THROTTLED until 12:43:15" in text(pilot)


@screen
async def test_the_mouse_points_at_a_source_and_opens_its_provider() -> None:
    desk = FakeDesk(9)
    async with driven(desk, (120, 40), "H") as (pilot, home):
        await pilot.click("Page", offset=(5, 3))
        await settle(pilot)
        assert shown(pilot).page.spot.row == "media"
        await pilot.click("Page", offset=(5, 30))
        await settle(pilot)
        assert shown(pilot).page.spot.row == "media"
        await pilot.click("Page", offset=(5, 3))
        await settle(pilot)
        assert pilot.app.screen is home
        assert home.view == 3


@screen
async def test_nothing_to_find_and_nothing_configured_are_said() -> None:
    desk = FakeDesk(9)
    async with driven(desk, (80, 24), "H", "slash", *"qqq") as (pilot, _):
        assert "no source has these words" in text(pilot)
        await press(pilot, "enter", "r", "escape", "escape")
        assert desk.poked == []
        assert len(pilot.app.screen_stack) == 1
    desk = FakeDesk(0)
    desk.store.sources.clear()
    async with driven(desk, (80, 24), "H") as (pilot, _):
        assert "0 sources" in text(pilot)


@screen
async def test_health_is_a_command_and_too_small_a_screen_has_no_health() -> None:
    async with driven(FakeDesk(9), (80, 24), "colon", *"health", "enter") as (pilot, _):
        assert isinstance(pilot.app.screen, HealthScreen)
    async with driven(FakeDesk(9), (54, 12), "H") as (pilot, home):
        assert pilot.app.screen is home


# What happened.


def log_of(*statuses: tuple[int, SourceStatus]) -> list[str]:
    store = Store([SOURCES[0]])
    log = Events()
    log.look(store, NOW - 1)
    for at, one in statuses:
        store.set_status(one)
        log.look(store, at)
        log.look(store, at)
    return [f"{PEN.time(event.at)} {event.what} {told(event, PEN, LEGEND)}" for event in reversed(log.lines)]


def test_a_throttled_source_makes_one_event_and_its_recovery_another() -> None:
    live, one = replace(status(Word.EMPTY), effective=15), status(Word.THROTTLED)
    early = replace(one, reading=True, effective=15, next_at=None)
    assert log_of((NOW, live), (NOW, early), (NOW + 1_000, one), (NOW + 2_000, replace(one, next_at=NOW + 99_000))) == [
        "12:42:37 THROTTLED RequestLimitExceeded, next read 12:43:15, interval 15s -> 60s"
    ]
    assert log_of((NOW, live), (NOW, one), (NOW + 38_000, replace(live, answered_at=NOW + 38_000)))[-1] == (
        "12:43:15 EMPTY again after 38s"
    )


def test_each_change_of_a_word_is_one_event() -> None:
    seen = log_of((NOW, status(Word.OFFLINE)), (NOW + 1_000, status(Word.AUTH)), (NOW + 2_000, status(Word.PARTIAL)))
    assert seen == [
        "12:42:37 OFFLINE ConnectError",
        "12:42:38 AUTH APIGW.0301",
        "12:42:39 PARTIAL not read: FINISH with a failed subtask, WAITING",
    ]


def test_how_old_the_last_answer_was_is_told_of_the_moment_of_the_event() -> None:
    live = replace(status(Word.LIVE), answered_at=NOW, reading=True)
    late = [(NOW + at, live) for at in (31_000, 38_000)]
    assert log_of((NOW, live), *late)[-1] == "12:43:08 SLOW last answer 31s ago"
    assert log_of((NOW, live), *late, (NOW + 44_000, replace(live, reading=False)))[-1].endswith("answer 31s ago")


def test_with_several_sources_of_a_provider_an_event_names_its_source() -> None:
    two = {**LEGEND.sources, "thumbs-2": SOURCES[0]._replace(name="thumbs-2")}
    legend = LEGEND._replace(sources=two)
    assert told(Event(NOW, Word.AUTH, "thumbs-2", "401"), PEN, legend) == "thumbs-2 401"
    assert told(Event(NOW, Word.AUTH, "keys", "401"), PEN, legend) == "401"


# The clock.


def test_an_age_is_counted_on_the_clock_that_stamped_it() -> None:
    task = next(one for one in tasks_of(SOURCES[0], 60) if one.state is State.RUNNING)
    task = task._replace(created_at=NOW + 240_000, started_at=NOW + 241_000)
    skewed = LEGEND._replace(skews={"thumbs": 250_000})
    assert (cells.age(task, LEGEND), cells.age(task, skewed)) == ("0s", "9s")
    assert (cells.dur(task, LEGEND), cells.dur(task, skewed)) == ("0s", "9s")
    unseen = task._replace(created_at=None, started_at=None, seen_at=NOW - 7_000)
    assert cells.age(unseen, skewed) == cells.age(unseen, LEGEND) == "~7s"  # by our own clock
    drawn = sheet.sheet(task, PEN, skewed, 80)
    said = {"".join(text for text, _ in ink.parts)[1:8]: "".join(text for text, _ in ink.parts) for ink in drawn}
    assert "9s ago" in said["started"]
    assert "1s ago" in said["seen   "]


@pytest.mark.parametrize(("skew", "hits"), [(0, 0), (250_000, 1)])
def test_a_filter_counts_ages_as_the_screen_does(skew: int, hits: int) -> None:
    task = tasks_of(SOURCES[0], 1)[0]._replace(state=State.RUNNING, created_at=NOW, started_at=NOW, ended_at=None)
    roster = Roster({one.name: one for one in SOURCES}, lambda key: task)
    roster.skews = {"thumbs": skew} if skew else {}
    roster.change([Moved(task.key, None, task)], NOW)
    roster.ask(parse("age>3m"), NOW)
    assert len(roster.rows) == hits
    roster.change([Moved(task.key, task, task._replace(progress=5.0))], NOW)
    assert len(roster.rows) == hits


@screen
async def test_a_wrong_clock_is_said_in_words_and_set_right_in_the_rows() -> None:
    desk = FakeDesk(0)
    task = tasks_of(SOURCES[0], 1)[0]._replace(state=State.RUNNING, started_at=NOW, created_at=NOW, ended_at=None)
    fill(desk.store, SOURCES[0], [task])
    for skew, header_says, age in ((250.0, "clock off by 4 min", "4m10s"), (59.0, "", "0s")):
        desk.store.set_status(replace(desk.store.status("thumbs"), skew=skew))
        async with driven(desk, (120, 40), "1") as (pilot, _):
            seen = text(pilot)
            assert (header_says or "clock off") in seen.splitlines()[0] or not header_says
            assert ("clock off" in seen) is bool(header_says)
            line = next(one for one in seen.splitlines() if task.key.id[:6] in one)
            assert age in line


def test_the_header_says_how_much_of_the_budget_is_used() -> None:
    told = bars.header(bars.Header(view="deck", every="15s", budget="budget 41%"), PEN, 100).text
    assert told.rstrip().endswith("every 15s   budget 41%")


def test_the_accounts_leave_the_header_before_the_end_of_what_it_tells() -> None:
    facts = bars.Header(view="deck", accounts="ali-demo,hw-demo,tx-demo", note="replay 4x: its end; 8 lines unreadable")
    assert "8 lines unreadable   " in bars.header(facts, PEN, 100).text
    assert "ali-demo" not in bars.header(facts, PEN, 100).text
    assert "ali-demo" in bars.header(facts, PEN, 120).text
    facts = bars.Header(view="deck", every="5s", budget="budget 3%", note="not recorded: No space left on device")
    assert "left on device  " in bars.header(facts, PEN, 80).text
    assert "every" not in bars.header(facts, PEN, 80).text
    assert "every 5s" in bars.header(facts, PEN, 120).text


# Who is looked at.


class Watched(FakeDesk):
    """Remembers each time it is told."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.looks: list[tuple[frozenset[str], bool]] = []

    def look(self, sources: frozenset[str], *, focused: bool) -> None:
        """One more."""
        self.looks.append((sources, focused))


ALL = frozenset(one.name for one in SOURCES)
ON: Mapping[str, frozenset[str]] = {
    "1": frozenset({"thumbs"}),
    "4": frozenset({"commands"}),
    "0": ALL,
    "H": ALL,
}


@screen
async def test_the_desk_is_told_what_is_on_the_screen_once_for_each_change() -> None:
    desk = Watched(9)
    async with driven(desk, (120, 40)) as (pilot, home):
        assert desk.looks == [(frozenset({"thumbs"}), True)]
        for key, sources in ON.items():
            await press(pilot, key)
            assert desk.looks[-1] == (sources, True)
        await press(pilot, "escape", "W", "tab")
        assert desk.looks[-1] == (frozenset({SOURCES[home.open_pane - 1].name}), True)
        count = len(desk.looks)
        await press(pilot, "j", "k", "slash", "x", "escape", "escape", "question_mark", "escape")
        home.tick()
        home.take()
        assert len(desk.looks) == count
        await pilot.resize_terminal(200, 60)
        await settle(pilot)
        assert desk.looks[-1] == (ALL, True)
        await pilot.resize_terminal(54, 12)
        await settle(pilot)
        assert desk.looks[-1] == (frozenset(), True)


@screen
async def test_a_source_that_comes_later_is_looked_at_too() -> None:
    desk = Watched(9)
    async with driven(desk, (120, 40), "0") as (_, home):
        desk.store.add_source(SOURCES[0]._replace(name="late"))
        home.take()
        assert desk.looks[-1] == (ALL | {"late"}, True)


@screen
async def test_focus_that_goes_and_comes_is_told_and_typing_goes_on() -> None:
    desk = Watched(9)
    async with driven(desk, (120, 40), "0", "slash", "a", "g") as (pilot, home):
        pilot.app.post_message(events.AppBlur())
        await settle(pilot)
        assert desk.looks[-1] == (ALL, False)
        pilot.app.post_message(events.AppFocus())
        await settle(pilot)
        assert desk.looks[-2:] == [(ALL, False), (ALL, True)]
        await press(pilot, "e")
        assert home.filter.edit.text == "age"


@screen
async def test_pausing_the_screen_changes_nothing_of_the_polling() -> None:
    desk = Watched(9)
    async with driven(desk, (120, 40), "0") as (pilot, home):
        looks, paces = list(desk.looks), [desk.store.status(name) for name in desk.store.sources]
        await press(pilot, "p")
        assert home.paused
        home.tick()
        fill(desk.store, SOURCES[0], tasks_of(SOURCES[0], 3, seed=5))
        home.take()
        await press(pilot, "p")
        assert desk.looks == looks
        assert desk.poked == []
        assert [desk.store.status(one.source.name).interval for one in paces] == [one.interval for one in paces]


@screen
async def test_eight_sources_fit_at_the_size_of_a_plain_terminal() -> None:
    desk = FakeDesk(8)
    tell(desk, [Word.LIVE] * 8)
    async with driven(desk, (80, 24), "H") as (pilot, _):
        screen = pilot.app.screen
        assert isinstance(screen, HealthScreen)
        assert len(screen.page.spot.rows) == 8
        assert all("LIVE" in line or "EMPTY" in line for line in text(pilot).splitlines()[2:10])


@screen
@pytest.mark.parametrize(("key", "other", "title"), [("E", "H", "health"), ("H", "E", "events")])
async def test_events_and_health_lead_to_each_other(key: str, other: str, title: str) -> None:
    async with driven(None, (80, 24), key, other) as (pilot, home):
        assert f"taskdeck  {title}" in text(pilot)
        await press(pilot, "escape")
        assert pilot.app.screen is home


def test_a_source_that_has_stopped_makes_no_calls() -> None:
    one = replace(status(Word.AUTH), calls=2)
    assert "calls         none now, 2 in the last round" in lines(one)
    assert "2 a round" not in lines(one)


# A key that ends.


@pytest.mark.parametrize(
    ("place", "left", "said"),
    [
        ("keyring", 601_000, ""),
        ("keyring", 599_000, "its temporary key ends in 10m"),
        ("profile:prod", 61_000, "its temporary key ends in 1m10s"),
        ("profile:prod", -1, "its temporary key has ended"),
        ("command", 200_000, ""),  # it is renewed by then
        ("command", 100_000, "its temporary key ends in 1m40s"),
    ],
)
def test_a_pane_says_that_a_key_ends_while_there_is_time_to_do_something(place: str, left: int, said: str) -> None:
    one = replace(status(Word.LIVE), credentials=place, expires_at=NOW + left, skew=None)
    assert [line for line in notes(Facts(PROVIDERS[0], (one,)), PEN) if "key" in line] == ([said] if said else [])


def test_health_counts_down_to_the_end_of_a_key_and_says_where_it_is_from() -> None:
    note = "others can reach ~/.aliyun/config.json (mode 0644): chmod 600 ~/.aliyun/config.json"
    one = replace(
        status(Word.LIVE), keys=(), credentials="profile:p\x1b[31m", expires_at=NOW + 5_000_000, key_note=note
    )
    seen = lines(one, 200)
    assert "profile p" in seen
    assert f"of the vendor's CLI; {note}" in seen
    assert "\x1b" not in seen
    assert "key ends      14:05:57   in 1h24m" in seen, seen
    over = replace(one, expires_at=NOW - 1_000, credentials="command")
    assert "the command in the config" in lines(over)
    assert "it has ended" in lines(over)
    assert "key ends" not in lines(replace(one, expires_at=None))
