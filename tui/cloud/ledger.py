"""What was asked of the cloud, for tests that count."""

from array import array
from collections.abc import Iterator
from typing import Any, NamedTuple

from tui.cloud.truth import rfc3339

MOST = 500_000  # ten minutes at 800 requests a second, in 16 MB


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


Kind = tuple[str, str, str, str, int, str]


class Ledger:
    """The latest requests, in columns of numbers: of six of the nine facts there are few values."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._count = 0
        self._columns = (array("q"), array("q"), array("q"), array("l"))  # at, in, out, kind
        self._kinds: dict[Kind, int] = {}

    def note(self, entry: Entry) -> None:
        """Add one request; beyond the most that are kept it takes the place of the one noted first."""
        kind = (entry.api, entry.region, entry.operation, entry.key_id, entry.status, entry.code)
        row = (entry.at, entry.bytes_in, entry.bytes_out, self._kinds.setdefault(kind, len(self._kinds)))
        for column, value in zip(self._columns, row, strict=True):
            if self._count < self._most:
                column.append(value)
            else:
                column[self._count % self._most] = value
        self._count += 1

    @property
    def entries(self) -> list[Entry]:
        """The requests in the order of their arrival: a slow answer is noted late."""
        return list(self)

    def __iter__(self) -> Iterator[Entry]:
        at, size_in, size_out, kind = self._columns
        kinds = list(self._kinds)
        for i in sorted(range(len(at)), key=at.__getitem__):
            api, region, operation, key_id, status, code = kinds[kind[i]]
            yield Entry(at[i], api, region, operation, key_id, size_in[i], size_out[i], status, code)

    def rows(self) -> Iterator[dict[str, Any]]:
        """The entries as JSON objects."""
        for entry in self:
            yield {**entry._asdict(), "at": rfc3339(entry.at), "ms": entry.at}
