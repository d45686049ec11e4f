"""Recordings: what `tail -o ndjson` writes is read back as it was; anything else is counted, never believed."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tasks import NOW, SOURCE, task
from tui.cli.event_lines import ndjson
from tui.cli.happenings import Happened
from tui.cli.words import Turned
from tui.facts import DEEP
from tui.model import Source, State, Task, TaskKey
from tui.query.fields import FIELDS
from tui.recorded import _FACTS, Said, Sighted, Unreadable, event_of, recording
from tui.status import Word

SOURCES = {SOURCE.name: SOURCE}
moments = st.integers(0, 253_402_300_799_999)
texts = st.text(max_size=40)
facts = st.dictionaries(
    texts, st.none() | st.booleans() | st.integers() | texts | st.lists(texts, max_size=3), max_size=3
)
tasks = st.builds(
    Task,
    key=st.builds(TaskKey, source=st.just(SOURCE.name), scope=texts, id=texts),
    state=st.sampled_from(State),
    native_state=st.none() | texts,
    name=st.none() | texts,
    kind=st.none() | texts,
    target=st.none() | texts,
    created_at=st.none() | moments,
    started_at=st.none() | moments,
    ended_at=st.none() | moments,
    duration_ms=st.none() | st.integers(0, 2**50),
    progress=st.none() | st.floats(0, 100),
    retries=st.none() | st.integers(0, 99),
    error=st.none() | texts,
    extra=facts,
    seen_at=moments,
    request_id=st.none() | texts,
)


def line(one: Task, what: str = "seen") -> str:
    return ndjson(Happened(what, one), SOURCES)


@given(tasks)
def test_a_task_is_read_back_as_it_was_written(one: Task) -> None:
    found = event_of(line(one))
    assert found == Sighted(one.seen_at, SOURCE, one)
    assert isinstance(found, Sighted)
    assert (found.task.seen_at, found.task.request_id) == (one.seen_at, one.request_id)


@given(st.sampled_from(Word), moments, texts, texts)
def test_the_word_of_a_source_is_read_back(word: Word, at: int, code: str, message: str) -> None:
    turned = Turned("src", word, Word.LOADING, at, code or None, message or None, "r-1")
    assert event_of(ndjson(turned, SOURCES)) == Said(at, "src", word, code, message, "r-1")


def test_events_keep_the_order_of_the_file_and_time_does_not_run_back() -> None:
    found = recording(
        [line(task("a", seen_at=NOW)), line(task("b", seen_at=NOW - 5)), line(task("c", seen_at=NOW + 5))]
    )
    assert [(one.at, one.task.key.id) for one in found.events if isinstance(one, Sighted)] == [
        (NOW, "a"),
        (NOW, "b"),
        (NOW + 5, "c"),
    ]
    assert found.sources == {"src": SOURCE}


def test_a_source_that_never_showed_a_task_is_there_without_a_provider() -> None:
    found = recording([ndjson(Turned("quiet", Word.AUTH, Word.LOADING, NOW), SOURCES)])
    assert found.sources == {"quiet": Source("quiet", "", "", "")}


def test_torn_and_foreign_lines_are_counted_and_left_out() -> None:
    whole = line(task("a", seen_at=NOW))
    found = recording([whole, "", whole[:100], "null", '{"event": "party"}', "\x1b[2J", whole])
    assert (len(found.events), found.unread) == (2, 4)


SPOILED: tuple[dict[str, Any], ...] = (
    {"state": "dancing"},
    {"state": None},
    {"id": 7},
    {"source": None},
    {"created_at": "yesterday"},
    {"created_at": "2026-01-15T08:30:00"},
    {"seen_at": None},
    {"seen_at": 5},
    {"duration_ms": 1.5},
    {"duration_ms": "9"},
    {"progress": True},
    {"error": ["no"]},
    {"retries": 10**400},
    {"duration_ms": -(10**400)},
    {"progress": 101},
    {"progress": -1e300},
    {"created_at": "0001-01-01T00:00:00+14:00"},
    {"seen_at": "9999-12-31T23:59:59-14:00"},
    {"extra": {"own.share": float("nan")}},
    {"extra": {"tat.exit": "127"}},
    {"extra": {"fc.events": True}},
    {"extra": {"mps.subtasks": "Transcode"}},
    {"extra": {"os.metrics": [0.5]}},
    {"extra": {"tat.command": {}}},
    {"extra": {"os.generation": 5}},
)


@pytest.mark.parametrize("spoiled", SPOILED)
def test_a_field_of_another_kind_spoils_its_line(spoiled: dict[str, Any]) -> None:
    told = json.loads(line(task("a", seen_at=NOW)))
    event_of(json.dumps(told))
    with pytest.raises(Unreadable):
        event_of(json.dumps(told | spoiled))


def test_each_fact_that_tasks_are_sorted_by_has_its_kind() -> None:
    assert {name for name in FIELDS if "." in name} == _FACTS.keys()


@pytest.mark.parametrize("within", ["[%s]", '{"a": %s}'])
@pytest.mark.parametrize("deep", [DEEP + 1, 900])
def test_what_is_too_deep_to_be_drawn_is_not_taken_in(within: str, deep: int) -> None:
    def told(levels: int) -> str:
        facts = "1"
        for _ in range(levels):
            facts = within % facts
        return line(task("a", seen_at=NOW, extra={"own.facts": "@"})).replace('"@"', facts)

    event_of(told(DEEP))
    with pytest.raises(Unreadable):
        event_of(told(deep))


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"event": "source", "word": "LIVE", "at": "9999-99-99"}', "1e999", "{}"]
)
def test_what_is_no_line_of_a_recording_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Unreadable):
        event_of(text)
