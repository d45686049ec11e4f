"""Why: what is known about why a task is as it is. The cursor is a reason; Enter opens its evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from time import monotonic
from typing import NamedTuple

from textual import events
from textual.app import ComposeResult
from textual.message import Message
from textual.strip import Strip

from tui.model import Task
from tui.store import Store
from tui.text import clean, cut_middle
from tui.ui.canvas import Bar, Canvas
from tui.ui.cells import Legend
from tui.ui.ink import Ink, between
from tui.ui.keys import WHY
from tui.ui.layer import Layer
from tui.ui.themes import TONES
from tui.ui.titles import Pen
from tui.ui.why_lines import why_blocks, why_head
from tui.view.why import Evidence, Inquiry, Reason

SLICE = 0.008  # seconds of looking at tasks between two looks at the keys
SLICE_TASKS = 200  # looked at between two looks at the clock: 0.5 ms


class Reasons(Canvas):
    """The reasons in the window."""

    DEFAULT_CSS = "Reasons { height: 1fr; }"

    class Picked(Message):
        """Somebody pointed at the reason that has the cursor."""

    def __init__(self, pen: Callable[[], Pen], empty: Callable[[], str]) -> None:
        super().__init__()
        self.reasons: Sequence[Reason] = ()
        self.cursor = self.top = 0
        self.height = 1
        self._pen, self._empty = pen, empty
        self._shown: list[int] = []

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """The lines, as far down as the cursor needs."""
        pen, self._shown = self._pen(), []
        lines = [Strip.blank(width), why_head(pen).strip(width)]
        self.height = max(1, height - len(lines))
        blocks = why_blocks(self.reasons, pen, width)
        if not blocks:
            lines.append(Ink().add(f"    {self._empty()}", pen.look["dim"]).strip(width))
        written = [(at, line, number == 0) for at, block in enumerate(blocks) for number, line in enumerate(block)]
        rows = [row for row, (at, *_) in enumerate(written) if at == self.cursor]
        if rows:
            self.top = max(0, min(self.top, rows[0], len(written) - self.height), rows[-1] - self.height + 1)
        for at, line, first in written[self.top : self.top + self.height]:
            self._shown.append(at)
            if at == self.cursor:
                sign = pen.glyphs.cursor if first else " "
                marked = Ink().add(sign, pen.look["key"]).extend(_less(line))
                lines.append(marked.strip(width, pen.look["cursor"]))
            else:
                lines.append(line.strip(width))
        return [*lines, *[Strip.blank(width)] * (height - len(lines))][:height]

    def show(self, reasons: Sequence[Reason]) -> None:
        """Other reasons; the cursor stays at its number."""
        self.reasons = reasons
        self.go(self.cursor)

    def go(self, index: int) -> None:
        """Puts the cursor on a reason and paints that."""
        self.cursor = max(0, min(index, len(self.reasons) - 1))
        self.repaint()

    def on_click(self, event: events.Click) -> None:
        """A click puts the cursor on a reason; one on the reason that has it opens it."""
        row = event.y - 2
        if 0 <= row < len(self._shown):
            again = self._shown[row] == self.cursor
            self.go(self._shown[row])
            if again:
                self.post_message(self.Picked())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel."""
        self.go(self.cursor + 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel."""
        self.go(self.cursor - 1)


def _less(line: Ink) -> Ink:
    """A line without its first cell, which is blank: the cursor's sign stands there."""
    (text, style), *rest = line.parts
    found = Ink().add(text[1:], style)
    for part in rest:
        found.add(*part)
    return found


class About(NamedTuple):
    """What the screen is about."""

    task: Task


class WhyScreen(Layer[None], inherit_bindings=False):
    """The reasons of one task. `follow` opens the evidence of one of them."""

    BINDINGS = WHY

    def __init__(
        self,
        store: Store,
        task: Task,
        pen: Callable[[], Pen],
        legend: Callable[[], Legend],
        follow: Callable[[Task, Evidence], None],
    ) -> None:
        super().__init__(pen)
        self._store, self.about, self._legend, self._follow = store, About(task), legend, follow
        self.working = True
        statuses = {name: store.status(name) for name in store.sources}
        self._inquiry = Inquiry(task, statuses, pen().now, pen().time)
        self._rest = self._known()

    def compose(self) -> ComposeResult:
        """Where one is, the state of the task, the reasons, the keys."""
        yield Bar(id="header")
        yield Bar(id="state")
        yield Reasons(self._pen, lambda: "looking at what is known .." if self.working else "nothing is known about it")
        yield Bar(id="hints")

    def on_mount(self) -> None:
        """Looks at all that is known, between the keys."""
        self.listed = self.query_one(Reasons)
        pen = self._pen()
        self.query_one("#header", Bar).show(lambda cells: self._header(pen, cells))
        self.query_one("#state", Bar).show(lambda cells: self._state(pen, cells))
        self.paint_hints()
        self._go_on()

    def _known(self) -> Iterator[Task]:
        """All tasks there are, as they are when they are looked at."""
        for name in list(self._store.sources):
            yield from list(self._store.tasks(name).values())

    def _go_on(self) -> None:
        until = monotonic() + SLICE
        while monotonic() < until:
            some = list(islice(self._rest, SLICE_TASKS))
            for task in some:
                self._inquiry.look(task)
            if len(some) < SLICE_TASKS:
                self.working = False
                self.listed.show(self._inquiry.reasons())
                return
        self.set_timer(0.001, self._go_on)

    def _header(self, pen: Pen, cells: int) -> Strip:
        look, legend = pen.look, self._legend()
        left = Ink().add(" taskdeck", look["chrome.name"]).add(f"  {legend.short(self.about.task)}")
        left.add(" > ", look["chrome.dim"])
        right = Ink().add(" > why ", look["chrome.dim"])
        left.add(cut_middle(clean(self.about.task.key.id), max(6, cells - left.width - right.width - 1))).extend(right)
        return left.strip(cells, look["chrome"])

    def _state(self, pen: Pen, cells: int) -> Strip:
        look, task, legend = pen.look, self.about.task, self._legend()
        left = Ink().add(f" {pen.glyphs.states[task.state]} {task.state.label}", look[TONES[task.state]])
        left.add(f"  {clean(task.native_state or '')}", look["text"])
        left.add(f"   {clean(task.error)}" if task.error and task.error != task.native_state else "", look["error"])
        source = legend.sources.get(task.key.source)
        where = " ".join(clean(part) for part in (source.account, source.region) if part) if source else ""
        return between(left, Ink().add(where, look["dim"]).add(" "), cells).strip(cells)

    def action_move(self, by: int) -> None:
        """A reason."""
        self.listed.go(self.listed.cursor + by)

    def action_page(self, share: float) -> None:
        """As many reasons as a page has lines, or a part of it."""
        self.listed.go(self.listed.cursor + (int(self.listed.height * share) or 1))

    def action_first(self) -> None:
        """The first reason."""
        self.listed.go(0)

    def action_last(self) -> None:
        """The last one."""
        self.listed.go(len(self.listed.reasons) - 1)

    def action_open(self) -> None:
        """What shows that it is so."""
        if self.listed.reasons:
            self._follow(self.about.task, self.listed.reasons[self.listed.cursor].evidence)

    def on_reasons_picked(self) -> None:
        """A click."""
        self.action_open()
