"""The steps of `docs/tour.md`, read out of it: the test plays them, and the pictures are taken after each."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).resolve().parent.parent / "docs" / "tour.md"
TEXTUAL = {"Enter": "enter"}
TYPED = {"Enter": "\r"}
_STEP = re.compile(r"^\| (\d+) \| `([^`]+)` \| .* \|$", re.MULTILINE)


class Step(NamedTuple):
    """One key, as the page writes it."""

    at: int
    key: str


def steps() -> list[Step]:
    """All of them, in their order."""
    return [Step(int(at), key) for at, key in _STEP.findall(PAGE.read_text("utf-8"))]
