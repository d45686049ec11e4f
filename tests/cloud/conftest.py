"""A lab for each test that wants one."""

import pytest

from tests.cloud.lab import Lab


@pytest.fixture
def lab() -> Lab:
    """A small world whose clock stands until a test moves it."""
    return Lab()
