"""Overview: what a task is, when it was what, how it compares, what went wrong; each fact opens those that share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import NamedTuple

from rich.cells import chop_cells

from tui.model import Task, TaskKey
from tui.text import clean, cut_middle, width
from tui.ui import when
from tui.ui.cells import dur, fact
from tui.ui.ink import Ink
from tui.ui.task.about import About, Line, Sharing
from tui.ui.task.output import NONE
from tui.ui.task.timeline import moments, word
from tui.ui.titles import Pen
from tui.ui.why_lines import HEAD, RULE, why_blocks
from tui.view.why import Asks

LABEL = 14
TWO_COLUMNS = 100
ERROR_LINES = 12
NAMES: Mapping[str, Mapping[str, str]] = {
    "alibaba-fc": {"name": "function", "target": "qualifier", "fc.instance": "instance", "fc.events": "events"},
    "alibaba-opensearch": {
        "name": "function",
        "target": "app/instance",
        "os.generation": "generation",
        "os.metrics": "metrics",
    },
    "tencent-mps": {"target": "subtasks"},
    "tencent-tat": {
        "name": "command",
        "target": "instance",
        "tat.command": "command id",
        "tat.invocation": "invocation",
        "tat.by": "invoked by",
        "tat.exit": "exit code",
    },
    "huawei-kps": {"name": "operation", "target": "server", "kps.server": "server id", "kps.keypair": "key pair"},
}
"""What an adapter's own users call a field."""
TOLD_ELSEWHERE = frozenset({"mps.subtasks"})


class Row(NamedTuple):
    """One fact: what it is called, what it says, how many others say so, what Enter opens."""

    label: str
    text: str
    others: int | None = None
    opens: Sharing | None = None


class Overview:
    """The tab."""

    name = "Overview"

    def __init__(self, about: About) -> None:
        self._about = about

    def label(self) -> str:
        """Nothing."""
        return ""

    def lines(self, cells: int) -> Sequence[Line]:
        """What and when, side by side where there is room; the states; what went wrong; the output."""
        pen = self._about.pen()
        what, times = self._what(), self._when()
        error = self._error(pen, cells)
        lines = [Line(Ink())] if cells >= TWO_COLUMNS else [*error, Line(Ink())]  # the first thing where few lines show
        if cells >= TWO_COLUMNS:
            half = cells // 2
            heads = Ink().add("WHAT", pen.look["head"]).fill(half).add("WHEN", pen.look["head"])
            lines.append(Line(heads))
            blank = Row("", "")
            lines += [
                Line(_fact(pen, one, half - 2).fill(half).extend(_fact(pen, other, cells - half - 2)), one.opens)
                for one, other in zip_longest(what, times, fillvalue=blank)
            ]
        else:
            lines.append(Line(Ink().add("WHAT", pen.look["head"])))
            lines += [Line(_fact(pen, one, cells - 2), one.opens) for one in what]
            lines += [Line(Ink()), Line(Ink().add("WHEN", pen.look["head"]))]
            lines += [Line(_fact(pen, one, cells - 2)) for one in times]
        return [
            *lines,
            *self._states(pen, cells),
            *(error if cells >= TWO_COLUMNS else ()),
            *self._why(pen, cells),
            *self._output(pen),
        ]

    def _what(self) -> list[Row]:
        about, task = self._about, self._about.task
        source = about.desk.store.sources[task.key.source]
        names = NAMES.get(about.adapter, {})
        others = {one.field: one.others for one in about.kin.relations} if about.kin is not None else {}
        known: list[tuple[str, str | None]] = [
            ("id", task.key.id),
            ("name", task.name),
            ("target", task.target),
            ("scope", task.key.scope if task.key.scope != task.name else None),
            ("kind", task.kind if task.kind != task.name else None),
            *((name, fact(value)) for name, value in task.extra.items() if name not in TOLD_ELSEWHERE),
            ("source", task.key.source),
            ("account", source.account),
            ("region", source.region),
        ]
        rows = []
        for name, text in known:
            if text:
                called = names.get(name, "task" if name == "id" else clean(name.rpartition(".")[2]))
                opens = about.sharing(name, called) if name != "id" else None
                rows.append(Row(called, clean(text), others.get(name), opens))
        return rows

    def _when(self) -> list[Row]:
        pen, task, legend = self._about.pen(), self._about.task, self._about.legend()

        def moment(ms: int | None, now: int = legend.clock(task)) -> str:
            return "" if ms is None else f"{when.date_time(ms, pen.utc)}   {when.age(now - ms)} ago"

        waited = ""
        if task.created_at is not None and task.started_at is not None:
            waited = when.took(task.started_at - task.created_at)
        progress = "" if task.progress is None else f"{task.progress:g}%  {pen.glyphs.bar(task.progress, 20)}"
        known = [
            ("created", moment(task.created_at)),
            ("started", moment(task.started_at)),
            ("ended", moment(task.ended_at)),
            ("waited", waited),
            ("took" if task.state.final else "running for", dur(task, legend).replace("-", "")),
            ("usual", self._usual(task, legend.clock(task))),
            ("progress", progress),
            ("retries", "" if task.retries is None else str(task.retries)),
            ("seen", moment(task.seen_at, pen.now)),
        ]
        return [Row(label, text) for label, text in known if text]

    def _usual(self, task: Task, now: int) -> str:
        """`p50 38s  p95 40s of 46 OK   15.0x p95`: how long the others took that ran the same."""
        kin = self._about.kin
        half, most = (kin.usual(0.5), kin.usual(0.95)) if kin is not None and kin.whole else (None, None)
        if kin is None or half is None or most is None:
            return ""
        told = f"p50 {when.took(half)}  p95 {when.took(most)}  of {len(kin.took):,} OK"
        ran = task.running_ms(now)
        return f"{told}   {ran / most:.1f}x p95" if ran is not None and most and ran > most else told

    def _states(self, pen: Pen, cells: int) -> list[Line]:
        about = self._about
        answer = about.detail.answer if about.detail is not None else None
        found = moments(about.task, about.desk.store.seen.of(about.task.key), answer)
        lines = [
            Line(Ink()),
            Line(Ink().add("STATES", pen.look["head"]).add("  (?) from timestamps", pen.look["faint"])),
        ]
        ink = Ink()
        for one in found:
            part = Ink().add("" if one.sure else "(?)", pen.look["faint"])
            today = when.date_time(one.at, pen.utc)[:10] == when.date_time(pen.now, pen.utc)[:10]
            moment = pen.time(one.at) if today else when.short_time(one.at, pen.utc)
            part.add(f"{moment} ", pen.look["dim"]).extend(word(one, pen, 24))
            if ink.width and ink.width + part.width + 3 > cells - 2:
                lines.append(Line(ink))
                ink = Ink()
            ink.add("   " if ink.width else "").extend(part)
        return [*lines, Line(ink)]

    def _error(self, pen: Pen, cells: int) -> list[Line]:
        error = self._about.task.error
        if not error:
            return []
        opens = self._about.sharing("cause", "cause") or self._about.sharing("error", "error")
        parts = chop_cells(clean(error), max(8, cells - 2))
        lines = [Line(Ink().add(part, pen.look["error"]), opens if at == 0 else None) for at, part in enumerate(parts)]
        most = ERROR_LINES if cells >= TWO_COLUMNS else ERROR_LINES // 3
        if len(lines) > most:
            lines[most - 1 :] = [Line(Ink().add(".. Raw (4) has it whole", pen.look["dim"]))]
        return [Line(Ink()), Line(Ink().add("ERROR", pen.look["head"])), *lines]

    def _why(self, pen: Pen, cells: int) -> list[Line]:
        """What is known about why; the evidence of a reason opens, as far as it is tasks."""
        reasons = self._about.reasons
        if not reasons:
            return []
        lines = [Line(Ink()), Line(Ink().add(HEAD, pen.look["head"]).add(f"  {RULE}", pen.look["faint"]))]
        for reason, block in zip(reasons, why_blocks(reasons, pen, cells - 2), strict=True):
            shows = Sharing("why", reason.evidence.query) if isinstance(reason.evidence, Asks) else None
            opens = reason.evidence if isinstance(reason.evidence, TaskKey) else shows
            lines += [Line(ink, opens if at == 0 else None) for at, ink in enumerate(block)]
        return lines

    def _output(self, pen: Pen) -> list[Line]:
        about = self._about
        told = NONE.get(about.adapter, "hidden: it may hold secrets. o fetches it once; it is stored nowhere.")
        head = Ink().add("OUTPUT", pen.look["head"])
        return [Line(Ink()), Line(head), Line(Ink().add(told, pen.look["dim"]))]


def _fact(pen: Pen, row: Row, cells: int) -> Ink:
    """A label and what it says; what opens something is in the colour of what can be followed."""
    look = pen.look
    ink = Ink().add(row.label.ljust(LABEL) + " " if row.label else "", look["dim"])
    told = f"  {row.others:,} other{'' if row.others == 1 else 's'}" if row.others is not None else ""
    room = max(4, cells - ink.width - width(told))
    ink.add(cut_middle(row.text, room), look["json.key" if row.opens is not None else "text"])
    return ink.add(told, look["faint"])
