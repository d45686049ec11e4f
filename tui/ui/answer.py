"""A provider's JSON as lines of a screen: clean, secrets masked, cut neither in width nor, up to a bound, in length."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rich.cells import chop_cells

from tui.text import clean
from tui.ui.ink import Ink
from tui.ui.themes import Look

DEEPEST = 40
MOST = 4_000
SECRET = re.compile(
    r"secret|passw|passphrase|private_?key|access_?key|(security|session|sts|auth|api)_?(token|key)|credential|^token$",
    re.IGNORECASE,
)
MASK = "********"


class Piece(NamedTuple):
    """One line of JSON: how deep, its name, its value and the token of the value's colour."""

    depth: int
    name: str
    text: str
    token: str


def pieces(value: Any, *, depth: int = 0, name: str = "", comma: str = "") -> Iterator[Piece]:
    """The lines of a decoded JSON value. A value whose name sounds like a secret is not shown."""
    if name and SECRET.search(name) and isinstance(value, str) and value:
        value = MASK
    if isinstance(value, Mapping) and value and depth < DEEPEST:
        yield Piece(depth, name, "{", "dim")
        for at, (key, each) in enumerate(value.items(), 1):
            yield from pieces(each, depth=depth + 1, name=str(key), comma="," if at < len(value) else "")
        yield Piece(depth, "", "}" + comma, "dim")
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes) and value and depth < DEEPEST:
        yield Piece(depth, name, "[", "dim")
        for at, each in enumerate(value, 1):
            yield from pieces(each, depth=depth + 1, comma="," if at < len(value) else "")
        yield Piece(depth, "", "]" + comma, "dim")
    else:
        token = "json.text" if isinstance(value, str) else "json.value"
        yield Piece(depth, name, _scalar(value) + comma, token)


def _scalar(value: Any) -> str:
    if isinstance(value, Mapping | list | tuple):
        return "{..}" if value and isinstance(value, Mapping) else "[..]" if value else json.dumps(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def lines(value: Any, look: Look, cells: int) -> list[Ink]:
    """The same as ink, long values wrapped under their own beginning."""
    found: list[Ink] = []
    for piece in pieces(value):
        if len(found) >= MOST:
            found.append(Ink().add(" .. there is more; `taskdeck show -o json` has it whole", look["dim"]))
            break
        found += _wrapped(piece, look, cells)
    return found


def _wrapped(piece: Piece, look: Look, cells: int) -> list[Ink]:
    ink = Ink().add(" " * min(1 + 2 * piece.depth, max(1, cells // 3)))
    if piece.name:
        ink.add(clean(json.dumps(piece.name, ensure_ascii=False), limit=80), look["json.key"]).add(": ")
    if ink.width > cells * 2 // 3:
        ink = Ink().add(" ").add(clean(piece.name, limit=max(8, cells // 3)), look["json.key"]).add(": ")
    indent = ink.width
    first, *rest = chop_cells(clean(piece.text), max(8, cells - indent)) or [""]
    wrapped = [ink.add(first, look[piece.token])]
    wrapped += [Ink().add(" " * indent).add(text, look[piece.token]) for text in rest]
    return wrapped
