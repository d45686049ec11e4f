"""Watching: tasks pinned on top, asked by id every few seconds, and told with bell and notification when they end."""

from __future__ import annotations

import os
from collections.abc import Sequence

from tui.model import Task, TaskKey
from tui.ui.acts.marking import Marking
from tui.ui.acts.telling import Telling
from tui.ui.desk import Desk
from tui.ui.glyphs import Glyphs
from tui.ui.options import Options
from tui.ui.themes import Look
from tui.watch import Watched, ended, key_of, notice, way_of


class Watching(Telling, Marking, inherit_bindings=False):
    """The watch list of the monitor, remembered between its runs."""

    def __init__(self, desk: Desk, options: Options, look: Look, glyphs: Glyphs) -> None:
        """With the tasks of the last run: each takes its place on top when a list shows it."""
        super().__init__(desk, options, look, glyphs)
        self.watched = Watched(key for text in self.memory.watched if (key := key_of(text)) is not None)
        self._living: set[TaskKey] = set()
        self._hand_over()

    def action_watch(self) -> None:
        """The task under the cursor, or all marked ones: on top and off again."""
        self.keep_watch(self.meant())

    def keep_watch(self, tasks: Sequence[Task]) -> None:
        """Pins tasks, or takes them off where all of them are pinned. The cursor stays on its task."""
        living = any(not task.state.final for task in tasks)
        told = self.watched.toggle([task.key for task in tasks], living=living)
        self.active.place.at_home = False  # somebody has chosen this row
        self._hand_over()
        self.take()
        self.tell(told)

    def take(self) -> None:
        """What is gone for good is watched no more; what has ended is told."""
        self._look_after()
        super().take()

    def tick(self) -> None:
        """Below another screen, and while the screen is paused, too."""
        self._look_after()
        super().tick()

    def paint(self) -> None:
        """The panes show what is pinned now."""
        for digit in self.digits:
            self.panes[digit].pins = self.board.pins
        super().paint()

    def _hand_over(self) -> None:
        """To everybody who has to know which tasks are pinned."""
        keys = self.watched.keys
        self.board.pins = self._events.pins = keys
        self.desk.watch(keys)
        self.memory.save_watched(self.watched.listed)

    def _look_after(self) -> None:
        if self.watched.drop([key for key in self.watched.keys if self._gone(key)]):
            self._hand_over()
        now = {key: task for key in self.watched.keys if (task := self.desk.store.get(key)) is not None}
        over = [task for key, task in now.items() if key in self._living and task.state.final]
        self._living = {key for key, task in now.items() if task.state.live}
        if over:
            self.write(notice(way_of(self._options.notify, os.environ), ended(over)))

    def _gone(self, key: TaskKey) -> bool:
        """Whether a task will not come again: its source was read whole without it, or is in the config no more."""
        store = self.desk.store
        if store.get(key) is not None:
            return False
        if key.source in store.sources:
            return store.status(key.source).whole_at is not None
        return any(store.status(name).whole_at is not None for name in store.sources)
