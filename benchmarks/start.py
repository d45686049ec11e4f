"""Start to the first text in a pty, to the first frame, and the memory then: taskdeck, an empty Textual app, others.

Of taskdeck the first text is a sketch of four lines, drawn before Textual is there; its first frame has the panes.

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
PANE = b"Function Compute"  # stands in our first frame, and not in the sketch before it
BINS = (Path(sys.executable).parent, *(Path(sys.prefix) / venv / "bin" for venv in ("peers", "harlequin")))
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
    """Milliseconds to the first text and the first frame, of the clock and of CPU; MiB at the peak a second later."""

    first: float
    cpu: float
    frame: float
    frame_cpu: float
    peak: float


def start(command: list[str], env: Mapping[str, str], pane: bytes) -> Began:
    """One start of a program. Its first frame holds `pane`; where nothing is known of it, it is the first text."""
    began = time.perf_counter()
    with Watched(command, env) as seen:
        text = b""
        shown: list[float] = []
        while len(shown) < 4:
            pieces = seen.take(0.05)
            if pieces:
                text += b"".join(piece.data for piece in pieces)
                now = ((pieces[-1].at - began) * 1000, seen.cpu_exactly() * 1000)
                signs = bare(text)
                if not shown and sum(byte > 32 for byte in signs) >= LEAST:
                    shown += now
                if shown and pane in signs:
                    shown += now
            if time.perf_counter() - began > 20 or seen.ended:
                raise RuntimeError(f"{command[0]} {seen.fate or 'shows nothing'}: {text[-200:]!r}")
        time.sleep(1.0)
        return Began(*shown, seen.peak())


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
                    one = start(command, env, PANE if name in (OURS, DEMO) else b"")
                except RuntimeError as error:
                    print(error, file=sys.stderr)
                    del chosen[name]
                    continue
                if turn:
                    taken.setdefault(name, []).append(one)
        version = [run([chosen[OURS][0], "--version"], out=folder / "version", env=env).cpu for _ in range(rounds)]
    first, cpu, frame, frame_cpu, peak = (
        {name: statistics.median(one[at] for one in these) for name, these in taken.items()} for at in range(5)
    )
    demo, frame, frame_cpu = frame, _pair(frame, EMPTY_APP), _pair(frame_cpu, EMPTY_APP)
    return [
        Row(PART, "first text", "ms", first, Target(1.15, EMPTY_APP), EMPTY_APP, 20),
        Row(PART, "CPU until the first text", "ms", cpu, Target(1.15, EMPTY_APP), EMPTY_APP, 20),
        Row(PART, "first frame", "ms", frame, Target(1.15, EMPTY_APP), EMPTY_APP, 20),
        Row(PART, "CPU until the first frame", "ms", frame_cpu, Target(1.15, EMPTY_APP), EMPTY_APP, 20),
        Row(PART, "first text, before visidata", "ms", _pair(first, "visidata"), Target(1, "visidata"), "visidata", 20),
        Row(PART, "first frame, the demo with its cloud", "ms", {OURS: demo.get(DEMO, float("nan"))}),
        Row(PART, "peak memory a second later", "MiB", peak, None, EMPTY_APP, 2),
        Row(PART, "`--version`, CPU", "s", {OURS: statistics.median(version)}, Target(0.1)),
    ]


def _pair(figures: Mapping[str, float], other: str) -> dict[str, float]:
    return {name: figures[name] for name in (OURS, other) if name in figures}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    print("\n".join(tables(measured(parser.parse_args().rounds))))
