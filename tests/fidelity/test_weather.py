"""docs/faults.md is what happens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fidelity.weather import FAULTS, page
from tui.cloud.faults import NAMES

pytestmark = pytest.mark.cloud

FILE = Path(__file__).parents[2] / "docs" / "faults.md"


def test_the_page_is_what_happens() -> None:
    assert FILE.read_text(encoding="utf-8") == page(), "run: python -m tests.fidelity.weather > docs/faults.md"


def test_it_has_every_fault() -> None:
    assert set(FAULTS) == set(NAMES)
