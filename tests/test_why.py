"""Why: what each rule says of what is known, and the evidence that it names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from tui.model import Source, State, Task, TaskKey
from tui.query import parse
from tui.status import SourceStatus, Trouble, Word
from tui.view.meanings import of_exit
from tui.view.why import DAY, MINUTES, Asks, Health, Reason, why

NOW = 1_795_264_957_000  # 2026-11-21T12:42:37Z
FC = Source("thumbs", "alibaba-fc", "ali", "cn-shanghai")
MPS = Source("media", "tencent-mps", "tx", "ap-guangzhou")
TAT = Source("commands", "tencent-tat", "tx", "ap-guangzhou")
KPS = Source("keys", "huawei-kps", "hw", "cn-north-4")
OWN = Source("own", "acme-jobs", "acme", "")
SOURCES = {source.name: source for source in (FC, MPS, TAT, KPS, OWN)}


def made(source: Source, ident: str, state: State = State.FAILED, at: int = NOW, **facts: Any) -> Task:
    ended: dict[str, Any] = {"created_at" if source is KPS else "ended_at": at}
    return Task(key=TaskKey(source.name, "", ident), state=state, seen_at=NOW, **(ended | facts))


def well(**others: SourceStatus) -> Mapping[str, SourceStatus]:
    fine = {name: SourceStatus(source=source, answered_at=NOW, tasks=9) for name, source in SOURCES.items()}
    return {**fine, **others}


def asked(task: Task, known: Iterable[Task] = (), **others: SourceStatus) -> tuple[Reason, ...]:
    return why(task, known, well(**others), NOW)


def said(task: Task, known: Iterable[Task] = (), **others: SourceStatus) -> str:
    return "\n".join(reason.text for reason in asked(task, known, **others))


def shown(reason: Reason, tasks: Iterable[Task]) -> set[str]:
    """The tasks that a reason's evidence opens."""
    assert isinstance(reason.evidence, Asks)
    match = parse(reason.evidence.query).match
    return {task.key.id for task in tasks if match(task, SOURCES[task.key.source], NOW)}


@pytest.mark.parametrize(
    ("source", "facts", "told"),
    [
        (TAT, {"native_state": "TASK_TIMEOUT"}, "did not answer. A command that ran too long is TIMEOUT"),
        (
            TAT,
            {"native_state": "TIMEOUT"},
            "ran longer than its time-out. An agent that no longer answers is TASK_TIMEOUT",
        ),
        (TAT, {"native_state": "DELIVER_FAILED"}, "never delivered"),
        (TAT, {"native_state": "START_FAILED"}, "could not start"),
        (TAT, {"native_state": "FAILED", "extra": {"tat.exit": 127}}, "exit 127: the shell did not find the command"),
        (TAT, {"native_state": "FAILED", "extra": {"tat.exit": 126}}, "found the command but could not execute it"),
        (FC, {"native_state": "Failed", "error": "CAExited: exited with code 137"}, "ended by signal 9, SIGKILL"),
        (TAT, {"native_state": "FAILED", "extra": {"tat.exit": 143}}, "ended by signal 15, SIGTERM"),
        (FC, {"native_state": "Expired", "state": State.EXPIRED}, "longer than its queue allows"),
        (FC, {"native_state": "Invalid"}, "the function was deleted or the like"),
        (FC, {"native_state": "Failed", "retries": 2}, "tried it again twice before it ended so"),
        (KPS, {"native_state": "FAILED_RESET"}, "set anew: it failed"),
        (KPS, {"native_state": "RUNNING_UNBIND"}, "there a word says the operation, whatever it begins with"),
        (KPS, {"native_state": "RUNNING_RESET", "state": State.VANISHED}, "when it was last seen, it is running"),
        (KPS, {"native_state": "RUNNING_RESET", "state": State.VANISHED}, "GONE: it was seen alive"),
        (MPS, {"native_state": "FINISH", "error": "subtask failed"}, "SubTaskHasFailed=true"),
        (MPS, {"native_state": "FINISH", "error": "subtask failed"}, "is in the task's own answer"),
        (MPS, {"native_state": "FINISH", "error": "ErrCode 4001"}, "an ErrCode that is not 0"),
        (MPS, {"native_state": "FINISH", "state": State.SUCCEEDED}, "SubTaskHasFailed=false"),
        (TAT, {"native_state": "Hibernating\x1b[2J", "state": State.UNKNOWN}, "Hibernating␛: no table of the provider"),
        (TAT, {"native_state": "DELIVER_DELAYED", "state": State.QUEUED}, "delivery is delayed"),
    ],
)
def test_words_and_codes_mean_what_the_providers_say(source: Source, facts: dict[str, Any], told: str) -> None:
    assert told in said(made(source, "a", **facts))


def test_what_nobody_has_established_is_not_told() -> None:
    assert not of_exit(1)
    assert not of_exit(255)
    assert "signal 40" in of_exit(168)
    text = said(made(OWN, "a", native_state="Broken", error="exit 3"))
    assert "Broken" not in text
    assert "exit 3" not in text
    assert "set anew" not in said(made(KPS, "a", native_state="FAILED_SOMETHING"))


def test_the_word_opens_those_that_have_it() -> None:
    task = made(TAT, "a", native_state="TASK_TIMEOUT")
    others = [task, made(TAT, "b", native_state="TASK_TIMEOUT"), made(TAT, "c", native_state="TIMEOUT")]
    assert shown(asked(task, others)[0], others) == {"a", "b"}


def command(ident: str, inst: str, state: State = State.FAILED, ago: int = 0, cmd: str = "cmd-1") -> Task:
    error = "TASK_TIMEOUT" if state is State.FAILED else None
    return made(TAT, ident, state, NOW - ago, target=inst, error=error, extra={"tat.command": cmd})


def test_a_streak_on_one_target_beside_others_that_are_well() -> None:
    task = command("a", "ins-1")
    known = [
        task,
        command("b", "ins-1", ago=60_000),
        command("c", "ins-1", ago=DAY // 2),
        command("d", "ins-1", ago=2 * DAY),
        command("e", "ins-1", State.RUNNING)._replace(ended_at=None),
        command("f", "ins-2", State.SUCCEEDED),
        command("g", "ins-3", State.SUCCEEDED),
        command("h", "ins-4"),
        command("i", "ins-5", State.SUCCEEDED, cmd="cmd-2"),
    ]
    streak = next(reason for reason in asked(task, known) if reason.text.startswith("ins-1:"))
    assert streak.text == (
        "ins-1: 3 of 3 that ended within a day of it failed; "
        "3 other instances with the same command: 2 without a failure"
    )
    assert shown(streak, known) == {"a", "b", "c"}


def test_a_row_of_failures_ends_where_one_went_well() -> None:
    task = command("a", "ins-1")
    known = [
        command("b", "ins-1", ago=9_000),
        command("c", "ins-1", State.SUCCEEDED, 10_000),
        command("d", "ins-1", ago=11_000),
    ]
    assert "ins-1: 3 of 4 that ended within a day of it failed, 2 in a row up to this one" in said(task, known)
    assert "ins-1: no other task of this instance" in said(task)
    assert "Transcode" not in said(made(MPS, "m", target="Transcode", error="subtask failed"))


def test_the_same_cause_elsewhere() -> None:
    task = made(FC, "a", name="resize", error="memory limit 512MB")
    known = [
        task,
        made(FC, "b", name="ingest", at=NOW - 3_600_000, error="memory limit 256MB"),
        made(TAT, "c", target="ins-1", error="memory limit 128MB"),
        made(FC, "d", error="disk full"),
    ]
    alike = next(reason for reason in asked(task, known) if "this cause" in reason.text)
    assert alike.text == "2 other tasks have this cause, on 2 targets, also in commands; the first 1h00m before it"
    assert shown(alike, known) == {"a", "b", "c"}
    later = made(FC, "l", name="resize", at=NOW + 9_000, error="memory limit 64MB")
    assert "1 other task has this cause; this one was the first" in said(task, [later])
    assert "no other task known here has this cause" in said(task, [task, known[3]])


def test_other_sources_in_the_same_minutes_and_that_there_are_none() -> None:
    task = made(FC, "a", error="x")
    known = [
        task,
        made(MPS, "b", at=NOW - MINUTES, error="y"),
        made(MPS, "c", at=NOW - MINUTES - 1_000, error="y"),
        made(MPS, "d", State.SUCCEEDED),
        made(KPS, "e", at=NOW + 60_000, error="z"),
        made(FC, "f", error="w"),
    ]
    reasons = [reason for reason in asked(task, known) if "within 5 minutes" in reason.text]
    assert [reason.text for reason in reasons] == [
        "keys (KPS): 1 task failed within 5 minutes of 12:42:37",
        "media (MPS): 1 task failed within 5 minutes of 12:42:37",
    ]
    assert [shown(reason, known) for reason in reasons] == [{"e"}, {"b"}]
    assert "no task of another source is known to have failed within 5 minutes of 12:42:37" in said(task, known[-1:])


def test_minutes_are_those_of_one_clock() -> None:
    task = made(FC, "a", error="x")
    behind = SourceStatus(source=MPS, answered_at=NOW, tasks=1, skew=-3_600.0)
    other = made(MPS, "b", at=NOW - 3_600_000, error="y")
    reason = next(one for one in asked(task, [other], media=behind) if "within 5 minutes" in one.text)
    assert reason.text.startswith("media (MPS): 1 task failed")
    assert shown(reason, [other]) == {"b"}


def test_what_is_not_known_is_told_with_the_source_that_would_know() -> None:
    task = made(FC, "a", error="x")
    slow = SourceStatus(source=FC, answered_at=NOW, tasks=1, trouble=Trouble(Word.THROTTLED, "TooMany"), skew=240.0)
    part = SourceStatus(source=KPS, answered_at=NOW, tasks=1, missing=("failed-tasks",))
    reasons = asked(task, thumbs=slow, keys=part)
    told = [(reason.text, reason.evidence) for reason in reasons if isinstance(reason.evidence, Health)]
    assert told == [
        ("this machine's clock is 4 min behind the provider's, which stamped its times", Health("thumbs")),
        ("thumbs is THROTTLED (TooMany): what is told of it here may be incomplete", Health("thumbs")),
        ("keys is PARTIAL: failures there may be incomplete", Health("keys")),
    ]
    fine = made(FC, "b", State.SUCCEEDED, native_state="Succeeded")
    assert "keys" not in said(fine, keys=part)


def test_of_a_task_that_is_well_only_its_word_is_explained() -> None:
    task = made(FC, "a", State.SUCCEEDED, native_state="Succeeded")
    assert [reason.text for reason in asked(task, [made(MPS, "b", error="y")])] == [
        "Succeeded: the function returned without an error"
    ]


def test_nothing_foreign_gets_through() -> None:
    evil = "a\x1b[2J\n" * 900
    task = made(FC, evil, name=evil, error=evil, native_state=evil, at=10**17)
    known = [made(FC, "b", name=evil, error=evil, at=10**17), made(MPS, "c", error=evil, at=10**17)]
    for reason in asked(task, [*known, made(KPS, "k", at=-(10**17))]):
        assert reason.text.isprintable()
        assert len(reason.text) < 400
        if isinstance(reason.evidence, Asks):
            assert parse(reason.evidence.query).tree is not None
