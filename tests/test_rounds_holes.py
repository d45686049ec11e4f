"""Holes that a read that catches up must not leave: each was found by an attack on `Rounds`, `Trail` and `Intake`."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tasks import task
from tests.test_rounds import INTERVAL, SIZE, Moving, Provider, Watch, add, end, history, news_come_first
from tui.answers import Listing, Page, Want
from tui.errors import Throttled, Unavailable
from tui.model import State, Task
from tui.rounds import FIRST, WHOLES
from tui.status import Word


def quick(it: Watch, ident: str, *, created: float = 0.0, place: int | None = None) -> None:
    """A task that came `created` seconds ago and has failed; `place` is where it stands, not where its time puts it."""
    now = round(it.now - created * 1000)
    facts: dict[str, Any] = {} if place is None else {"extra": {"place": place}}
    it.provider.tasks[ident] = task(ident, State.FAILED, created_at=now, ended_at=now + 1, **facts)


def by_place(one: Task) -> Any:
    """A list whose order is no time that we are told: a place, where a task has one."""
    return -one.extra.get("place", one.created_at or 0)


async def test_a_task_created_long_ago_on_top_of_what_is_new_does_not_end_the_read() -> None:
    provider = Provider(history(), order=by_place)
    it = Watch(provider)
    await it.round()
    await it.round()
    for at in range(SIZE * 2):
        quick(it, f"new{at}")
    it.now += 100
    quick(it, "late", created=2 * 3600, place=round(it.now))  # it waited for two hours, and stands where it began
    await it.round()
    assert it.states == it.truth


async def test_a_page_of_tasks_created_long_ago_does_not_end_the_read_either() -> None:
    provider = Provider(history(), order=by_place)
    it = Watch(provider)
    await it.round()
    await it.round()
    for at in range(SIZE * 2):
        quick(it, f"new{at}")
    for at in range(SIZE * 2):
        quick(it, f"late{at}", created=2 * 3600 - at, place=round(it.now) + 1 + at)
    await it.round()
    assert it.states == it.truth


async def test_where_news_come_first_what_came_late_is_still_looked_for_in_the_overlap() -> None:
    it, _ = await news_come_first()
    for at in range(SIZE * 2):
        quick(it, f"new{at}")
        it.now += 1
    await it.round()
    quick(it, "late", created=INTERVAL + 1)  # listed below what the last read has shown
    await it.round()
    assert it.states == it.truth


async def test_what_a_deletion_has_moved_up_past_the_read_is_found_by_the_next_one() -> None:
    it, provider = await news_come_first()
    for at in range(SIZE * 4):
        quick(it, f"new{at:02d}")
        it.now += 1
    newest = [f"new{at:02d}" for at in range(SIZE * 3, SIZE * 4)]

    def delete() -> None:
        for ident in newest:
            del provider.tasks[ident]

    provider.before[2 * SIZE] = delete  # page 2 of the list is on page 1 now, and page 3 comes next
    await it.round()
    await it.round()
    assert provider.tasks.keys() <= it.states.keys()


@dataclass
class Filtering(Provider):
    """A provider whose list can be narrowed to what was created after a time, and has no order at all."""

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        whole = self.tasks
        after = self.wants[-1].created_after or 0
        self.tasks = {key: one for key, one in whole.items() if (one.created_at or 0) >= after}
        try:
            return await super().page(listing, cursor)
        finally:
            self.tasks = whole


async def test_a_read_that_the_provider_has_narrowed_says_nothing_about_the_order_of_the_list() -> None:
    it = Watch(Filtering(history(), order=lambda one: crc32(b"b" + one.key.id.encode())))
    await it.round()
    add(it, "one", State.FAILED, ended_at=round(it.now))
    assert (await it.round()).created_after is not None  # one row: that is in order
    for at in range(SIZE * 6):
        quick(it, f"new{at}")
    assert (await it.round()).created_after is not None
    assert it.states == it.truth


async def test_a_list_that_shows_disorder_while_it_is_read_is_not_left_early() -> None:
    """A few rows are always in order: what has grown since then is judged by what it shows now.

    A first page that happens to be in order shows nothing: such a list waits for the next whole read.
    """
    provider = Provider(history(SIZE + 2))
    it = Watch(provider)
    await it.round()
    await it.round()
    provider.order = lambda one: crc32(b"b" + one.key.id.encode())
    for at in range(SIZE * 8):
        quick(it, f"new{at}")
        it.now += 1000
    await it.round()
    assert it.states == it.truth


async def test_what_lived_and_ended_while_the_list_of_live_tasks_was_down_is_not_missed() -> None:
    provider = Provider(history(), ended_only=True)  # what has ended is listed by when it came
    it = Watch(provider)
    await it.round()
    await it.round(FIRST)
    provider.errors["live"] = Unavailable("down")
    await it.round()
    add(it, "long")  # nobody is told of it while it lives
    for at in range(20):
        for more in range(SIZE):
            quick(it, f"quick{at}.{more}")
        await it.round()
    end(it, "long", State.FAILED)
    provider.errors.clear()
    await it.round()
    assert it.states == it.truth


async def test_after_the_providers_clock_has_jumped_the_next_read_is_whole() -> None:
    it = Watch(Provider(history()))
    it.poller._line.skew = 1140.0
    await it.round()
    await it.round(FIRST)
    it.poller._line.skew = 0.4  # it was put right: all that comes is older than the last read, by its times
    for at in range(SIZE * 3):
        quick(it, f"new{at}")
    await it.round()
    await it.round()
    assert it.states == it.truth


async def test_a_clock_measured_a_little_differently_is_no_jump() -> None:
    it = Watch(Provider(history()))
    await it.round()
    await it.round(FIRST)
    wants: list[Want] = []
    for skew in (0.4, -3.0, 2.5, 0.0):
        it.poller._line.skew = skew
        wants.append(await it.round())
    assert all(one.since is not None for one in wants)


async def test_without_times_a_row_that_a_deletion_moved_up_past_a_read_is_found_by_the_next() -> None:
    for old, ended_only in itertools.product((0, 3, 20), (False, True)):
        provider = Unruly(old, timeless=True, ended_only=ended_only)
        it = Watch(provider)
        await it.round()
        provider.do("crowd", 9, round(it.now))
        provider.before[2 * SIZE] = functools.partial(provider.do, "delete", 1, round(it.now))
        await it.round()
        assert (await it.round()).since is not None
        assert it.truth.items() <= it.states.items()


deeds = st.lists(
    st.tuples(
        st.sampled_from(["quick", "crowd", "new", "end", "delete", "fail", "round", "round"]),
        st.integers(0, 40),
        st.sampled_from([None, 0, 1, 2, 3]),
    ),
    max_size=40,
)


class Unruly(Moving):
    """A list that is newest first by where its rows stand, which their times may not tell."""

    def __init__(self, old: int, *, timeless: bool, ended_only: bool) -> None:
        super().__init__()
        self.timeless, self.ended_only = timeless, ended_only
        self.tasks = history(old)
        if timeless:
            self.tasks = {key: one._replace(created_at=None, ended_at=None) for key, one in self.tasks.items()}
        self._stands = {key: -at for at, key in enumerate(self.tasks)}
        self._places = itertools.count(1)
        self.order = lambda one: -self._stands[one.key.id]

    def to_the_top(self, ident: str, state: State, at: int) -> None:
        place = self._stands[ident] = next(self._places)
        ended = at if state.final else None
        times: dict[str, Any] = {} if self.timeless else {"created_at": at + place, "ended_at": ended and ended + place}
        self.tasks[ident] = task(ident, state, **times)

    def do(self, what: str, which: int, at: int) -> None:
        live = [one.key.id for one in self.tasks.values() if one.state.live]
        done = [key for key, one in self.tasks.items() if one.state.final and key.startswith("t")]
        if what in ("quick", "crowd", "new"):
            for _ in range(which if what == "crowd" else 1):
                self.to_the_top(f"t{len(self._stands)}", State.RUNNING if what == "new" else State.FAILED, at)
        elif what == "end" and live:
            self.end(live[which % len(live)], at)
        elif what == "delete" and done:
            del self.tasks[done[which % len(done)]]
        elif what == "fail":
            raise Throttled("slow down")

    def end(self, ident: str, at: int) -> None:
        """It comes to the top of another list, or stays where it is."""
        if self.ended_only:
            self._stands[ident] = next(self._places)
        ended = None if self.timeless else at + next(self._places)
        self.tasks[ident] = self.tasks[ident]._replace(state=State.FAILED, ended_at=ended)


class Restless(Watch):
    """One whose tasks come and go."""

    provider: Unruly

    def deed(self, what: str, which: int) -> None:
        """At the time when it is done, which may be rounds after it was meant."""
        self.provider.do(what, which, round(self.now))


@pytest.mark.parametrize("timeless", [False, True])
@pytest.mark.parametrize("ended_only", [False, True])
@given(deeds=deeds, old=st.integers(0, 40))
async def test_whatever_happens_between_two_pages_two_quiet_rounds_that_catch_up_bring_it_all(
    timeless: bool, ended_only: bool, deeds: list[tuple[str, int, int | None]], old: int
) -> None:
    """Each deed is done at once, or before the page of that number is read; `timeless`: its rows have no times."""
    provider = Unruly(old, timeless=timeless, ended_only=ended_only)
    it = Restless(provider)
    await it.round()
    for what, which, page in deeds:
        it.now += 100
        deed = functools.partial(it.deed, what, which)
        if what == "round":
            await it.round()
        elif page is not None:
            provider.before[page * SIZE] = deed
        elif what != "fail":
            deed()
    provider.before.clear()
    await it.round()
    await it.round()
    assert it.truth.items() <= it.states.items()


@dataclass
class Lacking(Provider):
    """A provider that says of its list that it has more rows than it shows."""

    total: int = 100

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        return (await super().page(listing, cursor))._replace(total=self.total)


async def test_a_total_that_is_never_reached_does_not_make_every_read_whole() -> None:
    provider = Lacking(history())
    it = Watch(provider)
    for _ in range(WHOLES):
        assert (await it.round()).since is None
    assert (await it.round()).since is not None
    assert provider.pages == 1  # and not the whole list
    add(it, "new", State.FAILED, ended_at=round(it.now))
    await it.round()
    assert it.states == it.truth
    assert it.poller.status.missing == ("all (40 of 100 rows)",)
    assert it.poller.status.word(round(it.now)) is Word.PARTIAL


async def test_a_total_that_is_reached_again_is_forgiven() -> None:
    provider = Lacking(history())
    it = Watch(provider)
    for _ in range(WHOLES):
        await it.round()
    provider.total = 60
    it.poller.poke()
    await it.round()
    assert it.poller.status.missing == ()
    assert it.poller._rounds._short == set()


async def test_one_read_that_lacks_something_is_no_ground_to_believe_it() -> None:
    provider = Lacking(history())
    it = Watch(provider)
    await it.round()
    assert it.poller._rounds._lists == {}
