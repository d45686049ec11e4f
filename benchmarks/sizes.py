"""Keys, filters, sorts, loading and memory with 1,000 to 1,000,000 tasks, as `keys_to_paint.py` measures them.

Up to 100,000 tasks the monitor polls a demo cloud, beside DataTable, fastdatatable and visidata on the same tasks.
A million are put into the store by hand (`peers/deck_app.py`), at 100,000 as well, so that the two can be compared,
beside fastdatatable and visidata on a file of the same tasks.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from keys_to_paint import PEERS, Round, arguments, at, run, say, taken
from peers import Ground
from peers.deck import Deck
from peers.fastdatatable import FastDataTable
from peers.visidata import VisiData
from results import OURS, Row, Target, tables
from watched import Paint

PART = "Keys to paint"
SIZES = (1_000, 10_000, 100_000)
BY_HAND = (100_000, 1_000_000)
PROBES = ("lines", "pages", "typed", "sorted")
SMALL = 1_000  # tasks of the run whose memory is taken off
TARGETS: Mapping[int, Mapping[str, float]] = {
    100_000: {"j k, p95": 16, "typed character, p50": 12, "typed character, worst": 30},
    1_000_000: {"j k, p95": 16, "typed character, p50": 30, "typed character, worst": 62},
}
EACH = 600.0  # bytes a task with its haystack
SLOW = {"datatable": 10_000}  # more tasks than this, and one character takes it seconds: fewer keys then


def given(tasks: int, presses: int, limit: float) -> argparse.Namespace:
    """The arguments of `keys_to_paint.py` for one short round."""
    words = ["--tasks", str(tasks), "--rounds", "1", "--presses", str(presses), "--limit", str(limit), "--still", "2"]
    return arguments().parse_args([*words, *(word for name in PROBES for word in ("--probes", name))])


def figures(one: Round, *, ours: bool) -> Iterator[tuple[str, str, float]]:
    """What is told of a round: name, unit, figure. Our keys without a paint count as long as they were waited for,
    those of a peer are left out: a ratio beside a time limit says nothing.
    """
    for probe, label, share, what in (
        ("lines", "j k", 0.95, "p95"),
        ("pages", "page down, up", 0.95, "p95"),
        ("typed", "typed character", 0.5, "p50"),
        ("typed", "typed character", 1, "worst"),
        ("whole", "typed character, all its rows", 0.5, "p50"),
        ("sorted", "order inverted", 0.5, "p50"),
    ):
        paints: list[Paint] = [paint for paint in one.paints.get(probe, []) if ours or paint.shown]
        if paints:
            yield f"{label}, {what}", "ms", at(share, [paint.last for paint in paints])
    yield "start to all rows", "s", one.loaded
    yield "peak memory", "MiB", one.peak


def rows(size: str, tasks: int, rounds: Mapping[str, Sequence[Round]], beside: str) -> Iterator[Row]:
    """The rows of one size: medians of the rounds."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    for name, runs in rounds.items():
        told: dict[tuple[str, str], list[float]] = {}
        for one in runs:
            for label, unit, figure in figures(one, ours=name == OURS):
                told.setdefault((label, unit), []).append(figure)
        for key, values in told.items():
            found.setdefault(key, {})[name] = statistics.median(values)
    for (label, unit), by_name in found.items():
        most = TARGETS.get(tasks, {}).get(label)
        target = None if most is None else Target(most)
        # The worst of some thirty keys is luck to a quarter and more: told, with its target, but not watched.
        watched = beside if beside in by_name and not label.endswith("worst") else ""
        grain = 5.0 if label == "typed character, p50" else {"ms": 10.0, "s": 0.5, "MiB": 5.0}[unit]
        yield Row(PART, f"{size}, {label}", unit, by_name, target, watched, grain)


def polled(tasks: int, rounds: int, presses: int, limit: float) -> Iterator[Row]:
    """One size beside its peers."""
    chosen = [name for name, peer in PEERS.items() if peer().here()]
    runs: dict[str, list[Round]] = {}
    wanted = given(tasks, presses, limit)
    wanted.rounds = rounds
    for name, these in taken(chosen, wanted).items():
        runs[PEERS[name].name] = these
    yield from rows(f"{tasks:,} tasks", tasks, runs, "visidata" if tasks > SLOW["datatable"] else "DataTable")


def by_hand(presses: int, limit: float) -> Iterator[Row]:
    """The sizes without a cloud; the memory of each task beside a run with few."""
    with tempfile.TemporaryDirectory() as place:
        few = run(Deck(), Ground(Path(), Path(), SMALL), Path(place), given(SMALL, 6, 2), 0)
        for tasks in BY_HAND:
            one = run(Deck(), Ground(Path(), Path(), tasks), Path(place), given(tasks, presses, limit), 0)
            beside = from_file(tasks, Path(place), presses, limit) if tasks > max(SIZES) else {}
            yield from rows(f"{tasks:,} tasks by hand", tasks, {OURS: [one], **beside}, "visidata")
            each = (one.peak - few.peak) * (1 << 20) / (tasks - SMALL)
            yield Row(PART, f"{tasks:,} tasks by hand, memory of each", "bytes", {OURS: each}, Target(EACH))


def from_file(tasks: int, folder: Path, presses: int, limit: float) -> dict[str, list[Round]]:
    """As many tasks in the programs that can have them in a minute: DataTable would be filled for ten."""
    path, made = folder / "rows.csv", {}
    script = str(Path(__file__).with_name("peers") / "rows_by_hand.py")
    subprocess.run([sys.executable, script, str(tasks), str(path)], check=True)
    for peer in (FastDataTable(), VisiData()):
        if peer.here():
            try:
                made[peer.name] = [run(peer, Ground(path, path, tasks), folder, given(tasks, presses, limit), 0)]
            except RuntimeError as error:
                say(f"{peer.name}: {error}")
    return made


def measured(rounds: int, presses: int, limit: float) -> list[Row]:
    """All sizes."""
    made: list[Row] = []
    for tasks in SIZES:
        made += polled(tasks, rounds, presses, limit)
    return [*made, *by_hand(presses, limit)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--presses", type=int, default=30, help="keys of a probe at most")
    parser.add_argument("--limit", type=float, default=4, help="seconds of a probe at most")
    parser.add_argument("--only", choices=["polled", "by-hand"], help="a part of it")
    parser.add_argument("--tasks", type=int, action="append", help="sizes to poll; may be repeated")
    told = parser.parse_args()
    made: list[Row] = []
    for tasks in () if told.only == "by-hand" else told.tasks or SIZES:
        made += polled(tasks, told.rounds, told.presses, told.limit)
    if told.only != "polled":
        made += by_hand(told.presses, told.limit)
    print("\n".join(tables(made)))
