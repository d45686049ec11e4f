"""Causes as lines: a row for each, the one under the cursor whole, and all of them as Markdown. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from textual.strip import Strip

from tui import markdown
from tui.formats import rfc3339
from tui.model import Task
from tui.text import clean, cut_middle, fit, width
from tui.ui import when
from tui.ui.cells import Legend
from tui.ui.columns import Column, Placed, place
from tui.ui.ink import Ink, between
from tui.ui.spark import spark
from tui.ui.titles import Pen
from tui.ui.wrapping import few
from tui.view.causes import Cause, Causes

GUTTER, MARGIN = 2, 1
SRC_LEAST, SRC_CUT, SRC_MOST = 3, 5, 7  # cells of the column of sources: for its head, for `FC+1`, for `FC,TAT`
DAY = 12  # cells that half hours are told apart in by Braille; twice as many where there is room
LABEL = 8
COLUMNS = (
    Column("count", "COUNT", 6, 6, 0, right=True, tone="state.bad"),
    Column("first", "FIRST", 5, 5, 3, right=True),
    Column("last", "LAST", 5, 5, 0, right=True, tone="text"),
    Column("src", "SRC", SRC_LEAST, SRC_LEAST, 0),
    Column("cause", "CAUSE", 22, 999, 0, tone="error", share=4),
    Column("targets", "TARGETS", 12, 30, 2, tone="text"),
    Column("shape", "SHAPE 24h", DAY, DAY, 1, tone="age.slow"),
)
WIDE = (*COLUMNS[:-1], COLUMNS[-1]._replace(least=2 * DAY, most=2 * DAY))
ROOMY = 160  # cells from which a day has twice as many


class About(NamedTuple):
    """What the lines are drawn from."""

    causes: Causes
    pen: Pen
    legend: Legend
    src: int = SRC_LEAST
    """The cells of the column of sources."""

    def shorts(self, cause: Cause) -> str:
        """The short codes of the providers that have it: `FC,TAT`."""
        sources = (self.legend.sources.get(name) for name, _ in cause.sources.most_common())
        known = (clean(self.legend.shorts.get(source.adapter, source.adapter)) for source in sources if source)
        return ",".join(dict.fromkeys(known))

    def fitted(self, found: Iterable[Cause]) -> About:
        """The column of sources as wide as these causes need it."""
        least = max((width(self.shorts(cause)) for cause in found), default=SRC_LEAST)
        return self._replace(src=min(SRC_MOST, max(SRC_LEAST, least)))


def head(about: About, cells: int) -> Strip:
    """The names of the columns."""
    ink = Ink().add(" " * GUTTER)
    for column, room in _placed(about, cells):
        ink.add(fit(column.head, room, right=column.right) + " ", about.pen.look["head"])
    return ink.strip(cells)


def row(cause: Cause, about: About, cells: int, *, here: bool) -> Strip:
    """One cause."""
    look = about.pen.look
    ink = Ink().add(about.pen.glyphs.cursor if here else " ", look["key"]).add(" ")
    for column, room in _placed(about, cells):
        told = fit(_CELLS[column.cell](cause, about, room), room, right=column.right)
        text = told.rstrip(" ")  # without colour some styles are a bar: as long as the text, no longer
        ink.add(text, look[column.tone]).add(" " * (room + 1 - width(text)))
    return ink.strip(cells, look["cursor"]) if here else ink.strip(cells)


def _placed(about: About, cells: int) -> Sequence[Placed]:
    columns = WIDE if cells >= ROOMY else COLUMNS
    src = COLUMNS[3]._replace(least=min(SRC_CUT, about.src), most=about.src)
    return place((*columns[:3], src, *columns[4:]), max(1, cells - GUTTER - MARGIN))


def _shape(cause: Cause, about: About, room: int) -> str:
    return spark(cause.shape(about.pen.now), room, about.pen.glyphs)


def _src(cause: Cause, about: About, room: int) -> str:
    """All of them, or the first and how many more."""
    shorts = about.shorts(cause)
    first, _, others = shorts.partition(",")
    return shorts if width(shorts) <= room else f"{first}+{others.count(',') + 1}"


def _targets(cause: Cause, about: About, room: int) -> str:
    targets = cause.targets_by_count()
    more = f" +{len(targets) - 1:,}" if targets[1:] else ""
    return cut_middle(targets[0][0] or "-" if targets else "-", max(1, room - len(more))) + more


_CELLS: Mapping[str, Callable[[Cause, About, int], str]] = {
    "count": lambda cause, about, room: f"{cause.count:,}",
    "first": lambda cause, about, room: when.ended(about.pen.now - cause.first),
    "last": lambda cause, about, room: when.ended(about.pen.now - cause.last),
    "src": _src,
    "cause": lambda cause, about, room: cause.text,
    "targets": _targets,
    "shape": _shape,
}


def sheet(cause: Cause, about: About, cells: int, height: int) -> list[Strip]:
    """The whole cause, one error as the provider has it, what it happened to, and the task that was last."""
    pen, task = about.pen, about.causes.task(cause.latest)
    look = pen.look
    many = f"{cause.count:,} task{'s' if cause.count > 1 else ''}"
    right = Ink().add(f"first {_moment(cause.first, pen)}   last {_moment(cause.last, pen)} ", look["dim"])
    title = between(Ink().add(f" {many}", look["key"]).add(f"   {about.shorts(cause)}"), right, cells)
    lines = [*_told("cause", cause.text, pen, cells, "text", 3)]
    if task is not None and task.error and clean(task.error) != cause.text:
        lines += _told("error", clean(task.error), pen, cells, "error", max(1, (height - 6) // 2))
    targets = cause.targets_by_count()
    named = "   ".join(f"{cut_middle(name or '-', 40)} {count:,}" for name, count in targets[:20])
    lines += _told("targets", f"{named}{'   ..' if targets[20:] else ''}", pen, cells, "text", max(1, height // 4))
    if task is not None:
        lines += _told("last", clean(task.key.id), pen, cells, "text", 1)
        lines += _told("request", clean(task.request_id or "-"), pen, cells, "text", 1)
    return [title.strip(cells, look["title"]), *(line.strip(cells) for line in lines)][:height]


def _moment(at: int, pen: Pen) -> str:
    return when.short_time(at, pen.utc)


def _told(label: str, text: str, pen: Pen, cells: int, tone: str, most: int) -> Iterator[Ink]:
    for at, line in enumerate(few(text, max(8, cells - LABEL - 3), most)):
        yield Ink().add(f" {label if at == 0 else '':<{LABEL}} ", pen.look["dim"]).add(line, pen.look[tone])


def as_markdown(causes: Sequence[Cause], legend: Legend, task: Callable[[Cause], Task | None]) -> str:
    """The causes as a table for a ticket; the last task of each with its request id, for the provider's support."""
    about = ("COUNT", "FIRST", "LAST", "SRC", "CAUSE", "TARGETS", "LAST TASK", "REQUEST")
    lines = markdown.head(about)
    for cause in causes:
        last, targets = task(cause), cause.targets_by_count()
        named = ", ".join(f"{markdown.code(name, cell=True)} {count:,}" for name, count in targets[:5])
        more = f" and {len(targets) - 5:,} more" if targets[5:] else ""
        sources = (legend.sources.get(name) for name, _ in cause.sources.most_common())
        shorts = dict.fromkeys(legend.shorts.get(source.adapter, source.adapter) for source in sources if source)
        lines.append(
            markdown.row(
                (
                    f"{cause.count:,}",
                    rfc3339(cause.first) or "-",
                    rfc3339(cause.last) or "-",
                    clean(" ".join(shorts)),
                    markdown.code(cause.text, cell=True),
                    named + more,
                    markdown.code(last.key.id if last is not None else None, cell=True),
                    markdown.code(last.request_id if last is not None else None, cell=True),
                )
            )
        )
    return "\n".join(lines) + "\n"
