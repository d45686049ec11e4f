"""Explaining: what failed by its causes, and why one task is as it is. Enter goes to the tasks that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model import Task, TaskKey
from tui.text import cut_end
from tui.ui.acts.copying import Copying
from tui.ui.acts.looking import Looking
from tui.ui.acts.opening import PART, Opening

if TYPE_CHECKING:
    from tui.query import Query
    from tui.view.causes import Cause
    from tui.view.why import Evidence


class Explaining(Looking, Opening, Copying, inherit_bindings=False):
    """Causes, and why."""

    def action_causes(self) -> None:
        """The bad tasks of this view by their causes."""
        if not self.fits.enough:
            return
        from tui.ui.causes_screen import CausesScreen
        from tui.ui.cells import subject
        from tui.view.causes import Causes

        queries = self.board.holding(self.view)
        legend, sources, skews = self.legend(), self.desk.store.sources, self.board.skews
        provider = self.board.providers.get(self.view)

        def wanted(task: Task) -> bool:
            name = task.key.source
            source, now = sources[name], self._options.clock() + skews.get(name, 0)
            if provider is not None and source.adapter != provider.adapter:
                return False
            return all(query.match(task, source, now) for query in queries)

        scope = self._scope(queries)
        screen = CausesScreen(
            Causes(self.desk.store, wanted, lambda task: subject(task, legend), lambda name: skews.get(name, 0)),
            self.pen,
            self.legend,
            scope=scope,
            follow=lambda cause: self._follow_cause(cause, scope),
            copy=self._send,
            still=lambda: self.paused,
            moving=any(query.moving for query in queries),
        )
        self.app.push_screen(screen)

    def _scope(self, queries: list[Query]) -> str:
        """What holds on this view, as one filter: all that hide a task from it, the pinned one first."""
        from tui.query.tree import And, Or, joined

        provider = self.board.providers.get(self.view)
        trees = [query.tree for query in queries if query.tree is not None]
        tree = joined(And, [*trees]) if trees else None
        parts = [f"({tree})" if isinstance(tree, Or) else str(tree)] if tree is not None else []
        return " ".join([*parts, *([f"adapter={provider.adapter}"] if provider is not None else [])])

    def _follow_cause(self, cause: Cause, scope: str) -> None:
        from tui.query.tree import quoted

        self.follow_fact(f"causes > {cut_end(cause.text, PART)}", f"{scope} cause={quoted(cause.text)}".strip())

    def action_why(self) -> None:
        """Why the task under the cursor is as it is."""
        task = self.active.selected
        if task is None:
            self.say("no task to explain")
        elif self.fits.enough:
            self.explain(self.desk.store.get(task.key) or task)

    def explain(self, task: Task) -> None:
        """Why a task is as it is, above whatever is shown."""
        from tui.ui.why_screen import WhyScreen

        self.app.push_screen(WhyScreen(self.desk.store, task, self.pen, self.legend, self._open_evidence))

    def _open_evidence(self, task: Task, evidence: Evidence) -> None:
        """The tasks, the task or the source that shows it."""
        from tui.view.why import Asks

        if isinstance(evidence, Asks):
            self.follow_fact("why", evidence.query)
        elif isinstance(evidence, TaskKey):
            self._open_task(self.desk.store.get(evidence) or task)
        else:
            self._open_health(evidence.source)

    def _open_task(self, task: Task) -> None:
        from tui.ui.detail import TaskScreen

        def alone(by: int) -> tuple[Task | None, int, int]:
            return self.desk.store.get(task.key) or task, 1, 1

        screen = TaskScreen(
            self.desk, task, self.pen, self.legend, alone, way=self.way, marked=lambda: self.board.marked, tab=0
        )
        self.app.push_screen(screen)

    def _open_health(self, source: str) -> None:
        from tui.ui.health_screen import HealthScreen

        screen = HealthScreen(self.desk, self.pen, self.legend, self._newest, self.attention.show, at=source)
        self.app.push_screen(screen, lambda digit: None if digit is None else self._leave_for(digit))

    def _leave_for(self, digit: int) -> None:
        """To a provider: the screens above home are left."""
        while len(self.app.screen_stack) > 1:
            self.app.pop_screen()
        self.show(digit)
