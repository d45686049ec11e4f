"""`chaos`: faults that come and go by the clock, and calm when it is told to end."""

import asyncio
import random
from collections import Counter
from typing import Any

import pytest

from tests.cloud.lab import START, Lab
from tests.cloud.wired import Wire
from tui.cloud.chaos import Chaos
from tui.cloud.faults import NAMES, QUIET, WILD, Ask, Faults, Switch
from tui.cloud.sources import SOURCES

pytestmark = pytest.mark.cloud

MINUTE = 60_000
ASK = Ask("tencent-mps", "ap-singapore", "DescribeTasks", "AKID", "", START)


def test_chaos_is_made_of_everything_but_auth_and_storm() -> None:
    assert set(NAMES) - set(WILD) == {"auth", "storm", "chaos"}


def test_one_to_three_are_on_at_any_time_and_each_has_its_turns() -> None:
    chaos = Chaos(random.Random(1), WILD, START)
    turns: Counter[str] = Counter()
    sizes: Counter[int] = Counter()
    for at in range(START, START + 60 * MINUTE, 100):
        turns.update(name for _, name, on in chaos.edges(at) if on)
        sizes[len(chaos.names)] += 1
    assert set(sizes) == {1, 2, 3}
    assert set(turns) == set(WILD)
    assert min(turns.values()) > 30
    assert min(sizes.values()) > 0.1 * sizes.total()


def test_the_edges_do_not_depend_on_when_one_looks() -> None:
    often, once = (Chaos(random.Random(5), WILD, START) for _ in range(2))
    seen = [edge for at in range(START, START + MINUTE * 5, 777) for edge in often.edges(at)]
    assert seen == list(once.edges(START + MINUTE * 5 - MINUTE * 5 % 777))
    assert [at for at, _, _ in seen] == sorted(at for at, _, _ in seen)
    assert Chaos(random.Random(6), WILD, START).names == []


def plans(seed: int) -> tuple[list[Any], set[tuple[str, ...]]]:
    """What ten minutes of chaos have in store, and the sets of faults that were on."""
    faults = Faults(seed, ["chaos"])
    found, sets = [], set()
    for at in range(START, START + 10 * MINUTE, 500):
        ask = Ask("tencent-mps", "ap-singapore", "DescribeTasks", "AKID", "", at)
        found.append(faults.plan(ask))
        sets.add(tuple(name for name in faults.names if name != "chaos"))
    return found, sets


def test_every_fault_strikes_and_the_same_seed_gives_the_same_chaos() -> None:
    found, sets = plans(1)
    assert plans(1) == (found, sets)
    assert plans(2) != (found, sets)
    assert {len(names) for names in sets} == {1, 2, 3}
    assert any(plan.skew for plan in found)
    assert any(plan.delay for plan in found)
    assert any(plan.spoil for plan in found)
    assert any(plan.turn.shift for plan in found)
    assert any(plan.turn.back for plan in found)
    assert not any(plan.turn.denied or plan.turn.gone_key or plan.turn.stale_token for plan in found)


def test_off_means_calm_but_for_what_somebody_else_has_switched_on() -> None:
    faults = Faults(1, ["chaos", "slow"])
    for at in range(START, START + 3 * MINUTE, 1_000):
        faults.catch_up(at)
    faults.switch("chaos", False)
    assert faults.names == ["slow"]
    faults.switch("slow", False)
    assert faults.names == []
    assert faults.plan(ASK) is QUIET
    faults.catch_up(START + 9 * MINUTE)
    assert faults.names == []


def test_one_of_the_faults_of_chaos_can_be_switched_off_by_hand() -> None:
    faults = Faults(1, ["chaos"])
    faults.catch_up(START)
    (wild,) = (name for name in faults.names if name != "chaos")
    faults.switch(wild, False)
    assert faults.names == ["chaos"]
    faults.switch(wild, True)
    for at in range(START, START + 5 * MINUTE, 1_000):
        faults.catch_up(at)
        assert wild in faults.names


def test_the_truth_is_what_the_lists_show_in_chaos_too() -> None:
    lab = Lab(300, rate=20, faults=["chaos"])
    kinds = {"alibaba-fc": "fc", "alibaba-opensearch": "os", "tencent-mps": "mps", "tencent-tat": "tat"}
    late = odd = 0
    for _ in range(40):
        lab.clock.at += 1_000
        lab.faults.catch_up(lab.clock.at)
        truth = list(lab.world.truth())
        late += sum(not row["listed"] and row["state"] == "queued" for row in truth)
        odd += sum(row["state"] == "unknown" for row in truth)
        for source in SOURCES:
            listed = {
                (row["scope"], row["id"], row["native_state"])
                for row in truth
                if row["source"] == source.name and row["listed"]
            }
            assert set(lab.walk(f"{kinds.get(source.adapter, 'kps')}/{source.region}")) == listed
    assert late
    assert odd


# over the wire ----------------------------------------------------------------------------------------------------


async def test_chaos_is_switched_while_it_runs() -> None:
    wire = Wire()
    _, body = await wire.control("POST", "/_fault", {"name": "chaos"})
    assert "chaos" in body["faults"]
    assert len(body["faults"]) == 2
    seen = set()
    for _ in range(120):
        wire.lab.clock.at += 1_000
        seen.add(tuple((await wire.control("GET", "/_fault"))[1]["faults"]))
    assert len(seen) > 20
    assert await wire.control("POST", "/_fault", {"name": "chaos", "on": False}) == (200, {"faults": []})
    wire.lab.clock.at += 10 * MINUTE
    for _ in range(20):
        status, _, body = await wire.send("huawei-kps", "cn-north-4", wire.kps())
        assert status == 200
    assert (await wire.control("GET", "/_fault"))[1] == {"faults": []}


async def test_who_waits_for_a_slow_answer_has_it_when_nothing_is_slow_any_longer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wire = Wire("slow")
    wire.gone = asyncio.Event()  # the client waits for ever
    hung: list[asyncio.Task[Any]] = []
    monkeypatch.setattr(Switch, "draws", lambda *_: True)
    for _ in range(12):
        hung.append(asyncio.create_task(wire.send("huawei-kps", "cn-north-4", wire.kps())))
        await asyncio.sleep(0)
    assert not any(one.done() for one in hung)
    await wire.control("POST", "/_fault", {"name": "slow", "on": False})
    statuses = Counter(status for status, _, _ in await asyncio.gather(*hung))
    assert statuses == {200: 11, 503: 1}


async def test_a_client_that_has_gone_is_told_nothing_and_the_ledger_knows() -> None:
    wire = Wire("slow", remember=True)
    assert await wire.send("huawei-kps", "cn-north-4", wire.kps()) == (0, {}, b"")
    assert [entry.code for entry in wire.desk.ledger.entries] == ["gone"]
    assert list(wire.shown.rows()) == []
