"""For all tests: hypothesis tries few examples on a desk and many in CI, and no timing of its own decides a test."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("desk", max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the collector need not walk it again after every few tests."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    """A command that ran in process leaves no log file open for the tests after it."""
    root = logging.getLogger("tui")
    before = (list(root.handlers), root.level, root.propagate)
    yield
    for one in set(root.handlers) - set(before[0]):
        root.removeHandler(one)
        one.close()
    root.setLevel(before[1])
    root.propagate = before[2]
