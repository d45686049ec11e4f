"""Pauses that end together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.beat import in_step

PAUSES = st.floats(0.1, 3600)
TIMES = st.floats(0, 1e7)


@given(PAUSES, TIMES)
def test_no_pause_is_a_tenth_longer_or_four_tenths_shorter(pause: float, now: float) -> None:
    assert 0.5999 * pause <= in_step(pause, now) <= 1.1001 * pause


@given(PAUSES, st.floats(0, 1e6), st.floats(0, 0.01))
def test_pauses_of_one_length_end_together(pause: float, now: float, later: float) -> None:
    one, other = now + in_step(pause, now), now + later + in_step(pause, now + later)
    assert other - one == pytest.approx(0, abs=1e-6) or other - one >= pause / 2 - 1e-6  # the next beat


@given(st.floats(0, 1e6), st.sampled_from([10.0, 15.0, 20.0, 30.0, 60.0]))
def test_a_long_pause_ends_on_the_beats_of_a_short_one(now: float, pause: float) -> None:
    end = now + in_step(pause, now)
    assert end + in_step(5.0, end) == pytest.approx(end + 5.0)


@given(PAUSES, st.integers(0, 1000), st.floats(0, 0.39))
def test_a_source_is_read_once_a_pause_however_long_a_read_takes(pause: float, beat: int, part: float) -> None:
    began = beat * pause / 2
    over = began + part * pause
    assert over + in_step(pause, over) == pytest.approx(began + pause)


def test_twenty_sources_at_five_seconds_have_two_beats() -> None:
    ends = {round(100 + at / 4 + in_step(5.0, 100 + at / 4), 6) for at in range(20)}
    assert len(ends) <= 3
