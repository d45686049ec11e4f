"""In which order a list came, told from its rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from tests.tasks import task
from tui.model import State, Task
from tui.trail import HEAD, PART, Trail


def came(*times: int | None) -> list[Task]:
    return [task(str(at), State.SUCCEEDED, created_at=when, started_at=None) for at, when in enumerate(times)]


def trail(*pages: Sequence[Task], news: Sequence[int] = ()) -> Trail:
    made = Trail()
    for at, page in enumerate(pages):
        made.add(at, page, {one.key for one in page[: news[at]]} if news else ())
    return made


def test_a_list_that_is_newest_first_has_no_slack() -> None:
    assert trail(came(9, 8, 8), came(7, 1)).order.came == 0
    assert trail(came(9, 8, 8), came(7, 1)).reached(trail(came(2, 1)).order) == 1


def test_slack_is_how_much_younger_a_row_is_than_one_above_it() -> None:
    assert trail(came(99, 5, 8)).order.came == 3
    assert trail(came(99, 5), came(8, 2)).order.came == 3


def test_a_list_that_is_out_of_order_by_much_of_what_it_covers_has_none() -> None:
    assert trail(came(1, 2, 3), came(4, 5)).order.came == math.inf
    assert trail(came(9, 5, 8)).order.came == math.inf


def test_rows_without_a_time_say_nothing() -> None:
    assert trail(came(9, None, 8)).order.came == 0
    assert trail(came(None)).order.slack == math.inf
    assert trail([]).order.slack == math.inf


def test_pages_may_land_in_any_order() -> None:
    made = Trail()
    made.add(1, came(5, 4))
    made.add(0, came(9, 8))
    assert made.order.came == 0


def test_only_the_head_of_a_list_tells_its_order() -> None:
    assert trail(*(came(100 - at) for at in range(HEAD)), came(999)).order.came == 0


def test_of_two_times_the_better_one_is_the_order() -> None:
    ended = [task(str(at), State.FAILED, created_at=at + 1, ended_at=100 - at) for at in range(5)]
    made = trail(ended)
    assert (made.order.came, made.order.ended) == (math.inf, 0)
    assert made.reached(made.order) == 96
    live = [*ended[:2], task("live", State.RUNNING, created_at=3, ended_at=None), *ended[3:]]
    assert trail(live).order.ended == math.inf


def test_news_come_first_where_a_page_without_them_has_none_below() -> None:
    rows = [came(3), came(2), came(1)]
    assert trail(*rows, news=(1, 0, 0)).order.news_first
    assert trail(*rows, news=(2, 1, 0)).order.news_first
    assert trail(*rows, news=(1, 0, 1)).order.news_first is False
    assert trail(*rows, news=(0, 0, 1)).order.news_first is False
    assert trail(*rows, news=(0, 0, 0)).order.news_first is None  # where news stand is not seen where there are none
    assert trail(*rows, news=(1, 1, 1)).order.news_first is None  # nothing was known before: that tells nothing
    assert trail(*rows, news=(1, 1, 0)).stale
    assert not trail(*rows, news=(0, 0, 1)).stale
    assert not Trail().stale


@given(st.lists(st.lists(st.integers(1, 50), max_size=4), min_size=1, max_size=6), st.randoms())
def test_slack_and_reach_are_what_a_reader_from_top_to_bottom_sees(pages: list[list[int]], rng: Random) -> None:
    made = Trail()
    order = list(enumerate(pages))
    rng.shuffle(order)
    for at, times in order:
        made.add(at, came(*times))
    flat = [when for page in pages for when in page]
    worst = max((later - first for at, first in enumerate(flat) for later in flat[at:]), default=0)
    if not flat or worst > PART * (max(flat) - min(flat)):
        assert made.order.came == math.inf
    else:
        assert made.order.came == worst
        assert made.reached(made.order._replace(ended=math.inf)) == min(flat)


def test_how_far_a_read_came_is_told_by_what_was_known_alone() -> None:
    rows = came(9, 1, 8)
    assert trail(rows, news=(2,)).reached(trail(came(2, 1)).order) == 8
    assert trail(rows, news=(3,)).reached(trail(came(2, 1)).order) == math.inf


def test_a_part_of_a_list_shows_disorder_and_no_order() -> None:
    assert trail(came(9, 5, 8)).shown.came == 3
    known = trail(came(9, 8), came(7, 1)).order
    assert known.and_also(trail(came(9, 5, 8)).shown).came == 3
    assert trail(came(9, 1)).order.and_also(known).came == 0


def test_a_row_that_came_before_was_not_picked() -> None:
    assert trail(came(9, 5)).picked(5)
    assert not trail(came(9, 5)).picked(6)
    assert not trail(came(9, None)).picked(5)
    assert trail([]).picked(5)
