"""The tasks of `deck_app.py` as a CSV file, for programs that read one: `rows_by_hand.py TASKS FILE`."""

from __future__ import annotations

import csv
import sys
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from keys_to_paint import SHORTS, TITLES, WIDE, WORDS, span

from peers.deck_app import LONG_AGO, pages
from tests.ui.fake_desk import SOURCES
from tui.ui.options import wall_clock

LONG = 40  # characters of an error: some of the made ones have a thousand, with what no program should print


def write(tasks: int, path: Path) -> None:
    """One row a task, source by source."""
    now = wall_clock()
    with path.open("w", encoding="utf-8", newline="") as sink:
        lines = csv.writer(sink)
        lines.writerow(TITLES)
        for source in SOURCES:
            place = [SHORTS.get(source.adapter, "KPS"), source.account, source.region]
            for task in chain.from_iterable(pages(source, tasks // len(SOURCES), now - LONG_AGO)):
                state = WORDS.get(task.state, task.state.upper()[:5])
                age = span(now - (task.ended_at or task.since))
                took = "-" if task.duration_ms is None else span(task.duration_ms)
                texts = [task.key.id[-WIDE:], task.target or "", (task.error or "")[:LONG]]
                lines.writerow([state, age, took, *place, *texts])


if __name__ == "__main__":
    write(int(sys.argv[1]), Path(sys.argv[2]))
