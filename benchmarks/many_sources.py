"""What many sources cost: 200 at 15 s and 20 at 5 s in one process, without a screen and in a pty.

The clouds (a fleet of 28, each with accounts of its own) run in a process of their own. CPU is what the monitor's
process used, in % of one core, after a minute in which it reads everything for the first time; memory is what it has
resident.
The window of every source is ten minutes, so that as much leaves the store as comes: what grows then is a leak.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from clouds import Clouds
from peers import Ground
from peers.ours import Ours
from watched import TICKS, Paint, Watched

MIB = 1 << 20
PAGE = os.sysconf("SC_PAGE_SIZE")
SLOW, QUICK = 200, 20
EACH = 8  # sources of a cloud
TARGET = 15.0  # % of a core
WARM = 60.0  # seconds in which everything is read for the first time
WINDOW = "10m"
SETTLED = 600.0  # seconds after which as many tasks leave the window as come
FLAT = 1.05  # times: what the collector leaves for later is a few percent
BUDGET = 30.0  # ms from a key to its paint, p95 (benchmarks/keys_to_paint.py)


class Sample(NamedTuple):
    """A process as it is at a moment: seconds since the start, seconds of CPU, bytes resident."""

    at: float
    cpu: float
    memory: int


class Course(NamedTuple):
    """A process over time."""

    name: str
    samples: Sequence[Sample]

    @property
    def load(self) -> float:
        """CPU after the first minute, in % of a core."""
        first = next((one for one in self.samples if one.at >= WARM), self.samples[0])
        last = self.samples[-1]
        return 100 * (last.cpu - first.cpu) / max(last.at - first.at, 1e-9)

    @property
    def growth(self) -> float | None:
        """The memory of the last third by that of the first, of the time when the window is full; None: too short."""
        settled = [one.memory for one in self.samples if one.at >= SETTLED + WARM]
        third = len(settled) // 3
        return statistics.mean(settled[-third:]) / statistics.mean(settled[:third]) if third else None


def sample(pid: int, began: float) -> Sample:
    """A process now."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    resident = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    return Sample(time.monotonic() - began, (int(fields[11]) + int(fields[12])) / TICKS, resident)


async def headless(config: Path) -> None:
    """The monitor without a screen, until stdin ends; then one line of JSON: words and tasks."""
    from tui.store import Store
    from tui.wiring import Wiring, load_config

    store = Store(raw_rows=0)  # as the monitor has it
    async with Wiring(load_config(config), store) as wiring:
        running = [asyncio.create_task(poller.run()) for poller in wiring.pollers.values()]
        gc.freeze()
        await asyncio.to_thread(sys.stdin.read)
        now = round(time.time() * 1000)
        words = [str(store.status(name).word(now)) for name in store.sources]
        print(json.dumps({word: words.count(word) for word in sorted(set(words))}))
        print(sum(len(store.tasks(name)) for name in store.sources))
        for one in running:
            one.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def watch(seen: Watched, alone: subprocess.Popen[str], clouds: Clouds, minutes: float, every: float) -> list[Course]:
    """Samples all three processes; what the screen shows is taken in, so that the pty never fills."""
    began = time.monotonic()
    found: dict[str, list[Sample]] = {"without a screen": [], "in a pty": [], "(the clouds)": []}
    while (passed := time.monotonic() - began) < minutes * 60:
        for samples, pid in zip(found.values(), (alone.pid, seen.pid, clouds.pid), strict=True):
            samples.append(sample(pid, began))
        time.sleep(max(0.0, min(every, minutes * 60 - passed)))
        seen.catch_up()
    return [Course(name, samples) for name, samples in found.items()]


def keys(seen: Watched, ground: Ground, presses: int) -> list[Paint]:
    """From `j` and `k` to their paint, in the merged view."""
    ours = Ours()
    seen.press("0")
    seen.until(lambda seen: "all tasks" in seen.line(0) and ours.cursor(seen), 30)
    return list(islice(ours.lines(seen, random.Random(1)), presses))


def p95(paints: Sequence[Paint]) -> float:
    """Milliseconds that 19 of 20 stay below."""
    return sorted(paint.last for paint in paints)[round(0.95 * (len(paints) - 1))]


def command(config: Path) -> list[str]:
    """The installed monitor."""
    taskdeck = os.environ.get("TASKDECK_BIN") or str(Path(sys.executable).parent / "taskdeck")
    return [taskdeck, "--config", str(config), "monitor"]


def environment(folder: Path) -> dict[str, str]:
    """Nothing of this machine's keys, config and state."""
    env = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
    home = {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")}
    return env | home | {"LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "COLORTERM": "truecolor"}


def few(folder: Path, tasks: int, presses: int) -> list[Paint]:
    """The same keys with the sources of one cloud that has as many tasks: what many sources are compared with."""
    with Clouds(1, sources=EACH, tasks=tasks, rate=1.0, interval="15s") as clouds:
        config = folder / "few.toml"
        config.write_text(clouds.config, "utf-8")
        with Watched(command(config), environment(folder)) as seen:
            time.sleep(30)
            return keys(seen, Ground(config, config, tasks), presses)


def table(courses: Sequence[Course], many: Sequence[Paint], compared: Sequence[Paint]) -> Iterator[tuple[str, bool]]:
    """Lines, each with whether its target is met."""
    yield f"{'figure':<44}{'target':>10}{'value':>16}", True
    for course in courses:
        ours = not course.name.startswith("(")
        load = course.load
        met = not ours or load <= TARGET
        target = f"{TARGET:.0f} %" if ours else ""
        yield f"{'CPU ' + course.name:<44}{target:>10}{load:>14.1f} %  {verdict(met) if ours else ''}", met
        if ours:
            growth = course.growth
            flat = growth is None or growth <= FLAT
            told = "too short" if growth is None else f"{growth:.3f}"
            end = "" if growth is None else verdict(flat)
            yield f"{'  memory, last third by first':<44}{FLAT:>10}{told:>16}  {end}", flat
    for name, paints in (("many sources", many), ("one cloud, as many tasks", compared)):
        if paints:
            last = p95(paints)
            middle = statistics.median(paint.last for paint in paints)
            met = last <= BUDGET
            yield f"{'key to paint p95, ' + name:<44}{BUDGET:>7.0f} ms{last:>13.1f} ms  {verdict(met)}", met
            yield f"{'  median':<44}{'':>10}{middle:>13.1f} ms", True


def verdict(met: bool) -> str:
    """In words."""
    return "met" if met else "NOT MET"


def memory(courses: Sequence[Course], columns: int = 10) -> Iterator[str]:
    """Memory over time, in MiB."""
    for course in courses:
        step = max(1, len(course.samples) // columns)
        cells = (f"{one.at / 60:.0f} min {one.memory / MIB:.0f}" for one in course.samples[::step])
        yield f"memory {course.name}, MiB: " + ", ".join(cells)


def main() -> int:
    """Measures and prints; 1 where a target is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--tasks", type=int, default=20_000, help="in the lists at the start, over all sources")
    parser.add_argument("--rate", type=float, default=1.0, help="how many times faster tasks live than in the demo")
    parser.add_argument("--presses", type=int, default=150, help="keys that are timed; 0 for none")
    parser.add_argument("--headless", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.headless:
        asyncio.run(headless(given.headless))
        return 0
    many = -(-(SLOW + QUICK) // EACH)
    asked = {"sources": SLOW + QUICK, "quick": QUICK, "tasks": given.tasks // many, "rate": given.rate}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        config = folder / "config.toml"
        with Clouds(many, interval="15s", **asked) as clouds:
            text = re.sub('window = "all"\nmax_tasks = "all"', f'window = "{WINDOW}"', clouds.config)
            config.write_text(text, "utf-8")
            alone = subprocess.Popen(
                [sys.executable, __file__, "--headless", str(config)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            with Watched(command(config), environment(folder)) as seen:
                courses = watch(seen, alone, clouds, given.minutes, min(30.0, given.minutes * 2))
                words, tasks = alone.communicate()[0].splitlines()
                paints = keys(seen, Ground(config, config, 0), given.presses) if given.presses else []
        compared = few(folder, int(tasks), given.presses) if given.presses else []
    print(f"{SLOW} sources at 15 s and {QUICK} at 5 s for {given.minutes:g} min; {int(tasks):,} tasks known, {words}")
    lines = list(table(courses, paints, compared))
    print(*(line.rstrip() for line, _ in lines), sep="\n")
    print(*memory(courses), sep="\n")
    return int(not all(met for _, met in lines))


if __name__ == "__main__":
    raise SystemExit(main())
