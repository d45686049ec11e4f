"""What the tabs of a task are about, and the lines that they are made of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from tui.answers import Detail
from tui.model import Task, TaskKey
from tui.ui.cells import Legend
from tui.ui.clauses import Fact, facts
from tui.ui.desk import Desk
from tui.ui.ink import Ink
from tui.ui.task.kin import Kin
from tui.ui.titles import Pen
from tui.view.why import Reason


class Sharing(NamedTuple):
    """The tasks that share a fact: what it is called, and the filter that shows them."""

    name: str
    clause: str


class Part(NamedTuple):
    """A part of a text that folds, by the way that leads to it."""

    path: tuple[str, ...]


class Line(NamedTuple):
    """One line, and what Enter opens there: tasks that share something, one task, or a part of this text."""

    ink: Ink
    opens: Sharing | TaskKey | Part | None = None


class Tab(Protocol):
    """One of the tabs."""

    name: str

    def label(self) -> str:
        """What its title says beside its name."""
        ...

    def lines(self, cells: int) -> Sequence[Line]:
        """All that there is, in so many cells; may be made while it is looked at."""
        ...


@dataclass
class About:
    """One task as far as it is known. `clauses` are its facts with the filters that keep tasks which say the same."""

    desk: Desk
    pen: Callable[[], Pen]
    legend: Callable[[], Legend]
    task: Task
    detail: Detail | None = None
    kin: Kin | None = None
    reasons: tuple[Reason, ...] = ()
    clauses: dict[str, Fact] = field(default_factory=dict)

    def now_is(self, task: Task) -> None:
        """A newer look at the same task."""
        if task != self.task or not self.clauses:
            self.clauses = {}
        self.task = task

    def sharing(self, name: str, called: str) -> Sharing | None:
        """The tasks that say the same in a field; None where it says nothing, or nothing that can be asked for."""
        if not self.clauses:
            source = self.desk.store.sources[self.task.key.source]
            self.clauses = {fact.name: fact for fact in facts(self.task, source, self.legend().shorts)}
        fact = self.clauses.get(name)
        return Sharing(called, fact.clause) if fact is not None and fact.text else None

    @property
    def adapter(self) -> str:
        """Which adapter the task came through."""
        return self.desk.store.sources[self.task.key.source].adapter
