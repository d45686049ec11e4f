"""No second ever holds more calls than the share of the limit."""

from __future__ import annotations

import asyncio
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.budget import UNDOCUMENTED, Budget, allowed
from tui.calls import Action
from tui.settings import EVERYTHING

SCOPE = ("alibaba", "acme", "cn-hangzhou")


class Clock:
    """Virtual time: sleeping moves it."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now += seconds


@pytest.mark.parametrize(
    ("rate", "share", "found"),
    [(20.0, 0.6, 12), (None, 0.6, 0.6 * UNDOCUMENTED), (100.0, 1.0, 100), (20.0, EVERYTHING, math.inf)],
)
def test_the_share_of_a_limit(rate: float | None, share: float, found: float) -> None:
    assert allowed(Action("List", rate=rate), share) == pytest.approx(found)


@given(
    st.floats(0.05, 1),
    st.sampled_from([1.0, 5.0, 20.0, 100.0, None]),
    st.lists(st.floats(0, 2), min_size=2, max_size=40),
)
def test_calls_are_spaced_whatever_their_rhythm(share: float, rate: float | None, waits: list[float]) -> None:
    clock = Clock()
    budget = Budget(clock, clock.sleep)
    action = Action("List", rate=rate)
    sent: list[float] = []

    async def send() -> None:
        for wait in waits:
            clock.now += wait
            await budget.take(SCOPE, action, share)
            sent.append(clock.now)

    asyncio.run(send())
    least = 1 / allowed(action, share)
    assert all(later - earlier >= least * (1 - 1e-9) for earlier, later in pairwise(sent))


async def test_calls_at_once_get_turns_in_their_order() -> None:
    turns: list[float] = []

    async def sleep(seconds: float) -> None:
        turns.append(seconds)

    budget = Budget(lambda: 0.0, sleep)
    await asyncio.gather(*(budget.take(SCOPE, Action("List", rate=10), 0.5) for _ in range(4)))
    assert turns == pytest.approx([0.2, 0.4, 0.6])


async def test_scopes_and_actions_have_paces_of_their_own() -> None:
    clock = Clock()
    budget = Budget(clock, clock.sleep)
    for scope in (SCOPE, ("alibaba", "acme", "cn-beijing"), ("alibaba", "other", "cn-hangzhou")):
        for name in ("List", "Get"):
            await budget.take(scope, Action(name), 0.6)
    assert clock.now == 1000


async def test_off_never_waits() -> None:
    clock = Clock()
    budget = Budget(clock, clock.sleep)
    for _ in range(1000):
        await budget.take(SCOPE, Action("List", rate=1), EVERYTHING)
    assert clock.now == 1000
