"""A part of a config as TOML, ready to paste: what is not the default."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def account_table(name: str, keys: Mapping[str, Any]) -> str:
    """`[accounts.NAME]` with its keys."""
    head = name if _BARE.fullmatch(name) else value_of(name)
    return _table(f"[accounts.{head}]", keys)


def source_table(keys: Mapping[str, Any]) -> str:
    """One `[[sources]]`."""
    return _table("[[sources]]", keys)


def value_of(value: Any) -> str:
    """A text or a list of texts in TOML: JSON is, but for characters that no terminal should get."""
    text = json.dumps(value, ensure_ascii=False)
    return "".join(char if char.isprintable() else f"\\U{ord(char):08X}" for char in text)


def _table(head: str, keys: Mapping[str, Any]) -> str:
    return "\n".join([head, *(f"{key} = {value_of(value)}" for key, value in keys.items()), ""])
