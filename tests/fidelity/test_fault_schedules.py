"""Whatever goes wrong, and when: once it is over, the picture is the truth."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given

from tests.fidelity.bottle import Bottle
from tests.fidelity.schedule import Schedule, happen, schedules
from tests.fidelity.short_pages import short_pages
from tests.fidelity.virtual_loop import run

pytestmark = pytest.mark.cloud

PATIENCE = 900.0  # virtual seconds: a source that was throttled often waits 300 s, and 300 s are between whole reads


async def played(schedule: Schedule, *, whole: bool, rounds: int = 1) -> None:
    """A schedule from its first request to the picture after it, and after so many good rounds of each source."""
    bottle = Bottle(tasks=schedule.tasks, seed=schedule.seed, rate=schedule.rate, interval=schedule.interval)
    with short_pages(schedule.rows):
        async with bottle.polling():
            watching = asyncio.create_task(never_a_lie(bottle))
            await happen(schedule, bottle)
            for _ in range(rounds):
                await bottle.reads.once_more(whole=whole, patience=PATIENCE)
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
    found = bottle.mismatches()
    assert not found, "\n".join([*map(str, found[:20]), *bottle.reads.said()])


async def never_a_lie(bottle: Bottle) -> None:
    """At no time is there a task that never was, and none has ended that goes on."""
    while True:
        await asyncio.sleep(7)
        lies = bottle.lies()
        assert not lies, "\n".join(map(str, lies[:20]))


@given(schedules())
def test_after_the_last_fault_and_a_whole_read_the_picture_is_the_truth(schedule: Schedule) -> None:
    run(played(schedule, whole=True))


@given(schedules(most=0, longest=200.0))
def test_in_calm_weather_the_rounds_that_catch_up_are_enough(schedule: Schedule) -> None:
    """Two: for what nobody knows by its id the second one is whole, because absence from a part proves nothing."""
    run(played(schedule, whole=False, rounds=2))
