"""Titles: what the screen calls our adapters, for a first frame that imports none of them (50 ms of CPU, a tenth).

An adapter says the same of itself, and one that is not here is imported and asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Title(NamedTuple):
    """An adapter on the screen: its id, the key of its pane, its code and its name."""

    id: str
    digit: int
    short: str
    title: str


TITLES: Mapping[str, Title] = {
    title.id: title
    for title in (
        Title("alibaba-fc", 1, "FC", "Function Compute"),
        Title("alibaba-opensearch", 2, "OS", "OpenSearch training"),
        Title("tencent-mps", 3, "MPS", "Media processing"),
        Title("tencent-tat", 4, "TAT", "Command tasks"),
        Title("huawei-kps", 5, "KPS", "Keypair tasks"),
    )
}
