"""What the login dialog shows at each of its stages, as lines. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tui.text import clean, cut_end, cut_middle, width
from tui.ui.door import Stuck, Way
from tui.ui.ink import Ink
from tui.ui.login_form import Form
from tui.ui.masked import Masked
from tui.ui.titles import Pen
from tui.ui.wrapping import wrapped

INDENT = 2
LABEL = 20  # cells of what is asked for, with the blanks after it
TAIL = 4  # signs of a key's id that show, as everywhere
SHOWN = 40  # signs at most for what is masked: how long a key is may be told, where it ends need not


class Line(NamedTuple):
    """One line. Where not all fit, those that are `more` go first, then one `blank` after the other."""

    ink: Ink
    more: bool = False
    blank: bool = False


def fitted(lines: Sequence[Line], height: int) -> list[Ink]:
    """As many as there is room for: the title and the last ones stay."""
    kept = list(lines)
    if len(kept) > height:
        kept = [line for line in kept if not line.more]
    while len(kept) > height and (at := next((at for at, line in enumerate(kept) if line.blank), None)) is not None:
        del kept[at]
    inks = [line.ink for line in kept]
    return inks if len(inks) <= height else [*inks[:1], *inks[len(inks) - height + 1 :]]


def keys(pen: Pen, cells: int, *pairs: tuple[str, str]) -> Line:
    """The last line: what keys do, the first ones surely."""
    ink = Ink().add(" ")
    for key, does in pairs:
        more = Ink().add(" ").add(key, pen.look["key"]).add(f" {does} ", pen.look["text"])
        if ink.width + more.width > cells:
            break
        ink.extend(more)
    return Line(ink)


def told(pen: Pen, cells: int, token: str, text: str, *, more: bool = False) -> Iterator[Line]:
    """A text in as many lines as it takes."""
    for line in wrapped(clean(text), cells - 2 * INDENT):
        yield Line(Ink().add(" " * INDENT).add(line, pen.look[token]), more)


def blank() -> Line:
    """Goes first where there is little room."""
    return Line(Ink(), blank=True)


def filling(form: Form, pen: Pen, cells: int, *, live: bool = True) -> Iterator[Line]:
    """The fields, with the caret in one of them while it is `live`."""
    for at, field in enumerate(form.fields):
        here = live and at == form.cursor
        ink = Ink().add(" " * INDENT)
        label = cut_end(clean(field.label), LABEL - 2)
        ink.add(label.ljust(LABEL), pen.look["key" if here else "dim"])
        typed = _masked(form, at, pen, here) if field.secret else _typed(form, at, pen, cells - ink.width - 2, here)
        ink.extend(typed)
        if field.optional and not typed.parts:
            ink.add("not needed by most", pen.look["dim"])
        elif field.optional and here and typed.width <= 1:
            ink.add(" not needed by most", pen.look["dim"])
        yield Line(ink)


def _masked(form: Form, at: int, pen: Pen, here: bool) -> Ink:
    line, look, ink = form.lines[at], pen.look, Ink()
    assert isinstance(line, Masked)  # noqa: S101 - a secret field has no other
    signs = "*" * min(SHOWN, line.size)
    caret = min(line.caret, len(signs)) if here else None
    for cell in range(len(signs) + here):
        ink.add(signs[cell : cell + 1] or " ", look["text"] + look["caret"] if cell == caret else look["text"])
    return ink.add(f" {line.size} characters" if line.size else "", look["dim"])


def _typed(form: Form, at: int, pen: Pen, room: int, here: bool) -> Ink:
    """The end of what was typed as far as it fits; round the caret while one types."""
    line, look, ink = form.lines[at], pen.look, Ink()
    assert not isinstance(line, Masked)  # noqa: S101 - the other kind
    text = clean(line.text)
    if form.fields[at].half:
        text = "*" * max(0, len(text) - TAIL) + text[-TAIL:]
    if not here or len(text) != len(line.text):  # what was cleaned is no longer as long as what the caret is in
        return ink.add(cut_middle(text, room), look["text"])
    first, ghost = max(0, line.caret - room + 1), clean(form.ghost)
    for cell in range(first, len(text) + 1):
        if ink.width + width(text[cell : cell + 1]) > room:
            break
        sign = text[cell : cell + 1] or ghost[:1] or " "
        ink.add(sign, look["text"] + look["caret"] if cell == line.caret else look["text"])
    return ink.add(cut_end(ghost[1:], max(0, room - ink.width)), look["dim"])


def stuck(trouble: Stuck, ways: Sequence[Way], pen: Pen, cells: int) -> Iterator[Line]:
    """Why a key cannot be kept, and what there is instead."""
    yield from told(pen, cells, "state.bad", trouble.told)
    yield blank()
    for at, way in enumerate(ways, 1):
        yield Line(Ink().add(" " * INDENT).add(str(at), pen.look["key"]).add(f"  {clean(way.label)}", pen.look["text"]))
        for line in wrapped(clean(way.does), cells - 2 * INDENT - 3):
            yield Line(Ink().add(" " * (INDENT + 3)).add(line, pen.look["dim"]), more=True)


def paste(toml: str, pen: Pen, cells: int) -> Iterator[Line]:
    """Lines for the config."""
    for line in toml.splitlines():
        yield Line(Ink().add(" " * INDENT).add(cut_end(clean(line), cells - 2 * INDENT), pen.look["text"]))


def lines_of(texts: Iterable[str], token: str, pen: Pen, cells: int) -> Iterator[Line]:
    """Some texts, one after another."""
    for text in texts:
        yield from told(pen, cells, token, text)
