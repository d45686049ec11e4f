"""What an adapter is asked for and what it answers: listings, pages, one task in detail. No I/O."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, overload

from tui.model import State, Task

if TYPE_CHECKING:
    from tui.sheet import Sheet


class Listing(NamedTuple):
    """One list that is read page by page; `label` names it when it is missing, `asks` is the adapter's own: its query.

    Lists of one stage may be read side by side; a later stage is read when the earlier ones are through:
    a task that moves on between two lists is then seen twice rather than never. `scope` is what all its tasks have as
    the scope of their key, None where that differs. `live`: it holds tasks that have not ended alone (such a list is
    always read to its end), or ended ones alone; None, both.
    """

    label: str
    asks: Any = None
    stage: int = 0
    scope: str | None = None
    live: bool | None = None


class Mapped(Sequence[Task]):
    """The tasks of a page's rows, each made when it is first looked at.

    So the next page can be asked for while this one is made into tasks, and a page of 1,000 rows in slices that no
    frame of the screen waits for. A row that cannot be read raises Malformed where it is looked at.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]], make: Callable[[Mapping[str, Any]], Task]) -> None:
        self._rows, self._make = rows, make
        self._made: list[Task] = []

    def alike(self, rows: Sequence[Mapping[str, Any]]) -> Mapped:
        """Some of the rows, to be made into tasks the same way."""
        return Mapped(rows, self._make)

    def through(self, instead: Callable[[Callable[[Mapping[str, Any]], Task], Mapping[str, Any]], Task]) -> Mapped:
        """The same rows, each given to `instead` together with what would have made it into a task."""
        return Mapped(self._rows, partial(instead, self._make))

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, at: int) -> Task: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Task, ...]: ...
    def __getitem__(self, at: int | slice) -> Task | tuple[Task, ...]:
        """Makes what is still missing up to there."""
        last = range(len(self._rows))[at] if isinstance(at, int) else max(range(len(self._rows))[at], default=-1)
        if last >= len(self._made):
            self._made.extend(map(self._make, self._rows[len(self._made) : last + 1]))
        return self._made[at] if isinstance(at, int) else tuple(self._made[at])

    def __iter__(self) -> Iterator[Task]:
        return iter(self[:])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and tuple(self) == tuple(other)

    __hash__ = None  # type: ignore[assignment]  # like a list

    def __repr__(self) -> str:
        return repr(self[:])


class Page(NamedTuple):
    """One answer of a list. `next` holds the cursors to read after it: none at the end of the list.

    `rows` are the provider's rows, verbatim, one for each task; `at` is when they came (epoch ms).
    """

    tasks: Sequence[Task]
    rows: tuple[Mapping[str, Any], ...]
    next: tuple[Any, ...] = ()
    total: int | None = None
    request_id: str | None = None
    more: bool = False  # the rest of the same answer follows
    at: int = 0
    sheet: Sheet | None = None  # what is known of a whole page by those who read it (`tui.recall`)

    def made(self, rows: Sequence[Mapping[str, Any]]) -> Sequence[Task]:
        """The tasks of some of its rows, without making all the others."""
        if isinstance(self.tasks, Mapped):
            return self.tasks.alike(rows)
        return [task for task, row in zip(self.tasks, self.rows, strict=True) if any(row is one for one in rows)]


class Want(NamedTuple):
    """What a list has to hold; the default is everything the source's config asks for.

    Anything else is a hint for what a provider answers exactly: `states` canonical, `prefix` of the id, times as
    epoch milliseconds, `equal` values by field (case ignored), one of which the task has. A read may hold more.
    """

    states: frozenset[State] | None = None
    prefix: str | None = None
    started_after: int | None = None
    started_before: int | None = None
    newest_first: bool | None = None
    payload: bool = False
    created_after: int | None = None
    ended_before: int | None = None
    equal: tuple[tuple[str, tuple[str, ...]], ...] = ()
    since: int | None = None
    """A read that only catches up: what came and ended before (epoch ms) is known; lists are read until there."""

    @property
    def everything(self) -> bool:
        """Whether no task of the source is left out, but for what a read that catches up need not see again."""
        after = self.created_after if self.since is None else None
        return self._replace(newest_first=None, payload=False, created_after=after, since=None) == _EVERYTHING


_EVERYTHING = Want()


class Output(NamedTuple):
    """What a task printed or returned, decoded (foreign); `dropped` bytes were cut off by the provider."""

    text: str
    dropped: int = 0
    url: str | None = None


class Detail(NamedTuple):
    """One task asked by its detail operation; `answer` is the provider's JSON, verbatim.

    `output_size` is how large its output is (bytes), where the answer tells without being asked for it.
    """

    task: Task
    answer: Any
    output: Output | None = None
    output_size: int | None = None
