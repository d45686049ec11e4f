"""From a key to its paint on 100,000 tasks: taskdeck while it polls, two tables of Textual, visidata; in turn in a pty.

What is measured and how is in benchmarks/README.md. Times are in milliseconds and end with the last byte of the frame
that shows the key's effect. Each figure is the median of the rounds.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from peers import Ground, Peer
from peers.datatable import DataTable
from peers.fastdatatable import FastDataTable
from peers.ours import Ours
from peers.visidata import VisiData
from watched import Paint, Watched

ROOT = Path(__file__).resolve().parent.parent
PEERS: dict[str, type[Peer]] = {
    "ours": Ours,
    "datatable": DataTable,
    "fastdatatable": FastDataTable,
    "visidata": VisiData,
}
LABELS = {
    "lines": "j k",
    "pages": "page down, up",
    "ends": "last, first",
    "typed": "typed character",
    "whole": "  all its rows",
    "sorted": "order inverted",
    "views": "another view",
}
TITLES = ("STATE", "AGE", "DUR", "SRC", "ACCT", "REGION", "TASK", "TARGET", "ERROR")
WIDE = 20  # characters of an id that a column shows: rows that look alike would be no other rows
BUDGETS = {"lines": 30, "pages": 30, "ends": 30, "typed": 60}
SHORTS = {"alibaba-fc": "FC", "alibaba-opensearch": "OS", "tencent-mps": "MPS", "tencent-tat": "TAT"}
WORDS = {"queued": "QUEUE", "running": "RUN", "succeeded": "OK", "failed": "FAIL", "cancelled": "CANC"}


class Cloud(NamedTuple):
    """A running demo cloud."""

    url: str
    config: Path

    def get(self, path: str) -> Any:
        """A control path's JSON."""
        with urllib.request.urlopen(self.url + path, timeout=120) as answer:
            return json.load(answer)

    def listed(self) -> dict[tuple[str, str, str], dict[str, Any]]:
        """What the lists show now."""
        return {(one["source"], one["scope"] or "", one["id"]): one for one in self.get("/_truth") if one["listed"]}


class Round(NamedTuple):
    """What one run of one program gave."""

    paints: dict[str, list[Paint]]
    loaded: float
    peak: float
    cpu: float
    bytes_a_second: float
    frames_a_second: float
    kept: bool


def environment(folder: Path) -> dict[str, str]:
    """Nothing of this machine's keys, config and state."""
    env = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    return env | {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state"), "LC_ALL": "C.UTF-8"}


@contextmanager
def cloud(folder: Path, tasks: int, rate: float, interval: str) -> Iterator[Cloud]:
    """`taskdeck cloud` whose tasks move, and a config that reads it without limits of ours."""
    taskdeck = Ours().command(Ground(Path(), Path(), 0))[0]
    given = ["--tasks", str(tasks), "--rate", str(rate), "--config-out", str(folder / "cloud.toml")]
    process = subprocess.Popen([taskdeck, "cloud", *given], stdout=subprocess.PIPE, env=environment(folder))
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        text = Path(ready["config"]).read_text("utf-8")
        text = text.replace('credentials = "demo"', 'credentials = "demo"\nrate_share = "off"')
        text = re.sub(r'interval = "\w+"', f'interval = "{interval}"', text, count=1)
        config = folder / "config.toml"
        config.write_text(text, "utf-8")
        yield Cloud(ready["url"], config)
    finally:
        process.terminate()
        process.wait(20)


def span(ms: int) -> str:
    """A time as short as on the screen."""
    for size, unit in ((86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s")):
        if ms >= size:
            return f"{ms // size}{unit}"
    return f"{max(0, ms)}ms"


def write_rows(tasks: Sequence[dict[str, Any]], path: Path) -> None:
    """The tasks with the columns of the merged view, newest first; what an id begins with is the same for many."""
    now = time.time()

    def born(task: dict[str, Any]) -> str:
        return str(task["created_at"] or task["started_at"] or "")

    with path.open("w", encoding="utf-8", newline="") as sink:
        lines = csv.writer(sink)
        lines.writerow(TITLES)
        for task in sorted(tasks, key=born, reverse=True):
            since = str(task["ended_at"] or born(task)).removesuffix("Z").partition(".")[0]
            age = now - time.mktime(time.strptime(since, "%Y-%m-%dT%H:%M:%S")) + time.timezone if since else 0
            took = span(task["duration_ms"]) if task["duration_ms"] is not None else "-"
            subject = task["target"] or task["name"] or ""
            lines.writerow(
                [
                    WORDS.get(task["state"], task["state"].upper()[:5]),
                    span(round(age * 1000)),
                    took,
                    SHORTS.get(task["adapter"], "KPS"),
                    task["account"],
                    task["region"],
                    task["id"][-WIDE:],
                    subject,
                    task["error"] or "",
                ]
            )


def changed_a_second(cloud: Cloud, before: dict[tuple[str, str, str], dict[str, Any]], at: float) -> float:
    """How many rows of the lists are new or another way, each second."""
    began = time.perf_counter()
    after = cloud.listed()
    return sum(before.get(key) != task for key, task in after.items()) / (began - at)


def run(peer: Peer, ground: Ground, folder: Path, given: argparse.Namespace, seed: int) -> Round:
    """Starts a program, waits for all its rows, does all its probes."""
    rng = random.Random(seed)
    env = environment(folder) | {"TERM": peer.term, "COLORTERM": "truecolor"}
    paints: dict[str, list[Paint]] = {}
    with Watched(peer.command(ground), env) as seen:
        loaded = seen.until(lambda seen: peer.ready(seen, ground), 120)
        peer.begin(seen)
        settle(peer, seen)
        before = peer.cursor(seen), peer.cursor_line(seen)
        still = seen.still(given.still)
        kept = before == (peer.cursor(seen), peer.cursor_line(seen)) and before[0] is not None
        if given.verbose and not kept:
            say(f"{peer.name}: {before} is now {peer.cursor(seen)}, {peer.cursor_line(seen)}\n{seen.text}")
        for name, probe in peer.probes().items():
            if not given.probes or name in given.probes:
                paints[name] = list(some(probe(seen, rng), given))
                if given.verbose:
                    missed = sum(not paint.shown for paint in paints[name])
                    say(f"{peer.name}: {name}: {len(paints[name])} keys, {missed} without a paint")
        paints |= peer.beside
        written, frames = still.written / still.seconds, still.frames / still.seconds
        return Round(paints, loaded, seen.peak(), still.cpu, written, frames, kept)


def some(paints: Iterator[Paint], given: argparse.Namespace) -> Iterator[Paint]:
    """As many as are wanted, in the time there is."""
    end = time.perf_counter() + given.limit
    for count, paint in enumerate(paints, 1):
        yield paint
        if count >= given.presses or time.perf_counter() > end:
            return


def settle(peer: Peer, seen: Watched) -> None:
    """To the middle of a page, where a refresh that moves things would be seen to."""
    for key in [peer.first, *[peer.page_down] * 2, *[peer.down] * 5]:
        seen.press(key)
        time.sleep(0.15)
    time.sleep(0.5)
    seen.catch_up()


def at(share: float, values: Sequence[float]) -> float:
    """A percentile by the nearest rank."""
    return sorted(values)[min(len(values) - 1, max(0, math.ceil(share * len(values)) - 1))]


def middle(values: Sequence[float]) -> float:
    """The median; nothing has none."""
    return statistics.median(values) if values else float("nan")


def say(text: str) -> None:
    """To stderr, while it goes on."""
    print(text, file=sys.stderr, flush=True)


def number(value: float) -> str:
    """A figure, or a dash."""
    return "-" if math.isnan(value) else f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def report(rounds: dict[str, list[Round]], wide: int = 29) -> Iterator[str]:
    """The table: a block of four figures for each program."""
    names = [PEERS[name].name for name in rounds]
    yield f"{'':<18}{'budget':>7}" + "".join(f"{name:>{wide}}" for name in names)
    yield f"{'':<18}{'p95':>7}" + f"{'first':>8}{'p50':>7}{'p95':>7}{'max':>7}" * len(names)
    for probe, label in LABELS.items():
        cells = ""
        for runs in rounds.values():
            these = [run.paints[probe] for run in runs if run.paints.get(probe)]
            first = middle([at(0.5, [paint.first for paint in paints]) for paints in these])
            longest = max((paint.last for paints in these for paint in paints if not paint.shown), default=math.inf)
            last = [middle([at(share, [paint.last for paint in p]) for p in these]) for share in (0.5, 0.95, 1)]
            cells += f"{number(first):>8}" + "".join(
                f"{'>' if value >= longest else ''}{number(value)}".rjust(7) for value in last
            )
        yield f"{label:<18}{BUDGETS.get(probe, ''):>7}{cells}"
    for label, budget, figure in (
        ("peak memory, MiB", "286", lambda run: f"{run.peak:.0f}"),
        ("start to rows, s", "", lambda run: f"{run.loaded:.1f}"),
        ("CPU, no key, %", "", lambda run: f"{run.cpu * 100:.0f}"),
        ("frames a second", "", lambda run: f"{run.frames_a_second:.1f}"),
        ("bytes a second", "", lambda run: f"{run.bytes_a_second:,.0f}"),
        ("cursor kept", "", lambda run: "yes" if run.kept else "NO"),
        (
            "keys unanswered",
            "",
            lambda run: str(sum(not one.shown for paints in run.paints.values() for one in paints)),
        ),
    ):
        cells = "".join(f"{' '.join(figure(run) for run in runs):>{wide}}" for runs in rounds.values())
        yield f"{label:<18}{budget:>7}{cells}"


def taken(chosen: Sequence[str], given: argparse.Namespace) -> dict[str, list[Round]]:
    """All rounds of all programs, in turn; those that never got ready are left out."""
    rounds: dict[str, list[Round]] = {name: [] for name in chosen}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        with cloud(folder, given.tasks, given.rate, given.interval) as served:
            ground = Ground(served.config, folder / "rows.csv", given.tasks)
            if given.share or list(chosen) != ["ours"]:
                began = time.perf_counter()
                tasks = served.listed()
                write_rows(list(tasks.values()), ground.rows)
                if given.share:
                    rows = changed_a_second(served, tasks, began)
                    print(f"{rows:.0f} rows change each second: 1 % in {len(tasks) / 100 / max(rows, 0.001):.0f} s")
                del tasks
            for turn in range(given.rounds):
                for name in chosen:
                    try:
                        rounds[name].append(run(PEERS[name](), ground, folder, given, turn))
                    except RuntimeError as error:
                        say(f"{PEERS[name].name}, round {turn + 1}: {error}")
                    if given.verbose:
                        say(f"round {turn + 1}: {name} done at {time.perf_counter():.0f}")
    return {name: runs for name, runs in rounds.items() if runs}


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=PEERS, action="append", help="may be repeated")
    parser.add_argument(
        "--probes", choices=[name for name in LABELS if name != "whole"], action="append", help="may be repeated"
    )
    parser.add_argument("--rate", type=float, default=12, help="how many times faster tasks live")
    parser.add_argument("--interval", default="5s", help="the monitor's; a read of everything takes longer")
    parser.add_argument("--presses", type=int, default=150, help="keys of a probe at most")
    parser.add_argument("--limit", type=float, default=9, help="seconds of a probe at most")
    parser.add_argument("--still", type=float, default=8, help="seconds without a key, for CPU and frames")
    parser.add_argument("--share", action="store_true", help="also measures how many rows change (10 s more)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="all figures")
    parser.add_argument("--verbose", action="store_true")
    return parser


def main() -> None:
    given = arguments().parse_args()
    chosen = given.only or list(PEERS)
    for name in [name for name in chosen if not PEERS[name]().here()]:
        print(f"{name} is not here (benchmarks/README.md says how it is had): left out")
        chosen.remove(name)
    rounds = taken(chosen, given)
    print(f"{given.tasks:,} tasks, 120x40, {given.rounds} rounds in turn; ms from a key to the last byte of its frame")
    for line in report(rounds):
        print(line)
    for name in rounds:
        if PEERS[name].note:
            print(PEERS[name].note)
    if given.json:
        given.json.write_text(json.dumps({name: [run._asdict() for run in runs] for name, runs in rounds.items()}))


if __name__ == "__main__":
    main()
