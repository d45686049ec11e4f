"""Masking: what sounds or looks like a secret in foreign data is not shown. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MASK = "********"
SCANNED = 20_000  # characters of one text that are looked through: nobody shows more of it

_NAMES = (
    r"secret|passw|passphrase|private_?key|access_?key|credential|authorization|cookie|token(?!s)|api_?key"
    r"|signature|^pwd$"
)
NAME = re.compile(_NAMES, re.IGNORECASE)
"""Names of fields whose value is a secret."""
UNSHOWN = frozenset({"returnpayload", "taskpayload", "invocationpayload", "output", "content"})
"""Names of fields that hold what a task was given or returned: anything may be in there."""
_INSIDE = re.compile(
    r"""(?: LTAI[0-9A-Za-z]{12,30} | AKID[0-9A-Za-z]{13,40} | (?:AKIA|ASIA)[0-9A-Z]{16} )      # access key ids
      | -----BEGIN[ A-Z0-9]*PRIVATE[ ]KEY-----.*?(?:-----END[ A-Z0-9]*PRIVATE[ ]KEY-----|\Z)
      | eyJ[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]{8,}\.[0-9A-Za-z_-]*                                # JSON web tokens
      | (?<=://)[^/\s:@"']{1,200}:[^/\s@"']{1,200}(?=@)                                         # user:password in a URL
      | (?<=Bearer[ ])[0-9A-Za-z._~+/=-]{6,} | (?<=Basic[ ])[0-9A-Za-z+/=]{6,}
    """,
    re.VERBOSE | re.DOTALL,
)
_PAIR = re.compile(
    r"""((?: secret | passw(?:or)?d | passphrase | access_?key | private_?key | credential | authorization | api_?key
          | token ) [\w-]{0,40} (?:\\?["'])? \s{0,4} [:=] \s{0,4} )
        (\\?["'])? ((?(2) (?: (?!\2). ){1,4000} | (?: (?:Bearer|Basic)[ ] )? [^\s,;&"'\\}]{1,4000} ))""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
"""`password = ..`, `"db_password": ".."`, `Authorization: Bearer ..` within a text."""


def secret(name: str, value: Any) -> bool:
    """Whether a field is not shown for its name."""
    return isinstance(value, str) and bool(value) and NAME.search(name) is not None


def unshown(name: str, value: Any) -> bool:
    """Whether a field holds what only an explicit key may show: a payload, an output."""
    return isinstance(value, str) and bool(value) and name.lower() in UNSHOWN


def inside(text: str) -> str:
    """A text with what looks like a secret in it masked, as far as it is shown."""
    head, rest = text[:SCANNED], text[SCANNED:]
    return _PAIR.sub(lambda found: f"{found[1]}{found[2] or ''}{MASK}", _INSIDE.sub(MASK, head)) + rest


def shown(name: str, value: str) -> str:
    """A text in a field as it may be shown; a payload or an output is named by its size."""
    if unshown(name, value):
        return f"{MASK} {len(value):,} characters"
    return MASK if secret(name, value) else inside(value)


def masked(value: Any, name: str = "", depth: int = 40) -> Any:
    """Decoded JSON without its secrets."""
    if isinstance(value, str):
        return shown(name, value)
    if depth and isinstance(value, Mapping):
        return {key: masked(each, str(key), depth - 1) for key, each in value.items()}
    if depth and isinstance(value, list | tuple):
        return [masked(each, name, depth - 1) for each in value]
    return value
