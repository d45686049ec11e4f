"""How many calls are allowed: one lane per (vendor, account, region, action), shared by all sources of an account."""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from enum import IntEnum
from types import TracebackType
from typing import NamedTuple

from tui.calls import Action
from tui.errors import CallError, Throttled

UNDOCUMENTED = 10.0
"""Requests a second that an undocumented limit counts as (contract, section 3)."""
SECOND = 1.02  # what a provider's clock may call a second: ours is finer, and it counts the ends of a window as well
AT_ONCE = 2  # requests of one lane under way, or let go together
LEAST = 1 / 16  # of the pace, however often we are throttled
RECOVERY = 1 / 20  # of the pace, for a second of calm
CALM = 5.0  # seconds that one success speaks for: a silence proves nothing
AGEING = 10.0  # seconds of waiting that count as one class of urgency
SHORT = 20.0  # a wall that is waited for here; behind a longer one the caller is told at once, and says THROTTLED
LONGEST_HINT = 86_400.0  # a provider that says "in a year" is not believed
HELD = 900.0  # seconds for which a provider's hint closes a lane at most: then one request asks whether it still holds
MINUTE = 60
TICK = 1 / 16  # seconds, at most half a step: a power of two, so that the ticks of all lanes fall together
ULP = 1e-6  # seconds that floats may lose


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


def loop_time() -> float:
    """The clock that the loop's own sleep follows; the same one where no loop runs any more."""
    try:
        return asyncio.get_running_loop().time()
    except RuntimeError:
        return time.monotonic()


def _fine() -> None:
    """There is always a reason to send."""


class _Waiting(NamedTuple):
    """A request that waits for its turn, since when, what it is checked by, and the moment at which it was let go."""

    urgency: Urgency
    since: float
    check: Callable[[], None]
    gone: asyncio.Future[float]


class Lane:
    """The requests of one action of one account in one region: spaced, few at once, slower after a refusal.

    Two go together, and then nobody for two steps, up to the next tick of a clock that all lanes share: nobody goes
    later than evenly spaced (but for that tick), and a process that sleeps is woken half as often, for several lanes at
    once. After a refusal they go one by one until the pace is back.

    A request may reach the provider at any moment until it answers, so its second begins when it has ended: then no
    window of one second holds more than the share where the provider counts, however long requests are on their way.
    """

    def __init__(self, rate: float, now: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        self._rate, self._now, self._sleep = rate, now, sleep
        # so many in a window of so many seconds; floats lose a little of 0.29 x 100
        self._most, self._window = (math.floor(rate + 1e-9), SECOND) if rate >= 1 else (1, SECOND / rate)
        self._tick = min(TICK, 2.0 ** math.floor(math.log2(self._window / self._most / 2)))
        self._last = self._rested = -math.inf  # when one went; when two may go together again
        self._flying = 0
        self._counted: deque[float] = deque()  # when the windows of the requests that have ended are over
        self._waiting: list[_Waiting] = []
        self._letting: asyncio.Task[None] | None = None
        self._pace, self._slowed, self._calm = 1.0, -math.inf, -math.inf
        self._closed, self._wall = -math.inf, Throttled("")
        self._probing = False
        self._seconds: deque[tuple[int, int]] = deque()  # requests by second, of the last minute

    @property
    def pace(self) -> float:
        """The part of our share that is used now: 1, and less after the provider said that we are too fast."""
        return self._pace

    @property
    def used(self) -> float:
        """The part of our share that the last minute used, 0 to 1."""
        self._forget()
        return min(1.0, sum(count for _, count in self._seconds) / (MINUTE * self._rate))

    @property
    def closed_for(self) -> float:
        """Seconds for which the provider has told us to wait; 0 where it has not."""
        return max(0.0, self._closed - self._now())

    def again(self) -> None:
        """Lets one request through a wall, because somebody asked for it: its answer opens the lane, or not."""
        if self.closed_for > 0:
            self._closed, self._probing = self._now(), True
            self._go_on()

    def turn(self, check: Callable[[], None] = _fine) -> Turn:
        """Waits for the turn of one request, which is over when it leaves. Raises Throttled behind a long wall.

        What `check` raises when a turn has come is raised in its place: the turn goes to the next one.
        """
        return Turn(self, check)

    def end(self, error: BaseException | None, went: float) -> None:
        """A request that went then is over, well or not."""
        if error is None:
            self._answered()
        elif isinstance(error, Throttled):
            self._refused(error, went)
        self._back()

    async def begin(self, check: Callable[[], None]) -> float:
        """Waits until a request may go; answers when it went."""
        if self.closed_for > SHORT:
            raise self._again()
        if not self._waiting and self._wait() <= 0:
            return self._let_go()
        one = _Waiting(urgency.get(), self._now(), check, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        self._go_on()
        try:
            return await one.gone
        except asyncio.CancelledError:
            self._give_up(one)
            raise

    def _give_up(self, one: _Waiting) -> None:
        """A request that is wanted no more: whoever waits behind it moves up."""
        if one in self._waiting:
            self._waiting.remove(one)
        elif one.gone.done() and not one.gone.cancelled() and one.gone.exception() is None:  # let go, and never sent
            self._flying -= 1
            self._rested -= self._step
            if self._pace < 1 and self._last == one.gone.result():
                self._last -= self._step
        if self._letting is not None:  # it sleeps for as long as was right with this one
            self._letting.cancel()
            self._letting = None
        self._go_on()

    @property
    def _step(self) -> float:
        """Seconds between two requests, on the average."""
        return self._window / (self._most * self._pace)

    def _spaced(self, now: float) -> float:
        """When the next one may go, as far as only their spacing matters."""
        if self._pace < 1:
            return self._last + self._step
        return now if self._rested - self._last <= self._step + ULP else self._rested

    def _wait(self) -> float:
        """Seconds until the next request may go; inf: not before one comes back."""
        now = self._now()
        while self._counted and self._counted[0] <= now:
            self._counted.popleft()
        if self._flying >= (1 if self._probing else AT_ONCE):
            return math.inf
        ready = max(self._closed, self._spaced(now))
        if self._flying + len(self._counted) >= self._most:
            ready = max(ready, self._counted[0] if self._counted else math.inf)
        elif ready > now:  # a lane whose whole share is wanted waits for no tick
            ready = math.ceil(ready / self._tick) * self._tick
        return ready - now

    def _let_go(self) -> float:
        now = self._last = self._now()
        # what waited for the tick alone has lost nothing by it
        self._rested = (self._rested if self._rested >= now - self._tick else now) + self._step
        self._flying += 1
        second = math.floor(now)
        if self._seconds and self._seconds[-1][0] == second:
            self._seconds[-1] = (second, self._seconds[-1][1] + 1)
        else:
            self._forget()
            self._seconds.append((second, 1))
        return now

    def _forget(self) -> None:
        while self._seconds and self._seconds[0][0] <= self._now() - MINUTE:
            self._seconds.popleft()

    def _back(self) -> None:
        self._flying -= 1
        self._probing = False
        self._counted.append(self._now() + self._window)
        self._go_on()

    def _go_on(self) -> None:
        if self._waiting and self._letting is None and self._wait() < math.inf:
            self._letting = asyncio.get_running_loop().create_task(self._let_all_go())

    async def _let_all_go(self) -> None:
        """Lets those who wait go, one by one, until none is left or only an answer can help."""
        while self._waiting and (wait := self._wait()) < math.inf:
            if wait > 0:
                await self._sleep(wait)
                continue
            one = min(self._waiting, key=self._rank)  # the first of the most urgent ones
            self._waiting.remove(one)
            if one.gone.done():  # cancelled, and not yet told so
                continue
            try:
                one.check()
            except CallError as error:
                one.gone.set_exception(error)
            else:
                one.gone.set_result(self._let_go())
        self._letting = None

    def _rank(self, one: _Waiting) -> int:
        """Its class; 10 s of waiting are one class, so that nobody starves."""
        return max(0, one.urgency - int((self._now() - one.since) / AGEING))

    def _answered(self) -> None:
        now = self._now()
        if self._pace < 1:
            calm = min(max(0.0, now - self._calm), CALM)
            self._pace = min(1.0, self._pace + RECOVERY * calm * random.uniform(0.5, 1))
        self._calm = max(self._calm, now)

    def _refused(self, wall: Throttled, went: float) -> None:
        """Half the pace, once for all that were under way; until the provider's own hint nobody goes at all."""
        now = self._now()
        if went > self._slowed:
            self._pace, self._slowed = max(LEAST, self._pace / 2), now
        hint = min(wall.retry_after or 0.0, HELD) if (wall.retry_after or 0.0) <= LONGEST_HINT else 0.0
        if hint > 0 and now + hint > self._closed:
            self._closed, self._wall = now + hint, wall
            if hint > SHORT:
                for one in self._waiting:
                    if not one.gone.done():
                        one.gone.set_exception(self._again())
                self._waiting.clear()
        self._calm = max(now, self._closed)

    def _again(self) -> Throttled:
        """The refusal for whoever would run into the same wall."""
        wall = self._wall
        again = Throttled(wall.message, code=wall.code, request_id=wall.request_id, http_status=wall.http_status)
        again.retry_after = self.closed_for
        return again


class Turn:
    """One request's turn in a lane, as a context manager: written out, it takes a third of contextlib's time."""

    def __init__(self, lane: Lane, check: Callable[[], None]) -> None:
        self._lane, self._check = lane, check
        self._went = -math.inf

    async def __aenter__(self) -> None:
        self._went = await self._lane.begin(self._check)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lane.end(error, self._went)


class Budget:
    """All lanes of the program."""

    def __init__(
        self,
        now: Callable[[], float] = loop_time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._now, self._sleep = now, sleep
        self._lanes: dict[tuple[str, ...], Lane] = {}

    def lane(self, scope: tuple[str, ...], action: Action, share: float) -> Lane | None:
        """The lane of an action in a scope (vendor, account, region); None where the share is off: no limit of ours."""
        rate = allowed(action, share)
        if math.isinf(rate):
            return None
        key = (*scope, action.name)
        if key not in self._lanes:
            self._lanes[key] = Lane(rate, self._now, self._sleep)
        return self._lanes[key]
