"""The lines that `list` makes while pages land are those of the tasks as they are when all is read."""

from __future__ import annotations

from tests.tasks import SOURCE, task
from tui.cli.list import _Lines
from tui.formats import json_line
from tui.model import State
from tui.store import Round, Store


def test_a_line_is_that_of_the_task_as_it_is_now() -> None:
    store = Store([SOURCE])
    lines, read = _Lines(store), Round(SOURCE)
    for at, state in enumerate((State.QUEUED, State.RUNNING, State.RUNNING, State.SUCCEEDED)):
        page = [task(f"t-{number}", state, seen_at=at) for number in range(at, 40)]
        lines.make(store.merge(read, page))
        assert [lines.line(one) for one in store.tasks(SOURCE.name).values()] == [
            json_line(one, SOURCE) for one in store.tasks(SOURCE.name).values()
        ]
