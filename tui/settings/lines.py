"""Where in a TOML file a key stands: tomllib forgets lines, an error message must not."""

from __future__ import annotations

import re

_HEADER = re.compile(r"\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_STRINGS = re.compile(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|#.*')

Path = tuple[str | int, ...]


def line_of(toml: str, path: Path) -> int:
    """The line (from 1) of a key such as ("sources", 2, "region"), or of the nearest table above it that is there."""
    places = _places(toml)
    for length in range(len(path), 0, -1):
        if path[:length] in places:
            return places[path[:length]]
    return 1


def _places(toml: str) -> dict[Path, int]:
    places: dict[Path, int] = {}
    table: Path = ()
    counts: dict[Path, int] = {}
    depth = 0
    fence = ""
    for number, line in enumerate(toml.splitlines(), 1):
        if fence:  # inside a multi-line string
            fence = "" if fence in line else fence
            continue
        if depth <= 0:
            header = _HEADER.match(line)
            if header and not _KEY.match(line):
                table = _table(_parts(header[2]), header[1] == "[[", counts)
                places.setdefault(table, number)
                continue
            key = _KEY.match(line)
            if key:
                places.setdefault((*table, *_parts(key[1])), number)
        bare = _STRINGS.sub("", line)
        fence = next((quote for quote in ('"""', "'''") if line.count(quote) % 2), "")
        depth += sum(bare.count(sign) for sign in "[{") - sum(bare.count(sign) for sign in "]}")
    return places


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(dotted)]


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
