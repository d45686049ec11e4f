"""Place: where one is in a list of tasks. Cursor and window are bound to task keys, not to line numbers. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from tui.model import Task, TaskKey


class Where(Protocol):
    """Who knows where a task stands in the rows, without looking through them."""

    @property
    def working(self) -> bool:
        """Whether more rows are being looked for."""
        ...

    @property
    def question(self) -> object:
        """What the rows answer."""
        ...

    def find(self, key: TaskKey) -> int | None:
        """The row of a task; None where it is not among them."""
        ...

    def near(self, task: Task) -> int:
        """The row where a task that left would stand."""
        ...


class Place:
    """Rows, the cursor's row and the first row shown. Only a movement takes the cursor off its task.

    Until one moves (and again after `home`) the window stays at the head of the list, so that new tasks are
    seen; the cursor is on its task all the same, until newer ones push it out of the window. A task that is followed
    stays in the window until one moves.
    """

    def __init__(self) -> None:
        self.rows: Sequence[Task] = ()
        self.cursor = 0
        self.top = 0
        self.height = 1
        self.at_home = True
        self.follow: TaskKey | None = None
        self._wanted: tuple[Task, int] | None = None
        self._where: Where = _Looking((), ())
        self._question: object = None
        self._hidden: tuple[Task, int] | None = None
        self._wanted_anew = False

    @property
    def task(self) -> Task | None:
        """The task under the cursor."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    @property
    def key(self) -> TaskKey | None:
        """The key of the task under the cursor."""
        task = self.task
        return None if task is None else task.key

    @property
    def window(self) -> range:
        """The indexes of the rows shown."""
        return range(self.top, min(self.top + self.height, len(self.rows)))

    @property
    def waiting(self) -> bool:
        """Whether the cursor stands in for a task that is not among the rows yet."""
        return self._wanted is not None

    @property
    def hidden(self) -> Task | None:
        """The task that gets the cursor back from a filter that shows it."""
        return None if self._hidden is None else self._hidden[0]

    def show(self, rows: Sequence[Task], where: Where | None = None) -> None:
        """Other rows: the cursor stays on its task and on its line; if that left, the nearest neighbour has it.

        While more rows are being looked for, a task that is not among them yet is waited for. A task that a filter
        hides gets the cursor back from another filter that shows it, but never from a mere change of the tasks.
        """
        asked_anew = where is not None and where.question != self._question
        hidden = self._hidden if asked_anew else None
        here, line = self._wanted or hidden or (self.task, self.cursor - self.top)
        self._question = None if where is None else where.question
        at_head, here_before = self.top == 0 and self._wanted is None, self.rows
        self.rows, self._wanted = rows, None
        self._where = where = where or _Looking(here_before, rows)
        if here is None or not rows:
            self.cursor = self.top = 0
            self._wanted = None if here is None else (here, line)
            return
        index = where.find(here.key)
        if index is None and where.working:
            self._wanted = (here, line)
        elif asked_anew or self._wanted_anew:
            self._hidden = (here, line) if index is None else None
        self._wanted_anew = self._wanted is not None and (asked_anew or self._wanted_anew)
        self.cursor = max(0, min(where.near(here) if index is None else index, len(rows) - 1))
        self.top = 0 if at_head and self.cursor < self.height else self.cursor - line
        if self.at_home and self.cursor >= self.height and self.follow is None:
            self.cursor = self.top = 0
        self._clamp()

    def restore(self, task: Task | None, line: int, *, at_home: bool) -> None:
        """Back to where one was: the next rows get the cursor on that task and on that line of the window."""
        self.at_home, self.follow = at_home, None
        self._wanted = None if task is None else (task, line)

    def resize(self, height: int) -> None:
        """Another number of lines: the cursor stays in the window."""
        self.height = max(1, height)
        self._clamp()

    def go(self, index: int) -> None:
        """Puts the cursor on a row."""
        self.at_home, self.follow, self._wanted, self._hidden = False, None, None, None
        self.cursor = max(0, min(index, len(self.rows) - 1))
        self._clamp()

    def move(self, by: int) -> None:
        """Moves the cursor by rows."""
        self.go(self.cursor + by)

    def page(self, by: int) -> None:
        """Moves window and cursor together by rows."""
        self.top = max(0, min(self.top + by, len(self.rows) - self.height))
        self.go(self.cursor + by)

    def home(self) -> None:
        """The head of the list, and staying there."""
        self.go(0)
        self.at_home = True

    def seek(self, key: TaskKey) -> bool:
        """Puts the cursor on a task, if it is in the list."""
        index = self._where.find(key)
        if index is not None:
            self.go(index)
        return index is not None

    def step_to(self, by: int, wanted: Callable[[Task], bool]) -> bool:
        """Moves to the next (by=1) or previous (by=-1) row that is wanted; False when there is none."""
        rows = range(self.cursor + 1, len(self.rows)) if by > 0 else range(self.cursor - 1, -1, -1)
        index = next((at for at in rows if wanted(self.rows[at])), None)
        if index is not None:
            self.go(index)
        return index is not None

    def _clamp(self) -> None:
        self.top = min(self.top, self.cursor, max(0, len(self.rows) - self.height))
        self.top = max(0, self.top, self.cursor - self.height + 1)


class _Looking:
    """Where, for rows that nobody keeps in order: looks through them."""

    working = False
    question = None

    def __init__(self, old: Sequence[Task], rows: Sequence[Task]) -> None:
        self._old, self._rows = old, rows

    def find(self, key: TaskKey) -> int | None:
        return next((at for at, task in enumerate(self._rows) if task.key == key), None)

    def near(self, task: Task) -> int:
        """The row of the nearest old neighbour that is still there, later ones first."""
        was = next((at for at, one in enumerate(self._old) if one.key == task.key), 0)
        places = {one.key: at for at, one in enumerate(self._rows)}
        for step in range(1, len(self._old)):
            for near in (was + step, was - step):
                if 0 <= near < len(self._old) and (at := places.get(self._old[near].key)) is not None:
                    return at
        return was
