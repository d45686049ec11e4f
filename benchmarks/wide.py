"""taskdeck with pages of as many rows as one likes: `wide.py ROWS [taskdeck's arguments]`, cloud and monitor alike.

Four of the five providers send 100 at most, and the demo cloud keeps to it. What a larger page would do to the screen
is to be known all the same: their limits are lifted here, on both sides, and nothing else is another way.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tui.adapters import _alibaba_pages, alibaba_fc, alibaba_opensearch, huawei_kps, tencent_mps, tencent_tat


def ask(rows: int) -> None:
    """The adapters ask for pages of so many rows."""
    modules: Any = (alibaba_fc, alibaba_opensearch, huawei_kps, tencent_tat, tencent_mps.TencentMps._page)
    fc, opensearch, kps, tat, mps = modules
    _put(fc, "LIMIT", ("limit", str(rows)))
    _put(opensearch, "FIRST", _alibaba_pages.Cursor(1, rows))
    _put(kps, "LIMIT", rows)
    _put(tat, "LIMIT", rows)
    assert mps.__defaults__ == (tencent_mps.LIMIT,)
    mps.__defaults__ = (rows,)


def serve(rows: int) -> None:
    """The demo cloud allows them."""
    from tui.cloud.fronts import fc, mps, opensearch, tat

    _put(opensearch, "MOST", rows)
    for module, name in ((fc, "whole"), (mps, "number"), (tat, "number")):
        _put(module, name, _up_to(rows, getattr(module, name)))


def _put(module: Any, name: str, value: object) -> None:
    assert hasattr(module, name), f"{module.__name__} has no {name} any more: nothing would be wider"
    setattr(module, name, value)


def _up_to(rows: int, bounded: Callable[..., Any]) -> Callable[..., Any]:
    def allowed(value: Any, default: int, low: int, high: int, *rest: Any) -> Any:
        return bounded(value, default, low, max(high, rows), *rest)

    return allowed


if __name__ == "__main__":
    from tui.cli import run

    ask(int(sys.argv[1]))
    serve(int(sys.argv[1]))
    sys.exit(run(sys.argv[2:]))
