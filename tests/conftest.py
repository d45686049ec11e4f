"""For all tests: hypothesis tries few examples on a desk and many in CI, and no timing of its own decides a test."""

from __future__ import annotations

import gc
import logging
import signal
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import leaks

settings.register_profile("ours", max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ours")


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the collector need not walk it again after every few tests."""
    gc.collect()
    gc.freeze()


def pytest_configure() -> None:
    """From here on the files and processes of the program are known; those are started as from a shell."""
    leaks.install()
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):  # what runs behind a shell's & has them ignored,
        if signal.getsignal(number) is signal.SIG_IGN:  # and whatever it starts inherits that
            signal.signal(number, signal.SIG_DFL)


def pytest_runtest_setup() -> None:
    """What a test leaves behind is its own."""
    leaks.begin()


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """What a file of tests forgot to close is found at its end, not wherever the collector comes next."""
    if nextitem is None or nextitem.path != item.path:
        gc.collect()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """No test leaves a secret anywhere: looked for when all of it is over."""
    report = yield
    if call.when == "teardown":
        for name, content in report.sections:
            leaks.trail.told(name, content)
        found = leaks.trail.leaks()
        if found and report.passed:
            report.outcome = "failed"
            report.longrepr = "a secret was left behind in: " + "; ".join(dict.fromkeys(found))
    return report


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
