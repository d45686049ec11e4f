"""Causes and why on the screen: each key, the filter they respect, the way there and back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from tests.ui.driving import driven, press, settle, strips, text
from tests.ui.fake_desk import NOW, SOURCES, FakeDesk, fill, tasks_of
from tui.model import State, Task, TaskKey
from tui.query.signature import cause
from tui.status import Trouble, Word
from tui.ui.board import ALL
from tui.ui.causes_screen import CausesScreen
from tui.ui.detail import TaskScreen
from tui.ui.glyphs import ASCII, UNICODE
from tui.ui.health_screen import HealthScreen
from tui.ui.home import Home
from tui.ui.spark import spark
from tui.ui.why_screen import WhyScreen
from tui.view.why import Asks, Health

pytestmark = pytest.mark.screen

SIZES = [(60, 15), (80, 24), (120, 40), (200, 60)]


def causes(pilot: Pilot[int]) -> CausesScreen:
    screen = pilot.app.screen
    assert isinstance(screen, CausesScreen)
    return screen


def top(pilot: Pilot[int]) -> object:
    """The screen that keys go to."""
    return pilot.app.screen


async def found(pilot: Pilot[int]) -> None:
    """Until all tasks have been looked at."""
    while getattr(pilot.app.screen, "working", False):
        await settle(pilot)


async def opened(pilot: Pilot[int], *keys: str) -> None:
    await press(pilot, *keys)
    await found(pilot)
    await settle(pilot)


def known(desk: FakeDesk) -> list[Task]:
    return [task for source in SOURCES for task in desk.store.tasks(source.name).values()]


def expected(tasks: list[Task]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for task in tasks:
        if (why := cause(task)) is not None:
            counts[why] = counts.get(why, 0) + 1
    return counts


async def test_every_bad_task_counts_under_its_cause_most_first() -> None:
    desk = FakeDesk()
    async with driven(desk) as (pilot, _):
        await opened(pilot, "e")
        rows = causes(pilot).table.spot.rows
        assert {one.text: one.count for one in rows} == expected(known(desk))
        assert [one.count for one in rows] == sorted((one.count for one in rows), reverse=True)
        head = text(pilot).splitlines()[1].split()
        assert head == ["COUNT", "FIRST", "LAST", "SRC", "CAUSE", "TARGETS", "SHAPE", "24h"]
        assert "\x1b" not in text(pilot)


async def test_the_column_of_sources_is_as_wide_as_they_need() -> None:
    def shown(pilot: Pilot[int]) -> tuple[int, set[str]]:
        """The cells of the column, and what stands in it."""
        head, *rows = text(pilot).splitlines()[1:]
        begin, end = head.index("SRC"), head.index("CAUSE")
        return end - begin - 1, {row[begin:end].strip() for row in rows[: len(causes(pilot).table.spot.rows)]}

    desk = FakeDesk()
    async with driven(desk, (120, 40)) as (pilot, _):
        await opened(pilot, "e")
        cells, shorts = shown(pilot)
        assert cells == max(map(len, shorts)) > 3
    async with driven(desk, (120, 40)) as (pilot, home):
        home.write_filter("src:tat")
        await opened(pilot, "e")
        assert shown(pilot) == (3, {"TAT"})


async def test_the_filter_of_the_view_holds_and_says_so() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40)) as (pilot, home):
        await press(pilot, "4")
        home.write_filter("target:ins-2k8dq01x")
        await opened(pilot, "e")
        among = [task for task in known(desk) if task.key.source == "commands" and task.target == "ins-2k8dq01x"]
        assert {one.text: one.count for one in causes(pilot).table.spot.rows} == expected(among)
        first = text(pilot).splitlines()[0]
        assert "of target:ins-2k8dq01x adapter=tencent-tat" in first
        await press(pilot, "escape")
        home.write_filter("id:nothing-has-this")
        await opened(pilot, "e")
        assert "no task that failed matches the filter" in text(pilot)


@pytest.mark.parametrize("keys", [("enter",), ("j", "enter")])
async def test_enter_shows_the_tasks_of_a_cause_and_esc_comes_back(keys: tuple[str, ...]) -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40)) as (pilot, home):
        await press(pilot, "0", "j")
        home.write_filter("src:fc,tat OR src:os")
        before = home.active.place.key
        await opened(pilot, "e", *keys[:-1])
        one = causes(pilot).table.spot.row
        assert one is not None
        await press(pilot, "enter")
        while home._working:
            await settle(pilot)
        assert top(pilot) is home
        assert home.view == ALL
        assert len(home.active.place.rows) == one.count
        assert {cause(task) for task in home.active.place.rows} == {one.text}
        await press(pilot, "escape")
        await settle(pilot)
        assert causes(pilot).table.spot.row is one
        await press(pilot, "escape")
        while home._working:
            await settle(pilot)
        assert top(pilot) is home
        assert home.filter.edit.text == "src:fc,tat OR src:os"
        assert home.active.place.key == before


async def test_what_comes_meanwhile_is_counted_and_what_recovers_leaves() -> None:
    desk = FakeDesk()
    async with driven(desk) as (pilot, home):
        await opened(pilot, "e")
        live = [task for task in desk.store.tasks("thumbs").values() if task.state.live]
        failed = [task._replace(state=State.FAILED, error=f"boom {at}", ended_at=NOW) for at, task in enumerate(live)]
        fill(desk.store, SOURCES[0], failed)
        causes(pilot)._tick()
        await found(pilot)
        boom = next(one for one in causes(pilot).table.spot.rows if one.text == "boom <n>")
        assert boom.count == len(live)
        desk.store.settle(SOURCES[0], [task._replace(state=State.SUCCEEDED, error=None) for task in failed])
        causes(pilot)._tick()
        await found(pilot)
        assert "boom" not in text(pilot)
        assert {one.text: one.count for one in causes(pilot).table.spot.rows} == expected(known(desk))
        await press(pilot, "escape", "p")
        assert home.paused
        await opened(pilot, "e")
        fill(desk.store, SOURCES[0], failed)
        causes(pilot)._tick()
        await found(pilot)
        assert "boom" not in text(pilot)


async def test_a_filter_by_age_is_asked_again_as_time_goes_by() -> None:
    desk = FakeDesk()
    async with driven(desk) as (pilot, home):
        await press(pilot, "0")
        home.write_filter("age<1d")
        await opened(pilot, "e")
        screen = causes(pilot)
        many = screen._found.tasks
        assert many
        home._options = home._options._replace(clock=lambda: NOW + 5 * 86_400_000)
        screen._begun -= 60
        screen._tick()
        await found(pilot)
        assert screen._found.tasks == 0


async def test_the_feed_is_let_go_with_the_screen() -> None:
    desk = FakeDesk()
    async with driven(desk) as (pilot, _):
        before = len(desk.store._feeds)
        await opened(pilot, "e")
        assert len(desk.store._feeds) == before + 1
        await press(pilot, "escape")
        await settle(pilot)
        assert len(desk.store._feeds) == before


async def test_words_narrow_and_nothing_failed_is_one_calm_line() -> None:
    async with driven(FakeDesk()) as (pilot, _):
        await opened(pilot, "e")
        await press(pilot, "slash", *"kps")
        assert {one.text for one in causes(pilot).table.spot.rows} <= set(expected(known(FakeDesk())))
        assert all("KPS" in line for line in text(pilot).splitlines()[2:3])
        await press(pilot, *" qqq")
        assert "no cause has these words" in text(pilot)
        await press(pilot, "escape", "escape")
    async with driven(FakeDesk(0)) as (pilot, _):
        await opened(pilot, "e")
        assert "nothing has failed, as far as is known" in text(pilot)
        await press(pilot, "enter", "C")
        assert "no cause to copy" in text(pilot)


async def test_copies_all_that_is_shown_as_markdown() -> None:
    desk = FakeDesk()
    async with driven(desk) as (pilot, _):
        await opened(pilot, "e")
        told: list[tuple[str, str]] = []
        causes(pilot)._copy = lambda text, what: told.append((text, what))
        await press(pilot, "C")
        (markdown, what), rows = told[0], causes(pilot).table.spot.rows
        lines = markdown.splitlines()
        assert what == f"{len(rows):,} causes as Markdown"
        assert lines[0] == "| COUNT | FIRST | LAST | SRC | CAUSE | TARGETS | LAST TASK | REQUEST |"
        assert len(lines) == len(rows) + 2
        latest = desk.store.get(rows[0].latest)
        assert latest is not None
        assert latest.key.id in lines[2]
        assert latest.request_id
        assert latest.request_id in lines[2]
        assert "\x1b" not in markdown


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("keys", [("e",), ("0", "n", "X")])
@pytest.mark.parametrize("glyphs", ["ascii", "unicode"])
async def test_no_line_is_wider_than_the_screen(size: tuple[int, int], keys: tuple[str, ...], glyphs: str) -> None:
    desk = FakeDesk()
    wide = [
        task._replace(error="内存不足:已超过 512MB 的限制 💥" * 40, target="数据库-主库" * 20)
        for task in known(desk)[:60]
    ]
    fill(desk.store, SOURCES[0], [task for task in wide if task.key.source == SOURCES[0].name])
    async with driven(desk, size, ui={"glyphs": glyphs}) as (pilot, _):
        await opened(pilot, *keys)
        lines = strips(pilot)
        assert len(lines) == size[1]
        assert {line.cell_length for line in lines} == {size[0]}
        await press(pilot, "G", "ctrl+u", "g", "pagedown")
        assert {line.cell_length for line in strips(pilot)} == {size[0]}


async def test_the_mouse_points_and_opens() -> None:
    async with driven(FakeDesk(), (80, 24)) as (pilot, home):
        await opened(pilot, "e")
        await pilot.click("Table", offset=(5, 2))
        await settle(pilot)
        assert causes(pilot).table.spot.cursor == 1
        await pilot.click("Table", offset=(5, 20))
        assert causes(pilot).table.spot.cursor == 1
        await pilot.click("Table", offset=(5, 2))
        await settle(pilot)
        assert top(pilot) is home
        await opened(pilot, "X")
        await pilot.click("Reasons", offset=(9, 2))
        await settle(pilot)
        assert not isinstance(top(pilot), WhyScreen)


def test_a_spark_has_the_cells_it_is_given() -> None:
    assert spark([0, 0, 1, 9], 4, ASCII) == "__.|"
    assert spark([0] * 48, 12, ASCII) == "_" * 12
    assert spark([0, 1, 2, 9], 2, UNICODE) == "⣠⣼"
    assert len(spark(list(range(48)), 24, UNICODE)) == 24
    assert spark([], 3, ASCII) == "___"


# Why.


def why(pilot: Pilot[int]) -> WhyScreen:
    screen = pilot.app.screen
    assert isinstance(screen, WhyScreen)
    return screen


async def explained(pilot: Pilot[int], home: Home, desk: FakeDesk) -> Task:
    """On the reasons of a command that failed."""
    await press(pilot, "0")
    failed = next(task for task in desk.store.tasks("commands").values() if task.error == "TASK_TIMEOUT")
    assert home.active.place.seek(failed.key)
    await opened(pilot, "X")
    return failed


def at(pilot: Pilot[int], kind: type) -> int:
    return next(at for at, one in enumerate(why(pilot).listed.reasons) if isinstance(one.evidence, kind))


async def test_why_numbers_its_reasons_and_names_their_evidence() -> None:
    desk = FakeDesk()
    async with driven(desk) as (pilot, home):
        failed = await explained(pilot, home, desk)
        seen = text(pilot)
        assert failed.key.id in seen.splitlines()[0]
        assert "WHY  evidence only, no guess" in seen
        assert f"{failed.target}: " in seen
        for reason in why(pilot).listed.reasons:
            assert reason.text[:60] in seen
            assert reason.named in seen
        await press(pilot, "G")
        assert why(pilot).listed.cursor == len(why(pilot).listed.reasons) - 1
        await press(pilot, "k", "g", "escape")
        assert top(pilot) is home
        assert home.active.place.key == failed.key


async def test_enter_opens_the_tasks_that_show_it_and_esc_comes_back() -> None:
    desk = FakeDesk()
    async with driven(desk) as (pilot, home):
        failed = await explained(pilot, home, desk)
        screen = why(pilot)
        screen.listed.go(at(pilot, Asks))
        await press(pilot, "enter")
        while home._working:
            await settle(pilot)
        assert top(pilot) is home
        assert failed.key in {task.key for task in home.active.place.rows}
        assert failed.key.id in text(pilot).splitlines()[0]
        await press(pilot, "escape")
        await settle(pilot)
        assert top(pilot) is screen
        assert screen.listed.reasons


async def test_enter_opens_the_task_and_the_health_of_a_source() -> None:
    desk = FakeDesk()
    status = desk.store.status("commands")
    desk.store.set_status(replace(status, trouble=Trouble(Word.THROTTLED, "RequestLimitExceeded")))
    gone = next(iter(desk.store.tasks("commands").values()))._replace(state=State.VANISHED, error=None)
    desk.store.settle(SOURCES[3], [gone])
    async with driven(desk) as (pilot, home):
        await press(pilot, "0")
        assert home.active.place.seek(gone.key)
        await opened(pilot, "X")
        screen = why(pilot)
        screen.listed.go(at(pilot, TaskKey))
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, TaskScreen)
        assert gone.key.id in text(pilot)
        await press(pilot, "escape")
        assert top(pilot) is screen
        screen.listed.go(at(pilot, Health))
        await press(pilot, "enter")
        health = top(pilot)
        assert isinstance(health, HealthScreen)
        assert health.page.spot.row == "commands"
        await press(pilot, "enter")
        await settle(pilot)
        assert top(pilot) is home
        assert home.view == 4


@pytest.mark.parametrize(("key", "what"), [("X", "explain"), ("enter", "open"), ("y", "open"), ("F", "follow")])
async def test_there_may_be_nothing_to_explain_open_or_follow(key: str, what: str) -> None:
    async with driven(FakeDesk(0)) as (pilot, home):
        await press(pilot, key)
        assert top(pilot) is home
        assert f"no task to {what}" in text(pilot)
        assert " follow " not in text(pilot).splitlines()[0]


async def test_commands_lead_there_too() -> None:
    desk = FakeDesk()
    async with driven(desk) as (pilot, _):
        await press(pilot, "0", "colon", *"causes", "enter")
        assert isinstance(pilot.app.screen, CausesScreen)
        await press(pilot, "escape", "colon", *"why", "enter")
        assert isinstance(pilot.app.screen, WhyScreen)


async def test_a_hundred_thousand_tasks_are_looked_at_between_the_keys() -> None:
    desk = FakeDesk()
    fill(desk.store, SOURCES[0], tasks_of(SOURCES[0], 3_000, seed=4))
    async with driven(desk) as (pilot, _):
        await press(pilot, "e", "j")
        assert isinstance(pilot.app.screen, CausesScreen)
        await found(pilot)
        assert {one.text: one.count for one in causes(pilot).table.spot.rows} == expected(known(desk))
