"""A provider whose clock is off, as the monitor shows it: every time is off by that, nothing else is, no age is."""

from __future__ import annotations

import asyncio
from datetime import datetime

import pytest

from tests.fidelity.bottle import Bottle
from tests.fidelity.picture import TIMES, mismatches, name_of, picture
from tests.fidelity.virtual_loop import run

pytestmark = pytest.mark.cloud


@pytest.mark.parametrize("only", [(), ("each",)])
def test_ages_on_the_clock_that_stamped_the_tasks_are_true(only: tuple[str, ...]) -> None:
    run(aged(only))


async def aged(only: tuple[str, ...]) -> None:
    bottle = Bottle(tasks=80, seed=4, rate=1.0, interval=15.0)
    bottle.faults.switch("skew", True, only)
    async with bottle.polling():
        await asyncio.sleep(20)
        bottle.stop()
        await bottle.reads.once_more(whole=True, patience=300.0)
    assert bottle.mismatches() == []
    truth = {name_of(one): one for one in bottle.truth()}
    assert len(mismatches(picture(bottle.store), truth.values())) > 60  # without an excuse each is wrong
    for said in picture(bottle.store):
        true = truth[name_of(said)]
        measured = bottle.store.status(said["source"]).skew
        assert measured is not None
        for field in TIMES:
            if said[field] is not None:
                apart = datetime.fromisoformat(said[field]) - datetime.fromisoformat(true[field])
                assert apart.total_seconds() == pytest.approx(measured, abs=2)
