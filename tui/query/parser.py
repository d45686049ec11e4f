"""Text -> tree: a recursive descent, one method for each line of the grammar. Whoever compiles it checks the values.

query   = ( or | view )*                        at the top level only
or      = and ( ("OR" | "||") and )*
and     = not ( ("AND" | "&&")? not )*          blank = AND
not     = ("-" | "!" | "NOT ")* atom
atom    = "(" or ")" | field op values | regex | "~" text | text
op      = ":" | "=" | "!=" | ">" | ">=" | "<" | "<=" | "~"
values  = value ( "," value )*                  value = text | regex | a..b
view    = "sort:" ["-"] field | "group:" field | "limit:" n | "@" savedname
text    = word | "quoted, with \\" and \\\\"     regex = "/" ... "/", with \\/ inside
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from tui.errors import UsageError
from tui.query.error import QueryError
from tui.query.fields import SCREEN, Field, Kind, field
from tui.query.scan import VALUE, WORD, Scanner
from tui.query.tree import And, Compare, Flag, Node, Or, Place, Saved, Word, joined, negated

LONGEST = 4_096  # characters: more than anybody types, little enough to be read at every key
DEEPEST = 50  # parentheses inside each other: five calls each, far from the limit of Python's stack
YES, NO = ("yes", "true", "1"), ("no", "false", "0")

_COMPARE = re.compile(r"([^\W\d][\w.]*)(!=|>=|<=|[:=><~])")
_VIEW = re.compile(r"(?i:(sort|group|limit)):|@")
_OR = re.compile(r"OR(?![^\s()])|\|\|")
_AND = re.compile(r"AND(?![^\s()])|&&")
_NOT = re.compile(r"NOT(?![^\s()])|[-!]")
EXAMPLES = {Kind.STATE: "fail", Kind.NUMBER: "3", Kind.DURATION: "5m", Kind.AGE: "2h", Kind.TIME: "today"}


@dataclass
class Terms:
    """What a query says about the view, not about a task."""

    sort: tuple[str, bool] | None = None
    group: str | None = None
    limit: int | None = None


Expand = Callable[[str, Place], tuple[Node | None, Terms]]


class Parser(Scanner):
    """Reads one text once. `expand` answers with what a saved view stands for."""

    def __init__(self, text: str, expand: Expand, screen: Sequence[str]) -> None:
        super().__init__(text)
        self.expand = expand
        self.screen = screen
        self.terms = Terms()
        self.inherited: list[Terms] = []
        self.depth = 0

    def query(self) -> Node | None:
        """The whole text; None where it says nothing about tasks. View terms are in `terms` afterwards."""
        if len(self.text) > LONGEST:
            self.fail(
                f"{len(self.text)} characters are too many for a query: at most {LONGEST}", LONGEST, len(self.text)
            )
        items: list[Node] = []
        while not self.ended():
            if self.text[self.at] == ")":
                self.fail('")" without a "(" before it; to search for it, quote it: ")"', self.at, self.at + 1)
            if view := _VIEW.match(self.text, self.at):
                items += self.view(view)
            else:
                items.append(self.either())
        for terms in self.inherited:
            self.terms.sort = self.terms.sort or terms.sort
            self.terms.group = self.terms.group or terms.group
            self.terms.limit = self.terms.limit or terms.limit
        return joined(And, items) if items else None

    def either(self) -> Node:
        """or = and ( ("OR" | "||") and )*"""
        items = [self.both()]
        while self.take(_OR):
            items.append(self.both())
        return joined(Or, items)

    def both(self) -> Node:
        """and = not ( "AND"? not )*"""
        items = [self.negation()]
        while True:
            if self.take(_AND) or not (self.ended() or self.stops()):
                items.append(self.negation())
            else:
                return joined(And, items)

    def stops(self) -> bool:
        """Whether what comes next ends a row of ANDs: `)`, OR, a view term at the top level."""
        view = self.depth == 0 and _VIEW.match(self.text, self.at)
        return self.text[self.at] == ")" or bool(_OR.match(self.text, self.at)) or bool(view)

    def negation(self) -> Node:
        """not = ("-" | "!" | "NOT ")* atom; two of them are none."""
        self.ended()
        start, odd = self.at, False
        while found := _NOT.match(self.text, self.at):
            self.at = found.end()
            if found[0] == "NOT":
                self.ended()
            elif self.bare(()):
                self.fail(f'"{found[0]}" needs something to exclude right behind it, e.g. -name:canary', start, self.at)
            odd = not odd
        item = self.atom()
        return replace(negated(item) if odd else item, at=(start, self.at))

    def atom(self) -> Node:
        """atom = "(" or ")" | field op values | regex | "~" text | text"""
        if self.ended() or self.text[self.at] == ")" or _OR.match(self.text, self.at) or _AND.match(self.text, self.at):
            self.incomplete()
        char = self.text[self.at]
        if char == "(":
            return self.parenthesis()
        if view := _VIEW.match(self.text, self.at):
            self.fail(f"{view[0]} belongs at the top level, outside ( ), OR and -", *view.span())
        if char == "~":
            self.at += 1
            if self.bare():
                self.fail('"~" needs letters right behind it, e.g. ~trnscd', self.at - 1, self.at)
            text = self.value(WORD)
            return Word(text, fuzzy=text.form != "/", at=text.at)
        if found := _COMPARE.match(self.text, self.at):
            return self.comparison(found)
        text = self.value(WORD)
        return Word(text, at=text.at)

    def parenthesis(self) -> Node:
        """ "(" or ")" """
        start = self.at
        self.at += 1
        self.depth += 1
        if self.depth > DEEPEST:
            self.fail(f"more than {DEEPEST} parentheses inside each other", start, start + 1)
        if not self.ended() and self.text[self.at] == ")":
            self.fail("empty parentheses", start, self.at + 1)
        if self.ended():
            self.fail('"(" needs something behind it and a ")"', start, start + 1)
        item = self.either()
        if self.ended():
            self.fail('"(" without a ")" behind it', start, start + 1)
        self.at += 1
        self.depth -= 1
        return replace(item, at=(start, self.at))

    def comparison(self, found: re.Match[str]) -> Node:
        """field op values"""
        name, op = found.groups()
        if name.lower() in SCREEN:
            return self.flag(name.lower(), found)
        known = self.field(name, found.start(1), found[0])
        self.at = found.end()
        if self.bare():
            example = f"{name}{op}{EXAMPLES.get(known.kind, 'word')}"
            self.fail(f"{name}: needs a value right behind {op}, e.g. {example}", found.start(), self.at)
        values = [self.value(VALUE)]
        while self.text.startswith(",", self.at):
            self.at += 1
            if self.bare():
                self.fail(f"{name}: needs another value right behind the comma", self.at - 1, self.at)
            values.append(self.value(VALUE))
        return Compare(known, op, tuple(values), (found.start(), self.at))

    def field(self, name: str, start: int, shown: str = "") -> Field:
        """The field of a name, an unknown one underlined."""
        try:
            return field(name)
        except UsageError as error:
            quote = f', or quote it to search for it: "{shown}.."' if shown else ""
            raise QueryError(f"{error}{quote}", start, start + len(name)) from None

    def flag(self, name: str, found: re.Match[str]) -> Node:
        """new, mark and pin: what only a screen knows."""
        if name not in self.screen:
            self.fail(f"{name}: only on screen; a command cannot know it", *found.span(1))
        self.at = found.end()
        word = VALUE.match(self.text, self.at)
        said = word[0].lower() if word else ""
        self.at = word.end() if word else self.at
        if found[2] not in (":", "=", "!=") or said not in (*YES, *NO):
            self.fail(f"{name}: is yes or no, e.g. {name}:yes", found.start(), self.at)
        return Flag(name, (said in YES) == (found[2] != "!="), (found.start(), self.at))

    def view(self, found: re.Match[str]) -> list[Node]:
        """view = "sort:" ["-"] field | "group:" field | "limit:" n | "@" savedname"""
        start, self.at = found.start(), found.end()
        word = WORD.match(self.text, self.at)
        said = word[0] if word else ""
        self.at = word.end() if word else self.at
        if found[1] is None:
            item, terms = self.expand(said, (start, self.at))
            self.inherited.append(terms)
            return [Saved(said, item, (start, self.at))]
        term = found[1].lower()
        if getattr(self.terms, term) is not None:
            self.fail(f"{term}: once is enough", start, self.at)
        if term == "limit":
            if not re.fullmatch("[0-9]{1,9}", said) or int(said) == 0:
                self.fail("limit: needs a whole number from 1, e.g. limit:20", start, self.at)
            self.terms.limit = int(said)
            return []
        down = term == "sort" and said.startswith("-")
        name = said[1:] if down else said
        if not name:
            self.fail(f"{term}: needs a field, e.g. {term}:age", start, self.at)
        known = self.field(name, self.at - len(name)).name
        setattr(self.terms, term, (known, down) if term == "sort" else known)
        return []

    def incomplete(self) -> NoReturn:
        """Something had to come here, beside an OR, an AND or a NOT."""
        there = _OR.match(self.text, self.at) or _AND.match(self.text, self.at)
        before = re.search(r"(OR|AND|NOT|\|\||&&|[-!])\s*$", self.text[: self.at])
        start, end = there.span() if there else before.span(1) if before else (self.at, self.at + 1)
        sign, side = self.text[start:end], "on both sides"
        if sign in ("NOT", "-", "!"):
            side = "behind it"
        self.fail(f'"{sign}" needs something {side}; to search for it, quote it: "{sign}"', start, end)
