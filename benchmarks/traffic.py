"""Bytes that go to the terminal, and CPU, while nobody presses a key; bytes of a change and of a page: beside peers.

The programs run side by side in ptys of 80x24 and 200x60, so that all see the same machine in the same minute:

- taskdeck idle: the monitor polls a cloud whose tasks stand still (`--freeze`) every 15 s, as by default, and shows
  those that failed three days ago and earlier: among 57 ages in hours one ticks a minute, which is a change;
- taskdeck: the monitor polls 2,000 tasks that move as in life, all sources every 5 s;
- DataTable: `peers/datatable_app.py` with as many rows, once without and once with its 1 % of changes every 5 s;
- htop and btop, refreshing every 1.5 and 2 s as they do.

A change and a page are measured on `peers/deck_app.py`, the monitor's screen on a store filled by hand.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pyte
from keys_to_paint import cloud, environment
from results import OURS, Row, Target, tables
from start import found
from watched import FRAME_END, QUIET, Piece, Watched

PEERS = Path(__file__).with_name("peers")
SIZES = ((80, 24), (200, 60))
TASKS = 2_000
INTERVAL = {OURS: 5.0, "DataTable": 5.0, "htop": 1.5, "btop": 2.0}
LIVE = 15  # rows whose durations tick
PAGE_DOWN, PAGE_UP, DOWN = "\x1b[6~", "\x1b[5~", "\x1b[B"
CHANGES = 7
_TOKEN = re.compile("\x1b\\[[0-9;?]*[a-zA-Z]|\x1b[DM]|[\b\r]|[^\x1b\b\r]+|\x1b")


class Spent(NamedTuple):
    """What a program did in some seconds without a key."""

    written: int
    in_table: int
    cells: int
    cpu: float


def in_table(data: bytes, lines: range, columns: int) -> int:
    """Bytes of text and style that went to these lines, left of a column; with those that put the cursor there."""
    screen = pyte.Screen(500, 200)
    stream, count = pyte.Stream(screen), 0
    for token in _TOKEN.findall(data.decode("utf-8", "ignore")):
        here = screen.cursor.y, screen.cursor.x
        if not token.startswith("\x1b[?"):
            stream.feed(token)
        moves = token[0] in "\b\r" or (token[0] == "\x1b" and token[-1] in "HABCD")
        y, x = (screen.cursor.y, screen.cursor.x) if moves else here
        if y in lines and x < columns and not token.startswith("\x1b[?"):
            count += len(token.encode())
    return count


def table(seen: Watched) -> tuple[range, int]:
    """Where the rows of our table are on the screen."""
    for y, line in enumerate(seen.lines()):
        if "STATE" in line and "AGE" in line:
            beside = re.search(r"ERROR / NOTE[ »]*", line)  # at 200 columns the task under the cursor is beside it
            return range(y + 1, seen.screen.lines - 2), beside.end() - 2 if beside else seen.screen.columns
    raise RuntimeError(f"there is no table:\n{seen.text}")


def cells(seen: Watched, pieces: Sequence[Piece]) -> int:
    """How many cells of the screen each frame changed, in all."""
    screen, changed = seen.screen, 0
    before = [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(screen.lines)]
    screen.dirty.clear()
    for at, piece in enumerate(pieces):
        seen.feed([piece])
        over = at + 1 == len(pieces) or pieces[at + 1].at - piece.at > QUIET
        if not (over or FRAME_END in piece.data):
            continue
        for y in sorted(screen.dirty):
            if y < screen.lines:
                line = [screen.buffer[y][x] for x in range(screen.columns)]
                changed += sum(old != new for old, new in zip(before[y], line, strict=True))
                before[y] = line
        screen.dirty.clear()
    return changed


def spent(seen: Watched, pieces: Sequence[Piece], cpu: float, *, ours: bool) -> Spent:
    """Counts what came."""
    where = table(seen) if ours else (range(0), 0)
    data = b"".join(piece.data for piece in pieces)
    return Spent(len(data), in_table(data, *where), cells(seen, pieces), cpu)


@contextmanager
def frozen(folder: Path) -> Iterator[Path]:
    """The config of a cloud whose tasks stand still."""
    taskdeck = found("taskdeck") or "taskdeck"
    given = ["--freeze", "--tasks", str(TASKS), "--config-out", str(folder / "frozen.toml")]
    process = subprocess.Popen([taskdeck, "cloud", *given], stdout=subprocess.PIPE, env=environment(folder))
    try:
        assert process.stdout is not None
        path = Path(json.loads(process.stdout.readline())["config"])
        text = path.read_text("utf-8")
        path.write_text(re.sub(r'interval = "\w+"', 'interval = "15s"', text, count=1), "utf-8")
        yield path
    finally:
        process.terminate()
        process.wait(20)


def write_rows(path: Path, columns: Sequence[str]) -> None:
    """As many rows for DataTable, as long as ours."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(columns)
        for at in range(TASKS):
            state = ("OK", "RUN", "FAIL")[at % 3]
            lines.writerow(
                [state, "5h", "1m10s", "FC", "ali-demo", "cn-shanghai", f"job-{at:016}", "thumbnails", "timed out"]
            )


def minute(
    commands: Mapping[str, Sequence[str]],
    env: Mapping[str, str],
    size: tuple[int, int],
    stack: ExitStack,
    keys: Mapping[str, str],
) -> dict[str, Watched]:
    """Starts programs; `keys` brings each where it is watched."""
    here = {}
    for name, command in commands.items():
        term = "screen-256color" if name in ("htop", "btop") else "xterm-256color"  # pyte does not know xterm's REP
        here[name] = stack.enter_context(Watched(command, {**env, "TERM": term}, columns=size[0], lines=size[1]))
    for name, seen in here.items():
        seen.until(lambda seen: len(seen.text.split()) > 10, 30)
        if keys.get(name):
            time.sleep(1)
            seen.press(keys[name])
    return here


def still(here: Mapping[tuple[str, int], Watched], seconds: float, settle: float) -> dict[tuple[str, int], Spent]:
    """Watches all of them while nobody presses a key."""
    end = time.perf_counter() + settle
    while time.perf_counter() < end:
        for seen in here.values():
            seen.catch_up()
        time.sleep(0.5)
    before = {key: seen.cpu_exactly() for key, seen in here.items()}
    time.sleep(seconds)
    cpu = {key: seen.cpu_exactly() - before[key] for key, seen in here.items()}
    pieces = {key: seen.take() for key, seen in here.items()}
    return {key: spent(seen, pieces[key], cpu[key], ours=key[0].startswith(OURS)) for key, seen in here.items()}


def after(programs: Iterable[Watched], event: Callable[[Watched], object], wait: float) -> list[list[Piece]]:
    """What each of them writes after an event."""
    here = list(programs)
    for seen in here:
        seen.catch_up()
    for seen in here:
        event(seen)
    time.sleep(wait)
    came = [seen.take() for seen in here]
    for seen, pieces in zip(here, came, strict=True):
        seen.feed(pieces)
    return came


def size_of(pieces: Sequence[Piece]) -> int:
    """Bytes."""
    return sum(len(piece.data) for piece in pieces)


def idle_rows(size: str, found: Mapping[str, Spent], seconds: float) -> Iterator[Row]:
    """The rows of the minute for one size."""
    a_minute, quiet = (
        60 / seconds,
        {OURS: "taskdeck idle", "DataTable": "DataTable idle", "htop": "htop", "btop": "btop"},
    )
    here = {name: found[key] for name, key in quiet.items() if key in found}
    idle = {name: one.written * a_minute for name, one in here.items()}
    yield Row(PART, f"idle, {size}", "bytes a minute", idle, Target(2048), "btop", 200)
    there = {OURS: here[OURS].in_table * a_minute}
    yield Row(PART, f"idle, in the table, {size}", "bytes a minute", there, Target(0))
    yield Row(PART, f"idle, {size}", "CPU ms a minute", {n: one.cpu * 1000 * a_minute for n, one in here.items()})
    live = {name: found[name] for name in INTERVAL if name in found}
    whole = {name: one.written * a_minute for name, one in live.items()}
    yield Row(PART, f"at work, {size}", "bytes a minute", whole, None, "DataTable", 500)
    each = {name: one.written / one.cells for name, one in live.items() if one.cells}
    yield Row(PART, f"at work, each changed cell, {size}", "bytes", each, None, "DataTable", 0.3)
    cost = {name: one.cpu * 1000 / (seconds / INTERVAL[name]) for name, one in live.items()}
    yield Row(PART, f"a refresh, {size}", "CPU ms", cost, None, "DataTable", 20)


PART = "Bytes and CPU"


def idle(folder: Path, seconds: float) -> list[Row]:
    """The minute in which nobody presses a key."""
    rows = folder / "rows.csv"
    write_rows(rows, ("STATE", "AGE", "DUR", "SRC", "ACCT", "REGION", "TASK", "TARGET", "ERROR"))
    env = environment(folder) | {"COLORTERM": "truecolor"}
    # A moment, not an age: whose rows change with time is looked at anew from time to time.
    long_ago = (datetime.now(UTC) - timedelta(hours=73)).strftime("%Y-%m-%dT%H:%MZ")
    taskdeck, app = found("taskdeck") or "taskdeck", str(PEERS / "datatable_app.py")
    with ExitStack() as stack:
        still_config = stack.enter_context(frozen(folder))
        live = stack.enter_context(cloud(folder, TASKS, 1, "5s"))
        commands = {
            "taskdeck idle": [taskdeck, "--config", str(still_config), "monitor", f"state:fail created<{long_ago}"],
            OURS: [taskdeck, "--config", str(live.config), "monitor"],
            "DataTable idle": [sys.executable, app, str(rows), "still"],
            "DataTable": [sys.executable, app, str(rows)],
        }
        commands |= {name: [path] for name in ("htop", "btop") if (path := found(name))}
        commands |= {"btop": [*commands["btop"], "--utf-force"]} if "btop" in commands else {}
        here: dict[tuple[str, int], Watched] = {}
        for size in SIZES:
            started = minute(commands, env, size, stack, {OURS: "0", "taskdeck idle": "0"})
            here |= {(name, size[0]): seen for name, seen in started.items()}
        spending = still(here, seconds, 12)
    return [
        row
        for size in SIZES
        for row in idle_rows(
            f"{size[0]}x{size[1]}", {n: one for (n, width), one in spending.items() if width == size[0]}, seconds
        )
    ]


def changes(folder: Path, seconds: float) -> list[Row]:
    """A changed status, durations that tick, a page."""
    env = environment(folder) | {"COLORTERM": "truecolor"}
    (folder / ".config" / "btop").mkdir(parents=True, exist_ok=True)
    (folder / ".config" / "btop" / "btop.conf").write_text("update_ms = 10000\n")
    deck, app = str(PEERS / "deck_app.py"), str(PEERS / "datatable_app.py")
    rows = str(folder / "rows.csv")
    commands = {
        OURS: [sys.executable, deck, str(TASKS)],
        "taskdeck 1": [sys.executable, deck, str(TASKS), "1"],
        "taskdeck many": [sys.executable, deck, str(TASKS), str(LIVE)],
        "DataTable": [sys.executable, app, rows, "still"],
        "DataTable 1": [sys.executable, app, rows, "1"],
        "DataTable many": [sys.executable, app, rows, str(LIVE)],
    }
    slow = {"htop": ["-d", "100"], "btop": ["--utf-force"]}
    commands |= {name: [path, *rest] for name, rest in slow.items() if (path := found(name))}
    made: list[Row] = []
    for size in SIZES:
        with ExitStack() as stack:
            here = minute(commands, env, size, stack, dict.fromkeys((OURS, "taskdeck 1", "taskdeck many"), "0"))
            ticking = {(n, 0): seen for n, seen in here.items() if n.endswith((" 1", " many"))}
            ticks = {name: one for (name, _), one in still(ticking, seconds, 4).items()}
            made += change_rows(f"{size[0]}x{size[1]}", here, ticks, seconds)
    return made


def change_rows(size: str, here: Mapping[str, Watched], ticks: Mapping[str, Spent], seconds: float) -> Iterator[Row]:
    """The rows of one size."""
    whole: dict[str, list[int]] = {OURS: [], "DataTable": []}
    ours: list[int] = []
    for _ in range(CHANGES):
        came = after([here[name] for name in whole], lambda seen: os.kill(seen.pid, signal.SIGUSR1), 1.6)
        for name, pieces in zip(whole, came, strict=True):
            whole[name].append(size_of(pieces))
        ours.append(in_table(b"".join(piece.data for piece in came[0]), *table(here[OURS])))
    middle = {name: float(statistics.median(values)) for name, values in whole.items()}
    table_alone = {OURS: float(statistics.median(ours)), "DataTable": middle["DataTable"]}
    yield Row(PART, f"a changed status, in the table, {size}", "bytes", table_alone, Target(62), "DataTable", 20)
    yield Row(PART, f"a changed status, with counts and event, {size}", "bytes", middle, None, "DataTable", 60)
    for what, key, most in (("1 duration ticks", "1", 77), (f"{LIVE} durations tick", "many", 627)):
        figures = {name: ticks[f"{name} {key}"].written / seconds for name in (OURS, "DataTable")}
        figures[OURS] = ticks[f"{OURS} {key}"].in_table / seconds
        yield Row(PART, f"{what}, in the table, {size}", "bytes a second", figures, Target(most), "DataTable", 10)
    page = pressed(
        here, [PAGE_UP if turn % 2 else PAGE_DOWN for turn in range(CHANGES + 1)]
    )  # processes are soon at an end
    yield Row(PART, f"a page down or up, {size}", "bytes", page, Target(1, "DataTable"), "DataTable", 200)
    pressed(here, [DOWN * int(size.partition("x")[2])])
    line = pressed({name: here[name] for name in here if name != "btop"}, [DOWN] * CHANGES)  # btop goes on by pages
    yield Row(
        PART, f"a line down at the end of the table, {size}", "bytes", line, Target(1, "DataTable"), "DataTable", 50
    )


def pressed(here: Mapping[str, Watched], keys: Sequence[str]) -> dict[str, float]:
    """What each program that shows a table writes for one of these keys: the median."""
    written: dict[str, list[int]] = {name: [] for name in INTERVAL if name in here}
    for key in keys:
        came = after([here[name] for name in written], lambda seen, key=key: seen.press(key), 1.2)  # type: ignore[misc]  # the key of this turn
        for pieces, values in zip(came, written.values(), strict=True):
            values.append(size_of(pieces))
    return {name: float(statistics.median(values)) for name, values in written.items()}


def measured(seconds: float) -> list[Row]:
    """All of them."""
    with tempfile.TemporaryDirectory() as place:
        return [*idle(Path(place), seconds), *changes(Path(place), max(4.0, seconds / 6))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="how long nobody presses a key")
    print("\n".join(tables(measured(parser.parse_args().seconds))))
