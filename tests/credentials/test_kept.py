"""Kept: one look at a time, none for a key that works, a new one before it ends, and again when its place changes."""

from __future__ import annotations

import asyncio
import gc
import weakref
from dataclasses import dataclass, field, replace

import pytest

from tests.fidelity.virtual_loop import run
from tui.budget import loop_time
from tui.calls import Credential, Secret
from tui.credentials.kept import LOOK_SECONDS, RETRY_SECONDS, Kept
from tui.errors import NoCredential

EPOCH = 1_700_000_000.0
ONE = Credential(key_id="AKIDONE", secret=Secret("first"))
TWO = Credential(key_id="AKIDTWO", secret=Secret("second"))


@dataclass
class Place:
    """An Origin whose key changes; every look takes `seconds`."""

    now: Credential | None = ONE
    pace: float | None = None
    patience: float = 5.0
    margin: float = 60.0
    note: str = ""
    seconds: float = 0.1
    asked: list[float] = field(default_factory=list)
    compared: list[float] = field(default_factory=list)
    urged: int = 0
    seen: Credential | None = None

    def again(self) -> None:
        self.urged += 1

    async def read(self) -> Credential:
        self.asked.append(loop_time())
        await asyncio.sleep(self.seconds)
        self.seen = self.now
        if self.now is None:
            raise NoCredential("nothing is there", code="Empty")
        return self.now

    async def changed(self) -> bool:
        self.compared.append(loop_time())
        return self.pace is None or self.seen != self.now


def wall() -> float:
    return EPOCH + loop_time()


def ending(seconds: float, key: Credential = ONE) -> Credential:
    """A key that ends so many seconds from now."""
    return replace(key, expires_at=round((wall() + seconds) * 1000))


async def missing(kept: Kept) -> NoCredential:
    with pytest.raises(NoCredential) as caught:
        await kept()
    return caught.value


def test_twenty_who_ask_at_once_and_a_thousand_later_are_one_look() -> None:
    async def story() -> None:
        place = Place()
        kept = Kept(place, wall)
        assert set(await asyncio.gather(*(kept() for _ in range(20)))) == {ONE}
        for _ in range(1000):
            assert await kept() is ONE
        await asyncio.sleep(86_400)
        assert await kept() is ONE
        assert (len(place.asked), place.compared) == (1, [])

    run(story())


def test_what_is_kept_of_a_failure_holds_no_frame_with_a_secret_in_it() -> None:
    class Held:
        """What a frame had in hand."""

    async def story() -> None:
        place = Place()
        held: list[weakref.ref[Held]] = []

        async def read() -> Credential:
            secret = Held()
            held.append(weakref.ref(secret))
            raise NoCredential("its JSON is wrong")

        place.read = read  # type: ignore[method-assign] # a look that fails with a secret in hand
        kept = Kept(place, wall)
        assert (await missing(kept)).message == "its JSON is wrong"
        assert (await missing(kept)).message == "its JSON is wrong"
        gc.collect()
        assert [one() for one in held] == [None]

    run(story())


def test_twenty_who_ask_for_what_is_missing_are_one_look_too_and_each_is_told() -> None:
    async def story() -> None:
        place = Place(now=None)
        kept = Kept(place, wall)
        found = await asyncio.gather(*(kept() for _ in range(20)), return_exceptions=True)
        assert {(str(one), getattr(one, "code", "")) for one in found} == {("nothing is there", "Empty")}
        assert len({id(one) for one in found}) == 20  # each its own: a trace grows on what is raised twice
        await asyncio.sleep(0.3)
        await missing(kept)
        assert len(place.asked) == 1
        place.now = ONE
        await asyncio.sleep(5)
        assert await kept() is ONE

    run(story())


def test_a_place_with_a_pace_is_compared_and_read_only_when_it_changed() -> None:
    async def story() -> None:
        place = Place(pace=5.0)
        kept = Kept(place, wall)
        for _ in range(600):
            assert await kept() is ONE
            await asyncio.sleep(0.1)
        assert len(place.asked) == 1
        assert 8 <= len(place.compared) <= 13
        place.now = TWO
        await asyncio.sleep(5)
        assert await kept() is ONE  # the request that notices goes with what there is
        await asyncio.sleep(1)
        assert await kept() is TWO

    run(story())


def test_a_temporary_key_is_renewed_before_it_ends_behind_the_requests() -> None:
    async def story() -> None:
        place = Place(now=ending(3600))
        kept = Kept(place, wall)
        first = await kept()
        place.now, place.seconds = ending(7200), 10.0
        for _ in range(3600):
            began = loop_time()
            assert (await kept()).expires_at is not None
            assert loop_time() == began or began == 0
            await asyncio.sleep(1)
        assert [round(at) for at in place.asked] == [0, 3540]
        assert (await kept()).expires_at == place.now.expires_at != first.expires_at

    run(story())


def test_a_short_life_is_not_spent_on_renewing() -> None:
    async def story() -> None:
        place = Place(now=ending(50), margin=900)
        kept = Kept(place, wall)
        await kept()
        for _ in range(38):
            await asyncio.sleep(1)
            await kept()
        assert len(place.asked) == 1
        place.now = ending(500)
        await asyncio.sleep(3)
        await kept()
        await asyncio.sleep(1)
        assert await kept() == place.now

    run(story())


def test_what_cannot_be_renewed_works_until_it_ends_and_is_never_sent_afterwards() -> None:
    async def story() -> None:
        place = Place(now=ending(600))
        kept = Kept(place, wall)
        await kept()
        held, place.now = place.now, None
        for _ in range(590):
            assert await kept() == held
            await asyncio.sleep(1)
        assert 2 <= len(place.asked) <= 2 + 60 / RETRY_SECONDS
        await asyncio.sleep(15)
        assert "nothing is there" in str(await missing(kept))

    run(story())


def test_a_place_that_still_gives_the_old_key_says_when_that_ended() -> None:
    async def story() -> None:
        place = Place(now=ending(100))
        kept = Kept(place, wall)
        await kept()
        await asyncio.sleep(101)
        assert "ended at 2023-11-14 22:15:00 UTC" in str(await missing(kept))

    run(story())


def test_a_file_that_is_just_being_written_costs_no_key_but_one_that_stays_broken_does() -> None:
    async def story() -> None:
        place = Place(pace=5.0)
        kept = Kept(place, wall)
        await kept()
        place.now = None
        await asyncio.sleep(6)
        assert await kept() is ONE
        await asyncio.sleep(1)
        assert await kept() is ONE
        await asyncio.sleep(6)
        await kept()
        await asyncio.sleep(1)
        await missing(kept)

    run(story())


class TestFresh:
    def test_many_who_wait_are_one_look_every_five_seconds(self) -> None:
        async def story() -> None:
            place = Place()
            kept = Kept(place, wall)
            await kept()

            async def waiting() -> float:
                while await kept.fresh() != TWO:  # noqa: ASYNC110 - as a line waits: in virtual time
                    await asyncio.sleep(LOOK_SECONDS)
                return loop_time()

            waits = [asyncio.create_task(waiting()) for _ in range(20)]
            await asyncio.sleep(600)
            assert len(place.asked) <= 2 + 600 / LOOK_SECONDS
            place.now = TWO
            began = loop_time()
            assert max(await asyncio.gather(*waits)) - began <= 2 * LOOK_SECONDS

        run(story())

    def test_a_dear_look_is_taken_less_and_less_often_until_somebody_asks(self) -> None:
        async def story() -> None:
            place = Place(now=None, patience=30.0)
            kept = Kept(place, wall)
            await missing(kept)
            for _ in range(100):
                await asyncio.sleep(LOOK_SECONDS)
                with pytest.raises(NoCredential):
                    await kept.fresh()
            apart = [round(b - a) for a, b in zip(place.asked, place.asked[1:], strict=False)]
            assert apart[:4] == [5, 10, 20, 30]
            assert set(apart[3:]) == {30}
            kept.again()
            assert place.urged == 1
            place.now = ONE
            assert await kept() is ONE
            assert place.asked[-1] >= loop_time() - 1

        run(story())


class TestAgain:
    def test_who_asks_after_it_waits_for_a_look_that_began_after_it(self) -> None:
        async def story() -> None:
            place = Place(seconds=4.0)
            kept = Kept(place, wall)
            early = asyncio.create_task(kept())
            await asyncio.sleep(1)
            kept.again()
            late = asyncio.create_task(kept())
            await asyncio.sleep(3.5)
            place.now = TWO
            assert (await early, await late) == (ONE, TWO)
            assert len(place.asked) == 2

        run(story())

    def test_a_key_that_was_taken_away_is_gone_at_once(self) -> None:
        async def story() -> None:
            place = Place()
            kept = Kept(place, wall)
            await kept()
            place.now = None
            kept.again()
            await missing(kept)

        run(story())


def test_one_who_leaves_takes_the_look_from_nobody() -> None:
    async def story() -> None:
        place = Place(seconds=5)
        kept = Kept(place, wall)
        first, second = asyncio.create_task(kept()), asyncio.create_task(kept())
        await asyncio.sleep(1)
        first.cancel()
        assert await second is ONE
        assert len(place.asked) == 1

    run(story())


def test_the_end_of_the_monitor_ends_a_look() -> None:
    async def story() -> None:
        place = Place(seconds=3600)
        kept = Kept(place, wall)
        waiting = asyncio.create_task(kept())
        await asyncio.sleep(1)
        await kept.aclose()
        assert loop_time() < 2
        with pytest.raises(asyncio.CancelledError):
            await waiting
        await kept.aclose()

    run(story())


def test_a_bug_of_a_place_is_everybodys_who_waits_for_it() -> None:
    async def story() -> None:
        place = Place()
        kept = Kept(place, wall)

        async def broken() -> Credential:
            raise ZeroDivisionError

        place.read = broken  # type: ignore[method-assign]  # a place that has a bug
        with pytest.raises(ZeroDivisionError):
            await kept()

    run(story())
