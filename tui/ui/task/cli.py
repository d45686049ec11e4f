"""CLI: the vendor's own commands for a task, what its support asks for, and where the operation is documented."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import chop_cells

from tui.text import clean
from tui.ui.ink import Ink
from tui.ui.task.about import About, Line
from tui.ui.titles import Pen

LABEL = 15
LONG = 1 << 16  # characters of a command that are shown


class Cli:
    """The tab."""

    name = "CLI"

    def __init__(self, about: About) -> None:
        self._about = about

    def label(self) -> str:
        """Nothing."""
        return ""

    def lines(self, cells: int) -> Sequence[Line]:
        """Each command whole, with nothing before it: a line that is marked with the mouse is ready to paste."""
        about, pen = self._about, self._about.pen()
        by_hand = about.desk.by_hand(about.task)
        lines = [Line(Ink())]
        if by_hand is None:
            lines.append(Line(Ink().add("no command line of this provider asks for one task", pen.look["dim"])))
        else:
            for told, command in (("this task", by_hand.command), *by_hand.beside):
                lines += [Line(Ink().add(told.upper(), pen.look["head"]))]
                lines += [*_whole(command, pen, cells, "text"), Line(Ink())]
            if by_hand.note:
                lines += [*_whole(by_hand.note, pen, cells, "dim"), Line(Ink())]
        lines.append(Line(Ink().add("FOR THE PROVIDER'S SUPPORT", pen.look["head"])))
        source = about.desk.store.sources[about.task.key.source]
        trouble = about.desk.store.status(source.name).trouble
        for told, text in (
            ("request id", about.task.request_id),
            ("its last error", trouble.request_id if trouble is not None else None),
            ("region", source.region),
            ("TASK", str(about.task.key)),
            ("document", by_hand.document if by_hand is not None else None),
        ):
            for at, part in enumerate(chop_cells(clean(text), max(8, cells - 2 - LABEL)) if text else ()):
                label = "" if at else told
                lines.append(Line(Ink().add(label.ljust(LABEL), pen.look["dim"]).add(part, pen.look["text"])))
        return lines


def _whole(text: str, pen: Pen, cells: int, token: str) -> list[Line]:
    """A text on as many lines as it needs."""
    parts = chop_cells(clean(text, limit=LONG), max(8, cells - 2))
    return [Line(Ink().add(part, pen.look[token])) for part in parts]
