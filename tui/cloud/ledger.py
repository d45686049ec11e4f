"""What was asked of the cloud, for tests that count."""

from collections import deque
from collections.abc import Iterator
from typing import Any, NamedTuple

from tui.cloud.truth import rfc3339

MOST = 100_000


class Entry(NamedTuple):
    """One request."""

    at: int
    api: str
    region: str
    operation: str
    key_id: str
    bytes_in: int
    bytes_out: int
    status: int
    code: str


class Ledger:
    """The latest requests, oldest first."""

    def __init__(self) -> None:
        self.entries: deque[Entry] = deque(maxlen=MOST)

    def note(self, entry: Entry) -> None:
        """Add one request."""
        self.entries.append(entry)

    def rows(self) -> Iterator[dict[str, Any]]:
        """The entries as JSON objects."""
        for entry in list(self.entries):
            yield {**entry._asdict(), "at": rfc3339(entry.at)}
