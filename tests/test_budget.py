"""No second ever holds more calls than the share of the limit, where we send and where the provider counts."""

from __future__ import annotations

import asyncio
import math
from bisect import bisect_left
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fidelity.virtual_loop import run
from tui.budget import (
    HELD,
    LEAST,
    LONGEST_HINT,
    SECOND,
    SHORT,
    TICK,
    UNDOCUMENTED,
    Budget,
    Lane,
    Urgency,
    allowed,
    loop_time,
    urgency,
)
from tui.calls import Action
from tui.errors import Denied, Throttled
from tui.settings import EVERYTHING

SCOPE = ("alibaba", "acme", "cn-hangzhou")


def lane(share: float = 0.6, rate: float | None = None) -> Lane:
    found = Budget().lane(SCOPE, Action("List", rate=rate), share)
    assert found is not None
    return found


def most_in_a_window(times: Sequence[float], seconds: float = 1.0) -> int:
    """The most that any half-open window holds: it begins at one of them."""
    ordered = sorted(times)
    return max((bisect_left(ordered, one + seconds) - at for at, one in enumerate(ordered)), default=0)


def wall(hint: float | None = None) -> Throttled:
    error = Throttled("slow down", code="Throttling.User", request_id="r-1", http_status=400)
    error.retry_after = hint
    return error


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


class Plan(NamedTuple):
    """One request: when it is wanted after the one before, how long it takes, when in that time it arrives."""

    after: float
    takes: float
    arrives: float
    urgency: Urgency
    ends: str
    patience: float


PLANS = st.lists(
    st.builds(
        Plan,
        st.sampled_from([0.0, 0.0, 0.0, 0.05, 0.7, 3.0]),
        st.one_of(st.sampled_from([0.0, 0.01, 30.0]), st.floats(0, 2)),
        st.floats(0, 1),
        st.sampled_from(Urgency),
        st.sampled_from(["well", "well", "well", "well", "throttled", "hint", "denied", "cancelled"]),
        st.floats(0, 3),
    ),
    min_size=1,
    max_size=60,
)


class Seen(NamedTuple):
    """What a run of plans showed."""

    let_go: list[float]
    arrived: list[float]
    at_once: int


async def carried_out(one: Lane, plans: Sequence[Plan]) -> Seen:
    """All requests of some plans, side by side as they are wanted."""
    let_go: list[float] = []
    arrived: list[float] = []
    flying = most = 0

    async def request(plan: Plan) -> None:
        nonlocal flying, most
        urgency.set(plan.urgency)
        async with one.turn():
            let_go.append(loop_time())
            arrives = loop_time() + plan.takes * plan.arrives
            flying += 1
            most = max(most, flying)
            try:
                await asyncio.sleep(plan.takes)
            finally:
                flying -= 1
                arrived.append(min(arrives, loop_time()))  # a connection that is given up brings nothing any more
            if plan.ends in ("throttled", "hint"):
                raise wall(plan.patience if plan.ends == "hint" else None)
            if plan.ends == "denied":
                raise Denied("no")

    async def asked(plan: Plan) -> None:
        try:
            await asyncio.wait_for(request(plan), plan.patience if plan.ends == "cancelled" else None)
        except (Throttled, Denied, TimeoutError):
            return

    running = []
    for plan in plans:
        await asyncio.sleep(plan.after)
        running.append(asyncio.create_task(asked(plan)))
    await asyncio.gather(*running)
    return Seen(let_go, arrived, most)


@pytest.mark.parametrize(
    ("rate", "share", "found"),
    [(20.0, 0.6, 12), (None, 0.6, 0.6 * UNDOCUMENTED), (100.0, 1.0, 100), (20.0, EVERYTHING, math.inf)],
)
def test_the_share_of_a_limit(rate: float | None, share: float, found: float) -> None:
    assert allowed(Action("List", rate=rate), share) == pytest.approx(found)


class TestPace:
    @given(st.floats(0.05, 1), st.sampled_from([1.0, 2.0, 5.0, 20.0, 100.0, None]), PLANS)
    def test_no_second_holds_more_than_the_share(self, share: float, rate: float | None, plans: list[Plan]) -> None:
        """Whatever is wanted, however long it takes, wherever on its way a request is counted."""
        found = run(carried_out(lane(share, rate), plans))
        limit = allowed(Action("List", rate=rate), share)
        most, seconds = (limit, 1.0) if limit >= 1 else (1, 1 / limit)
        assert most_in_a_window(found.let_go, seconds) <= most + 1e-9
        assert most_in_a_window(found.arrived, seconds) <= most + 1e-9
        assert found.at_once <= 2

    @given(PLANS)
    def test_they_are_spaced_but_for_two_at_once(self, plans: list[Plan]) -> None:
        let_go = run(carried_out(lane(0.6, 20), plans)).let_go
        for at, one in enumerate(let_go):
            for more, later in enumerate(let_go[at + 1 :]):
                assert later - one >= more / 12 - 1 / 32  # a tick of such a lane

    @given(
        st.sampled_from([2.0, 5.0, 20.0, 100.0, None]),
        st.lists(st.sampled_from([0, 0, 0, 0.05, 0.1, 0.7, 3]), min_size=1),
    )
    def test_nobody_goes_later_than_evenly_spaced_but_for_a_tick(
        self, rate: float | None, silences: list[float]
    ) -> None:
        plans = [Plan(silence, 0, 0, Urgency.REST, "well", 0) for silence in silences]
        step = SECOND / math.floor(allowed(Action("List", rate=rate), 0.6) + 1e-9)
        wanted, even = 0.0, -math.inf
        for silence, went in zip(silences, run(carried_out(lane(0.6, rate), plans)).let_go, strict=True):
            wanted += silence
            even = max(wanted, even + step)
            assert wanted - 1e-9 <= went <= even + TICK + 1e-9

    def test_those_of_several_lanes_go_together(self) -> None:
        """A process that sleeps is woken once for all of them, though their first ones went a little apart."""

        async def story() -> list[list[float]]:
            budget, found = Budget(), list[asyncio.Task[Seen]]()
            for account in "abcd":
                one = budget.lane(("alibaba", account, "cn-hangzhou"), Action("List"), 0.6)
                assert one is not None
                found.append(asyncio.create_task(carried_out(one, [Plan(0, 0.004, 0, Urgency.REST, "well", 0)] * 5)))
                await asyncio.sleep(0.001)
            return [(await each).let_go for each in found]

        for at, let_go in enumerate(run(story())):
            assert let_go == pytest.approx([at / 1000] * 2 + [0.375] * 2 + [0.6875], abs=1e-6)

    @given(st.lists(st.floats(0.5, 100), min_size=1, max_size=4))
    def test_silence_saves_nothing_up(self, silences: list[float]) -> None:
        async def story() -> list[float]:
            one, found = lane(), list[float]()
            for silence in silences:
                burst = [Plan(0, 0, 0, Urgency.REST, "well", 0)] * 20
                found += (await carried_out(one, burst)).let_go
                await asyncio.sleep(silence)
            return found

        assert most_in_a_window(run(story())) == 6

    @pytest.mark.parametrize(("rate", "share", "least"), [(None, 0.6, 5.8), (20.0, 0.6, 11.6), (100.0, 0.6, 58)])
    def test_the_share_is_used_where_it_is_wanted(self, rate: float | None, share: float, least: float) -> None:
        plans = [Plan(0, 0.005, 0.5, Urgency.REST, "well", 0)] * 600
        found = run(carried_out(lane(share, rate), plans))
        assert 600 / (found.let_go[-1] - found.let_go[0]) >= least

    def test_a_slow_answer_holds_up_only_itself(self) -> None:
        slow, quick = Plan(0, 30, 0, Urgency.REST, "well", 0), Plan(0, 0.01, 0, Urgency.REST, "well", 0)
        found = run(carried_out(lane(), [slow, *[quick] * 60]))
        assert found.let_go[-1] < 15

    def test_scopes_and_actions_have_lanes_of_their_own(self) -> None:
        async def story() -> float:
            budget = Budget()
            for scope in (SCOPE, ("alibaba", "acme", "cn-beijing"), ("alibaba", "other", "cn-hangzhou")):
                for name in ("List", "Get"):
                    one = budget.lane(scope, Action(name), 0.6)
                    assert one is not None
                    assert one is budget.lane(scope, Action(name), 0.6)
                    async with one.turn():
                        pass
            return loop_time()

        assert run(story()) == 0

    def test_off_is_no_limit_at_all(self) -> None:
        assert Budget().lane(SCOPE, Action("List", rate=1), EVERYTHING) is None

    def test_what_the_last_minute_used(self) -> None:
        async def story() -> list[float]:
            one = lane()
            found = [one.used]
            plans = [Plan(0, 0, 0, Urgency.REST, "well", 0)] * 36
            await carried_out(one, plans)
            found.append(one.used)
            await asyncio.sleep(50)
            found.append(one.used)
            await asyncio.sleep(20)
            return [*found, one.used]

        assert run(story()) == pytest.approx([0, 0.1, 0.1, 0])


async def asks(one: Lane, names: str, order: list[str], urgencies: dict[str, Urgency]) -> list[asyncio.Task[None]]:
    """Requests that wait, in the order of their names; `order` is told when they go."""

    async def request(name: str) -> None:
        urgency.set(urgencies.get(name, Urgency.REST))
        async with one.turn():
            order.append(name)

    found = []
    for name in names:
        found.append(asyncio.create_task(request(name)))
        await settled()
    return found


class TestWhoGoesFirst:
    def test_the_most_urgent_and_among_equals_the_first(self) -> None:
        async def story() -> list[str]:
            one, order = lane(), list[str]()
            classes = {"b": Urgency.IN_FLIGHT, "c": Urgency.VISIBLE, "d": Urgency.WATCHED, "f": Urgency.VISIBLE}
            await asyncio.gather(*await asks(one, "01abcdef", order, classes))
            return order

        assert run(story()) == [*"01dcfbae"]

    def test_who_comes_back_does_not_overtake_who_waits(self) -> None:
        async def story() -> list[str]:
            one, order = lane(), list[str]()

            async def twice() -> None:
                async with one.turn():
                    await asyncio.sleep(5)
                async with one.turn():
                    order.append("again")

            both = [asyncio.create_task(twice()) for _ in range(2)]
            await asyncio.sleep(1)
            (waiting,) = await asks(one, "a", order, {})
            await asyncio.gather(waiting, *both)
            return order

        assert run(story()) == ["a", "again", "again"]

    def test_nobody_starves(self) -> None:
        async def story() -> float:
            one = lane()

            async def flood() -> None:
                urgency.set(Urgency.WATCHED)
                while True:
                    async with one.turn():
                        pass

            floods = [asyncio.create_task(flood()) for _ in range(20)]
            await settled()
            began = loop_time()
            async with one.turn():
                took = loop_time() - began
            for each in floods:
                each.cancel()
            await asyncio.gather(*floods, return_exceptions=True)
            return took

        # after 30 s it is as urgent as they are; those that came before it go first: 20 of them
        assert 20 <= run(story()) <= 34

    @given(st.lists(st.sampled_from("abcdefghij"), unique=True, max_size=9))
    def test_who_gives_up_leaves_no_hole(self, giving_up: list[str]) -> None:
        async def story(names: str, giving_up: list[str]) -> tuple[list[str], float]:
            one, order = lane(), list[str]()
            for _ in range(2):
                await end(one)
            waiting = dict(zip(names, await asks(one, names, order, {}), strict=True))
            for name in giving_up:
                waiting[name].cancel()
            await asyncio.gather(*waiting.values(), return_exceptions=True)
            return order, loop_time()

        stay = "".join(name for name in "abcdefghij" if name not in giving_up)
        order, took = run(story("abcdefghij", giving_up))
        assert order == [*stay]
        assert took == pytest.approx(run(story(stay, []))[1])

    def test_not_even_if_it_was_let_go_in_that_moment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def story() -> float:
            one, order = lane(), list[str]()
            for _ in range(2):
                await end(one)
            first, second = await asks(one, "ab", order, {})
            let_go = one._let_go

            def and_cancelled() -> float:
                monkeypatch.undo()
                asyncio.get_running_loop().call_soon(first.cancel)  # before it hears of it
                return let_go()

            monkeypatch.setattr(one, "_let_go", and_cancelled)
            await asyncio.gather(first, second, return_exceptions=True)
            assert first.cancelled()
            assert order == ["b"]
            return loop_time()

        assert run(story()) == 0.375

    def test_a_lane_that_nobody_waits_at_runs_no_task(self) -> None:
        async def story() -> int:
            one = lane()
            for _ in range(2):
                await end(one)
            (waiting,) = await asks(one, "a", [], {})
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            await settled()
            return len(asyncio.all_tasks())

        assert run(story()) == 1


async def end(one: Lane, error: Throttled | None = None) -> None:
    """One request and its end."""
    try:
        async with one.turn():
            if error is not None:
                raise error
    except Throttled:
        return


class TestThrottling:
    def test_each_refusal_halves_the_pace_down_to_a_sixteenth(self) -> None:
        async def story() -> list[float]:
            one, paces = lane(), list[float]()
            for _ in range(6):
                await end(one, wall())
                paces.append(one.pace)
            return paces

        assert run(story()) == [1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 16, 1 / 16]

    def test_two_that_were_under_way_are_one_refusal(self) -> None:
        async def story() -> float:
            one = lane()
            plans = [Plan(0, 5, 0, Urgency.REST, "throttled", 0)] * 2
            await carried_out(one, plans)
            return one.pace

        assert run(story()) == 1 / 2

    def test_a_slower_pace_is_kept(self) -> None:
        async def story() -> list[float]:
            one = lane()
            await end(one, wall())
            return (await carried_out(one, [Plan(0, 0, 0, Urgency.REST, "denied", 0)] * 10)).let_go

        assert all(later - earlier >= 1 / 3 for earlier, later in pairwise(run(story())))

    def test_success_recovers_it_slowly(self) -> None:
        async def story() -> list[tuple[float, float]]:
            one, found = lane(), list[tuple[float, float]]()
            for _ in range(4):
                await end(one, wall())
            while one.pace < 1:
                await asyncio.sleep(1)
                await end(one)
                found.append((loop_time(), one.pace))
            return found

        found = run(story())
        for (before, slow), (after, fast) in pairwise(found):
            assert 0 < fast - slow <= (after - before) / 20 + 1e-9
        assert (1 - LEAST) * 20 - 1 <= found[-1][0] - found[0][0] <= (1 - LEAST) * 40 + 5

    def test_silence_proves_little(self) -> None:
        async def story() -> float:
            one = lane()
            for _ in range(4):
                await end(one, wall())
            await asyncio.sleep(3600)
            await end(one)
            return one.pace

        assert LEAST < run(story()) <= LEAST + 5 / 20

    def test_a_wall_is_no_calm(self) -> None:
        async def story() -> float:
            one = lane()
            await end(one)
            await end(one, wall(10))
            await end(one)
            assert loop_time() == pytest.approx(10)
            return one.pace

        assert 1 / 2 <= run(story()) < 0.52

    @pytest.mark.parametrize("hint", [2.0, SHORT])
    def test_nobody_goes_before_the_providers_hint(self, hint: float) -> None:
        async def story() -> list[float]:
            one = lane()
            waiting = asyncio.create_task(carried_out(one, [Plan(0, 0, 0, Urgency.WATCHED, "well", 0)] * 5))
            await end(one, wall(hint))
            assert one.closed_for == hint
            found = (await waiting).let_go
            assert one.closed_for == 0
            return found

        assert min(run(story())) >= hint

    def test_behind_a_long_wall_everybody_is_told_at_once(self) -> None:
        async def story() -> list[Throttled]:
            one, told = lane(), list[Throttled]()

            async def ask() -> None:
                try:
                    async with one.turn():
                        raise AssertionError("let go")
                except Throttled as error:
                    told.append(error)

            async def first() -> None:
                await end(one, wall(60))

            waiting = [asyncio.create_task(first())]
            waiting += [asyncio.create_task(ask()) for _ in range(3)]
            await asyncio.gather(*waiting)
            await ask()
            assert loop_time() == 0
            await asyncio.sleep(60 - SHORT)
            async with one.turn():
                assert loop_time() == 60
            return told

        told = run(story())
        assert [(one.message, one.code, one.request_id, one.http_status) for one in told] == [
            ("slow down", "Throttling.User", "r-1", 400)
        ] * 4
        assert [one.retry_after for one in told] == [60] * 4
        assert len({id(one) for one in told}) == 4

    def test_a_hint_of_a_day_closes_a_lane_for_a_quarter_of_an_hour(self) -> None:
        async def story() -> float:
            one = lane()
            await end(one, wall(86_400))
            return one.closed_for

        assert run(story()) == HELD

    @pytest.mark.parametrize("again", [True, False])
    def test_who_asks_for_it_gets_one_request_through_a_wall(self, again: bool) -> None:
        async def story() -> list[float]:
            one = lane()
            await end(one, wall(600))
            one.again()
            went = list[float]()

            async def ask() -> None:
                with suppress(Throttled):
                    async with one.turn():
                        went.append(loop_time())
                        await asyncio.sleep(1)
                        if again:
                            raise wall(600)

            await asyncio.gather(*(ask() for _ in range(3)))
            assert (one.closed_for > 0) is again
            return went

        went = run(story())
        assert len(went) == (1 if again else 3)
        assert went[1:] == sorted(went[1:])
        assert all(one >= went[0] + 1 for one in went[1:])  # not before the first has shown that the wall is gone

    @pytest.mark.parametrize("hint", [None, 0.0, -5.0, math.nan, math.inf, LONGEST_HINT * 2])
    def test_what_is_no_hint_closes_nothing(self, hint: float | None) -> None:
        async def story() -> float:
            one = lane()
            await end(one, wall(hint))
            return one.closed_for

        assert run(story()) == 0


def test_the_clock_and_the_sleep_are_given() -> None:
    """Without a loop's own time: what the budget waits is what it was told to wait with."""
    now, naps = 1000.0, list[float]()

    async def sleep(seconds: float) -> None:
        nonlocal now
        naps.append(seconds)
        now += seconds

    async def story() -> None:
        one = Budget(lambda: now, sleep).lane(SCOPE, Action("List", rate=10), 0.5)
        assert one is not None
        for _ in range(4):
            async with one.turn():
                pass

    asyncio.run(story())
    assert naps == pytest.approx([0.4375])  # two at once; two steps of 0.204, up to a tick
