"""Peek and follow: the cursor's task beside the table, and a task that stays in sight."""

from __future__ import annotations

import random
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.driving import driven, press, settle, strips, text
from tests.ui.fake_desk import NOW, PROVIDERS, SOURCES, FakeDesk, fill, make, tasks_of
from tui.model import State, TaskKey
from tui.ui import glyphs, themes
from tui.ui.cells import Legend
from tui.ui.home import Home
from tui.ui.ink import Ink
from tui.ui.peek import LINES, About, brief, head, whole
from tui.ui.titles import Pen

pytestmark = pytest.mark.screen

PEN = Pen(themes.load("deck-dark"), glyphs.ASCII, NOW, utc=True)
LEGEND = Legend(NOW, glyphs.ASCII, {one.name: one for one in SOURCES}, {one.adapter: one.short for one in PROVIDERS})
FAILED = make(SOURCES[3], 1, random.Random(3))._replace(
    key=TaskKey("commands", "", "invt-hq7f2k9a"),
    state=State.FAILED,
    native_state="TASK_TIMEOUT",
    name="nightly-cleanup",
    target="ins-2k8dq01x",
    error="the agent stopped\x1b[2J replying",
    seen_at=NOW - 3_000,
    request_id="6f1c0b22-aaaa-bbbb-cccc-00000000b2",
)


def about(**differs: object) -> About:
    return About(FAILED._replace(**differs), PEN, LEGEND, 15.0)


def told(inks: list[Ink]) -> str:
    return "\n".join("".join(part for part, _ in ink.parts) for ink in inks)


def test_four_lines_say_who_what_how_and_why() -> None:
    first, second, third, fourth = told(brief(about(), 120)).splitlines()
    assert first.startswith(" invt-hq7f2k9a   TAT tx-prod ap-guangzhou ")
    assert "read <20s ago   req 6f1c" in first
    assert "name nightly-cleanup   target ins-2k8dq01x   created 1" in second
    assert "ended 1" in second
    assert third.startswith(" x FAIL  TASK_TIMEOUT ")
    assert fourth == " the agent stopped\u241b replying"


def test_the_moment_of_another_day_has_its_date() -> None:
    assert "created 2026-11-19 12:42:37" in told(brief(about(created_at=NOW - 2 * 86_400_000), 120))


def test_what_matters_least_leaves_the_first_line() -> None:
    assert "req" in told([head(about(), 100)])
    narrow = told([head(about(), 70)])
    assert "req" not in narrow
    assert "read <20s ago" in narrow
    assert "TAT tx-prod ap-guangzhou" in told([head(about(), 60)])


def test_a_live_task_tells_its_progress_and_a_long_error_is_cut_at_its_end() -> None:
    live = told(brief(about(state=State.RUNNING, ended_at=None, error=None, progress=62.0, retries=2), 120))
    assert "62% ######----" in live
    assert "retries 2" in live
    assert "ended" not in live
    long = brief(about(error="E" * 500), 80)
    assert len(long) == LINES
    assert told(long).endswith("E..")
    assert not told(brief(about(error="E" * 78), 80)).endswith("..")


def test_beside_the_table_is_the_whole_overview() -> None:
    seen = told(whole(about(), 64))
    for part in ("FAIL  TASK_TIMEOUT", "read <20s ago", "nightly-cleanup", "tx-prod", "ERROR", "agent stopped"):
        assert part in seen
    assert "\x1b" not in seen


@given(
    st.integers(1, 300),
    st.text(max_size=60),
    st.text(max_size=300),
    st.text(max_size=80),
    st.sampled_from(list(State)),
)
def test_no_text_makes_it_raise_or_wide(cells: int, name: str, error: str, id_: str, state: State) -> None:
    one = about(name=name, target=name, error=error, key=TaskKey("commands", name, id_), state=state, kind=id_)
    assert 3 <= len(brief(one, cells)) <= LINES
    for ink in (*brief(one, cells), *whole(one, cells)):
        assert ink.strip(cells).cell_length == cells
        assert not any("\x1b" in part or "\n" in part for part, _ in ink.parts)


def rows_shown(home: Home) -> int:
    return home.active.place.height


@pytest.mark.parametrize(
    ("size", "keys", "lines"),
    [
        ((80, 24), ("0",), 0),
        ((80, 24), ("0", "P"), 4),
        ((80, 24), ("0", "P", "P"), 0),
        ((120, 40), ("0",), 4),
        ((120, 40), (), 4),
        ((120, 40), ("0", "P"), 0),
        ((200, 60), (), 0),
        ((200, 60), ("P",), 4),
        ((200, 60), ("0",), 55),
        ((200, 60), ("1",), 55),
        ((200, 60), ("0", "P"), 0),
        ((60, 15), ("0", "P"), 0),
        ((60, 18), ("0", "P"), 4),
    ],
)
async def test_where_it_is(size: tuple[int, int], keys: tuple[str, ...], lines: int) -> None:
    async with driven(None, size, *keys) as (pilot, home):
        peek = home.peek
        assert (peek.size.height if peek.region else 0) == lines
        assert rows_shown(home) >= 6
        task = home.active.selected
        assert task is not None
        if lines > 4:
            assert 60 <= peek.size.width <= 70
        if lines:
            seen = "\n".join(strip.text for strip in peek.draw(*peek.size))
            assert task.key.id[:8] in seen
        assert {line.cell_length for line in strips(pilot)} == {size[0]}


async def test_no_room_is_said() -> None:
    async with driven(None, (60, 15), "P") as (pilot, _):
        assert "no room for the peek" in text(pilot)


async def test_it_goes_with_the_cursor_and_asks_nobody() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "0") as (pilot, home):
        for key in ("j", "j", "G", "n", "k", "g", "pagedown"):
            await press(pilot, key)
            task = home.active.selected
            assert task is not None
            assert home.peek.about is not None
            assert home.peek.about.task.key == task.key
            assert task.key.id[:10] in text(pilot).splitlines()[-6]
        assert desk.asked == []
        assert desk.poked == []


async def test_it_draws_only_itself_when_the_cursor_moves() -> None:
    async with driven(None, (120, 40), "0") as (pilot, home):
        drawn: list[str] = []
        for canvas in [*home.bars.values(), home.log_pane]:
            canvas.repaint = lambda name=canvas.id: drawn.append(str(name))  # type: ignore[method-assign, assignment]  # a spy
        await press(pilot, "j")
        assert drawn == []


async def test_how_fresh_it_is_comes_from_the_store_and_stands_still_in_a_pause() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "1", "j") as (pilot, home):
        task = home.active.selected
        assert task is not None
        fill(desk.store, SOURCES[0], [task._replace(seen_at=NOW, request_id="again")])
        await press(pilot, "k", "j")
        assert home.peek.about is not None
        assert home.peek.about.task.request_id == "again"
        await press(pilot, "p")
        fill(desk.store, SOURCES[0], [task._replace(seen_at=NOW, state=State.CANCELLED)])
        home.take()
        assert home.peek.about.task.state is task.state


async def test_an_empty_table_has_an_empty_peek() -> None:
    async with driven(FakeDesk(0), (120, 40), "0") as (_, home):
        assert home.peek.about is None
        assert not "".join(strip.text for strip in home.peek.draw(*home.peek.size)).strip()


def newer(desk: FakeDesk, count: int, seed: int = 50) -> None:
    """So many tasks that are newer than all others."""
    fresh = tasks_of(SOURCES[0], count, seed=seed)
    fill(desk.store, SOURCES[0], [one._replace(created_at=NOW + at) for at, one in enumerate(fresh)])


async def test_a_followed_task_stays_on_screen_also_at_the_head() -> None:
    desk = FakeDesk()
    async with driven(desk, (80, 24), "0", "F") as (pilot, home):
        place = home.active.place
        key = place.key
        assert place.at_home
        assert "follow" in text(pilot).splitlines()[0]
        for seed in range(50, 54):
            newer(desk, 40, seed)
            home.take()
            assert place.key == key
            assert place.cursor in place.window
        assert place.cursor >= 40
        assert "follow" in text(pilot).splitlines()[0]


async def test_without_it_the_head_stays_in_sight() -> None:
    desk = FakeDesk()
    async with driven(desk, (80, 24), "0") as (_, home):
        key = home.active.place.key
        newer(desk, 40)
        home.take()
        assert home.active.place.key != key


@pytest.mark.parametrize("move", ["j", "k", "G", "n", "ctrl+d"])
async def test_a_movement_ends_it_at_once(move: str) -> None:
    async with driven(None, (80, 24), "0", "j", "F", move) as (pilot, home):
        assert home.active.place.follow is None
        assert "follow" not in text(pilot).splitlines()[0]


async def test_pressed_again_it_lets_go_and_nothing_jumps() -> None:
    desk = FakeDesk()
    async with driven(desk, (80, 24), "0", "F", "F") as (pilot, home):
        key = home.active.place.key
        assert "follow" not in text(pilot).splitlines()[0]
        newer(desk, 40)
        home.take()
        assert home.active.place.key == key


async def test_a_task_that_leaves_is_named_once() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "1", "F") as (pilot, home):
        task = home.active.selected
        assert task is not None
        home.write_filter(f"-id:{task.key.id}")
        await settle(pilot)
        said = f"{task.key.id} left the list"
        assert said in text(pilot)
        assert home.active.place.follow is None
        home.say("")
        home.take()
        await settle(pilot)
        assert said not in text(pilot)


async def test_with_no_task_there_is_nothing_to_follow() -> None:
    async with driven(FakeDesk(0), (80, 24), "0", "F") as (pilot, home):
        assert home.active.place.follow is None
        assert "left the list" not in text(pilot)


async def test_beside_an_idle_table_it_is_quiet() -> None:
    async with driven(None, (200, 60), "0") as (_, home):
        place = home.active.place
        place.step_to(1, lambda task: task.state is State.SUCCEEDED and task.since < NOW - 120_000)
        home.paint()
        painted: list[object] = []
        home.peek.refresh = lambda *regions, **options: painted.append(regions)  # type: ignore[method-assign,assignment]
        for second in range(10):
            home._options = home._options._replace(clock=partial(int, NOW + second * 1_000))
            home.tick()
        assert len(painted) <= 3  # the ages of three moments, in steps of ten seconds
