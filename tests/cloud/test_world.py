"""The world: exact numbers, one history per seed, and pages that add up to the truth."""

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cloud.lab import START, Hands, Lab
from tui.cloud.arrivals import Weather
from tui.cloud.job import Job
from tui.cloud.realms import fc, kps, mps, opensearch, tat
from tui.cloud.sources import ADAPTERS, SOURCES
from tui.cloud.world import World, shares

pytestmark = pytest.mark.cloud

HOUR = 3_600_000
WORLDLY = ("order", "hostile", "novel")  # faults of the world itself, not of the wire
KEYS = (
    *("source", "adapter", "account", "region", "id", "scope", "name", "kind", "target", "state", "native_state"),
    *("created_at", "started_at", "ended_at", "duration_ms", "progress", "retries", "error"),
    *("extra", "listed", "by_id"),
)
RANK = {"queued": 0, "running": 1, "retrying": 1, "stopping": 2}
KINDS = {
    "alibaba-fc": "fc",
    "alibaba-opensearch": "os",
    "tencent-mps": "mps",
    "tencent-tat": "tat",
    "huawei-kps": "kps",
}


def listed(world: World) -> dict[str, Counter[tuple[str | None, str, str]]]:
    """What each source lists now."""
    answer: dict[str, Counter[tuple[str | None, str, str]]] = {source.name: Counter() for source in SOURCES}
    for row in world.truth():
        if row["listed"]:
            answer[row["source"]][row["scope"], row["id"], row["native_state"]] += 1
    return answer


def natives(world: World) -> dict[tuple[str, Job], str]:
    """The native status of every task."""
    now = world.advance()
    status = {
        "alibaba-fc": fc.status,
        "alibaba-opensearch": opensearch.status,
        "tencent-mps": mps.status_of,
        "tencent-tat": tat.status,
        "huawei-kps": kps.task_status,
    }
    return {(api, job): status[api](job, now) for (api, _), realm in world.realms.items() for job, _, _ in realm.jobs()}


@given(st.integers(0, 3000), st.integers(0, 5))
@settings(max_examples=12, deadline=None)
def test_exactly_n_tasks_are_listed_split_evenly(tasks: int, seed: int) -> None:
    world = World(tasks, seed, freeze=True, clock=Hands())
    by_adapter = Counter(row["adapter"] for row in world.truth() if row["listed"])
    assert sum(by_adapter.values()) == tasks
    expected = [tasks // 5 + (i < tasks % 5) for i in range(5)]
    assert [by_adapter[adapter] for adapter in ADAPTERS] == expected


def test_the_default_world_has_about_400_live_tasks() -> None:
    assert sum(live for _, live in shares(2000).values()) == 400


@given(
    st.integers(0, 600), st.integers(0, 99), st.integers(0, 6 * HOUR), st.booleans(), st.sets(st.sampled_from(WORLDLY))
)
@settings(max_examples=15, deadline=None)
def test_walking_all_pages_gives_exactly_the_listed_truth(
    tasks: int, seed: int, later: int, freeze: bool, faults: set[str]
) -> None:
    lab = Lab(tasks, seed, freeze=freeze, faults=faults)
    assert sum(row["listed"] for row in lab.world.truth()) == tasks
    lab.clock.at += later
    truth = listed(lab.world)
    for source in SOURCES:
        walked = Counter(lab.walk(f"{KINDS[source.adapter]}/{source.region}"))
        assert walked == truth[source.name]
        assert max(walked.values(), default=1) == 1


def test_the_same_seed_gives_the_same_history_and_another_seed_another() -> None:
    first, second, third = (list(World(300, seed, clock=Hands()).truth()) for seed in (1, 1, 2))
    assert first == second
    assert first != third


def test_the_future_does_not_depend_on_when_one_looks() -> None:
    often, once = (Lab(300, 5) for _ in range(2))
    for _ in range(20):
        often.clock.at += 6_000
        often.world.advance()
    once.clock.at += 20 * 6_000
    assert list(often.world.truth()) == list(once.world.truth())


def test_a_frozen_world_stands_still() -> None:
    lab = Lab(200, freeze=True)
    before = list(lab.world.truth())
    lab.clock.at += HOUR
    assert list(lab.world.truth()) == before


def test_the_clock_may_go_backwards_the_world_does_not() -> None:
    lab = Lab(100)
    lab.clock.at += HOUR
    late = lab.world.now()
    lab.clock.at -= HOUR
    assert lab.world.now() == late


def test_nothing_starts_in_the_future_and_the_past_is_seven_days() -> None:
    times = [
        row[name]
        for row in World(2000, clock=Hands()).truth()
        for name in ("created_at", "started_at", "ended_at")
        if row[name]
    ]
    assert max(times) <= "2026-11-18T11:06:40.000Z"  # the start of the lab's clock
    assert min(times) >= "2026-11-11T11:06:40.000Z"


def test_states_only_go_forward() -> None:
    lab = Lab(150, rate=10)
    seen: dict[tuple[str, Any, str], str] = {}
    for _ in range(40):
        lab.clock.at += 1_500
        for row in lab.world.truth():
            key = (row["source"], row["scope"], row["id"])
            before = seen.get(key, "queued")
            assert RANK.get(row["state"], 3) >= RANK.get(before, 3), row
            seen[key] = row["state"]


@pytest.mark.parametrize("rate", [1.0, 10.0])
def test_something_moves_every_second_or_so(rate: float) -> None:
    lab = Lab(2000, rate=rate)
    before = natives(lab.world)
    lab.clock.at += 10_000
    after = natives(lab.world)
    assert sum(before.get(job) != native for job, native in after.items()) >= 8 * rate


def test_it_does_not_grow_without_bound() -> None:
    lab = Lab(300, rate=20)
    for _ in range(40):
        lab.clock.at += 300_000
        lab.world.advance()
    rows = list(lab.world.truth())
    assert len(rows) < 2_500
    assert all(row["ended_at"] is None or row["ended_at"] > "2026-11-11" for row in rows)


def test_media_tasks_are_gone_after_168_hours() -> None:
    lab = Lab(20)
    old = next(row for row in lab.world.truth() if row["adapter"] == "tencent-mps" and row["state"] == "succeeded")
    lab.clock.at += 168 * HOUR
    lab.media.advance(lab.clock.at)
    assert lab.media.find(old["id"]) is None
    assert all(job.ended > START for part in lab.media.finished.values() for job in part)


def test_every_native_status_occurs() -> None:
    lab = Lab(6000, rate=4)
    seen: dict[str, set[str]] = {adapter: set() for adapter in ADAPTERS}
    for _ in range(40):
        lab.clock.at += 30_000
        for (adapter, _), native in natives(lab.world).items():
            seen[adapter].add(native)
    # the moment before a stop is short: look there
    seen["alibaba-fc"] |= {fc.status(job, job.ended - 1) for job, _, _ in lab.functions.jobs()}
    seen["tencent-tat"] |= {tat.status(job, job.ended - 1) for job, _, _ in lab.commands.jobs()}
    assert seen["alibaba-fc"] == {*fc.FINAL, "Enqueued", "Dequeued", "Running", "Retrying", "Stopping"}
    assert seen["alibaba-opensearch"] == {"running", "success", "failed"}
    assert seen["tencent-mps"] == {mps.WAITING, mps.PROCESSING, mps.FINISH}
    assert seen["tencent-tat"] == {*tat.FINAL, "PENDING", "DELIVERING", "DELIVER_DELAYED", "RUNNING", "CANCELLING"}
    prefixes = {native.partition("_")[0] for native in seen["huawei-kps"]}
    assert prefixes == {"READY", "RUNNING", "FAILED", "SUCCESS"}


def test_storms_make_failures_come_together() -> None:
    weather = Weather(random.Random(1), 2, START, 1.0)
    seconds = range(START, START + 6 * HOUR, 1_000)
    failed = [[weather.fails(at, owner, 0.01) for owner in (0, 1)] for at in seconds]
    minutes = [sum(map(sum, failed[i : i + 60])) for i in range(0, len(failed), 60)]
    calm = [n for n in minutes if n <= 5]
    assert len(calm) > len(minutes) * 0.6
    assert max(minutes) > 15


def test_truth_has_every_key_of_the_contract_and_no_empty_facts() -> None:
    for row in World(1000, clock=Hands()).truth():
        assert list(row) == list(KEYS)
        assert all(value not in (None, "", []) for value in row["extra"].values())
        assert row["error"] is None or row["state"] in ("failed", "expired")
        assert all(row[name] != "" for name in KEYS)
        assert ("tat.exit" in row["extra"]) == (row["adapter"] == "tencent-tat" and row["state"] not in RANK)


def test_a_key_pair_task_that_succeeded_is_found_by_id_only() -> None:
    lab = Lab(400)
    done = next(row for row in lab.world.truth() if row["adapter"] == "huawei-kps" and row["state"] == "succeeded")
    assert (done["listed"], done["by_id"]) == (False, True)
    assert lab.kps(f"/tasks/{done['id']}").json["task_status"] == done["native_state"]


def test_a_by_id_read_finds_exactly_what_the_truth_says() -> None:
    lab = Lab(150)
    for row in lab.world.truth():
        found = lab.by_id(row)
        assert (found is not None) == row["by_id"]
        if row["adapter"] != "huawei-kps" or not row["listed"]:  # its lists have a prefix of their own
            assert found == (row["id"], row["native_state"])


def test_no_training_starts_in_the_future_however_many_are_asked_for() -> None:
    lab = Lab(0, seed=65, rate=4000)
    for _ in range(200):
        lab.clock.at += 700
        now = lab.world.advance()
        assert all(job.started <= now for one in lab.trainings.instances for job in one.roll.jobs)
    assert sum(len(one.roll.jobs) for one in lab.trainings.instances) > 100


def test_a_world_that_stops_lists_what_is_true_then() -> None:
    clock = Hands()
    world = World(400, seed=3, rate=40, clock=clock)
    clock.at += 60_000
    world.stop()
    clock.at += 60_000
    keys = world.realms["huawei-kps", "cn-north-4"]
    assert isinstance(keys, kps.KeyPairs)
    assert all(job.ended > world.now() for job in keys.running(world.now()))
    assert world.now() == START + 60_000
