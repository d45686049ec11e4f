"""An event loop whose clock leaps: where it would sleep until its next timer, it is that late already.

Hours of polling are some seconds of work so, and nothing of asyncio needs to be told: `sleep`, `wait_for`, `timeout`
and the loop's own `time()` all agree. Only what is asked of the loop is virtual: whoever reads `time.time` or
`time.monotonic` has to be given `loop.time` instead. Two timers never fire in one go unless they are set for the same
nanosecond, so that what happens is the same in every run.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Leap(selectors.DefaultSelector):
    """A selector that does not wait: it adds to the time what it should have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now; where nothing is, time has passed. RuntimeError where nothing ever will be."""
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None:
            raise RuntimeError("everybody waits, and nobody for the time: a deadlock")
        self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop; its time begins at 0 and is in seconds."""

    def __init__(self) -> None:
        self._leap = Leap()
        super().__init__(self._leap)

    def time(self) -> float:
        """Seconds since the loop was made, leaps included."""
        return self._leap.now


def run(main: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run` in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(main)
