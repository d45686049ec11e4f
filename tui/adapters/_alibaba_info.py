"""OpenSearch's extendInfo: JSON inside a text, in one of the vendor's samples escaped twice (alibaba.md trap 10)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tui.facts import shallow
from tui.mask import inside, masked


def decoded(value: Any) -> Any:
    """The value that the text holds; the text itself where it is no JSON or too deep; None for "" and null."""
    if not isinstance(value, str):
        return value if shallow(value) else None
    if not value.strip():
        return None
    for inner in (value, f'"{value}"'):
        try:
            found = _json(inner)
            found = _json(found) if isinstance(found, str) else found
            return found if shallow(found) else value
        except (ValueError, RecursionError):
            continue
    return value


def metrics(info: Any) -> dict[str, Any]:
    """What it measured: everything but the errors, and but what sounds like a secret: it stands in every row."""
    if not isinstance(info, Mapping):
        return {}
    return {key: masked(value, str(key)) for key, value in info.items() if key not in {"errors", "Errors"}}


def first_error(info: Any) -> str | None:
    """The first of its errors: a text, or an object as `code: message`."""
    if not isinstance(info, Mapping):
        return None
    errors = info.get("errors", info.get("Errors"))
    for error in errors if isinstance(errors, list) else [errors]:
        if isinstance(error, Mapping):
            words = (error.get("code", error.get("Code")), error.get("message", error.get("Message")))
            said = ": ".join(str(word) for word in words if word not in (None, ""))
        else:
            said = "" if error is None else str(error)
        if said:
            return inside(said)
    return None


def pretty(value: Any) -> str | None:
    """The same for a reader; None where there is nothing."""
    info = decoded(value)
    if info is None or isinstance(info, str):
        return info
    return json.dumps(info, ensure_ascii=False, indent=2)


def _json(text: str) -> Any:
    # NaN and Infinity are no JSON: kept as texts, or our own JSON would not be any either.
    return json.loads(text, parse_constant=str)
