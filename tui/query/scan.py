"""A text and a place in it: blanks, words, quoted texts and regular expressions; errors point at characters."""

from __future__ import annotations

import re
from typing import NoReturn

from tui.query.error import QueryError
from tui.query.tree import PLAIN, WORDS, Text

WORD = re.compile(r"(?:(?!\|\||&&)[^\s()])+")
VALUE = re.compile(r"(?:(?!\|\||&&)[^\s(),])+")
_BLANK = re.compile(r"\s*")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_REGEX = re.compile(r"/((?:[^/\\]|\\.)+)/", re.DOTALL)


class Scanner:
    """Reads a text from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def take(self, pattern: re.Pattern[str]) -> bool:
        """Whether the pattern comes next; if so it is read."""
        found = None if self.ended() else pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found is not None

    def ended(self) -> bool:
        """Skips blanks; whether nothing is left."""
        blank = _BLANK.match(self.text, self.at)
        self.at = blank.end() if blank else self.at
        return self.at == len(self.text)

    def bare(self, signs: tuple[str, ...] = ("(", ")", ",", "||", "&&")) -> bool:
        """Whether nothing stands here: the end, a blank or a sign."""
        return self.at == len(self.text) or self.text[self.at].isspace() or self.text.startswith(signs, self.at)

    def value(self, plain: re.Pattern[str]) -> Text:
        """A word up to what ends it, a quoted text or a regular expression."""
        start, char = self.at, self.text[self.at]
        if char == '"':
            return self.enclosed(_QUOTED, '"', 'a quoted text needs a closing "; write \\" for one inside')
        if char == "/":
            return self.enclosed(_REGEX, "/", "a regular expression needs a closing /; write \\/ for one inside")
        found = plain.match(self.text, start)
        if found is None:
            self.fail(f"unexpected {char}", start, start + 1)
        self.at = found.end()
        return Text(found[0], at=found.span())

    def enclosed(self, pattern: re.Pattern[str], form: str, message: str) -> Text:
        """A text between two signs, with a blank, a parenthesis or a comma behind it."""
        found = pattern.match(self.text, self.at)
        if found is None:
            self.fail(message, self.at, len(self.text))
        self.at = found.end()
        if not self.bare():
            rest = "quote a path" if form == "/" else 'write \\" for one inside'
            self.fail(f"needs a blank behind the closing {form}; {rest}", self.at - 1, self.at + 1)
        if form == "/":
            return Text(found[1], form, found.span())
        text = re.sub(r"\\(.)", r"\1", found[1], flags=re.DOTALL)
        return Text(
            text, "" if PLAIN.fullmatch(text) and ".." not in text and text not in WORDS else form, found.span()
        )

    def fail(self, message: str, start: int, end: int) -> NoReturn:
        """The one way out of a wrong query."""
        raise QueryError(message, start, end)
