"""Where in a TOML file a key stands: tomllib forgets lines, an error message must not."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path as File
from typing import Any

from tui.errors import ConfigError

_PIECE = r"""(?xs)  # compiled when a line is asked for
    (?P<long>  \"{3} (?:\\.|[^\\])*? \"{3,5} | '{3} .*? '{3,5} )
      | (?P<text>  " (?:\\.|[^"\\\n])* " | ' [^'\n]* ' )
      | (?P<note>  \# [^\n]* )
      | (?P<bare>  [A-Za-z0-9_-]+ )
      | (?P<open>  [\[{] ) | (?P<close> [\]}] ) | (?P<equals> = ) | (?P<end> \n )"""

Path = tuple[str | int, ...]


def toml(text: str, path: File) -> dict[str, Any]:
    """The content of a TOML file. Raises ConfigError with the place."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits is a plain ValueError
        place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
        last = text.rstrip("\n").count("\n") + 1  # what is missing at the end of the file is missing there
        where = f"{path}:{place[1]}:{place[2]}" if place else f"{path}:{last}"
        raise ConfigError(f"{where}: no TOML: {re.sub(r' *[(]at .*[)]', '', str(error))}") from None


def line_of(text: str, path: Path) -> int:
    """The line (from 1) of a key such as ("sources", 2, "region"), or of the nearest table above it that is there."""
    places = _places(text)
    for length in range(len(path), 0, -1):
        if path[:length] in places:
            return places[path[:length]]
    return 1


def _places(text: str) -> dict[Path, int]:
    """The lines of all tables and keys of a valid file; what is inside a value stands where the value begins."""
    places: dict[Path, int] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    parts: list[str] | None = []  # of the key or header that is being read; None inside a value
    depth, number = 0, 1
    for match in re.finditer(_PIECE, text):
        kind, token = match.lastgroup, match[0]
        if kind == "end" and (depth == 0 or parts is not None):
            parts, depth = [], 0
        elif kind == "open":
            depth += 1
        elif kind == "close":
            if parts is not None:
                table = _table(parts, depth == 2, counts)
                places.setdefault(table, number)
                parts, depth = None, 0
            depth = max(0, depth - 1)
        elif kind == "equals" and parts is not None:
            places.setdefault((*table, *parts), number)
            parts = None
        elif kind in ("bare", "text") and parts is not None:
            parts.append(token if kind == "bare" else tomllib.loads(f"key = {token}")["key"])
        number += token.count("\n")
    return places


def _table(names: list[str], repeated: bool, counts: dict[Path, int]) -> Path:
    """The path of a table header; below a repeated table its last entry is meant."""
    path: Path = ()
    for at, name in enumerate(names):
        path = (*path, name)
        if repeated and at == len(names) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
