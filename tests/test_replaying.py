"""Replaying: the picture at each moment is the recorded one, on the recorded clock."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.tasks import NOW, SOURCE, task
from tui.errors import NotFound
from tui.model import Source, State, Task, TaskKey
from tui.recorded import Recording, Said, Sighted
from tui.replaying import ReplayDesk
from tui.status import Word

SECOND = 1000
KEY = TaskKey("src", "fn", "t1")


def sighted(at: int, state: State = State.RUNNING, ident: str = "t1") -> Sighted:
    return Sighted(at, SOURCE, task(ident, state, seen_at=at))


class World:
    """A desk on some events, and a watch that a test sets."""

    def __init__(
        self,
        *events: Sighted | Said,
        speed: float = 1.0,
        known: Sequence[Source] = (),
        sources: Sequence[Source] = (SOURCE,),
    ) -> None:
        self.watch = 50.0
        told = Recording(events, {one.name: one for one in sources})
        named = {one.name: one for one in known}
        self.desk = ReplayDesk(told, Path("none.toml"), speed=speed, known=named, monotonic=lambda: self.watch)

    async def after(self, seconds: float) -> None:
        """So much later by our own watch, with what that brings."""
        self.watch += seconds
        await self.turn()

    async def turn(self) -> None:
        """The desk looks at its clock now."""
        self.desk._woken.set()
        for _ in range(8):
            await asyncio.sleep(0)

    async def __aenter__(self) -> World:
        self.running = asyncio.create_task(self.desk.run(lambda: None))
        await self.turn()
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.running.cancel()
        await asyncio.gather(self.running, return_exceptions=True)

    @property
    def task(self) -> Task | None:
        return self.desk.store.get(KEY)

    def word(self, name: str = "src") -> Word:
        return self.desk.store.status(name).word(self.desk.clock())


async def test_each_event_comes_at_its_time() -> None:
    async with World(sighted(NOW), sighted(NOW + 10 * SECOND, State.FAILED)) as world:
        assert world.task is not None
        assert world.task.state is State.RUNNING
        await world.after(9)
        assert (world.task.state, world.desk.clock()) == (State.RUNNING, NOW + 9 * SECOND)
        await world.after(1)
        assert (world.task.state, world.desk.clock()) == (State.FAILED, NOW + 10 * SECOND)


async def test_a_speed_makes_time_go_faster_and_keys_change_it() -> None:
    async with World(sighted(NOW), sighted(NOW + 600 * SECOND, State.FAILED), speed=10) as world:
        await world.after(6)
        assert world.desk.clock() == NOW + 60 * SECOND
        assert "20 times" in world.desk.faster(-1)
        await world.after(6)
        assert world.desk.clock() == NOW + 180 * SECOND
        assert world.desk.note == "replay 20x"
        for _ in range(40):
            world.desk.faster(1)
        await world.after(8)
        assert world.desk.clock() == NOW + 181 * SECOND


async def test_r_goes_on_to_the_next_event_and_to_that_of_a_source() -> None:
    other = Source("other", "huawei-kps", "hw", "cn")
    event = Sighted(NOW + 50 * SECOND, other, task("k", source="other", scope="", seen_at=NOW + 50 * SECOND))
    world = World(sighted(NOW), sighted(NOW + 5 * SECOND, State.FAILED), event, sources=(SOURCE, other))
    async with world:
        world.desk.poke("other")
        await world.turn()
        assert world.desk.clock() == NOW + 50 * SECOND
        assert world.desk.store.get(event.task.key) == event.task
        assert world.task is not None
        assert world.task.state is State.FAILED


async def test_r_on_a_source_without_another_event_goes_nowhere() -> None:
    async with World(sighted(NOW), Said(NOW + SECOND, "quiet", Word.LIVE)) as world:
        for name in ("src", "nobody"):
            world.desk.poke(name)
            await world.turn()
            assert world.desk.clock() == NOW
        for _ in range(2):
            world.desk.poke()
            await world.turn()
            assert world.desk.clock() == NOW + SECOND


async def test_after_the_last_event_time_stands_still_and_it_says_so() -> None:
    async with World(sighted(NOW)) as world:
        await world.after(1)
        assert world.desk.note == "replay 1x: its end"
        await world.after(3_600)
        assert world.desk.clock() == NOW
        assert world.word() is Word.LOADING  # nobody said how the source was


async def test_a_task_that_goes_back_by_id_goes_back() -> None:
    events = sighted(NOW, State.SUCCEEDED), sighted(NOW + 1, State.RUNNING), sighted(NOW + 2, State.VANISHED)
    async with World(*events) as world:
        await world.after(0.001)
        states = [world.task.state if world.task else None]
        await world.after(0.001)
        states.append(world.task.state if world.task else None)
        assert states == [State.RUNNING, State.VANISHED]


@pytest.mark.parametrize("word", [word for word in Word if word is not Word.EMPTY])
async def test_a_source_has_the_word_that_was_recorded_however_long_that_lasts(word: Word) -> None:
    said = Said(NOW + SECOND, "src", word, "Code", "not read: a list", "r-1")
    async with World(sighted(NOW), said, sighted(NOW + 7_200 * SECOND, ident="t2"), speed=100) as world:
        for _ in range(5):
            await world.after(1)
            assert world.word() is word
        trouble = world.desk.store.status("src").trouble
        assert trouble is None or (trouble.code, trouble.request_id) == ("Code", "r-1")
        world.desk.faster(-1)
        assert world.word() is word


async def test_a_source_without_tasks_is_empty_and_its_provider_is_that_of_the_config() -> None:
    known = Source("quiet", "huawei-kps", "hw", "cn-north-4")
    said = Said(NOW, "quiet", Word.EMPTY)
    async with World(said, sighted(NOW + 1), known=(known,), sources=(SOURCE, Source("quiet", "", "", ""))) as world:
        assert world.word("quiet") is Word.EMPTY
        assert world.desk.store.sources["quiet"] == known


async def test_nothing_can_be_asked_or_done() -> None:
    async with World(sighted(NOW)) as world:
        assert world.task is not None
        assert (await world.desk.detail(KEY)).task == world.task
        with pytest.raises(NotFound, match="recording"):
            await world.desk.detail(KEY, output=True)
        assert (world.desk.deeds(world.task), world.desk.read_only, world.desk.guarded("src")) == ((), True, False)
