"""The normalised fields of a task as lines to read. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import chop_cells

from tui.model import Task
from tui.text import clean
from tui.ui import when
from tui.ui.cells import Legend, dur, fact
from tui.ui.ink import Ink
from tui.ui.titles import Pen

LABEL = 15
TWO_COLUMNS = 100


def sheet(task: Task, pen: Pen, legend: Legend, cells: int, *, seen: bool = True) -> list[Ink]:
    """What and when, side by side where there is room; the error whole; what only this provider says.

    `seen` is when it was read: an age that moves every second.
    """
    left, right = _what(task, legend), _when(task, pen, legend)[: None if seen else -1]
    if cells >= TWO_COLUMNS:
        half = cells // 2
        lines = [_beside(pen, half, cells, one, other) for one, other in _pairs(left, right)]
    else:
        lines = [_fact(pen, label, text, cells) for label, text in (*left, *right)]
    if task.error:
        lines += [Ink(), Ink().add(" ERROR", pen.look["head"])]
        lines += [Ink().add(f" {text}", pen.look["error"]) for text in chop_cells(clean(task.error), max(2, cells - 2))]
    if task.extra:
        lines.append(Ink())
        lines += [_fact(pen, clean(label), fact(value), cells) for label, value in task.extra.items()]
    return lines


def _what(task: Task, legend: Legend) -> list[tuple[str, str]]:
    source = legend.sources.get(task.source)
    known = [
        ("task", task.id),
        ("name", task.name),
        ("target", task.target),
        ("scope", task.scope),
        ("kind", task.kind),
        ("source", task.source),
        ("account", source.account if source else None),
        ("region", source.region if source else None),
    ]
    return [(label, clean(text)) for label, text in known if text]


def _when(task: Task, pen: Pen, legend: Legend) -> list[tuple[str, str]]:
    def moment(ms: int | None, now: int = legend.clock(task)) -> str:
        return "-" if ms is None else f"{when.date_time(ms, pen.utc)}   {when.age(now - ms)} ago"

    waited = None
    if task.created_at is not None and task.started_at is not None:
        waited = when.took(task.started_at - task.created_at)
    known = [
        ("created", moment(task.created_at)),
        ("started", moment(task.started_at)),
        ("ended", moment(task.ended_at)),
        ("waited", waited),
        ("took" if task.state.final else "running for", dur(task, legend)),
        ("progress", None if task.progress is None else f"{task.progress:g}%  {pen.glyphs.bar(task.progress, 20)}"),
        ("retries", None if task.retries is None else str(task.retries)),
        ("seen", moment(task.seen_at, pen.now)),
    ]
    return [(label, text) for label, text in known if text]


def _pairs(
    left: list[tuple[str, str]], right: list[tuple[str, str]]
) -> Iterable[tuple[tuple[str, str], tuple[str, str]]]:
    none = ("", "")
    rows = max(len(left), len(right))
    return zip(left + [none] * (rows - len(left)), right + [none] * (rows - len(right)), strict=True)


def _beside(pen: Pen, half: int, cells: int, one: tuple[str, str], other: tuple[str, str]) -> Ink:
    ink = _fact(pen, *one, half)
    return ink.fill(half).extend(_fact(pen, *other, cells - half))


def _fact(pen: Pen, label: str, text: str, cells: int) -> Ink:
    ink = Ink().add(" ").add(label.ljust(LABEL), pen.look["dim"])
    if label:
        ink.add(" ")
    room = max(4, cells - ink.width - 1)
    return ink.add(chop_cells(text, room)[0] if text else "", pen.look["text"])
