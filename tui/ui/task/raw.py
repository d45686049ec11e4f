"""Raw: the provider's own answer as JSON that folds, its secrets masked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from rich.cells import chop_cells

from tui.mask import shown
from tui.text import clean
from tui.ui.ink import Ink
from tui.ui.task.about import About, Line, Part
from tui.ui.titles import Pen

DEEPEST = 40
MOST = 4_000  # nodes: a screen of 24 lines is 170 times as long
LONGEST = 8_000  # characters of one text that are shown
KEY = 80  # characters of a name
Path = tuple[str, ...]


class Node(NamedTuple):
    """One line of JSON: where it is, how deep, its name and value, the token of its colour, whether it folds."""

    path: Path
    depth: int
    name: str | None
    text: str
    token: str
    folds: bool = False


class Sheet(NamedTuple):
    """What is folded, and whether secrets show."""

    closed: frozenset[Path] = frozenset()
    revealed: bool = False


def nodes(
    value: Any, sheet: Sheet, path: Path = (), name: str | None = None, under: str = "", comma: str = ""
) -> Iterator[Node]:
    """The lines of a decoded JSON value, made one by one; what is folded is one line that says how much is in it.

    `under` is the name that a text is judged by: in a list, that of the list.
    """
    depth, is_object = len(path), isinstance(value, Mapping)
    if not value or not (is_object or isinstance(value, list | tuple)):
        token = "json.text" if isinstance(value, str) else "json.value"
        value = shown(under, value) if isinstance(value, str) and not sheet.revealed else value
        yield Node(path, depth, name, _scalar(value) + comma, token)
        return
    first, last = "{}" if is_object else "[]"
    if path in sheet.closed or depth >= DEEPEST:
        size = f"{first} {len(value):,} {'field' if is_object else 'item'}{'' if len(value) == 1 else 's'} {last}"
        yield Node(path, depth, name, size + comma, "dim", folds=True)
        return
    yield Node(path, depth, name, first, "dim", folds=True)
    items = value.items() if isinstance(value, Mapping) else ((None, each) for each in value)
    for at, (key, each) in enumerate(items, 1):
        inner = (*path, str(at - 1) if key is None else str(key))
        named = None if key is None else str(key)
        yield from nodes(each, sheet, inner, named, under if named is None else named, "," if at < len(value) else "")
    yield Node(path, depth, None, last + comma, "dim", folds=True)


def foldable(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where there is something to fold, below the outermost."""
    pairs = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list | tuple) else ()
    for key, each in pairs:
        if isinstance(each, Mapping | list | tuple) and each and len(path) < DEEPEST:
            yield (*path, str(key))
            yield from foldable(each, (*path, str(key)))


def _scalar(value: Any) -> str:
    if isinstance(value, str) and len(value) > LONGEST:
        return f"{json.dumps(value[:LONGEST], ensure_ascii=False)} .. {len(value) - LONGEST:,} more characters"
    return json.dumps(value, ensure_ascii=False, default=str)


class Raw:
    """The tab. `reveal` takes the masks off, for as long as its owner says."""

    name = "Raw"

    def __init__(self, about: About) -> None:
        self._about = about
        self._closed: frozenset[Path] = frozenset()
        self._made: tuple[object, ...] = ()
        self._value: Any = None
        self._lines: list[Line] = []
        self.revealed = False

    def label(self) -> str:
        """Whether one sees what else is masked."""
        return "UNMASKED" if self.revealed else ""

    @property
    def value(self) -> Any:
        """The answer, else the row of the list, else None."""
        about = self._about
        return about.detail.answer if about.detail is not None else about.desk.store.raw(about.task.key)

    def fold(self, path: Path) -> None:
        """Folds a part of it, or unfolds it."""
        self._closed ^= {path}

    def fold_all(self, *, closed: bool) -> None:
        """All parts but the outermost."""
        found = list(zip(foldable(self.value), range(MOST), strict=False)) if closed else []
        self._closed = frozenset(path for path, _ in found)

    def lines(self, cells: int) -> Sequence[Line]:
        """Made once for each answer, width and fold."""
        value, pen = self.value, self._about.pen()
        made = (cells, self._closed, self.revealed, pen.look.palette)
        if value is not self._value or made != self._made:
            self._value, self._made, self._lines = value, made, self._write(value, pen, cells)
        return self._lines

    def _write(self, value: Any, pen: Pen, cells: int) -> list[Line]:
        if value is None:
            return [Line(Ink()), Line(Ink().add("asking for the provider's own answer ..", pen.look["dim"]))]
        lines: list[Line] = []
        for at, node in enumerate(nodes(value, Sheet(self._closed, self.revealed))):
            if at >= MOST:
                told = ".. there is more; `taskdeck show -o json` has it whole"
                lines.append(Line(Ink().add(told, pen.look["dim"])))
                break
            lines += _wrapped(node, pen, cells - 2)
        return lines


def _wrapped(node: Node, pen: Pen, cells: int) -> list[Line]:
    """A node, its long value wrapped under its own beginning."""
    look, opens = pen.look, Part(node.path) if node.folds else None
    ink = Ink().add(" " * min(2 * node.depth, max(1, cells // 3)))
    if node.name is not None:
        ink.add(clean(json.dumps(node.name, ensure_ascii=False), limit=KEY), look["json.key"]).add(": ")
    if ink.width > cells * 2 // 3:
        ink = Ink().add(clean(node.name, limit=max(8, cells // 3)), look["json.key"]).add(": ")
    indent = ink.width
    first, *rest = chop_cells(clean(node.text, limit=2 * LONGEST), max(8, cells - indent)) or [""]
    lines = [Line(ink.add(first, look[node.token]), opens)]
    return lines + [Line(Ink().add(" " * indent).add(text, look[node.token])) for text in rest]
