"""A table of tasks as people write it with Textual's DataTable: `datatable_app.py ROWS.csv [still | LIVE]`.

Fixed widths of columns, because measuring 900,000 cells would be all that one sees. A filter empties the table and
adds the rows that match. Every 5 s 1 % of the rows get another state and age by `update_cell`; with `still` none does,
with a number so many rows get another duration each second instead. SIGUSR1 gives the first row another state.
"""

from __future__ import annotations

import asyncio
import csv
import random
import signal
import sys
from pathlib import Path

from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.widgets import DataTable, Input, Static

WIDTHS = {"STATE": 7, "AGE": 5, "DUR": 6, "SRC": 3, "ACCT": 10, "REGION": 13, "TASK": 20, "TARGET": 16, "ERROR": 17}
EVERY, SHARE = 5.0, 100  # one row in a hundred


def matches(row: dict[str, str], text: str) -> bool:
    """`word`, `field:word`, `-field:word`: the part of a filter language that one writes in an afternoon."""
    wanted = not text.startswith("-")
    field, colon, word = text.removeprefix("-").rpartition(":")
    field = {"name": "TARGET"}.get(field, field.upper())
    cells = [row[field]] if colon and field in row else list(row.values())
    return any(word.lower() in cell.lower() for cell in cells) == wanted


class Tasks(App[None]):
    """The table, a count, an input."""

    CSS = "DataTable { height: 1fr; } Static { height: 1; } Input { height: 1; border: none; padding: 0; }"
    BINDINGS = [  # noqa: RUF012 - as Textual has it
        Binding("j", "down", show=False),
        Binding("k", "up", show=False),
        Binding("slash", "filter", show=False),
        Binding("I", "invert", show=False),
        Binding("escape", "clear", show=False),
    ]

    def __init__(self, rows: list[dict[str, str]], how: str = "") -> None:
        super().__init__()
        self.rows = rows
        self.how = how
        self.second = 0
        self.down = False
        self.rng = random.Random(1)

    def compose(self) -> ComposeResult:
        """Table, count, input."""
        self.table: DataTable[str] = DataTable(cursor_type="row")
        self.told = Static()
        self.input = Input(select_on_focus=False)
        yield from (self.table, self.told, self.input)

    def on_mount(self) -> None:
        """Textual asks each class of an app for this one, so what another table does else is in `begin`."""
        self.begin()

    def begin(self) -> None:
        """All rows, and a refresh from time to time."""
        for name, width in WIDTHS.items():
            self.table.add_column(name, key=name, width=width)
        self.fill("")
        self.table.focus()
        asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, self.another)
        if self.how.isdigit():
            self.set_interval(1, self.tick)
        elif not self.how:
            self.set_interval(EVERY, self.refresh_rows)

    def another(self) -> None:
        """The first row has another state."""
        self.rows[0]["STATE"] = "FAIL" if self.rows[0]["STATE"] == "OK" else "OK"
        self.table.update_cell("0", "STATE", self.rows[0]["STATE"])

    def tick(self) -> None:
        """The first rows run on."""
        self.second += 1
        for at in range(int(self.how)):
            self.table.update_cell(str(at), "DUR", f"{self.second // 60}m{self.second % 60:02}s")

    def fill(self, text: str) -> None:
        """The rows that match, from scratch."""
        self.table.clear()
        count = 0
        for at, row in enumerate(self.rows):
            if not text or matches(row, text):
                self.table.add_row(*row.values(), key=str(at))
                count += 1
        self.told.update(f"{count:,} of {len(self.rows):,}")

    def refresh_rows(self) -> None:
        """1 % of the rows are another way than before."""
        for at in self.rng.sample(range(len(self.rows)), len(self.rows) // SHARE):
            row, key = self.rows[at], str(at)
            row["STATE"] = "OK" if row["STATE"] == "RUN" else "RUN"
            row["AGE"] = f"{self.rng.randrange(60)}s"
            if key in self.table.rows:
                self.table.update_cell(key, "STATE", row["STATE"])
                self.table.update_cell(key, "AGE", row["AGE"])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Live."""
        self.fill(event.value)

    def action_down(self) -> None:
        """One row down."""
        self.table.action_cursor_down()

    def action_up(self) -> None:
        """One row up."""
        self.table.action_cursor_up()

    def action_filter(self) -> None:
        """To the input."""
        self.input.focus()

    def action_invert(self) -> None:
        """By duration, up or down."""
        self.down = not self.down
        self.table.sort("DUR", reverse=self.down)

    def action_clear(self) -> None:
        """No filter."""
        self.input.value = ""
        self.table.focus()


if __name__ == "__main__":
    with Path(sys.argv[1]).open(encoding="utf-8", newline="") as lines:
        Tasks(list(csv.DictReader(lines)), *sys.argv[2:]).run()
