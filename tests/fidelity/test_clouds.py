"""A short run of `benchmarks/fidelity.py`: two clouds over real sockets, all faults by turns, then the truth.

The clocks are wrong from the beginning to the end: one that is put right between two tries of a call stops a source
for five minutes, which the benchmark has and a test has not.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from tests.fidelity.delays import Reports
from tests.fidelity.fleet import Fleet, busiest, fleet
from tests.fidelity.picture import mismatches, picture
from tests.fidelity.reads import Reads
from tui.cloud.faults import WILD
from tui.cloud.ledger import Entry
from tui.patience import Patience
from tui.settings.load import parse
from tui.status import Change
from tui.store import Store
from tui.wiring import Wiring, models

pytestmark = pytest.mark.cloud

TURN = 1.0  # seconds that two faults are on together
PATIENCE = 60.0
TRANSIENT = tuple(fault for fault in WILD if fault != "skew")


@asynccontextmanager
async def watched(clouds: Fleet, store: Store, reads: Reads, reports: Reports) -> AsyncIterator[Wiring]:
    """The monitor without a screen."""

    def told(change: Change) -> None:
        reads.told(change)
        reports.told(change)

    config = parse(clouds.config, models(), Path("fleet.toml"))
    async with Wiring(config, store, told=told, patience=Patience(longest=1.0)) as wiring:
        running = [asyncio.create_task(poller.run()) for poller in wiring.pollers.values()]
        try:
            yield wiring
        finally:
            for one in running:
                one.cancel()
            await asyncio.gather(*running, return_exceptions=True)


async def test_after_all_faults_over_real_sockets_the_store_is_the_truth() -> None:
    store, reports, began = Store(), Reports(), time.time()
    reads = Reads(store, time.monotonic, time.time)
    async with fleet(2, sources=10, tasks=300, rate=40, interval="1s", seed=5) as clouds:
        async with watched(clouds, store, reads, reports) as wiring:
            clouds.switch("skew", True)
            for fault, other in pairwise(TRANSIENT):
                clouds.switch(fault, True)
                clouds.switch(other, True)
                await asyncio.sleep(TURN)
                clouds.switch(fault, False)
            clouds.switch(TRANSIENT[-1], False)
            clouds.stop()
            for poller in wiring.pollers.values():
                poller.poke()  # whole, and now: by itself each would within five minutes
            await reads.once_more(whole=True, patience=PATIENCE)
        known = clouds.account()
    found = mismatches(picture(store), known.truth, shown=known.shown, forgotten=known.forgotten, skews=known.skews)
    assert not found, "\n".join([*map(str, found[:20]), *reads.said()])
    assert len(known.shown) > 320  # more than there were at the start, on a slow machine too
    assert [pace for pace in known.paces if pace.most > pace.allowed] == []
    assert {delay.adapter for delay in reports.delays(known.lives, began)} >= {"alibaba-fc", "tencent-tat"}


def test_the_busiest_second_is_found_wherever_it_begins() -> None:
    def entry(at: int) -> Entry:
        return Entry(at, "tencent-tat", "ap-guangzhou", "DescribeInvocationTasks", "AKID", 0, 0, 200, "")

    times = [0, 400, 900, 1000, 1399, 1400, 5000]
    (pace,) = busiest(map(entry, times), "1", share=0.2)
    assert (pace.requests, pace.most, pace.allowed) == (7, 4, 4)  # from 400 to 1399
