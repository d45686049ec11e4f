"""The poller in virtual time, on an adapter that does what it is told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from typing import Any, ClassVar

import pytest

from tests.tasks import NOW, task
from tui.answers import Detail, Listing, Page, Want
from tui.budget import Budget
from tui.calls import Action, Credential
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
    WriteRefused,
)
from tui.line import Clocks, Line
from tui.model import State, Task, TaskKey
from tui.net import Wire
from tui.patience import Patience
from tui.poller import BACKLOG, DENIED_PAUSE, Poller, gravest, trouble_of, word_of
from tui.reading import Outcome
from tui.settings import EVERYTHING, Account, Network, SourceSettings
from tui.settings.kinds import Count, Region, SourceName, Window
from tui.settling import SETTLE
from tui.status import Change, Word
from tui.store import Store

WORDS = {
    NoCredential: Word.NOKEY,
    AuthError: Word.AUTH,
    ClockSkew: Word.AUTH,
    Denied: Word.DENIED,
    Throttled: Word.THROTTLED,
    Unavailable: Word.OFFLINE,
    Malformed: Word.ERROR,
    NotFound: Word.ERROR,
    BadRequest: Word.ERROR,
    WriteRefused: Word.ERROR,
}
INTERVAL = 15.0
SETTINGS = SourceSettings(
    name=SourceName("src"), adapter="fake-api", account="ali", region=Region("cn-hangzhou"), window=Window(EVERYTHING)
)


@dataclass
class Fake:
    """An adapter: `lists` holds label -> tasks, or what a page raises; `by_id` answers settle."""

    id: ClassVar[str] = "fake-api"
    title: ClassVar[str] = "Fake"
    short: ClassVar[str] = "FK"
    digit: ClassVar[int] = 9
    vendor: ClassVar[str] = "alibaba"
    actions: ClassVar[tuple[Action, ...]] = (Action("List"),)
    settings: ClassVar[type[SourceSettings]] = SourceSettings
    at_once: ClassVar[int] = 1

    lists: dict[str, list[Task] | Exception | Callable[[], list[Task]]] = field(default_factory=dict)
    by_id: Callable[[Sequence[Task]], Sequence[Task]] = tuple
    settled: list[list[str]] = field(default_factory=list)
    wanted: list[Want] = field(default_factory=list)

    async def plan(self, want: Want) -> Sequence[Listing]:
        self.wanted.append(want)
        return [Listing(label) for label in self.lists]

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        what = self.lists[listing.label]
        if isinstance(what, Exception):
            raise what
        found = what() if callable(what) else what
        return Page(tuple(found), tuple({"id": one.key.id} for one in found))

    async def detail(self, key: TaskKey, known: Task | None = None, *, output: bool = False) -> Detail:
        raise NotImplementedError

    async def settle(self, tasks: Sequence[Task]) -> Sequence[Task]:
        self.settled.append([one.key.id for one in tasks])
        return self.by_id(tasks)


async def no_credential() -> Credential:
    raise NoCredential("none")


@dataclass
class World:
    """A poller, its store, and a clock that moves when told to."""

    adapter: Fake
    settings: SourceSettings = SETTINGS
    now: float = NOW / 1000
    naps: list[float] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    seen_waiting: list[Word] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        account = Account(name="ali", vendor="alibaba")
        line = Line(Wire(Network()), account, "", no_credential, budget=Budget(), clocks=Clocks())
        self.store = Store()
        self.poller = Poller(
            self.settings,
            self.adapter,
            line,
            self.store,
            interval=INTERVAL,
            told=self.told,
            clock=lambda: self.now,
            patience=Patience(sleep=self.nap),
        )

    def told(self, change: Change) -> None:
        self.changes.append(change)
        self.news.set()

    async def nap(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.seen_waiting.append(self.word())
        self.now += seconds
        await asyncio.sleep(0)

    def word(self) -> Word:
        return self.poller.status.word(round(self.now * 1000))

    @property
    def states(self) -> dict[str, State]:
        return {key.id: one.state for key, one in self.store.tasks("src").items()}

    async def round(self) -> float | None:
        """One poll, and how long the poller would wait after it."""
        pause = self.poller._pause(await self.poller.poll())
        self.now += 1 if pause is None else pause
        return pause


def world(lists: dict[str, Any], **settings: Any) -> World:
    return World(Fake(lists), replace(SETTINGS, **settings))


async def test_a_whole_read_is_live_and_an_empty_one_empty() -> None:
    it = world({"a": [task("1")]})
    assert it.word() is Word.LOADING
    await it.poller.poll()
    assert it.word() is Word.LIVE
    status = it.poller.status
    assert (status.tasks, status.rows_read, status.pages_read, status.reading) == (1, 1, 1, False)
    assert status.answered_at == NOW
    it = world({"a": []})
    await it.poller.poll()
    assert it.word() is Word.EMPTY


async def test_how_far_a_read_has_come_is_said_four_times_a_second() -> None:
    def pages(seconds: float) -> dict[str, Any]:
        def page(label: str) -> list[Task]:
            it.now += seconds
            return [task(label)]

        return {label: partial(page, label) for label in "abcdefgh"}

    def said() -> list[int]:
        return [one.status.pages_read for one in it.changes if one.status.reading and not one.upserted]

    it = world({})
    it.adapter.lists = pages(0.0)
    await it.poller.poll()
    assert said() == [0]
    it.changes.clear()
    it.adapter.lists = pages(0.1)
    await it.poller.poll()
    assert len(said()) == 3
    assert it.poller.status.pages_read == 8


@pytest.mark.parametrize(("kind", "word"), WORDS.items())
async def test_each_error_has_its_word_and_keeps_the_rows(kind: type[CallError], word: Word) -> None:
    it = world({"a": [task("1"), task("2")]})
    await it.poller.poll()
    error = kind("it failed", code="Code", request_id="r-1")
    it.adapter.lists["a"] = error
    await it.poller.poll()
    assert it.word() is word_of(error) is word
    assert it.poller.status.trouble == trouble_of(error)
    assert len(it.states) == 2
    assert it.poller.status.answered_at == NOW
    it.adapter.lists["a"] = [task("1"), task("2")]
    await it.poller.poll()
    assert it.word() is Word.LIVE


@pytest.mark.parametrize(
    ("kind", "least", "most"),
    [
        (NoCredential, None, None),
        (AuthError, None, None),
        (ClockSkew, INTERVAL * 1.6, INTERVAL * 2),
        (Denied, DENIED_PAUSE, DENIED_PAUSE),
        (Throttled, INTERVAL * 1.6, INTERVAL * 2),
        (Unavailable, INTERVAL, INTERVAL),
        (Malformed, INTERVAL, INTERVAL),
        (NotFound, INTERVAL, INTERVAL),
        (BadRequest, INTERVAL, INTERVAL),
    ],
)
async def test_each_error_has_its_pause(kind: type[CallError], least: float | None, most: float | None) -> None:
    pause = await world({"a": kind("no")}).round()
    if least is None or most is None:
        assert pause is None
    else:
        assert pause is not None
        assert least <= pause <= most


async def test_throttling_backs_off_to_eight_intervals_and_forgets_it_after_a_success() -> None:
    it = world({"a": Throttled("no")})
    pauses = [await it.round() for _ in range(10)]
    assert all(a is not None and b is not None and b > a * 0.99 for a, b in pairwise(pauses[:3]))
    assert all(one is not None and INTERVAL * 6.4 <= one <= INTERVAL * 8 for one in pauses[3:])
    it.adapter.lists["a"] = []
    assert await it.round() == INTERVAL
    it.adapter.lists["a"] = Throttled("no")
    pause = await it.round()
    assert pause is not None
    assert pause <= INTERVAL * 2


@pytest.mark.parametrize(
    ("hint", "least"), [(400.0, 400), (86_400.0, 900), (1.0, 15), (float("inf"), 15), (float("nan"), 15), (1e12, 15)]
)
async def test_a_hint_is_a_pause_unless_it_is_absurd(hint: float, least: float) -> None:
    error = Throttled("no")
    error.retry_after = hint
    pause = await world({"a": error}).round()
    assert pause is not None
    assert least <= pause <= 900


async def test_who_asks_for_a_read_of_a_throttled_source_gets_one() -> None:
    error = Throttled("no")
    error.retry_after = 86_400.0
    it = world({"a": error})
    await it.round()
    lane = it.poller._line._budget.lane(("alibaba", "ali", ""), Action("List"), 0.6)
    assert lane is not None
    it.poller._line._lanes["List"] = lane
    with pytest.raises(Throttled):
        async with lane.turn():
            raise error
    assert lane.closed_for > 800
    it.poller.poke()
    assert lane.closed_for == 0


async def test_a_bug_in_who_listens_is_an_error_of_that_source_and_its_polling_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    it = world({"a": [task("1")]})

    def broken(change: Change) -> None:
        raise RuntimeError("a bug")

    it.poller._told = broken
    with caplog.at_level(logging.CRITICAL):
        assert await it.round() is not None
    assert (it.word(), it.poller.status.trouble and it.poller.status.trouble.code) == (Word.ERROR, "bug")
    it.poller._told = it.told
    await it.round()
    assert it.poller.status.trouble is None


async def test_an_interval_longer_than_a_minute_is_kept_when_offline() -> None:
    it = world({"a": Unavailable("no")})
    it.store.set_status(replace(it.poller.status, interval=2.0))
    assert await it.round() == 10
    it.store.set_status(replace(it.poller.status, interval=600.0))
    assert await it.round() == 60


async def test_a_denied_list_does_not_hold_up_the_others() -> None:
    it = world({"a": Denied("no"), "b": [task("1")]})
    assert await it.round() == INTERVAL
    assert it.poller.status.trouble is not None
    assert it.poller.status.missing == ("a",)
    assert it.poller.status.answered_at == NOW


async def test_throttled_is_said_while_a_retry_waits_and_gone_after_it() -> None:
    left = [Throttled("slow down", code="TooFast"), Unavailable("and then")]

    def answer() -> list[Task]:
        if left:
            raise left.pop(0)
        return [task("1")]

    it = world({"a": answer})
    await it.poller.poll()
    assert it.seen_waiting[0] is Word.THROTTLED
    troubles = [one.status.trouble for one in it.changes if one.status.trouble]
    assert troubles[0].retry_at == NOW + round(it.naps[0] * 1000)
    assert it.word() is Word.LIVE


async def test_a_bug_in_the_adapter_is_its_error_and_the_next_round_works(caplog: pytest.LogCaptureFixture) -> None:
    it = world({"a": [task("1")]})
    await it.poller.poll()
    it.adapter.lists["a"] = ZeroDivisionError("secret?")
    logging.getLogger("tui").propagate = True
    with caplog.at_level(logging.ERROR, "tui"):
        assert await it.poller.poll() is None
    assert it.word() is Word.ERROR
    assert it.poller.status.trouble is not None
    assert it.poller.status.trouble.code == "bug"
    assert not it.poller.status.reading
    assert [record.exc_info is not None for record in caplog.records] == [True]
    assert it.poller._pause(None) == INTERVAL
    it.adapter.lists["a"] = [task("1")]
    assert await it.round() == INTERVAL
    assert it.word() is Word.LIVE


async def test_a_read_of_some_is_no_whole_one() -> None:
    it = world({"a": [task("1")]})
    await it.poller.poll(Want(states=frozenset({State.FAILED})))
    assert it.poller.status.whole_at is None
    await it.poller.poll()
    assert it.poller.status.whole_at == NOW


def test_an_error_without_a_code_is_told_by_its_status() -> None:
    assert trouble_of(Unavailable("bad gateway", http_status=502)).code == "HTTP502"
    assert trouble_of(Unavailable("down")).code == ""


async def test_the_gravest_of_several_errors_is_said() -> None:
    errors = (Malformed("m"), Denied("d"), Throttled("t"))
    assert isinstance(gravest(errors), Denied)
    assert gravest(()) is None
    assert word_of(CallError("of no class")) is Word.ERROR


class TestSettling:
    async def test_a_task_that_left_the_lists_is_asked_by_id(self) -> None:
        it = world({"a": [task("1"), task("2"), task("3", State.SUCCEEDED)]})
        await it.poller.poll()
        it.adapter.lists["a"] = [task("1")]
        it.adapter.by_id = lambda tasks: [one._replace(state=State.SUCCEEDED) for one in tasks]
        await it.poller.poll()
        assert it.adapter.settled == [["2"]]
        assert it.states == {"1": State.RUNNING, "2": State.SUCCEEDED, "3": State.SUCCEEDED}

    async def test_what_the_provider_does_not_know_is_vanished_and_not_asked_again(self) -> None:
        it = world({"a": [task("1")]})
        await it.poller.poll()
        it.adapter.lists["a"] = []
        it.adapter.by_id = lambda tasks: [one._replace(state=State.VANISHED) for one in tasks]
        await it.poller.poll()
        await it.poller.poll()
        assert it.states == {"1": State.VANISHED}
        assert len(it.adapter.settled) == 1
        it.adapter.lists["a"] = [task("1")]
        await it.poller.poll()
        assert it.states == {"1": State.RUNNING}

    async def test_a_narrowed_read_settles_nothing(self) -> None:
        it = world({"a": [task("1"), task("2")]})
        await it.poller.poll()
        it.adapter.lists["a"] = [task("1", State.FAILED)]
        narrow = Want(states=frozenset({State.FAILED}))
        await it.poller.poll(narrow)
        assert it.adapter.settled == []
        assert it.adapter.wanted == [Want(), narrow]
        assert it.states == {"1": State.FAILED, "2": State.RUNNING}

    async def test_a_state_that_goes_back_is_asked_by_id(self) -> None:
        it = world({"a": [task("1"), task("2", State.SUCCEEDED)]})
        await it.poller.poll()
        it.adapter.lists["a"] = [task("1", State.QUEUED), task("2", State.RUNNING)]
        it.adapter.by_id = lambda tasks: [one if one.key.id == "1" else task("2", State.RETRYING) for one in tasks]
        await it.poller.poll()
        assert it.adapter.settled == [["1", "2"]]
        assert it.states == {"1": State.RUNNING, "2": State.RETRYING}

    async def test_an_incomplete_read_settles_nothing(self) -> None:
        it = world({"a": [task("1")], "b": []})
        await it.poller.poll()
        it.adapter.lists |= {"a": [], "b": Denied("no")}
        await it.poller.poll()
        assert it.adapter.settled == []
        assert it.states == {"1": State.RUNNING}

    async def test_a_settle_that_fails_leaves_the_task_as_it_was_and_the_source_says_so(self) -> None:
        def down(tasks: Sequence[Task]) -> Sequence[Task]:
            raise Unavailable("down")

        it = world({"a": [task("1"), task("2")]})
        await it.poller.poll()
        it.adapter.lists["a"] = [task("2")]
        it.adapter.by_id = down
        await it.poller.poll()
        assert it.states == {"1": State.RUNNING, "2": State.RUNNING}
        assert it.word() is Word.OFFLINE
        assert it.poller.status.missing == ("tasks that left the lists",)

    async def test_a_settle_is_tried_again_as_a_list_is(self) -> None:
        left = [Throttled("slow down")]

        def once(tasks: Sequence[Task]) -> Sequence[Task]:
            if left:
                raise left.pop()
            return [one._replace(state=State.FAILED) for one in tasks]

        it = world({"a": [task("1")]})
        await it.poller.poll()
        it.adapter.lists["a"] = []
        it.adapter.by_id = once
        await it.poller.poll()
        assert it.states == {"1": State.FAILED}
        assert len(it.naps) == 1

    async def test_more_than_a_round_can_ask_are_all_asked_in_turn(self) -> None:
        it = world({"a": [task(str(at), seen_at=1) for at in range(SETTLE * 2 + 1)]})
        await it.poller.poll()
        it.adapter.lists["a"] = []
        it.adapter.by_id = lambda tasks: [one._replace(seen_at=round(it.now * 1000)) for one in tasks]
        for rounds in range(1, 4):
            assert await it.round() == BACKLOG  # not after the whole interval: they wait
            assert it.word() is Word.PARTIAL
            assert it.poller.status.missing == (f"{SETTLE + 1} tasks that left the lists wait to be asked by id",)
            assert sum(map(len, it.adapter.settled)) == rounds * SETTLE
        assert len({one for asked in it.adapter.settled for one in asked}) == SETTLE * 2 + 1


class TestLimits:
    async def test_ended_tasks_leave_by_the_window(self) -> None:
        old = task("old", State.SUCCEEDED, ended_at=NOW - 3_600_001)
        it = world(
            {"a": [old, task("new", State.SUCCEEDED, ended_at=NOW), task("live", created_at=1)]}, window=Window(3600)
        )
        await it.poller.poll()
        assert set(it.states) == {"new", "live"}
        assert all(old.key not in one.gone and old not in one.upserted for one in it.changes)
        it.now += 3601
        await it.poller.poll()
        assert set(it.states) == {"live"}

    async def test_past_max_tasks_the_source_is_partial(self) -> None:
        it = world({"a": [task(str(at), State.FAILED, ended_at=NOW + at) for at in range(5)]}, max_tasks=Count(3))
        await it.poller.poll()
        assert set(it.states) == {"2", "3", "4"}
        assert it.word() is Word.PARTIAL
        assert it.poller.status.missing == ("tasks beyond max_tasks",)

    async def test_tasks_outside_the_window_do_not_count_to_max_tasks(self) -> None:
        ended = [task(f"old{at}", State.FAILED, ended_at=1) for at in range(9)]
        it = world({"a": [*ended, task("1")]}, max_tasks=Count(1), window=Window(60))
        await it.poller.poll()
        assert it.word() is Word.LIVE


class TestRun:
    @pytest.fixture(autouse=True)
    def start_at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tui.poller.random.uniform", lambda least, most: least)

    async def test_auth_stops_until_someone_asks(self) -> None:
        polls = 0

        def refuse() -> list[Task]:
            nonlocal polls
            polls += 1
            raise AuthError("no")

        it = world({"a": refuse})
        running = asyncio.create_task(it.poller.run())
        await self.until(it, lambda: it.word() is Word.AUTH)
        for _ in range(20):
            await asyncio.sleep(0)
        assert (polls, it.poller.status.next_at) == (1, None)
        it.poller.poke()
        await self.until(it, lambda: polls == 2 and not it.poller.status.reading)
        assert it.word() is Word.AUTH
        await self.ended(running)
        assert it.adapter.wanted == [Want(newest_first=True)] * 2  # the monitor never reads less

    async def test_a_poke_during_a_read_is_not_lost(self) -> None:
        polls = 0

        def poking() -> list[Task]:
            nonlocal polls
            polls += 1
            if polls == 1:
                it.poller.poke()
            return []

        it = world({"a": poking})
        running = asyncio.create_task(it.poller.run())
        await self.until(it, lambda: polls == 2)
        await self.ended(running)

    async def test_who_is_to_be_read_more_often_does_not_wait_for_its_old_turn(self) -> None:
        polls = 0

        def counted() -> list[Task]:
            nonlocal polls
            polls += 1
            return []

        def told(pause: float) -> bool:
            return 0.59 * pause <= ((it.poller.status.next_at or NOW) - NOW) / 1000 <= 1.11 * pause  # it ends on a beat

        it = world({"a": counted})
        running = asyncio.create_task(it.poller.run())
        await self.until(it, lambda: it.poller.status.next_at is not None)
        it.poller.pace(INTERVAL / 2)
        await self.until(it, lambda: polls == 2 and told(INTERVAL / 2))
        it.poller.pace(INTERVAL * 3)
        for _ in range(20):
            await asyncio.sleep(0)
        assert polls == 2
        assert it.poller.status.interval == INTERVAL * 3
        await self.ended(running)

    @pytest.mark.parametrize("error", [AuthError("no"), Throttled("slow down")])
    async def test_a_source_that_is_held_up_is_not_read_for_another_pace(self, error: CallError) -> None:
        polls = 0

        def refuse() -> list[Task]:
            nonlocal polls
            polls += 1
            raise error

        it = world({"a": refuse})
        running = asyncio.create_task(it.poller.run())
        await self.until(it, lambda: it.poller.status.trouble is not None and not it.poller.status.reading)
        before = polls
        it.poller.pace(1)
        for _ in range(20):
            await asyncio.sleep(0)
        assert polls == before
        await self.ended(running)

    async def test_the_next_turn_is_told(self) -> None:
        it = world({"a": []})
        running = asyncio.create_task(it.poller.run())
        await self.until(it, lambda: it.poller.status.next_at is not None)
        assert it.poller.status.next_at is not None
        assert 0.59 * INTERVAL <= (it.poller.status.next_at - NOW) / 1000 <= 1.11 * INTERVAL  # on a beat
        assert it.poller.status.effective == INTERVAL
        await self.ended(running)

    async def test_after_a_failure_no_source_is_read_before_its_pause_is_over(self) -> None:
        wall = Throttled("slow down")
        wall.retry_after = 70.0
        it = world({"a": wall})
        running = asyncio.create_task(it.poller.run())
        await self.until(it, lambda: it.poller.status.next_at is not None)
        assert it.poller.status.next_at == NOW + 70_000
        await self.ended(running)

    async def test_sources_that_are_read_together_take_turns(self) -> None:
        turns: list[int] = []
        polls = 0

        def counted() -> list[Task]:
            nonlocal polls
            polls += 1
            return []

        async def turn() -> None:
            turns.append(polls)

        it = world({"a": counted})
        it.poller._patience = it.poller._patience._replace(turn=turn)
        running = asyncio.create_task(it.poller.run())
        await self.until(it, lambda: it.poller.status.next_at is not None)
        before = len(turns)
        it.poller.poke()
        await self.until(it, lambda: polls == 2)
        assert turns[before] == 1  # before the read began
        await self.ended(running)

    async def until(self, it: World, holds: Callable[[], bool]) -> None:
        """Waits for news after which something holds."""
        async with asyncio.timeout(5):
            while not holds():
                it.news.clear()
                await it.news.wait()

    async def ended(self, running: asyncio.Task[None]) -> None:
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


async def test_a_poll_tells_its_beginning_its_pages_and_its_end() -> None:
    it = world({"a": [task("1")], "b": []})
    await it.poller.poll()
    told = [(one.status.reading, len(one.upserted)) for one in it.changes]
    assert told[0] == (True, 0)
    assert told[-1] == (False, 0)
    assert sum(rows for _, rows in told) == 1


def test_an_outcome_without_errors_may_be_incomplete() -> None:
    assert not Outcome(1, ("a",)).complete


def test_what_narrows_the_lists_at_the_provider_is_told() -> None:
    from tui.adapters.alibaba_fc import Settings

    given: dict[str, Any] = {
        "name": SourceName("fc"),
        "adapter": "alibaba-fc",
        "account": "ali",
        "region": Region("cn-hangzhou"),
    }
    assert Settings(**given, functions="*").pushed == ()
    narrow = Settings(**given, functions=("a", "b"), qualifier="LATEST")
    assert narrow.pushed == ("functions: a, b", "qualifier: LATEST")
