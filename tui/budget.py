"""How many calls are allowed: one pace per (vendor, account, region, action), shared by all sources of an account."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from enum import IntEnum

from tui.calls import Action

UNDOCUMENTED = 10.0
"""Requests a second that an undocumented limit counts as (contract, section 3)."""


class Urgency(IntEnum):
    """Whose request goes first when a budget is short."""

    WATCHED = 0  # drill-down, actions, the watch list
    VISIBLE = 1  # the pane on the screen
    IN_FLIGHT = 2  # tasks that have not ended, asked by id
    REST = 3


urgency: ContextVar[Urgency] = ContextVar("urgency", default=Urgency.REST)
"""What the requests of this asyncio task are for."""


def allowed(action: Action, share: float) -> float:
    """Requests a second that we take of an action's limit; inf where the share is off."""
    return math.inf if math.isinf(share) else share * (action.rate or UNDOCUMENTED)


class Budget:
    """Spaces requests evenly, without bursts: no window of one second ever holds more than the share."""

    def __init__(
        self,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._now = now
        self._sleep = sleep
        self._next: dict[tuple[str, ...], float] = {}

    async def take(self, scope: tuple[str, ...], action: Action, share: float) -> None:
        """Waits for the turn of one request; first come, first served."""
        rate = allowed(action, share)
        if math.isinf(rate):
            return
        now = self._now()
        key = (*scope, action.name)
        turn = max(now, self._next.get(key, 0.0))
        self._next[key] = turn + 1 / rate
        if turn > now:
            await self._sleep(turn - now)
