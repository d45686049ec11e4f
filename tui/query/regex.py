"""Regular expressions that cannot run for ever: a user's pattern on a stranger's text, in time linear in the text.

Python's own engine backtracks and cannot be interrupted: `(a+)+$` on forty letters outlives the program. Here the
pattern becomes a set of places that is followed through the text once, each set remembered with where a character
leads from it (a lazy DFA). Whatever the pattern, one text costs at most LONGEST steps of at most LARGEST places; a
step that was taken before costs one dict access. Only whether something is found is asked, so greedy and lazy are
the same. Look-around and backreferences, which no such machine can follow, are refused by name. What one character
class means (`\\w`, `[^a-f]`, case) is still asked of Python's engine, one character at a time.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod
from typing import Literal, NamedTuple

LONGEST = 1_000  # characters of a text that are looked at
LARGEST = 300  # places in one pattern, {m,n} written out
PATTERN = 200  # characters of a pattern
GROUPS = 20
SETS = 2_000  # remembered sets of places
TEXTS = 4_096  # remembered texts: names, targets and errors come again and again
FEW = 8 * LONGEST  # ways through a pattern from one start that Python's engine may be left to try

_QUANTIFIER = re.compile(r"\*|\+|\?|\{([0-9]+)\}|\{([0-9]*),([0-9]*)\}")
_ATOM = re.compile(r"\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|.", re.DOTALL)
_GROUP = re.compile(r"\((?:\?:|\?P<\w+>|(?!\?))")
_EDGES = {"^": "start", "\\A": "start", "$": "end", "\\Z": "end", "\\b": "edge", "\\B": "inside"}
_REFUSED = {"(?=": "look-ahead", "(?!": "look-ahead", "(?<": "look-behind", "(?P": "a backreference"}

Fits = Callable[[str], object]


class Char(NamedTuple):
    """One character of a kind."""

    fits: Fits


class At(NamedTuple):
    """A place without width: start, end, edge of a word, inside one."""

    where: str


class Rep(NamedTuple):
    """`node` from `low` to `high` times, None for any number."""

    node: Tree
    low: int
    high: int | None


class Row(NamedTuple):
    """One after the other."""

    nodes: tuple[Tree, ...]


class Either(NamedTuple):
    """One of several."""

    nodes: tuple[Tree, ...]


Tree = Char | At | Rep | Row | Either


def searcher(pattern: str, *, fold: bool) -> Callable[[str], bool]:
    """Whether a text holds the pattern, `fold` without case. ValueError says in one line what is wrong with it."""
    if len(pattern) > PATTERN:
        raise ValueError(f"more than {PATTERN} characters")
    if pattern.count("(") > GROUPS:
        raise ValueError(f"more than {GROUPS} groups")
    flags = re.IGNORECASE | re.DOTALL if fold else re.DOTALL
    compiled = _checked(pattern, flags)
    tree = Reader(pattern, flags).tree()
    machine = Machine(tree)
    if ways(tree) <= FEW:
        return lambda text: compiled.search(text[:LONGEST].replace("\n", " ")) is not None
    return lru_cache(TEXTS)(machine.search)


def _checked(pattern: str, flags: re.RegexFlag) -> re.Pattern[str]:
    """Compiled by Python, which knows best what is wrong with it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return re.compile(pattern, flags)
    except (re.error, OverflowError, Warning) as error:
        raise ValueError(str(error)) from None


class Reader:
    """A pattern that Python accepts -> its tree."""

    def __init__(self, pattern: str, flags: re.RegexFlag) -> None:
        self.pattern = pattern
        self.flags = flags
        self.at = 0

    def tree(self) -> Tree:
        """Branches of rows of pieces."""
        rows: list[Tree] = [self.row()]
        while self.pattern.startswith("|", self.at):
            self.at += 1
            rows.append(self.row())
        return Either(tuple(rows))

    def row(self) -> Tree:
        """Pieces up to `|` or `)`, each with its quantifier."""
        nodes: list[Tree] = []
        while self.at < len(self.pattern) and self.pattern[self.at] not in "|)":
            nodes.append(self.quantified(self.piece()))
        return Row(tuple(nodes))

    def piece(self) -> Tree:
        """A group, an edge or one character."""
        if self.pattern[self.at] == "(":
            found = _GROUP.match(self.pattern, self.at)
            if found is None:
                sign = self.pattern[self.at : self.at + 3]
                raise ValueError(f"{_REFUSED.get(sign, sign)} is not supported")
            self.at = found.end()
            inner = self.tree()
            self.at += 1
            return inner
        found = _ATOM.match(self.pattern, self.at)
        atom = found[0] if found else ""
        self.at += len(atom)
        if atom in _EDGES:
            return At(_EDGES[atom])
        if atom[0] == "\\" and (atom[1].isdigit() or atom[1] in "NU"):
            raise ValueError("a backreference is not supported" if atom[1].isdigit() else f"{atom} is not supported")
        if re.fullmatch(r"[^\\\[.]|\\[^\w\s]", atom) and not self.flags & re.IGNORECASE:
            return Char(atom[-1].__eq__)
        return Char(_checked(atom, self.flags).match)

    def quantified(self, node: Tree) -> Tree:
        """A piece with what stands behind it; `??` and the like find the same."""
        found = _QUANTIFIER.match(self.pattern, self.at)
        if found is None:
            return node
        self.at = found.end()
        if self.pattern.startswith("+", self.at):
            raise ValueError("a possessive repeat is not supported")
        if self.pattern.startswith("?", self.at):
            self.at += 1
        match found[0]:
            case "*" | "{,}":
                return Rep(node, 0, None)
            case "+":
                return Rep(node, 1, None)
            case "?":
                return Rep(node, 0, 1)
        low = int(found[1] or found[2] or 0)
        return Rep(node, low, low if found[1] else int(found[3]) if found[3] else None)


def size(tree: Tree) -> int:
    """How many places a tree needs, repeats written out."""
    match tree:
        case Rep(node, low, high):
            return max(1, low + 1 if high is None else high) * (size(node) + 1)
        case Row(nodes) | Either(nodes):
            return 1 + sum(map(size, nodes))
    return 1


def ways(tree: Tree) -> int:
    """At most how many ways a backtracking engine tries from one start; beyond FEW the figure only says "many"."""
    match tree:
        case Rep(Char(), low, high):
            return LONGEST if high is None else high - low + 1
        case Rep(node, low, high):
            once = ways(node)
            return once ** min(low, 20) if low == high else once + 1 if high == 1 else FEW + 1
        case Row(nodes):
            return min(prod(map(ways, nodes)), FEW + 1)
        case Either(nodes):
            return sum(map(ways, nodes))
    return 1


Goes = tuple[Literal["char"], Fits, int] | tuple[Literal["at"], str, int] | tuple[Literal["to"], tuple[int, ...]]


@dataclass(slots=True, eq=False)
class Known:
    """A set of places reached, what was before it, and where each character seen so far leads."""

    places: frozenset[int]
    before: str
    moves: dict[str, Known] = field(default_factory=dict)


FOUND = Known(frozenset(), "found")


class Machine:
    """A tree as numbered places, followed through a text all at once. Place 0 is the end of the pattern."""

    def __init__(self, tree: Tree) -> None:
        if size(tree) > LARGEST:
            raise ValueError("too large, with its repeats written out")
        self.places: list[Goes] = [("to", ())]
        self.first = self._add(tree, 0)
        self.known: dict[tuple[frozenset[int], str], Known] = {}

    def search(self, text: str) -> bool:
        """Whether the pattern is found in the first LONGEST characters; a line break counts as a blank."""
        state = self._known(frozenset(), "start")
        for char in text[:LONGEST].replace("\n", " "):
            state = state.moves.get(char) or self._move(state, char)
            if state is FOUND:
                return True
        return 0 in self._closed(state, "end")

    def _add(self, tree: Tree, after: int) -> int:
        """Puts a tree before the place `after`; the place where it begins."""
        match tree:
            case Char(fits):
                return self._place(("char", fits, after))
            case At(where):
                return self._place(("at", where, after))
            case Row(nodes):
                for node in reversed(nodes):
                    after = self._add(node, after)
                return after
            case Either(nodes):
                return self._place(("to", tuple(self._add(node, after) for node in nodes)))
        if tree.high is None:
            loop = self._place(("to", ()))
            self.places[loop] = ("to", (self._add(tree.node, loop), after))
            after = loop
        else:
            last = after
            for _ in range(tree.high - tree.low):
                after = self._place(("to", (self._add(tree.node, after), last)))
        for _ in range(tree.low):
            after = self._add(tree.node, after)
        return after

    def _place(self, goes: Goes) -> int:
        self.places.append(goes)
        return len(self.places) - 1

    def _known(self, places: frozenset[int], before: str) -> Known:
        found = self.known.get((places, before))
        if found is None:
            if len(self.known) >= SETS:
                self.known.clear()
            found = self.known[places, before] = Known(places, before)
        return found

    def _move(self, state: Known, char: str) -> Known:
        """Where one character leads: through all places without width first, then over the character."""
        kind = "word" if char.isalnum() or char == "_" else "other"
        reached: set[int] = set()
        closed = self._closed(state, kind)
        for place in closed:
            goes = self.places[place]
            if goes[0] == "char" and goes[1](char):
                reached.add(goes[2])
        target = FOUND if 0 in closed else self._known(frozenset(reached), kind)
        if len(state.moves) < SETS:
            state.moves[char] = target
        return target

    def _closed(self, state: Known, behind: str) -> set[int]:
        """All places that can be reached without a character, between what was before and what comes."""
        holds = _holding(state.before, behind)
        closed: set[int] = set()
        open_: list[int] = [self.first, *state.places]
        while open_:
            place = open_.pop()
            if place in closed:
                continue
            closed.add(place)
            goes = self.places[place]
            if goes[0] == "to":
                open_ += goes[1]
            elif goes[0] == "at" and goes[1] in holds:
                open_.append(goes[2])
        return closed


def _holding(before: str, behind: str) -> tuple[str, ...]:
    """Which edges hold between two neighbours."""
    edge = "edge" if (before == "word") != (behind == "word") else "inside"
    return (edge, *(("start",) if before == "start" else ()), *(("end",) if behind == "end" else ()))
