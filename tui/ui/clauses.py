"""Clauses: what the quick keys write into the text of a filter. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from tui.model import Source, Task

if TYPE_CHECKING:
    from tui.query import Query
    from tui.query.fields import Field
    from tui.query.tree import Node

LONGEST = 500  # characters of a text in a clause: of a longer one its head, for a query has an end too
TELLING = 20  # characters of a piece that are enough to know a text by
NAMES = (
    *("state", "source", "account", "region", "name", "target", "kind", "native", "error", "cause"),
    *("id", "scope", "req"),
)
_TERM = re.compile(r"(?i:(?:sort|group|limit):)[^\s()]*")
_TOKEN = re.compile(r"""(?:"(?:\\.|[^"\\])*"?|\([^)]*\)?|[^\s"(])+""")
_BEGUN = re.compile(r"[-!]*([^\W\d][\w.]*)[:=<>~]")
_SAVED = re.compile(r"@([^\s()]+)")


class Fact(NamedTuple):
    """One field of a task: its name, what it says (foreign), and the clause that keeps tasks which say the same."""

    name: str
    text: str
    clause: str


def facts(task: Task, source: Source, shorts: Mapping[str, str] | None = None) -> list[Fact]:
    """What a task can be filtered by. Each clause has been read and keeps that very task."""
    from tui.errors import UsageError
    from tui.query.fields import field

    found: list[Fact] = []
    for name in (*NAMES, *task.extra):
        try:
            known = field(name)
        except UsageError:
            continue  # a name that nobody could type
        text = known.text(task, source, 0)
        if text is not None and (clause := _clause(name, known, text, task, source, shorts or {})):
            found.append(Fact(name, text, clause))
    return found


def _clause(name: str, known: Field, text: str, task: Task, source: Source, shorts: Mapping[str, str]) -> str:
    """The first way of saying it that holds."""
    from tui.query import QueryError, parse
    from tui.query.tree import Text, quoted

    if name == "state":
        ways = [f"state:{task.state.label.lower()}"]
    else:
        whole, part = text.isprintable() and len(text) <= LONGEST, _part(text)
        ways = [f"{name}={quoted(text)}"] if whole and (name != "error" or not text) else []
        if len(part) >= min(TELLING, max(1, len(text) // 2)):
            ways.append(f"{name}:{quoted(part)}")
        raw = Text(text[:LONGEST], '"')
        ways.append(f"{name}:{raw}")
    for way in ways:
        try:
            query = parse(way, shorts=shorts)
        except QueryError:
            continue
        if len(query.clauses) == 1 and not query.sort and query.match(task, source, 0):
            return way
    return ""


def _part(text: str) -> str:
    """The longest piece of a text that one line can show as it is."""
    pieces = "".join(char if char.isprintable() else "\n" for char in text).split("\n")
    return max(pieces, key=len)[:LONGEST]


def with_clause(text: str, clause: str, *, negated: bool = False) -> str:
    """The text with a clause; what it said of the same field before goes.

    Negated, the clauses stay that exclude something else: one after another is how one clears a table.
    """
    wanted = f"-{clause}" if negated else clause
    field = _about(clause)[0]
    kept: list[str] = []
    at = None
    for piece in side_by_side(text):
        about, excludes = _about(piece)
        if piece == wanted or (about is not None and about == field and not (negated and excludes)):
            at = len(kept) if at is None else at
        else:
            kept.append(piece)
    kept.insert(len(kept) if at is None else at, wanted)
    return " ".join(kept)


def with_state(text: str, value: str) -> str:
    """The text with its plain `state:` clause set to `value`; taken out where it says just that, or for ""."""
    before, wanted = side_by_side(text), f"state:{value}"
    kept = [piece for piece in before if _about(piece) != ("state", False)]
    if value and wanted not in before:
        kept.insert(0, wanted)
    return " ".join(kept)


def side_by_side(text: str) -> list[str]:
    """What stands side by side in a text: its clauses and its view terms, an OR in parentheses."""
    from tui.query import QueryError
    from tui.query.tree import Or

    try:
        query = _read(text)
    except QueryError:
        return _TOKEN.findall(text)
    found: list[str] = []
    at = 0
    for clause in query.clauses:
        found += _TERM.findall(text[at : clause.start])
        piece, at = text[clause.start : clause.end], clause.end
        found.append(f"({piece})" if isinstance(clause.tree, Or) and not _wrapped(piece, clause.tree) else piece)
    return found + _TERM.findall(text[at:])


def _wrapped(piece: str, tree: Node) -> bool:
    """Whether the parentheses at both ends belong together."""
    from tui.query import QueryError

    try:
        return piece.startswith("(") and piece.endswith(")") and _read(piece[1:-1]).tree == tree
    except QueryError:
        return False


def _about(piece: str) -> tuple[str | None, bool]:
    """Which field a clause is about, and whether it excludes; half-typed ones (`-state:`) do not, yet."""
    from tui.query import QueryError
    from tui.query.fields import NAMES as FIELDS
    from tui.query.tree import Compare, Not

    try:
        tree = _read(piece).tree
    except QueryError:
        begun = _BEGUN.match(piece)
        known = FIELDS.get(begun[1].lower()) if begun else None
        return (known.name if known else None), False
    inner = tree.item if isinstance(tree, Not) else tree
    if not isinstance(inner, Compare):
        return None, False
    return inner.field.name, (inner is not tree) != (inner.op == "!=")


def _read(text: str) -> Query:
    """A text as it is built, whatever its saved views stand for."""
    from tui.query import parse
    from tui.query.fields import SCREEN

    views = dict.fromkeys(_SAVED.findall(text), "")
    return parse(text, views=views, screen=dict.fromkeys(SCREEN, lambda task: True))
