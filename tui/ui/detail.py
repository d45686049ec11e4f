"""One task: what is known at once, then the provider's own answer, asked again every 3 s while the task lives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from textual.app import ComposeResult
from textual.strip import Strip
from textual.worker import Worker, WorkerState

from tui.answers import Detail
from tui.errors import CallError, Malformed, Throttled, Unavailable
from tui.model import Task, TaskKey
from tui.text import clean, cut_middle
from tui.ui import answer, when
from tui.ui.canvas import Bar
from tui.ui.cells import Legend
from tui.ui.desk import Desk
from tui.ui.ink import Ink, between
from tui.ui.keys import DETAIL
from tui.ui.layer import Layer
from tui.ui.messages import Wanted
from tui.ui.pager import Pager
from tui.ui.sheet import sheet
from tui.ui.themes import TONES
from tui.ui.titles import STOPPED, Pen

AGAIN = 3.0
PASSING = (Throttled, Unavailable, Malformed)
Step = Callable[[int], tuple[Task | None, int, int]]


class TaskScreen(Layer[None], inherit_bindings=False):
    """Drill-down. `step` moves the cursor of the list it was opened from."""

    BINDINGS = DETAIL

    def __init__(
        self, desk: Desk, task: Task, pen: Callable[[], Pen], legend: Callable[[], Legend], step: Step
    ) -> None:
        super().__init__(pen)
        self._desk, self._legend, self._step = desk, legend, step
        self._about = task
        self._detail: Detail | None = None
        self._written: tuple[Detail, int, list[Ink]] | None = None
        self._trouble = ""

    def compose(self) -> ComposeResult:
        """Where one is, the state, the facts and the answer, the keys."""
        yield Bar(id="header")
        yield Bar(id="state")
        yield Pager(self._write)
        yield Bar(id="trouble")
        yield Bar(id="hints")

    def on_mount(self) -> None:
        """Shows the row, then asks."""
        self.pager = self.query_one(Pager)
        self._bars = {bar.id or "": bar for bar in self.query(Bar)}
        self.set_interval(1, self._paint)
        self._look()

    def _look(self) -> None:
        """Shows the row, and asks unless the source has stopped calling."""
        trouble = self._desk.store.status(self._about.key.source).trouble
        if trouble is not None and trouble.word in STOPPED:
            self._trouble = _told(trouble.code, trouble.message, trouble.request_id, asking=False)
            self._paint()
            return
        self._paint()
        self._ask()

    def _ask(self) -> None:
        self.run_worker(self._keep_asking(), name="detail", exclusive=True, exit_on_error=False)

    async def _keep_asking(self) -> None:
        while True:
            pause = AGAIN
            try:
                self._detail, self._trouble = await self._desk.detail(self._about.key), ""
                self._about = self._detail.task
            except CallError as error:
                passing = isinstance(error, PASSING)
                self._trouble = _told(error.code, error.message, error.request_id, asking=passing)
                if not passing:  # a key is locked by asking on
                    self._paint()
                    return
                pause = max(AGAIN, getattr(error, "retry_after", None) or 0.0)
            self._paint()
            if self._about.state.final:
                return
            await asyncio.sleep(pause)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A bug of ours while asking ends as any other bug does."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            raise event.worker.error

    def _paint(self) -> None:
        pen = self._pen()
        self._bars["header"].show(lambda cells: self._header(pen, cells))
        self._bars["state"].show(lambda cells: self._state(pen, cells))
        self._bars["trouble"].display = bool(self._trouble)
        self._bars["trouble"].show(lambda cells: Ink().add(f" {self._trouble}", pen.look["state.bad"]).strip(cells))
        self.paint_hints()
        self.pager.repaint()

    def _header(self, pen: Pen, cells: int) -> Strip:
        look, legend = pen.look, self._legend()
        _, at, among = self._step(0)
        left = Ink().add(" taskdeck", look["chrome.name"]).add(f"  {legend.short(self._about)}")
        left.add(" > ", look["chrome.dim"])
        right = Ink().add(f"{at} of {among}", look["chrome.dim"]).add(" ")
        left.add(cut_middle(clean(self._about.key.id), max(6, cells - left.width - right.width - 2)))
        return between(left, right, cells).strip(cells, look["chrome"])

    def _state(self, pen: Pen, cells: int) -> Strip:
        look, about = pen.look, self._about
        left = Ink().add(f" {pen.glyphs.states[about.state]} {about.state.label}", look[TONES[about.state]])
        left.add(f"  {clean(about.native_state or '')}", look["text"])
        asking = self._detail is None and not self._trouble
        read = "asking" if asking else f"read {when.read_age(pen.now - about.seen_at, AGAIN)}"
        right = Ink().add(read, look["dim"])
        right.add(f"   request {clean(about.request_id)}" if about.request_id else "", look["dim"]).add(" ")
        if left.width + right.width + 1 > cells:
            right = Ink().add(read, look["dim"]).add(" ")
        return between(left, right, cells).strip(cells)

    def _write(self, width: int) -> Sequence[Ink]:
        pen = self._pen()
        lines = [Ink(), *sheet(self._about, pen, self._legend(), width), Ink()]
        if self._detail is None:
            return lines
        head = "the provider's own answer"
        return [*lines, Ink().add(f" {head}", pen.look["head"]), *self._answer(self._detail, pen, width)]

    def _answer(self, detail: Detail, pen: Pen, width: int) -> list[Ink]:
        if self._written is None or self._written[:2] != (detail, width):
            self._written = (detail, width, answer.lines(detail.answer, pen.look, width - 1))
        return self._written[2]

    def action_step(self, by: int) -> None:
        """The next or previous task of the list."""
        task, _, _ = self._step(by)
        if task is not None and task.key != self._about.key:
            self._about, self._detail, self._trouble = task, None, ""
            self.pager.top = 0
            self.workers.cancel_node(self)
            self._look()

    def action_poke(self) -> None:
        """Asks again now."""
        self._ask()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without the grant there is no key for it."""
        return action != "act" or not self._desk.read_only

    def action_act(self) -> None:
        """What can be done with this task."""
        self.post_message(Wanted(self._about))

    def acted(self, keys: Sequence[TaskKey]) -> None:
        """Asks what the provider knows now."""
        if self._about.key in keys:
            self._ask()


def _told(code: str, message: str, request_id: str | None, *, asking: bool) -> str:
    """What went wrong; whether it is asked again by itself."""
    said = " ".join(part for part in (code, message) if part)
    request = f" (request {request_id})" if request_id else ""
    return clean(f"{said}{request}" if asking else f"r asks again: {said}{request}")
