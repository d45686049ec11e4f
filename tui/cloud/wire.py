"""One request as it came off the wire, and one answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, unquote

JSON = "application/json"
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Request:
    """A request: path and query still percent-encoded, header names lower-case."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    body: bytes = b""

    def header(self, name: str, default: str = "") -> str:
        """The header's value; several are joined with a comma."""
        values = self.headers.get(name)
        return ",".join(values) if values else default

    def pairs(self) -> list[tuple[str, str]]:
        """The decoded query, in the order sent."""
        return parse_qsl(self.query, keep_blank_values=True, encoding="utf-8", errors="surrogateescape")

    def segments(self) -> list[str]:
        """The decoded parts of the path: an encoded slash does not split one."""
        return [unquote(part, errors="surrogateescape") for part in self.path.split("/")[1:]]

    @property
    def size(self) -> int:
        """Bytes of the request, head and body."""
        head = len(self.method) + len(self.path) + len(self.query) + 13
        head += sum(len(name) + len(value) + 4 for name, values in self.headers.items() for value in values)
        return head + len(self.body)


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, with what the ledger wants to know about it."""

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = JSON
    operation: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request was not let in: the vendor's status, code and text."""

    status: int
    code: str
    message: str


def encode(text: str, safe: str = "~") -> str:
    """Percent-encoding with upper-case hex, bytes that are no UTF-8 kept."""
    return quote(text, safe=safe, errors="surrogateescape")


def compact(value: Any) -> bytes:
    """JSON without blanks, as the services send it; a lone surrogate is no UTF-8 and goes out as JSON's own escape."""
    return ENCODER.encode(value).encode("utf-8", "backslashreplace")
