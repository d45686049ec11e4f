"""Orders: what a table can be sorted by, and the way from one order to the next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tui.text import clean
from tui.ui.columns import FIELDS, NEVER, Column
from tui.view import Sort

NEWEST = "newest first; again: oldest first"
# A letter for what one sorts by every day; j, k and q do something else in a list.
DAILY = (
    *("", "state", "age", "dur", "source", "account", "region", "id", "name", "target", "native_state", "retries"),
    *("queue", "error", "kind", "created_at", "started_at", "ended_at", "progress", "tat.exit", "seen_at"),
)
LETTERS = dict(zip(DAILY, "nsadporimtvyuewcbfzxh", strict=True))


class Choice(NamedTuple):
    """A field that the rows can be sorted by; "" is newest first."""

    field: str
    doc: str

    @property
    def letter(self) -> str:
        """What chooses it at once, "" for most fields."""
        return LETTERS.get(self.field, "")


def shown(column: Column) -> tuple[str, ...]:
    """The fields whose order a column shows; the first one is what it is sorted by."""
    return FIELDS.get(column.cell, (column.cell,))


def ring(usual: Sequence[Column], full: Sequence[Column], *, wide: bool) -> list[str]:
    """What the sort moves through: newest first, then the columns as they stand, whether they have room or not."""
    columns = full if wide else [column for column in usual if column.since < NEVER]
    return list(dict.fromkeys(("", *(shown(column)[0] for column in columns))))


def choices(full: Sequence[Column], adapter: str) -> list[Choice]:
    """All that the tasks of an adapter (all tasks: "") can be sorted by, the columns of their table first."""
    from tui.query.fields import FIELDS as ALL
    from tui.query.fields import field

    first = dict.fromkeys(shown(column)[0] for column in full)
    known = {name for column in full for name in shown(column)}
    others = [name for name in ALL if name not in known and _told(name, adapter)]
    return [Choice("", NEWEST), *(Choice(name, field(name).doc) for name in (*first, *others))]


def _told(name: str, adapter: str) -> bool:
    """Whether the tasks of an adapter have a field: those with a dot belong to one provider."""
    from tui.query.fields import short

    prefix, dot, _ = name.partition(".")
    return not dot or not adapter or prefix == short(adapter).lower()


def toward(field: str) -> Sort:
    """The direction one means at first: numbers and moments from the greatest, texts from A, the bad, the young."""
    if not field:
        return Sort()
    from tui.query.fields import Kind
    from tui.query.fields import field as known

    return Sort(field, known(field).kind in (Kind.NUMBER, Kind.DURATION, Kind.TIME))


def inverted(sort: Sort) -> Sort:
    """The other way round: of newest first, oldest first."""
    return sort._replace(descending=not sort.descending)


def chosen(sort: Sort, field: str) -> Sort:
    """The order after choosing a field: the current one is inverted."""
    return inverted(sort) if field == sort.field else toward(field)


def beside(sort: Sort, fields: Sequence[str], by: int) -> Sort:
    """The order by the column to the right or left; from one that is no column, by the first or last."""
    at = fields.index(sort.field) if sort.field in fields else 0
    return toward(fields[(at + by) % len(fields)])


def told(sort: Iterable[object]) -> str:
    """An order in few words, as the filter language says it; "" for newest first."""
    order = Sort(*sort)  # type: ignore[arg-type]
    if not order.field:
        return "oldest first" if order.descending else ""
    return clean(f"sort:{order}", limit=40)
