"""Whether one text fits a needle: contains it, equals it, has its letters in order, matches it."""

from __future__ import annotations

from collections.abc import Callable

from tui.query import regex
from tui.query.error import QueryError
from tui.query.tree import Text

Test = Callable[[str], bool]
STRETCH = 4  # fuzzy: the letters lie within four times the length of the word


def test_of(needle: Text, op: str) -> Test:
    """Whether one text fits: contains, is equal (`=`), has the letters in order (`~`), smart case for all."""
    if needle.form == "/":
        return _regex(needle)
    if op == "~":
        return fuzzy(needle.text, exact=needle.exact)
    wanted = needle.text if needle.exact else needle.text.casefold()
    if op == ":" and cut(needle):
        return _whole(wanted, exact=needle.exact)
    if op == "=":
        return (lambda text: text == wanted) if needle.exact else lambda text: text.casefold() == wanted
    return (lambda text: wanted in text) if needle.exact else lambda text: wanted in text.casefold()


def cut(needle: Text) -> bool:
    """Whether a word may be one that the screen cut: `job-7f31..a90c`."""
    return ".." in needle.text and not needle.form


def _whole(wanted: str, *, exact: bool) -> Test:
    """A text that begins and ends like a cut one, or that holds the dots themselves."""
    first, _, last = wanted.partition("..")

    def test(text: str) -> bool:
        text = text if exact else text.casefold()
        return wanted in text or (text.startswith(first) and text.endswith(last) and len(text) > len(wanted) - 2)

    return test


def _regex(needle: Text) -> Test:
    try:
        return regex.searcher(needle.text, fold=not needle.exact)
    except ValueError as error:
        raise QueryError(f"regular expression: {error}", *needle.at) from None


def fuzzy(letters: str, *, exact: bool) -> Test:
    """Whether a text has the letters in order, within STRETCH times their length."""
    wanted = letters if exact else letters.casefold()
    longest = STRETCH * len(wanted)

    def test(text: str) -> bool:
        text = text[: regex.LONGEST] if exact else text[: regex.LONGEST].casefold()
        start = text.find(wanted[:1])
        while start >= 0:
            at = start
            for letter in wanted[1:]:
                at = text.find(letter, at + 1, start + longest)
                if at < 0:
                    break
            else:
                return True
            start = text.find(wanted[0], start + 1)
        return False

    return test
