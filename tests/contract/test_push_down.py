"""A read narrowed by a filter, against the demo cloud: the same tasks match as in the whole read, for fewer calls."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cloud.lab import PROJECT, START, Lab
from tui.adapters import load
from tui.answers import Page, Want
from tui.calls import Ask, Credential, Reply, Secret
from tui.cloud.keys import DEMO_KEYS
from tui.cloud.sources import config as written
from tui.cloud.wire import Request
from tui.model import Source, Task
from tui.query import parse
from tui.query.push import wanted
from tui.reading import Outcome, read
from tui.settings import Config, SourceSettings
from tui.settings.load import parse as parsed
from tui.wiring import models

pytestmark = pytest.mark.cloud

LAB = Lab(900, freeze=True)


class LabCall:
    """The border, to a front of the lab: signs, sends, judges, counts."""

    def __init__(self, api: str, region: str, vendor: str) -> None:
        keys = DEMO_KEYS[vendor]
        self._key = Credential(key_id=keys["access_key_id"], secret=Secret(keys["access_key_secret"]))
        self._to = api, region
        self.calls = 0

    async def __call__(self, ask: Ask) -> Reply:
        self.calls += 1
        signed = ask.sign(ask, self._key, START / 1000)
        headers = {name.lower(): (value,) for name, value in (*ask.headers, *signed.headers)}
        sent = Request(ask.method, ask.path, ask.query, {"host": (ask.host,)} | headers, signed.body or ask.body)
        answer = LAB.send(*self._to, sent).reply
        said = {name.lower(): value for name, value in answer.headers} | {"content-type": answer.content_type}
        reply = Reply(answer.status, said, answer.body, json.loads(answer.body), parsed=True, at=START)
        error = ask.judge(reply)
        if error is not None:
            raise error
        return reply

    async def credential(self) -> Credential:
        return self._key


@cache
def configured() -> Config:
    fronts = {(front.api, front.region): "http://127.0.0.1:9" for front in LAB.fronts.values()}
    text = written(fronts, "5s").replace('vendor = "huawei"', f'vendor = "huawei"\nproject_id = "{PROJECT}"')
    return parsed(text, models(), Path("demo.toml"))


class Found:
    """What a read of one source brought."""

    def __init__(self, source: SourceSettings, want: Want) -> None:
        account = configured().accounts[source.account]
        call = LabCall(source.adapter, source.region, account.vendor)
        self.tasks: dict[object, Task] = {}
        self.outcome: Outcome = asyncio.run(read(load(source.adapter)(source, account, call), want, self._take))
        self.calls = call.calls

    def _take(self, page: Page) -> float:
        self.tasks |= {task.key: task for task in page.tasks}
        return float("inf")


@cache
def whole(name: str) -> Found:
    return Found(next(one for one in configured().sources if one.name == name), Want())


@cache
def every_task() -> Sequence[Task]:
    return [task for source in configured().sources for task in whole(source.name).tasks.values()]


@cache
def clauses() -> list[str]:
    """Clauses that some tasks of the world match, and some that none does."""
    fixed = [
        *(
            "state:ok",
            "state:fail",
            "state:run",
            "state:queue,run",
            "-state:ok",
            "state:bad",
            "state:gone",
            "state!=fail",
        ),
        *("state:canc", "state:expd", "state:retry", "id:/^order-/", "id:/^3/", "id=no", "target:LATEST", "error:*"),
        *("inst=ins-00000000", "inst=INS-00000000", "cmd=cmd-x", 'target="no such"', "age<1h", "dur>1m", "ended:*"),
        *("created>-1d", "created:today", "started<-1h", "started>-30m", "ended<-10m", "created:-2h", "started:*"),
    ]
    some = every_task()[:: len(every_task()) // 60]
    for task in some:
        fixed += [f'id="{task.key.id}"', f'id:"{task.key.id[:5]}"', f"id:/^{task.key.id[:4]}/"]
        fixed += [f'target="{task.target}"', f'name="{task.name}"']
        fixed += [
            f'{name}="{value}"' for name, value in task.extra.items() if name in ("tat.command", "tat.invocation")
        ]
        for name in ("created", "started", "ended"):
            at = getattr(task, f"{name}_at")
            if at is not None:
                stamp = f"{at // 1000 - 60}"
                fixed += [f"{name}{op}{iso(int(stamp))}" for op in (":", ">", "<", ">=", "<=")]
    return fixed


def iso(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"


def matched(text: str, tasks: Sequence[Task], now: int) -> set[Task]:
    query = parse(text)
    sources: dict[str, Source] = {one.name: one.source for one in configured().sources}
    return {task for task in tasks if query.match(task, sources[task.key.source], now)}


def same(text: str, later: int = 0) -> int:
    """Whether a filter keeps the same tasks of both reads; answers how many calls were spared."""
    spared = 0
    for source in configured().sources:
        narrow, full = Found(source, wanted(parse(text), START)), whole(source.name)
        now = START + later
        assert matched(text, list(narrow.tasks.values()), now) == matched(text, list(full.tasks.values()), now), text
        assert narrow.outcome.complete
        assert 1 <= narrow.calls <= full.calls, text
        spared += full.calls - narrow.calls
    return spared


PIECE = st.deferred(lambda: st.sampled_from(clauses()))
QUERY = st.recursive(
    PIECE,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(" ".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
        inner.map(lambda text: f"-({text})"),
    ),
    max_leaves=4,
)


@given(QUERY, st.sampled_from([0, 1_000, 3_600_000]))
def test_any_filter_keeps_the_same_tasks_of_a_narrowed_read_for_no_more_calls(text: str, later: int) -> None:
    same(text, later)


def test_the_filters_that_people_type_spare_calls() -> None:
    command = next(task for task in every_task() if "tat.command" in task.extra)
    for text in ("state:fail", "state:ok", "state:run", "-state:ok", f"inst={command.target}"):
        assert same(text) > 0, text


def test_a_prefix_of_ids_and_a_time_leave_rows_out() -> None:
    functions = next(source for source in configured().sources if source.adapter == "alibaba-fc")
    every = whole(functions.name).tasks
    first = min(task.started_at for task in every.values() if task.started_at)
    for text in ("id:/^0/", f"started>{iso(first // 1000 + 600)}"):
        assert 0 < len(Found(functions, wanted(parse(text), START)).tasks) < len(every)


def test_a_filter_that_no_task_can_match_still_asks_every_source() -> None:
    assert same("state:ok state:fail") > 0
