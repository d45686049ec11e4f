"""wait: which tasks it follows, when it gives up on a source, and the command on sources that do as a test says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.cli.conftest import Answer, Said, Scene, refusing, row, shelf
from tests.tasks import NOW, SOURCE, task
from tui.cli.awaited import Awaited
from tui.cli.wait import named
from tui.model import State, Task, TaskKey
from tui.poller import Poller
from tui.status import Change, Trouble, Word
from tui.store import Round, Store

KEY = Trouble(Word.AUTH, "AuthFailure", kind="AuthError")
BUSY = Trouble(Word.THROTTLED, "RequestLimitExceeded", kind="Throttled")


class World:
    """A store that has been read once, and what `wait` makes of it."""

    def __init__(self, *tasks: Task) -> None:
        self.store = Store([SOURCE])
        self.store.merge(Round(SOURCE), tasks, at=NOW)
        self.awaited = Awaited(self.store, self.store.tasks(SOURCE.name).values())

    def read(self, *tasks: Task, trouble: Trouble | None = None, answered: int | None = NOW) -> None:
        """A round: what its page shows, and how it ended."""
        self.say(reading=True)
        self.awaited.listen(self.store.merge(Round(SOURCE), tasks, at=NOW))
        self.say(reading=False, trouble=trouble, **({} if answered is None else {"answered_at": answered}))

    def say(self, **what: Any) -> None:
        """Another state of the source."""
        status = replace(self.store.status(SOURCE.name), **what)
        self.store.set_status(status)
        self.awaited.listen(Change(source=SOURCE, at=NOW, status=status))

    def due(self) -> list[tuple[str, State]]:
        """What has ended since the last time."""
        return [(one.key.id, one.state) for one in self.awaited.due()]


class TestAwaited:
    def test_what_has_ended_at_the_start_counts(self) -> None:
        world = World(task("b", State.FAILED, ended_at=NOW), task("a", State.SUCCEEDED, ended_at=NOW - 1))
        assert world.due() == [("a", State.SUCCEEDED), ("b", State.FAILED)]
        assert world.awaited.over
        assert world.awaited.said() == "2 tasks ended: 1 succeeded, 1 failed"

    def test_exactly_those_of_the_start_are_followed(self) -> None:
        world = World(task("a", State.QUEUED), task("b", State.RUNNING))
        world.read(task("a", State.RUNNING), task("c", State.RUNNING), task("d", State.FAILED))
        assert (world.due(), world.awaited.over) == ([], False)
        world.read(task("b", State.SUCCEEDED))
        assert (world.due(), world.awaited.over) == ([("b", State.SUCCEEDED)], False)
        assert world.awaited.said() == "1 task ended: 1 succeeded; 1 has not: 1 running"
        world.awaited.listen(world.store.settle(SOURCE, [task("a", State.VANISHED)], at=NOW))
        assert (world.due(), world.awaited.over) == ([("a", State.VANISHED)], True)

    def test_what_ends_and_leaves_the_store_at_once_has_ended(self) -> None:
        world = World(task("a", State.RUNNING))
        world.read(task("a", State.SUCCEEDED, ended_at=NOW))
        world.awaited.listen(world.store.expire(SOURCE, oldest=NOW + 1, most=9, at=NOW))
        assert (world.due(), world.awaited.over) == ([("a", State.SUCCEEDED)], True)

    def test_a_source_is_blind_after_a_round_that_no_waiting_mends(self) -> None:
        world = World(task("a", State.RUNNING))
        world.say(answered_at=NOW)
        world.read(trouble=BUSY)
        assert (world.awaited.over, world.awaited.troubled) == (False, True)
        world.read(trouble=KEY, answered=NOW + 1)  # one of its lists was refused, the others came
        assert not world.awaited.over
        world.say(next_at=NOW)
        assert not world.awaited.over
        world.read(trouble=KEY, answered=NOW + 1)
        assert world.awaited.over
        world.read(answered=NOW + 2)
        assert (world.awaited.over, world.awaited.troubled) == (False, False)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("src/id", TaskKey("src", "", "id")),
        ("src/fn/i%2Fd", TaskKey("src", "fn", "i/d")),
        ("other/id", None),
        ("src", None),
        ("src:fn/id", None),
        ("", None),
    ],
)
def test_a_name_up_to_the_first_slash_that_is_a_source_makes_it_a_task(text: str, key: TaskKey | None) -> None:
    assert named(text, ["src"]) == key


def shown(*states: str | Said) -> Answer:
    """One task by its id, from state to state; its lists show nothing else."""
    left = list(states)

    def answer(action: str, asked: dict[str, Any]) -> Said:
        if action == "DescribeTasks":
            return shelf()(action, asked)
        state = left.pop(0) if len(left) > 1 else left[0]
        if not isinstance(state, str):
            return state
        done = state not in ("WAITING", "PROCESSING")
        found = row("t-1", Status="FINISH" if done else state, FinishTime="2026-01-15T08:30:03Z" if done else "")
        if state == "FAILED":
            found["WorkflowTask"] = {"Status": "FINISH", "ErrCode": 1, "Message": "subtask failed"}
        return 200, {"Response": found | {"RequestId": "r-detail"}}

    return answer


REFUSED = refusing("ResourceNotFound")("", {})
BROKEN: Said = (502, b"<html>")


@pytest.mark.cloud
class TestOneTask:
    @pytest.fixture(autouse=True)
    def _at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tui.cli.wait.SLOWEST", 0.001)

    def test_it_is_asked_by_its_id_until_it_has_ended(self, scene: Scene) -> None:
        scene.source("media", shown("WAITING", "PROCESSING", "PROCESSING", "DONE"))
        ran = scene.run("wait", "media/t-1")
        assert ran.code == 0
        assert ran.out.split()[1:3] == ["succeeded", "media/t-1"]
        assert ran.out.count("\n") == 1
        assert ran.err == "taskdeck: media/t-1: succeeded\n"

    @pytest.mark.parametrize("states", [["PROCESSING", REFUSED]])
    def test_one_that_vanishes_has_not_succeeded(self, scene: Scene, states: list[str | Said]) -> None:
        scene.source("media", shown(*states))
        ran = scene.run("wait", "media/t-1")
        assert (ran.code, ran.out.split()[1]) == (1, "vanished")

    def test_one_that_does_not_exist_is_1(self, scene: Scene) -> None:
        scene.source("media", shown(REFUSED))
        ran = scene.run("wait", "media/t-1")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("taskdeck: media: ERROR ResourceNotFound")

    def test_what_passes_is_waited_for_and_said_once(self, scene: Scene) -> None:
        scene.source("media", shown("PROCESSING", BROKEN, BROKEN, "PROCESSING", "DONE"))
        ran = scene.run("wait", "media/t-1")
        assert ran.code == 0
        assert [line.split()[2] for line in ran.err.splitlines()] == ["OFFLINE", "succeeded"]

    @pytest.mark.parametrize(
        ("states", "code"),
        [
            ([BROKEN], 6),
            ([refusing("AuthFailure.SignatureFailure")("", {})], 3),
            (["PROCESSING", refusing("AuthFailure.SignatureFailure")("", {})], 3),
            (["PROCESSING", refusing("InvalidParameterValue")("", {})], 2),
        ],
    )
    def test_what_waiting_does_not_mend_ends_it(self, scene: Scene, states: list[str | Said], code: int) -> None:
        scene.source("media", shown(*states))
        ran = scene.run("wait", "media/t-1")
        assert (ran.code, ran.out) == (code, "")
        assert ran.err.count("\n") == 1

    @pytest.mark.parametrize(
        ("states", "code"), [(["PROCESSING"], 1), (["PROCESSING", BROKEN], 6)], ids=["running", "out of reach"]
    )
    def test_at_its_time_out_it_is_1_unless_nobody_knows(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch, states: list[str | Said], code: int
    ) -> None:
        over = timeout_on(monkeypatch)
        answer, asked_by_id = shown(*states), 0

        def counting(action: str, asked: dict[str, Any]) -> Said:
            nonlocal asked_by_id
            asked_by_id += action != "DescribeTasks"
            if asked_by_id > 3:
                over()
            return answer(action, asked)

        scene.source("media", counting)
        ran = scene.run("wait", "media/t-1", "--timeout", "1h30m")
        assert (ran.code, ran.out) == (code, "")
        assert ran.err.splitlines()[-1] == "taskdeck: media/t-1: running after 1h30m: the time is up"


def timeout_on(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The time-out of `wait`, which comes when it is called for, from any thread."""
    made: list[tuple[asyncio.Timeout, asyncio.AbstractEventLoop]] = []

    def timeout(seconds: float) -> asyncio.Timeout:
        made.append((asyncio.timeout(None), asyncio.get_running_loop()))
        return made[-1][0]

    monkeypatch.setattr("tui.cli.wait.timeout", timeout)

    def over() -> None:
        while made:
            one, loop = made.pop()
            loop.call_soon_threadsafe(one.reschedule, 0.0)

    return over


MOVING = shelf(PROCESSING=[row("a", FinishTime=""), row("b", FinishTime="")], DONE=[row("old")])
ONE_LEFT = shelf(PROCESSING=[row("a", FinishTime="")], DONE=[row("b"), row("old")])
ENDED = shelf(PROCESSING=[row("new", FinishTime="")], DONE=[row("a"), row("b"), row("old")])


class Rounds:
    """Answers by how often the lists were read."""

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.reads = answers, 0
        self.then: Callable[[], None] = lambda: None

    def __call__(self, action: str, asked: dict[str, Any]) -> Said:
        if asked.get("Status") == "WAITING":
            self.reads += 1
            if self.reads > len(self.answers):
                self.then()
        return self.answers[max(0, min(self.reads, len(self.answers)) - 1)](action, asked)


@pytest.mark.cloud
class TestAFilter:
    @pytest.fixture(autouse=True)
    def _at_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async def run(self: Poller) -> None:
            while True:
                await self.poll()
                await asyncio.sleep(0)  # a poll that fails before its first request lets nobody else work

        monkeypatch.setattr(Poller, "run", run)
        monkeypatch.setattr("tui.cli.following.RESTED", 0.0)

    def test_all_that_matched_at_the_start_have_ended(self, scene: Scene) -> None:
        scene.source("media", Rounds(MOVING, MOVING, ENDED))
        ran = scene.run("wait", "state:run,ok")
        assert ran.code == 0
        assert sorted(line.split()[1:3] for line in ran.out.splitlines()) == [
            ["succeeded", "media/a"],
            ["succeeded", "media/b"],
            ["succeeded", "media/old"],
        ]
        assert ran.err == "taskdeck: 3 tasks ended: 3 succeeded\n"

    def test_one_that_fails_is_1_when_all_have_ended(self, scene: Scene) -> None:
        after = shelf(FAILED=[row("a")], DONE=[row("b"), row("old")])
        scene.source("media", Rounds(MOVING, after))
        ran = scene.run("wait", "state:live")
        assert (ran.code, ran.out.count("\n")) == (1, 2)
        assert ran.err == "taskdeck: 2 tasks ended: 1 succeeded, 1 failed\n"

    def test_what_has_ended_before_counts_too(self, scene: Scene) -> None:
        scene.source("media", shelf(FAILED=[row("f")]))
        ran = scene.run("wait", "id:f")
        assert (ran.code, ran.out.split()[1:3]) == (1, ["failed", "media/f"])

    def test_none_of_none_have_failed(self, scene: Scene) -> None:
        scene.source("media", MOVING)
        ran = scene.run("wait", "nothing-like-that")
        assert ran == (0, "", "taskdeck: no task matches: there is nothing to wait for\n")

    def test_a_task_with_a_slip_in_its_source_is_no_success(self, scene: Scene) -> None:
        scene.source("media", MOVING)
        ran = scene.run("wait", "medai/a")
        assert ran == (1, "", "taskdeck: no task matches, and no source is called 'medai'\n")

    def test_where_something_could_not_be_read_it_is_partial(self, scene: Scene) -> None:
        scene.source("media", Rounds(MOVING, ENDED))
        scene.source("other", refusing("UnauthorizedOperation"))
        assert scene.run("wait", "state:live").code == 5
        assert scene.run("wait", "nothing-like-that").code == 5

    def test_where_nobody_answers_it_is_the_code_of_the_failure(self, scene: Scene) -> None:
        scene.source("media", refusing("AuthFailure.SignatureFailure"))
        ran = scene.run("wait", "state:live")
        assert (ran.code, ran.out) == (3, "")
        assert ran.err.count("\n") == 1

    def test_a_source_whose_key_is_refused_meanwhile_is_not_waited_for(self, scene: Scene) -> None:
        scene.source("media", Rounds(MOVING, refusing("AuthFailure.SignatureFailure")))
        ran = scene.run("wait", "state:live")
        assert (ran.code, ran.out) == (5, "")
        first, last = ran.err.splitlines()
        assert first.startswith("taskdeck: media: AUTH AuthFailure.SignatureFailure")
        assert last == "taskdeck: 0 tasks ended; 2 have not: 2 running"

    @pytest.mark.parametrize(("last", "code"), [(ONE_LEFT, 1), (refusing("InternalError"), 5)])
    def test_at_its_time_out_it_is_1_unless_nobody_knows(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch, last: Answer, code: int
    ) -> None:
        rounds = Rounds(MOVING, ONE_LEFT, last, last)
        rounds.then = timeout_on(monkeypatch)
        scene.source("media", rounds)
        ran = scene.run("wait", "state:live", "--timeout", "90s")
        assert ran.code == code
        assert ran.out.split()[1:3] == ["succeeded", "media/b"]
        assert ran.err.splitlines()[-2:] == [
            "taskdeck: the time is up after 1m30s",
            "taskdeck: 1 task ended: 1 succeeded; 1 has not: 1 running",
        ]

    def test_a_time_too_short_to_read_anything_is_1(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tui.cli.wait.timeout", lambda seconds: asyncio.timeout(0))
        scene.source("media", MOVING)
        ran = scene.run("wait", "state:live", "--timeout", "1s")
        assert ran == (1, "", "taskdeck: the time is up: the tasks could not be read in 1s\n")

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            ([], "the following arguments are required: TASK|FILTER"),
            (["state:"], "filter: "),
            (["media/"], "'media/' is no TASK"),
            (["x", "--timeout", "abc"], "argument --timeout: a duration is a number with a unit"),
            (["x", "--timeout", "0s"], "argument --timeout: 0s is no time at all"),
        ],
    )
    def test_what_does_not_fit_is_said_before_anything_is_read(
        self, scene: Scene, words: list[str], message: str
    ) -> None:
        assert message in scene.refused("wait", *words)
