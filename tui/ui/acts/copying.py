"""Copying: what keys put into the clipboard, or into a file. It says what it did, and how."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from tui.late import late
from tui.model import Task
from tui.text import clean, cut_middle
from tui.ui.acts.marking import Marking
from tui.ui.acts.telling import Telling
from tui.ui.beside import beside
from tui.ui.cells import CELLS

with late():
    from tui import clipboard
    from tui.ui import copying

if TYPE_CHECKING:
    from tui.clipboard import Reach
    from tui.ui.forms import Form

MOST = 5_000  # tasks in a clipboard: 5 MB of JSON; a file takes more
NAMED = 40  # cells of an id in a title
LINKED = 200  # and of an address in a line


class Copying(Telling, Marking, inherit_bindings=False):
    """The task under the cursor; where tasks are marked, all of those."""

    reach: Reach | None = None
    """The ways to the clipboard; looked for when something is copied first."""

    def action_copy(self) -> None:
        """The id."""
        self.copy_ids(self.meant())

    def action_copy_as(self) -> None:
        """What it is copied as is chosen."""
        self.copy_as(self.meant())

    def action_console(self) -> None:
        """The page of the provider's console."""
        tasks = self.meant()
        if len(tasks) > 1:
            self.tell("one page at a time: u unmarks")
        elif tasks:
            self.link(tasks[0])
        else:
            self.tell("no task to open in a console")

    def copy_ids(self, tasks: Sequence[Task]) -> None:
        """Copies ids, one a line."""
        if self._copyable(tasks):
            from tui.ui import forms

            text = forms.ids(tasks)
            self._send(text, text if len(tasks) == 1 else f"{len(tasks):,} ids")

    def copy_as(self, tasks: Sequence[Task]) -> None:
        """Opens the list of what tasks can be copied as."""
        if not self.fits.enough or not self._copyable(tasks):
            return
        from tui.ui import forms
        from tui.ui.copy_picker import CopyPicker

        legend = self.legend()
        cells: list[tuple[str, Callable[[Task], str]]] = [
            (column.head, lambda task, cell=column.cell: _cell(CELLS[cell](task, legend), cell, task))  # type: ignore[misc]
            for column in self.active.heads
        ]
        found = forms.forms(tasks, self.desk.store.sources, cells, self._command)
        one = cut_middle(clean(tasks[0].key.id), NAMED)
        title = one if len(tasks) == 1 else f"{len(tasks):,} marked tasks"
        self.app.push_screen(CopyPicker(self.pen(), title, found), partial(self._form_taken, title))

    def _command(self, task: Task) -> str | None:
        """The vendor's own command for a task."""
        by_hand = self.desk.by_hand(task)
        return None if by_hand is None else by_hand.command

    def _form_taken(self, title: str, form: Form | None) -> None:
        if form is None:
            return
        if form.text is None:
            self.tell(f"{form.label}: {form.why_not}")
        else:
            self._send(form.text, form.label if form.label != "id" or "\n" in form.text else form.text)

    def link(self, task: Task) -> None:
        """Shows the page of a task in the provider's console as a hyperlink, and copies it."""
        found = self.desk.console(task)
        if found.url:
            self._send(found.url, found.url, link=found.url)
        else:
            self.tell(clean(found.why_not))

    def _copyable(self, tasks: Sequence[Task]) -> bool:
        """Whether there is something, and not too much of it; says so otherwise."""
        if not tasks:
            self.tell("no task to copy")
        elif len(tasks) > MOST:
            self.tell(f"{len(tasks):,} tasks are too many for a clipboard ({MOST:,}): :export writes a file")
        return 0 < len(tasks) <= MOST

    def ways(self) -> Reach:
        """The ways to the clipboard from here."""
        if self.reach is None:
            self.reach = clipboard.reach(os.environ, sys.platform, shutil.which)
        return self.reach

    def _send(self, text: str, what: str, link: str = "") -> None:
        """Puts a text into the clipboard, and says so when it is there: a tool may take its second."""

        async def copy() -> None:
            sent = await copying.send(text, self.ways(), self.write)
            self.tell(sent.told(what, text, LINKED) if link else sent.told(what, text), link)

        # of the app: it goes on when the screen that asked for it is left
        beside(self.app, copy, "copy")

    def copy_test(self) -> None:
        """A known text each way, and what came of it."""

        async def test() -> None:
            from tui.ui.copy_picker import CopyTest

            tried = await copying.test(self.ways(), self.write)
            self.app.push_screen(CopyTest(self.pen(), tried))

        beside(self.app, test, "copytest", "copy")


def _cell(shown: str, cell: str, task: Task) -> str:
    """The whole text of a cell: the table has cleaned an error, and cut a long one."""
    if cell == "note" and task.error:
        return task.error
    return "" if shown == "-" else shown.strip()
