"""Related: the tasks in the store that have something in common with this one."""

from __future__ import annotations

from collections.abc import Sequence

from tui.model import State, Task
from tui.text import clean, cut_middle, fit, width
from tui.ui import cells as cell
from tui.ui.ink import Ink
from tui.ui.task.about import About, Line
from tui.ui.task.kin import LAST, Relation
from tui.ui.themes import TONES
from tui.ui.titles import Pen

CALLED, VALUE = 14, 34
LEAST = 12  # cells of a value on a narrow screen: how those ended is what one came for


class Related:
    """The tab: what is shared, with how those ended; then the newest of them."""

    name = "Related"

    def __init__(self, about: About) -> None:
        self._about = about

    def label(self) -> str:
        """How many have the first thing in common: they ran the same."""
        kin = self._about.kin
        return f"{kin.relations[0].others:,}" if kin is not None and kin.relations else ""

    def lines(self, cells: int) -> Sequence[Line]:
        """Enter on a relation shows all of its tasks, on a task that task."""
        about, pen = self._about, self._about.pen()
        look, kin = pen.look, about.kin
        if kin is None:
            return [Line(Ink()), Line(Ink().add("looking through the tasks ..", look["dim"]))]
        lines = [Line(Ink()), Line(Ink().add("THE SAME", look["head"]))]
        ends = [_ends(one, pen) for one in kin.relations]
        valued = min(VALUE, max(LEAST, cells - CALLED - 4 - max((ink.width for ink in ends), default=0)))
        for one, ended in zip(kin.relations, ends, strict=True):
            ink = Ink().add(fit(one.called, CALLED) + " ", look["dim"])
            ink.add(fit(clean(one.value), valued, middle=True) + "  ", look["json.key"])
            lines.append(Line(ink.extend(ended), about.sharing(one.field, one.called)))
        if not kin.relations:
            lines.append(Line(Ink().add("this task has nothing that another one could share", look["dim"])))
        rows = kin.newest
        head = f"NEWEST {len(rows)}" + (f" (no more than {LAST} are listed)" if len(rows) == LAST else "")
        lines += [Line(Ink()), Line(Ink().add(head, look["head"]))]
        if not rows:
            lines.append(Line(Ink().add("none" if kin.whole else "looking ..", look["dim"])))
        longest = max((width(clean(task.key.id)) for task, _ in rows), default=0)
        room = min(longest, max(16, cells // 3))
        return lines + [Line(self._row(task, shared, pen, room), task.key) for task, shared in rows]

    def _row(self, task: Task, shared: Sequence[str], pen: Pen, room: int) -> Ink:
        legend, look = self._about.legend(), pen.look
        ink = Ink().add(fit(f"{pen.glyphs.states[task.state]} {task.state.label}", 8), look[TONES[task.state]])
        ink.add(
            fit(cell.age(task, legend), 6, right=True) + fit(cell.dur(task, legend), 8, right=True) + "  ", look["dim"]
        )
        ink.add(fit(cut_middle(clean(task.key.id), room), room) + "  ", look["text"])
        ink.add(fit(", ".join(shared), 24) + "  ", look["dim"])
        return ink.add(cell.note(task, legend), look["error" if task.error else "dim"])


def _ends(one: Relation, pen: Pen) -> Ink:
    look, bad = pen.look, sum(count for state, count in one.states.items() if state.bad)
    ink = Ink().add(f"{one.others:>6,} other{' ' if one.others == 1 else 's'}", look["text"])
    for state in (State.SUCCEEDED, State.FAILED):
        count = bad if state is State.FAILED else one.states[state]
        tone = look[TONES[state] if count else "faint"]
        ink.add(f"  {pen.glyphs.states[state]}{count:,} {state.label}", tone)
    live = sum(count for state, count in one.states.items() if state.live)
    return ink.add(f"  {live:,} live" if live else "", look["dim"])
