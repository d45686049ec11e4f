"""Which tasks any answer has ever shown, and with which status: what a monitor cannot be blamed for not knowing."""

from collections.abc import Iterable, Iterator
from typing import Any

from tui.cloud.job import Job
from tui.cloud.sources import SOURCES
from tui.cloud.truth import named

MOST = 1_000_000


class Shown:
    """The tasks of all answers since it was switched on."""

    def __init__(self, on: bool = False, most: int = MOST) -> None:
        self.on = on
        self._most = most
        self._seen: dict[Job, tuple[str, str, str]] = {}

    def switch(self, on: bool) -> None:
        """Begin to remember, or stop and forget."""
        if not on:
            self._seen.clear()
        self.on = on

    def note(self, api: str, region: str, seen: Iterable[tuple[Job, str]]) -> None:
        """An answer that goes out shows these, each with a status; beyond the most the oldest are forgotten."""
        for job, native in seen:
            place = job.owner.realm.region if api == "tencent-tat" else region  # a request may be for another region
            self._seen[job] = (api, place, native)
        while len(self._seen) > self._most:
            del self._seen[next(iter(self._seen))]

    def rows(self) -> Iterator[dict[str, Any]]:
        """Each task once, as `/_truth` names it, with the status that was shown last."""
        sources = {(source.adapter, source.region): source.name for source in SOURCES}
        for job, (api, region, native) in list(self._seen.items()):
            yield {"source": sources[api, region], **named(api, job), "native_state": native}
