"""The truth is what the reference says of a row: one hand-made task for each rule."""

from typing import Any

import pytest

from tests.cloud.lab import START, Lab
from tui.cloud.job import Job
from tui.cloud.realms import fc, kps, mps, opensearch, tat
from tui.cloud.realms.opensearch import Instance
from tui.cloud.sources import SOURCES
from tui.cloud.truth import rfc3339, truths

MINUTE = 60_000
CREATED, STARTED, ENDED = START - 10 * MINUTE, START - 9 * MINUTE, START - MINUTE


def truth(adapter: str, job: Job, now: int = START) -> dict[str, Any]:
    source = next(source for source in SOURCES if source.adapter == adapter)
    return next(truths(source, iter([(job, True, True)]), now))


def some(row: dict[str, Any], *names: str) -> list[Any]:
    return [row[name] for name in names]


def test_times_are_utc_with_milliseconds() -> None:
    assert rfc3339(START + 7) == "2026-11-18T11:06:40.007Z"
    assert rfc3339(None) is None


def test_a_failed_function_task(lab: Lab) -> None:
    job = Job(lab.functions.by_name["ingest-orders"], 5, CREATED, STARTED, ENDED, fc.FAILED, tries=2)
    row = truth("alibaba-fc", job)
    assert some(row, "id", "scope", "name", "kind") == ["order-000005", "ingest-orders", "ingest-orders", "async-task"]
    assert some(row, "target", "state", "native_state", "retries") == ["LATEST", "failed", "Failed", 2]
    assert some(row, "created_at", "started_at", "ended_at") == [None, rfc3339(STARTED), rfc3339(ENDED)]
    assert row["duration_ms"] == 8 * MINUTE
    assert row["error"]
    assert row["extra"]["fc.events"] == 7


def test_a_running_function_task_has_no_length_and_no_error(lab: Lab) -> None:
    job = Job(lab.functions.by_name["ingest-orders"], 5, CREATED, STARTED, START + MINUTE, fc.FAILED, tries=1)
    row = truth("alibaba-fc", job)
    assert some(row, "state", "ended_at", "duration_ms", "error") == ["running", None, None, None]
    assert truth("alibaba-fc", job, STARTED + 6 * MINUTE)["state"] == "retrying"


@pytest.mark.parametrize(
    ("outcome", "state", "native"),
    [(fc.EXPIRED, "expired", "Expired"), (fc.INVALID, "failed", "Invalid"), (fc.STOPPED, "cancelled", "Stopped")],
)
def test_a_function_task_that_never_started(lab: Lab, outcome: int, state: str, native: str) -> None:
    row = truth("alibaba-fc", Job(lab.functions.by_name["ocr-invoice"], 5, CREATED, 0, ENDED, outcome))
    assert some(row, "state", "native_state", "started_at", "duration_ms") == [state, native, None, None]
    assert row["ended_at"] == rfc3339(ENDED)
    assert (row["error"] is None) == (state == "cancelled")
    assert "fc.instance" not in row["extra"]
    assert row["target"] == "prod"


@pytest.mark.parametrize("name", ["ctr_main", "news_ctr_v2", "hot_words"])
def test_a_failed_training_in_every_spelling(name: str) -> None:
    instance = Instance(("app", "ctr", name, "tf"), 3)
    rows = [truth("alibaba-opensearch", Job(instance, n, STARTED, STARTED, ENDED, opensearch.FAILED)) for n in range(9)]
    assert {row["state"] for row in rows} == {"failed"}
    assert rows[0]["scope"] == f"app/ctr/{name}"
    assert rows[0]["target"] == f"app/{name}"
    assert rows[0]["ended_at"] == rfc3339(ENDED)
    assert rows[0]["duration_ms"] == 8 * MINUTE
    errors = {row["error"] for row in rows}
    assert any(": " in error for error in errors)
    assert all("{" not in error for error in errors)
    assert set(rows[0]["extra"]) == {"os.generation", "os.metrics"}
    assert set(rows[0]["extra"]["os.metrics"]) == {"epoch"}


def test_a_running_training_has_progress_and_no_metrics(lab: Lab) -> None:
    job = Job(lab.trainings.instances[0], 2, STARTED, STARTED, START + MINUTE, opensearch.SUCCESS)
    row = truth("alibaba-opensearch", job)
    assert some(row, "state", "ended_at", "duration_ms", "error") == ["running", None, None, None]
    assert 0 < row["progress"] < 100
    assert row["extra"] == {"os.generation": "2"}


@pytest.mark.parametrize(
    ("outcome", "state", "error"),
    [
        (mps.SUCCEEDED, "succeeded", None),
        (mps.SUBTASK_FAILED, "failed", "subtask failed"),
        (mps.ABORTED, "failed", "subtask failed"),
    ],
)
def test_finished_media_tasks(outcome: int, state: str, error: str | None) -> None:
    job = Job(mps.Kind("WorkflowTask", ("Transcode", "SampleSnapshot")), 4, CREATED, STARTED, ENDED, outcome)
    row = truth("tencent-mps", job)
    assert some(row, "state", "error", "native_state", "target") == [state, error, "FINISH", "Transcode+SampleSnapshot"]
    assert some(row, "name", "kind", "scope", "duration_ms") == ["WorkflowTask", "WorkflowTask", None, 8 * MINUTE]
    assert row["extra"] == {"mps.subtasks": ["Transcode", "SampleSnapshot"]}


def test_a_media_task_without_subtasks_has_no_target_and_no_fact() -> None:
    row = truth("tencent-mps", Job(mps.Kind("EditMediaTask", ()), 4, CREATED, START + 1, ENDED + MINUTE * 3, 0))
    assert some(row, "target", "extra", "state", "started_at") == [None, {}, "queued", None]


@pytest.mark.parametrize(
    ("outcome", "state", "error"),
    [
        (tat.SUCCESS, "succeeded", None),
        (tat.TIMEOUT, "failed", "exit 124"),
        (tat.TASK_TIMEOUT, "failed", "agent did not report for 600 s"),
        (tat.TERMINATED, "cancelled", None),
    ],
)
def test_ended_commands(lab: Lab, outcome: int, state: str, error: str | None) -> None:
    batch = next(iter(lab.commands.invocations.values()))
    row = truth("tencent-tat", Job(batch, 4, CREATED, STARTED, ENDED, outcome))
    assert some(row, "state", "native_state", "error") == [state, tat.FINAL[outcome], error]
    assert row["duration_ms"] == 8 * MINUTE
    assert set(row["extra"]) == {"tat.exit", "tat.invocation", "tat.command", "tat.by"}


def test_a_failed_command_says_what_it_can(lab: Lab) -> None:
    batch = next(iter(lab.commands.invocations.values()))
    jobs = [Job(batch, n, CREATED, STARTED, ENDED, tat.FAILED) for n in range(20)]
    errors = [truth("tencent-tat", job)["error"] for job in jobs]
    assert any(error.startswith("exit ") for error in errors)
    assert any(not error.startswith("exit ") for error in errors)


def test_key_pair_tasks(lab: Lab) -> None:
    failed = [truth("huawei-kps", Job(lab.keypairs, n, CREATED, STARTED, ENDED, kps.FAILED)) for n in range(60)]
    assert {row["state"] for row in failed} == {"failed"}
    assert {row["native_state"].partition("_")[0] for row in failed} == {"FAILED", "RUNNING"}
    assert all(row["native_state"].endswith(row["name"]) for row in failed)
    assert {row["error"].startswith("KPS.") for row in failed} == {True, False}
    live = [truth("huawei-kps", Job(lab.keypairs, n, CREATED, STARTED, START + 1, kps.FAILED)) for n in range(60)]
    assert {(row["state"], row["native_state"].partition("_")[0]) for row in live} == {
        ("running", "RUNNING"),
        ("running", "FAILED"),
    }
    assert {row["error"] for row in live} == {None}
    waiting = truth("huawei-kps", Job(lab.keypairs, 1, CREATED, START + 1, START + 2, kps.SUCCEEDED))
    assert some(waiting, "state", "kind", "created_at") == ["queued", "keypair", rfc3339(CREATED)]
