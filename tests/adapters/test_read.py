"""Odd values of a provider's JSON."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.adapters import _read
from tui.adapters._read import moment, remembered, said, shared, text
from tui.formats import rfc3339


@pytest.mark.parametrize(
    "odd", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59.999999Z"]
)
def test_a_time_before_the_year_1_or_after_9999_is_none(odd: str) -> None:
    """It can be read, but not written."""
    assert moment(odd) is None


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"])
def test_every_time_that_is_read_can_be_written(edge: str) -> None:
    assert (rfc3339(moment(edge)) or "")[:19] == edge[:19]


@given(st.datetimes(timezones=st.just(UTC)))
def test_the_plain_form_and_all_others_say_the_same_moment(when: datetime) -> None:
    """The tables of `moment` against the library's own parser, by way of forms that the tables do not know."""
    plain = f"{when.replace(microsecond=0, tzinfo=None).isoformat()}Z"
    assert moment(plain) == moment(plain.replace("Z", "+00:00")) == moment(plain.replace("Z", ".000Z"))
    assert moment(plain) == moment(plain.replace("Z", "+0000"))


@pytest.mark.parametrize(
    "odd", [None, "", 0, 7, 1.5, True, [], ["2026-11-21"] * 20, {}, {"a": 1}, "0000-00-00T00:00:00Z"]
)
def test_what_is_no_text_is_no_time(odd: object) -> None:
    assert moment(odd) is None


@pytest.mark.parametrize("wrong", ["2026-11-21T24:00:00Z", "2026-11-21T13:60:01Z", "2026-02-30T13:52:01Z", "T", "2026"])
def test_what_is_no_time_is_none(wrong: str) -> None:
    assert moment(wrong) is None


def test_what_is_said_to_have_gone_wrong_has_no_key_in_it() -> None:
    assert said("login failed: password=hunter2 at db-1") == "login failed: password=******** at db-1"
    assert said("exit 137: no such file /in/a.mp4") == "exit 137: no such file /in/a.mp4"
    assert (said(None), said(""), said(7)) == (None, None, "7")


def test_what_is_known_to_hold_no_key_is_bounded_and_no_text_with_one_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    plain: dict[str, str] = {}
    monkeypatch.setattr(_read, "_plain", plain)
    monkeypatch.setattr(_read, "TEXTS", 3)
    long = "too long " * 40
    for _ in range(2):
        assert said("timed out") == "timed out"
        assert said("password=hunter2") == "password=********"
        assert said(long) == long
    assert plain == {"timed out": "timed out"}
    assert [said(f"exit {code}") for code in range(9)] == [f"exit {code}" for code in range(9)]
    assert 0 < len(plain) <= 3


@pytest.mark.parametrize("value", [None, "", "a", 0, 1, 1.0, True, False, [], ["a"], {}, {"a": 1}, "x" * 500])
def test_a_shared_text_is_the_text(value: object) -> None:
    assert (shared("1"), shared("true")) == ("1", "true")
    for _ in range(2):
        assert shared(value) == text(value)


def test_a_shared_text_is_one_for_all_rows_and_they_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, str] = {}
    monkeypatch.setattr(_read, "_shared", kept)
    monkeypatch.setattr(_read, "SHARED", 3)
    ones, others = [[f"{side} side {number}" for number in range(3)] for side in ("left", "left")]
    assert all(shared(one) is shared(other) is one for one, other in zip(ones, others, strict=True))
    shared("too long " * 40)
    assert [*kept] == ones
    for number in range(9):
        assert shared(f"more {number}") == f"more {number}"
        assert len(kept) <= 3


def test_what_is_made_of_facts_is_made_once_for_all_rows_that_say_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_read, "SHARED", 3)
    asked = []

    @remembered
    def made(name: str | None, code: int) -> dict[str, object]:
        asked.append((name, code))
        return {"name": name, "code": code}

    assert made("a", 1) is made("a", 1)
    assert made(None, 1) is made(None, 1)
    assert asked == [("a", 1), (None, 1)]
    long = "too long " * 40
    assert made(long, 1) == made(long, 1) == {"name": long, "code": 1}
    assert asked[2:] == [(long, 1), (long, 1)]
    for code in range(9):
        assert made("b", code) == {"name": "b", "code": code}
    assert made("a", 1) == {"name": "a", "code": 1}
    assert asked[-1] == ("a", 1)  # it was forgotten: no more are kept than were said
