"""Which reads of a monitor went well, and when they began: what one waits for before judging the picture."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

from tui.status import Change
from tui.store import Store

LOOK = 0.5  # seconds between two looks


class Reads:
    """Hears every Change of the pollers; `now` in seconds, of any clock that `clock` (epoch seconds) agrees with."""

    def __init__(self, store: Store, now: Callable[[], float], clock: Callable[[], float]) -> None:
        self._store, self._now, self._clock = store, now, clock
        self._began: dict[str, tuple[float, float]] = {}
        self._good: dict[str, float] = {}
        self._whole: dict[str, float] = {}

    def told(self, change: Change) -> None:
        """A read is good when it ended without trouble and nothing is missing."""
        name, status = change.source.name, change.status
        if status.reading:
            if not status.pages_read and not status.rows_read and not status.by_id:
                self._began[name] = (self._now(), self._clock())
        elif name in self._began:
            began, at = self._began.pop(name)
            if status.trouble is None and not status.missing:
                self._good[name] = began
                if status.whole_at is not None and status.whole_at >= at * 1000:
                    self._whole[name] = began

    async def once_more(self, *, whole: bool, patience: float) -> None:
        """Until each source has read once without trouble, begun from now on. TimeoutError after so many seconds."""
        since, ends = self._now(), self._whole if whole else self._good
        while late := [name for name in self._store.sources if ends.get(name, -1.0) < since]:
            if self._now() > since + patience:
                raise TimeoutError("\n".join([f"no good read of {', '.join(late)}", *self.said()]))
            await asyncio.sleep(LOOK)

    def said(self) -> Iterator[str]:
        """What each source says of itself, for the message of whoever asserts."""
        for name in self._store.sources:
            status = self._store.status(name)
            word = status.word(round(self._clock() * 1000))
            yield f"{name}: {word} {status.trouble or ''} {status.missing or ''}".rstrip()
