"""tail: what is told of tasks and sources, how it is written, and the command on sources that do as a test says."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta, timezone
from typing import Any

import pytest

from tests.cli.conftest import Answer, Said, Scene, refusing, row, shelf
from tests.tasks import NOW, SOURCE, task
from tui.cli.event_lines import Paper, ndjson, text
from tui.cli.happenings import Happened, Happenings
from tui.cli.words import Complaints, Turned
from tui.formats import JSON_FIELDS
from tui.model import State, Task
from tui.poller import Poller
from tui.status import Change, Trouble, Word
from tui.store import Round, Store
from tui.text import width

SECOND = 1000
BEFORE = shelf(
    WAITING=[row("q", BeginProcessTime="", FinishTime="")],
    PROCESSING=[row("p", FinishTime="")],
    DONE=[row("d", CreateTime="2026-01-14T08:30:00Z")],
)
AFTER = shelf(WAITING=[], PROCESSING=[row("q", FinishTime="")], FAILED=[row("p")], DONE=[row("d"), row("n")])


def garbage(action: str, asked: dict[str, Any]) -> Said:
    """No JSON."""
    return 200, b"<html>"


class World:
    """A store with one source, what is told of it, and a clock that moves when told to."""

    def __init__(self, wanted: Callable[[Task], bool] = lambda task: True) -> None:
        self.now = NOW
        self.store = Store([SOURCE])
        self.happenings = Happenings(self.store, wanted, lambda: self.now)
        self.round = Round(SOURCE)

    def page(self, *tasks: Task) -> None:
        """A page of the read that goes on."""
        self.happenings.listen(self.store.merge(self.round, tasks, at=self.now))

    def by_id(self, *tasks: Task) -> None:
        """Answers by id."""
        self.happenings.listen(self.store.settle(SOURCE, tasks, at=self.now))

    def say(self, **what: Any) -> None:
        """Another state of the source."""
        known = len(self.store.tasks(SOURCE.name))
        self.store.set_status(replace(self.store.status(SOURCE.name), tasks=known, **what))
        self.happenings.listen(Change(source=SOURCE, at=self.now, status=self.store.status(SOURCE.name)))

    def read(self, *tasks: Task, **end: Any) -> None:
        """A whole read of one page, unless its end says otherwise."""
        self.round = Round(SOURCE)
        self.say(reading=True)
        self.page(*tasks)
        self.say(**{"reading": False, "answered_at": self.now, "trouble": None, "missing": ()} | end)

    def told(self) -> list[tuple[str, str, State | None]]:
        """What was told of tasks since the last time: what, id, previous state."""
        due = self.happenings.due()
        return [(one.what, one.task.key.id, one.previous) for one in due if isinstance(one, Happened)]

    def words(self) -> list[Word]:
        """What was told of the source since the last time."""
        return [one.word for one in self.happenings.due() if isinstance(one, Turned)]


class TestTasks:
    def test_what_is_there_is_seen_once_the_read_has_ended_the_newest_last(self) -> None:
        world = World()
        world.say(reading=True)
        world.page(task("new", created_at=NOW), task("old", created_at=NOW - SECOND))
        assert world.told() == []
        world.page(task("older", created_at=NOW - 2 * SECOND))
        world.say(reading=False, answered_at=NOW)
        assert world.told() == [("seen", "older", None), ("seen", "old", None), ("seen", "new", None)]

    def test_a_task_that_moves_between_lists_during_the_first_read_is_seen_once_as_it_is(self) -> None:
        world = World()
        world.say(reading=True)
        world.page(task("t", State.QUEUED))
        world.page(task("t", State.RUNNING))
        world.say(reading=False, answered_at=NOW)
        (only,) = (one for one in world.happenings.due() if isinstance(one, Happened))
        assert (only.what, only.task.state, only.previous) == ("seen", State.RUNNING, None)

    def test_afterwards_a_task_is_new_changed_or_gone(self) -> None:
        world = World()
        world.read(task("t", State.QUEUED))
        world.told()
        world.read(task("t", State.RUNNING), task("u", State.QUEUED))
        assert world.told() == [("changed", "t", State.QUEUED), ("new", "u", None)]
        world.by_id(task("t", State.SUCCEEDED))
        world.by_id(task("u", State.VANISHED))
        assert world.told() == [("changed", "t", State.RUNNING), ("gone", "u", State.QUEUED)]
        world.read(task("u", State.RUNNING))
        assert world.told() == [("changed", "u", State.VANISHED)]

    def test_two_changes_between_two_looks_are_two_lines(self) -> None:
        world = World()
        world.read(task("t", State.QUEUED))
        world.told()
        world.page(task("t", State.RUNNING))
        world.page(task("t", State.FAILED))
        assert world.told() == [("changed", "t", State.QUEUED), ("changed", "t", State.RUNNING)]

    def test_of_one_page_what_happened_last_comes_last(self) -> None:
        world = World()
        world.read(task("a", State.RUNNING), task("b", State.RUNNING))
        world.told()
        world.page(
            task("new", created_at=NOW + 3),
            task("b", State.SUCCEEDED, ended_at=NOW + 2),
            task("a", State.FAILED, ended_at=NOW + 1),
        )
        assert [ident for _, ident, _ in world.told()] == ["a", "b", "new"]

    def test_what_changes_but_the_state_is_no_line(self) -> None:
        world = World()
        world.read(task("t", State.RUNNING, progress=10.0))
        world.told()
        world.read(task("t", State.RUNNING, progress=90.0, error="almost"))
        assert world.told() == []

    def test_a_filter_is_asked_before_and_after(self) -> None:
        world = World(lambda one: one.state is State.RUNNING)
        world.read(task("t", State.QUEUED), task("u", State.RUNNING), task("v", State.QUEUED))
        assert world.told() == [("seen", "u", None)]
        world.read(task("t", State.RUNNING), task("u", State.SUCCEEDED), task("v", State.CANCELLED), task("w"))
        assert sorted(world.told()) == [
            ("changed", "t", State.QUEUED),
            ("changed", "u", State.RUNNING),
            ("new", "w", None),
        ]

    def test_until_a_source_was_read_whole_only_what_began_since_is_new(self) -> None:
        world = World()
        world.read(task("a", created_at=NOW - 9), missing=("WAITING",))
        world.told()
        world.page(task("b", created_at=NOW - 5), task("c"), task("d", created_at=NOW + 5))
        assert sorted(world.told()) == [("new", "d", None), ("seen", "b", None), ("seen", "c", None)]
        world.read()
        world.page(task("e", created_at=NOW - 5))
        assert world.told() == [("new", "e", None)]

    def test_when_it_began_is_told_by_the_providers_clock(self) -> None:
        world = World()
        world.read(missing=("WAITING",), skew=60.0)
        world.page(task("before", created_at=NOW + 59 * SECOND), task("since", created_at=NOW + 61 * SECOND))
        assert world.told() == [("seen", "before", None), ("new", "since", None)]

    def test_a_read_that_brought_nothing_is_not_the_first_picture(self) -> None:
        world = World()
        world.say(reading=True)
        world.say(reading=False, trouble=Trouble(Word.OFFLINE, "ConnectError"))
        world.read(task("t"))
        assert world.told() == [("seen", "t", None)]

    def test_what_the_limit_lets_go_is_neither_gone_nor_new_when_it_is_read_again(self) -> None:
        world = World()
        world.read(task("old", State.SUCCEEDED, ended_at=NOW - 9), task("new", State.SUCCEEDED, ended_at=NOW))
        world.told()
        for _ in range(2):
            world.happenings.listen(world.store.expire(SOURCE, oldest=0, most=1, at=NOW))
            world.read(task("old", State.SUCCEEDED, ended_at=NOW - 9))
        assert world.told() == []
        world.happenings.listen(world.store.expire(SOURCE, oldest=0, most=1, at=NOW))
        world.by_id(task("old", State.FAILED, ended_at=NOW - 9))
        assert world.told() == [("changed", "old", State.SUCCEEDED)]

    def test_what_was_let_go_is_not_remembered_for_ever(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("tui.cli.happenings.DROPPED", 3)
        world = World()
        world.read()
        many = [task(f"t{at}", State.SUCCEEDED, ended_at=NOW + at) for at in range(4)]
        world.page(*many)
        world.happenings.listen(world.store.expire(SOURCE, oldest=0, most=0, at=NOW))
        world.told()
        world.page(many[0], many[-1])
        assert world.told() == [("new", "t0", None)]

    def test_what_a_first_read_brought_is_told_when_it_is_cut_short(self) -> None:
        world = World()
        world.say(reading=True)
        world.page(task("t"))
        world.happenings.close()
        assert world.told() == [("seen", "t", None)]


class TestWords:
    def test_each_change_of_the_word_is_told_once(self) -> None:
        world = World()
        throttled = Trouble(Word.THROTTLED, "RequestLimitExceeded", "slow down", "r-1")
        world.read(task("t"))
        world.say(reading=True)
        world.say(trouble=throttled)
        world.say(trouble=throttled._replace(request_id="r-2"))
        world.read(missing=("WAITING", "FINISH"))
        first, second, third = (one for one in world.happenings.due() if isinstance(one, Turned))
        assert first == Turned("src", Word.LIVE, Word.LOADING, NOW)
        assert second == Turned("src", Word.THROTTLED, Word.LIVE, NOW, "RequestLimitExceeded", "slow down", "r-1")
        assert third == Turned("src", Word.PARTIAL, Word.THROTTLED, NOW, message="not read: WAITING, FINISH")

    def test_time_alone_makes_a_source_slow_then_stale(self) -> None:
        world = World()
        world.read(task("t"))
        assert world.words() == [Word.LIVE]
        world.now += 30 * SECOND
        world.happenings.look()
        world.happenings.look()
        world.now += 45 * SECOND
        world.happenings.look()
        slow, stale = (one for one in world.happenings.due() if isinstance(one, Turned))
        assert (slow.word, stale.word) == (Word.SLOW, Word.STALE)
        assert stale.message == "no answer since 2026-01-15T08:30:00.000Z"

    @pytest.mark.parametrize(
        ("turned", "line"),
        [
            (Turned("m", Word.LIVE, Word.LOADING, NOW), None),
            (Turned("m", Word.EMPTY, Word.LIVE, NOW), None),
            (Turned("m", Word.SLOW, Word.LIVE, NOW, message="no answer since x"), None),
            (Turned("m", Word.LIVE, Word.SLOW, NOW), None),
            (Turned("m", Word.LIVE, Word.AUTH, NOW), "taskdeck: m: LIVE again"),
            (Turned("m", Word.AUTH, Word.LIVE, NOW, "X.1", "no", "r"), "taskdeck: m: AUTH X.1 no (r)"),
            (Turned("m", Word.NOKEY, Word.LOADING, NOW, None, "no key"), "taskdeck: m: NOKEY - no key"),
            (
                Turned("m", Word.PARTIAL, Word.LIVE, NOW, message="not read: a"),
                "taskdeck: m: PARTIAL not read: a",
            ),
            (
                Turned("m", Word.STALE, Word.SLOW, NOW, message="no answer since x"),
                "taskdeck: m: STALE no answer since x",
            ),
        ],
    )
    def test_what_is_wrong_is_said_and_that_it_is_over(self, turned: Turned, line: str | None) -> None:
        assert Complaints().line(turned) == line

    def test_why_there_is_no_key_is_said_once_while_that_lasts(self) -> None:
        complaints = Complaints()

        def said(source: str, word: Word, before: Word, why: str | None = None) -> str | None:
            return complaints.line(Turned(source, word, before, NOW, message=why))

        assert said("a", Word.NOKEY, Word.LOADING, "X is not set") == "taskdeck: a: NOKEY - X is not set"
        assert said("b", Word.NOKEY, Word.LOADING, "X is not set") == "taskdeck: b: NOKEY - as a"
        assert said("c", Word.NOKEY, Word.LOADING, "Y is not set") == "taskdeck: c: NOKEY - Y is not set"
        assert said("a", Word.LIVE, Word.NOKEY) == "taskdeck: a: LIVE again"
        assert said("b", Word.NOKEY, Word.LIVE, "X is not set") == "taskdeck: b: NOKEY - X is not set"
        assert said("a", Word.NOKEY, Word.LIVE, "X is not set") == "taskdeck: a: NOKEY - as b"


class TestLines:
    FAILED = task("i/d", State.FAILED, name="\x1b[31mocr", error="a\nb\u202e", ended_at=NOW, extra={"fc.events": 3})

    def test_ndjson_is_the_task_with_what_happened(self) -> None:
        line = ndjson(Happened("changed", self.FAILED, State.RUNNING), {"src": SOURCE})
        found = json.loads(line)
        assert line.isascii()
        assert list(found) == ["event", "previous_state", *JSON_FIELDS, "extra"]
        assert (found["event"], found["previous_state"], found["state"]) == ("changed", "running", "failed")
        assert (found["source"], found["id"], found["error"]) == ("src", "i/d", "a\nb\u202e")
        assert json.loads(ndjson(Happened("seen", self.FAILED), {"src": SOURCE}))["previous_state"] is None

    def test_the_state_of_a_source_is_a_line_with_all_keys(self) -> None:
        found = json.loads(ndjson(Turned("src", Word.EMPTY, Word.LOADING, NOW), {}))
        assert found == {
            "event": "source",
            "source": "src",
            "word": "EMPTY",
            "code": None,
            "message": None,
            "request_id": None,
            "at": "2026-01-15T08:30:00.000Z",
        }

    def test_text_is_clean_and_whole_on_a_pipe(self) -> None:
        line = text(Happened("changed", self.FAILED, State.RUNNING), NOW, Paper())
        assert line.isprintable()
        assert line.split()[:6] == ["08:30:00", "changed", "running", ">", "failed", "src/fn/i%2Fd"]
        assert line.endswith("a b\u2426")
        long = task("x" * 300, name="n" * 300)
        assert len(text(Happened("new", long), NOW, Paper())) > 600

    def test_lines_stand_in_columns(self) -> None:
        lines = [
            text(Happened("seen", task("a", name="NAME")), NOW, Paper()),
            text(Happened("changed", task("任务", State.SUCCEEDED, name="NAME"), State.RETRYING), NOW, Paper()),
        ]
        assert {width(line[: line.index("NAME")]) for line in lines} == {8 + 2 + 7 + 2 + 21 + 2 + 44 + 2}

    def test_a_terminal_cuts_and_may_colour(self) -> None:
        for cells in (20, 60, 80, 200):
            assert width(text(Happened("changed", self.FAILED, State.RUNNING), NOW, Paper(cells=cells))) <= cells
        painted = text(Happened("new", self.FAILED), NOW, Paper(cells=80, colour=True))
        assert painted.startswith("\x1b[31m08:30:00")
        assert painted.endswith("\x1b[0m")

    def test_times_are_in_the_zone_of_the_config(self) -> None:
        zone = timezone(timedelta(hours=8))
        assert text(Happened("new", task("t")), NOW, Paper(zone=zone)).startswith("16:30:00")


class Changing:
    """Answers by how often the lists were read; the time of `--for` is over when a read after the last one begins."""

    def __init__(self, *answers: Answer) -> None:
        self.answers, self.reads = answers, 0

    def __call__(self, action: str, asked: dict[str, Any]) -> Said:
        if asked.get("Status") == "WAITING" or action != "DescribeTasks":
            self.reads += 1
        return self.answers[min(self.reads, len(self.answers)) - 1](action, asked)

    def clock(self) -> float:
        """The clock that `--for` goes by."""
        return 1e9 if self.reads > len(self.answers) else 0.0


@pytest.fixture
def rapid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources are read again at once."""

    async def run(self: Poller) -> None:
        while True:
            await self.poll()
            await asyncio.sleep(0)  # a poll that fails before its first request lets nobody else work

    monkeypatch.setattr(Poller, "run", run)


@pytest.mark.cloud
@pytest.mark.usefixtures("rapid")
class TestCommand:
    def tail(self, scene: Scene, monkeypatch: pytest.MonkeyPatch, lists: Changing, *words: str) -> Any:
        """`tail` until all lists have been read."""
        monkeypatch.setattr("tui.cli.tail.monotonic", lists.clock)
        scene.source("media", lists)
        return scene.run("tail", "--for", "1h", *words)

    def test_first_what_matches_then_what_happens(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        ran = self.tail(scene, monkeypatch, Changing(BEFORE, AFTER), "-o", "ndjson")
        found = [json.loads(line) for line in ran.out.splitlines()]
        assert (ran.code, ran.err) == (0, "")
        assert [one["word"] for one in found if one["event"] == "source"] == ["LIVE"]
        events = [(one["event"], one["id"], one["previous_state"]) for one in found if one["event"] != "source"]
        assert events[:3] == [("seen", "d", None), ("seen", "q", None), ("seen", "p", None)]
        assert sorted(events[3:]) == [("changed", "p", "running"), ("changed", "q", "queued"), ("new", "n", None)]

    def test_text_is_a_line_an_event(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        ran = self.tail(scene, monkeypatch, Changing(BEFORE, AFTER), "state:run")
        assert (ran.code, ran.err) == (0, "")
        lines = [re.split(r"\s{2,}", line)[1:4] for line in ran.out.splitlines()]
        assert lines == [
            ["seen", "running", "media/p"],
            ["changed", "queued > running", "media/q"],
            ["changed", "running > failed", "media/p"],
        ] or lines == [
            ["seen", "running", "media/p"],
            ["changed", "running > failed", "media/p"],
            ["changed", "queued > running", "media/q"],
        ]

    def test_colours_are_for_terminals_unless_asked_for(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("NO_COLOR", raising=False)
        painted = self.tail(scene, monkeypatch, Changing(BEFORE, AFTER), "--color", "always")
        assert painted.out.count("\x1b[0m") == painted.out.count("\n") == 6

    def test_a_terminal_is_never_written_over_its_width(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("COLUMNS", "50")
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        ran = self.tail(scene, monkeypatch, Changing(BEFORE, AFTER))
        assert "\x1b" not in ran.out
        assert max(map(width, ran.out.splitlines())) <= 50

    def test_trouble_is_a_line_on_stderr_and_its_end_too(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        lists = Changing(BEFORE, garbage, BEFORE)
        ran = self.tail(scene, monkeypatch, lists, "-o", "ndjson")
        words = [one["word"] for line in ran.out.splitlines() if (one := json.loads(line))["event"] == "source"]
        assert ran.code == 0
        assert words == ["LIVE", "ERROR", "LIVE"]
        complaints = ran.err.splitlines()
        assert complaints[0].startswith("taskdeck: media: ERROR ")
        assert complaints[1:] == ["taskdeck: media: LIVE again"]

    @pytest.mark.parametrize(
        ("answer", "word", "code"),
        [
            (refusing("UnauthorizedOperation"), "DENIED", 3),
            (refusing("InvalidParameterValue"), "ERROR", 2),
            (garbage, "ERROR", 6),
            (lambda action, asked: (502, b"<html>"), "OFFLINE", 6),
            (refusing("AuthFailure.SignatureFailure"), "AUTH", 3),
            (refusing("RequestLimitExceeded"), "THROTTLED", 4),
        ],
    )
    def test_a_source_that_never_answers_gives_the_code_of_list(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch, answer: Answer, word: str, code: int
    ) -> None:
        over: list[str] = []
        monkeypatch.setattr("tui.cli.tail.monotonic", lambda: 1e9 if over else 0.0)
        monkeypatch.setattr("tui.cli.tail.say", over.append)
        scene.source("media", answer)
        ran = scene.run("tail", "--for", "1h")
        assert (ran.code, ran.out) == (code, "")
        assert len(over) == 1
        assert over[0].startswith(f"taskdeck: media: {word} ")

    def test_one_that_fails_beside_one_that_answers_is_partial(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        scene.source("broken", refusing("UnauthorizedOperation"))
        ran = self.tail(scene, monkeypatch, Changing(BEFORE, BEFORE, BEFORE))
        assert ran.code == 5
        assert ran.out.count("seen") == 3

    def test_a_time_too_short_for_any_answer_is_partial(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        times = iter([0.0])
        monkeypatch.setattr("tui.cli.tail.monotonic", lambda: next(times, 1e9))
        scene.source("media", BEFORE)
        ran = scene.run("tail", "--for", "1h")
        assert ran == (5, "", "taskdeck: media: no answer yet\n")

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["state:"], "filter: "),
            (["nosuch:x"], "filter: nosuch: no such field"),
            (["--for", "abc"], "argument --for: a duration is a number with a unit"),
            (["--for", "30"], "argument --for: a duration is a number with a unit"),
            (["--for", "0s"], "argument --for: 0s is no time at all"),
            (["-o", "json"], "invalid choice: 'json'"),
        ],
    )
    def test_what_does_not_fit_is_said_before_anything_is_read(
        self, scene: Scene, words: list[str], message: str
    ) -> None:
        assert message in scene.refused("tail", *words)

    def test_without_sources_there_is_nothing_to_follow(self, scene: Scene) -> None:
        ran = scene.run("tail")
        assert (ran.code, ran.out) == (2, "")
        assert "no [[sources]]" in ran.err

    def test_a_bug_in_an_adapter_is_70(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        over: list[str] = []

        def broken(self: object, *rest: object) -> object:
            raise ZeroDivisionError

        monkeypatch.setattr("tui.cli.tail.monotonic", lambda: 1e9 if over else 0.0)
        monkeypatch.setattr("tui.cli.tail.say", over.append)
        monkeypatch.setattr("tui.adapters.tencent_mps.TencentMps.plan", broken)
        scene.source("media", BEFORE)
        assert scene.run("tail", "--for", "1h").code == 70
        assert over[0].startswith("taskdeck: media: ERROR bug ")

    def test_a_poller_that_ends_is_a_bug_of_ours(self, scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
        async def broken(self: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(Poller, "run", broken)
        monkeypatch.setattr("tui.cli.tail.TICK", 0.01)
        scene.source("media", BEFORE)
        ran = scene.run("tail")
        assert ran.code == 70
        assert "a bug: ZeroDivisionError" in ran.err
