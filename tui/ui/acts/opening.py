"""Opening: the task under the cursor; from a fact of it to the tasks that share it, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from textual.screen import Screen

from tui.model import Task
from tui.text import clean, cut_end, cut_middle
from tui.ui.acts.travelling import Travelling
from tui.ui.bars import Header
from tui.ui.board import ALL, DECK
from tui.ui.table import Pane
from tui.view import Sort

PART = 24  # cells of one part of the way
PARTS = 4  # the last ones are told


class Crumb(NamedTuple):
    """Where one was: the view with its filter and order, the place in its table, the screens above it."""

    view: int
    text: str
    digit: int
    sort: Sort
    task: Task | None
    line: int
    at_home: bool
    screens: Sequence[Screen[Any]]
    way: Sequence[str]


class Opening(Travelling, inherit_bindings=False):
    """Drill-down, walking the list without leaving it."""

    _crumbs: tuple[Crumb, ...] = ()

    def action_open(self) -> None:
        """The task under the cursor."""
        self._open(0)

    def action_open_at(self, tab: int) -> None:
        """The same, with one of its tabs."""
        self._open(tab)

    def _open(self, tab: int) -> None:
        task = self.active.selected
        if task is None:
            self.say("no task to open")
        elif self.fits.enough:
            from tui.ui.detail import TaskScreen

            screen = TaskScreen(
                self.desk,
                task,
                self.pen,
                self.legend,
                self._step,
                way=self.way,
                marked=lambda: self.board.marked,
                tab=tab,
            )
            self.app.push_screen(screen)

    def _step(self, by: int) -> tuple[Task | None, int, int]:
        place = self.active.place
        place.move(by) if by else None
        return place.task, place.cursor + 1, len(place.rows)

    def way(self) -> list[str]:
        """The view, and how one came to it: `all tasks`, the task one left, what is shared with it."""
        if self._crumbs:
            return [*self._crumbs[-1].way][-PARTS:]
        names = {DECK: "deck", ALL: "all tasks"} | {at: one.title for at, one in self.board.providers.items()}
        text = self.filter.edit.text.strip()
        return [clean(names[self.view]), *([cut_end(clean(text), PART)] if text else [])]

    def follow_fact(self, called: str, clause: str) -> None:
        """All tasks that share a fact with the one on the screen. Esc comes back to it, and to the list below."""
        above = self.app.screen_stack[1:]
        place, digit = self.active.place, self.active.digit
        way = self.way()
        task = getattr(getattr(self.app.screen, "about", None), "task", None)
        if isinstance(task, Task):
            way.append(cut_middle(clean(task.key.id), PART))
        here = Crumb(
            view=self.view,
            text=self.filter.edit.text,
            digit=digit,
            sort=self.board.sort(digit),
            task=place.task,
            line=place.cursor - place.top,
            at_home=place.at_home,
            screens=tuple(above),
            way=[*way, called],
        )
        for screen in above:  # kept as they are: a screen that is installed outlives being left
            self.app.install_screen(screen, f"kept-{id(screen)}")
        for _ in above:
            self.app.pop_screen()
        self.go(ALL, clause)
        self.active.place.home()
        self._crumbs += (here,)
        self.take()

    def walk_back(self) -> bool:
        """To where one followed a fact; False where one did not."""
        if not self._crumbs:
            return False
        crumb, self._crumbs = self._crumbs[-1], self._crumbs[:-1]
        self.board.order(crumb.digit, crumb.sort)
        self.go(crumb.view, crumb.text)
        self.panes[crumb.digit].place.restore(crumb.task, crumb.line, at_home=crumb.at_home)
        self.take()
        for screen in crumb.screens:
            self.app.uninstall_screen(screen)
            self.app.push_screen(screen)
        return True

    def lay_out(self) -> None:
        """Whoever goes to another view does not come back."""
        if self._crumbs and self.view != ALL:
            left, self._crumbs = self._crumbs, ()
            for crumb in left:
                for screen in crumb.screens:
                    self.app.uninstall_screen(screen)
                    screen.remove()
        super().lay_out()

    def _header(self) -> Header:
        header = super()._header()
        return header._replace(view=" > ".join(self.way())) if self._crumbs else header

    def on_pane_picked(self, message: Pane.Picked) -> None:
        """A click: the pane, then the row, then the task."""
        if self.view == DECK:
            self.open_pane = message.digit
        if message.again:
            self.action_open()
        self.lay_out()
