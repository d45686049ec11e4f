"""A place for a vault, empty and with two accounts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.credentials.vaults import TEXT, Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Where no vault is yet."""
    return Place(tmp_path / "state" / "vault")


@pytest.fixture
async def full(place: Place) -> Place:
    """A vault with two accounts."""
    made = place.open()
    await made.put("ali", TEXT)
    await made.put("hw", "{}")
    return place
