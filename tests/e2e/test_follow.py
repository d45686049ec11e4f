"""`taskdeck tail`, `wait` and `check` on a demo cloud whose tasks live: what is told is what the cloud did."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import BIN, Cloud, cloud, environment, taskdeck
from tui.formats import JSON_FIELDS
from tui.model import FINAL, State

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-follow")]

PATIENCE = 100  # seconds after which a test has failed; nothing below takes as long


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def lively(home: Path) -> Iterator[Cloud]:
    """200 tasks that live 60 times as fast, read every second."""
    with cloud(home, "--tasks", "200", "--rate", "60") as running:
        text = running.config.read_text("utf-8").replace('interval = "5s"', 'interval = "1s"')
        assert 'interval = "1s"' in text
        running.config.write_text(text, "utf-8")
        yield running


@contextmanager
def started(home: Path, running: Cloud, *words: str, **streams: Any) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on until the block ends."""
    process = subprocess.Popen(
        [BIN, "--config", str(running.config), *words],
        env=environment(home),
        cwd=home,
        text=True,
        **({"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | streams),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def truth(running: Cloud) -> dict[tuple[str, str | None, str], str]:
    """The state of every task that the cloud knows, by (source, scope, id)."""
    return {(one["source"], one["scope"], one["id"]): one["state"] for one in running.get("/_truth")}


def test_tail_tells_what_is_there_and_then_what_happens(home: Path, lively: Cloud) -> None:
    told: list[dict[str, Any]] = []
    counts = {"seen": 0, "new": 0, "changed": 0, "gone": 0, "source": 0}
    until = time.monotonic() + PATIENCE
    with started(home, lively, "tail", "-o", "ndjson") as process:
        assert process.stdout is not None
        while (counts["new"] < 5 or counts["changed"] < 20) and time.monotonic() < until:
            told.append(json.loads(process.stdout.readline()))
            counts[told[-1]["event"]] += 1
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "")
    told += [json.loads(line) for line in rest.splitlines()]
    assert counts["seen"] > 100
    words = [one for one in told if one["event"] == "source"]
    assert {one["word"] for one in words} <= {"LIVE", "EMPTY", "SLOW"}
    assert all(list(one) == ["event", "source", "word", "code", "message", "request_id", "at"] for one in words)
    assert_one_life_each([one for one in told if one["event"] != "source"])


def assert_one_life_each(told: list[dict[str, Any]]) -> None:
    """Each task begins once, and each change goes on from the state that was told before."""
    states: dict[tuple[str, str | None, str], str] = {}
    for one in told:
        key = one["source"], one["scope"], one["id"]
        assert list(one) == ["event", "previous_state", *JSON_FIELDS, "extra"]
        assert one["state"] in {state.value for state in State}
        if one["event"] in ("seen", "new"):
            assert key not in states
            assert one["previous_state"] is None
        else:
            assert one["previous_state"] == states[key] != one["state"]
            assert (one["event"] == "gone") == (one["state"] == "vanished")
        states[key] = one["state"]


def test_what_tail_told_of_ended_tasks_is_the_truth(home: Path, lively: Cloud) -> None:
    ran = taskdeck(home, "--config", str(lively.config), "tail", "-o", "ndjson", "--for", "5s")
    assert (ran.returncode, ran.stderr) == (0, "")
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    last = {(one["source"], one["scope"], one["id"]): one["state"] for one in told if one["event"] != "source"}
    known = truth(lively)
    ended = {key: state for key, state in last.items() if State(state) in FINAL}
    assert len(ended) > 50
    assert ended == {key: known[key] for key in ended}


def test_text_has_no_colour_on_a_pipe_and_only_events_of_the_filter(home: Path, lively: Cloud) -> None:
    ran = taskdeck(home, "--config", str(lively.config), "tail", "src:tat,mps state:live", "--for", "4s")
    assert (ran.returncode, ran.stderr) == (0, "")
    lines = [line.split() for line in ran.stdout.splitlines()]
    assert lines
    assert "\x1b" not in ran.stdout
    assert {line[1] for line in lines} <= {"seen", "new", "changed", "gone"}
    assert all(word in ("mps", "tat-guangzhou", "tat-singapore") for word in sources(lines))


def sources(lines: list[list[str]]) -> set[str]:
    """The sources of tail's lines: what stands before the first slash."""
    return {next(word for word in line if "/" in word).partition("/")[0] for line in lines}


def test_a_reader_that_stops_early_ends_it_quietly(home: Path, lively: Cloud) -> None:
    with started(home, lively, "tail", "-o", "ndjson") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["source"]
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(PATIENCE) == 0


def test_a_reader_that_goes_while_nothing_happens_ends_it_too(home: Path, lively: Cloud) -> None:
    reading, writing = os.pipe()
    with started(home, lively, "tail", "nothing-like-that", stdout=writing) as process:
        os.close(writing)
        os.close(reading)
        assert process.wait(PATIENCE) == 0


def test_wait_for_a_task_and_for_a_filter(home: Path, lively: Cloud) -> None:
    config = str(lively.config)
    task = next(one for one in lively.get("/_truth") if one["source"] == "mps" and one["state"] == "running")
    one = taskdeck(home, "--config", config, "wait", f"mps/{task['id']}", "--timeout", "90s")
    state = truth(lively)["mps", None, task["id"]]
    assert one.returncode == (0 if state == "succeeded" else 1)
    assert one.stdout.split()[1:3] == [state, f"mps/{task['id']}"]
    every = taskdeck(home, "--config", config, "wait", "src:tat state:run", "--timeout", "90s")
    states = [line.split()[1] for line in every.stdout.splitlines()]
    assert every.returncode == (0 if set(states) <= {"succeeded"} else 1)
    assert every.stderr.startswith("taskdeck: ")
    assert f"{len(states)} task" in every.stderr


def test_wait_gives_up_at_its_time_out_and_on_what_does_not_exist(home: Path, lively: Cloud) -> None:
    config = str(lively.config)
    late = taskdeck(home, "--config", config, "wait", "src:os,mps,fc state:live", "--timeout", "2s")
    assert late.returncode == 1
    assert "the time is up after 2s" in late.stderr
    gone = taskdeck(home, "--config", config, "wait", "mps/no-such-task")
    assert (gone.returncode, gone.stdout) == (1, "")


def test_ctrl_c_ends_wait_with_130(home: Path, lively: Cloud) -> None:
    before = len(lively.get("/_log"))
    with started(home, lively, "wait", "state:live") as process:
        until = time.monotonic() + PATIENCE
        while len(lively.get("/_log")) <= before and time.monotonic() < until:
            pass
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, "")


def test_check_counts_what_list_prints(home: Path) -> None:
    with cloud(home, "--tasks", "300", "--freeze") as frozen:
        config = str(frozen.config)
        many = sum(one["state"] in ("failed", "expired", "vanished") for one in frozen.listed().values())
        assert many
        over = taskdeck(home, "--config", config, "check", "state:bad")
        assert (over.returncode, over.stdout) == (1, f"{many} tasks match (at most 0)\n")
        most = taskdeck(home, "--config", config, "check", "state:bad", "--max", str(many))
        assert (most.returncode, most.stdout, most.stderr) == (0, f"{many} tasks match (at most {many})\n", "")
