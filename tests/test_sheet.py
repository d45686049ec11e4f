"""Pages that are known again: a source that is read so looks, in all that is kept of it, like one that is not."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tasks import SOURCE, task
from tui.answers import Listing, Mapped, Page, Want
from tui.intake import Intake
from tui.model import State, Task, TaskKey
from tui.patience import Patience
from tui.reading import Outcome, read
from tui.recall import Recall
from tui.rounds import Rounds
from tui.status import Change
from tui.store import Round, Store

PAGE = 3
Row = Mapping[str, Any]


@dataclass
class Cloud:
    """Two lists of rows, in pages of three; counts the rows that were made into tasks."""

    lists: dict[str, list[Row]] = field(default_factory=dict)
    calls: int = 0
    made: int = 0

    async def plan(self, want: Want) -> Sequence[Listing]:
        return [Listing(label, stage=stage) for stage, label in enumerate(self.lists)]

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        self.calls += 1
        at, request = self.calls, f"r{self.calls}"
        start, every = cursor or 0, self.lists[listing.label]
        found = every[start : start + PAGE]

        def make(row: Row) -> Task:
            self.made += 1
            return Task(
                key=TaskKey(SOURCE.name, row.get("scope", ""), row["id"]),
                state=row["state"],
                name=str(row["name"]),
                created_at=row["at"],
                ended_at=row["at"] + 1 if row["state"].final else None,
                seen_at=at,
                request_id=request,
            )

        following = (start + PAGE,) if start + PAGE < len(every) else ()
        return Page(Mapped(found, make), tuple(found), following, len(every), request, at=at)


class Reading:
    """A source that is read round by round, with a memory or without."""

    def __init__(self, cloud: Cloud, recall: Callable[[], Recall], *, most: float, raw_rows: int) -> None:
        self.cloud, self._recall, self._most = cloud, recall, most
        self.store = Store([SOURCE], raw_rows=raw_rows)
        self.rounds = Rounds()
        self.taken = Round(SOURCE)
        self.turns = 0

    async def turn(self) -> None:
        """Work waits for its turn."""
        self.turns += 1

    async def round(self, oldest: float) -> Outcome:
        """One read; what is too old is let go after it."""
        want, recall = Want(newest_first=True), self._recall()
        recall.turn()
        intake = Intake(
            SOURCE,
            self.store,
            want,
            rounds=self.rounds,
            interval=5.0,
            at_once=1,
            oldest=oldest,
            most=self._most,
            now=lambda: self.cloud.calls,
            told=lambda change: None,
            landed=lambda page: None,
        )
        patience = Patience(turn=self.turn)
        outcome = await read(self.cloud, want, intake, width=1, patience=patience, bounds=intake, recall=recall)
        self.rounds.over(want, self.cloud.calls, outcome)
        self.taken = intake.taken
        self.store.expire(SOURCE, oldest=oldest, most=self._most)
        return outcome

    def all(self) -> object:
        """All that is kept, with when and by which call it was seen."""
        known = self.store.tasks(SOURCE.name)
        return (
            {key: tuple(one) for key, one in known.items()},
            {key: tuple(one) for key, one in self.taken.seen.items()},
            {key: tuple(one) for key, one in self.taken.doubted.items()},
            {key: tuple(one) for key, one in self.store.live(SOURCE.name).items()},
            {key: self.store.raw(key) for key in known},
            self.rounds.want(self.cloud.calls, 5.0),
            {label: (one.order, one.deep) for label, one in self.rounds._lists.items()},
        )


STATES = st.sampled_from([State.QUEUED, State.RUNNING, State.SUCCEEDED, State.FAILED, State.UNKNOWN])
ROWS = st.fixed_dictionaries(
    {"id": st.sampled_from("abcdefgh"), "state": STATES, "name": st.integers(0, 1), "at": st.integers(1, 9)},
    optional={"scope": st.just("x")},
)
DEEDS = st.one_of(
    st.just(("nothing",)),
    st.tuples(st.just("lists"), st.lists(ROWS, max_size=8), st.lists(ROWS, max_size=4)),
    st.tuples(st.just("row"), st.integers(0, 7), ROWS),
    st.tuples(st.just("settle"), st.sampled_from("abcdefgh"), STATES),
    st.tuples(st.just("forget"), st.sampled_from("abcdefgh")),
    st.tuples(st.just("oldest"), st.integers(-3, 9)),
)


@settings(max_examples=400, deadline=None)
@given(
    st.lists(ROWS, max_size=8),
    st.lists(ROWS, max_size=4),
    st.lists(DEEDS, max_size=8),
    st.sampled_from([float("inf"), 5, 3]),
    st.sampled_from([0, 4]),
)
async def test_a_source_that_is_known_again_looks_like_one_that_is_not(
    rows: list[Row], others: list[Row], deeds: list[Any], most: float, raw_rows: int
) -> None:
    known = Recall()
    both = [
        Reading(Cloud(), lambda: known, most=most, raw_rows=raw_rows),
        Reading(Cloud(), Recall, most=most, raw_rows=raw_rows),
    ]
    oldest = float("-inf")
    for deed in [("lists", rows, others), ("nothing",), *deeds, ("nothing",)]:
        if deed[0] == "oldest":
            oldest = deed[1] if deed[1] > -3 else float("-inf")
        for one in both:
            happens(one, deed)
        outcomes = [await one.round(oldest) for one in both]
        assert outcomes[0][:5] == outcomes[1][:5]
        assert both[0].all() == both[1].all()
    assert both[0].cloud.made <= both[1].cloud.made


def happens(one: Reading, deed: Any) -> None:
    """One thing that may come between two reads."""
    match deed:
        case ("lists", rows, others):
            one.cloud.lists = {"a": [*rows], "b": [*others]}
        case ("row", at, row) if at < len(one.cloud.lists["a"]):
            one.cloud.lists["a"][at] = row
        case ("settle", ident, state):
            one.store.settle(SOURCE, [task(ident, state, scope="")])
        case ("forget", ident):
            one.store.forget(TaskKey(SOURCE.name, "", ident))


async def test_a_page_that_comes_again_is_not_gone_through(monkeypatch: pytest.MonkeyPatch) -> None:
    known = Recall()
    rows: list[Row] = [
        {"id": one, "state": State.SUCCEEDED, "name": 0, "at": at} for at, one in zip((9, 8, 1), "abc", strict=True)
    ]
    it = Reading(Cloud({"a": rows}), lambda: known, most=5, raw_rows=0)
    await it.round(2)
    merged: list[Sequence[Task]] = []
    merge = it.store.merge

    def counted(taken: Round, tasks: Sequence[Task], rows: Sequence[Row] = (), **more: Any) -> Change:
        merged.append(tasks)
        return merge(taken, tasks, rows, **more)

    monkeypatch.setattr(it.store, "merge", counted)
    await it.round(2)
    assert len(merged) == 1  # once more, as it may never come again
    merged.clear()
    for _ in range(2):
        await it.round(2)
    assert it.turns == 1
    assert not merged  # although one of its tasks is too old to be held
    assert {one.request_id for one in it.store.tasks(SOURCE.name).values()} == {"r4"}
    it.store.settle(SOURCE, [task("a", State.FAILED, scope="")])
    await it.round(2)
    assert merged
    assert it.store.tasks(SOURCE.name)[TaskKey(SOURCE.name, "", "a")].state is State.SUCCEEDED


async def test_what_was_too_old_comes_in_when_it_no_longer_is() -> None:
    known = Recall()
    it = Reading(
        Cloud({"a": [{"id": "a", "state": State.SUCCEEDED, "name": 0, "at": 5}]}), lambda: known, most=5, raw_rows=0
    )
    held = []
    for oldest in (9, 9, 3, 3):  # a clock that was set back
        await it.round(oldest)
        held.append(len(it.store.tasks(SOURCE.name)))
    assert held == [0, 0, 1, 1]


async def test_a_read_that_no_other_follows_keeps_nothing_to_know_its_pages_by() -> None:
    """`taskdeck list`: it would be a twentieth of its work."""
    cloud = Cloud({"a": [{"id": "a", "state": State.SUCCEEDED, "name": 0, "at": 5}]})
    known, sheets = Recall(), []

    def take(page: Page) -> float:
        sheets.append(page.sheet)
        return math.inf

    assert (await read(cloud, Want(), take, recall=known)).complete
    known.turn()
    assert sheets == [None]
    assert not known._last
