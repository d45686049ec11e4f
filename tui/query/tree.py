"""The tree of a query. Nodes are equal when they say the same, wherever it stands; str() is the canonical text."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass

from tui.query.fields import Field

WORDS = frozenset({"AND", "OR", "NOT"})
PLAIN = re.compile(r"\w[\w.\-]*(?<!\.)")
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of text as it was typed: a word, quoted, or between slashes."""

    text: str
    form: str = ""  # "", '"' or "/"
    at: Place = dataclasses.field(default=(0, 0), compare=False, repr=False)

    def __str__(self) -> str:
        if self.form == '"':
            return '"' + self.text.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return f"/{self.text}/" if self.form else self.text

    @property
    def exact(self) -> bool:
        """Smart case: a capital makes it exact. The letters of a regular expression's escapes do not count."""
        seen = re.sub(r"\\.", "", self.text) if self.form == "/" else self.text
        return seen != seen.lower()


@dataclass(frozen=True, slots=True)
class Word:
    """A text anywhere in the task; `fuzzy` takes its letters in order."""

    text: Text
    fuzzy: bool = False
    at: Place = dataclasses.field(default=(0, 0), compare=False, repr=False)

    def __str__(self) -> str:
        return f"~{self.text}" if self.fuzzy else str(self.text)


@dataclass(frozen=True, slots=True)
class Compare:
    """One field against one or more values: any of them will do."""

    field: Field
    op: str
    values: tuple[Text, ...]
    at: Place = dataclasses.field(default=(0, 0), compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.field.name}{self.op}{','.join(map(str, self.values))}"


@dataclass(frozen=True, slots=True)
class Flag:
    """A fact that only a screen knows: `new:yes`."""

    name: str
    yes: bool
    at: Place = dataclasses.field(default=(0, 0), compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.name}:{'yes' if self.yes else 'no'}"


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved view by name, and what it stands for (None where it filters nothing)."""

    name: str
    item: Node | None
    at: Place = dataclasses.field(default=(0, 0), compare=False, repr=False)

    def __str__(self) -> str:
        return f"@{self.name}"


@dataclass(frozen=True, slots=True)
class Not:
    """Everything else."""

    item: Node
    at: Place = dataclasses.field(default=(0, 0), compare=False, repr=False)

    def __str__(self) -> str:
        return f"-({self.item})" if isinstance(self.item, And | Or) else f"-{self.item}"


@dataclass(frozen=True, slots=True)
class And:
    """All of two or more."""

    items: tuple[Node, ...]
    at: Place = dataclasses.field(default=(0, 0), compare=False, repr=False)

    def __str__(self) -> str:
        return " ".join(f"({item})" if isinstance(item, Or) else str(item) for item in self.items)


@dataclass(frozen=True, slots=True)
class Or:
    """Any of two or more."""

    items: tuple[Node, ...]
    at: Place = dataclasses.field(default=(0, 0), compare=False, repr=False)

    def __str__(self) -> str:
        return " OR ".join(map(str, self.items))


Node = Word | Compare | Flag | Saved | Not | And | Or


def joined(kind: type[And] | type[Or], items: list[Node]) -> Node:
    """Two or more nodes as one, flat: `(a b) c` is `a b c`. One node is itself."""
    if len(items) == 1:
        return items[0]
    flat: list[Node] = []
    for item in items:
        flat += item.items if isinstance(item, kind) else (item,)
    return kind(tuple(flat), (items[0].at[0], items[-1].at[1]))


def negated(item: Node) -> Node:
    """Everything but a node; twice is the node itself."""
    return item.item if isinstance(item, Not) else Not(item)


def quoted(text: str) -> Text:
    """A text in quotes where it needs them: what completion and quick keys write."""
    return Text(text, "" if PLAIN.fullmatch(text) and ".." not in text and text not in WORDS else '"')
