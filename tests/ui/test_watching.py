"""The watch list: pinned on top, asked by id, told when they end, remembered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from tests.ui.driving import driven, press, settle, text
from tests.ui.fake_desk import NOW, SOURCES, FakeDesk, fill, tasks_of
from tui.memory import Memory
from tui.model import State, Task, TaskKey
from tui.ui.home import Home
from tui.watch import MOST

pytestmark = pytest.mark.screen


def keys(tasks: Iterable[Task]) -> list[TaskKey]:
    return [task.key for task in tasks]


def heard(pilot: Pilot[int]) -> list[str]:
    """What is written to the terminal beside the frames, from now on: bells and notifications."""
    driver = pilot.app._driver
    assert driver is not None
    written: list[str] = []

    def keep(data: str) -> None:
        if data.startswith("\x07"):
            written.append(data)

    driver.write = keep  # type: ignore[method-assign]
    return written


async def ends(pilot: Pilot[int], home: Home, task: Task, **facts: object) -> None:
    """A source says that a task has ended."""
    over = task._replace(state=State.FAILED, native_state="Failed", error="boom", ended_at=NOW, **facts)
    source = home.desk.store.sources[task.key.source]
    home.desk.store.settle(source, [over], at=NOW)
    home.tick()
    home.take()
    await settle(pilot)


async def test_b_pins_the_task_on_top_and_the_cursor_stays_on_it() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40), "0", *"jjjjj") as (pilot, home):
        place = home.active.place
        before, task = keys(place.rows), place.task
        assert task is not None
        await press(pilot, "b")
        assert keys(place.rows) == [task.key, *(key for key in before if key != task.key)]
        assert place.key == task.key
        assert desk.watched == {task.key}
        seen = text(pilot)
        assert f"{task.key.id} pinned on top, asked by id every 3 s until it ends" in seen
        assert any(line.startswith("›⚑") for line in seen.splitlines())
        await press(pilot, "b")
        assert keys(place.rows) == before
        assert place.key == task.key
        assert desk.watched == frozenset()
        assert f"{task.key.id} off the watch list" in text(pilot)


async def test_pinned_tasks_are_on_top_of_every_table_in_any_order() -> None:
    async with driven(None, (120, 40), "4", *"jj", "b", "G", "b") as (pilot, home):
        pinned = home.watched.keys
        assert len(pinned) == 2
        for view in ("0", "4", "W"):
            await press(pilot, view)
            home.open_pane = 4
            home.lay_out()
            for order in ("I", "greater_than_sign", "greater_than_sign", "I"):
                await press(pilot, order)
                rows = keys(home.active.place.rows)
                assert set(rows[:2]) == pinned
        await press(pilot, "3")
        assert not set(keys(home.active.place.rows)) & pinned


async def test_marks_are_pinned_all_together_and_off_again() -> None:
    async with driven(None, (120, 40), "0", "space", "space", "space", "b") as (pilot, home):
        assert home.watched.keys == home.board.marked
        assert "3 tasks pinned on top" in text(pilot)
        await press(pilot, "u", "g", "b", *"jjjj", "b")
        assert len(home.watched) == 3
        await press(pilot, "asterisk", "b")
        assert f"not pinned: the watch list holds {MOST}, 3 are in it" in text(pilot)
        assert len(home.watched) == 3


async def test_a_filter_holds_for_them_and_can_ask_for_them() -> None:
    async with driven(None, (120, 40), "0", *"jjj", "b", "j", "b") as (pilot, home):
        pinned = home.watched.keys
        home.write_filter("pin:yes")
        await settle(pilot)
        assert set(keys(home.active.place.rows)) == pinned
        await press(pilot, "b")
        home.board.settle(NOW + 10_000)
        home.take()
        assert set(keys(home.active.place.rows)) == home.watched.keys < pinned
        home.write_filter("-pin:yes")
        await settle(pilot)
        assert not set(keys(home.active.place.rows)) & home.watched.keys


async def test_the_end_of_a_watched_task_rings_and_is_an_event(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TMUX", "STY", "TERM_PROGRAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    async with driven(None, (120, 40), "0", "a", "b", "j", "b") as (pilot, home):
        rung = heard(pilot)
        first, second = [task for task in home.active.place.rows if task.key in home.watched]
        other = next(task for task in home.active.place.rows if task.key not in home.watched)
        await ends(pilot, home, other)
        assert rung == []
        await press(pilot, "j")
        await ends(pilot, home, first)
        assert rung == ["\x07"]
        assert re.search(rf"FAIL +\w+ +watched: {first.key.id}", text(pilot))
        assert first.key in home.watched, "it stays on top, to be looked at"
        home.tick()
        assert len(rung) == 1
        await press(pilot, "p")
        await ends(pilot, home, second)
        assert len(rung) == 2, "a paused screen hears it too"


async def test_it_rings_below_another_screen() -> None:
    async with driven(None, (120, 40), "0", "a", "b", "question_mark") as (pilot, home):
        rung = heard(pilot)
        (key,) = home.watched.keys
        task = home.desk.store.get(key)
        assert task is not None
        await ends(pilot, home, task)
        assert len(rung) == 1


@pytest.mark.parametrize(
    ("notify", "wanted"),
    [
        ("osc9", r"\x07\x1b\]9;([^\x00-\x1f\x7f-\x9f]*)\x07"),
        ("osc777", r"\x07\x1b\]777;notify;taskdeck;([^\x00-\x1f\x7f-\x9f;]*)\x07"),
        ("bell", r"\x07"),
    ],
)
async def test_a_notification_is_clean_whatever_a_cloud_says(notify: str, wanted: str) -> None:
    desk = FakeDesk(0)
    task = tasks_of(SOURCES[0], 1)[0]._replace(state=State.RUNNING, ended_at=None, duration_ms=None)
    task = task._replace(key=task.key._replace(id="a\x07\x1b]52;c;ZXZpbA==\x07;b\u202e"))
    fill(desk.store, SOURCES[0], [task])
    async with driven(desk, (120, 40), "0", "b", ui={"notify": notify, "glyphs": "unicode"}) as (pilot, home):
        rung = heard(pilot)
        await ends(pilot, home, task, name="x")
        assert len(rung) == 1
        assert re.fullmatch(wanted, rung[0])


async def test_off_is_silent() -> None:
    async with driven(None, (120, 40), "0", "a", "b", ui={"notify": "off"}) as (pilot, home):
        rung = heard(pilot)
        (key,) = home.watched.keys
        task = home.desk.store.get(key)
        assert task is not None
        await ends(pilot, home, task)
        assert rung == []


async def test_the_list_is_remembered_and_what_is_gone_is_dropped(tmp_path: Path) -> None:
    memory = Memory(tmp_path)
    async with driven(None, (120, 40), "0", "b", *"jj", "b", memory=memory) as (_, home):
        first, second = home.watched.keys
    memory.close()
    written = json.loads((tmp_path / "monitor.json").read_text())["watched"]
    assert set(written) == {str(first), str(second)}

    desk = FakeDesk()
    source = desk.store.sources[first.source]
    desk.store.forget(first)
    memory = Memory(tmp_path)
    async with driven(desk, (120, 40), "0", memory=memory) as (pilot, home):
        assert home.watched.keys == {first, second} == desk.watched
        assert home.active.place.rows[0].key == second
        desk.store.set_status(replace(desk.store.status(source.name), whole_at=NOW))
        home.tick()
        await settle(pilot)
        assert home.watched.keys == {second} == desk.watched
    memory.close()
    assert json.loads((tmp_path / "monitor.json").read_text())["watched"] == [str(second)]


async def test_a_demo_forgets_them() -> None:
    memory = Memory()
    async with driven(None, (120, 40), "0", "b", memory=memory) as (_, home):
        assert len(home.watched) == 1
    assert memory.watched  # of this run
    assert not Memory().watched


async def test_the_command_does_the_same() -> None:
    async with driven(None, (120, 40), "0", ":", *"watch", "enter") as (pilot, home):
        assert home.watched.keys == {home.active.place.rows[0].key}
        await press(pilot, ":", *"watch", "enter")
        assert not len(home.watched)


async def test_without_a_task_it_says_so() -> None:
    async with driven(FakeDesk(0), (120, 40), "0", "b") as (pilot, _):
        assert "no task to watch" in text(pilot)
