"""Tasks as Markdown: what a cloud says does nothing in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tasks import task as any_task
from tui.markdown import code, head, table, task_row, ticket
from tui.model import Source, State

HERE = Source("thumbs", "alibaba-fc", "ali-prod", "cn-shanghai")


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("plain", "`plain`"),
        ("a`b", "``a`b``"),
        ("`a", "`` `a ``"),
        ("```", "```` ``` ````"),
        ("a|b", "`a\\|b`"),
        ("", "-"),
        (None, "-"),
        ("  ", "-"),
        ("a\nb", "`a b`"),
    ],
)
def test_foreign_text_is_a_code_span(text: str | None, span: str) -> None:
    assert code(text, cell=True) == span


@given(st.text(min_size=1, max_size=60))
def test_no_text_ends_its_span(text: str) -> None:
    span = code(text)
    if span == "-":
        return
    opened = re.match("`+", span)
    assert opened
    fence = opened[0]
    assert span.endswith(fence)
    assert fence not in re.findall("`+", span[len(fence) : -len(fence)])
    assert "\n" not in span


def test_a_table_has_one_line_for_each_task() -> None:
    evil = any_task("t|1", state=State.FAILED, error="![x](http://evil/x.png)\n| boom |", source="thumbs")
    lines = list(table([evil, evil], {"thumbs": HERE}))
    assert lines[:2] == head()
    assert lines[2] == lines[3] == task_row(evil, HERE)
    assert "`![x](http://evil/x.png) \\| boom \\|`" in lines[2]
    assert len(re.findall(r"(?<!\\)\|", lines[2])) == len(re.findall(r"\|", lines[0]))


def test_a_ticket_says_what_support_asks_for() -> None:
    one = any_task("job-1", state=State.FAILED, native_state="Failed", error="OOM", request_id="req-1", source="thumbs")
    told = ticket(one, HERE)
    assert told.startswith("**FAIL** `job-1`\n\n- state: FAIL `Failed`\n")
    assert "- error: `OOM`" in told
    assert "- request id: `req-1`" in told
    assert f"- task: `{one.key}`" in told
    assert "- target" not in ticket(one._replace(target=None), HERE)
