"""clean(): makes foreign text safe for a terminal. fit() and its kin: clipping by terminal cells."""

from __future__ import annotations

import re
import unicodedata

LIMIT = 2000
COMBINING = 3  # marks on one base: more of them climb over the neighbouring lines ("zalgo")
HIDDEN = "\u2426"  # control picture "substitute form two": neutral width, in every font that has control pictures

_SEQUENCE = re.compile(
    r"""(?: \x1b[PX^_\]] | [\x90\x98\x9d\x9e\x9f] ) [^\x07\x1b\x9c]* (?: \x07 | \x1b\\ | \x9c )?   # DCS SOS PM APC OSC
      | (?: \x1b\[ | \x9b ) [0-?]* [ -/]* [@-~]?                                                    # CSI
      | \x1b [ -/]* [0-~]?                                                                          # two-byte escapes
    """,
    re.VERBOSE,
)
# Letters by their category, yet blank or without width on a terminal.
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5\u180e")


def word(text: object) -> str:
    """One word of a command that somebody may copy: as a shell reads it, and safe to draw."""
    import shlex

    return clean(shlex.quote(str(text)))


def clean(text: object, *, lines: bool = False, limit: int = LIMIT) -> str:
    """`text` as one line (or, with `lines`, as lines) that no terminal takes for a command.

    Escape sequences become one visible sign each, control characters their control pictures, bidi, zero-width
    and private characters a sign; stacked combining marks are thinned; more than `limit` characters are cut.
    """
    if not isinstance(text, str):
        text = text.decode("utf-8", "replace") if isinstance(text, bytes | bytearray) else str(text)
    if len(text) <= limit and text.isascii() and text.isprintable():  # the length first: a cloud's may be megabytes
        return text
    cut = len(text) > limit * 4
    text = _SEQUENCE.sub("\u241b", text[: limit * 4])
    out: list[str] = []
    marks = 0
    for char in text:
        shown, marks = _shown(char, marks, lines)
        out.append(shown)
    result = "".join(out)
    if cut or len(result) > limit:
        result = result[: max(0, limit - 2)] + ".."
    return result


def _shown(char: str, marks: int, lines: bool) -> tuple[str, int]:
    """What stands for one character, and how many combining marks its base carries by now."""
    if char.isprintable() and char not in _BLANK_LETTERS:
        if unicodedata.category(char)[0] != "M":
            return char, 0
        if "\ufe00" <= char <= "\ufe0f":  # variation selectors: terminals disagree about their width
            return "", marks
        return (char, marks + 1) if marks < COMBINING else ("", marks)
    if char == "\n":
        return ("\n" if lines else " "), 0
    if char == "\t":
        return ("    " if lines else " "), 0
    if char == "\r":
        return ("" if lines else " "), 0
    code = ord(char)
    if code < 0x20:
        return chr(0x2400 + code), 0
    if code == 0x7F:
        return "\u2421", 0
    if unicodedata.category(char) == "Zs":
        return " ", 0
    return HIDDEN, 0


def _wide(text: str) -> int:
    """Cells by rich's table, which takes 15 ms to import: most texts are ASCII and need none of it."""
    from rich.cells import cell_len

    return cell_len(text)


def _head(text: str, cells: int) -> str:
    """The first cells of a text that is longer."""
    if text.isascii():
        return text[:cells]
    from rich.cells import set_cell_size

    return set_cell_size(text, cells)


def width(text: str) -> int:
    """Terminal cells of a clean text."""
    return len(text) if text.isascii() else _wide(text)


def cut_end(text: str, cells: int) -> str:
    """`text` in at most `cells` cells, its end cut with `..` where it is too long."""
    if width(text) <= cells:
        return text
    if cells <= 2:
        return _head(text, max(0, cells))
    return _head(text, cells - 2).rstrip() + ".."


def cut_middle(text: str, cells: int) -> str:
    """`text` in at most `cells` cells, its middle cut: both ends of an id tell tasks apart."""
    if width(text) <= cells:
        return text
    if cells < 6:
        return cut_end(text, cells)
    tail = (cells - 2) // 3 + 1
    head = cells - 2 - tail
    end = text[-tail:]
    while width(end) > tail:
        end = end[1:]
    return _head(text, head).rstrip() + ".." + end


def fit(text: str, cells: int, *, right: bool = False, middle: bool = False) -> str:
    """`text` in exactly `cells` cells: cut or padded, by cell width."""
    if text.isascii() and len(text) <= cells:
        return text.rjust(cells) if right else text.ljust(cells)
    text = cut_middle(text, cells) if middle else cut_end(text, cells)
    pad = " " * (cells - width(text))
    return pad + text if right else text + pad
