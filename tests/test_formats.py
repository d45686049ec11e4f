"""json, ndjson, csv and table: what each says, and what none of them lets out."""

from __future__ import annotations

import csv
import io
import json
import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tests.tasks import NOW, SOURCE, task
from tui.facts import Facts
from tui.formats import (
    JSON_FIELDS,
    TABLE_FIELDS,
    as_json,
    dumps,
    json_line,
    rfc3339,
    write_csv,
    write_lines,
    write_table,
)
from tui.model import State, Task

FULL = task(
    "id-1",
    State.FAILED,
    native_state="Failed",
    name="任务",
    kind="async-task",
    target="LATEST",
    created_at=NOW,
    started_at=NOW + 1,
    ended_at=NOW + 1001,
    duration_ms=1000,
    progress=12.5,
    retries=0,
    error="it broke",
    extra={"fc.events": 3},
    seen_at=NOW + 2000,
    request_id="r-1",
)
SOURCES = {"src": SOURCE}
TEXTS = st.text(max_size=3)


def table(*tasks: Task, columns: tuple[str, ...] = TABLE_FIELDS, **how: Any) -> str:
    out = io.StringIO()
    write_table(tasks, SOURCES, columns, out, now=NOW + 10_000, **how)
    return out.getvalue()


def as_csv(*values: Any) -> str:
    out = io.StringIO(newline="")
    write_csv([{"x": one} for one in values], ["x"], out)
    return out.getvalue()


class TestJson:
    def test_every_key_is_there_in_the_order_of_the_contract(self) -> None:
        assert list(as_json(task(), SOURCE)) == [*JSON_FIELDS, "extra"]
        assert list(as_json(task(), SOURCE, {}))[-1] == "raw"

    def test_what_is_known_is_said(self) -> None:
        assert as_json(FULL, SOURCE, {"a": 1}) == {
            "source": "src",
            "adapter": "alibaba-fc",
            "account": "ali",
            "region": "cn-hangzhou",
            "id": "id-1",
            "scope": "fn",
            "name": "任务",
            "kind": "async-task",
            "target": "LATEST",
            "state": "failed",
            "native_state": "Failed",
            "created_at": "2026-01-15T08:30:00.000Z",
            "started_at": "2026-01-15T08:30:00.001Z",
            "ended_at": "2026-01-15T08:30:01.001Z",
            "duration_ms": 1000,
            "progress": 12.5,
            "retries": 0,
            "error": "it broke",
            "request_id": "r-1",
            "seen_at": "2026-01-15T08:30:02.000Z",
            "extra": {"fc.events": 3},
            "raw": {"a": 1},
        }

    def test_what_is_not_known_is_null(self) -> None:
        found = as_json(task(scope=""), SOURCE)
        known = {"source", "adapter", "account", "region", "id", "state", "seen_at", "extra"}
        assert {name for name, value in found.items() if value is not None} == known

    @pytest.mark.parametrize(
        ("millis", "text"),
        [
            (None, None),
            (0, "1970-01-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
            (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
        ],
    )
    def test_times(self, millis: int | None, text: str | None) -> None:
        assert rfc3339(millis) == text

    @given(st.datetimes(timezones=st.just(UTC)))
    def test_times_are_written_as_the_library_writes_them(self, when: datetime) -> None:
        when = when.replace(microsecond=when.microsecond // 1000 * 1000)
        millis = (when - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
        assert rfc3339(millis) == when.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    @given(
        st.recursive(st.none() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(), st.lists)
    )
    def test_values_are_verbatim_and_ascii(self, value: Any) -> None:
        text = dumps(value)
        assert text.isascii()
        assert text.isprintable()
        assert json.loads(text) == value

    def test_a_lone_surrogate_is_verbatim(self) -> None:
        assert dumps(json.loads('"\\ud800"')) == '"\\ud800"'

    def test_what_json_cannot_say_is_null_however_deep(self) -> None:
        deep = {"a": [1e999, -math.inf, {"b": (math.nan, 1)}]}
        assert json.loads(dumps(deep)) == {"a": [None, None, {"b": [None, 1]}]}

    def test_an_answer_that_was_read_can_be_printed_however_deep_it_is(self) -> None:
        deep: Any = 1
        for _ in range(900):
            deep = [deep]
        assert dumps(deep)
        assert dumps([1e999, deep])
        assert dumps(deep, indent=2)

    @pytest.mark.parametrize("many", [0, 1, 3, 256, 600])
    def test_json_is_one_array_and_ndjson_one_object_a_line(self, many: int) -> None:
        objects = [{"a": at} for at in range(many)]
        array, lines = io.StringIO(), io.StringIO()
        write_lines(map(dumps, objects), array, array=True)
        write_lines(map(dumps, objects), lines)
        assert json.loads(array.getvalue()) == objects
        assert array.getvalue().endswith("]\n")
        assert [json.loads(line) for line in lines.getvalue().splitlines()] == objects

    @given(
        st.builds(
            task,
            ident=st.text(min_size=1),
            state=st.sampled_from(State),
            scope=st.text(max_size=3),
            **dict.fromkeys(
                ("name", "kind", "target", "native_state", "error", "request_id"),
                st.none() | st.text(st.characters(), max_size=6),
            ),
            **dict.fromkeys(
                ("created_at", "started_at", "ended_at"), st.none() | st.integers(-(10**12), 253_402_300_799_999)
            ),
            duration_ms=st.none() | st.integers(),
            retries=st.none() | st.integers(),
            progress=st.none() | st.integers(0, 100) | st.floats(),
            extra=st.dictionaries(
                st.text(max_size=3),
                st.none()
                | st.booleans()
                | st.integers()
                | st.floats()
                | TEXTS
                | st.lists(st.none() | TEXTS, max_size=2),
                max_size=2,
            ),
        )
    )
    def test_a_line_written_directly_is_the_object(self, one: Task) -> None:
        assert json_line(one, SOURCE) == dumps(as_json(one, SOURCE))


class TestCsv:
    def test_it_is_rfc_4180(self) -> None:
        assert as_csv('a "b", c', "x y", None) == 'x\r\n"a ""b"", c"\r\nx y\r\n""\r\n'

    @pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@sum", "\ufe0f=1", "=", "-"])
    def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(self, text: str) -> None:
        assert as_csv(text).splitlines()[1].strip('"').startswith("'")

    @pytest.mark.parametrize("text", ["a=1", " =1", "'=1", "任务"])
    def test_other_texts_are_as_they_are(self, text: str) -> None:
        assert as_csv(text).splitlines()[1] == text

    @pytest.mark.parametrize(("value", "text"), [(-1, "-1"), (-0.5, "-0.5"), (0, "0"), (True, "true")])
    def test_a_number_is_a_number(self, value: Any, text: str) -> None:
        assert as_csv(value).splitlines()[1] == text

    @given(st.lists(st.text(st.characters(exclude_characters="\r\n")), max_size=4))
    def test_no_text_makes_another_row_or_lets_a_control_character_out(self, texts: list[str]) -> None:
        out = as_csv(*texts)
        rows = list(csv.reader(io.StringIO(out, newline="")))
        assert len(rows) == len(texts) + 1
        assert all(char.isprintable() for char in out.replace("\r\n", ""))

    def test_line_ends_inside_a_text_are_blanks(self) -> None:
        assert as_csv("a\r\nb\nc").splitlines()[1] == "a  b c"

    def test_the_header_alone_where_there_is_nothing(self) -> None:
        assert as_csv() == "x\r\n"


class TestTable:
    def test_columns_are_aligned_by_cells(self) -> None:
        lines = table(FULL, task("id-222", State.RUNNING), columns=("name", "id", "state")).splitlines()
        assert lines == ["NAME  ID      STATE", "任务  id-1    failed", "-     id-222  running"]

    def test_to_a_pipe_no_text_is_cut_and_nothing_is_coloured(self) -> None:
        long = "x" * 5000
        out = table(task(long, error="\x1b[31mred\x1b[0m"))
        assert long in out
        assert "\x1b" not in out

    @pytest.mark.parametrize("cells", [50, 80, 120])
    def test_to_a_terminal_every_line_fits(self, cells: int) -> None:
        tasks = [task("i" * 100, name="任" * 50, target="t" * 90, error="e" * 300, state=state) for state in State]
        out = table(*tasks, cells=cells)
        assert max(cell_len(line) for line in out.splitlines()) <= cells
        assert cells < 80 or all(state.value in out for state in State)

    def test_colours_begin_and_end_on_each_line(self) -> None:
        lines = table(*(task(state=state) for state in State), colour=True).splitlines()
        assert len(lines) == 11
        assert all(line.startswith("\x1b[") and line.endswith("\x1b[0m") for line in lines)

    @given(st.text(max_size=30))
    def test_no_text_makes_another_line_or_obeys(self, text: str) -> None:
        out = table(task(text or "x", name=text, error=text))
        assert out.count("\n") == 2
        assert out.replace("\n", "").isprintable()

    def test_the_header_alone_where_there_is_nothing(self) -> None:
        assert table().split() == [name.upper() for name in TABLE_FIELDS]

    @pytest.mark.parametrize("columns", [("id",), ("id", "name"), ("state", "id", "error")])
    def test_a_few_long_columns_share_a_terminal(self, columns: tuple[str, ...]) -> None:
        out = table(task("i" * 100, name="n" * 100, error="e" * 100), columns=columns, cells=30)
        assert max(map(cell_len, out.splitlines())) == 30


def test_one_endless_text_does_not_make_every_row_endless() -> None:
    """A hostile name of a megabyte in one row of 10,000 would be 10 GB of blanks in the others."""
    name = "n" * 10_000
    long, *others = table(task("a", name=name), *(task(f"b{at}", name="x") for at in range(9)), columns=("name", "id"))[
        :-1
    ].split("\n")[1:]
    assert long == f"{name}  a"
    assert {len(one) for one in others} < set(range(1000))


@given(st.dictionaries(TEXTS, st.none() | st.integers() | TEXTS | st.lists(TEXTS, max_size=2), max_size=3))
def test_facts_that_many_tasks_share_are_written_once_and_like_any_others(said: dict[str, Any]) -> None:
    facts = Facts(said)
    assert (facts, facts.line) == (said, None)
    for one in (task("a", extra=facts), task("b", extra=facts)):
        plain = task(one.id, extra=said)
        assert json_line(one, SOURCE) == json_line(plain, SOURCE) == dumps(as_json(one, SOURCE))
    assert facts.line == (dumps(said) if said else None)
