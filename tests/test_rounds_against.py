"""Rounds against a cloud that means ill, a clock that jumps, and a source that is partly broken for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest

from tests.tasks import NOW
from tests.test_rounds import HOUR, INTERVAL, SIZE, Provider, Watch, add, end, history
from tui.answers import Listing, Mapped, Page, Want
from tui.errors import AuthError, BadRequest, CallError, Denied, Malformed, NotFound, Unavailable
from tui.model import State, Task
from tui.reading import Outcome
from tui.rounds import CALM, FIRST, OVERLAP, RECONCILE, WHOLES, Rounds
from tui.settings.kinds import Count
from tui.status import Word


@dataclass
class Functions(Provider):
    """A provider with a list for each function; `poison` are the ids whose by-id read fails, `torn` unreadable rows."""

    names: list[str] = field(default_factory=lambda: ["fn"])
    poison: dict[str, CallError] = field(default_factory=dict)
    torn: set[str] = field(default_factory=set)
    endless: bool = False
    calls: list[list[str]] = field(default_factory=list)
    at_once: ClassVar[int] = 1

    async def plan(self, want: Want) -> Sequence[Listing]:
        self.wants.append(want)
        return [Listing(name, scope=name) for name in self.names] + [Listing("?", None)] * self.endless

    async def page(self, listing: Listing, cursor: Any = None) -> Page:
        if listing.label == "?":
            return Page((), (), ("again",))
        self.pages += 1
        if listing.label in self.errors:
            raise self.errors[listing.label]
        found = [
            one
            for one in self.tasks.values()
            if one.key.scope == listing.scope and one.key.id not in self.hidden | self.forgotten
        ]
        found.sort(key=self.order)
        at = cursor or 0
        rows = tuple({"id": one.key.id} for one in found[at : at + SIZE])
        following = (at + SIZE,) if at + SIZE < len(found) else ()
        return Page(Mapped(rows, self._make), rows, following)

    def _make(self, row: Any) -> Task:
        if row["id"] in self.torn:
            raise Malformed("a row without taskId")
        return self.tasks[row["id"]]

    async def settle(self, tasks: Sequence[Task]) -> Sequence[Task]:
        self.calls.append([one.key.id for one in tasks])
        for one in tasks:
            if one.key.id in self.poison:
                raise self.poison[one.key.id]
        return await super().settle(tasks)


async def rounds(it: Watch, count: int) -> list[bool]:
    """So many rounds; which were whole."""
    return [(await it.round()).since is None for _ in range(count)]


def leave(it: Watch, ident: str, state: State = State.SUCCEEDED) -> None:
    """A task ends, and no list shows it any more."""
    end(it, ident, state)
    it.provider.hidden.add(ident)


@pytest.mark.parametrize("error", [Denied("no"), NotFound("no such function"), BadRequest("no")])
async def test_a_list_that_is_refused_for_good_does_not_keep_what_left_another_one_running(error: CallError) -> None:
    provider = Functions(names=["fn", "other"], errors={"other": error})
    it = Watch(provider)
    add(it, "1")
    add(it, "2")
    await it.round()
    leave(it, "1")
    await it.round()
    assert it.states == {"1": State.SUCCEEDED, "2": State.RUNNING}
    provider.forgotten.add("2")
    await rounds(it, 2)
    assert it.states["2"] is State.VANISHED  # its own list was read whole


async def test_what_a_list_that_failed_might_still_show_has_not_vanished() -> None:
    provider = Functions(names=["fn", "other"])
    it = Watch(provider)
    add(it, "1")
    await it.round()
    provider.errors["fn"] = Denied("no")
    provider.forgotten.add("1")
    await rounds(it, 5)
    assert it.states == {"1": State.RUNNING}


@pytest.mark.parametrize("error", [BadRequest("cannot be signed"), Malformed("what"), Denied("no")])
async def test_a_task_that_cannot_be_asked_by_id_hides_no_other(error: CallError) -> None:
    provider = Functions(poison={"00": error})
    it = Watch(provider)
    for at in range(30):
        add(it, f"{at:02d}", created_at=NOW - at)
    await it.round()
    for at in range(30):
        leave(it, f"{at:02d}")
    await it.round()
    assert it.states == {"00": State.RUNNING} | {f"{at:02d}": State.SUCCEEDED for at in range(1, 30)}
    assert it.poller.status.missing == ("tasks that left the lists",)
    assert it.poller.status.trouble is not None


async def test_many_tasks_that_cannot_be_asked_by_id_are_asked_last() -> None:
    ill = {f"ill{at:02d}": BadRequest("no") for at in range(60)}
    provider = Functions(poison=dict(ill))
    it = Watch(provider)
    for ident in (*ill, "well"):
        add(it, ident, seen_at=1 if ident in ill else 2)
    await it.round()
    for ident in (*ill, "well"):
        leave(it, ident)
    await rounds(it, 30)
    assert it.states["well"] is State.SUCCEEDED
    provider.calls.clear()
    await it.round()
    assert len(provider.calls) < 30  # not each of them in each round


async def test_a_discovery_without_an_end_does_not_make_every_read_whole_for_ever() -> None:
    provider = Functions(tasks=history(), endless=True)
    it = Watch(provider)
    add(it, "1")
    wholes = await rounds(it, 20)
    assert wholes == [True] * WHOLES + [False] * (20 - WHOLES)
    assert it.poller.status.word(round(it.now)) is Word.PARTIAL
    assert it.poller.status.whole_at is None
    leave(it, "1")
    await it.round()
    assert it.states["1"] is State.SUCCEEDED


async def test_a_row_that_nobody_can_read_is_the_only_one_that_is_missing() -> None:
    provider = Functions(tasks=history(), torn={"old1"})
    it = Watch(provider)
    add(it, "1")
    await it.round()
    assert it.states.keys() == provider.tasks.keys() - {"old1"}
    assert it.poller.status.word(round(it.now)) is Word.ERROR
    leave(it, "1")
    await rounds(it, WHOLES)
    assert it.states["1"] is State.SUCCEEDED
    await it.round()
    assert provider.pages <= 2  # not the whole list in each round because of one row


async def test_a_list_with_a_row_that_nobody_can_read_is_read_no_deeper_from_round_to_round() -> None:
    provider = Functions(tasks=history(), torn={"old1"})
    it = Watch(provider)
    await rounds(it, WHOLES)
    for at in range(40):
        add(it, f"new{at}", State.SUCCEEDED, ended_at=round(it.now))
        await it.round(1)
    assert provider.pages <= 2 + OVERLAP / 1000 / SIZE


async def test_a_burst_of_late_rows_is_one_lesson_and_is_forgotten_in_time() -> None:
    it = Watch(Provider(history()))
    await it.round()
    await it.round(FIRST)
    it.now += HOUR
    for at in range(SIZE * 20):
        add(it, f"fresh{at}", State.SUCCEEDED, ended_at=round(it.now))
    await it.round()
    for at in range(SIZE * 12):
        add(it, f"late{at}", State.SUCCEEDED, created_at=round(it.now) - HOUR // 2 - at, ended_at=round(it.now))
    it.poller.poke()
    await it.round()
    lessons = 0
    while (want := await it.round()).since is None:
        lessons += 1
    assert lessons == 0
    assert want.since == round(it.now - INTERVAL * 1000 - OVERLAP * 2)
    for _ in range(CALM):
        it.poller.poke()
        await it.round()
    want = await it.round()
    assert want.since == round(it.now - INTERVAL * 1000 - OVERLAP)


async def test_what_max_tasks_lets_go_and_a_whole_read_finds_again_has_not_come_late() -> None:
    it = Watch(Provider(history()), max_tasks=Count(6))
    await it.round()
    for at in range(40):
        add(it, f"new{at}", State.SUCCEEDED, ended_at=round(it.now))
        await it.round()
    for _ in range(10):
        it.poller.poke()
        await it.round(60)
    await it.round()
    assert (await it.round()).since == round(it.now - INTERVAL * 1000 - OVERLAP)


@pytest.mark.parametrize("skew", [-1140.0, 1140.0])
async def test_the_times_of_rows_are_by_the_providers_clock(skew: float) -> None:
    it = Watch(Provider(history()))
    it.poller._line.skew = skew
    await it.round()
    await it.round()
    assert it.provider.pages == 1
    for at in range(SIZE * 3):
        there = round(it.now + skew * 1000)
        add(it, f"new{at}", State.SUCCEEDED, created_at=there + at, ended_at=there + at)
    await it.round()
    assert it.provider.pages == 4
    assert it.states == it.truth


async def test_a_clock_that_is_set_back_an_hour_does_not_put_off_the_next_whole_read() -> None:
    it = Watch(Provider(history()))
    await it.round()
    await it.round(FIRST)
    for at in range(SIZE * 2):
        add(it, f"new{at}", State.SUCCEEDED, ended_at=round(it.now))
    assert (await it.round(-3600)).since is None
    assert it.states == it.truth
    assert (await it.round()).since is not None


async def test_that_there_was_no_news_does_not_show_that_news_come_first() -> None:
    tasks = {key: one._replace(created_at=None, ended_at=None) for key, one in history().items()}
    added: list[str] = []
    it = Watch(Provider(tasks, order=lambda one: added.index(one.key.id) if one.key.id in added else -1))
    await it.round()
    await rounds(it, 3)
    added.append("last")
    add(it, "last", State.FAILED, created_at=None)
    await it.round()
    assert it.states == it.truth


async def test_an_end_that_a_list_takes_back_is_not_lost_because_the_by_id_read_does_not_know_the_task() -> None:
    it = Watch(Forgetful())
    add(it, "1", State.SUCCEEDED)
    await it.round()
    add(it, "1", State.RUNNING)
    await rounds(it, 3)
    assert it.states == {"1": State.SUCCEEDED}


class Forgetful(Functions):
    """Knows no task by its id."""

    async def settle(self, tasks: Sequence[Task]) -> Sequence[Task]:
        return [one._replace(state=State.VANISHED) for one in tasks]


async def test_functions_that_come_and_go_leave_nothing_behind() -> None:
    provider = Functions(tasks=history(), names=["fn", "gone"])
    it = Watch(provider)
    await it.round()
    began = it.now
    provider.names = ["fn"]
    await it.round(FIRST)
    await it.round()
    want = await it.round()
    assert want.since is not None
    assert want.since > began
    assert it.poller._rounds._lists.keys() == {"fn"}


async def test_a_whole_read_that_a_refused_key_ended_was_none() -> None:
    it = Watch(Provider(history()))
    await it.round()
    await it.round()
    it.provider.errors["all"] = AuthError("no")
    it.poller.poke()
    await it.round()
    it.provider.errors.clear()
    assert (await it.round()).since is None


async def test_a_read_with_something_missing_is_no_whole_one() -> None:
    it = Watch(Functions(tasks=history(), endless=True))
    await it.round()
    assert it.poller.status.whole_at is None


async def test_a_list_that_is_down_for_good_does_not_keep_what_left_another_one_running() -> None:
    provider = Functions(names=["fn", "other"], errors={"other": Unavailable("down")})
    it = Watch(provider)
    add(it, "1")
    await it.round()
    leave(it, "1")
    await it.round()
    assert it.states == {"1": State.SUCCEEDED}


def test_a_whole_read_without_any_answer_is_due_until_there_is_one() -> None:
    some = Rounds()
    for at in range(WHOLES * 3):
        began = NOW + at
        some.over(some.want(began, INTERVAL), began, Outcome(0, ("everything",), (Unavailable("down"),)))
    assert some.want(NOW + round(RECONCILE), INTERVAL).since is None
