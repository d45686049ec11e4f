"""What holds for any query and any task."""

from __future__ import annotations

from datetime import UTC

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.query.samples import NOW, SOURCES, TASKS
from tui.model import State, Task, TaskKey
from tui.query import Query, QueryError, complete, parse
from tui.query.fields import NAMES, field

WORDS = st.sampled_from(
    [
        "transcode",
        "OOM",
        '"memory limit"',
        "/o+m/",
        "/A|b/",
        "~tsc",
        '~"x y"',
        "job-7f31..a90c",
        "not",
        '"OR"',
        '"a\\"b"',
    ]
)
COMPARES = st.sampled_from(
    ["state:fail", "state!=ok,run", "src:fc", "src=thumbs", "name:x,Y", 'error=""', "error:*", "error~oom", "age<2h",
     "dur>5m", "dur:1m..5m", "tat.exit:1..127", "progress>=50%", "created:today", "created<-2h", "created:14:02",
     "started:2026-11-20..2026-11-21", "cmd:7h2k", "aws.size>3", "name:/x|y/", 'id:"a,b c"']
)  # fmt: skip


def _deeper(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    many = st.lists(inner, min_size=2, max_size=3)
    return st.one_of(
        st.tuples(st.sampled_from(["-", "!", "NOT "]), inner).map(lambda pair: f"{pair[0]}({pair[1]})"),
        many.map(" ".join),
        many.map(" AND ".join),
        many.map(" OR ".join),
        many.map("||".join),
        inner.map(lambda text: f"({text})"),
    )


FILTERS = st.recursive(WORDS | COMPARES, _deeper, max_leaves=8)
TERMS = st.lists(st.sampled_from(["", "sort:-age", "group:src", "limit:3", "@am"]), max_size=4, unique=True)
VIEWS = {"am": "state:bad OR a sort:id"}
TASK = st.builds(
    Task,
    key=st.builds(TaskKey, st.sampled_from(sorted(SOURCES)), st.text(max_size=3), st.text(max_size=5)),
    state=st.sampled_from(State),
    name=st.none() | st.text(max_size=9) | st.sampled_from(["x", "Y", "OOM", "transcode"]),
    target=st.none() | st.text(max_size=9),
    error=st.none() | st.sampled_from(["OOM: memory limit", "ab", "\x1b[2J\n"]),
    created_at=st.none() | st.integers(0, 2 * NOW),
    started_at=st.none() | st.integers(0, 2 * NOW),
    ended_at=st.none() | st.integers(0, 2 * NOW),
    duration_ms=st.none() | st.integers(0, 10**9),
    progress=st.none() | st.floats(0, 100),
    retries=st.none() | st.integers(0, 9),
    extra=st.dictionaries(st.sampled_from(["tat.exit", "aws.size"]), st.integers(-1, 300)),
    seen_at=st.just(NOW),
) | st.sampled_from(TASKS)
PIECES = [*'()-!~/":=<>,.@*|&\\ \t\n', "OR ", "AND ", "NOT ", "state", "age", "a", "5", "m", "é"]
ODD = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


CALM = settings(deadline=None)  # a busy machine is no failure


def read(text: str) -> Query:
    return parse(text, views=VIEWS, zone=UTC)


def keeps(query: Query, task: Task) -> bool:
    return query.match(task, SOURCES[task.key.source], NOW)


@CALM
@given(st.text(max_size=60) | ODD | ODD.map(lambda text: text * 20))
@example("\x00")
@example("-" * 999)
@example("created:0001-01-01")
@example("created:9999-12-31")
@example("created:9999-12-31T23:59:59+00:00")
@example("age<" + "9" * 12 + "w")
@example("created:-" + "9" * 12 + "w")
@example("age<" + "9" * 900)
@example("tat.exit:" + "9" * 900)
@example("progress>٣")
@example("state:\ud800")
@example("İ:x")
@example("created:24:00")
def test_any_text_is_a_query_or_a_query_error(text: str) -> None:
    try:
        query = read(text)
    except QueryError as error:
        told = error
    else:
        again = read(str(query))
        assert again == query
        assert str(again) == str(query)
        assert [keeps(again, task) for task in TASKS] == [keeps(query, task) for task in TASKS]
        return
    assert told.message
    assert "\n" not in told.message
    assert 0 <= told.start <= told.end <= max(1, len(text))


@CALM
@given(FILTERS, TERMS)
def test_the_canonical_text_reads_the_same(text: str, terms: list[str]) -> None:
    query = read(" ".join([*terms[:2], text, *terms[2:]]))
    assert read(str(query)) == query
    assert str(read(str(query))) == str(query)


@CALM
@given(FILTERS, TASK)
def test_a_negation_is_the_complement(text: str, task: Task) -> None:
    assert keeps(read(f"-({text})"), task) is not keeps(read(text), task)


@CALM
@given(FILTERS, FILTERS, TASK)
def test_and_is_both_and_or_is_either(one: str, two: str, task: Task) -> None:
    first, second = keeps(read(one), task), keeps(read(two), task)
    assert keeps(read(f"({one}) ({two})"), task) is (first and second)
    assert keeps(read(f"({one}) OR ({two})"), task) is (first or second)


@CALM
@given(st.lists(FILTERS.map(lambda text: f"({text})"), min_size=1, max_size=4), TASK)
def test_clauses_are_the_query_in_parts(parts: list[str], task: Task) -> None:
    text = "  ".join(parts)
    query = read(text)
    assert all(text[clause.start : clause.end] == clause.text for clause in query.clauses)
    assert keeps(query, task) is all(keeps(clause, task) for clause in query.clauses)
    for clause in query.clauses:
        left = [each for each in query.clauses if each is not clause]
        without = query.without(clause)
        assert keeps(without, task) is all(keeps(each, task) for each in left)
        assert without == read(str(without))


@CALM
@given(FILTERS, TASK)
def test_a_match_is_in_one_of_the_positive_states(text: str, task: Task) -> None:
    states = read(text).positive_states
    assert states is None or not keeps(read(text), task) or task.state in states


@CALM
@given(TASK, st.sampled_from(sorted({*NAMES, "aws.size"})))
def test_any_field_of_any_task_has_a_text_and_a_place_in_the_order(task: Task, name: str) -> None:
    known, source = field(name), SOURCES[task.key.source]
    value, text = known.value(task, source, NOW), known.text(task, source, NOW)
    assert (value is None) == (text is None)
    if value is not None:
        assert sorted([value, value]) == [value, value]
        assert known.name == "extra" or keeps(read(f"{name}:*"), task) is (text != "")


@CALM
@given(ODD | st.sampled_from(["state:f", 'name:"tr', "(-src:", "sort:-a", "@", "error:"]), st.integers(0, 200))
def test_completion_never_raises_and_only_replaces_what_is_left_of_the_cursor(text: str, cursor: int) -> None:
    cursor = min(cursor, len(text))
    for offer in complete(text, cursor, TASKS, SOURCES, views=VIEWS, screen=["new"]):
        assert 0 <= offer.start <= offer.end == cursor
