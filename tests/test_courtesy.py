"""Background work takes turns, and lets keys go first."""

from __future__ import annotations

import asyncio

import pytest

from tui.courtesy import AWAY, HUSH, LULL, MIDDLE, MOST, YOUNG, Courtesy


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


async def test_the_collector_comes_in_the_lulls_between_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    now, young, looks = 10.0, YOUNG + 1, list[int]()
    courtesy = Courtesy(lambda: now)
    monkeypatch.setattr("tui.courtesy.gc.get_count", lambda: (young, 0, 0))
    monkeypatch.setattr("tui.courtesy.gc.collect", looks.append)
    courtesy.key()
    now += LULL - 0.1
    await courtesy.turn()
    assert looks == []  # somebody may be about to press the next one
    now += 0.1
    for _ in range(MOST):
        await courtesy.turn()
    assert looks == [0] * (MOST - 1) + [1]
    looks.clear()
    for _ in range(MIDDLE):
        await courtesy.turn()
    assert looks == [0] * MIDDLE  # somebody is there
    now += AWAY
    for _ in range(MIDDLE):
        await courtesy.turn()
    assert looks[MIDDLE:] == [1] + [0] * (MIDDLE - 1)
    looks.clear()
    young = YOUNG
    await courtesy.turn()
    assert looks == []
