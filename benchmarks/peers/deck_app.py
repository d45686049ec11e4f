"""The monitor's screen on a store filled by hand, in this terminal: `deck_app.py TASKS [LIVE]`.

No network, so that what is seen is the screen alone. SIGUSR1 gives the newest task another state; LIVE tasks run,
their durations tick, all others ended long ago.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from tui.running import FRAMES, RARELY, SWITCH

os.environ.setdefault("TEXTUAL_FPS", FRAMES)  # as the monitor does, before Textual is imported: else a key waits 16 ms

from tests.ui.fake_desk import SOURCES, FakeDesk, make
from tui.model import Source, State, Task
from tui.status import SourceStatus
from tui.store import Round
from tui.ui import board
from tui.ui.home import Home
from tui.ui.options import wall_clock
from tui.ui.shell import Taskdeck

MADE = 20_000  # tasks of a source that are made one by one (50 us each); a page at a time, if there are no more
PAGE = 100  # tasks that one call brings, with one request id: what four of five providers send
LONG_AGO = 5 * 3_600_000  # ms: ages in hours stand still


def pages(source: Source, count: int, now: int) -> Iterator[list[Task]]:
    """So many tasks: some are made, the rest is like them, with ids, times and facts of its own."""
    rng = Random(f"7-{source.name}")
    made: Iterator[Task] = (make(source, at, rng, now) for at in range(min(count, MADE)))
    if count > MADE:  # else none is kept: what made them is not to count as the store's
        made = cycle(made)
    for first in range(0, count, PAGE):
        yield [
            task._replace(
                key=task.key._replace(id=f"{task.key.id}-{n}"),
                created_at=earlier(task.created_at, n),
                started_at=earlier(task.started_at, n),
                ended_at=earlier(task.ended_at, n),
                extra=dict(task.extra),
                request_id=f"{first:016x}",
            )
            for n, task in zip(range(first, min(count, first + PAGE)), made, strict=False)
        ]


def earlier(at: int | None, n: int) -> int | None:
    """A time of its own: an object that no other task has."""
    return None if at is None else at - n - 1


class Desk(FakeDesk):
    """Tasks whose texts are ordinary ones; the first of them do what is asked for."""

    def __init__(self, tasks: int, live: int) -> None:
        super().__init__(0)
        now = wall_clock()
        self._shown: list[Task] = []
        for at, source in enumerate(SOURCES):
            self._fill(source, tasks // len(SOURCES), now, first=max(1, live) if at == 0 else 0, running=bool(live))
        self.pace(None, 3_600)  # nothing is read, and nothing is to get stale
        gc.collect()
        gc.freeze()

    def _fill(self, source: Source, count: int, now: int, *, first: int, running: bool) -> None:
        """Reads a source as the monitor does, a page at a time, with a screen that follows."""
        read, feed = Round(source), self.store.follow()
        for number, page in enumerate(pages(source, count, now - LONG_AGO)):
            for n in range(number * PAGE, min(first, number * PAGE + len(page))):
                page[n % PAGE] = self._first(page[n % PAGE], now - 10_000 - n, running=running)
            self._shown = self._shown or page[:1]
            self.store.merge(read, page, [{} for _ in page], at=now)
            feed.take()
        self.store.unfollow(feed)
        tasks = len(self.store.tasks(source.name))
        self.store.set_status(SourceStatus(source=source, answered_at=now, tasks=tasks, calls=1))

    def _first(self, task: Task, at: int, *, running: bool) -> Task:
        """The newest task there is: it runs, or ended so long ago that its age stands still."""
        if running:
            return task._replace(state=State.RUNNING, started_at=at, created_at=at, ended_at=None, duration_ms=None)
        then = at - LONG_AGO + 600_000
        return task._replace(
            state=State.SUCCEEDED, started_at=then, created_at=then, ended_at=then + 900, duration_ms=900, error=None
        )

    async def run(self, changed: Callable[[], None]) -> None:
        """Changes a state when told so."""
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self.another)
        await super().run(changed)

    def another(self) -> None:
        """OK, FAIL, OK: the one that ended last."""
        (task,) = self._shown
        state = State.FAILED if task.state is State.SUCCEEDED else State.SUCCEEDED
        self._shown = [task._replace(state=state, native_state=state.value.title())]
        self.store.settle(SOURCES[0], self._shown, at=wall_clock())
        self.changed()


if __name__ == "__main__":
    sys.setswitchinterval(SWITCH)
    gc.set_threshold(*RARELY)  # as the monitor does: a look at all of a million tasks takes most of a second
    live = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    app = Taskdeck(Desk(int(sys.argv[1]), live))
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins here: making the tasks is not ours
    home = app.get_default_screen()
    assert isinstance(home, Home)
    board.AT_ONCE = 5_000  # more than in a picture of the monitor (1,500): 50,000 of a million take 24 MB for a moment
    while not home.board.rest(lambda: False):  # all tasks into their places: what is to be measured begins then
        home.board.use([0, *home.board.providers], wall_clock())
    gc.collect()  # as `Courtesy` does in a lull
    app.run()
    if app.crash:
        raise app.crash
