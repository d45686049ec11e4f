"""Polling behind a command: its pollers run until the block ends, and it waits for what they tell."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.poller import Poller

TICK = 1.0  # seconds between two looks at what no poll tells: the time, and whether anybody still reads

RESTED = 1.0  # intervals between a read of a source and the next one


@asynccontextmanager
async def polled(pollers: Iterable[Poller], *, rested: bool = False) -> AsyncIterator[Sequence[asyncio.Task[None]]]:
    """Runs pollers until the block ends; `rested` ones have just been read and wait for their next turn first."""
    running = [asyncio.create_task(_run(poller, rested)) for poller in pollers]
    try:
        yield running
    finally:
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _run(poller: Poller, rested: bool) -> None:
    if rested:
        await asyncio.sleep(RESTED * poller.status.interval)
    await poller.run()


async def news(told: asyncio.Event, most: float, running: Sequence[asyncio.Task[None]]) -> None:
    """Waits until something was told, at most so many seconds. Raises the bug that ended a poller."""
    with suppress(TimeoutError):
        async with asyncio.timeout(most):
            await told.wait()
    told.clear()
    for one in running:
        if one.done():
            one.result()
