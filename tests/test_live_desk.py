"""The monitor's own desk on the demo cloud: what it asks for, what its store says then, and what never leaves it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.cli.world import World, world
from tui.app import LiveDesk
from tui.deeds import DELETE, STOP, Deed
from tui.door import LiveDoor
from tui.errors import CallError, NotFound, UsageError, WriteRefused
from tui.model import State, Task, TaskKey
from tui.settings import Account, Config
from tui.ui.desk import Desk

pytestmark = pytest.mark.cloud

WAITING, RUNNING = (State.QUEUED,), (State.QUEUED, State.RUNNING, State.RETRYING)
ACTS = {
    "alibaba-fc": (STOP, RUNNING, "StopAsyncTask"),
    "tencent-mps": (STOP, WAITING, "ManageTask"),
    "tencent-tat": (STOP, RUNNING, "CancelInvocation"),
    "huawei-kps": (DELETE, (State.FAILED,), "DeleteFailedTask"),
}


@pytest.fixture
def demo() -> Iterator[World]:
    """A cloud whose time stands still."""
    with world(tasks=900, seed=7, freeze=True) as cloud:
        yield cloud


@asynccontextmanager
async def polling(demo: World, folder: Path, *, write: bool, config: str = "") -> AsyncIterator[LiveDesk]:
    """The desk, once every source has been read whole."""
    path = folder / "config.toml"
    path.write_text(config or demo.cloud.config, "utf-8")
    desk, came = LiveDesk(path, write=write), asyncio.Event()
    running = asyncio.create_task(desk.run(came.set))
    try:
        while not desk.store.sources or any(desk.store.status(name).answered_at is None for name in desk.store.sources):
            came.clear()
            assert not running.done(), running
            await asyncio.wait_for(came.wait(), 60)
        yield desk
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def deed_of(desk: LiveDesk, adapter: str) -> tuple[Deed, Task]:
    """A deed that is legal, and its task."""
    kind, states, _ = ACTS[adapter]
    for source in desk.store.sources.values():
        if source.adapter == adapter:
            for task in desk.store.tasks(source.name).values():
                if task.state in states:
                    for deed in desk.deeds(task):
                        if deed.id == kind and deed.legal:
                            return deed, task
    raise AssertionError(f"no task of {adapter} to act on")


async def test_with_the_grant_the_store_has_what_the_provider_says_then(demo: World, tmp_path: Path) -> None:
    async with polling(demo, tmp_path, write=True) as desk:
        seen: Desk = desk
        assert not seen.read_only
        for adapter, (kind, _, operation) in ACTS.items():
            deed, task = deed_of(desk, adapter)
            done = await desk.act(deed, task)
            assert done.accepted, done.told
            assert demo.writes[-1] == operation
            truth, held = demo.truth(str(task.key)), desk.store.get(task.key)
            if kind == DELETE:
                assert truth is None
                assert held is None
                assert done.gone
            else:
                assert truth is not None
                assert held is not None
                assert held.state.value == truth["state"] != task.state.value
        assert demo.writes == [operation for _, _, operation in ACTS.values()]


async def test_without_the_grant_nothing_of_it_leaves_and_no_row_changes(demo: World, tmp_path: Path) -> None:
    async with polling(demo, tmp_path, write=False) as desk:
        assert desk.read_only
        for adapter in ACTS:
            deed, task = deed_of(desk, adapter)
            done = await desk.act(deed, task)
            assert isinstance(done.error, WriteRefused)
            assert desk.store.get(task.key) == task
        assert demo.writes == []
        assert demo.get("/_log") != []


async def test_watched_tasks_are_asked_by_id_between_two_reads(demo: World, tmp_path: Path) -> None:
    config = re.sub(r'interval = "[^"]*"', 'interval = "1h"', demo.cloud.config)
    async with polling(demo, tmp_path, write=False, config=config) as desk:
        live: dict[str, Task | None] = {}
        for name, source in desk.store.sources.items():
            live |= dict.fromkeys([source.adapter], next(iter(desk.store.live(name).values()), None))
        assert set(live) >= {"alibaba-fc", "tencent-tat"}
        wanted = {"alibaba-fc": "GetAsyncTask", "tencent-tat": "DescribeInvocationTasks"}
        chosen = [task for adapter in wanted if (task := live[adapter]) is not None]
        assert len(chosen) == len(wanted)
        before = len(demo.get("/_log"))
        desk.watch(frozenset(task.key for task in chosen))
        asked: set[str] = set()
        while not asked >= set(wanted.values()):
            asked = {one["operation"] for one in (await asyncio.to_thread(demo.get, "/_log"))[before:]}
        assert asked == set(wanted.values()), "no list is read for it"
        for task in chosen:
            held = desk.store.get(task.key)
            assert held is not None
            assert held.state is task.state, "time stands still"
        ended = next(task for task in desk.store.tasks(chosen[0].key.source).values() if task.state.final)
        assert desk.console(ended).why_not.endswith("not the provider's: no console")


async def test_prod_accounts_are_guarded(demo: World, tmp_path: Path) -> None:
    config = demo.cloud.config.replace("[accounts.tx-demo]\n", "[accounts.tx-demo]\nprod = true\n")
    async with polling(demo, tmp_path, write=True, config=config) as desk:
        guarded = {name for name in desk.store.sources if desk.guarded(name)}
        assert guarded == {name for name, one in desk.store.sources.items() if one.account == "tx-demo"}


async def test_before_anything_is_connected_there_is_nothing_to_do(tmp_path: Path) -> None:
    desk = LiveDesk(tmp_path / "config.toml", write=True)
    task = Task(TaskKey("thumbs", "", "t-1"), State.RUNNING)
    assert desk.deeds(task) == ()
    done = await desk.act(Deed(STOP, "stop"), task)
    error: CallError | None = done.error
    assert isinstance(error, NotFound)


@pytest.mark.parametrize(
    ("accounts", "said"),
    [
        ({}, "there is no account yet: :login and the short code of a provider begin one"),
        ({"ali": Account(name="ali", vendor="alibaba")}, "no such account: fc; there is ali"),
    ],
)
async def test_a_key_of_nobody_is_no_key(accounts: dict[str, Account], said: str, tmp_path: Path) -> None:
    door = LiveDoor(lambda *_: None, lambda _: None, tmp_path)
    door.use(Config(accounts=accounts))
    for asked in (door.test, door.logout):
        with pytest.raises(UsageError, match=re.escape(said)):
            await asked("fc")
