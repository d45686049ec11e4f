"""The monitor's picture against the truth: 50 sources of five APIs, chaos, 100,000 task lives.

The clouds run in a process of their own; the monitor is all of it but the screen. Chaos is on until there have been as
many tasks as asked for; then the clouds stop, and the picture is compared with `/_truth` twice: after one more round of
each source, and after the whole read that each source makes from time to time by itself.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from clouds import Clouds

from tests.fidelity.delays import Reports
from tests.fidelity.fleet import Account
from tests.fidelity.picture import Mismatch, mismatches, picture
from tests.fidelity.reads import Reads
from tui.settings.load import parse
from tui.status import Change
from tui.store import Store
from tui.wiring import Wiring, models

INTERVAL = 5.0
PATIENCE = 900.0  # seconds: a source that was throttled often waits 300, and 300 are between two whole reads
FACTS = {"target", "extra"}  # a garbled answer has no arrays, and what left the lists with it is not shown again
KINDS = ("missing", "wrong", "invented", "double", "lost")


def _only_facts(what: str) -> bool:
    """Whether a mismatch is about nothing that a monitor is for: state, times and error are right."""
    return {part.split(" ", 1)[0] for part in what.split("; ")} <= FACTS


class Row(NamedTuple):
    """One line of the table; `met` is None where there is no target."""

    figure: str
    target: str
    value: str
    met: bool | None = None

    def __str__(self) -> str:
        """Padded."""
        verdict = {None: "", True: "met", False: "NOT MET"}[self.met]
        return f"{self.figure:<52}{self.target:>12}{self.value:>22}  {verdict}".rstrip()


class Run:
    """One run of the benchmark."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.store, self.reports = Store(), Reports()
        self.reads = Reads(self.store, time.monotonic, time.time)
        self.after_round: list[Mismatch] = []
        self.began = self.chaos = self.idle = 0.0
        self.cost = ""

    def told(self, change: Change) -> None:
        """All that the pollers say."""
        self.reads.told(change)
        self.reports.told(change)

    async def measure(self, clouds: Clouds) -> Account:
        """From the first request to the last comparison."""
        config = parse(clouds.config, models(), Path("fleet.toml"))
        async with Wiring(config, self.store, told=self.told) as wiring:
            running = [asyncio.create_task(poller.run()) for poller in wiring.pollers.values()]
            try:
                return await self._through(clouds)
            finally:
                for one in running:
                    one.cancel()
                await asyncio.gather(*running, return_exceptions=True)

    async def _through(self, clouds: Clouds) -> Account:
        await self.reads.once_more(whole=True, patience=PATIENCE)
        self.say("all sources are read", clouds)
        self.began, self.idle = time.time(), time.process_time()
        clouds.ask("fault chaos on")
        while (born := clouds.ask("born")) < self.given.lives:
            await asyncio.sleep(5)
            self.say(f"{born:,} task lives", clouds)
        self.chaos = time.time() - self.began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self.cost = f"{100 * (time.process_time() - self.idle) / self.chaos:.0f} %, {peak:.0f}"
        clouds.ask("fault chaos off")
        clouds.ask("stop")
        self.say("the clouds stand still", clouds)
        await self.reads.once_more(whole=False, patience=PATIENCE)
        self.say("one quiet round", clouds)
        known = await asyncio.to_thread(clouds.account)
        self.after_round = self.compared(known)
        if self.after_round:
            self.tell(self.after_round)
            await self.reads.once_more(whole=True, patience=PATIENCE)
            known = await asyncio.to_thread(clouds.account)
        return known

    def compared(self, known: Account) -> list[Mismatch]:
        """In what the picture is not the truth."""
        return mismatches(
            picture(self.store), known.truth, shown=known.shown, forgotten=known.forgotten, skews=known.skews
        )

    def tell(self, found: list[Mismatch]) -> None:
        """Some mismatches, on stderr."""
        print(*found[:20], *(["..."] if found[20:] else []), sep="\n", file=sys.stderr)

    def say(self, what: str, clouds: Clouds) -> None:
        """Where we are, on stderr."""
        if self.given.verbose:
            tasks = sum(len(self.store.tasks(name)) for name in self.store.sources)
            words = Counter(one.split()[1] for one in self.reads.said())
            print(f"{what}; {tasks:,} known, {clouds.ask('requests'):,} requests, {dict(words)}", file=sys.stderr)
            for one in self.reads.said():
                if len(one.split()) > 2:  # more than a name and a word
                    print(f"  {one}", file=sys.stderr)

    def rows(self, known: Account) -> Iterator[Row]:
        """The table."""
        lives, wanted = len(known.lives), self.given.lives
        yield Row("task lives (listed at the start, and born since)", f"{wanted:,}", f"{lives:,}", lives >= wanted)
        yield Row("sources", str(self.given.sources), str(len(self.store.sources)))
        yield Row("tasks that an answer showed", "", f"{len(known.shown):,}")
        yield Row("seconds of chaos", "", f"{self.chaos:.0f}")
        compared = self.compared(known)
        blank = [one for one in compared if one.kind == "wrong" and _only_facts(one.what)]
        counts = Counter(one.kind for one in compared if one not in blank)
        for kind in KINDS:
            yield Row(f"tasks {kind} at the end", "0", str(counts[kind]), not counts[kind])
        yield Row("tasks that lack a fact which a garbled answer left out", "", str(len(blank)))
        earlier = Counter(one.kind for one in self.after_round)
        what = ", ".join(f"{count} {kind}" for kind, count in earlier.items())
        yield Row("  after one quiet round, before the whole one", "", what or "0")
        above = [pace for pace in known.paces if pace.most > pace.allowed]
        fullest = max((pace.most / pace.allowed for pace in known.paces), default=0.0)
        yield Row(
            "actions of accounts above their budget in a second", "0", f"{len(above)} of {len(known.paces)}", not above
        )
        yield Row("  the fullest second, of its budget", "1.00", f"{fullest:.2f}", fullest <= 1)
        yield Row("  requests", "", f"{sum(pace.requests for pace in known.paces):,}")
        for one in self.reports.delays(known.lives, self.began):
            spent = f"{one.median:.1f} s, {one.p95:.1f} s"
            part = f"{one.median / INTERVAL:.1f} x, {one.p95 / INTERVAL:.1f} x"
            yield Row(f"{one.adapter} {one.change} ({one.changes:,}): median, p95", spent, part + f" of {INTERVAL:g} s")
        yield Row("monitor under chaos: CPU of a core, MiB at the peak", "", self.cost)


def main() -> int:
    """Measures and prints; 1 where a target is not met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lives", type=int, default=100_000)
    parser.add_argument("--sources", type=int, default=50)
    parser.add_argument("--tasks", type=int, default=50_000, help="in the lists at the start, over all sources")
    parser.add_argument("--rate", type=float, default=30.0, help="how much faster tasks live than in the demo")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true")
    given = parser.parse_args()
    clouds = -(-given.sources // 8)
    run = Run(given)
    began = time.monotonic()
    each = given.tasks // clouds
    with Clouds(
        clouds, sources=given.sources, tasks=each, rate=given.rate, interval=f"{INTERVAL:g}s", seed=given.seed
    ) as here:
        known = asyncio.run(run.measure(here))
    rows = list(run.rows(known))
    print(f"{'figure':<52}{'target':>12}{'value':>22}")
    print(*rows, sep="\n")
    print(f"took {time.monotonic() - began:.0f} s")
    run.tell(run.compared(known))
    return int(any(row.met is False for row in rows))


if __name__ == "__main__":
    raise SystemExit(main())
