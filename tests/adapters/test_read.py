"""Odd values of a provider's JSON."""

from __future__ import annotations

import pytest

from tui.adapters._read import moment
from tui.formats import rfc3339


@pytest.mark.parametrize(
    "odd", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59.999999Z"]
)
def test_a_time_before_the_year_1_or_after_9999_is_none(odd: str) -> None:
    """It can be read, but not written."""
    assert moment(odd) is None


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"])
def test_every_time_that_is_read_can_be_written(edge: str) -> None:
    assert (rfc3339(moment(edge)) or "")[:19] == edge[:19]
