"""What the benchmarks found: figures beside their targets, as a table, and against what they were before.

A ratio is ours over a peer's, measured in the same minutes, so that another machine is no other ratio. It has got
worse when it is above what it was by more than a quarter, and by more than the grain of what is measured.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

OURS = "taskdeck"
WORSE = 1.25


class Target(NamedTuple):
    """The most that ours may be: a figure, or so many times a peer's."""

    most: float
    of: str = ""

    def limit(self, figures: Mapping[str, float]) -> float:
        """In the unit of the row; nan where the peer was not measured."""
        return self.most * figures.get(self.of, math.nan) if self.of else self.most

    def __str__(self) -> str:
        return f"{self.most:g} x {self.of}" if self.of else f"{self.most:,g}"


class Row(NamedTuple):
    """One thing that was measured: medians by program."""

    part: str
    name: str
    unit: str
    figures: Mapping[str, float]
    target: Target | None = None
    beside: str = ""
    """The program whose ratio is watched."""
    grain: float = 0.0
    """Differences up to this are none: the clock of the machine, a byte more in a time of day."""

    @property
    def key(self) -> str:
        """How it is called from run to run."""
        return f"{self.part}: {self.name}"

    @property
    def ours(self) -> float:
        """Our figure; nan where there is none."""
        return self.figures.get(OURS, math.nan)

    @property
    def ratio(self) -> float:
        """Ours over the peer's; nan where one is missing, or the peer's is nothing."""
        other = self.figures.get(self.beside, math.nan)
        return self.ours / other if other else math.nan

    @property
    def verdict(self) -> str:
        """`met`, by how much it was missed, or that nothing can be said."""
        if self.target is None:
            return ""
        limit = self.target.limit(self.figures)
        if math.isnan(self.ours) or math.isnan(limit):
            return "not measured"
        if self.ours <= limit or math.isclose(self.ours, limit):  # 1.15 x 100 is not quite 115
            return "met"
        return f"**missed**: {self.ours / limit:.2f} times" if limit else "**missed**"


def watched(rows: Iterable[Row]) -> dict[str, Row]:
    """The rows whose ratios are watched, by how they are called. ValueError where two are called the same."""
    found: dict[str, Row] = {}
    for row in rows:
        if row.beside and found.setdefault(row.key, row) is not row:
            raise ValueError(f"two rows are called {row.key!r}: one of them would be watched by nobody")
    return found


def worse(rows: Iterable[Row], baseline: Mapping[str, float]) -> Iterator[str]:
    """What has got worse, or is gone, since the baseline; one line each."""
    found = watched(rows)
    for key, before in baseline.items():
        row = found.get(key)
        if row is None or math.isnan(row.ours):
            yield f"{key}: is not measured any more"
        elif not math.isnan(row.ratio) and row.ratio > before * WORSE:
            allowed = before * row.figures[row.beside]
            if row.ours > allowed + row.grain:
                yield (
                    f"{key}: {row.ratio:.3g} times {row.beside}, was {before:.3g} times"
                    f" ({short(row.ours)} {row.unit} where {short(allowed)} would be as before)"
                )


def unknown(rows: Iterable[Row], baseline: Mapping[str, float]) -> Iterator[str]:
    """Of what nobody can say whether it has got worse, and why; one line each."""
    for key, row in watched(rows).items():
        if key not in baseline and not math.isnan(row.ratio):
            yield f"{key}: new, the baseline has no ratio of it"
        elif key in baseline and math.isnan(row.ratio) and not math.isnan(row.ours):
            yield f"{key}: not compared, {row.beside} was not measured"


def ratios(rows: Iterable[Row]) -> dict[str, float]:
    """The baseline that these rows would be: three digits that count, for some are a ten-thousandth."""
    return {key: float(f"{row.ratio:.3g}") for key, row in watched(rows).items() if not math.isnan(row.ratio)}


def short(value: float) -> str:
    """A figure with three digits that count."""
    if math.isnan(value):
        return "-"
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def tables(rows: Sequence[Row]) -> Iterator[str]:
    """One table for each part, as Markdown."""
    for part in dict.fromkeys(row.part for row in rows):
        these = [row for row in rows if row.part == part]
        names = sorted({name for row in these for name in row.figures}, key=_rank(these))
        yield from ("", f"## {part}", "")
        yield f"| {' | '.join(['', *names, 'target', 'verdict', 'ratio'])} |"
        yield "|---|" + "---:|" * len(names) + "---:|---|---:|"
        for row in these:
            figures = [short(row.figures[name]) if name in row.figures else "" for name in names]
            target = "" if row.target is None else str(row.target)
            ratio = "" if math.isnan(row.ratio) else f"{row.ratio:.3g} x {row.beside}"
            yield f"| {' | '.join([f'{row.name}, {row.unit}', *figures, target, row.verdict, ratio])} |"


def _rank(rows: Sequence[Row]) -> Any:
    seen = list(dict.fromkeys(name for row in rows for name in row.figures))
    return lambda name: (name != OURS, seen.index(name))


def as_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """For a file."""
    return [row._asdict() for row in rows]


def from_json(given: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Back from it."""
    return [Row(**{**one, "target": Target(*one["target"]) if one["target"] else None}) for one in given]
