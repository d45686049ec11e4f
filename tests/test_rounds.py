"""Reads that catch up, on a provider of our own: they miss nothing, and cost what has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tasks import NOW, task
from tests.test_poller import SETTINGS, no_credential
from tui.answers import Listing, Page, Want
from tui.budget import Budget
from tui.errors import CallError, Denied, Throttled
from tui.line import Clocks, Line
from tui.model import State, Task, TaskKey
from tui.net import Wire
from tui.patience import Patience
from tui.poller import Poller
from tui.rounds import FIRST, INTERVALS, OVERLAP, RECONCILE, Rounds
from tui.settings import EVERYTHING, Account, Network
from tui.settings.kinds import Count, Window
from tui.status import Word
from tui.store import Store

INTERVAL = 5.0
SIZE = 4  # rows of a page
HOUR = 3_600_000


@dataclass
class Provider:
    """Tasks that are listed by an order of ours, a few a page, and found by id."""

    tasks: dict[str, Task] = field(default_factory=dict)
    order: Callable[[Task], Any] = lambda one: -(one.created_at or 0)
    hidden: set[str] = field(default_factory=set)
    forgotten: set[str] = field(default_factory=set)
    ended_only: bool = False
    errors: dict[str, CallError] = field(default_factory=dict)
    wants: list[Want] = field(default_factory=list)
    pages: int = 0
    by_id: int = 0
    at_once: ClassVar[int] = 1

    async def plan(self, want: Want) -> Sequence[Listing]:
        self.wants.append(want)
        if self.ended_only:
            return [Listing("live", live=True), Listing("ended", stage=1, live=False)]
        return [Listing("all", scope="fn")]

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        self.pages += 1
        if listing.label in self.errors:
            raise self.errors[listing.label]
        rows = [
            one
            for key, one in self.tasks.items()
            if key not in self.hidden | self.forgotten and listing.live in (None, one.state.live)
        ]
        rows.sort(key=self.order)
        at = cursor or 0
        page = rows[at : at + SIZE]
        following = (at + SIZE,) if at + SIZE < len(rows) else ()
        return Page(tuple(page), tuple({"id": one.key.id} for one in page), following)

    async def settle(self, tasks: Sequence[Task]) -> Sequence[Task]:
        self.by_id += len(tasks)
        return [
            one._replace(state=State.VANISHED) if one.key.id in self.forgotten else self.tasks[one.key.id]
            for one in tasks
        ]


class Watch:
    """A poller on a provider, round by round."""

    def __init__(self, provider: Provider, **settings: Any) -> None:
        self.provider, self.now = provider, float(NOW)
        line = Line(
            Wire(Network()), Account(name="ali", vendor="alibaba"), "", no_credential, budget=Budget(), clocks=Clocks()
        )
        self.store = Store()
        self.poller = Poller(
            replace(SETTINGS, window=Window(EVERYTHING), **settings),
            provider,
            line,
            self.store,
            interval=INTERVAL,
            clock=lambda: self.now / 1000,
            patience=Patience(tries=1),
        )

    async def round(self, seconds: float = INTERVAL) -> Want:
        """Some time, then the round that is due; answers what was wanted."""
        self.now += seconds * 1000
        self.provider.pages = self.provider.by_id = 0
        await self.poller.round()
        return self.provider.wants[-1]

    @property
    def states(self) -> dict[str, State]:
        return {key.id: one.state for key, one in self.store.tasks("src").items()}

    @property
    def truth(self) -> dict[str, State]:
        return {key: one.state for key, one in self.provider.tasks.items() if key not in self.provider.hidden}


def history(count: int = 60, *, ended: State = State.SUCCEEDED) -> dict[str, Task]:
    """One task a minute, all ended, the last one an hour ago."""
    made = (
        task(f"old{at}", ended, created_at=NOW - HOUR - 60_000 * at, ended_at=NOW - HOUR - 60_000 * at + 1_000)
        for at in range(count)
    )
    return {one.key.id: one for one in made}


def add(it: Watch, ident: str, state: State = State.RUNNING, **facts: Any) -> None:
    it.provider.tasks[ident] = task(ident, state, **{"created_at": round(it.now), **facts})


def end(it: Watch, ident: str, state: State = State.SUCCEEDED) -> None:
    it.provider.tasks[ident] = it.provider.tasks[ident]._replace(state=state, ended_at=round(it.now))


async def test_the_first_read_is_whole_and_the_next_ones_read_one_page() -> None:
    it = Watch(Provider(history()))
    assert (await it.round()).since is None
    assert it.provider.pages == 15
    want = await it.round()
    assert want == Want(newest_first=True, since=round(it.now - INTERVAL * 1000 - OVERLAP))
    assert (it.provider.pages, it.provider.by_id) == (1, 0)
    assert it.states == it.truth


async def test_what_is_new_is_found_and_what_ends_far_down_is_asked_by_id() -> None:
    it = Watch(Provider(history()))
    add(it, "long", created_at=NOW - 2 * HOUR)
    await it.round()
    add(it, "new")
    end(it, "long", State.FAILED)
    await it.round()
    assert it.states == it.truth
    assert (it.provider.pages, it.provider.by_id) == (1, 1)
    assert it.poller.status.by_id == 1
    await it.round()
    assert it.provider.by_id == 0


async def test_reading_on_and_asking_by_id_cost_about_the_same() -> None:
    it = Watch(Provider(history(200)))
    for at in range(20):
        add(it, f"live{at}", created_at=NOW - HOUR - at)
    await it.round()
    await it.round()
    assert it.provider.pages + it.provider.by_id <= 12  # not 20 by id, and not 55 pages
    assert it.states == it.truth


async def test_a_source_whose_lists_are_a_page_each_is_always_read_whole() -> None:
    it = Watch(Provider(history(3)))
    assert [(await it.round()).since for _ in range(3)] == [None] * 3


async def test_from_time_to_time_a_read_is_whole() -> None:
    it = Watch(Provider(history()))
    await it.round()
    wholes = [await it.round(INTERVAL) for _ in range(round(FIRST / INTERVAL))]
    assert [one.since is None for one in wholes] == [False] * (len(wholes) - 1) + [True]
    every = max(RECONCILE, INTERVALS * INTERVAL)
    wholes = [await it.round(INTERVAL) for _ in range(round(every / INTERVAL))]
    assert [one.since is None for one in wholes] == [False] * (len(wholes) - 1) + [True]
    assert it.poller.status.whole_at == round(it.now)


async def test_who_asks_for_a_read_gets_a_whole_one() -> None:
    it = Watch(Provider(history()))
    await it.round()
    it.poller.poke()
    assert (await it.round()).since is None
    assert (await it.round()).since is not None


async def test_a_list_without_any_order_is_read_to_its_end() -> None:
    it = Watch(Provider(history(), order=lambda one: crc32(b"b" + one.key.id.encode())))
    await it.round()
    add(it, "new")
    await it.round()
    assert it.provider.pages == 16
    assert it.states == it.truth


async def test_a_list_without_times_is_read_until_nothing_is_news_once_it_has_shown_that_news_come_first() -> None:
    tasks = {key: one._replace(created_at=None, ended_at=None) for key, one in history().items()}
    added: list[str] = []
    it = Watch(Provider(tasks, order=lambda one: -added.index(one.key.id) if one.key.id in added else 1))
    await it.round()
    await it.round()
    for shown, ident in enumerate(["new", "newer"]):
        assert it.provider.pages == 15 + shown  # it has not shown anything before this one
        added.append(ident)
        add(it, ident, State.FAILED, created_at=None)
        await it.round()
    assert it.provider.pages == 2
    assert it.states == it.truth


async def test_a_list_of_ended_tasks_is_not_searched_for_live_ones() -> None:
    provider = Provider(history(), ended_only=True, order=lambda one: -(one.ended_at or one.created_at or 0))
    it = Watch(provider)
    for at in range(8):
        add(it, f"live{at}")
    await it.round()
    for at in range(8):
        end(it, f"live{at}")
    it.provider.hidden = {f"live{at}" for at in range(4)}
    await it.round()
    assert it.provider.by_id == 4
    assert it.states == {key: one.state for key, one in provider.tasks.items()}
    assert it.provider.pages <= 4


async def test_what_a_read_that_caught_up_does_not_find_by_id_waits_for_a_whole_one() -> None:
    it = Watch(Provider(history()))
    add(it, "gone", created_at=NOW - 2 * HOUR)
    await it.round()
    it.provider.forgotten = {"gone"}
    await it.round()
    assert it.states["gone"].live  # it may stand further down: absence is not known yet
    assert (await it.round()).since is None
    assert it.states["gone"] is State.VANISHED


async def test_rows_that_came_too_late_for_the_overlap_make_it_longer() -> None:
    it = Watch(Provider(history()))
    await it.round()
    late = task("late", State.SUCCEEDED, created_at=round(it.now) + 1, ended_at=round(it.now) + 2)
    it.now += OVERLAP * 2
    for at in range(SIZE * 2):
        add(it, f"quick{at}", State.FAILED, ended_at=round(it.now))
    await it.round()
    it.now += OVERLAP * 2
    await it.round()
    it.provider.tasks["late"] = late
    while (await it.round()).since is not None:
        assert "late" not in it.states
    assert it.states["late"] is State.SUCCEEDED
    want = await it.round()
    assert want.since == round(it.now - INTERVAL * 1000 - 2 * OVERLAP)


def test_a_provider_whose_rows_come_an_hour_late_is_read_whole() -> None:
    rounds = Rounds()
    rounds._overlap = HOUR * 2
    rounds._must = rounds._few = False
    rounds._whole_at, rounds._wholes = NOW, 2
    assert rounds.want(NOW + 1, INTERVAL).since is None


class Losing(Provider):
    """One whose list of what has ended loses its second row each time the first page has been read."""

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        there = sum(listing.live is one.state.live for one in self.tasks.values())
        page = (await super().page(listing, cursor))._replace(total=there)
        if listing.live is False and not cursor:
            del self.tasks[page.tasks[1].key.id]
        return page


async def test_a_row_that_moved_up_past_the_reader_is_met_by_the_next_read_which_is_whole_once() -> None:
    it = Watch(Losing(history(), ended_only=True))
    assert (await it.round()).since is None
    assert "old4" not in it.states  # it had moved to the first page
    assert it.poller.status.word(round(it.now)) is Word.LIVE  # perhaps nothing is missing: nobody knows yet
    assert (await it.round()).since is None
    assert "old4" in it.states
    assert (await it.round()).since is not None  # though it has lost a row again


async def test_a_list_that_may_not_be_read_does_not_make_every_read_whole() -> None:
    it = Watch(Provider(history(), ended_only=True, order=lambda one: -(one.ended_at or 0)))
    it.provider.errors["live"] = Denied("no")
    await it.round()
    add(it, "new", State.FAILED, ended_at=round(it.now))
    assert (await it.round()).since is not None
    assert it.provider.pages == 2
    assert it.poller.status.word(round(it.now)) is Word.DENIED
    assert it.states == it.truth


async def test_after_a_read_that_failed_half_way_the_next_one_goes_back_further() -> None:
    it = Watch(Provider(history()))
    await it.round()
    began = it.now
    it.provider.errors["all"] = Throttled("slow down")
    await it.round()
    add(it, "new", State.FAILED, ended_at=round(it.now))
    for _ in range(3):
        await it.round()
    it.provider.errors.clear()
    want = await it.round()
    assert want.since == round(began - OVERLAP)
    assert it.states == it.truth


class Moving(Provider):
    """A provider where something happens before the page at an offset is read."""

    def __init__(self) -> None:
        super().__init__(history())
        self.before: dict[int, Callable[[], None]] = {}

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        self.before.pop(cursor or 0, lambda: None)()
        return await super().page(listing, cursor)


async def news_come_first() -> tuple[Watch, Moving]:
    """A source whose list has shown that what is new stands at its top."""
    provider = Moving()
    it = Watch(provider)
    await it.round()
    add(it, "first", State.FAILED, ended_at=round(it.now))
    await it.round(FIRST)
    return it, provider


def crowd(it: Watch, name: str, count: int) -> None:
    """Many tasks that end at once, the last one the newest."""
    for at in range(count):
        add(it, f"{name}{at}", State.FAILED, created_at=round(it.now) + at, ended_at=round(it.now) + at)
    it.now += count


async def test_a_read_that_failed_half_way_leaves_no_hole_behind_what_it_brought() -> None:
    it, provider = await news_come_first()

    def throttle() -> None:
        raise Throttled("slow down")

    crowd(it, "new", 3 * SIZE)
    provider.before[SIZE] = throttle
    await it.round()
    assert it.states != it.truth
    await it.round()  # its first page holds no news
    assert it.states == it.truth


async def test_a_page_of_what_the_same_read_has_brought_does_not_end_it() -> None:
    it, provider = await news_come_first()
    crowd(it, "new", 4 * SIZE)
    provider.before[2 * SIZE] = lambda: crowd(it, "newer", SIZE + 1)  # pushes what was on page 1 to page 2
    await it.round()
    await it.round()
    assert it.states == it.truth


async def test_what_is_missing_for_good_stays_missing_while_catching_up() -> None:
    it = Watch(Provider(history()), max_tasks=Count(10))
    await it.round()
    await it.round()
    assert it.provider.pages == 1
    assert it.poller.status.missing == ("tasks beyond max_tasks", "all")
    assert it.poller.status.word(round(it.now)) is Word.PARTIAL


steps = st.lists(
    st.tuples(st.sampled_from(["new", "end", "quick", "forget", "round", "round"]), st.integers(0, 40)), max_size=60
)


@pytest.mark.parametrize("ended_only", [False, True])
@given(steps=steps, old=st.integers(0, 40))
async def test_after_every_round_the_picture_is_the_truth(
    ended_only: bool, steps: list[tuple[str, int]], old: int
) -> None:
    provider = Provider(history(old), ended_only=ended_only)
    if ended_only:
        provider.order = lambda one: -(one.ended_at or one.created_at or 0)
    it = Watch(provider)
    await it.round()
    for number, (what, which) in enumerate(steps):
        it.now += 100
        live = [
            one.key.id for one in provider.tasks.values() if one.state.live and one.key.id not in provider.forgotten
        ]
        if what == "new":
            add(it, f"t{number}")
        elif what == "quick":
            add(it, f"t{number}", State.FAILED, ended_at=round(it.now))
        elif what == "end" and live:
            end(it, live[which % len(live)])
        elif what == "forget" and live:
            provider.forgotten.add(live[which % len(live)])
        elif what == "round":
            await it.round()
            expected = {key: state for key, state in it.truth.items() if key not in provider.forgotten}
            assert {key: state for key, state in it.states.items() if key not in provider.forgotten} == expected
    await it.round()
    await it.round()  # the by-id read does not know it: the next round looks into all lists
    forgotten = {key for key in provider.forgotten if TaskKey("src", "fn", key) in it.store.tasks("src")}
    assert {it.states[key] for key in forgotten} <= {State.VANISHED}
