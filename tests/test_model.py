"""The words everyone shares."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tasks import NOW, SOURCE, task
from tui.model import BAD, FACTS, FINAL, LABELS, NO_EXTRA, STAGE, State, Task, TaskKey, duration, later, newest_first
from tui.status import Change, SourceStatus


def test_every_state_has_a_stage_and_a_label() -> None:
    assert set(STAGE) == set(LABELS) == set(State)
    assert len(set(LABELS.values())) == len(State)
    assert max(map(len, LABELS.values())) <= 5
    assert BAD < FINAL
    assert all(one.final != one.live for one in State)
    assert {one for one in State if one.bad} == {State.FAILED, State.EXPIRED, State.VANISHED}
    assert State.FAILED.label == "FAIL"


@given(st.sampled_from(State), st.sampled_from(State))
def test_the_later_stage_wins_and_the_newer_row_a_tie(one: State, other: State) -> None:
    found = later(task(state=one, name="old"), task(state=other, name="new"))
    assert STAGE[found.state] == max(STAGE[one], STAGE[other])
    if STAGE[one] == STAGE[other]:
        assert found.name == "new"


@pytest.mark.parametrize(
    ("facts", "born", "since"),
    [
        ({}, 9, 9),
        ({"started_at": 2}, 2, 2),
        ({"created_at": 1, "started_at": 2}, 1, 2),
        ({"created_at": 1, "started_at": 2, "ended_at": 3}, 1, 3),
        ({"created_at": 1}, 1, 1),
    ],
)
def test_when_a_task_was_born_and_what_its_age_counts_from(facts: dict[str, Any], born: int, since: int) -> None:
    one = task(seen_at=9, **facts)
    assert (one.born, one.since) == (born, since)


@pytest.mark.parametrize(
    ("state", "started", "ended", "given", "found"),
    [
        (State.RUNNING, 1, 5, 4, None),
        (State.SUCCEEDED, 1, 5, 7, 7),
        (State.SUCCEEDED, 1, 5, None, 4),
        (State.SUCCEEDED, 1, 5, 0, 0),
        (State.SUCCEEDED, 5, 1, None, None),
        (State.SUCCEEDED, None, 5, None, None),
        (State.SUCCEEDED, 1, None, None, None),
    ],
)
def test_a_duration_is_the_providers_figure_else_the_difference(
    state: State, started: int | None, ended: int | None, given: int | None, found: int | None
) -> None:
    assert duration(state, started, ended, given) == found


def test_how_long_it_took_or_has_been_taking() -> None:
    assert task(started_at=NOW).running_ms(NOW + 5) == 5
    assert task(started_at=NOW).running_ms(NOW - 5) == 0
    assert task().running_ms(NOW) is None
    assert task(state=State.FAILED, started_at=1, duration_ms=7).running_ms(NOW) == 7


def test_newest_first_then_by_id_ascending() -> None:
    tasks = [task("b", created_at=1), task("a", created_at=1), task("c", created_at=2), task("d", seen_at=3)]
    assert [one.key.id for one in sorted(tasks, key=newest_first)] == ["d", "c", "a", "b"]


def test_a_task_is_frozen_and_has_no_dictionary() -> None:
    with pytest.raises(AttributeError):
        task().name = "x"  # type: ignore[misc]
    assert not hasattr(task(), "__dict__")
    with pytest.raises(TypeError):
        task().extra["x"] = 1  # type: ignore[index]


TEXTS = st.sampled_from([None, "", "x", "y\x1b"])
TIMES = st.sampled_from([None, 0, 1, 5, NOW])
facts = st.fixed_dictionaries(
    {
        "key": st.builds(TaskKey, st.sampled_from("ab"), st.sampled_from(["", "fn"]), st.text(max_size=2)),
        "state": st.sampled_from(State),
        **dict.fromkeys(("native_state", "name", "kind", "target", "error", "request_id"), TEXTS),
        **dict.fromkeys(("created_at", "started_at", "ended_at"), TIMES),
        "duration_ms": st.sampled_from([None, -1, 0, 4, 5]),
        "progress": st.sampled_from([None, 0.0, 99.5]),
        "retries": st.sampled_from([None, 0, 2]),
        "extra": st.sampled_from([NO_EXTRA, {}, {"a": 1}, {"a": 2, "b": None}]),
        "seen_at": st.sampled_from([0, NOW]),
    }
)


@given(facts, facts)
def test_a_task_says_what_it_was_made_of_however_it_is_kept(said: dict[str, Any], other: dict[str, Any]) -> None:
    one = Task(**said)
    assert {name: getattr(one, name) for name in FACTS} == said
    assert (one.source, one.scope, one.id) == said["key"]
    assert one._replace() == one
    changed = one._replace(**other)
    assert {name: getattr(changed, name) for name in FACTS} == other
    for name in FACTS:
        part = one._replace(**{name: other[name]})
        assert {name: getattr(part, name) for name in FACTS} == said | {name: other[name]}
        assert (part == one) is (said[name] == other[name] or name in ("seen_at", "request_id")), name
    seen = one.seen(NOW + 1, "again")
    assert (seen, seen.seen_at, seen.request_id) == (one, NOW + 1, "again")
    again = one.seen_again(seen)
    assert again is not None
    assert again.seen_at == NOW + 1
    shared = one.sharing({}, {}, one)
    assert {name: getattr(shared, name) for name in FACTS} == said


def test_what_many_tasks_have_is_one_value() -> None:
    kins, texts = {}, {}  # type: ignore[var-annotated]  # of what `sharing` says
    one, other = (task(ident, name="".join(["na", "me"]), error="".join("no"), seen_at=5) for ident in "ab")
    assert one.kin is not other.kin
    one, other = one.sharing(kins, texts, None), other.sharing(kins, texts, None)
    assert one.kin is other.kin
    assert one.error is other.error
    assert one.look is other.look
    later = task("".join("a"), name="other", seen_at=6).sharing(kins, texts, one)
    assert later.id is one.id
    assert later.kin.source is one.kin.source
    assert sys.getsizeof(one) <= 120


def test_when_and_by_which_call_it_was_seen_makes_no_difference() -> None:
    assert task(seen_at=1, request_id="a") == task(seen_at=2, request_id="b")
    differs = task(seen_at=1) != task(seen_at=2)
    assert differs is False
    assert hash(task(seen_at=1)) == hash(task(seen_at=2))
    assert task(extra={"a": 1}) != task(extra={"a": 2})
    assert task() != tuple(task())


def test_an_empty_change_is_false() -> None:
    status = SourceStatus(source=SOURCE)
    assert not Change(source=SOURCE, at=NOW, status=status)
    assert Change(source=SOURCE, at=NOW, status=status, upserted=(task(),))
    assert Change(source=SOURCE, at=NOW, status=status, gone=(task().key,))
