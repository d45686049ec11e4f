"""Pauses that end together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.beat import in_step

PAUSES = st.floats(0.1, 3600)
TIMES = st.floats(0, 1e7)


@given(PAUSES, TIMES)
def test_no_pause_is_a_tenth_longer_or_shorter(pause: float, now: float) -> None:
    assert in_step(pause, now) == pytest.approx(pause, rel=0.1001)


@given(PAUSES, st.floats(0, 1e6), st.floats(0, 0.01))
def test_pauses_of_one_length_end_together(pause: float, now: float, later: float) -> None:
    one, other = now + in_step(pause, now), now + later + in_step(pause, now + later)
    assert other - one == pytest.approx(0, abs=1e-6) or other - one >= pause / 10 - 1e-6  # the next beat


@given(st.floats(0, 1e6))
def test_a_long_pause_ends_on_the_beats_of_a_short_one(now: float) -> None:
    end = now + in_step(15.0, now)
    assert end + in_step(5.0, end) == pytest.approx(end + 5.0)


def test_twenty_sources_at_five_seconds_have_five_beats() -> None:
    ends = {round(100 + at / 4 + in_step(5.0, 100 + at / 4), 6) for at in range(20)}
    assert len(ends) <= 6
