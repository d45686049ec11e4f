"""When the deck is drawn, and of what: what is not drawn anew must be what would be drawn."""

from __future__ import annotations

import gc
from dataclasses import replace
from random import Random

import pytest
from textual.strip import Strip
from textual.widget import Widget

from tests.ui.driving import driven, long_after, press, text
from tests.ui.fake_desk import NOW, SOURCES, FakeDesk
from tui.model import State
from tui.status import Trouble, Word
from tui.store import Round
from tui.ui.canvas import Canvas
from tui.ui.keys import hinted

pytestmark = pytest.mark.screen


async def test_what_a_source_says_that_nobody_was_told_of_is_shown_with_the_next_second() -> None:
    desk = FakeDesk()
    async with driven(desk, (120, 40)) as (pilot, home):
        status = desk.store.status("thumbs")
        desk.store.set_status(replace(status, missing=(), trouble=None, answered_at=NOW - 95_000, interval=60))
        assert "1m30s" not in text(pilot)
        long_after(home)
        home.tick()
        assert "1m30s" in text(pilot)
        await pilot.pause()


TROUBLES = [None, None, *(Trouble(word, "Code", "what it said") for word in (Word.AUTH, Word.OFFLINE, Word.THROTTLED))]


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_what_was_not_drawn_anew_is_what_would_be_drawn(size: tuple[int, int]) -> None:
    desk, chance, now = FakeDesk(60), Random(7), NOW
    async with driven(desk, size) as (pilot, home):
        home._options = home._options._replace(clock=lambda: now)
        for step in range(80):
            now += chance.choice([0, 300, 1_000, 7_000, 40_000])
            source = chance.choice(SOURCES)
            status, tasks = desk.store.status(source.name), [*desk.store.tasks(source.name).values()]
            if step % 3 == 0:
                ended = chance.choice(tasks)._replace(state=chance.choice([*State]), seen_at=now)
                desk.store.merge(Round(source), [ended])
            if step % 4 == 1:
                status = replace(status, trouble=chance.choice(TROUBLES), troubled_at=now, next_at=now + 15_000)
                desk.store.set_status(replace(status, missing=chance.choice([(), ("page 2",)]), budget=chance.random()))
            if step % 4 == 2:
                desk.store.set_status(replace(status, answered_at=now, tasks=len(tasks), interval=15.0))
            if step % 5 == 0:
                desk.read_only = not desk.read_only
            if step % 7 == 3:
                await press(pilot, chance.choice(["j", "tab", "0", "W", "space", "p", "x", "escape", "f", "Z"]))
            home.take() if chance.random() < 0.3 else home.tick()
            home.paint()
            await pilot.pause()
            assert [*home._own_keys()] == hinted(home.active_bindings.values())
            for one in home.query(Widget):
                if isinstance(one, Canvas) and one.display and one.size and one._drawn_for == one.size:
                    drawn = [*one._drawn]
                    assert drawn == [*one.draw(*one.size)], (step, one)


async def test_a_line_that_is_drawn_hangs_in_no_cycle() -> None:
    async with driven(None, (120, 40), "0") as (pilot, _):
        gc.collect()
        try:
            await press(pilot, "j", "j", "k")
            gc.set_debug(gc.DEBUG_SAVEALL)
            gc.collect()
            left = [one for one in gc.garbage if isinstance(one, Strip)]
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
    assert left == []
