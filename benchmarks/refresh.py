"""How long the screen is busy on 100,000 tasks, from the inside: a refresh that changes 1 %, a character, a `j`.

The monitor runs headless at 120x40 on a store filled by hand. Figures are CPU milliseconds of the whole process
(medians), from the event until nothing is left to do; `blocked` is the wall time of the longest piece that no key
could interrupt. `--profile` prints where the time goes, with pyinstrument where it is installed.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.ui.fake_desk import SOURCES, FakeDesk
from tui.model import State, Task
from tui.store import Round
from tui.ui.options import wall_clock
from tui.ui.shell import Taskdeck

WORD = "state:fail err"


def changed(desk: FakeDesk, share: float, rng: random.Random) -> list[list[Task]]:
    """Some tasks of each source, another way than they are known."""
    found = []
    for source in SOURCES:
        known = list(desk.store.tasks(source.name).values())
        tasks = rng.sample(known, round(len(known) * share))
        states = (State.RUNNING, State.SUCCEEDED, State.FAILED)
        found.append([task._replace(state=rng.choice(states), error=str(rng.random())) for task in tasks])
    return found


class Gaps:
    """The longest time in which the loop did not come round."""

    def __init__(self) -> None:
        self.longest = 0.0
        self._running = True

    async def watch(self) -> None:
        """Comes round as often as it can."""
        before = time.perf_counter()
        while self._running:
            await asyncio.sleep(0)
            now = time.perf_counter()
            self.longest, before = max(self.longest, now - before), now

    def end(self) -> None:
        """Enough."""
        self._running = False


async def cost(pilot: Any, event: Callable[[], Awaitable[object] | None]) -> tuple[float, float]:
    """CPU ms of an event with all that follows from it, and ms of the longest block; the idle loop is taken off."""
    idle = await _spent(pilot, lambda: None)
    spent = await _spent(pilot, event)
    gaps = Gaps()
    watching = asyncio.create_task(gaps.watch())
    await asyncio.sleep(0)
    again = event()
    if again is not None:
        await again
    await pilot.pause()
    gaps.end()
    await watching
    return (spent - idle) * 1000, gaps.longest * 1000


async def _spent(pilot: Any, event: Callable[[], Awaitable[object] | None]) -> float:
    began = time.process_time()
    waiting = event()
    if waiting is not None:
        await waiting
    await pilot.pause()
    for _ in range(20):
        await asyncio.sleep(0.005)
    return time.process_time() - began


def profiler(wanted: bool) -> AbstractContextManager[Any]:
    """pyinstrument, printed at the end of the block; nothing where it is not wanted."""
    if not wanted:
        return nullcontext()
    from pyinstrument.context_manager import ProfileContext

    return ProfileContext(interval=0.0005, async_mode="disabled")  # type: ignore[no-any-return]  # pyinstrument has no types


async def measure(tasks: int, rounds: int, *, profile: bool) -> None:
    """All three."""
    rng = random.Random(1)
    desk = FakeDesk(tasks // len(SOURCES), now=wall_clock())
    app = Taskdeck(desk)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("0", "j", "j")
        await pilot.pause(2)
        home: Any = app.screen

        def refresh() -> None:
            for source, part in zip(SOURCES, changed(desk, 0.01, rng), strict=True):
                desk.store.merge(Round(source), part, [], at=wall_clock())
            desk.changed()

        def key(name: str) -> Callable[[], Awaitable[object]]:
            return lambda: pilot.press(name)

        print(f"{tasks:,} tasks{'':<22}{'CPU ms':>10}{'blocked ms':>12}")
        await say("a refresh of 1 % (merge, take, paint)", pilot, refresh, rounds)
        with profiler(profile):
            for _ in range(rounds):
                refresh()
                home.take()
                await asyncio.sleep(0.3)
        await say("j", pilot, key("j"), rounds)
        with profiler(profile):
            for _ in range(40):
                await pilot.press("j")
        await pilot.press("slash")
        for char in WORD:
            name = {" ": "space", ":": "colon"}.get(char, char)
            costs = [await cost_once(pilot, name)]
            tell(f"character {char!r}", costs)
        for _ in WORD:
            await pilot.press("backspace")
        with profiler(profile):
            for char in WORD:
                await pilot.press({" ": "space", ":": "colon"}.get(char, char))
                await asyncio.sleep(0.4)


async def cost_once(pilot: Any, name: str) -> tuple[float, float]:
    """One key that cannot be pressed again for the same effect."""
    began = time.process_time()
    await pilot.press(name)
    for _ in range(20):
        await asyncio.sleep(0.01)
    return (time.process_time() - began) * 1000, float("nan")


async def say(name: str, pilot: Any, event: Callable[[], Awaitable[object] | None], rounds: int) -> None:
    """One line."""
    tell(name, [await cost(pilot, event) for _ in range(rounds)])


def tell(name: str, costs: list[tuple[float, float]]) -> None:
    """The medians."""
    spent, blocked = (statistics.median(column) for column in zip(*costs, strict=True))
    print(f"{name:<34}{spent:>10.1f}{blocked:>12.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--profile", action="store_true")
    given = parser.parse_args()
    asyncio.run(measure(given.tasks, given.rounds, profile=given.profile))
