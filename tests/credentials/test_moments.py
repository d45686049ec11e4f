"""When a key ends: what is no time is refused, and what is one can be said."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tui.credentials.moments import moment, told
from tui.formats import rfc3339

EARLY, LATE = "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"
LAST = 253_402_300_799_000
ZONES = st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
ISO = st.datetimes(timezones=ZONES).map(datetime.isoformat)


@pytest.mark.parametrize(
    "given",
    [
        *(EARLY, LATE, "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59.999Z"),
        *(-0.001, LAST + 1, "-1", "tomorrow", "9" * 41, True, [1], float("inf")),
    ],
)
def test_what_no_calendar_can_show_is_no_time(given: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        moment(given)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        *((None, None), ("", None), (0, None), ("0", None), ("1970-01-01T00:00:00Z", None)),
        *((1_000_000_000, 10**12), ("1000000000.5", 10**12 + 500), (10**12, 10**12), (LAST, LAST)),
        *(("2001-09-09T01:46:40Z", 10**12), ("2001-09-09T03:46:40+02:00", 10**12), ("2001-09-09T01:46:40", 10**12)),
        ("9999-12-31T23:59:59Z", LAST),
    ],
)
def test_epoch_and_iso_are_one(given: object, wanted: int | None) -> None:
    assert moment(given) == wanted


@example(EARLY)
@example(LATE)
@given(st.one_of(ISO, st.floats(), st.integers(), st.text()))
def test_whatever_is_taken_for_a_time_can_be_said(given: object) -> None:
    try:
        at = moment(given)
    except ValueError:
        return
    if at is not None:
        assert told(at).endswith(" UTC")
        assert (rfc3339(at) or "").endswith("Z")
