"""Recall: rows that a list showed before are tasks at once, and the same ones as if they had been made anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui import recall
from tui.answers import Listing, Mapped, Page
from tui.errors import Malformed
from tui.model import State, Task, TaskKey
from tui.recall import Recall

ONE, TWO = Listing("one"), Listing("two")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
ROWS = st.lists(st.fixed_dictionaries({"id": st.sampled_from("abc"), "what": VALUES}), max_size=6)


class Maker:
    """Makes rows of a list into tasks, and counts."""

    def __init__(self) -> None:
        self.made: list[str] = []

    def page(self, listing: Listing, rows: list[dict[str, Any]], at: int) -> Page:
        """One page as an adapter makes it; of the second list all tasks have failed."""

        def make(row: Mapping[str, Any]) -> Task:
            self.made.append(row["id"])
            if row["id"] == "bad":
                raise Malformed("no id")
            state = State.RUNNING if listing is ONE else State.FAILED
            return Task(
                key=TaskKey("s", "", row["id"]),
                state=state,
                error=repr(row.get("what")),
                seen_at=at,
                request_id=f"r{at}",
            )

        return Page(Mapped(rows, make), tuple(rows), request_id=f"r{at}", at=at)


@given(st.lists(st.tuples(st.sampled_from((ONE, TWO)), ROWS, st.booleans()), max_size=8))
def test_every_page_has_the_tasks_that_it_would_have_without(pages: list[Any]) -> None:
    known = Recall()
    for at, (listing, rows, turn) in enumerate(pages):
        if turn:
            known.turn()
        page = known.known(listing, Maker().page(listing, rows, at))
        fresh = Maker().page(listing, rows, at)
        assert [tuple(task) for task in page.tasks] == [tuple(task) for task in fresh.tasks]


def test_a_row_is_made_once_while_its_list_goes_on_showing_it() -> None:
    known, maker = Recall(), Maker()
    rows: list[dict[str, Any]] = [{"id": "a"}, {"id": "b", "n": 1}]
    for at in range(3):
        known.turn()
        (first, _) = known.known(ONE, maker.page(ONE, rows, at)).tasks
        assert (first.seen_at, first.request_id) == (at, f"r{at}")
    assert maker.made == ["a", "b"]
    known.turn()
    list(known.known(ONE, maker.page(ONE, [{"id": "b", "n": 2}], 3)).tasks)  # it has changed
    list(known.known(TWO, maker.page(TWO, rows, 3)).tasks)  # another list may mean something else by it
    assert maker.made == ["a", "b", "b", "a", "b"]


def test_what_a_round_does_not_show_is_forgotten_after_it() -> None:
    known, maker = Recall(), Maker()
    for rows in ([{"id": "a"}], [], [{"id": "a"}]):
        known.turn()
        list(known.known(ONE, maker.page(ONE, rows, 0)).tasks)
    assert maker.made == ["a", "a"]


def test_a_source_is_known_by_so_many_rows_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recall, "ROWS", 2)
    known, maker = Recall(), Maker()
    rows = [{"id": one} for one in "abcd"]
    for _ in range(2):
        known.turn()
        assert [task.key.id for task in known.known(ONE, maker.page(ONE, rows, 0)).tasks] == [*"abcd"]
    assert maker.made == [*"abcd", *"cd"]


def test_a_row_that_cannot_be_read_or_is_too_deep_goes_its_old_way() -> None:
    deep: Any = 0
    for _ in range(3_000):
        deep = [deep]
    known, maker = Recall(), Maker()
    for _ in range(2):
        known.turn()
        page = known.known(ONE, maker.page(ONE, [{"id": "bad"}, {"id": "a", "deep": deep}], 0))
        with pytest.raises(Malformed):
            page.tasks[0]
        assert [task.key.id for task in page.made([page.rows[1]])] == ["a"]
    assert maker.made == ["bad", "a"] * 2


def test_a_page_that_holds_tasks_already_is_left_as_it_is() -> None:
    page = Page((Task(TaskKey("s", "", "a"), State.RUNNING),), ({"id": "a"},))
    assert Recall().known(ONE, page) is page
