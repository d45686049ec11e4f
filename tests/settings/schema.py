"""As much of JSON Schema as our schema uses; a keyword that is not known here fails the test."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_KINDS: dict[str, Any] = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
_TALK = {"$schema", "title", "description", "default", "examples", "format"}


def problems(schema: dict[str, Any], value: Any, where: str = "") -> list[str]:
    """What a value breaks, each with its place."""
    found = [
        f"{where}: {word} {rule!r} refuses {value!r}"
        for word, rule in schema.items()
        if word not in _TALK | _INNER.keys() and not _RULES[word](rule, value)
    ]
    for word in _INNER.keys() & schema.keys():
        for name, part, rule in _INNER[word](schema, value):
            found += [f"{where}{name}: not allowed"] if rule is False else problems(rule, part, where + name)
    return found


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is(kind: str, value: Any) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    return _number(value) if kind == "number" else isinstance(value, _KINDS[kind])


_RULES: dict[str, Callable[[Any, Any], bool]] = {
    "type": _is,
    "const": lambda rule, value: bool(value == rule),
    "enum": lambda rule, value: value in rule,
    "pattern": lambda rule, value: not isinstance(value, str) or re.search(rule, value) is not None,
    "minimum": lambda rule, value: not _number(value) or value >= rule,
    "maximum": lambda rule, value: not _number(value) or value <= rule,
    "required": lambda rule, value: not isinstance(value, dict) or set(rule) <= set(value),
    "anyOf": lambda rule, value: any(not problems(one, value) for one in rule),
    "oneOf": lambda rule, value: sum(not problems(one, value) for one in rule) == 1,
}

Parts = list[tuple[str, Any, Any]]


def _items(schema: dict[str, Any], value: Any) -> Parts:
    return [(f"[{at}]", one, schema["items"]) for at, one in enumerate(value)] if isinstance(value, list) else []


def _properties(schema: dict[str, Any], value: Any) -> Parts:
    known = schema["properties"]
    return [(f".{name}", one, known[name]) for name, one in _pairs(value) if name in known]


def _more(schema: dict[str, Any], value: Any) -> Parts:
    known = schema.get("properties", {})
    return [(f".{name}", one, schema["additionalProperties"]) for name, one in _pairs(value) if name not in known]


def _pairs(value: Any) -> list[tuple[str, Any]]:
    return list(value.items()) if isinstance(value, dict) else []


_INNER: dict[str, Callable[[dict[str, Any], Any], Parts]] = {
    "items": _items,
    "properties": _properties,
    "additionalProperties": _more,
}
