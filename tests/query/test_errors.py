"""A wrong query says in one line what is wrong, and where."""

from __future__ import annotations

import pytest

from tui.errors import TaskdeckError, UsageError
from tui.query import QueryError, parse

# text, message, the characters that are underlined
NO_STATE = "use queue run retry stop ok fail canc expd gone new live done bad"
WRONG = [
    ("age<2", "age: needs a unit, e.g. 5m", "2"),
    ("name:x age<", "age: needs a value right behind <, e.g. age<2h", "age<"),
    ("age<soon", "age: needs a duration, e.g. 30s 5m 2h 1d", "soon"),
    ("dur>p95", "dur: p95 needs the history ledger, which does not exist yet", "p95"),
    ("state:run dur>p99", "dur: p99 needs the history ledger, which does not exist yet", "p99"),
    ("dur:5m..1m", "dur: a range goes from small to large, e.g. 1m..5m", "5m..1m"),
    ("dur>1m..5m", "dur: a range goes with a colon, e.g. dur:1m..5m", "dur>1m..5m"),
    ("dur:..", "dur: a range needs an end, e.g. 1..5 or 5..", ".."),
    ("dur:/5/", "dur: a regular expression does not fit a duration", "/5/"),
    ("dur~5m", "dur: ~ does not fit a duration; use one of : = != > >= < <=", "dur~5m"),
    ("tat.exit:x", "tat.exit: needs a number, e.g. 5 or 10k", "x"),
    ("name>5", "name: > does not fit a text; use one of : = != ~", "name>5"),
    ("state>run", "state: > does not fit a state; use one of : = !=", "state>run"),
    ("state:faild", "state: there is no faild; did you mean failed?", "faild"),
    ("state:ok,xyzzy", f"state: there is no xyzzy; {NO_STATE}", "xyzzy"),
    ("state=f", f"state: there is no f; {NO_STATE}", "f"),
    ('state:""', f'state: there is no ""; {NO_STATE}', '""'),
    ("state:/x/", f"state: there is no /x/; {NO_STATE}", "/x/"),
    ("created:noon", "created_at: needs a time, e.g. 14:02, today, 2026-11-21T09:00 or -2h", "noon"),
    ("created:25:00", "created_at: needs a time of day from 00:00 to 23:59", "25:00"),
    ("created:2026-02-30", "created_at: there is no 2026-02-30 in the calendar", "2026-02-30"),
    ("created:-2", "created_at: needs a unit, e.g. 5m", "-2"),
    ("aws.size>big", "aws.size: needs a number, e.g. 5 or 10k", "aws.size>big"),
    ("stat:fail", 'stat: no such field; did you mean state?, or quote it to search for it: "stat:.."', "stat"),
    ("tat.x:1", 'tat.x: no such field; did you mean tat.exit?, or quote it to search for it: "tat.x:.."', "tat.x"),
    ("name:||x", "name: needs a value right behind :, e.g. name:word", "name:"),
    ("name:", "name: needs a value right behind :, e.g. name:word", "name:"),
    ("name:\tx", "name: needs a value right behind :, e.g. name:word", "name:"),
    ("name:(x)", "name: needs a value right behind :, e.g. name:word", "name:"),
    ("name:,x", "name: needs a value right behind :, e.g. name:word", "name:"),
    ("name:x,", "name: needs another value right behind the comma", ","),
    ("name:x,,y", "name: needs another value right behind the comma", ","),
    ('error:"oom', 'a quoted text needs a closing "; write \\" for one inside', '"oom'),
    ('"a"b', 'needs a blank behind the closing "; write \\" for one inside', '"b'),
    ("/var/log", "needs a blank behind the closing /; quote a path", "/l"),
    ("/var", "a regular expression needs a closing /; write \\/ for one inside", "/var"),
    ("//", "a regular expression needs a closing /; write \\/ for one inside", "//"),
    ("/a(/", "regular expression: missing ), unterminated subpattern at position 1", "/a(/"),
    (r"/(a)\1/", "regular expression: a backreference is not supported", r"/(a)\1/"),
    ("/(?=a)/", "regular expression: look-ahead is not supported", "/(?=a)/"),
    ("/(?<=a)b/", "regular expression: look-behind is not supported", "/(?<=a)b/"),
    ("/(?i)a/", "regular expression: (?i is not supported", "/(?i)a/"),
    ("/a*+b/", "regular expression: a possessive repeat is not supported", "/a*+b/"),
    (r"/\N{DIGIT ONE}/", r"regular expression: \N is not supported", r"/\N{DIGIT ONE}/"),
    ("/[[]a/", "regular expression: Possible nested set at position 1", "/[[]a/"),
    ("/a{400}/", "regular expression: too large, with its repeats written out", "/a{400}/"),
    ("foo (", '"(" needs something behind it and a ")"', "("),
    ("(foo", '"(" without a ")" behind it', "("),
    ("( )", "empty parentheses", "( )"),
    ("foo)", '")" without a "(" before it; to search for it, quote it: ")"', ")"),
    ("a OR", '"OR" needs something on both sides; to search for it, quote it: "OR"', "OR"),
    ("OR a", '"OR" needs something on both sides; to search for it, quote it: "OR"', "OR"),
    ("a AND", '"AND" needs something on both sides; to search for it, quote it: "AND"', "AND"),
    ("a && && b", '"&&" needs something on both sides; to search for it, quote it: "&&"', "&&"),
    ("(a ||)", '"||" needs something on both sides; to search for it, quote it: "||"', "||"),
    ("a NOT", '"NOT" needs something behind it; to search for it, quote it: "NOT"', "NOT"),
    ("(-)", '"-" needs something behind it; to search for it, quote it: "-"', "-"),
    ("a - b", '"-" needs something to exclude right behind it, e.g. -name:canary', "-"),
    ("a !", '"!" needs something to exclude right behind it, e.g. -name:canary', "!"),
    ("a ~", '"~" needs letters right behind it, e.g. ~trnscd', "~"),
    ("(sort:age)", "sort: belongs at the top level, outside ( ), OR and -", "sort:"),
    ("-@am", "@ belongs at the top level, outside ( ), OR and -", "@"),
    ("a OR limit:3", "limit: belongs at the top level, outside ( ), OR and -", "limit:"),
    ("sort:age sort:id", "sort: once is enough", "sort:id"),
    ("sort:", "sort: needs a field, e.g. sort:age", "sort:"),
    ("sort:-", "sort: needs a field, e.g. sort:age", "sort:-"),
    ("sort:-agee", "agee: no such field; did you mean age?", "agee"),
    ("group:regoin", "regoin: no such field; did you mean region?", "regoin"),
    ("limit:0", "limit: needs a whole number from 1, e.g. limit:20", "limit:0"),
    ("limit:many", "limit: needs a whole number from 1, e.g. limit:20", "limit:many"),
    ("new:yes", "new: only on screen; a command cannot know it", "new"),
    ("@am", "@am: no saved view of that name", "@am"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message", "underlined"), WRONG, ids=[text for text, _, _ in WRONG])
def test_what_is_wrong_and_where(text: str, message: str, underlined: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    error = caught.value
    assert (error.message, text[error.start : error.end]) == (message, underlined)
    assert str(error) == error.message
    assert "\n" not in error.message


def test_a_slip_in_a_dotted_name_is_no_new_field() -> None:
    with pytest.raises(QueryError, match=r"did you mean tat\.exit"):
        parse("tatt.exit:1")


def test_it_is_an_error_of_usage() -> None:
    assert issubclass(QueryError, UsageError)
    assert issubclass(QueryError, TaskdeckError)


def test_a_message_is_safe_for_a_terminal() -> None:
    with pytest.raises(QueryError) as caught:
        parse('state:"\x1b[2J\nx"')
    assert "\x1b" not in caught.value.message
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a" * 10_000, "10000 characters are too many for a query: at most 4096"),
        ("(" * 1_000 + "a" + ")" * 1_000, "more than 50 parentheses inside each other"),
        ("(" * 1_000, "more than 50 parentheses inside each other"),
        ("-(" * 1_000, "more than 50 parentheses inside each other"),
        ("/" + "a" * 201 + "/", "regular expression: more than 200 characters"),
        ("/" + "(" * 21 + ")" * 21 + "/", "regular expression: more than 20 groups"),
    ],
)
def test_too_much_is_refused(text: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text)
    assert caught.value.message == message
    assert 0 <= caught.value.start <= caught.value.end <= len(text)


def test_long_rows_are_no_trouble() -> None:
    for text in ("-" * 4_000 + "a", "a " * 2_000, "a OR " * 800 + "a", "id:" + "a," * 2_000 + "a", "(a) " * 1_000):
        assert str(parse(str(parse(text)))) == str(parse(text))


def test_screen_fields_are_yes_or_no() -> None:
    for text in ("new:maybe", "new>yes", "new:"):
        with pytest.raises(QueryError, match="new: is yes or no"):
            parse(text, screen={"new": lambda task: True})


VIEWS = {
    "am": "state:bad sort:-age limit:5",
    "pm": "@am region:cn",
    "order": "group:src",
    "loop": "a @pool",
    "pool": "@loop",
    "self": "@self",
    "broken": "age<2",
    "worse": "@broken",
    "either": "a OR b",
}


def test_saved_views() -> None:
    query = parse("@pm name:x", views=VIEWS)
    assert str(query) == "@pm name:x sort:-age limit:5"
    assert (query.sort, query.group, query.limit) == (("age", True), None, 5)
    assert [clause.text for clause in query.clauses] == ["@pm", "name:x"]
    assert parse("@am sort:id @order", views=VIEWS).sort == ("id", False)
    assert parse("@am sort:id @order", views=VIEWS).group == "source"
    assert parse("@order", views=VIEWS).clauses[0].text == "@order"
    assert str(parse("@either c", views=VIEWS)) == "@either c"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x @loop", "@loop: @pool: @loop: refers to itself: loop > pool > loop"),
        ("@self", "@self: refers to itself: self > self"),
        ("@broken", "@broken: age: needs a unit, e.g. 5m"),
        ("@worse", "@worse: @broken: age: needs a unit, e.g. 5m"),
        ("@amm", "@amm: no saved view of that name; did you mean am?"),
        ("@am " * 21, "@am: more than 20 saved views in one query"),
    ],
)
def test_a_wrong_view_is_told_at_its_name(text: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, views=VIEWS)
    assert caught.value.message == message
    assert text[caught.value.start : caught.value.end].startswith("@")


def test_views_that_multiply_are_refused() -> None:
    views = {f"v{level}": f"@v{level + 1} @v{level + 1}" for level in range(30)} | {"v30": "a"}
    with pytest.raises(QueryError, match="more than 20 saved views"):
        parse("@v0", views=views)
