"""Background work takes turns, and lets keys go first."""

from __future__ import annotations

import asyncio

import pytest

from tui.courtesy import AWAY, HUSH, LULL, MANY, PATIENCE, REST, SELDOM, Courtesy


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


class Looks:
    """A collector by the clock of a test: each look takes so long and finds so much."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.takes, self.found, self.at = 1000.0, 0.01, 0, list[float]()
        self.frozen = list[int]()
        self.courtesy = Courtesy(lambda: self.now)
        monkeypatch.setattr("tui.courtesy.gc.collect", self._look)
        monkeypatch.setattr("tui.courtesy.gc.freeze", lambda: self.frozen.append(len(self.at)))

    def _look(self) -> int:
        self.at.append(self.now)
        self.now += self.takes
        return self.found

    async def after(self, seconds: float) -> int:
        """How many looks come in a turn after these seconds."""
        before = len(self.at)
        self.now += seconds
        await self.courtesy.turn()
        return len(self.at) - before


async def test_the_collector_comes_while_nobody_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Looks(monkeypatch)
    assert await looks.after(SELDOM - 1) == 0
    looks.courtesy.key()
    assert await looks.after(AWAY - 1) == 0  # somebody may be about to press the next one
    assert await looks.after(1) == 1
    assert looks.frozen == [1]  # what that look has left is there for good
    assert await looks.after(SELDOM - 1) == 0
    assert await looks.after(1) == 1
    assert looks.frozen == [1]


async def test_a_look_that_takes_long_is_rarer(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Looks(monkeypatch)
    looks.takes = 0.25
    assert await looks.after(SELDOM) == 1
    assert await looks.after(0.25 * REST - 1) == 0
    looks.found = MANY
    assert await looks.after(1) == 1
    assert await looks.after(SELDOM - 1) == 0  # but not where it gets rid of much
    assert await looks.after(1) == 1


async def test_who_never_leaves_has_it_in_a_lull(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Looks(monkeypatch)
    for _ in range(PATIENCE - 1):
        looks.now += SELDOM - LULL
        looks.courtesy.key()
        assert await looks.after(LULL) == 0
    looks.now += SELDOM
    looks.courtesy.key()
    assert await looks.after(LULL / 2) == 0
    assert await looks.after(LULL / 2) == 1
