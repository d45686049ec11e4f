"""A table of tasks as people write it with textual-fastdatatable: `fastdatatable_app.py ROWS.csv`.

The rows are an Arrow table. A filter is pyarrow's own over all columns, and its rows are mounted as a new table, as the
package says (`clear` raises). Its `update_cell` makes a whole column anew, as Python's texts: every 5 s the two columns
that change are put in at once, as pyarrow makes them.
"""

from __future__ import annotations

import sys
from functools import reduce
from typing import Any

import pyarrow as pa  # type: ignore[import-not-found]  # in a venv of its own
import pyarrow.compute as pc  # type: ignore[import-not-found]  # as above
from datatable_app import EVERY, SHARE, WIDTHS, Tasks
from pyarrow import csv
from textual.app import ComposeResult
from textual.widgets import Input, Static
from textual_fastdatatable import ArrowBackend, DataTable  # type: ignore[import-not-found]  # as above


def matching(data: pa.Table, text: str) -> pa.Table:
    """The rows that match, as `matches` of `datatable_app.py` has it."""
    wanted = not text.startswith("-")
    field, colon, word = text.removeprefix("-").rpartition(":")
    field = {"name": "TARGET"}.get(field, field.upper())
    columns = [field] if colon and field in WIDTHS else list(WIDTHS)
    hits = reduce(pc.or_, (pc.match_substring(data[name], word, ignore_case=True) for name in columns))
    return data.filter(hits if wanted else pc.invert(hits))


class FastTasks(Tasks):
    """The same screen around the other table."""

    table: Any  # like Textual's, but for what is called here

    def __init__(self, path: str) -> None:
        super().__init__([])
        texts = csv.ConvertOptions(column_types=dict.fromkeys(WIDTHS, pa.string()), strings_can_be_null=False)
        self.data = csv.read_csv(path, convert_options=texts)

    def compose(self) -> ComposeResult:
        """Table, count, input."""
        self.table = self.made(self.data)
        self.told = Static(f"{self.data.num_rows:,} of {self.data.num_rows:,}")
        self.input = Input(select_on_focus=False)
        yield from (self.table, self.told, self.input)

    def begin(self) -> None:
        """A refresh from time to time."""
        self.table.focus()
        self.set_interval(EVERY, self.refresh_rows)

    def made(self, data: pa.Table) -> DataTable:
        """A table of these rows."""
        return DataTable(
            backend=ArrowBackend(data), column_widths=[*WIDTHS.values()], cursor_type="row", render_markup=False
        )

    def fill(self, text: str) -> None:
        """The rows that match, as a new table."""
        data = matching(self.data, text) if text else self.data
        old, self.table = self.table, self.made(data)
        old.remove()
        self.mount(self.table, before=self.told)
        self.told.update(f"{data.num_rows:,} of {self.data.num_rows:,}")

    def refresh_rows(self) -> None:
        """1 % of what is shown is another way than before."""
        backend = self.table.backend
        states, ages = backend.data["STATE"], backend.data["AGE"]
        flags = bytearray(len(states))
        for at in self.rng.sample(range(len(flags)), len(flags) // SHARE):
            flags[at] = 1
        chosen = pa.Array.from_buffers(pa.uint8(), len(flags), [None, pa.py_buffer(flags)]).cast(pa.bool_())
        other = pc.if_else(pc.equal(states, "RUN"), "OK", "RUN")
        for name, values in (
            ("STATE", pc.if_else(chosen, other, states)),
            ("AGE", pc.if_else(chosen, f"{self.rng.randrange(60)}s", ages)),
        ):
            backend.data = backend.data.set_column([*WIDTHS].index(name), name, values)
        self.table._clear_caches()
        self.table.refresh()

    def action_invert(self) -> None:
        """By duration, up or down."""
        self.down = not self.down
        self.table.sort([("DUR", "descending" if self.down else "ascending")])


if __name__ == "__main__":
    FastTasks(sys.argv[1]).run()
