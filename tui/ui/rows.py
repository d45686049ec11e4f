"""A task as one line of a table. Lines are kept as long as their task and texts stay the same."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from rich.style import Style
from textual.strip import Strip

from tui.model import State, Task, TaskKey
from tui.text import fit
from tui.ui.cells import CELLS, Legend, age, dur, short_region
from tui.ui.columns import Column, Placed
from tui.ui.ink import PLAIN, Ink
from tui.ui.themes import TONES, Look

KEPT = 4_000


class Mark(NamedTuple):
    """How a line stands out."""

    cursor: bool = False
    active: bool = False
    grey: bool = False


class _Line(NamedTuple):
    task: Task
    texts: tuple[str, ...]
    strip: Strip


class Lines:
    """Draws lines for one table."""

    def __init__(self, look: Look, marks: Mapping[bool, str]) -> None:
        self.look = look
        self._marks = marks
        self._placed: tuple[Placed, ...] = ()
        self._kept: dict[tuple[TaskKey, Mark], _Line] = {}

    def arrange(self, placed: tuple[Placed, ...]) -> None:
        """Other columns."""
        if placed != self._placed:
            self._placed = placed
            self._kept.clear()

    def head(self, width: int) -> Strip:
        """The names of the columns."""
        ink = Ink().add(" ")
        for column, cells in self._placed:
            ink.add(fit(column.head, cells, right=column.right) + " ", self.look["head"])
        return ink.strip(width, self.look["head"])

    def line(self, task: Task, mark: Mark, legend: Legend, width: int) -> Strip:
        """One task. What moves by itself is its age and, while it runs, its duration."""
        texts = (age(task, legend), dur(task, legend))
        kept = self._kept.get((task.key, mark))
        if kept is not None and kept.task is task and kept.texts == texts and kept.strip.cell_length == width:
            return kept.strip
        if len(self._kept) > KEPT:
            self._kept.clear()
        strip = self._draw(task, mark, legend, width)
        self._kept[(task.key, mark)] = _Line(task, texts, strip)
        return strip

    def _draw(self, task: Task, mark: Mark, legend: Legend, width: int) -> Strip:
        ink = Ink().add(self._marks[mark.active], self.look["key"])
        for column, cells in self._placed:
            text = CELLS[column.cell](task, legend)
            text = short_region(text, cells) if column.cell == "region" else text
            text = fit(text, cells, right=column.right, middle=column.middle)
            ink.add(f"{text} ", self._style(column, task, mark))
        under = PLAIN
        if mark.cursor:
            under = self.look["cursor" if mark.active else "cursor.idle"]
        return ink.strip(width, under)

    def _style(self, column: Column, task: Task, mark: Mark) -> Style:
        if mark.grey:
            return self.look["faint"]
        if column.tone == "state":
            return self.look[TONES[task.state]]
        if column.tone == "note":
            return self.look["error" if task.state.bad else "dim"]
        quiet = task.state in (State.SUCCEEDED, State.CANCELLED)
        return self.look["dim" if quiet else column.tone]
