"""How many calls a round of each adapter costs: a whole read, and one that catches up; as the table of docs/polling.md.

    python benchmarks/calls_a_round.py

Against the demo cloud as it moves in life (`--rate 1`), with as many tasks an adapter as the first column says.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tui.settings import Config
from tui.store import Store
from tui.wiring import Wiring, load_config

SIZES = (100, 1_000, 10_000)
ADAPTERS = 5
INTERVAL = 15.0


@contextmanager
def cloud(tasks: int, folder: Path) -> Iterator[Config]:
    """A demo cloud of so many tasks, and the config that reads it without limits of ours."""
    given = ["--tasks", str(tasks), "--config-out", str(folder / "config.toml")]
    process = subprocess.Popen([sys.executable, "-m", "tui", "cloud", *given], stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        path = Path(json.loads(process.stdout.readline())["config"])
        text = path.read_text("utf-8")
        path.write_text(re.sub('credentials = "demo"', r'\g<0>\nrate_share = "off"', text), "utf-8")
        yield load_config(path)
    finally:
        process.terminate()
        process.wait(20)


async def rounds(config: Config, count: int, seconds: float) -> dict[str, dict[str, list[int]]]:
    """By adapter: how many tasks, the calls of a whole read, and those of each round after it."""
    store, found = Store(raw_rows=0), defaultdict[str, dict[str, list[int]]](lambda: defaultdict(list))
    async with Wiring(config, store) as wiring:
        for at in range(count + 1):
            here = defaultdict[str, int](int)
            for poller in wiring.pollers.values():
                await poller.round()
                here[poller.source.adapter] += poller.status.calls
            for adapter, calls in here.items():
                found[adapter]["later" if at else "whole"].append(calls)
            await asyncio.sleep(seconds if at < count else 0)
        for poller in wiring.pollers.values():
            found[poller.source.adapter]["tasks"].append(poller.status.tasks)
            found[poller.source.adapter]["sources"].append(1)
    return found


def main() -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=INTERVAL, help="between two rounds")
    given = parser.parse_args()
    cells: dict[str, list[str]] = defaultdict(list)
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder, cloud(size * ADAPTERS, Path(folder)) as config:
            for adapter, figures in asyncio.run(rounds(config, given.rounds, given.seconds)).items():
                later = statistics.median(figures["later"])
                cells[adapter].append(f"{figures['whole'][0]} / {later:.0f}")
    print(f"| adapter | {' | '.join(f'{size:,} tasks' for size in SIZES)} |")
    print("|---|" + "---|" * len(SIZES))
    for adapter, row in cells.items():
        print(f"| {adapter} | {' | '.join(row)} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
