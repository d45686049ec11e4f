"""Tasks as Markdown: a table, or one task as a block for a ticket. What a cloud says stands in code spans alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from tui.formats import rfc3339
from tui.model import Source, Task
from tui.text import clean

COLUMNS = ("STATE", "SOURCE", "TASK", "NAME", "TARGET", "SINCE", "ERROR", "REQUEST")
LONG = 1 << 30  # characters: a ticket gets the whole error
EMPTY = "-"


def code(text: str | None, *, cell: bool = False) -> str:
    """Foreign text as a code span: no link, no image, no mention and no HTML in it does anything."""
    shown = clean(text or "", limit=LONG).strip()
    if not shown:
        return EMPTY
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    pad = " " if shown[0] == "`" or shown[-1] == "`" else ""
    span = f"{fence}{pad}{shown}{pad}{fence}"
    return span.replace("|", "\\|") if cell else span


def row(cells: Iterable[str]) -> str:
    """One line of a table."""
    return f"| {' | '.join(cells)} |"


def head(columns: Sequence[str] = COLUMNS) -> list[str]:
    """The first two lines of a table."""
    return [row(columns), row("---" for _ in columns)]


def task_row(task: Task, source: Source) -> str:
    """One task as a line of the table."""
    facts = (source.name, task.key.id, task.name, task.target, rfc3339(task.since), task.error, task.request_id)
    native = f" {code(task.native_state, cell=True)}" if task.native_state else ""
    return row([task.state.label + native, *(code(fact, cell=True) for fact in facts)])


def table(tasks: Iterable[Task], sources: Mapping[str, Source]) -> Iterator[str]:
    """The lines of a table of tasks."""
    yield from head()
    for task in tasks:
        yield task_row(task, sources[task.key.source])


def ticket(task: Task, source: Source) -> str:
    """One task as a block: what it is, what happened, when, and what the provider's support asks for."""
    facts = (
        ("state", f"{task.state.label} {code(task.native_state)}" if task.native_state else task.state.label),
        (
            "source",
            code(" ".join(part for part in (source.name, source.adapter, source.account, source.region) if part)),
        ),
        ("name", code(task.name)),
        ("target", code(task.target)),
        ("created", code(rfc3339(task.created_at))),
        ("started", code(rfc3339(task.started_at))),
        ("ended", code(rfc3339(task.ended_at))),
        ("error", code(task.error)),
        ("request id", code(task.request_id)),
        ("task", code(str(task.key))),
    )
    lines = [f"**{task.state.label}** {code(task.key.id)}", ""]
    return "\n".join([*lines, *(f"- {name}: {told}" for name, told in facts if told != EMPTY)])
