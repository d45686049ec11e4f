"""The views one has been at."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ui.driving import driven, press
from tui.ui.board import DECK
from tui.ui.trail import MOST, Stop, Trail

A, B, C = Stop(0), Stop(1, "state:bad"), Stop(2)


def test_back_and_forward() -> None:
    trail = Trail(A)
    trail.step(B)
    trail.step(C)
    assert trail.travel(-1) == B
    assert trail.travel(-1) == A
    assert trail.travel(-1) is None
    assert trail.here == A
    assert trail.travel(1) == B
    assert trail.travel(1) == C
    assert trail.travel(1) is None


def test_a_new_step_drops_what_one_went_back_from() -> None:
    trail = Trail(A)
    trail.step(B)
    trail.travel(-1)
    trail.step(C)
    assert trail.stops == [A, C]
    assert trail.travel(1) is None


def test_the_same_stop_twice_is_one() -> None:
    trail = Trail(A)
    trail.step(A)
    assert trail.stops == [A]
    trail.step(B)
    trail.travel(-1)
    trail.step(A)
    assert trail.travel(1) == B, "standing still drops nothing"


def test_another_filter_changes_the_stop_one_is_at() -> None:
    trail = Trail(A)
    trail.step(B)
    trail.amend(Stop(1, "state:run"))
    trail.step(C)
    assert trail.travel(-1) == Stop(1, "state:run")


def test_the_last_view_and_back() -> None:
    trail = Trail(A)
    assert trail.swap() is None
    trail.step(B)
    trail.step(C)
    assert [trail.swap(), trail.swap()] == [B, C]
    trail.travel(-1)
    trail.travel(-1)
    assert [trail.swap(), trail.swap()] == [B, A]


def test_the_oldest_are_forgotten() -> None:
    trail = Trail(Stop(0))
    for view in range(1, MOST + 10):
        trail.step(Stop(view))
    assert len(trail.stops) == MOST
    assert trail.here == Stop(MOST + 9)
    assert trail.swap() == Stop(MOST + 8)
    assert trail.stops[0] == Stop(10)


STOPS = st.builds(Stop, st.integers(0, 3), st.sampled_from(["", "x"]))
MOVES = st.one_of(
    st.tuples(st.just("step"), STOPS),
    st.tuples(st.just("amend"), STOPS),
    st.tuples(st.just("travel"), st.sampled_from([-1, 1])),
    st.tuples(st.just("swap")),
)


@given(st.lists(MOVES, max_size=120))
def test_whatever_one_does_one_is_somewhere(moves: list[tuple[object, ...]]) -> None:
    trail = Trail(A)
    for name, *arguments in moves:
        before = trail.here
        found = getattr(trail, str(name))(*arguments)
        assert 1 <= len(trail.stops) <= MOST
        assert 0 <= trail.at < len(trail.stops)
        assert all(one != other for one, other in zip(trail.stops, trail.stops[1:], strict=False))
        if name in ("step", "amend"):
            assert trail.here == arguments[0]
        else:
            assert trail.here == (before if found is None else found)
        if name == "swap" and found is not None:
            assert trail.swap() == before
            assert trail.swap() == found


@pytest.mark.screen
async def test_keys_go_back_and_forth_with_view_and_filter() -> None:
    async with driven(None, (120, 40), "1", "x", "2", "0") as (pilot, home):
        await press(pilot, "[")
        assert (home.view, home.filter.edit.text) == (2, "")
        await press(pilot, "[")
        assert (home.view, home.filter.edit.text) == (1, "state:bad")
        await press(pilot, "[", "[")
        assert home.view == DECK
        assert "no view before this one" in home.told
        await press(pilot, "]", "]", "]")
        assert home.view == 0
        await press(pilot, "]")
        assert home.view == 0
        assert "no view after this one" in home.told


@pytest.mark.screen
async def test_going_back_restores_the_filter_one_left_with() -> None:
    async with driven(None, (120, 40), "1", "x", "2", "1", "x", "a", "[", "[") as (pilot, home):
        assert (home.view, home.filter.edit.text) == (1, "state:bad")
        await press(pilot, "]", "]")
        assert (home.view, home.filter.edit.text) == (1, "state:live")


@pytest.mark.screen
async def test_minus_toggles_between_the_last_two_views() -> None:
    async with driven(None, (120, 40), "-") as (pilot, home):
        assert home.told == "no other view yet"
        await press(pilot, "3", "5", "-")
        assert home.view == 3
        await press(pilot, "-")
        assert home.view == 5


@pytest.mark.screen
async def test_esc_to_the_deck_is_a_step_too() -> None:
    async with driven(None, (120, 40), "4", "escape", "[") as (_, home):
        assert home.view == 4
