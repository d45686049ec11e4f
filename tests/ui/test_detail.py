"""Drill-down: what the tabs show, the ways through them and back, and what hostile answers do: one line."""

from __future__ import annotations

import asyncio
import logging
import stat
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.ui.driving import driven, press, settle, text
from tests.ui.fake_desk import NOW, SOURCES, FakeDesk, fill, tasks_of
from tui.answers import Detail, Output
from tui.errors import BadRequest, Throttled
from tui.model import State, Task, TaskKey
from tui.ui import glyphs, themes
from tui.ui.detail import TaskScreen
from tui.ui.home import Home
from tui.ui.task import diff
from tui.ui.task.diff import Diff
from tui.ui.task.output import Stage
from tui.ui.task.tabbed import OUTPUT, OVERVIEW, RAW, RELATED
from tui.ui.titles import Pen
from tui.view import Sort

pytestmark = pytest.mark.screen


def shown(pilot: Pilot[int]) -> TaskScreen:
    """The task on top."""
    screen = pilot.app.screen
    assert isinstance(screen, TaskScreen)
    return screen


def top(pilot: Pilot[int]) -> object:
    """Whatever is on top."""
    return pilot.app.screen


async def done(pilot: Pilot[int]) -> None:
    """Until nothing is cut, looked for or saved any more."""
    screen = shown(pilot)
    busy = ("rows", "seek", "save", "kin", "output")
    while any(one.name in busy and not one.is_finished for one in pilot.app.workers if one.node is screen):
        await settle(pilot)
        await asyncio.sleep(0)
    await settle(pilot)


def place(home: Home) -> tuple[Any, ...]:
    """Everything that is to be as it was."""
    pane = home.active
    spot = pane.place
    return home.view, home.filter.edit.text, home.board.sort(pane.digit), spot.key, spot.top, spot.cursor


# Facts, and the way back.


async def test_a_fact_opens_those_that_share_it_and_esc_restores_all() -> None:
    async with driven(None, (120, 30), "0", "slash", *"state:ok", "enter", *("j",) * 40) as (pilot, home):
        home.board.order(0, Sort("duration_ms", True))
        home.take()
        before = place(home)
        await press(pilot, "enter")
        screen = shown(pilot)
        task = screen.about.task
        await press(pilot, "j")
        spot = screen.reader.spot
        at = spot.cursor, spot.top
        await press(pilot, "enter")
        assert top(pilot) is home
        assert 1 < len(home.active.place.rows) < 370
        assert f"> {task.key.id[:10]}" in text(pilot).splitlines()[0]
        home.board.order(0, Sort("id"))
        await press(pilot, "G", "x", "escape")
        assert top(pilot) is screen
        assert (screen.reader.spot.cursor, screen.reader.spot.top) == at
        assert screen.about.task.key == task.key
        await press(pilot, "escape")
        assert top(pilot) is home
        assert place(home) == before


async def test_the_way_can_be_long_and_each_esc_is_one_step() -> None:
    async with driven(None, (120, 30), "4", "j", "enter") as (pilot, home):
        first = shown(pilot)
        await press(pilot, "enter", "j", "enter")
        second = shown(pilot)
        await press(pilot, "j", "enter")
        assert top(pilot) is home
        header = text(pilot).splitlines()[0]
        assert header.count(" > ") >= 3
        await press(pilot, "escape")
        assert top(pilot) is second
        await press(pilot, "escape")
        assert top(pilot) is home
        await press(pilot, "escape")
        assert top(pilot) is first
        await press(pilot, "escape")
        assert home.view == 4
        assert home.active.place.cursor == 1
        assert not home._crumbs


async def test_who_goes_elsewhere_does_not_come_back() -> None:
    async with driven(None, (120, 30), "4", "enter", "enter") as (pilot, home):
        assert home._crumbs
        await press(pilot, "2")
        assert not home._crumbs
        assert len(pilot.app.screen_stack) == 1
        assert not pilot.app._installed_screens
        await press(pilot, "escape")
        assert home.view == -1 or home.view == 2 or top(pilot) is home


async def test_a_task_that_is_kept_asks_nothing_and_asks_again_when_one_is_back() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 30), "4", "a", "enter") as (pilot, _):
        screen = shown(pilot)
        await press(pilot, "enter")
        running = [one.name for one in pilot.app.workers if one.node is screen and one.is_running]
        assert running == []
        asked = len(desk.asked)
        await press(pilot, "escape")
        assert top(pilot) is screen
        assert len(desk.asked) == asked + 1


async def test_a_related_task_opens_and_its_list_can_be_walked() -> None:
    async with driven(None, (120, 40), "4", "enter", "5") as (pilot, _):
        screen = shown(pilot)
        await done(pilot)
        assert screen.about.kin is not None
        rows = [task.key for task, _ in screen.about.kin.newest]
        at = next(at for at, line in enumerate(screen.reader.lines) if line.opens == rows[0])
        screen.reader.go(at)
        await press(pilot, "enter")
        assert shown(pilot).about.task.key == rows[0]
        assert f"1 of {len(rows)}" in text(pilot)
        await press(pilot, "J")
        assert shown(pilot).about.task.key == rows[1]
        await press(pilot, "escape")
        assert top(pilot) is screen
        assert screen._tab == RELATED


async def test_related_counts_what_shares_something() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "1", "enter", "5") as (pilot, _):
        await done(pilot)
        task = shown(pilot).about.task
        kin = shown(pilot).about.kin
        assert kin is not None
        alike = [one for one in desk.store.tasks("thumbs").values() if one.name == task.name and one.key != task.key]
        assert kin.relations[0].others == len(alike)
        assert f"5 Related {len(alike)}" in text(pilot)
        assert f"{len(alike)} others" in text(pilot)


# What hostile and failing answers do.


class Answering(FakeDesk):
    """Answers with whatever a test wants."""

    answer: Any = None
    task: Task | None = None
    hangs = False

    async def detail(self, key: TaskKey, *, output: bool = False) -> Detail:
        """The test's answer."""
        found = await super().detail(key, output=output)
        if self.hangs:
            await asyncio.Event().wait()
        return found._replace(answer=self.answer, task=self.task or found.task)


DEEP: Any = "x"
for _ in range(300):
    DEEP = {"a": [DEEP]}
HOSTILE = [
    None,
    [],
    "just a text",
    3.5,
    DEEP,
    {"": {"\x1b]0;x\x07": "\x1b[2J\u202e", "k" * 5_000: "v" * 1_000_000}},
    {"events": [None, 3, {"timestamp": float("nan"), "status": "x"}, {"timestamp": "soon"}, {"time": True}]},
    {
        "events": {"a": 1},
        "Events": [{"timestamp": 1e300, "status": {}}, {"timestamp": 1768465680000, "status": "\x1b[31mRun"}],
    },
    [{"a": at} for at in range(50_000)],
    {str(at): {"Password": "hunter2"} for at in range(3_000)},
]


@pytest.mark.parametrize("answer", HOSTILE, ids=range(len(HOSTILE)))
async def test_any_answer_is_shown_on_every_tab(answer: Any) -> None:
    desk = Answering()
    desk.answer = answer
    async with driven(desk, (80, 24), "0", "enter") as (pilot, _):
        for tab in "123456":
            await press(pilot, tab, "G", "g")
            seen = text(pilot)
            assert all(char.isprintable() or char == "\n" for char in seen)
            assert "hunter2" not in seen
        await press(pilot, "minus", "space", "plus", "y", "slash", *"zzz", "enter")
        assert isinstance(pilot.app.screen, TaskScreen)


async def test_an_answer_about_another_task_is_one_line() -> None:
    desk = Answering()
    desk.task = tasks_of(SOURCES[1], 3)[2]
    async with driven(desk, (120, 30), "1", "enter") as (pilot, home):
        assert "the answer is about another task: trigger__" in text(pilot)
        key = home.active.place.key
        assert key is not None
        assert key.id in text(pilot)
        await press(pilot, "o")
        assert "the answer was about another task" in text(pilot)
        assert shown(pilot).output.printed is None


async def test_a_hanging_answer_holds_nothing_up() -> None:
    desk = Answering()
    desk.hangs = True
    async with driven(desk, (120, 30), "0", "enter", "o") as (pilot, home):
        assert "asking for it" in text(pilot)
        assert "asking" in text(pilot).splitlines()[1]
        await press(pilot, "2", "5", "J", "1")
        assert home.active.place.cursor == 1
        assert shown(pilot).output.stage is Stage.HIDDEN
        await press(pilot, "escape")
        assert top(pilot) is home
        assert not [one for one in pilot.app.workers if one.name in ("detail", "output") and one.is_running]


@pytest.mark.parametrize("error", [BadRequest("no \x1b[2J", code="X"), Throttled("slow down", code="Y")])
async def test_a_failing_output_is_one_line_and_can_be_asked_again(error: Any) -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 30), "0", "enter") as (pilot, _):
        desk.detail_error = error
        await press(pilot, "o")
        assert f"{error.code} {error.message[:2]}" in text(pilot)
        assert "o asks again" in text(pilot)
        desk.detail_error = None
        await press(pilot, "o")
        assert "a first line" in text(pilot)


# Output.


async def printed(pilot: Pilot[int], desk: FakeDesk, home: Home, content: str, **more: Any) -> TaskScreen:
    """The output tab with some text in it."""
    key = home.active.place.key
    assert key is not None
    desk.outputs[key] = Output(content, **more)
    await press(pilot, "enter", "o")
    await done(pilot)
    return shown(pilot)


async def test_output_is_asked_for_by_its_key_alone_and_hidden_from_the_next_task() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 30), "0", "enter", "3") as (pilot, _):
        assert "3 Output 12 KB hidden" in text(pilot)
        assert desk.printed == []
        await press(pilot, "o", "o")
        assert len(desk.printed) == 1 or shown(pilot).about.task.state.live
        await press(pilot, "J")
        assert "12 KB hidden. It may hold secrets." in text(pilot)
        await press(pilot, "K")
        assert "a first line" not in text(pilot)


@pytest.mark.parametrize(
    "content",
    [
        "x" * 1_000_000,
        "界" * 300_000 + "\n\n\n" + "\t" * 300,
        "".join(map(chr, range(1, 256))) * 2_000,
        "\x1b[2J\x1b]0;owned\x07 \u202e\ud800\n" * 5_000,
        "\n" * 200_000,
        "line\r\nline\r\n",
        "\ufffd" * 100_000,
    ],
    ids=["one-line", "wide", "binary", "escapes", "empty-lines", "crlf", "replaced"],
)
async def test_any_output_can_be_read_to_its_end(content: str) -> None:
    desk = FakeDesk()
    async with driven(desk, (80, 24), "0") as (pilot, home):
        screen = await printed(pilot, desk, home, content)
        for key in ("G", "pageup", "g", "pagedown"):
            await press(pilot, key)
            seen = text(pilot)
            assert all(char.isprintable() or char == "\n" for char in seen)
        rows = screen.output.rows
        assert rows is not None
        assert rows.done
        held = sum(len(rows.row(at)) for at in range(len(rows))) if len(content) < 400_000 else len(content)
        assert held > 0 or not content.strip()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("\ufffd\x00" * 1_000 + "\nend", "no text: 1,000 bytes are neither UTF-8 nor (from Windows) GBK"),
        ("错误 fine", ""),
    ],
)
async def test_what_is_no_text_is_told_above_it(content: str, told: str) -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 30), "0") as (pilot, home):
        await printed(pilot, desk, home, content)
        assert ("no text: " in text(pilot)) == bool(told)
        assert told in text(pilot)


async def test_fifty_megabytes_are_shown_at_once_and_cut_between_the_keys() -> None:
    desk = FakeDesk()
    async with driven(desk, (80, 24), "0") as (pilot, home):
        key = home.active.place.key
        assert key is not None
        desk.outputs[key] = Output("0123456789" * 5_000_000 + "\nneedle")
        await press(pilot, "enter", "o")
        rows = shown(pilot).output.rows
        assert rows is not None
        assert "0123456789" in text(pilot)
        assert not rows.done
        await press(pilot, "j", "1")
        assert shown(pilot)._tab == OVERVIEW
        await press(pilot, "3", "slash", *"needle", "enter")
        await done(pilot)
        line = shown(pilot).reader.line
        assert line is not None
        assert "".join(part for part, _ in line.ink.parts) == "needle"
        assert "50 MB" in text(pilot)


async def test_words_are_found_forwards_backwards_and_round_the_end() -> None:
    desk = FakeDesk()
    async with driven(desk, (80, 24), "0") as (pilot, home):
        lines = [f"line {at}" + (" Error: [x]" if at in (5, 500, 900) else "") for at in range(1_000)]
        screen = await printed(pilot, desk, home, "\n".join(lines))
        await press(pilot, "slash", *"error: [", "enter")
        found = []
        for key in ("n", "n", "n", "N", "N"):
            await done(pilot)
            found.append(screen.reader.spot.cursor)
            await press(pilot, key)
        assert found == [5, 500, 900, 5, 900]
        await press(pilot, "slash", *"ERROR", "enter")
        await done(pilot)
        assert "no ERROR in it" in text(pilot)
        await press(pilot, "slash", "escape", "n")
        assert screen._words == "ERROR"


async def test_what_the_provider_cut_off_and_where_the_rest_is_are_told() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 30), "0") as (pilot, home):
        await printed(pilot, desk, home, "tail\n", dropped=10_240, url="https://cos.example/log\x1b[2J")
        assert "the provider cut off 10 KB" in text(pilot)
        assert "whole at https://cos.example/log" in text(pilot)


async def test_an_empty_output_says_so() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 30), "0") as (pilot, home):
        await printed(pilot, desk, home, "")
        assert "the task printed nothing" in text(pilot)


async def test_saving_makes_a_file_for_its_owner_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    desk = FakeDesk()
    async with driven(desk, (120, 30), "0") as (pilot, home):
        await printed(pilot, desk, home, "verbatim \x1b[2J\n")
        await press(pilot, "s", "enter")
        await done(pilot)
        (saved,) = tmp_path.iterdir()  # noqa: ASYNC240 - a folder of this test
        assert saved.read_text() == "verbatim \x1b[2J\n"
        assert stat.S_IMODE(saved.stat().st_mode) == 0o600
        assert "saved 14 bytes as" in text(pilot)
        await press(pilot, "s", "enter")
        await done(pilot)
        assert "not saved, it is there already" in text(pilot)
        assert saved.read_text() == "verbatim \x1b[2J\n"
        (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
        await press(pilot, "s", "ctrl+u", *"link", "enter")
        await done(pilot)
        assert "not saved, it is there already" in text(pilot)
        assert not (tmp_path / "elsewhere").exists()
        await press(pilot, "s", "ctrl+u", *"no/such/folder", "enter")
        await done(pilot)
        assert "not saved" in text(pilot)


async def test_the_suggested_name_is_one_any_file_system_takes(tmp_path: Path) -> None:
    from tui.ui.task.save import suggested

    for ident in ("../../etc/passwd", "", "a\x00b\n", "界", "." * 300, "x" * 5_000, "trigger__2026:1"):
        name = suggested(TaskKey("s", "", ident))
        (tmp_path / name).write_text("")
        assert name.endswith(".txt")
        assert "/" not in name


# Raw.


async def test_secrets_show_for_a_while_and_the_log_knows_but_not_what(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    desk = FakeDesk()
    async with driven(desk, (120, 30), "0", "y", "M") as (pilot, home):
        assert "do-not-show-me" in text(pilot)
        key = home.active.place.key
        told = [record.getMessage() for record in caplog.records if "secrets" in record.getMessage()]
        assert told == [f"{key}: the secrets of its raw answer were shown for 30 s"]
        assert "do-not-show-me" not in caplog.text
        await press(pilot, "J", "K")
        assert "do-not-show-me" not in text(pilot)


async def test_folds_stay_while_the_answer_is_read_again() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "0", "a", "y", "minus") as (pilot, _):
        assert '"Events": [ 2 items ]' in text(pilot)
        await press(pilot, "r")
        assert '"Events": [ 2 items ]' in text(pilot)
        screen = shown(pilot)
        at = next(at for at, line in enumerate(screen.reader.lines) if line.opens and at)
        screen.reader.go(at)
        await press(pilot, "enter", "G")
        assert "{ 3 fields }" in text(pilot)


# Timeline, overview, comparing.


async def test_the_timeline_tells_what_was_seen_from_what_is_said() -> None:
    desk = FakeDesk()
    live = next(task for task in desk.store.tasks("thumbs").values() if task.state is State.RUNNING)
    failed = live._replace(state=State.FAILED, native_state="Failed", ended_at=NOW - 500, seen_at=NOW, error="boom 12")
    fill(desk.store, SOURCES[0], [failed])
    async with driven(desk, (120, 40), "1") as (pilot, home):
        assert home.active.place.seek(failed.key)
        await press(pilot, "enter", "2")
        seen = text(pilot)
        assert "seen in the list; 1s before it was not so yet" in seen
        assert seen.count("(?)") == 3
        await press(pilot, "1")
        assert "(?)" in text(pilot)
        assert "boom 12" in text(pilot)


async def test_an_event_of_the_provider_takes_the_place_of_a_guess() -> None:
    desk = Answering()
    task = next(iter(desk.store.tasks("thumbs").values()))
    assert task.started_at is not None
    desk.answer = {"events": [{"timestamp": task.started_at, "status": "Dequeued"}]}
    async with driven(desk, (120, 40), "1") as (pilot, home):
        home.active.place.seek(task.key)
        await press(pilot, "enter", "2")
        assert "Dequeued" in text(pilot)
        assert "the provider's own event" in text(pilot)
        assert "started" not in text(pilot).split("HOW IT IS KNOWN")[1]


async def test_how_it_is_known_is_told_whole_at_80_columns() -> None:
    async with driven(FakeDesk(), (80, 24), "1", "G", "enter", "2") as (pilot, _):
        seen = " ".join(text(pilot).split())
        assert "from the times that the provider" in seen
        assert "gives (?)" in seen
        assert seen.count("a state may have come and gone between two reads.") == 1
        assert ".." not in seen.partition("HOW IT IS KNOWN")[2]


async def test_what_was_on_another_day_is_told_with_its_date() -> None:
    desk = FakeDesk(0)
    (task,) = tasks_of(SOURCES[0], 1)
    old = task._replace(created_at=NOW - 90_000_000, started_at=None, ended_at=None)
    fill(desk.store, SOURCES[0], [old])
    async with driven(desk, (120, 40), "1", "enter") as (pilot, _):
        assert "(?)11-20 11:42:37 . created" in text(pilot)


async def test_v_compares_with_the_marked_task_else_with_the_last_that_was_fine() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "4", "j", "space", "k", "k", "enter", "v") as (pilot, home):
        screen = pilot.app.screen
        assert isinstance(screen, Diff)
        assert "and the marked one" in text(pilot)
        (marked,) = home.board.marked
        assert marked.id in text(pilot)
        await press(pilot, "escape", "escape", "u", "enter", "v")
        assert "the last OK of" in text(pilot)
        other = pilot.app.screen
        assert isinstance(other, Diff)
        assert other._other.state is State.SUCCEEDED
        assert other._other.name == other._one.name
        assert " ! state" in text(pilot) or other._one.state is State.SUCCEEDED


@pytest.mark.parametrize("cells", [60, 80, 120])
async def test_how_related_tasks_ended_is_told_whole_on_a_narrow_screen(cells: int) -> None:
    desk = FakeDesk(200)
    async with driven(desk, (cells, 24), "1", "enter", "5") as (pilot, _):
        await done(pilot)
        lines = [line.rstrip() for line in text(pilot).splitlines()]
        told = lines[lines.index(" THE SAME") + 1 :]
        told = told[: told.index("")]
        assert told
        assert not any(line.endswith("..") for line in told)
        assert all(" others  " in line and " OK  " in line and " FAIL" in line for line in told)


def test_the_longest_name_of_a_field_does_not_touch_its_value() -> None:
    pen = Pen(themes.load("deck-dark"), glyphs.ASCII, NOW, utc=True)
    line = diff._told(diff.Pair("tat.invocation", "inv-1", "inv-2"), pen, 30)[0].strip(80).text
    assert line.split() == ["!", "tat.invocation", "inv-1", "inv-2"]


async def test_one_other_is_no_others() -> None:
    desk = FakeDesk(0)
    one, other = (task._replace(name="alone") for task in tasks_of(SOURCES[0], 2))
    fill(desk.store, SOURCES[0], [one, other])
    async with driven(desk, (120, 40), "1", "enter") as (pilot, _):
        await done(pilot)
        assert "alone  1 other " in text(pilot)
        await press(pilot, "5")
        assert " 1 other  " in text(pilot)
        assert "1 others" not in text(pilot)


async def test_with_nothing_to_compare_it_says_so() -> None:
    desk = FakeDesk(0)
    fill(desk.store, SOURCES[0], tasks_of(SOURCES[0], 1))
    async with driven(desk, (120, 30), "1", "enter", "v") as (pilot, _):
        assert "nothing to compare with" in text(pilot)
        await press(pilot, "5")
        assert "none" in text(pilot)


async def test_opened_from_an_event_a_fact_leads_back_to_it() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 30), "1") as (pilot, home):
        rows = [task for task in desk.store.tasks(SOURCES[0].name).values() if not task.state.bad]
        fill(desk.store, SOURCES[0], [rows[0]._replace(state=State.FAILED, error="boom")])
        home.take()
        await press(pilot, "E", "enter")
        events, screen = pilot.app.screen_stack[1], shown(pilot)
        await press(pilot, "enter")
        assert top(pilot) is home
        await press(pilot, "escape")
        assert pilot.app.screen_stack == [home, events, screen]
        await press(pilot, "escape", "escape")
        assert top(pilot) is home
        assert home.view == 1


@pytest.mark.parametrize("size", [(60, 15), (80, 24), (200, 60)])
async def test_each_tab_fits_each_size(size: tuple[int, int]) -> None:
    async with driven(FakeDesk(troubles=True), size, "0", "enter") as (pilot, _):
        for key in ("1", "2", "3", "o", "4", "5", "6", "tab", "shift+tab"):
            await press(pilot, key)
            await done(pilot)
            assert all(len(line) <= size[0] for line in text(pilot).splitlines())
        assert shown(pilot)._tab not in (OUTPUT, RAW)
