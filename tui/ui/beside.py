"""Work that goes on beside the keys."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from textual.dom import DOMNode
from textual.worker import Worker


def beside(
    of: DOMNode, work: Callable[[], Coroutine[Any, Any, None]], name: str, group: str = "", *, exclusive: bool = True
) -> Worker[None]:
    """Ends with whose it is, and when the group gets other work. A bug in there ends the monitor, by `Taskdeck.end`.

    Not a coroutine: of one whose worker is cancelled before its first step (one leaves, or asks for the next) Python
    says that it was never awaited.
    """
    worker: Worker[None] = of.run_worker(work, name=name, group=group or name, exclusive=exclusive, exit_on_error=False)
    return worker
