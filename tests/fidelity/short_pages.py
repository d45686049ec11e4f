"""Fronts that put fewer rows on a page than they are asked for, so that a small world has many pages.

All five services may: the maximum of two of them is not documented, and a client has to go by what came.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from tui.cloud.fronts import opensearch
from tui.cloud.fronts.fc import FcFront
from tui.cloud.fronts.kps import KpsFront
from tui.cloud.fronts.mps import MpsFront
from tui.cloud.fronts.tat import Operations
from tui.cloud.job import Job
from tui.cloud.turn import Turn
from tui.cloud.wire import Reply, Request


@contextmanager
def short_pages(most: int) -> Iterator[None]:
    """Inside the block no list of any front answers with more than `most` rows."""
    fc, mps, tat, kps = FcFront._list, MpsFront._list, Operations.tasks, KpsFront._list

    def fc_list(self: FcFront, names: list[str], asked: dict[str, str], now: int, turn: Turn) -> tuple[int, Any]:
        return fc(self, names, {**asked, "limit": str(min(most, int(asked.get("limit", most))))}, now, turn)

    def mps_list(self: MpsFront, asked: dict[str, Any], now: int, turn: Turn) -> dict[str, Any]:
        return mps(self, {**asked, "Limit": min(most, int(asked.get("Limit", most)))}, now, turn)

    def tat_list(self: Operations, asked: dict[str, Any], now: int, turn: Turn) -> dict[str, Any]:
        return tat(self, {**asked, "Limit": min(most, int(asked.get("Limit", most)))}, now, turn)

    def kps_list(self: KpsFront, jobs: list[Job], request: Request, action: str, now: int, turn: Turn) -> Reply:
        asked = dict(request.pairs())
        asked["limit"] = str(min(most, int(asked.get("limit", most))))
        return kps(self, jobs, replace(request, query=urlencode(asked)), action, now, turn)

    with ExitStack() as stack:
        stack.enter_context(patch.object(FcFront, "_list", fc_list))
        stack.enter_context(patch.object(MpsFront, "_list", mps_list))
        stack.enter_context(patch.object(Operations, "tasks", tat_list))
        stack.enter_context(patch.object(KpsFront, "_list", kps_list))
        stack.enter_context(patch.object(opensearch, "MOST", most))
        yield
