"""Random schedules: what goes wrong from when to when, in which world, and which tasks end before their time."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import islice
from typing import Any

from hypothesis import strategies as st

from tests.fidelity.bottle import Bottle
from tui.cloud.faults import KINDS, WILD
from tui.cloud.realms.fc import FunctionCompute
from tui.cloud.realms.kps import KeyPairs
from tui.cloud.realms.mps import MediaProcessing
from tui.cloud.realms.opensearch import OpenSearch
from tui.cloud.realms.tat import Automation
from tui.cloud.sources import SOURCES

LASTS = 60.0  # virtual seconds of trouble at most
FAULTS = (*WILD, "chaos")  # a refused key, `auth`, is not for a poller to get over


@dataclass(frozen=True)
class Trouble:
    """One fault, on for a while; only some of its kinds where `only` names them."""

    fault: str
    begins: float
    ends: float
    only: tuple[str, ...] = ()
    share: float | None = None


@dataclass(frozen=True)
class End:
    """Somebody stops (or deletes) the task that is the n-th in line at one source."""

    at: float
    source: int
    n: int


@dataclass(frozen=True)
class Schedule:
    """A world and what happens to it."""

    seed: int
    tasks: int
    rate: float
    interval: float
    rows: int  # on a page, at most
    calm: float  # seconds before and after the trouble in which the world moves
    troubles: tuple[Trouble, ...]
    ends: tuple[End, ...]


@st.composite
def troubles(draw: st.DrawFn) -> Trouble:
    """One fault at some time."""
    fault = draw(st.sampled_from(FAULTS))
    begins, ends = sorted(draw(st.tuples(*[st.floats(0, LASTS)] * 2)))
    kinds = KINDS.get(fault, ())
    only = draw(st.lists(st.sampled_from(kinds), unique=True)) if kinds else []
    return Trouble(fault, begins, ends, tuple(only), draw(st.sampled_from((None, None, 0.05, 0.5))))


def schedules(most: int = 4, longest: float = 90.0) -> st.SearchStrategy[Schedule]:
    """Schedules with up to `most` troubles; without any, up to `longest` seconds of calm."""
    return st.builds(
        Schedule,
        seed=st.integers(0, 1_000),
        tasks=st.sampled_from((0, 20, 60, 120)),
        rate=st.sampled_from((1.0, 5.0, 20.0, 40.0)),
        interval=st.sampled_from((5.0, 15.0)),
        rows=st.sampled_from((2, 7, 20, 100)),
        calm=st.floats(0, longest),
        troubles=st.lists(troubles(), max_size=most).map(tuple),
        ends=st.lists(
            st.builds(End, st.floats(0, LASTS), st.integers(0, len(SOURCES) - 1), st.integers(0, 30)), max_size=6
        ).map(tuple),
    )


async def happen(schedule: Schedule, bottle: Bottle) -> None:
    """Lets everything of a schedule happen; at the end all faults are off, and the world stands still."""
    await asyncio.sleep(schedule.calm / 2)
    deeds: list[tuple[float, Any]] = [(end.at, end) for end in schedule.ends]
    for trouble in schedule.troubles:
        deeds += [(trouble.begins, (trouble, True)), (trouble.ends, (trouble, False))]
    began = asyncio.get_running_loop().time()
    for at, deed in sorted(deeds, key=lambda deed: deed[0]):
        await asyncio.sleep(max(0.0, began + at - asyncio.get_running_loop().time()))
        if isinstance(deed, End):
            end(deed, bottle)
        else:
            trouble, on = deed
            bottle.faults.switch(trouble.fault, on, trouble.only, trouble.share)
    for name in bottle.faults.names:
        bottle.faults.switch(name, False)
    await asyncio.sleep(schedule.calm / 2)
    bottle.stop()


def end(deed: End, bottle: Bottle) -> None:
    """Stops a live task, or deletes one where tasks cannot be stopped."""
    source = SOURCES[deed.source]
    now = bottle.world.advance()
    realm = bottle.world.realms[source.adapter, source.region]
    live = getattr(realm, "live").jobs  # noqa: B009 - each of the realms has it, their protocol does not say so
    job = next(islice(live, deed.n, None), None)
    match realm:
        case FunctionCompute() if job is not None:
            realm.stop(job, now)
        case MediaProcessing() if job is not None:
            realm.abort(job, now)
        case Automation() if job is not None:
            realm.cancel(job, now)
        case OpenSearch() if job is not None:
            realm.delete(job)
        case KeyPairs():
            realm.delete_failed(next(islice(realm.failed, deed.n, None), None) if realm.failed[deed.n :] else None)
