"""Exporting: the rows of the pane into a file, as they are filtered and ordered."""

from __future__ import annotations

from pathlib import Path

from tui.aside import aside
from tui.late import late
from tui.text import clean, cut_middle
from tui.ui.acts.telling import Telling
from tui.ui.beside import beside

with late():
    from tui.ui import commands

NAMED = 60  # cells of a path in a line


class Exporting(Telling, inherit_bindings=False):
    """In a thread: 100,000 rows are seconds of work, and a disk may be slow."""

    exporting = False

    def export(self, text: str) -> None:
        """`csv FILE`; with `!` before it, over a file that is there. Raises Wrong."""
        from tui.export import KINDS, export

        over = text.startswith("!")
        kind, _, name = text.removeprefix("!").strip().partition(" ")
        if kind not in KINDS or not name.strip():
            raise commands.Wrong(f"what, and where to? :export {'|'.join(KINDS)} FILE; :export! writes over a file")
        digit = self.active.digit
        roster = self.board.where(digit)
        if roster.working:
            raise commands.Wrong("the filter is still looking for rows: again in a moment")
        if self.exporting:
            raise commands.Wrong("still writing the last export")
        try:
            path = Path(name.strip()).expanduser().absolute()
        except RuntimeError as error:
            raise commands.Wrong(str(error)) from None
        leaving = set(roster.leaving)
        tasks = [task for task in self.active.place.rows if task.key not in leaving]
        sources = dict(self.desk.store.sources)
        shown = cut_middle(clean(path), NAMED)

        async def write() -> None:
            try:
                size = await aside(lambda: export(path, kind, tasks, sources, over=over))
            except OSError as error:
                self.tell(f"not exported: {shown}: {clean(error.strerror or error, limit=200)}")
            except ValueError as error:  # a NUL in the name
                self.tell(f"not exported: {shown}: {clean(error, limit=200)}")
            else:
                rows = f"{len(tasks):,} row{'' if len(tasks) == 1 else 's'}"
                self.tell(f"{rows} in {shown} ({size:,} bytes, for your eyes only: 0600)")
            finally:
                self.exporting = False

        self.exporting = True
        self.tell(f"writing {len(tasks):,} rows to {shown} ..")
        beside(self.app, write, "export", exclusive=False)
