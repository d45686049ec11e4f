"""One task: what is known at once, then the provider's own answer, asked again every 3 s while the task lives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence

from textual.worker import Worker, WorkerState

from tui.errors import CallError, Malformed, Throttled, Unavailable
from tui.model import Task, TaskKey
from tui.ui.beside import beside
from tui.ui.cells import Legend
from tui.ui.desk import Desk
from tui.ui.keys import DETAIL
from tui.ui.messages import Sought, Wanted
from tui.ui.task.about import Part, Sharing
from tui.ui.task.reader import Reader
from tui.ui.task.reading import Reading, told
from tui.ui.task.tabbed import OUTPUT, OVERVIEW, RELATED
from tui.ui.titles import STOPPED, Pen

AGAIN = 3.0
PASSING = (Throttled, Unavailable, Malformed)
Step = Callable[[int], tuple[Task | None, int, int]]


def nowhere() -> Sequence[str]:
    """No way here that anyone knows."""
    return ()


def nothing() -> Collection[TaskKey]:
    """No task is marked."""
    return ()


class TaskScreen(Reading, inherit_bindings=False):
    """Drill-down. `step` moves the cursor of the list it was opened from, `way` says what that list is.

    `marked` are the tasks that one means; `tab` is what is shown first.
    """

    BINDINGS = DETAIL

    def __init__(
        self,
        desk: Desk,
        task: Task,
        pen: Callable[[], Pen],
        legend: Callable[[], Legend],
        step: Step,
        *,
        way: Callable[[], Sequence[str]] = nowhere,
        marked: Callable[[], Collection[TaskKey]] = nothing,
        tab: int = OVERVIEW,
    ) -> None:
        super().__init__(desk, task, pen, legend)
        self._step, self._way, self._marked = step, way, marked
        self._tab = tab
        self._away = False

    def on_mount(self) -> None:
        """Shows the row, then asks."""
        super().on_mount()
        self._look()
        if self._tab == OUTPUT:
            self.action_output()

    def way(self) -> list[str]:
        """What one has come by; without that, which provider it is."""
        return list(self._way()) or [self._legend().short(self.about.task)]

    def place(self) -> str:
        """`2 of 39`."""
        _, at, among = self._step(0)
        return f"{at:,} of {among:,}"

    def _look(self) -> None:
        """Shows the row, and asks unless the source has stopped calling."""
        beside(self, self.find_kin, "kin")
        trouble = self._desk.store.status(self.about.task.key.source).trouble
        if trouble is not None and trouble.word in STOPPED:
            self._trouble = f"r asks again: {told(trouble.code, trouble.message, trouble.request_id)}"
            self.paint()
            return
        self.paint()
        self._ask()

    def _ask(self) -> None:
        beside(self, self._keep_asking, "detail")

    async def _keep_asking(self) -> None:
        about = self.about
        while True:
            pause = AGAIN
            try:
                found = await self._desk.detail(about.task.key)
                if found.task.key != about.task.key:
                    raise Malformed(f"the answer is about another task: {found.task.key.id}")
                about.detail, self._trouble = found, ""
                about.now_is(found.task)
            except CallError as error:
                passing = isinstance(error, PASSING)
                self._trouble = told(error.code, error.message, error.request_id)
                if not passing:  # a key is locked by asking on
                    self._trouble = f"r asks again: {self._trouble}"
                    self.paint()
                    return
                pause = max(AGAIN, getattr(error, "retry_after", None) or 0.0)
            self.paint()
            if about.task.state.final:
                return
            await asyncio.sleep(pause)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A bug of ours while asking ends as any other bug does."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            raise event.worker.error

    def on_screen_suspend(self) -> None:
        """Kept for later, it asks nothing."""
        if self.app.is_screen_installed(self):
            self._away = True
            self.workers.cancel_node(self)

    def on_screen_resume(self) -> None:
        """Back from the tasks that share something."""
        if self._away:
            self._away = False
            self._look()
        else:
            self.paint()

    def action_step(self, by: int) -> None:
        """The next or previous task of the list; the tab stays, the output is hidden again."""
        task, _, _ = self._step(by)
        if task is not None and task.key != self.about.task.key:
            self.workers.cancel_node(self)
            self._show(task)
            self._look()

    def action_tab(self, at: int) -> None:
        """Another tab; what is related is looked for anew when it is looked at."""
        super().action_tab(at)
        if self._tab == RELATED:
            beside(self, self.find_kin, "kin")

    def action_open(self) -> None:
        """What the line under the cursor has to open."""
        opens = self.reader.line.opens if self.reader.line is not None else None
        if isinstance(opens, Part):
            self.raw.fold(opens.path)
            self.reader.repaint()
        elif isinstance(opens, Sharing):
            self.post_message(Sought(opens.name, opens.clause))
        elif isinstance(opens, TaskKey):
            self._open_related(opens)
        else:
            self.say("nothing to open on this line")

    def _open_related(self, key: TaskKey) -> None:
        rows = [task.key for task, _ in self.about.kin.newest] if self.about.kin is not None else []
        rows = rows if key in rows else [key]
        at = rows.index(key)

        def step(by: int) -> tuple[Task | None, int, int]:
            nonlocal at
            at = max(0, min(at + by, len(rows) - 1))
            return self._desk.store.get(rows[at]), at + 1, len(rows)

        task, _, _ = step(0)
        if task is None:
            self.say("that task is no longer known")
            return
        ident = self.about.task.key.id
        way = lambda: [*self.way(), ident, "related"]  # noqa: E731 - a name for it would say no more
        screen = TaskScreen(self._desk, task, self._pen, self._legend, step, way=way, marked=self._marked)
        self.app.push_screen(screen)

    def on_reader_picked(self, message: Reader.Picked) -> None:
        """A click on the line that has the cursor."""
        self.action_open()

    def action_diff(self) -> None:
        """Beside the marked task, else the last that ended well under the same name."""
        from tui.ui.task.diff import Diff, other_of

        task = self.about.task
        other, why = other_of(self._desk.store, task, self._marked())
        if other is None:
            self.say("nothing to compare with: mark a task (space, in the list); no other one of its name is OK")
            return
        self.app.push_screen(Diff(self._pen, self._legend, task, other, why))

    def action_poke(self) -> None:
        """Asks again now."""
        self._ask()

    @property
    def barred(self) -> frozenset[str]:
        """Without the grant the key only says what it takes."""
        return frozenset({"act"}) if self._desk.read_only else frozenset()

    def action_act(self) -> None:
        """What can be done with this task."""
        self.post_message(Wanted(self.about.task))

    def action_why(self) -> None:
        """What is known about why it is so, with all evidence."""
        self.post_message(Wanted(self.about.task, "why"))

    def action_copy(self) -> None:
        """The id of this task to the clipboard."""
        self.post_message(Wanted(self.about.task, "copy"))

    def action_copy_as(self) -> None:
        """One of its forms to the clipboard."""
        self.post_message(Wanted(self.about.task, "copy-as"))

    def action_console(self) -> None:
        """The page of the provider's console."""
        self.post_message(Wanted(self.about.task, "console"))

    def action_watch(self) -> None:
        """On the watch list, and off again."""
        self.post_message(Wanted(self.about.task, "watch"))

    def acted(self, keys: Sequence[TaskKey]) -> None:
        """Asks what the provider knows now."""
        if self.about.task.key in keys:
            self._ask()
