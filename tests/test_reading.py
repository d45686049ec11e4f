"""One whole read against simulated servers: everything once, or an honest account of what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tasks import task
from tui.answers import Listing, Mapped, Page, Want
from tui.errors import (
    AuthError,
    BadRequest,
    CallError,
    ClockSkew,
    Denied,
    Malformed,
    NoCredential,
    NotFound,
    Throttled,
    Unavailable,
)
from tui.model import TaskKey
from tui.patience import FATAL, Patience, retrying
from tui.reading import SLICE, Outcome, read
from tui.recall import Recall
from tui.trail import Trail

AGAIN = (Throttled, Unavailable, Malformed)
NEVER_AGAIN = (Denied, NotFound, BadRequest, AuthError, NoCredential, ClockSkew)


@dataclass
class Naps:
    """Virtual time: a pause takes none and is written down."""

    taken: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.taken.append(seconds)
        await asyncio.sleep(0)

    def patience(self, **more: Any) -> Patience:
        return Patience(sleep=self, **more)


def page(ids: Sequence[str], *following: Any) -> Page:
    return Page(tuple(task(one) for one in ids), tuple({"id": one} for one in ids), tuple(following))


@dataclass
class Server:
    """Lists by label; `answer` gives the page at a cursor, or raises."""

    answer: Callable[[str, Any], Page]
    labels: tuple[str, ...] = ("a",)
    stages: tuple[int, ...] = ()
    asked: list[tuple[str, Any]] = field(default_factory=list)

    async def plan(self, want: Want) -> list[Listing]:
        stages = self.stages or (0,) * len(self.labels)
        return [Listing(label, None, stage) for label, stage in zip(self.labels, stages, strict=True)]

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        self.asked.append((listing.label, cursor))
        await asyncio.sleep(0)
        return self.answer(listing.label, cursor)


@dataclass
class Taken:
    """What came in, and how many more may."""

    room: float = float("inf")
    ids: list[str] = field(default_factory=list)

    def __call__(self, page: Page) -> float:
        self.ids += [found.key.id for found in page.tasks]
        return self.room - len(set(self.ids))


def run(server: Any, taken: Taken | None = None, *, width: int = 2, patience: Patience | None = None) -> Outcome:
    calm = patience or Naps().patience()
    return asyncio.run(read(server, Want(), taken if taken is not None else Taken(), width=width, patience=calm))


class Parts(Taken):
    """Of so many tasks each part of a page was; nothing is enough."""

    def __init__(self) -> None:
        super().__init__()
        self.sizes: list[int] = []

    def __call__(self, page: Page) -> float:
        self.sizes.append(len(page.tasks))
        return super().__call__(page)

    def news(self) -> frozenset[TaskKey]:
        return frozenset()

    def enough(self, listing: Listing, trail: Trail) -> bool:
        return False


async def test_a_large_page_comes_in_slices_until_it_is_known() -> None:
    rows = [{"id": str(number)} for number in range(2 * SLICE + 50)]
    recall, known = Recall(), Page(Mapped(rows, lambda row: task(row["id"])), tuple(rows))
    for sizes in ([SLICE, SLICE, 50], [len(rows)], [len(rows)]):
        recall.turn()
        parts = Parts()
        await read(Server(lambda label, cursor: known), Want(), parts, bounds=parts, recall=recall)
        assert parts.sizes == sizes


# --- cursors -----------------------------------------------------------------------------------------------------


@dataclass
class Book:
    """A list as a chain of pages, with what goes wrong at each before it is given."""

    pages: list[list[str]]
    troubles: list[list[type[CallError]]]


troubles = st.lists(st.sampled_from([*AGAIN, Denied, NotFound]), max_size=4)


@st.composite
def books(draw: Any, label: str) -> Book:
    sizes = draw(st.lists(st.integers(1, 3), min_size=1, max_size=5))
    pages = [[f"{label}{at}-{row}" for row in range(size)] for at, size in enumerate(sizes)]
    if draw(st.booleans()):
        pages.append([])
    wrong = [draw(st.one_of(st.just([]), troubles)) for _ in pages]
    return Book(pages, wrong)


@given(st.data(), st.integers(1, 3), st.integers(1, 5))
def test_a_complete_read_has_every_task_once_and_an_incomplete_one_says_so(data: Any, many: int, width: int) -> None:
    shelf = {label: data.draw(books(label)) for label in "abc"[:many]}
    left = {(label, at): list(wrong) for label, book in shelf.items() for at, wrong in enumerate(book.troubles)}

    def answer(label: str, cursor: Any) -> Page:
        at = cursor or 0
        if left[label, at]:
            raise left[label, at].pop(0)(f"{label} {at}")
        pages = shelf[label].pages
        return page(pages[at], *([at + 1] if at + 1 < len(pages) else []))

    def is_read(wrong: list[type[CallError]]) -> bool:
        return len(wrong) < 4 and not set(wrong) - set(AGAIN)

    expected: list[str] = []
    whole = dict.fromkeys(shelf, True)
    for label, book in shelf.items():
        for ids, wrong in zip(book.pages, book.troubles, strict=True):
            whole[label] = whole[label] and is_read(wrong)
            expected += ids if whole[label] else []
    taken = Taken()
    server = Server(answer, tuple(shelf))
    outcome = run(server, taken, width=width)
    assert sorted(taken.ids) == sorted(expected)
    assert outcome.complete == all(whole.values())
    assert set(outcome.missing) == {label for label, read_whole in whole.items() if not read_whole}
    assert len(outcome.errors) == len(outcome.missing)
    assert len(server.asked) <= sum(4 * len(book.pages) for book in shelf.values())


@given(
    st.lists(st.lists(st.sampled_from("abcdef"), max_size=3, unique=True), min_size=1, max_size=6),
    st.lists(st.lists(st.integers(0, 7), max_size=3), min_size=6, max_size=6),
    st.integers(1, 4),
)
def test_any_web_of_cursors_comes_to_an_end(pages: list[list[str]], links: list[list[int]], width: int) -> None:
    def answer(label: str, cursor: Any) -> Page:
        at = (cursor or 0) % len(pages)
        return page(pages[at], *links[at])

    server = Server(answer)
    taken = Taken()
    outcome = run(server, taken, width=width)
    assert len(server.asked) <= 9
    if outcome.complete:
        reached = {0}
        for _ in pages:
            reached |= {link % len(pages) for at in reached for link in links[at]}
        assert set(taken.ids) == {one for at in reached for one in pages[at]}


def test_a_cursor_that_comes_twice_ends_the_list_as_incomplete() -> None:
    server = Server(lambda label, cursor: page([f"{len(server.asked)}"], "again"))
    outcome = run(server)
    assert outcome.missing == ("a (a cursor came twice)",)
    assert len(server.asked) == 2


def test_a_page_that_comes_twice_ends_the_list_as_incomplete() -> None:
    server = Server(lambda label, cursor: page(["x"], (cursor or 0) + 1))
    taken = Taken()
    outcome = run(server, taken)
    assert outcome.missing == ("a (a page came twice)",)
    assert len(server.asked) == 3  # the page after it had been asked for
    assert taken.ids == ["x"]


def test_what_was_under_way_when_a_page_came_twice_is_kept_all_the_same() -> None:
    pages: dict[int | None, Page] = {
        None: page(["x"], 1, 2, 3, 4, 5),
        1: page(["x"]),
        **{at: page([str(at)]) for at in (2, 3, 4, 5)},
    }
    taken = Taken()
    outcome = run(Server(lambda label, cursor: pages[cursor]), taken)
    assert outcome.missing == ("a (a page came twice)",)
    assert set(taken.ids) == {"x", "2", "3", "4"}  # two and two had left; the last was not asked for any more


def test_the_same_page_in_two_lists_is_no_repetition() -> None:
    assert run(Server(lambda label, cursor: page(["x"]), ("a", "b"))).complete


def test_empty_pages_may_come_often() -> None:
    server = Server(lambda label, cursor: page([], (cursor or 0) + 1) if (cursor or 0) < 9 else page([]))
    assert run(server).complete
    assert len(server.asked) == 10


def test_a_list_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.reading.PAGE_CAP", 5)
    server = Server(lambda label, cursor: page([str(cursor)], (cursor or 0) + 1))
    assert run(server).missing == ("a (more than 5 pages)",)
    assert len(server.asked) == 5


def test_a_list_of_pages_that_bring_next_to_nothing_is_stopped_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.reading.FREE_PAGES", 8)
    server = Server(lambda label, cursor: page([str(cursor)], (cursor or 0) + 1))
    assert run(server).missing == ("a (more than 9 pages)",)
    assert len(server.asked) == 9


def test_a_list_of_good_pages_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.reading.FREE_PAGES", 8)

    def five(label: str, cursor: int | None) -> Page:
        at = cursor or 0
        return page([f"{at}.{one}" for one in range(5)], *([at + 1] if at < 60 else []))

    assert run(Server(five)).complete


# --- offsets -----------------------------------------------------------------------------------------------------


@given(st.integers(0, 12), st.lists(st.integers(0, 3), min_size=30, max_size=30), st.integers(1, 4))
def test_a_list_that_grows_at_its_head_while_it_is_read_loses_nothing(old: int, growth: list[int], limit: int) -> None:
    rows = [f"old{at}" for at in range(old)]

    def answer(label: str, cursor: Any) -> Page:
        start = cursor or 0
        found = page(rows[start : start + limit], *([start + limit] if start + limit < len(rows) else []))
        for _ in range(growth[len(server.asked) - 1] if len(server.asked) < 30 else 0):
            rows.insert(0, f"new{len(rows)}")
        return found

    server = Server(answer)
    taken = Taken()
    if run(server, taken, width=1).complete:
        assert {f"old{at}" for at in range(old)} <= set(taken.ids)


@given(st.integers(0, 12), st.lists(st.integers(0, 3), min_size=20, max_size=20), st.integers(1, 4))
def test_a_list_that_shrinks_while_it_is_read_comes_to_an_end(old: int, losses: list[int], limit: int) -> None:
    rows = [f"old{at}" for at in range(old)]

    def answer(label: str, cursor: Any) -> Page:
        start = cursor or 0
        found = page(rows[start : start + limit], *([start + limit] if start + limit < len(rows) else []))
        del rows[: losses[len(server.asked) - 1]]
        return found

    server = Server(answer)
    taken = Taken()
    run(server, taken, width=1)
    assert len(taken.ids) == len(set(taken.ids))


# --- how it stops ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FATAL)
async def test_a_fatal_error_stops_all_calls_at_once(kind: type[CallError]) -> None:
    cancelled: list[str] = []

    class Locking(Server):
        async def page(self, listing: Listing, cursor: Any = None) -> Page:
            self.asked.append((listing.label, cursor))
            if listing.label == "b":
                raise kind("no")
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.append(listing.label)
            raise AssertionError

    server = Locking(lambda label, cursor: page([]), tuple("abcdef"), (0, 0, 0, 0, 0, 1))
    outcome = await read(server, Want(), Taken(), width=3, patience=Naps().patience())
    assert [label for label, _ in server.asked] == ["a", "b", "c"]
    assert cancelled == ["a", "c"]
    assert [type(one) for one in outcome.errors] == [kind]
    assert set(outcome.missing) == set("abcdef")


@pytest.mark.parametrize("kind", [Denied, NotFound, BadRequest])
def test_an_error_of_one_list_leaves_the_others(kind: type[CallError]) -> None:
    def answer(label: str, cursor: Any) -> Page:
        if label == "a":
            raise kind("no")
        return page([label])

    taken = Taken()
    outcome = run(Server(answer, ("a", "b", "c"), (0, 0, 1)), taken)
    assert sorted(taken.ids) == ["b", "c"]
    assert outcome.missing == ("a",)
    assert not outcome.complete


@pytest.mark.parametrize("kind", [*NEVER_AGAIN, *AGAIN])
def test_a_plan_that_fails_is_everything_missing(kind: type[CallError]) -> None:
    class Planless(Server):
        async def plan(self, want: Want) -> list[Listing]:
            raise kind("no")

    outcome = run(Planless(lambda label, cursor: page([])))
    assert (outcome.pages, outcome.missing, outcome.complete) == (0, ("everything",), False)


def test_a_bug_is_raised_and_leaves_no_call_behind() -> None:
    class Buggy(Server):
        async def page(self, listing: Listing, cursor: Any = None) -> Page:
            if listing.label == "b":
                raise ZeroDivisionError
            await asyncio.Event().wait()
            raise AssertionError

    with pytest.raises(ZeroDivisionError):
        run(Buggy(lambda label, cursor: page([]), ("a", "b")))


def test_nothing_to_read_is_complete() -> None:
    assert run(Server(lambda label, cursor: page([]), ())) == Outcome(0)


def test_a_later_stage_waits_for_the_earlier_ones() -> None:
    server = Server(
        lambda label, cursor: page([f"{label}{cursor}"], *([] if cursor else [1])), ("z", "b", "a"), (1, 0, 0)
    )
    assert run(server, width=4).complete
    assert {label for label, _ in server.asked[:4]} == {"a", "b"}
    assert [label for label, _ in server.asked[4:]] == ["z", "z"]


@given(st.integers(1, 6), st.integers(1, 12))
def test_no_more_calls_are_in_flight_than_the_width(width: int, lists: int) -> None:
    most = flying = 0

    class Counting(Server):
        async def page(self, listing: Listing, cursor: Any = None) -> Page:
            nonlocal most, flying
            flying += 1
            most = max(most, flying)
            await asyncio.sleep(0)
            flying -= 1
            return page([listing.label])

    run(Counting(lambda label, cursor: page([]), tuple(map(str, range(lists)))), width=width)
    assert most == min(width, lists)


# --- max_tasks ---------------------------------------------------------------------------------------------------


def numbered(label: str, cursor: Any) -> Page:
    at = cursor or 0
    return page([f"{label}{at * 2}", f"{label}{at * 2 + 1}"], *([at + 1] if at < 4 else []))


@pytest.mark.parametrize(
    ("room", "complete", "read_"),
    [(11, True, 10), (10, True, 10), (9, False, 10), (4, False, 4), (3, False, 4), (1, False, 2)],
)
def test_a_read_stops_at_max_tasks_and_says_so(room: int, complete: bool, read_: int) -> None:
    taken = Taken(room)
    outcome = run(Server(numbered), taken, width=1)
    assert len(taken.ids) == read_
    assert outcome.complete == complete
    assert complete or "tasks beyond max_tasks" in outcome.missing


def test_lists_that_max_tasks_left_out_are_named() -> None:
    outcome = run(Server(numbered, ("a", "b", "c"), (0, 0, 1)), Taken(2), width=1)
    assert set(outcome.missing) == {
        "tasks beyond max_tasks",
        "a",
        "b",
        "c",
    }


# --- patience ----------------------------------------------------------------------------------------------------


def failing(kind: type[CallError], times: int, hint: float | None = None) -> Callable[[], Any]:
    left = [times]

    async def ask() -> str:
        if left[0]:
            left[0] -= 1
            error = kind("no")
            if hint is not None:
                error.retry_after = hint  # type: ignore[attr-defined]
            raise error
        return "yes"

    return ask


@pytest.mark.parametrize("kind", AGAIN)
async def test_what_may_pass_is_tried_again_with_growing_pauses(kind: type[CallError]) -> None:
    naps = Naps()
    assert await retrying(failing(kind, 3), naps.patience()) == "yes"
    assert [0.5 <= nap / (0.4 * 2**at) <= 1 for at, nap in enumerate(naps.taken)] == [True] * 3


@pytest.mark.parametrize("kind", AGAIN)
async def test_patience_ends(kind: type[CallError]) -> None:
    naps = Naps()
    with pytest.raises(kind):
        await retrying(failing(kind, 4), naps.patience())
    assert len(naps.taken) == 3


@pytest.mark.parametrize("kind", NEVER_AGAIN)
async def test_what_does_not_pass_is_never_tried_again(kind: type[CallError]) -> None:
    naps = Naps()
    with pytest.raises(kind):
        await retrying(failing(kind, 1), naps.patience())
    assert naps.taken == []


@pytest.mark.parametrize("kind", [Throttled, Unavailable])
@pytest.mark.parametrize("hint", [0.0, 7.0, 20.0])
async def test_a_hint_is_honoured_to_the_letter(kind: type[CallError], hint: float) -> None:
    naps = Naps()
    heard: list[tuple[type[CallError], float]] = []
    await retrying(failing(kind, 2, hint), naps.patience(), lambda error, pause: heard.append((type(error), pause)))
    assert naps.taken == [hint, hint]
    assert heard == [(kind, hint)] * 2


@pytest.mark.parametrize("hint", [20.1, 3600.0, float("inf")])
async def test_a_hint_beyond_patience_is_left_to_the_next_poll(hint: float) -> None:
    naps = Naps()
    with pytest.raises(Throttled):
        await retrying(failing(Throttled, 1, hint), naps.patience())
    assert naps.taken == []


@pytest.mark.parametrize("hint", [-1.0, float("nan")])
async def test_a_hint_that_is_none_is_not_honoured(hint: float) -> None:
    naps = Naps()
    await retrying(failing(Throttled, 1, hint), naps.patience())
    assert 0.2 <= naps.taken[0] <= 0.4


# --- rows that left while a list was read ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("totals", "missing"),
    [
        ((4, 4), ()),
        ((5, 5), ("a (1 of 5 rows)",)),
        ((5, 4), ()),  # a total that drifts says nothing
        ((3, 3), ()),  # more came
        ((None, None), ()),
    ],
)
def test_a_list_of_several_pages_holds_what_all_of_them_said(
    totals: tuple[int | None, int | None], missing: tuple[str, ...]
) -> None:
    pages = [page(["1", "2"], 1)._replace(total=totals[0]), page(["3", "4"])._replace(total=totals[1])]
    outcome = run(Server(lambda label, cursor: pages[cursor or 0]))
    assert outcome.missing == missing


def test_the_total_of_a_single_page_proves_nothing() -> None:
    assert run(Server(lambda label, cursor: page(["1"])._replace(total=2))).complete
