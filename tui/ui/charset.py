"""Charset: what the bytes of a terminal mean, as its user's locale says it, be that locale installed here or not."""

from __future__ import annotations

import codecs
import os
import unicodedata
from collections.abc import Mapping

COERCED = ("C.UTF-8", "C.utf8", "UTF-8")  # what Python puts into LC_CTYPE where LANG is C and LC_ALL is not set
PLAIN = ("linux", "vt", "cons")
"""Terminals of no colours or few, of one small font; the old ones print what they do not understand."""
# Where signs of "ambiguous" width take two cells, Greek and Cyrillic letters among them.
_CJK = ("gb", "hz", "big5", "euc_j", "euc_k", "shift", "cp932", "cp949", "cp950", "johab", "iso2022")
_ALIKE = dict(zip("“”„‟‘’‚‛…‥—–―‐·•×÷°→←↑↓", "\"\"\"\"''''..----..x/o><^v", strict=True))


def named(environ: Mapping[str, str] = os.environ) -> str | None:
    """The charset that the locale's name has, as Python calls it: `gbk` of `zh_CN.GBK`. None where it has none."""
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        text = environ.get(name, "")
        if text and not (name == "LC_CTYPE" and text in COERCED):
            try:
                return codecs.lookup(text.partition(".")[2].partition("@")[0]).name
            except LookupError:
                return None
    return None


def wide(charset: str | None) -> bool:
    """Whether it comes from a place where ambiguous signs are two cells wide."""
    return charset is not None and charset.startswith(_CJK)


class Narrow(dict[int, str | int]):
    """For `str.translate`: signs of ambiguous width as one-cell signs that look like them, else as `?`.

    Letters of ambiguous width stay where a terminal of today shows them in one cell.
    """

    def __init__(self, *, letters: bool) -> None:
        super().__init__()
        self._letters = letters

    def __missing__(self, code: int) -> str | int:
        char = chr(code)
        ambiguous = unicodedata.east_asian_width(char) == "A" and not unicodedata.combining(char)
        kept = not ambiguous or (unicodedata.category(char)[0] in "LN" and not self._letters)
        self[code] = found = code if kept else _ALIKE.get(char, "?")
        return found
