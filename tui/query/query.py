"""parse(): text -> Query, the value that a view, a command or an alert keeps and matches tasks against."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from types import MappingProxyType

from tui.model import Source, State, Task
from tui.query import values
from tui.query.error import QueryError
from tui.query.fields import Kind, nearest
from tui.query.match import Match, Setting, accepted, matcher
from tui.query.parser import Parser, Terms
from tui.query.sift import Sift, each, everything, in_turn, sifter
from tui.query.tree import And, Compare, Flag, Node, Not, Or, Place, Saved, joined

NOTHING: Mapping[str, str] = MappingProxyType({})
NO_SCREEN: Mapping[str, Callable[[Task], bool]] = MappingProxyType({})
MOST_VIEWS = 20  # saved views read for one query: each may name others


def always(task: Task, source: Source, now: int) -> bool:
    """What an empty query says."""
    return True


@dataclass(frozen=True, slots=True)
class Query:
    """A filter that can be asked again and again: `match(task, source, now)`, with `now` as epoch milliseconds.

    `sift` finds the same tasks in a `Batch` of many, ten times as fast. Equal when it says the same; `str()` is its
    canonical text. `start` to `end` is where a clause stands.
    """

    text: str = field(default="", compare=False)
    match: Match = field(default=always, compare=False, repr=False)
    sift: Sift = field(default=everything, compare=False, repr=False)
    sort: tuple[str, bool] | None = None
    group: str | None = None
    limit: int | None = None
    clauses: tuple[Query, ...] = field(default=(), compare=False, repr=False)
    tree: Node | None = None
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)

    def __str__(self) -> str:
        """The canonical text: what is asked of tasks, then sort, group and limit."""
        parts = [] if self.tree is None else [str(self.tree)]
        if self.sort:
            parts.append(f"sort:{'-' if self.sort[1] else ''}{self.sort[0]}")
        if self.group:
            parts.append(f"group:{self.group}")
        if self.limit is not None:
            parts.append(f"limit:{self.limit}")
        return " ".join(parts)

    @property
    def empty(self) -> bool:
        """Whether it keeps every task. It may still sort, group or limit."""
        return self.tree is None

    @property
    def positive_states(self) -> frozenset[State] | None:
        """The states that a matching task can be in, None where the query does not say: a hint for push-down."""
        found = accepted(self.tree)
        return None if len(found) == len(State) else found

    @property
    def flags(self) -> frozenset[str]:
        """Which facts of the screen it asks for: `new`, `mark`, `pin`."""
        return frozenset(_flags(self.tree))

    @property
    def moving(self) -> bool:
        """Whether what it says of an unchanged task may change: with the time of day, or with what the screen knows."""
        return _moving(self.tree)

    def without(self, clause: Query) -> Query:
        """The same query but for one of its clauses: what `0 rows; without -name:canary: 12` counts."""
        rest = tuple(each for each in self.clauses if each is not clause)
        trees = [each.tree for each in rest if each.tree is not None]
        tests = tuple(each.match for each in rest)

        def match(task: Task, source: Source, now: int) -> bool:
            return all(test(task, source, now) for test in tests)

        left = replace(self, match=match, sift=each(match), clauses=rest, tree=joined(And, trees) if trees else None)
        return replace(left, text=str(left))


EMPTY = Query()


def both(one: Query | None, other: Query | None) -> Query | None:
    """Tasks that match two queries; order and group of the second count, of two limits the smaller."""
    if one is None or other is None:
        return one or other
    first, second = one.match, other.match
    limits = [query.limit for query in (one, other) if query.limit is not None]
    trees = [query.tree for query in (one, other) if query.tree is not None]
    return Query(
        text=f"{one.text} {other.text}",
        match=lambda task, source, now: first(task, source, now) and second(task, source, now),
        sift=in_turn([one.sift, other.sift]),
        sort=other.sort or one.sort,
        group=other.group or one.group,
        limit=min(limits, default=None),
        clauses=(*one.clauses, *other.clauses),
        tree=joined(And, trees) if trees else None,
    )


def _flags(node: Node | None) -> Iterator[str]:
    match node:
        case And(items=items) | Or(items=items):
            for item in items:
                yield from _flags(item)
        case Not(item=item) | Saved(item=item):
            yield from _flags(item)
        case Flag(name=name):
            yield name


def _moving(node: Node | None) -> bool:
    match node:
        case And(items=items) | Or(items=items):
            return any(map(_moving, items))
        case Not(item=item) | Saved(item=item):
            return _moving(item)
        case Compare(field=field, values=texts) if field.kind is Kind.TIME:
            return not all(values.dated(each.text) for each in texts)
        case Compare(field=field):
            return field.kind is Kind.AGE or field.name == "dur"
    return isinstance(node, Flag)


def parse(
    text: str,
    *,
    views: Mapping[str, str] = NOTHING,
    now: int | None = None,
    zone: tzinfo | None = None,
    screen: Mapping[str, Callable[[Task], bool]] = NO_SCREEN,
    shorts: Mapping[str, str] = NOTHING,
) -> Query:
    """The query of a text; QueryError says what is wrong with it and where.

    `views` are the saved ones by name. Words like `today` follow the `now` of each match unless a `now` is given
    here; `zone` is the local one by default. `screen` answers `new`, `mark` and `pin`. `shorts` are short codes by
    adapter id where they differ from `fields.short`.
    """
    if not text.strip():
        return Query(text=text)
    setting = Setting(zone=zone, now=now, screen=screen, shorts=shorts)
    parser = Parser(text, Views(views, tuple(screen), setting).expand, tuple(screen))
    tree = parser.query()
    terms = parser.terms
    return Query(
        text=text,
        match=matcher(tree, setting) if tree is not None else always,
        sift=sifter(tree, setting),
        sort=terms.sort,
        group=terms.group,
        limit=terms.limit,
        clauses=tuple(_clauses(text, tree, setting)),
        tree=tree,
        end=len(text),
    )


def _clauses(text: str, tree: Node | None, setting: Setting) -> Iterator[Query]:
    """What stands side by side at the top level."""
    for node in tree.items if isinstance(tree, And) else () if tree is None else (tree,):
        start, end = node.at
        match = matcher(node, setting)
        yield Query(text=text[start:end], match=match, sift=each(match), tree=node, start=start, end=end)


class Views:
    """Reads the saved views that one query names, each within the ones that named it."""

    def __init__(self, views: Mapping[str, str], screen: tuple[str, ...], setting: Setting) -> None:
        self.views = views
        self.screen = screen
        self.setting = setting
        self.within: list[str] = []
        self.read = 0

    def expand(self, name: str, place: Place) -> tuple[Node | None, Terms]:
        """What `@name` stands for. An error inside is told at the place of its name."""
        if name not in self.views:
            known = nearest(name, tuple(self.views))
            raise QueryError(f"@{name}: no saved view of that name{known}", *place)
        if name in self.within:
            raise QueryError(f"@{name}: refers to itself: {' > '.join((*self.within, name))}", *place)
        self.read += 1
        if self.read > MOST_VIEWS:
            raise QueryError(f"@{name}: more than {MOST_VIEWS} saved views in one query", *place)
        with self._inside(name, place):
            parser = Parser(self.views[name], self.expand, self.screen)
            tree = parser.query()
            matcher(tree, self.setting)
        return tree, parser.terms

    @contextmanager
    def _inside(self, name: str, place: Place) -> Iterator[None]:
        self.within.append(name)
        try:
            yield
        except QueryError as error:
            raise QueryError(f"@{name}: {error.message.removeprefix(f'@{name}: ')}", *place) from None
        finally:
            self.within.pop()
