"""What a query carries besides its match: view terms, clauses, canonical text, hints."""

from __future__ import annotations

import pytest

from tests.query.samples import FC, NOW, OK, SOURCES, TASKS
from tui.model import State
from tui.query import both, parse

CANONICAL = {
    "transcode": "transcode",
    '"transcode"': "transcode",
    '"a b"': '"a b"',
    '"OR"': '"OR"',
    '"a..b"': '"a..b"',
    '"say \\"\\\\"': '"say \\"\\\\"',
    "a  AND b && c": "a b c",
    "a OR (b OR c)": "a OR b OR c",
    "(a (b c))": "a b c",
    "a || b c": "a OR b c",
    "(a OR b) c": "(a OR b) c",
    "NOT a": "-a",
    "!(a b)": "-(a b)",
    "--a": "a",
    "src:fc  DUR>5m": "source:fc dur>5m",
    'state:"fail",ok': "state:fail,ok",
    "created:yesterday..": "created_at:yesterday..",
    "cmd:x": "tat.command:x",
    "~ab /c d/ ~/e/": "~ab /c d/ /e/",
    "limit:007 a sort:-src group:created b": "a b sort:-source group:created_at limit:7",
}


@pytest.mark.parametrize(("text", "canonical"), CANONICAL.items())
def test_canonical_text(text: str, canonical: str) -> None:
    assert str(parse(text)) == canonical
    assert parse(canonical) == parse(text)
    assert parse(text).text == text


def test_view_terms() -> None:
    query = parse("sort:-dur state:bad group:src limit:20")
    assert (query.sort, query.group, query.limit) == (("dur", True), "source", 20)
    assert parse("SORT:age").sort == ("age", False)
    assert (parse("a").sort, parse("a").group, parse("a").limit) == (None, None, None)


def test_clauses_know_where_they_stand() -> None:
    query = parse("state:bad  age<2h -name:canary (a OR b) sort:age")
    assert [clause.text for clause in query.clauses] == ["state:bad", "age<2h", "-name:canary", "(a OR b)"]
    assert [(clause.start, clause.end) for clause in query.clauses][:2] == [(0, 9), (11, 17)]
    assert [clause.text for clause in parse("a OR b").clauses] == ["a OR b"]
    assert parse("").clauses == parse("sort:age").clauses == ()


def test_the_guilty_clause_can_be_left_out() -> None:
    query = parse("state:ok -name:canary sort:age")
    guilty = query.without(query.clauses[1])
    assert str(guilty) == "state:ok sort:age"
    kept = [task for task in TASKS if guilty.match(task, SOURCES[task.key.source], NOW)]
    assert kept == [OK]
    assert query.without(query.clauses[0]).without(query.clauses[1]).empty
    assert parse("x").without(parse("x").clauses[0]).text == "x"  # a clause of another query leaves all


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("", None),
        ("a", None),
        ("state:fail a", "FAIL"),
        ("state:fail a OR state:ok", "OK FAIL"),
        ("state:fail OR a", None),
        ("-state:ok", "QUEUE RUN RETRY STOP FAIL CANC EXPD GONE NEW"),
        ("state!=ok", "QUEUE RUN RETRY STOP FAIL CANC EXPD GONE NEW"),
        ("state:bad state:done", "FAIL EXPD"),
        ("state:ok state:fail", ""),
        ("@bad", "FAIL"),
        ("state:*", None),
        ("-(state:ok a)", None),
    ],
)
def test_positive_states(text: str, labels: str | None) -> None:
    states = parse(text, views={"bad": "state:fail"}).positive_states
    shown = None if states is None else " ".join(state.label for state in State if state in states)
    assert shown == labels


def test_queries_are_values() -> None:
    assert parse("a OR b") == parse("a || b")
    assert parse("a") != parse("b")
    assert parse("aws.x:1") == parse('aws.x:"1"')
    assert parse("a").match(FC, SOURCES["thumbs"], NOW)
    assert "match" not in repr(parse("a"))


SOME = ("state:fail", "src:fc,tat", "job OR exit", "-name:x", "age<1h limit:3", "sort:-age limit:1", "")


@pytest.mark.parametrize("one", SOME)
@pytest.mark.parametrize("other", SOME)
def test_both_queries_hold_and_the_second_orders(one: str, other: str) -> None:
    first, second = parse(one), parse(other)
    joined = both(first, second)
    assert joined is not None
    for each in TASKS:
        source = SOURCES[each.key.source]
        assert joined.match(each, source, NOW) == (first.match(each, source, NOW) and second.match(each, source, NOW))
    assert joined.sort == (second.sort or first.sort)
    assert joined.limit == min((one.limit for one in (first, second) if one.limit is not None), default=None)
    assert len(joined.clauses) == len(first.clauses) + len(second.clauses)


def test_both_of_one_is_that_one() -> None:
    query = parse("a")
    assert both(None, query) is query
    assert both(query, None) is query
    assert both(None, None) is None


@pytest.mark.parametrize(
    "text",
    [
        "age<1h",
        "dur>5s",
        "created:today",
        "-seen>-2h",
        "(name:x OR age>1d)",
        "@v",
        "new:yes",
        "created:14:02",
        "created:2026-11-20..today",
    ],
)
def test_what_time_or_the_screen_may_change(text: str) -> None:
    assert parse(text, views={"v": "x age<1h"}, screen={"new": lambda task: True}).moving


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "state:run",
        "duration_ms>5",
        "try>2",
        "-name:x OR id:y",
        "created<2026-11-20T09:00Z",
        "ended:2026-11-20..2026-11-21",
        "created:..2026-11-20",
    ],
)
def test_what_only_the_task_may_change(text: str) -> None:
    assert not parse(text).moving


def test_which_facts_of_the_screen_are_asked_for() -> None:
    screen = {"new": lambda task: True, "mark": lambda task: False}
    assert parse("-(mark:yes OR x) @v", views={"v": "new:no"}, screen=screen).flags == {"mark", "new"}
    assert parse("name:mark new", screen=screen).flags == frozenset()
