"""The demo cloud at work in a thread of this process, for commands that run in it."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from queue import Queue
from threading import Thread
from typing import Any, NamedTuple

from tui.adapters import every
from tui.cloud.server import Cloud, running

WRITES = frozenset(action.name for adapter in every() for action in adapter.actions if action.kind == "write")


class World(NamedTuple):
    """A demo cloud that listens, and what one looks up in it."""

    cloud: Cloud

    @property
    def writes(self) -> list[str]:
        """The operations in its ledger that change something, in their order."""
        found = [entry["operation"] for entry in self.get("/_log")]
        return [name for name in found if name in WRITES]

    def get(self, path: str) -> Any:
        """The JSON of a control path."""
        with urllib.request.urlopen(self.cloud.url + path, timeout=60) as answer:
            return json.load(answer)

    def truth(self, task: str) -> dict[str, Any] | None:
        """What the cloud itself knows of a TASK; None for nothing."""
        return next((one for one in self.get("/_truth") if named(one) == task), None)

    def a_task(self, adapter: str, *states: str, **facts: str) -> str:
        """A TASK of an adapter in one of some states."""
        return next(
            named(one)
            for one in self.get("/_truth")
            if one["adapter"] == adapter
            and one["state"] in states
            and one["listed"]
            and all(one[name] == value for name, value in facts.items())
        )


def named(one: dict[str, Any]) -> str:
    """The TASK of a task that is JSON."""
    parts = [one["source"], *([one["scope"]] if one["scope"] else []), one["id"]]
    return "/".join(part.replace("/", "%2F") for part in parts)


@contextmanager
def world(**options: Any) -> Iterator[World]:
    """Runs it until the block ends."""
    ready: Queue[tuple[Cloud, asyncio.AbstractEventLoop, asyncio.Event]] = Queue()

    async def serve() -> None:
        over = asyncio.Event()
        async with running(**options) as cloud:
            ready.put((cloud, asyncio.get_running_loop(), over))
            await over.wait()

    thread = Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    cloud, loop, over = ready.get(timeout=60)
    try:
        yield World(cloud)
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(30)
