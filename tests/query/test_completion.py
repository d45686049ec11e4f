"""What Tab offers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.query.samples import FC, SOURCES, TASKS, TAT
from tui.model import State, Task, TaskKey
from tui.query import Completion, complete
from tui.query.completion import LONG, SCANNED, Known
from tui.query.fields import FIELDS, NAMES

LABELS = {
    "st": ["state:", "started:"],
    "state:": ["fail (2)", "gone (1)", "run (1)", "queue (1)", "ok (1)", "live (2)", "done (3)", "bad (3)"],
    "state:f": ["fail (2)"],
    "-state:ok,FA": ["fail (2)"],
    "state:succ": ["ok (1)"],
    "state:zz": [],
    "(state:re": ["retry (0)"],
    "src:": ["tat (2)", "fc (1)", "os (1)", "mps (1)", "kps (1)", "thumbs (1)", "ctr (1)", "media (1)"],
    "src:th": ["thumbs (1)"],
    "name:": ["Canary (1)", "RESET (1)", "WorkflowTask (1)", "ctr (1)", "nightly-cleanup (1)", "transcode-hd (1)"],
    "name:t": ["transcode-hd (1)", "RESET (1)", "WorkflowTask (1)", "ctr (1)", "nightly-cleanup (1)"],
    'error:"oom': ['"OOM: memory limit 512MB" (1)'],
    "adapter:tencent": ["tencent-tat (2)", "tencent-mps (1)"],
    "tat.exit:": ["0 (1)", "127 (1)"],
    "age<": ["5m", "1h", "2h", "1d"],
    "created>-": ["-15m", "-1h", "-24h"],
    "dur>1": ["10s", "1m", "1h", "1d"],
    "sort:-a": ["-adapter", "-account", "-acct", "-age"],
    "group:reg": ["region"],
    "sor": ["sort:"],
    "new:": ["yes", "no"],
    "ne": ["new:"],
    "mark:": [],
    "@": ["@am", "@Night"],
    "a OR @n": ["@Night"],
    "nosuch:": [],
    "extra:": [],
    '"sta': [],
    "a)": [],
}


@pytest.mark.parametrize(("text", "labels"), LABELS.items())
def test_what_is_offered(text: str, labels: list[str]) -> None:
    offers = complete(text, len(text), TASKS, SOURCES, views=["am", "Night"], screen=["new"])
    assert [offer.label for offer in offers][:8] == labels


def test_an_empty_bar_offers_fields() -> None:
    offers = complete("", 0)
    assert offers[0] == Completion("src:", 0, 0, None, "source name, adapter id or its short code")
    names = {offer.text.removesuffix(":") for offer in offers}
    assert {NAMES[name] for name in names if name in NAMES} == set(FIELDS.values())


def test_it_replaces_what_was_typed_and_keeps_what_follows() -> None:
    (offer,) = complete("x state:fa age<2h", 10, TASKS, SOURCES)
    assert (offer.text, offer.start, offer.end, offer.count, offer.doc) == ("fail", 8, 10, 2, "failed")


def test_values_that_are_unsafe_or_endless_are_not_offered() -> None:
    tasks = [
        Task(key=TaskKey("thumbs", "", "1"), state=State.FAILED, error=text) for text in ("\x1b[2J", "x" * 500, "ok")
    ]
    assert [offer.text for offer in complete("error:", 6, tasks, SOURCES)] == ["ok"]
    assert [offer.text for offer in complete("error:", 6, [FC])] == ['"OOM: memory limit 512MB"']


def endless(looked: list[int]) -> Iterator[Task]:
    """Tasks without an end, each of them counted where it is looked at."""
    while True:
        looked.append(1)
        yield FC if len(looked) % 2 else TAT


@pytest.mark.parametrize("text", ["name:", "name:t", "error:x", "state:", "src:", "tat.exit:"])
def test_however_many_tasks_there_are_few_are_looked_at_and_the_counts_say_so(text: str) -> None:
    looked: list[int] = []
    offers = complete(text, len(text), endless(looked), SOURCES)
    assert len(looked) == SCANNED + 1
    assert all(offer.more and offer.label.endswith("+)") for offer in offers)


def test_a_count_of_all_tasks_has_no_plus() -> None:
    many = [FC] * (SCANNED - 1) + [TAT]
    assert [offer.label for offer in complete("name:", 5, many, SOURCES)] == [
        "transcode-hd (4,999)",
        "nightly-cleanup (1)",
    ]
    assert complete("name:tr", 7, [*many, FC], SOURCES)[0].label == "transcode-hd (4,999+)"


def test_counts_that_are_known_are_exact_and_cost_nothing() -> None:
    known = Known({State.FAILED: 70_001, State.RUNNING: 5}, {"thumbs": 70_000, "commands": 6})
    looked: list[int] = []
    states = complete("state:", 6, endless(looked), SOURCES, known=known)
    assert [offer.label for offer in states[:3]] == ["fail (70,001)", "run (5)", "live (5)"]
    assert [offer.label for offer in complete("src:", 4, endless(looked), SOURCES, known=known)][:2] == [
        "fc (70,000)",
        "tat (6)",
    ]
    assert not looked


def test_fields_and_fixed_values_look_at_no_task() -> None:
    looked: list[int] = []
    for text in ("", "st", "age<", "sort:", "new:"):
        assert complete(text, len(text), endless(looked), SOURCES, screen=["new"])
    assert not looked


def test_a_value_that_is_too_long_or_unsafe_leaves_its_place_to_others() -> None:
    tasks = [FC._replace(error=f"{at:03}" + "x" * LONG) for at in range(60)] + [FC._replace(error="short")]
    assert [offer.text for offer in complete("error:", 6, tasks, SOURCES)] == ["short"]
