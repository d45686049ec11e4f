"""Without the grant no deed of any adapter leaves the border; with it, each sends one request, and its read by id."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import pytest

from tests.adapters.scripted import KEY
from tests.contract.test_every_adapter import ADAPTERS, configured
from tests.raw_server import Heard, RawServer, raw_server
from tui.adapters import Adapter, Doer, load
from tui.budget import Budget
from tui.calls import Credential
from tui.deeds import DELETE, STOP
from tui.doing import carry_out
from tui.errors import WriteRefused
from tui.line import Clocks, Line
from tui.model import State, Task, TaskKey
from tui.net import Wire
from tui.patience import Patience
from tui.settings import EVERYTHING, Network
from tui.settings.kinds import Endpoint, Share

PROJECT = "0123456789abcdef0123456789abcdef"


class Case(NamedTuple):
    """A deed that the row allows: on which task, and what then is on the wire."""

    adapter: str
    deed: str
    task: Task
    sent: bytes
    action: str
    body: bytes = b""


def task(adapter: str, state: State) -> Task:
    """One that has all the facts that a deed of any adapter needs."""
    source, _ = configured()[adapter]
    scope = "f" if adapter == "alibaba-fc" else ""
    return Task(TaskKey(source.name, scope, "t-1"), state, target="ins-1", extra={"tat.invocation": "inv-1"})


CASES = [
    Case(
        "alibaba-fc",
        STOP,
        task("alibaba-fc", State.RUNNING),
        b"PUT /2023-03-30/functions/f/async-tasks/t-1/stop",
        "StopAsyncTask",
    ),
    Case(
        "tencent-mps",
        STOP,
        task("tencent-mps", State.QUEUED),
        b"POST / ",
        "ManageTask",
        b'{"OperationType":"Abort","TaskId":"t-1"}',
    ),
    Case(
        "tencent-tat",
        STOP,
        task("tencent-tat", State.RUNNING),
        b"POST / ",
        "CancelInvocation",
        b'{"InvocationId":"inv-1","InstanceIds":["ins-1"]}',
    ),
    Case(
        "huawei-kps",
        DELETE,
        task("huawei-kps", State.FAILED),
        b"DELETE /v3/" + PROJECT.encode() + b"/failed-tasks/t-1 ",
        "DeleteFailedTask",
    ),
]
each = pytest.mark.parametrize("case", CASES, ids=[f"{case.adapter}-{case.deed}" for case in CASES])


def answer(heard: Heard) -> bytes:
    """A yes that each of the vendors could give."""
    body = b'{"Response": {"RequestId": "r-1"}}'
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


@asynccontextmanager
async def placed(case: Case, *, write: bool) -> AsyncIterator[tuple[Adapter, RawServer]]:
    """The adapter on a real border, to a server that hears everything."""
    source, account = configured()[case.adapter]
    project = PROJECT if account.vendor == "huawei" else None
    account = dataclasses.replace(account, credentials="env", rate_share=Share(EVERYTHING), project_id=project)

    async def credential() -> Credential:
        return KEY

    async with raw_server(answer) as server, Wire(Network()) as wire:
        line = Line(wire, account, source.region, credential, budget=Budget(), clocks=Clocks(), write=write)
        here = dataclasses.replace(source, endpoint=Endpoint(server.origin))
        yield load(case.adapter)(here, account, line), server


def test_every_deed_of_every_adapter_that_is_legal_in_some_state_has_a_case() -> None:
    found: set[tuple[str, str]] = set()
    for adapter in ADAPTERS:
        source, account = configured()[adapter.id]
        here = adapter(source, account, lambda ask: None)  # type: ignore[arg-type]  # no call is made
        if isinstance(here, Doer):
            for state in State:
                given = task(adapter.id, state)
                found |= {(adapter.id, deed.id) for deed in here.deeds(given) if deed.legal}
    assert found == {(case.adapter, case.deed) for case in CASES}


@each
async def test_without_the_grant_the_border_refuses_it_and_nothing_leaves(case: Case) -> None:
    async with placed(case, write=False) as (adapter, server):
        assert isinstance(adapter, Doer)
        deed = next(one for one in adapter.deeds(case.task) if one.id == case.deed)
        with pytest.raises(WriteRefused, match=case.action):
            await adapter.do(deed, case.task)
        done = await carry_out(adapter, deed, case.task, Patience(tries=1))
        assert isinstance(done.error, WriteRefused)
        assert server.heard == []


@each
async def test_with_the_grant_it_is_one_request_of_an_action_that_the_adapter_declares(case: Case) -> None:
    async with placed(case, write=True) as (adapter, server):
        assert isinstance(adapter, Doer)
        assert (case.action, "write") in {(one.name, one.kind) for one in adapter.actions}
        deed = next(one for one in adapter.deeds(case.task) if one.id == case.deed)
        await adapter.do(deed, case.task)
        (heard,) = server.heard
        assert heard.line.startswith(case.sent)
        assert heard.body == case.body
        named = heard.headers.get(b"x-acs-action") or heard.headers.get(b"x-tc-action")
        assert named in (None, case.action.encode())
