"""Answers nobody can read, or that are only nearly right."""

import json
from dataclasses import replace
from typing import Any

from tui.cloud.wire import Reply, compact

HTML = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><h1>502 Bad Gateway</h1></body>\r\n</html>\r\n"
HUGE = 50 * 1024 * 1024


def spoil(reply: Reply, kind: str) -> Reply:
    """The reply as one kind of garbage (`huge` is blown up where the bytes are sent)."""
    match kind:
        case "html":
            return replace(reply, status=502, body=HTML, content_type="text/html", code="garbage")
        case "truncated":
            return replace(reply, body=reply.body[: len(reply.body) * 2 // 3])
        case "empty":
            return replace(reply, status=200, body=b"")
        case "content-type":
            return replace(reply, content_type="text/html; charset=utf-8")
        case "text-numbers":
            return replace(reply, body=_changed(reply.body, _as_text))
        case "null-arrays":
            return replace(reply, body=_changed(reply.body, _without_arrays))
    return reply


def _changed(body: bytes, change: Any) -> bytes:
    return compact(change(json.loads(body))) if body else body


def _as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_text(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_as_text(inner) for inner in value]
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _without_arrays(value: Any) -> Any:
    """Null for every array that holds no objects, and for those inside rows: the rows themselves stay."""
    if isinstance(value, dict):
        return {name: _without_arrays(inner) for name, inner in value.items()}
    if isinstance(value, list):
        rows = [_bare(inner) for inner in value if isinstance(inner, dict)]
        return rows or None
    return value


def _bare(row: dict[str, Any]) -> dict[str, Any]:
    return {name: None if isinstance(inner, list) else inner for name, inner in row.items()}
