"""What Tab offers."""

from __future__ import annotations

import pytest

from tests.query.samples import FC, SOURCES, TASKS
from tui.model import State, Task, TaskKey
from tui.query import Completion, complete

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
    assert len(offers) == 20


def test_it_replaces_what_was_typed_and_keeps_what_follows() -> None:
    (offer,) = complete("x state:fa age<2h", 10, TASKS, SOURCES)
    assert (offer.text, offer.start, offer.end, offer.count, offer.doc) == ("fail", 8, 10, 2, "failed")


def test_values_that_are_unsafe_or_endless_are_not_offered() -> None:
    tasks = [
        Task(key=TaskKey("thumbs", "", "1"), state=State.FAILED, error=text) for text in ("\x1b[2J", "x" * 500, "ok")
    ]
    assert [offer.text for offer in complete("error:", 6, tasks, SOURCES)] == ["ok"]
    assert [offer.text for offer in complete("error:", 6, [FC])] == ['"OOM: memory limit 512MB"']
