"""Peek: the cursor's task in a few lines below the table, or whole beside it. From its row: nothing is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rich.cells import chop_cells
from textual.strip import Strip
from textual.widget import Widget

from tui.model import Task
from tui.text import clean, cut_end, cut_middle, width
from tui.ui import when
from tui.ui.canvas import Canvas
from tui.ui.cells import Legend, dur, fact
from tui.ui.ink import Ink, between
from tui.ui.sheet import sheet
from tui.ui.sizes import Peek as Side
from tui.ui.themes import TONES
from tui.ui.titles import Pen

LINES = 4
ID = 20  # cells of an id that still tell two tasks apart
NAME = 40


class About(NamedTuple):
    """What there is to say something about; `pace` is how often its source is read, in seconds."""

    task: Task
    pen: Pen
    legend: Legend
    pace: float

    def told(self) -> tuple[object, ...]:
        """All that is drawn of it: two moments with the same look the same. As a tuple, two tasks that differ only in
        when they were seen differ, and the minute stands for whether a moment was today.
        """
        task, pen, legend, pace = self
        now = legend.clock(task)
        ages = [when.age(now - ms) for ms in (task.created_at, task.started_at, task.ended_at) if ms is not None]
        read = when.read_age(pen.now - task.seen_at, pace)
        return tuple(task), read, dur(task, legend), ages, pen.now // 60_000, len(legend.sources)


class Middle(Widget):
    """The panes and the peek, one below or beside the other."""

    DEFAULT_CSS = """
    Middle { height: 1fr; layout: vertical; overflow: hidden; }
    Middle.-beside { layout: horizontal; }
    Middle.-beside #body { width: 2fr; height: 100%; }
    Middle Peek { height: 4; width: 100%; display: none; }
    Middle.-below Peek { display: block; }
    Middle.-beside Peek { height: 100%; width: 1fr; display: block; }
    """

    def place(self, side: Side) -> None:
        """The peek below, beside, or not at all."""
        self.set_class(side is Side.BELOW, "-below")
        self.set_class(side is Side.BESIDE, "-beside")


class Peek(Canvas):
    """Draws what it was last told."""

    def __init__(self) -> None:
        super().__init__(id="peek")
        self.about: About | None = None

    def show(self, about: About | None) -> None:
        """Another task, or another time."""
        self.about = about
        self.repaint(() if about is None else about.told())

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """Four lines, or as many as there are."""
        if self.about is None:
            return [_blank(width)] * height
        if height <= LINES:
            head, *rest = brief(self.about, width, height)
            lines = [head.strip(width, self.about.pen.look["title"]), *(ink.strip(width) for ink in rest)]
        else:
            margin = Ink().add("  ")
            lines = [
                Ink().extend(margin).extend(ink).strip(width) for ink in whole(self.about, max(1, width - 2))[:height]
            ]
        return (lines + [_blank(width)] * (height - len(lines)))[:height]


@lru_cache(maxsize=4)
def _blank(width: int) -> Strip:
    """One and the same line: what is the same object is not compared cell by cell."""
    return Strip.blank(width)


def brief(about: About, cells: int, lines: int = LINES) -> list[Ink]:
    """Who and how fresh; what and when; the state; the error, as far as it fits."""
    task, pen, *_ = about
    state = [("kind", clean(task.kind or "")), *_extra(task)]
    if task.progress is not None and task.state.live:
        state.insert(0, ("progress", f"{task.progress:g}% {pen.glyphs.bar(task.progress, 10)}"))
    if task.retries:
        state.insert(0, ("retries", str(task.retries)))
    facts = Ink().add(f" {pen.glyphs.states[task.state]} {task.state.label}", pen.look[TONES[task.state]])
    facts.add(f"  {clean(task.native_state or '')}", pen.look["text"])
    written = [head(about, cells), _facts(Ink(), _what(about), pen, cells), _facts(facts, state, pen, cells)]
    error = clean(task.error or "")
    for text in chop_cells(error, max(1, cells - 2))[: lines - len(written)] if error else ():
        written.append(Ink().add(f" {text}", pen.look["error"]))
    if len(written) == lines and error and width(error) > (cells - 2) * (lines - 3):
        written[-1] = Ink().add(f" {cut_end(_rest(error, cells - 2, lines - 4), cells - 2)}", pen.look["error"])
    return written


def head(about: About, cells: int) -> Ink:
    """`invt-hq7f2k9a   TAT prod ap-guangzhou             read <20s ago   req 6f1c0b..e2`; what matters least goes."""
    task, pen, legend, pace = about
    look, source = pen.look, legend.sources.get(task.source)
    id_, request = clean(task.id), cut_middle(clean(task.request_id or ""), 12)
    known = (legend.short(task), clean(source.account) if source else "", clean(source.region) if source else "")
    where = " ".join(part for part in known if part)
    read = f"read {when.read_age(pen.now - task.seen_at, pace)} ago"
    for told in (f"{read}   req {request}" if request else read, read, ""):
        right = Ink().add(told, look["dim"]).add(" " if told else "")
        if 1 + max(ID, width(id_)) + 3 + width(where) + 1 + right.width <= cells:
            break
    room = max(6, cells - right.width - width(where) - 5)
    left = Ink().add(" ").add(cut_middle(id_, room), look["key"]).add(f"   {where}", look["text"])
    return between(left, right, cells)


def whole(about: About, cells: int) -> list[Ink]:
    """The overview that drill-down begins with."""
    task, pen, legend, pace = about
    state = Ink().add(f" {pen.glyphs.states[task.state]} {task.state.label}", pen.look[TONES[task.state]])
    state.add(f"  {clean(task.native_state or '')}", pen.look["text"])
    read = Ink().add(f" read {when.read_age(pen.now - task.seen_at, pace)} ago", pen.look["dim"])
    read.add(f"   req {clean(task.request_id)}" if task.request_id else "", pen.look["dim"])
    return [state, read, Ink(), *sheet(task, pen, legend, cells, seen=False)]


def _what(about: About) -> Iterable[tuple[str, str]]:
    task, pen, legend, _ = about
    yield "name", cut_end(clean(task.name or ""), NAME)
    yield "target", cut_end(clean(task.target or ""), NAME)
    yield "created", _moment(task.created_at, pen)
    yield "ended", _moment(task.ended_at, pen)
    yield "took" if task.state.final else "running for", dur(task, legend).replace("-", "")
    yield "scope", cut_end(clean(task.scope), NAME)


def _extra(task: Task) -> list[tuple[str, str]]:
    return [(clean(name), cut_end(fact(value), NAME)) for name, value in task.extra.items()]


def _moment(ms: int | None, pen: Pen) -> str:
    """The wall clock; with its date where that is another day."""
    if ms is None:
        return ""
    day, today = when.date_time(ms, pen.utc)[:10], when.date_time(pen.now, pen.utc)[:10]
    return pen.time(ms) if day == today else f"{day} {pen.time(ms)}"


def _facts(ink: Ink, facts: Iterable[tuple[str, str]], pen: Pen, cells: int) -> Ink:
    """Labels and values side by side: whole ones, as many as fit."""
    for label, text in facts:
        gap = "   " if ink.width else " "
        if text and ink.width + len(gap) + width(label) + 1 + width(text) < cells:
            ink.add(f"{gap}{label} ", pen.look["dim"]).add(text, pen.look["text"])
    return ink


def _rest(error: str, cells: int, lines: int) -> str:
    """What is left of a text after some lines of it."""
    return error[sum(len(line) for line in chop_cells(error, max(1, cells))[:lines]) :]
