"""The sample bodies in tests/fixtures, as replies; index.json says with which status and headers each came."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from tui.calls import Reply

FIXTURES = Path(__file__).parent / "fixtures"
VECTORS = Path(__file__).parent / "vectors"
LOCAL_MS = 1_768_465_800_000  # 2026-01-15T08:30:00Z, around which the composed bodies were written


class Sample(NamedTuple):
    """One line of fixtures/index.json."""

    file: str
    adapter: str
    http_status: int
    headers: dict[str, str]
    error_class: str
    note: str


@cache
def samples() -> tuple[Sample, ...]:
    """All sample bodies."""
    index = json.loads((FIXTURES / "index.json").read_text("utf-8"))["fixtures"]
    return tuple(
        Sample(one["file"], one["adapter"], one["http_status"], one["headers"] or {}, one["class"], one["note"] or "")
        for one in index
    )


def reply(file: str, *, skew: float | None = None) -> Reply:
    """The reply of one sample, such as "alibaba-fc/list.page1.json"."""
    sample = next(one for one in samples() if one.file == file)
    return body(
        (FIXTURES / file).read_bytes(),
        status=sample.http_status,
        headers={name.lower(): value for name, value in sample.headers.items()},
        skew=skew,
    )


def body(
    content: bytes | Any, *, status: int = 200, headers: dict[str, str] | None = None, skew: float | None = None
) -> Reply:
    """A reply with a body of bytes, or of anything that JSON can say."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    try:
        parsed, known = json.loads(data), True
    except ValueError:
        parsed, known = None, False
    return Reply(status, headers or {}, data, parsed, known, LOCAL_MS, skew)


def vectors(name: str) -> list[dict[str, Any]]:
    """The signing vectors of acs3, tc3 or huawei."""
    found: list[dict[str, Any]] = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))["vectors"]
    return found
