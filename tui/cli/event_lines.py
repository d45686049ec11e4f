"""What happened to tasks and sources, as lines: ndjson for programs, text for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import NamedTuple

from tui.cli.happenings import Happened
from tui.cli.words import Turned
from tui.formats import dumps, json_line, painted, rfc3339
from tui.model import Source, Task
from tui.text import clean, cut_end, fit, width

STATES = 21  # cells of `retrying > succeeded`
TASKS = 44  # cells of the task's column: longer ones push the rest to the right, on a terminal they are cut
LEAST = 12  # of them on the narrowest terminal
_EVERYTHING = 2**31


class Paper(NamedTuple):
    """What lines are written on: a terminal's width (None: no text is cut), colours, the zone (None: the local one)."""

    cells: int | None = None
    colour: bool = False
    zone: tzinfo | None = UTC


def ndjson(one: Happened | Turned, sources: Mapping[str, Source]) -> str:
    """One object: a task with `event` and `previous_state`, or the state of a source."""
    if isinstance(one, Turned):
        return dumps(
            {
                "event": "source",
                "source": one.source,
                "word": one.word.value,
                "code": one.code,
                "message": one.message,
                "request_id": one.request_id,
                "at": rfc3339(one.at),
            }
        )
    previous = f'"{one.previous}"' if one.previous else "null"
    task = json_line(one.task, sources[one.task.key.source])
    return f'{{"event": "{one.what}", "previous_state": {previous}, {task[1:]}'


def text(one: Happened, at: int, paper: Paper) -> str:
    """`14:02:31  changed  running > failed  media/2600-WorkflowTask-x  WorkflowTask  subtask failed`."""
    states = f"{one.previous} > {one.task.state}" if one.previous else str(one.task.state)
    return _line((_clock(at, paper.zone), f"{one.what:<7}", f"{states:<{STATES}}"), one.task, paper)


def ended(task: Task, at: int, paper: Paper) -> str:
    """`14:02:31  failed     media/2600-WorkflowTask-x  WorkflowTask  subtask failed`."""
    return _line((_clock(at, paper.zone), f"{task.state:<9}"), task, paper)


def _line(head: tuple[str, ...], task: Task, paper: Paper) -> str:
    start = "  ".join(head)
    known = clean(task.key, limit=_EVERYTHING)
    if paper.cells is None:
        known += " " * (TASKS - width(known))
    else:
        known = fit(known, max(LEAST, min(TASKS, paper.cells - width(start) - 2)), middle=True)
    rest = [clean(one, limit=_EVERYTHING) for one in (task.name, task.error) if one]
    line = "  ".join((start, known, *rest)).rstrip()
    if paper.cells is not None:
        line = cut_end(line, paper.cells)
    return painted(line, task.state) if paper.colour else line


def _clock(at: int, zone: tzinfo | None) -> str:
    there = datetime.fromtimestamp(at / 1000, zone)
    return f"{there:%H:%M:%S}"
