"""What is sifted of many tasks at once is what matches one by one, whatever the texts are made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.query.samples import FC, NOW, SOURCES, TASKS
from tests.query.test_match import LOGIC, STATES, TEXTS, WORDS
from tui.model import State, Task, TaskKey
from tui.query import Batch, QueryError, Words, both, parse
from tui.query import words as query_words
from tui.query.fields import haystack

LETTERS = "aAbßſİΣς\0\n\ud800😀 .é"
texts = st.text(LETTERS, max_size=4)
tasks = st.builds(
    lambda source, scope, ident, state, texts, extra: Task(
        key=TaskKey(source, scope, ident),
        state=state,
        name=texts[0],
        kind=texts[1],
        target=texts[2],
        error=texts[3],
        native_state=texts[4],
        request_id=texts[5],
        extra=extra,
    ),
    st.sampled_from(sorted(SOURCES)),
    texts,
    texts,
    st.sampled_from(State),
    st.lists(st.none() | texts, min_size=6, max_size=6),
    st.dictionaries(st.sampled_from(["fc.a", "fc.b"]), texts | st.integers(), max_size=2),
)
queries = st.sampled_from([*WORDS, *LOGIC, *STATES, *TEXTS]) | st.lists(
    st.sampled_from(
        [
            "a",
            "A",
            "ß",
            "ss",
            "s",
            "σ",
            "é",
            "b a",
            "-a",
            "OR",
            "😀",
            "state:run",
            "-state:bad",
            "name:a",
            "-kind=A",
            "target!=b",
            "error~as",
            "native:*",
            '"\n"',
            "~ab",
        ]
    ),
    min_size=1,
    max_size=4,
).map(" ".join)


def batch(some: list[Task]) -> Batch:
    return Batch(some, SOURCES, NOW, lambda: Words(some, SOURCES, {}), {"thumbs": 90_000})


@given(st.lists(st.sampled_from(TASKS) | tasks, max_size=8), queries, queries, st.integers(0, 3))
def test_what_is_sifted_is_what_matches(some: list[Task], text: str, more: str, begin: int) -> None:
    try:
        query = both(parse(text), parse(more))
    except QueryError:
        return
    assert query is not None
    among = range(min(begin, len(some)), len(some))
    clocks = {name: NOW + (90_000 if name == "thumbs" else 0) for name in SOURCES}
    wanted = [at for at in among if query.match(some[at], SOURCES[some[at].key.source], clocks[some[at].key.source])]
    assert list(query.sift(batch(some), among)) == wanted


@given(st.lists(tasks, min_size=1, max_size=8), st.text("aAbßſİΣςé😀", min_size=1, max_size=3))
def test_words_hold_what_the_haystack_of_each_task_holds(some: list[Task], word: str) -> None:
    folded = word.casefold()
    held = [at for at, task in enumerate(some) if folded in haystack(task, SOURCES[task.key.source])]
    assert list(Words(some, SOURCES, {}).holding(query_words.folded(word))) == held


@given(
    st.lists(st.sampled_from(TASKS) | tasks, min_size=1, max_size=12),
    st.lists(st.dictionaries(st.integers(0, 12), st.sampled_from(TASKS) | tasks, max_size=6), max_size=4),
    st.text("aAbßſİΣςé😀", min_size=1, max_size=2),
    st.sampled_from([0, 64]),
)
def test_words_that_follow_their_tasks_hold_what_new_ones_would(
    now: list[Task], rounds: list[dict[int, Task]], word: str, many: int
) -> None:
    words, folded = Words(now, SOURCES, {}), query_words.folded(word)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tui.query.words.MANY", many)
        for new in rounds:
            longer = [new[12]] if 12 in new else []
            was, now = now, [new.get(at, task) for at, task in enumerate(now)] + longer
            words = words.changed(was, now, SOURCES, {})
            assert list(words.holding(folded)) == list(Words(now, SOURCES, {}).holding(folded))


def test_a_filter_looks_at_a_text_once_and_forgets_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.query.sift.TEXTS", 2)
    query = parse("name:1")
    for first in (0, 5, 0, 10):
        some = [FC._replace(name=name) for name in (*map(str, range(first, first + 5)), None)]
        assert list(query.sift(batch(some), range(6))) == [at for at in range(5) if "1" in str(first + at)]


def test_a_clause_that_is_left_out_is_left_out_of_the_sifting() -> None:
    query = parse("transcode state:run")
    assert list(query.sift(batch([FC]), range(1))) == []
    assert list(query.without(query.clauses[1]).sift(batch([FC]), range(1))) == [0]
