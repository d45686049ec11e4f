"""SGR: the escape sequences between two texts that look otherwise; only what differs between them is written.

Rich ends each text with a reset and begins the next with all of its style, 40 bytes where both colours are given in
full. Most neighbours share the ground, many all but a digit of the colour: a page of a table is half as long this way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from rich.color import ColorSystem
from rich.segment import Segment

PLAIN = ""
"""The codes of text without a style; what a terminal is left with."""
RESET = "\x1b[m"
UNSEEN = frozenset(("1", "2", "3"))  # signs that a blank does not show: bold, dim, italic
# What ends a sign. Bold and dim end together.
_END = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29"}
_END |= {"21": "24", "51": "54", "52": "54", "53": "55"}


class Codes(NamedTuple):
    """A style's codes, taken apart."""

    signs: tuple[str, ...]
    """Bold, dim, underlined and so on."""
    ink: str
    ground: str


def written(segments: Iterable[Segment], system: ColorSystem, before: str = PLAIN) -> tuple[str, str]:
    """Texts as a terminal wants them, after text with these codes; and the codes they leave behind."""
    parts: list[str] = []
    for text, style, _ in segments:
        if not text:
            continue
        if style is not None and style.link:  # is closed by itself, and resets
            parts += [passage(before, PLAIN), style.render(text, color_system=system)]
            before = PLAIN
            continue
        after = PLAIN if style is None else style._make_ansi_codes(system)  # what Style.render begins with
        if after != before and text.isspace():
            after = _ground(before, after)
        parts += [passage(before, after), text]
        before = after
    return "".join(parts), before


@lru_cache(4096)
def passage(before: str, after: str) -> str:
    """The shortest way from one style to another."""
    if before == after:
        return ""
    if after == PLAIN:
        return RESET
    old, new = _apart(before), _apart(after)
    gone = [sign for sign in old.signs if sign not in new.signs]
    ends = dict.fromkeys(_END.get(sign, "0") for sign in gone)
    codes = [*ends, *(sign for sign in new.signs if sign not in old.signs or _END.get(sign) in ends)]
    if new.ink != old.ink:
        codes.append(new.ink or "39")
    if new.ground != old.ground:
        codes.append(new.ground or "49")
    step, afresh = f"\x1b[{';'.join(codes)}m" if codes else "", f"\x1b[0;{after}m"
    if "0" in ends or (gone and not (new.ink or new.ground)):  # the terminals without colours end all signs or none
        return afresh
    return min(step, afresh, key=len)


@lru_cache(4096)
def _ground(before: str, after: str) -> str:
    """Codes in which blanks look as in `after`, as near to `before` as can be: their ink does not show."""
    old, new = _apart(before), _apart(after)
    if not UNSEEN.issuperset(old.signs + new.signs) or (old.ground and not new.ground):
        return after
    return ";".join(filter(None, (*old.signs, old.ink, new.ground)))


def _apart(codes: str) -> Codes:
    signs, ink, ground = [], "", ""
    for code in _each(codes):
        number = int(code.partition(";")[0])
        if number in (38, 39) or 30 <= number <= 37 or 90 <= number <= 97:
            ink = "" if code == "39" else code
        elif number in (48, 49) or 40 <= number <= 47 or 100 <= number <= 107:
            ground = "" if code == "49" else code
        else:
            signs.append(code)
    return Codes(tuple(signs), ink, ground)


def _each(codes: str) -> Iterator[str]:
    """One code with what belongs to it: `38;2;1;2;3` is one."""
    numbers = iter(codes.split(";") if codes else ())
    for number in numbers:
        if number not in ("38", "48"):
            yield number
            continue
        kind = next(numbers)
        rest = [next(numbers) for _ in range(3 if kind == "2" else 1)]
        yield ";".join([number, kind, *rest])
