"""Reach: whether a query can keep a task of a source at all, by what it says of the source alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from tui.model import Source, State, Task, TaskKey
from tui.query.match import Setting, matcher
from tui.query.query import NO_SCREEN, NOTHING, Query
from tui.query.tree import And, Compare, Node, Not, Or, Saved

OF_THE_SOURCE = frozenset({"source", "adapter", "account", "region"})  # fields that all tasks of a source share
ANY = Task(key=TaskKey("", "", ""), state=State.UNKNOWN)


class Chance(NamedTuple):
    """What a node may say of the tasks of one source."""

    keeps: bool
    drops: bool


def reaches(query: Query, source: Source, shorts: Mapping[str, str] = NOTHING) -> bool:
    """Whether some task of a source could match; `shorts` are those that the query was parsed with."""
    return _chance(query.tree, source, Setting(screen=NO_SCREEN, shorts=shorts)).keeps


def _chance(node: Node | None, source: Source, setting: Setting) -> Chance:
    match node:
        case None:
            return Chance(keeps=True, drops=False)
        case Saved(item=item):
            return _chance(item, source, setting)
        case Not(item=item):
            keeps, drops = _chance(item, source, setting)
            return Chance(drops, keeps)
        case And(items=items):
            chances = [_chance(item, source, setting) for item in items]
            return Chance(all(one.keeps for one in chances), any(one.drops for one in chances))
        case Or(items=items):
            chances = [_chance(item, source, setting) for item in items]
            return Chance(any(one.keeps for one in chances), all(one.drops for one in chances))
        case Compare(field=field) if field.name in OF_THE_SOURCE:
            said = matcher(node, setting)(ANY, source, 0)
            return Chance(said, not said)
    return Chance(keeps=True, drops=True)
