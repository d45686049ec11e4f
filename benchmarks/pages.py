"""What arriving pages hold up: the screen while pages of 1,000 rows land, keys while pages of 10,000 do; idle sources.

- A page of 1,000 rows: the monitor headless in this process (120x40, all tasks), one source of each API on a demo cloud
  that sends such pages (`wide.py`). Told is what the reading did at most in one turn of the loop, while one source was
  read whole, in CPU of the loop's thread: what a frame waits for, whatever else the machine does. The longest turn
  at all is told as well: that is a paint.
- Keys: `j` and `k` in a pty while KPS, polled each second, sends 10,000 rows a page; and the same source at rest.
- Idle: 20 sources at 5 s of clouds whose tasks stand still, the monitor in a pty, utime and stime.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import wide
from clouds import Clouds
from keys_to_paint import at, environment
from peers import Ground
from peers.ours import ESC, Ours
from results import OURS, Row, Target, tables
from watched import Watched

from tui.app import LiveDesk
from tui.running import RARELY, SWITCH
from tui.ui.shell import Taskdeck

PART = "While pages arrive"
PAGE, FRAME = 1_000, 16.0  # rows; ms that no frame may wait longer
WHOLE = 50_000  # tasks of the cloud, a fifth of them for each API: some pages of each are full
CHOSEN = {
    "alibaba-fc": "fc-shanghai",
    "alibaba-opensearch": "os-shanghai",
    "huawei-kps": "kps",
    "tencent-mps": "mps",
    "tencent-tat": "tat-singapore",
}
PATIENCE = 60.0  # seconds of a whole read
READS: ContextVar[bool] = ContextVar("READS", default=False)
LARGE, TIMES = 10_000, 2.0  # rows of a page; times the p99 of a quiet app
QUIET = "a quiet taskdeck"
NOT_LIVE = "-state:live"
CALM = 5.0  # seconds after a key
SOURCES, IDLE = 20, 2.0  # at 5 s; % of a core
WARM = 80.0  # seconds of what an idle monitor does once: two whole reads, and its memory put in order
TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
SOURCE = re.compile(r"(?m)^(?=\[\[sources\]\])")


@contextmanager
def cloud(folder: Path, rows: int, *given: str) -> Iterator[str]:
    """A demo cloud whose pages have so many rows; the config that reads it without limits of ours."""
    command = [sys.executable, wide.__file__, str(rows), "cloud", "--config-out", f"{folder}/cloud.toml", *given]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment(folder))
    try:
        assert process.stdout is not None
        text = Path(json.loads(process.stdout.readline())["config"]).read_text("utf-8")
        yield text.replace('credentials = "demo"', 'credentials = "demo"\nrate_share = "off"')
    finally:
        process.terminate()
        process.wait(20)


def only(config: str, source: str, interval: str) -> str:
    """A config with one of its sources."""
    head, *sources = SOURCE.split(re.sub(r'interval = "\w+"', f'interval = "{interval}"', config, count=1))
    return head + next(one for one in sources if f'name = "{source}"' in one)


class Turns(NamedTuple):
    """The longest turn of a loop, and the most that reading did in one; ms of CPU, waiting for sockets takes none."""

    longest: float
    reading: float


@contextmanager
def watched(loop: Any) -> Iterator[Callable[[], Turns]]:
    """Takes the time of each turn, and of what runs in it for somebody who reads."""
    once, run = loop._run_once, asyncio.Handle._run
    longest, most, here = 0.0, 0.0, 0.0

    def turn() -> None:
        nonlocal longest, most, here
        began, here = time.thread_time(), 0.0
        once()
        longest, most = max(longest, time.thread_time() - began), max(most, here)

    def step(handle: Any) -> None:
        nonlocal here
        began = time.thread_time()
        run(handle)
        if handle._context.get(READS):
            here += time.thread_time() - began

    loop._run_once, asyncio.Handle._run = turn, step  # type: ignore[assignment,method-assign]  # the one place that all goes by
    try:
        yield lambda: Turns(longest * 1000, most * 1000)
    finally:
        asyncio.Handle._run = run  # type: ignore[method-assign]  # as it was


class Waiting(LiveDesk):
    """The configured sources, read when it is time: the screen has begun then."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.go = asyncio.Event()

    async def run(self, changed: Callable[[], None]) -> None:
        """Later. Whatever is begun from here on reads."""
        await self.go.wait()
        READS.set(True)
        await super().run(changed)

    def read(self) -> bool:
        """Whether all that there is has been read."""
        return bool(self.store.sources) and all(self.store.status(name).whole_at for name in self.store.sources)


async def hold(config: Path) -> Turns:
    """While one source is read whole, up to its last paint."""
    desk = Waiting(config)
    async with Taskdeck(desk).run_test(size=(120, 40)) as pilot:
        await pilot.press("0")
        await asyncio.sleep(0.5)
        gc.collect()
        with watched(asyncio.get_running_loop()) as turns:
            desk.go.set()
            async with asyncio.timeout(PATIENCE):
                while not desk.read():  # noqa: ASYNC110 - a store has no event for it
                    await asyncio.sleep(0.05)
            await asyncio.sleep(1.0)
            return turns()


def holds(folder: Path, runs: int) -> Iterator[Row]:
    """A page of 1,000 rows of each API; the first run warms up."""
    wide.ask(PAGE)
    gc.set_threshold(*RARELY)
    sys.setswitchinterval(SWITCH)
    path = folder / "config.toml"
    longest = 0.0
    with cloud(folder, PAGE, "--tasks", str(WHOLE), "--freeze") as config:
        for adapter, source in CHOSEN.items():
            path.write_text(only(config, source, "1h"), "utf-8")
            found = [asyncio.run(hold(path)) for _ in range(runs + 1)][1:]
            figures = {OURS: statistics.median(one.reading for one in found)}
            yield Row(PART, f"pages of {PAGE:,} rows of {adapter}, a frame waits at most", "ms", figures, Target(FRAME))
            longest = max(longest, statistics.median(one.longest for one in found))
    yield Row(PART, f"pages of {PAGE:,} rows, the longest turn with its paints", "ms", {OURS: longest})


def pressed(ground: Ground, env: Mapping[str, str], presses: int) -> list[float]:
    """The times of so many keys, once all is read."""
    ours = Ours()
    command = [sys.executable, wide.__file__, str(LARGE), "--config", str(ground.config), "monitor"]
    with Watched(command, env) as seen:
        seen.until(lambda seen: ours.ready(seen, ground), PATIENCE)
        ours.begin(seen)
        return [paint.last for paint in islice(ours.lines(seen, Random(1)), presses)]


def keys(folder: Path, presses: int) -> Iterator[Row]:
    """From `j` and `k` to their paint with and without pages of 10,000 rows."""
    last: dict[str, list[float]] = {}
    with cloud(folder, LARGE, "--tasks", str(WHOLE), "--rate", "12") as config:
        for name, interval in ((QUIET, "1h"), (OURS, "1s")):
            path = folder / f"{interval}.toml"
            path.write_text(only(config, "kps", interval), "utf-8")
            last[name] = pressed(Ground(path, path, LARGE), environment(folder) | TERMINAL, presses)
    middle, worst = ({name: at(share, last[name]) for name in (OURS, QUIET)} for share in (0.5, 0.99))
    yield Row(PART, f"j k while pages of {LARGE:,} rows arrive, p50", "ms", middle, None, QUIET, 10)
    # Five keys in five hundred: told, with its target, but not watched.
    yield Row(PART, f"j k while pages of {LARGE:,} rows arrive, p99", "ms", worst, Target(TIMES, QUIET))


def idle(folder: Path, seconds: float) -> Iterator[Row]:
    """CPU of a monitor with 20 sources in whose clouds nothing happens: without a live row on screen, and with some."""
    with Clouds(3, sources=SOURCES, tasks=700, rate=1.0, interval="5s") as clouds:
        clouds.ask("stop")
        path = folder / "idle.toml"
        path.write_text(clouds.config, "utf-8")
        ours = Ours()
        with Watched(ours.command(Ground(path, path, 0)), environment(folder) | TERMINAL) as seen:
            seen.until(lambda seen: ours.ready(seen, Ground(path, path, 1)), WARM)
            seen.press(f"/{NOT_LIVE}\r")
            watch(seen, WARM)  # what happens once is no part of it
            still = load(seen, seconds)
            seen.press(ESC)
            watch(seen, CALM)
            ticking = load(seen, seconds)
    name = f"an idle monitor, {SOURCES} sources at 5 s"
    yield Row(PART, f"{name}, no live row on screen, CPU", "% of a core", {OURS: still}, Target(IDLE))
    yield Row(PART, f"{name}, live rows whose ages go on, CPU", "% of a core", {OURS: ticking})


def load(seen: Watched, seconds: float) -> float:
    """The CPU that it takes, in per cent of a core."""
    before, began = seen.cpu(), time.perf_counter()
    watch(seen, seconds)
    return (seen.cpu() - before) / (time.perf_counter() - began) * 100


def watch(seen: Watched, seconds: float) -> None:
    """Takes what comes, so that the pty never fills."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        time.sleep(0.5)
        seen.catch_up()


def measured(runs: int, presses: int, seconds: float) -> list[Row]:
    """All three."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        return [*holds(folder, runs), *keys(folder, presses), *idle(folder, seconds)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="whole reads of each API")
    parser.add_argument("--presses", type=int, default=500, help="keys, with pages and without")
    parser.add_argument("--seconds", type=float, default=60, help="how long nobody presses a key")
    parser.add_argument("--only", choices=["holds", "keys", "idle"], help="a part of it")
    told = parser.parse_args()
    parts = {
        "holds": lambda folder: holds(folder, told.runs),
        "keys": lambda folder: keys(folder, told.presses),
        "idle": lambda folder: idle(folder, told.seconds),
    }
    with tempfile.TemporaryDirectory() as place:
        chosen = [told.only] if told.only else [*parts]
        print("\n".join(tables([row for name in chosen for row in parts[name](Path(place))])))
