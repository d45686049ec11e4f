"""Work with a time limit, and the breaker: nothing that hangs holds anybody up twice."""

from __future__ import annotations

import asyncio
import threading

import pytest

from tui.credentials.bounded import Breaker, bounded
from tui.errors import NoCredential


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def test_an_answer_and_an_error_come_through() -> None:
    assert await bounded(lambda: 7, 10) == 7
    with pytest.raises(LookupError, match="gone"):
        await bounded(lambda: dict[str, int]()["gone"], 10)


async def test_what_hangs_is_left_in_its_thread_which_nobody_waits_for() -> None:
    let_go, threads = threading.Event(), []

    def hangs() -> None:
        threads.append(threading.current_thread())
        let_go.wait()

    with pytest.raises(TimeoutError):
        await bounded(hangs, 0.01)
    assert threads[0].is_alive()
    assert threads[0].daemon
    let_go.set()  # it tells its answer to nobody
    threads[0].join()
    await asyncio.sleep(0)


async def test_whoever_stops_waiting_is_let_go() -> None:
    let_go = threading.Event()
    waiting = asyncio.create_task(bounded(let_go.wait, 10))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    let_go.set()


def test_an_answer_that_comes_after_the_loop_has_ended_hurts_nobody() -> None:
    begun, let_go, threads = threading.Event(), threading.Event(), []

    def late() -> None:
        threads.append(threading.current_thread())
        begun.set()
        let_go.wait()

    async def leave() -> None:
        waiting = asyncio.create_task(bounded(late, 10))
        await asyncio.to_thread(begun.wait)
        assert not waiting.done()

    asyncio.run(leave())
    let_go.set()
    threads[0].join()


def test_the_breaker_tells_why_until_it_has_rested() -> None:
    clock = Clock()
    breaker = Breaker(30, clock)
    why = NoCredential("hung")
    assert (breaker.open, breaker.told) == (False, None)
    breaker.trip(why)
    clock.now += 29.9
    assert (breaker.open, breaker.told) == (True, why)
    clock.now += 0.1
    assert (breaker.open, breaker.told) == (False, None)
    breaker.trip(why)
    breaker.close()
    assert (breaker.open, breaker.told) == (False, None)
