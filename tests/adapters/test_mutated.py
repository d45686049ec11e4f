"""Answers that no document describes: whatever a provider sends, an adapter makes tasks of it or says CallError."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters import alibaba, tencent, test_huawei_kps
from tests.adapters.scripted import Answers
from tests.fixture_files import FIXTURES, body, samples
from tests.tasks import task
from tui.adapters import Adapter
from tui.answers import Want
from tui.errors import CallError
from tui.formats import as_json
from tui.model import Source, State, TaskKey

MAKE: dict[str, Callable[[Answers], Adapter]] = {
    "alibaba-fc": lambda answers: alibaba.fc(answers)[0],
    "alibaba-opensearch": lambda answers: alibaba.opensearch(answers)[0],
    "tencent-mps": lambda answers: tencent.mps(answers)[0],  # type: ignore[arg-type]  # a function of an ask
    "tencent-tat": lambda answers: tencent.tat(answers)[0],  # type: ignore[arg-type]  # a function of an ask
    "huawei-kps": lambda answers: test_huawei_kps.adapter(answers)[0],
}
FILES = {name: [one for one in samples() if one.adapter == name] for name in MAKE}
DEEP: Any = None
for _ in range(60):
    DEEP = [DEEP]
JUNK: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 0.5, 10**30, -(2**63), 1e308, float("inf"), float("nan")),
    *("", "0", "-1", "null", "9" * 400, "x" * 5000, "\ud800", "\x1b[31m\u202e", "2026-13-45T99:99:99Z", "1e999"),
    *([], {}, [[]], [{}], {"a": {"b": []}}, [None], [1, "two", {}], DEEP, {"": None}),
)


def nodes(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a JSON value: what holds it, and under which name or number."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inside:
        yield value, name
        yield from nodes(one)


@st.composite
def contents(draw: st.DrawFn, name: str) -> tuple[bytes, int]:
    """A sample of an adapter, with some of its values changed, left out or moved, or its bytes."""
    sample = draw(st.sampled_from(FILES[name]))
    data = (FIXTURES / sample.file).read_bytes()
    status = draw(st.sampled_from((sample.http_status, 200, 200, 400, 500)))
    try:
        value = json.loads(data)
    except ValueError:
        return data, status
    for _ in range(draw(st.integers(0, 4))):
        places = list(nodes(value))
        if not places:
            break
        holder, at = places[draw(st.integers(0, len(places) - 1))]
        if draw(st.booleans()):
            holder[at] = deepcopy(draw(st.sampled_from(JUNK)))  # or the next one is put into it
        else:
            del holder[at]
    text = json.dumps(value, ensure_ascii=draw(st.booleans()))
    data = text.encode(draw(st.sampled_from(("utf-8", "utf-8", "utf-8", "utf-16", "utf-8-sig"))), "replace")
    return data[: draw(st.integers(0, len(data)))] if draw(st.integers(0, 9)) == 0 else data, status


async def used(adapter: Adapter, source: Source) -> None:
    """Every read of an adapter, and everything that is made of what it answers. Raises what is no CallError."""
    known = task("t1", State.RUNNING, source=source.name, scope="my-func")
    listings: list[Any] = []
    try:
        listings = [*await adapter.plan(Want())]
    except CallError:
        return
    for listing in listings[:4]:
        cursors: list[Any] = [None]
        for _ in range(3):
            if not cursors:
                break
            try:
                page = await adapter.page(listing, cursors.pop(0))
                hash(page.next)
                cursors.extend(page.next[:2])
                for one in page.tasks:
                    assert isinstance(one.key.id, str)
                    as_json(one, source)
            except CallError:
                break
    for read in (
        lambda: adapter.detail(known.key, known),
        lambda: adapter.detail(TaskKey(source.name, known.key.scope, "t2"), output=True),
        lambda: adapter.settle([known]),
    ):
        try:
            await read()
        except CallError:
            continue


@pytest.mark.parametrize("name", MAKE)
@given(data=st.data())
async def test_whatever_is_answered_is_tasks_or_a_call_error(name: str, data: st.DataObject) -> None:
    found = data.draw(st.lists(contents(name), min_size=1, max_size=3))
    asked = iter(range(10**9))

    def answer(ask: Any) -> Any:
        content, status = found[next(asked) % len(found)]
        return body(content, status=status)

    await used(MAKE[name](answer), Source("src", name, "acc", "here"))
