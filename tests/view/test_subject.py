"""TARGET of the table of all tasks is sorted by what it shows: of Function Compute by the function."""

from __future__ import annotations

import pytest

from tests.tasks import NOW, SOURCE, task
from tui.model import Source
from tui.store import Moved
from tui.view import Roster, Sort
from tui.view.order import ranker
from tui.view.subject import as_shown, subject

SOURCES = {
    "src": SOURCE,
    "tat": Source("tat", "tencent-tat", "tx", "ap-guangzhou"),
    "os": Source("os", "alibaba-opensearch", "ali", "cn-hangzhou"),
}
TASKS = (
    task("a", name="zip", target="LATEST"),
    task("b", name="crop", target="prod"),
    task("c", source="tat", name="deploy", target="ins-1"),
    task("d", source="os", name="ctr", target="shop/main"),
    task("e", source="tat"),
)
KNOWN = {one.key: one for one in TASKS}.get


@pytest.mark.parametrize("field", ["target", "inst"])
@pytest.mark.parametrize("descending", [False, True])
def test_sorting_by_target_is_by_what_is_shown_and_what_has_none_is_last(field: str, *, descending: bool) -> None:
    roster = Roster(SOURCES, KNOWN)
    roster.change([Moved(one.key, None, one) for one in TASKS], NOW)
    roster.order(Sort(field, descending), NOW, as_shown)
    shown = [subject(one, SOURCES[one.key.source].adapter) for one in roster.rows]
    words = ["crop", "ctr/shop", "ins-1", "zip"]
    assert shown == [*(reversed(words) if descending else words), ""]


def test_any_other_order_is_the_one_of_the_lists() -> None:
    roster, plain = Roster(SOURCES, KNOWN), Roster(SOURCES, KNOWN)
    for one, ranking in ((roster, as_shown), (plain, ranker)):
        one.change([Moved(each.key, None, each) for each in TASKS], NOW)
        one.order(Sort("name"), NOW, ranking)
    assert [one.key for one in roster.rows] == [one.key for one in plain.rows]


def test_the_same_field_typed_and_picked_are_two_orders() -> None:
    roster = Roster(SOURCES, KNOWN)
    roster.change([Moved(one.key, None, one) for one in TASKS], NOW)
    roster.order(Sort("target"), NOW, as_shown)
    picked = [one.key.id for one in roster.rows]
    roster.order(Sort("target"), NOW)
    assert [one.key.id for one in roster.rows] != picked
    assert [one.target for one in roster.rows] == ["ins-1", "LATEST", "prod", "shop/main", None]
