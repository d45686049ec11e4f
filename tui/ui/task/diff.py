"""Diff: two tasks side by side, what differs marked."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from rich.cells import chop_cells
from textual.app import ComposeResult
from textual.strip import Strip

from tui.model import State, Task, TaskKey
from tui.store import Store
from tui.text import clean, cut_middle
from tui.ui import when
from tui.ui.canvas import Bar
from tui.ui.cells import Legend, dur, fact
from tui.ui.ink import Ink, between
from tui.ui.keys import DIFF
from tui.ui.layer import Layer
from tui.ui.pager import Pager
from tui.ui.titles import Pen

LABEL = 15  # `tat.invocation` and a blank
TALL = 6  # lines of one value
ALWAYS = frozenset({"task", "created", "started", "ended", "request id"})
"""What differs between any two tasks: told, not marked."""


class Pair(NamedTuple):
    """One field of both."""

    name: str
    one: str
    other: str

    @property
    def differs(self) -> bool:
        """Whether that says something."""
        return self.one != self.other and self.name not in ALWAYS


def other_of(store: Store, task: Task, marked: Iterable[TaskKey]) -> tuple[Task | None, str]:
    """What to compare a task with, and why that one: the marked one, else the last that ended well under its name."""
    chosen = [found for key in marked if key != task.key and (found := store.get(key)) is not None]
    if chosen:
        return max(chosen, key=lambda one: (one.since, one.key)), "the marked one"
    adapter = store.sources[task.key.source].adapter
    alike = (
        one
        for name, source in store.sources.items()
        if source.adapter == adapter
        for one in store.tasks(name).values()
        if one.state is State.SUCCEEDED and one.name == task.name and one.key != task.key
    )
    return max(alike, key=lambda one: (one.since, one.key), default=None), f"the last OK of {clean(task.name or '')}"


def pairs(one: Task, other: Task, pen: Pen, legend: Legend) -> list[Pair]:
    """All that is known of the two, field by field."""
    left, right = dict(_fields(one, pen, legend)), dict(_fields(other, pen, legend))
    return [Pair(name, left.get(name, ""), right.get(name, "")) for name in dict.fromkeys((*left, *right))]


def _fields(task: Task, pen: Pen, legend: Legend) -> Iterator[tuple[str, str]]:
    source = legend.sources[task.key.source]
    waited = None
    if task.created_at is not None and task.started_at is not None:
        waited = when.took(task.started_at - task.created_at)
    known = {
        "task": task.key.id,
        "state": f"{task.state.label} {task.native_state or ''}".strip(),
        "name": task.name,
        "target": task.target,
        "scope": task.key.scope,
        "kind": task.kind,
        "source": task.key.source,
        "account": source.account,
        "region": source.region,
        "created": when.date_time(task.created_at, pen.utc),
        "started": when.date_time(task.started_at, pen.utc),
        "ended": when.date_time(task.ended_at, pen.utc),
        "waited": waited,
        "took": dur(task, legend),
        "progress": None if task.progress is None else f"{task.progress:g}%",
        "retries": None if task.retries is None else str(task.retries),
        "error": task.error,
    }
    for name, text in known.items():
        if text:
            yield name, clean(text)
    for name, value in task.extra.items():
        if isinstance(value, dict):
            yield from ((clean(f"{name}.{key}", limit=60), clean(json.dumps(each))) for key, each in value.items())
        else:
            yield clean(name), fact(value)
    if task.request_id:
        yield "request id", clean(task.request_id)


class Diff(Layer[None], inherit_bindings=False):
    """The screen."""

    BINDINGS = DIFF

    def __init__(self, pen: Callable[[], Pen], legend: Callable[[], Legend], one: Task, other: Task, why: str) -> None:
        super().__init__(pen)
        self._legend, self._one, self._other, self._why = legend, one, other, why
        self.pager = Pager(self._write, pen)  # a key may come before it is mounted

    def compose(self) -> ComposeResult:
        """What is compared, the fields, the keys."""
        yield Bar(id="header")
        yield self.pager
        yield Bar(id="hints")

    def on_mount(self) -> None:
        """Shows them."""
        super().on_mount()
        self.query_one("#header", Bar).show(self._header)
        self.paint_hints()
        self.pager.repaint()

    def _header(self, cells: int) -> Strip:
        pen = self._pen()
        count = sum(pair.differs for pair in pairs(self._one, self._other, pen, self._legend()))
        left = Ink().add(" taskdeck", pen.look["chrome.name"])
        told = f"  {cut_middle(clean(self._one.key.id), 24)} and {self._why}"
        right = Ink().add(f"{count} field{' differs' if count == 1 else 's differ'} ", pen.look["chrome.dim"])
        left.add(cut_middle(told, max(8, cells - left.width - right.width - 1)))
        return between(left, right, cells).strip(cells, pen.look["chrome"])

    def _write(self, width: int) -> Sequence[Ink]:
        pen = self._pen()
        half = (width - LABEL - 3) // 2
        head = Ink().fill(LABEL + 3).add("THIS ONE", pen.look["head"]).fill(LABEL + 3 + half)
        lines = [Ink(), head.add("THE OTHER", pen.look["head"])]
        for pair in pairs(self._one, self._other, pen, self._legend()):
            lines += _told(pair, pen, half)
        return lines


def _told(pair: Pair, pen: Pen, half: int) -> list[Ink]:
    """A field on as many lines as it needs; `!` and the colour of what differs."""
    look = pen.look
    style = look["mark"] if pair.differs else look["text"]
    sides = [chop_cells(text, max(4, half - 2))[:TALL] if text else ["-"] for text in (pair.one, pair.other)]
    lines = []
    for at, (one, other) in enumerate(zip_longest(*sides, fillvalue="")):
        sign = Ink().add(" ! " if pair.differs and at == 0 else "   ", look["mark"])
        ink = sign.add(cut_middle(pair.name, LABEL - 1).ljust(LABEL) if at == 0 else " " * LABEL, look["dim"])
        lines.append(ink.add(one, style).fill(LABEL + 3 + half).add(other, style))
    return lines
