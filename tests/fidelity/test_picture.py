"""The judge itself: what it calls missing, wrong, invented, double and lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.fidelity.picture import Fields, lies, mismatches, name_of


def task(ident: str, state: str = "running", **more: Any) -> dict[str, Any]:
    return {"source": "src", "scope": None, "id": ident, "state": state, "error": None, **more}


def true(ident: str, state: str = "running", *, listed: bool = True, by_id: bool = True, **more: Any) -> Fields:
    return {**task(ident, state, **more), "listed": listed, "by_id": by_id}


def said(mine: Sequence[Fields], truth: Sequence[Fields], **more: Any) -> list[str]:
    return [str(one) for one in mismatches(mine, truth, **more)]


def test_the_same_tasks_are_no_mismatch_whenever_they_were_seen() -> None:
    assert said([task("a", seen_at="now", request_id="r")], [true("a")]) == []


def test_a_listed_task_is_missing_and_one_that_was_never_shown_is_not() -> None:
    truth = [true("a"), true("b", "succeeded", listed=False), true("c", "succeeded", listed=False)]
    assert said([], truth, shown={("src", "", "c")}) == ["missing src/a state running", "missing src/c state succeeded"]


def test_every_field_counts() -> None:
    assert said([task("a", error="x")], [true("a", "failed", error="y")]) == [
        "wrong src/a state 'running' is 'failed'; error 'x' is 'y'"
    ]


def test_a_time_may_be_off_by_what_the_clock_was_off_and_by_nothing_else() -> None:
    def at(minute: int, second: int = 0) -> str:
        return f"2026-11-22T10:{minute:02}:{second:02}.000Z"

    truth = [true("a", created_at=at(20), ended_at=at(30), started_at=None)]
    off = {"skews": {"src": (-17 * 60_000, 60_000)}}
    assert said([task("a", created_at=at(3), ended_at=at(31), started_at=None)], truth, **off) == []
    assert said([task("a", created_at=at(3), ended_at=at(30), started_at=None)], truth, skews={"other": (0,)}) == [
        f"wrong src/a created_at '{at(3)}' is '{at(20)}'"
    ]
    for wrong in (at(3, 1), at(37), at(21, 1)):
        assert said([task("a", created_at=wrong, ended_at=at(30), started_at=None)], truth, **off) != []
    assert said([task("a", created_at=at(3), ended_at=None, started_at=at(3))], truth, **off) == [
        f"wrong src/a ended_at None is '{at(30)}'; started_at '{at(3)}' is None"
    ]


def test_what_nobody_knows_is_invented_and_what_is_there_twice_is_double() -> None:
    assert said([task("a"), task("a"), task("b")], [true("a")]) == ["double src/a", "invented src/b state running"]


def test_what_the_provider_forgot_may_be_kept_as_it_ended_or_be_vanished() -> None:
    forgotten = {name_of(one): one for one in (task("a", "failed"), task("b", "failed"), task("c", "failed"))}
    mine = [task("a", "failed"), task("b", "vanished"), task("c", "running")]
    assert said(mine, [], forgotten=forgotten) == ["wrong src/c state running, was failed when it was forgotten"]


def test_what_was_shown_is_not_lost_unless_it_is_forgotten() -> None:
    shown = {("src", "", "a"), ("src", "", "b")}
    assert said([], [], shown=shown, forgotten={("src", "", "b"): task("b")}) == ["lost src/a was shown"]


def test_an_old_picture_is_no_lie_and_a_false_end_is_one() -> None:
    truth = [true("a", "succeeded"), true("b"), true("c"), true("d", "failed", by_id=False), true("e", "failed")]
    mine = [task("a"), task("b", "failed"), task("d", "vanished"), task("e", "vanished"), task("x")]
    assert [str(one) for one in lies(mine, truth, {})] == [
        "wrong src/b state failed is running",
        "wrong src/e state vanished is failed",
        "invented src/x state running",
    ]
