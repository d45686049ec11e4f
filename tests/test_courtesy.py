"""Background work takes turns, and lets keys go first."""

from __future__ import annotations

import asyncio

from tui.courtesy import HUSH, Courtesy


async def test_slices_take_turns() -> None:
    courtesy, done = Courtesy(), list[str]()

    async def work(name: str) -> None:
        for _ in range(3):
            await courtesy.turn()
            done.append(name)

    await asyncio.gather(work("a"), work("b"), work("c"))
    assert done == list("abcabcabc")


async def test_none_begins_right_after_a_key_and_none_waits_for_ever() -> None:
    now = 10.0
    naps: list[float] = []
    courtesy = Courtesy(lambda: now)

    async def nap(seconds: float) -> None:
        naps.append(round(seconds, 3))

    asleep, asyncio.sleep = asyncio.sleep, nap  # type: ignore[assignment]  # it naps at once
    try:
        await courtesy.turn()
        courtesy.key()
        await courtesy.turn()
        now += HUSH / 2
        await courtesy.turn()
        now += HUSH
        await courtesy.turn()
        now -= 100  # a clock that goes back holds up nothing for long
        await courtesy.turn()
    finally:
        asyncio.sleep = asleep
    assert naps == [0.0, HUSH, HUSH / 2, 0.0, HUSH]
