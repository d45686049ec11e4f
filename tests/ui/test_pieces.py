"""The pure parts: ages, glyphs, columns, layouts, editing, clauses, pace, events, JSON."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.fake_desk import NOW, PROVIDERS, SOURCES, FakeDesk, fill, tasks_of
from tui.answers import Detail
from tui.courtesy import HUSH
from tui.mask import MASK
from tui.model import State
from tui.query import parse
from tui.status import SourceStatus, Trouble, Word
from tui.text import width
from tui.ui import bars, columns, glyphs, sizes, themes, when
from tui.ui.cells import Legend, short_region
from tui.ui.clauses import with_state
from tui.ui.edit import Edit
from tui.ui.events import Events
from tui.ui.facts import Facts, gather
from tui.ui.pace import CALM, LEAST, PATIENCE, SHARE, UNSEEN, Pace
from tui.ui.task.about import About
from tui.ui.task.raw import Raw
from tui.ui.titles import Pen, notes, title


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (-5, "0s"),
        (59_999, "59s"),
        (60_000, "1m00s"),
        (69_999, "1m00s"),
        (70_000, "1m10s"),
        (659_000, "10m"),
        (3_600_000, "1h00m"),
        (36_000_000, "10h"),
        (86_400_000 * 3, "3d"),
    ],
)
def test_an_age_moves_in_steps(ms: int, text: str) -> None:
    assert when.age(ms) == text


@given(st.integers(-(10**6), 10**12))
def test_times_fit_their_columns(ms: int) -> None:
    assert len(when.age(ms)) <= 5
    assert len(when.took(ms)) <= 6


def test_times_that_no_calendar_knows_do_not_raise() -> None:
    assert when.time_of_day(10**18, utc=True) == "--:--:--"
    assert when.time_of_day(10**18, utc=False, seconds=False) == "--:--"
    assert when.date_time(10**18, utc=True) == "-"
    assert when.date_time(None, utc=True) == "-"
    assert when.date_time(NOW + 120, utc=True) == "2026-11-21 12:42:37.120"
    assert when.zone(NOW, utc=True) == "UTC"
    assert when.zone(NOW, utc=False)[0] in "+-"


@pytest.mark.parametrize("name", ["ascii", "unicode"])
def test_no_sign_is_of_ambiguous_width(name: str) -> None:
    signs = glyphs.choose(name)
    for sign in (*signs.states.values(), signs.cursor, signs.full, signs.empty):
        assert width(sign) == 1
        assert unicodedata.east_asian_width(sign) in ("N", "Na")
    assert width(signs.bar(62, 12)) == 12


def test_the_signs_follow_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_CTYPE", "LANG", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("locale.getencoding", lambda: "UTF-8")
    assert glyphs.choose("auto") is glyphs.UNICODE
    monkeypatch.setattr("locale.getencoding", lambda: "ANSI_X3.4-1968")
    assert glyphs.choose("auto") is glyphs.ASCII
    monkeypatch.setattr("locale.getencoding", lambda: "no such thing")
    assert glyphs.choose("auto") is glyphs.ASCII


def test_a_plain_locale_that_python_made_utf_8_for_itself_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "TERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("locale.getencoding", lambda: "UTF-8")
    monkeypatch.setenv("LANG", "C")
    monkeypatch.setenv("LC_CTYPE", "C.UTF-8")
    assert glyphs.choose("auto") is glyphs.ASCII
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert glyphs.choose("auto") is glyphs.UNICODE


@pytest.mark.parametrize("table", [columns.MERGED, columns.ZOOM, columns.PANE, *columns.PANES.values()])
def test_columns_fill_every_width_and_leave_by_rank(table: tuple[columns.Column, ...]) -> None:
    before: set[str] = set()
    for cells in range(30, 300):
        placed = columns.place(table, cells)
        names = {column.cell for column, _ in placed}
        assert sum(given + 1 for _, given in placed) - 1 <= cells
        assert before <= names
        assert {column.cell for column in table if column.rank == 0} <= names
        before = names


@pytest.mark.parametrize(
    ("region", "cells", "text"),
    [("cn-shanghai", 6, "cn-sha"), ("cn-north-4", 6, "cn-no4"), ("ap-guangzhou", 14, "ap-guangzhou"), ("x", 6, "x")],
)
def test_regions_are_shortened(region: str, cells: int, text: str) -> None:
    assert short_region(region, cells) == text


def test_the_layout_has_hysteresis() -> None:
    wide = sizes.choose(150, 45, sizes.Layout())
    assert wide.wide
    assert sizes.choose(148, 43, wide).wide
    assert not sizes.choose(147, 45, wide).wide
    assert not sizes.choose(149, 45, sizes.Layout()).wide
    assert not sizes.choose(59, 15, wide).enough
    assert sizes.choose(60, 15, wide).enough
    assert not sizes.choose(60, 15, wide).hints
    assert not sizes.choose(200, 60, wide, "compact").wide
    assert sizes.choose(110, 30, wide, "deck").wide


def test_editing() -> None:
    edit = Edit("state:bad")
    for key in ("ctrl+w", "left", "right", "home", "delete"):
        assert edit.press(key)
    assert edit.text == ""
    edit.insert("one two\nthree")
    assert edit.text == "one two three"
    edit.remember()
    edit.remember()
    edit.press("ctrl+w")
    assert edit.text == "one two "
    edit.press("left")
    edit.press("backspace")
    assert edit.text == "one tw "
    edit.press("ctrl+k")
    edit.press("ctrl+u")
    assert edit.text == ""
    edit.press("up")
    assert edit.text == "one two three"
    edit.press("down")
    assert edit.text == ""
    edit.insert("half a tho")
    edit.press("up")
    edit.press("down")
    assert edit.text == "half a tho"
    assert not edit.press("f5")


@pytest.mark.parametrize(
    ("text", "value", "after"),
    [
        ("", "bad", "state:bad"),
        ("state:bad", "bad", ""),
        ("state:ok age<2h", "bad", "state:bad age<2h"),
        ('name:"a b" state:bad', "", 'name:"a b"'),
        ("(state:run OR age<1h)", "bad", "state:bad (state:run OR age<1h)"),
        ("-state:ok", "live", "state:live -state:ok"),
    ],
)
def test_quick_keys_write_into_the_text(text: str, value: str, after: str) -> None:
    assert with_state(text, value) == after
    parse(after)


class Paced:
    """A pace whose time stands still but for `pass_by`; `done` is when the work was done."""

    def __init__(self, takes: float = 0.0) -> None:
        self.now, self.done = 100.0, list[float]()
        self.later: list[tuple[float, Callable[[], None]]] = []
        self._takes = takes
        self.pace = Pace(self._in, self._work, lambda: self.now)

    def _work(self) -> None:
        self.done.append(self.now)
        self.now += self._takes

    def _in(self, wait: float, work: Callable[[], None]) -> None:
        self.later.append((self.now + wait, work))

    def pass_by(self, seconds: float) -> None:
        """Time passes; what is due is done."""
        end = self.now + seconds
        while due := [one for one in self.later if one[0] <= end]:
            first = min(due, key=lambda one: one[0])
            self.later.remove(first)
            self.now = first[0]
            first[1]()
        self.now = end


def test_work_is_not_done_again_before_its_time() -> None:
    paced = Paced()
    for _ in range(50):
        paced.pace.ask()
    assert paced.done == [100.0]
    assert len(paced.later) == 1
    assert paced.pace.waiting
    paced.pass_by(3)
    assert paced.done == [100.0, 100.0 + LEAST]
    assert not paced.pace.waiting


@pytest.mark.parametrize(
    ("takes", "rests"), [(0.001, LEAST), (0.007, 7 * CALM / 1_000), (0.03, UNSEEN), (0.2, UNSEEN), (0.5, SHARE * 0.5)]
)
def test_the_longer_work_takes_the_longer_it_rests(takes: float, rests: float) -> None:
    paced = Paced(takes)
    paced.pace.ask()
    paced.pace.ask()
    paced.pass_by(5)
    assert paced.done == [100.0, pytest.approx(100.0 + takes + rests)]


def test_work_waits_for_the_picture_of_a_key_but_not_for_ever() -> None:
    paced = Paced()
    paced.pace.key()
    paced.pace.ask()
    assert not paced.done
    paced.pass_by(HUSH)
    assert paced.done == [100.0 + HUSH]
    paced.now = 110.0
    paced.pace.key()
    assert paced.pace.hushed
    paced.pace.ask()
    for _ in range(100):  # keys that repeat
        paced.pass_by(0.03)
        paced.pace.key()
    assert len(paced.done) == 2
    assert PATIENCE <= paced.done[1] - 110 < PATIENCE + 2 * HUSH


def test_events_are_what_changed_not_what_was_there() -> None:
    desk, log = FakeDesk(), Events()
    log.look(desk.store, NOW)
    assert not log.lines
    source = SOURCES[0]
    running = next(task for task in tasks_of(source, 60) if task.state is State.RUNNING)
    fill(desk.store, source, [running._replace(state=State.FAILED, error="OOM\x1b[2J", ended_at=NOW)])
    log.look(desk.store, NOW)
    assert [event.what for event in log.lines] == [State.FAILED]
    assert "\x1b" not in log.lines[0].text
    fill(desk.store, source, [t for t in tasks_of(source, 30, seed=8) if t.state.bad or t.state is State.SUCCEEDED])
    log.look(desk.store, NOW)
    assert all(isinstance(event.what, State) and event.what.bad for event in log.lines)
    count = len(log.lines)
    desk.store.set_status(replace(desk.store.status("keys"), trouble=Trouble(Word.AUTH, "401")))
    log.look(desk.store, NOW)
    log.look(desk.store, NOW)
    assert len(log.lines) == count + 1
    assert log.lines[0].what is Word.AUTH


def test_json_is_clean_masked_and_bounded() -> None:
    deep: object = 1
    for _ in range(60):
        deep = [deep]
    value = {"SecretKey": "s", "a\x1b[2J": ["\x1b]0;x\x07", None, {}], "deep": deep, "many": list(range(9_000))}
    pen, desk = Pen(themes.load("deck-dark"), glyphs.UNICODE, NOW), FakeDesk()
    task = next(iter(desk.store.tasks(SOURCES[0].name).values()))
    legend = Legend(NOW, glyphs.UNICODE, desk.store.sources, {})
    raw = Raw(About(desk, lambda: pen, lambda: legend, task, Detail(task, value)))
    for cells in (20, 60, 200):
        inks = [line.ink for line in raw.lines(cells)]
        text = "\n".join(part for ink in inks for part, _ in ink.parts)
        assert len(inks) < 5_000
        assert "\x1b" not in text
        assert MASK[:4] in text  # in 20 cells it is on two lines
        assert all(ink.strip(cells).cell_length == cells for ink in inks)


def test_the_lines_under_a_title_say_what_is_wrong_and_are_few() -> None:
    pen = Pen(themes.load("deck-dark"), glyphs.ASCII, NOW, utc=True)
    source, provider = SOURCES[0], PROVIDERS[0]
    quiet = SourceStatus(source=source, answered_at=NOW, tasks=3)

    def told(*statuses: SourceStatus) -> list[str]:
        return notes(Facts(provider, statuses), pen)

    assert told(quiet) == []
    assert told() == ["no source is configured for this provider"]
    early = Facts(provider, known=False)
    assert notes(early, pen) == []
    assert title(early, pen, 60, active=False).text.split()[-2:] == ["0+", "loading"]
    assert told(SourceStatus(source=source, pages_read=1, rows_read=118)) == ["reading page 2, 118 rows"]
    assert told(replace(quiet, tasks=0)) == ["0 tasks in cn-shanghai"]
    assert told(replace(quiet, answered_at=NOW - 200_000)) == ["as of 12:39:17, 3 rows kept"]
    assert told(replace(quiet, trouble=Trouble(Word.NOKEY), keys=("A_KEY", "A_SECRET"))) == [
        "NOKEY",
        "as of 12:42:37, 3 rows kept; calls have stopped, r tries again",
        "way out: set A_KEY and A_SECRET, then start again; or :login ali-prod (U)",
    ]
    assert told(replace(quiet, skew=-725.0)) == ["this machine's clock is 12m ahead of the provider's"]
    offline = replace(quiet, trouble=Trouble(Word.OFFLINE, "ConnectError"), next_at=NOW + 9_000)
    assert told(offline)[0] == "read again at 12:42:46: TCP: ConnectError"
    assert told(replace(offline, next_at=NOW - 1))[0] == "TCP: ConnectError"
    throttled = replace(offline, trouble=Trouble(Word.THROTTLED, "Throttling", "slow"), next_at=NOW + 38_000)
    assert told(throttled)[0] == "read again in 40s, every 15s: Throttling slow"
    assert told(replace(throttled, effective=60))[0] == "read again in 40s, every 15s -> 60s: Throttling slow"
    many = told(*[replace(quiet, trouble=Trouble(Word.DENIED, "No\x1b[2J")) for _ in range(3)])
    assert many == ["thumbs: No␛", "thumbs: No␛", "and 7 more: H"]


def test_a_title_drops_what_does_not_fit() -> None:
    pen = Pen(themes.load("deck-dark"), glyphs.ASCII, NOW, utc=True)
    desk = FakeDesk()
    facts = gather(PROVIDERS[0], desk.store)
    for cells in (40, 60, 80, 120):
        strip = title(facts, pen, cells, active=True)
        assert strip.cell_length == cells
        assert strip.text.startswith(" 1 FC ")
        assert strip.text.rstrip().endswith("live")
    assert "no source" in title(Facts(PROVIDERS[0]), pen, 60, active=False).text


@pytest.mark.parametrize("cells", range(60, 160))
def test_the_provider_strip_is_never_cut_where_it_fits(cells: int) -> None:
    pen = Pen(themes.load("deck-dark"), glyphs.ASCII, NOW, utc=True)
    desk = FakeDesk(troubles=True)
    facts = [gather(provider, desk.store) for provider in PROVIDERS]
    assert ".." not in bars.providers(facts, pen, cells, 1).text
