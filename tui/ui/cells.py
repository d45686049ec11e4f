"""The text of each cell of a task. Foreign text leaves here clean. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from tui.model import Source, State, Task
from tui.text import clean, cut_middle, width
from tui.ui import when
from tui.ui.glyphs import Glyphs
from tui.view.subject import subject as works_on

BAR = 12
NO_SKEWS: Mapping[str, int] = MappingProxyType({})


class Legend(NamedTuple):
    """What a cell needs beside its task: the time, the signs, and where its source belongs.

    `skews` are the sources whose provider's clock is not ours, with what it is ahead (ms): a task's age is counted on
    the clock that stamped it.
    """

    now: int
    glyphs: Glyphs
    sources: Mapping[str, Source]
    shorts: Mapping[str, str]
    utc: bool = False
    skews: Mapping[str, int] = NO_SKEWS

    def clock(self, task: Task) -> int:
        """Now, as the provider of the task has it."""
        return self.now + self.skews.get(task.source, 0) if self.skews else self.now

    def adapter(self, task: Task) -> str:
        """Which adapter the task came through."""
        source = self.sources.get(task.source)
        return source.adapter if source else ""

    def short(self, task: Task) -> str:
        """The short code of the provider: FC."""
        adapter = self.adapter(task)
        return clean(self.shorts.get(adapter, adapter))


def state(task: Task, legend: Legend) -> str:
    """Sign and word of the state."""
    return f"{legend.glyphs.states[task.state]} {task.state.label}"


def age(task: Task, legend: Legend) -> str:
    """Since it ended, else started, else was created; `~` since it was seen, where the provider tells none of them."""
    since = task.ended_at or task.started_at or task.created_at
    if not since:
        return f"~{when.ended(legend.now - task.seen_at)}"  # when we saw it is by our own clock
    ms = legend.clock(task) - since
    return when.ended(ms) if task.state.final else when.age(ms)


def dur(task: Task, legend: Legend) -> str:
    """How long it took; how long it has been taking, in steps."""
    ms = task.running_ms(legend.clock(task))
    if ms is None:
        return "-"
    return when.took(ms) if task.state.final else when.age(ms)


def queue(task: Task, legend: Legend) -> str:
    """How long it waited."""
    if task.created_at is None or task.started_at is None:
        return "-"
    return when.took(task.started_at - task.created_at)


def task_name(task: Task, legend: Legend) -> str:
    """What it is called in the merged table: its id, with the operation where one server has many."""
    named = legend.adapter(task) == "huawei-kps" and task.name
    return clean(f"{task.id}/{task.name}" if named else task.id)


def subject(task: Task, legend: Legend) -> str:
    """What it works on: the function, the instance, the server."""
    return clean(works_on(task, legend.adapter(task)))


def note(task: Task, legend: Legend) -> str:
    """What one wants to know next: the error, the progress, what the provider measured."""
    if task.error:
        return clean(task.error)
    if task.state is State.VANISHED:
        return clean(f"last seen {task.native_state or 'live'}")
    if task.state is State.UNKNOWN:
        return clean(task.native_state or "")
    if task.progress is not None and task.state.live:
        return f"{task.progress:3.0f}% {legend.glyphs.bar(task.progress, BAR)}{_generation(task)}"
    metrics = task.extra.get("os.metrics")
    if isinstance(metrics, Mapping):
        return clean("  ".join(f"{name} {_brief(value)}" for name, value in list(metrics.items())[:3]))
    return f"try {task.retries}" if task.retries else ""


def _generation(task: Task) -> str:
    generation = task.extra.get("os.generation")
    return clean(f" gen {generation}") if generation else ""


def _brief(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _account(task: Task, legend: Legend) -> str:
    source = legend.sources.get(task.source)
    return clean(source.account) if source else ""


def _region(task: Task, legend: Legend) -> str:
    source = legend.sources.get(task.source)
    return clean(source.region) if source else ""


def _exit(task: Task, legend: Legend) -> str:
    code = task.extra.get("tat.exit")
    return "" if code is None else clean(code)


def fact(value: Any) -> str:
    """A fact of one provider: a text as it is, a number, a list or an object as JSON."""
    if isinstance(value, str):
        return clean(value)
    import json  # not before the first frame

    return clean(json.dumps(value, ensure_ascii=False, default=str))


def short_task(task: str, cells: int) -> str:
    """An id with an operation in few cells: the operation, which tells rows of one server apart, stays whole."""
    ident, _, operation = task.rpartition("/")
    room = cells - width(operation) - 1
    if width(task) <= cells or not operation.isupper() or room < 8:
        return task
    return f"{cut_middle(ident, room)}/{operation}"


def short_region(region: str, cells: int) -> str:
    """A region in few cells, its number kept: cn-shanghai is cn-sha, cn-north-4 is cn-n4."""
    if width(region) <= cells or "-" not in region:
        return region
    land, *words = region.split("-")
    number = words.pop() if words[-1].isdigit() and len(words) > 1 else ""
    return f"{land}-{'-'.join(words)[: max(1, cells - len(land) - len(number) - 1)]}{number}"


SHORT: Mapping[str, Callable[[str, int], str]] = {"region": short_region, "task": short_task}
CELLS: Mapping[str, Callable[[Task, Legend], str]] = {
    "state": state,
    "age": age,
    "dur": dur,
    "queue": queue,
    "src": lambda task, legend: legend.short(task),
    "account": _account,
    "region": _region,
    "task": task_name,
    "id": lambda task, legend: clean(task.id),
    "name": lambda task, legend: clean(task.name or task.id),
    "target": lambda task, legend: clean(task.target or ""),
    "subject": subject,
    "native": lambda task, legend: clean(task.native_state or ""),
    "retries": lambda task, legend: str(task.retries) if task.retries else "",
    "kind": lambda task, legend: clean(task.kind or ""),
    "created": lambda task, legend: when.short_time(task.created_at, legend.utc),
    "started": lambda task, legend: when.short_time(task.started_at, legend.utc),
    "ended": lambda task, legend: when.short_time(task.ended_at, legend.utc),
    "exit": _exit,
    "request": lambda task, legend: clean(task.request_id or ""),
    "note": note,
}
