"""For all tests: hypothesis tries few examples on a desk and many in CI, and no timing of its own decides a test."""

from __future__ import annotations

import gc
import os

from hypothesis import HealthCheck, settings

settings.register_profile("desk", max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the collector need not walk it again after every few tests."""
    gc.collect()
    gc.freeze()
