"""Start to the first text in a pty, and the memory then: taskdeck, an empty Textual app, and programs of its kind.

Medians of interleaved runs, `--rounds` of them after one to warm up. A program that is not here is left out.
`python benchmarks/start.py` prints the table alone; `make bench` has it in benchmarks/RESULTS.md.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from measure import run
from results import OURS, Row, Target, tables
from watched import Watched, bare

PART = "Start"
EMPTY = """
from textual.app import App
from textual.widgets import Static
class Empty(App):
    def compose(self):
        yield Static("taskdeck")
Empty().run()
"""
EMPTY_APP, DEMO = "an empty Textual app", "taskdeck demo"
LEAST = 8  # characters that are no blanks: `taskdeck` is the first text of ours and of the empty app
BINS = (Path(sys.executable).parent, Path(sys.executable).parent.parent / "peers" / "bin")
PEERS: Mapping[str, tuple[str, ...]] = {
    "htop": ("htop",),
    "btop": ("btop", "--utf-force"),
    "glances": ("glances", "--disable-check-update"),
    "visidata": ("vd", "-N"),
    "posting": ("posting",),
    "harlequin": ("harlequin",),
}


def found(name: str) -> str | None:
    """A program beside this Python, among the peers that `make bench` installs, or on PATH."""
    for folder in BINS:
        if (folder / name).exists():
            return str(folder / name)
    return shutil.which(name)


def programs(folder: Path) -> dict[str, list[str]]:
    """All that are here, by name."""
    empty = folder / "empty.py"
    empty.write_text(EMPTY, "utf-8")
    taskdeck = found("taskdeck") or "taskdeck"
    here = {OURS: [taskdeck], DEMO: [taskdeck, "demo"], EMPTY_APP: [sys.executable, str(empty)]}
    for name, (program, *rest) in PEERS.items():
        if (path := found(program)) is not None:
            here[name] = [path, *rest]
    return here


class Began(NamedTuple):
    """Milliseconds to the first text, of the clock and of CPU, and MiB at the peak a second later."""

    first: float
    cpu: float
    peak: float


def start(command: list[str], env: Mapping[str, str]) -> Began:
    """One start of a program."""
    began = time.perf_counter()
    with Watched(command, env) as seen:
        text = b""
        while sum(not chr(byte).isspace() for byte in bare(text)) < LEAST:
            pieces = seen.take(0.05)
            text += b"".join(piece.data for piece in pieces)
            if pieces:
                at, cpu = pieces[-1].at, seen.cpu_exactly()
            if time.perf_counter() - began > 20 or seen.ended:
                raise RuntimeError(f"{command[0]} shows nothing: {text[-200:]!r}")
        time.sleep(1.0)
        return Began((at - began) * 1000, cpu * 1000, seen.peak())


def measured(rounds: int) -> list[Row]:
    """The rows of the table."""
    taken: dict[str, list[Began]] = {}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        from keys_to_paint import environment

        env = environment(folder) | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
        chosen = programs(folder)
        for turn in range(rounds + 1):
            for name, command in list(chosen.items()):
                try:
                    one = start(command, env)
                except RuntimeError as error:
                    print(error, file=sys.stderr)
                    del chosen[name]
                    continue
                if turn:
                    taken.setdefault(name, []).append(one)
        version = [run([chosen[OURS][0], "--version"], out=folder / "version", env=env).cpu for _ in range(rounds)]
    first, cpu, peak = (
        {name: statistics.median(one[at] for one in these) for name, these in taken.items()} for at in range(3)
    )
    return [
        Row(PART, "first text", "ms", first, Target(1.15, EMPTY_APP), EMPTY_APP, 20),
        Row(PART, "CPU until the first text", "ms", cpu, Target(1.15, EMPTY_APP), EMPTY_APP, 20),
        Row(PART, "first text, before visidata", "ms", _pair(first, "visidata"), Target(1, "visidata"), "visidata", 20),
        Row(PART, "first text, the demo with its cloud", "ms", {OURS: first.get(DEMO, float("nan"))}),
        Row(PART, "peak memory a second later", "MiB", peak, None, EMPTY_APP, 2),
        Row(PART, "`--version`, CPU", "s", {OURS: statistics.median(version)}, Target(0.1)),
    ]


def _pair(figures: Mapping[str, float], other: str) -> dict[str, float]:
    return {name: figures[name] for name in (OURS, other) if name in figures}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    print("\n".join(tables(measured(parser.parse_args().rounds))))
