"""Forms: what a task, or some of them, can be copied as. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from tui import markdown
from tui.clipboard import harmless
from tui.formats import as_json, dumps, json_line
from tui.model import Source, Task

CommandLine = Callable[[Task], str | None]


class Form(NamedTuple):
    """One way to write tasks down. `text` is None where there is nothing to copy, `why_not` says why."""

    letter: str
    label: str
    text: str | None
    why_not: str = ""


def ids(tasks: Sequence[Task]) -> str:
    """The provider's ids, one a line. The last line has no end: what is pasted into a shell must not run."""
    return "\n".join(harmless(task.key.id) for task in tasks)


def forms(
    tasks: Sequence[Task],
    sources: Mapping[str, Source],
    cells: Sequence[tuple[str, Callable[[Task], str]]],
    command: CommandLine,
) -> list[Form]:
    """All forms of some tasks (at least one): the fixed ones, then the cells of the row by their columns' heads."""
    found = [
        Form("i", "id", ids(tasks)),
        Form("t", "TASK", _lines(tasks, lambda task: str(task.key))),
        Form("J", "JSON" if len(tasks) == 1 else "NDJSON", _json(tasks, sources)),
        Form("m", "Markdown", _markdown(tasks, sources)),
        _or_why_not("l", "CLI command", _lines(tasks, command), "none is known"),
        _or_why_not("r", "request id", _lines(tasks, lambda task: task.request_id), "not known"),
    ]
    for at, (head, text) in enumerate(cells, 1):
        letter = str(at) if at < 10 else ""
        found.append(_or_why_not(letter, head, _lines(tasks, text), "empty"))
    return found


def _lines(tasks: Sequence[Task], text: Callable[[Task], str | None]) -> str | None:
    """One line for each task that has it; None where none has."""
    told = [harmless(one) for task in tasks if (one := text(task))]
    return "\n".join(told) or None


def _or_why_not(letter: str, label: str, text: str | None, why_not: str) -> Form:
    return Form(letter, label, text, "" if text else why_not)


def _json(tasks: Sequence[Task], sources: Mapping[str, Source]) -> str:
    """The contract's object, indented; of several tasks one a line."""
    if len(tasks) == 1:
        (task,) = tasks
        return dumps(as_json(task, sources[task.key.source]), indent=2)
    return "\n".join(json_line(task, sources[task.key.source]) for task in tasks)


def _markdown(tasks: Sequence[Task], sources: Mapping[str, Source]) -> str:
    if len(tasks) == 1:
        (task,) = tasks
        return markdown.ticket(task, sources[task.key.source])
    return "\n".join(markdown.table(tasks, sources))
