"""Place: where one is in a list of tasks. Cursor and window are bound to task keys, not to line numbers. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui.model import Task, TaskKey


class Place:
    """Rows, the cursor's row and the first row shown. Only a movement takes the cursor off its task.

    Until one moves (and again after `home`) the window stays at the head of the list, so that new tasks are
    seen; the cursor is on its task all the same, until newer ones push it out of the window.
    """

    def __init__(self) -> None:
        self.rows: Sequence[Task] = ()
        self.cursor = 0
        self.top = 0
        self.height = 1
        self.at_home = True

    @property
    def task(self) -> Task | None:
        """The task under the cursor."""
        return self.rows[self.cursor] if self.rows else None

    @property
    def key(self) -> TaskKey | None:
        """The key of the task under the cursor."""
        return self.rows[self.cursor].key if self.rows else None

    @property
    def window(self) -> range:
        """The indexes of the rows shown."""
        return range(self.top, min(self.top + self.height, len(self.rows)))

    def show(self, rows: Sequence[Task]) -> None:
        """Other rows: the cursor stays on its task and on its line; if that left, the nearest neighbour has it."""
        line, at_head, old, was = self.cursor - self.top, self.top == 0, self.rows, self.cursor
        self.rows = rows
        if not old or not rows:
            self.cursor = self.top = 0
            return
        self.cursor = _follow(old, was, rows)
        self.top = 0 if at_head and self.cursor < self.height else self.cursor - line
        if self.at_home and self.cursor >= self.height:
            self.cursor = self.top = 0
        self._clamp()

    def resize(self, height: int) -> None:
        """Another number of lines: the cursor stays in the window."""
        self.height = max(1, height)
        self._clamp()

    def go(self, index: int) -> None:
        """Puts the cursor on a row."""
        self.at_home = False
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
        index = next((at for at, task in enumerate(self.rows) if task.key == key), None)
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


def _follow(old: Sequence[Task], was: int, rows: Sequence[Task]) -> int:
    """The index in `rows` of the task at `old[was]`, else of its nearest neighbour there that is still known."""
    key = old[was].key
    if was < len(rows) and rows[was].key == key:
        return was
    found = next((at for at, task in enumerate(rows) if task.key == key), None)
    if found is not None:
        return found
    places = {task.key: at for at, task in enumerate(rows)}
    for step in range(1, len(old)):
        for near in (was + step, was - step):
            if 0 <= near < len(old) and (at := places.get(old[near].key)) is not None:
                return at
    return min(was, len(rows) - 1)
