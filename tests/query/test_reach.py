"""Reach: a source that a query is said not to reach has no task that the query keeps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.query.samples import NOW, SOURCES
from tests.query.test_properties import FILTERS, TASK, VIEWS
from tui.model import Task
from tui.query import parse
from tui.query.reach import reaches

ALL = frozenset(SOURCES)


def reached(text: str) -> frozenset[str]:
    query = parse(text, views=VIEWS)
    return frozenset(name for name, source in SOURCES.items() if reaches(query, source))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ALL),
        ("sort:-age limit:3", ALL),
        ("state:fail", ALL),
        ("thumbs", ALL),  # a word may stand in any text of a task
        ("src:fc", {"thumbs"}),
        ("src:fc,kps state:fail", {"thumbs", "keys"}),
        ("-src:fc", ALL - {"thumbs"}),
        ("src!=fc", ALL - {"thumbs"}),
        ("src=media", {"media"}),
        ("account:ali-prod", {"thumbs", "ctr"}),
        ("region:cn- -src:fc", {"ctr", "keys"}),
        ('region=""', {"media"}),
        ("src:fc OR name:x", ALL),
        ("src:fc OR (region:ap- state:ok)", {"thumbs", "commands"}),
        ("-(src:fc state:ok)", ALL),  # those that are not ok are kept
        ("-(src:fc OR state:ok)", ALL - {"thumbs"}),
        ("src:fc src:kps", frozenset()),
        ("adapter~tencent", {"media", "commands"}),
    ],
)
def test_what_is_said_of_sources(text: str, names: frozenset[str]) -> None:
    assert reached(text) == names


def test_declared_short_codes_count() -> None:
    shorts = {"alibaba-fc": "FX"}
    assert reaches(parse("src:fx", shorts=shorts), SOURCES["thumbs"], shorts)
    assert not reaches(parse("src:fx", shorts=shorts), SOURCES["keys"], shorts)


ABOUT = st.sampled_from(
    ["src:fc", "-src:kps", "src!=mps", "account:ali", "region:cn-", "region:*", "-region:*", "src~t", "adapter:a,h"]
)
MIXED = st.one_of(
    ABOUT,
    FILTERS,
    st.tuples(ABOUT | FILTERS, st.sampled_from([" ", " OR ", " -"]), ABOUT | FILTERS).map("".join),
    st.tuples(ABOUT, st.sampled_from([" ", " OR "]), ABOUT | FILTERS).map(lambda parts: f"-({''.join(parts)})"),
)


@given(MIXED, st.lists(TASK, min_size=1, max_size=8))
def test_no_task_that_is_kept_is_of_a_source_out_of_reach(text: str, tasks: list[Task]) -> None:
    query = parse(text, views=VIEWS)
    for task in tasks:
        source = SOURCES[task.key.source]
        if query.match(task, source, NOW):
            assert reaches(query, source), text
