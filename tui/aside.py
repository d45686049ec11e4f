"""Aside: work that may wait for a disk, a keyring or another program, in a thread that leaving never waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

Answer = TypeVar("Answer")
Told = TypeVar("Told")


async def aside(work: Callable[[], Answer], name: str = "aside") -> Answer:
    """What `work` answers or raises. Not the loop's own threads: it joins those at the end, and a dead disk hangs."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Answer] = loop.create_future()

    def answer(given: Answer) -> None:
        if not done.done():  # else nobody waits any more
            done.set_result(given)

    def fail(error: BaseException) -> None:
        if not done.done():
            done.set_exception(error)

    def run() -> None:
        try:
            given = work()
        except BaseException as error:  # noqa: BLE001 - it is raised where the answer is waited for
            tell(fail, error)
        else:
            tell(answer, given)

    def tell(whom: Callable[[Told], None], what: Told) -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(whom, what)

    Thread(target=run, name=name, daemon=True).start()
    return await done
