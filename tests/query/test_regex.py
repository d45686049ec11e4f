"""The machine agrees with Python's engine, and nothing makes it run for ever."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tui.query import regex
from tui.query.regex import LARGEST, LONGEST, Machine, Reader, searcher, size, ways

EVIL = [
    "(a+)+$",
    "(a|aa)+$",
    "(a*)*$",
    "(a|a?)+$",
    "(.*a){20}",
    "(.*a){20}$",
    "a*a*a*a*a*a*b",
    "(a|b|ab)*c",
    "(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)(a|a)$",
    "(x+x+)+y",
    "(a?){30}a{30}$",
    "(.*)*(.*)*(.*)*(.*)*x",
    "(([a-z])+.)+[A-Z]([a-z])+$",
    "^(a|b|c|ab|bc|abc)+d$",
    "(a|b)*a(a|b){12}c",
]


@pytest.mark.parametrize("pattern", EVIL)
@pytest.mark.parametrize("text", ["a" * 5_000, "ab" * 2_500, "x" * 5_000, "abc" * 1_000 + "!"])
def test_evil_patterns_take_bounded_steps(pattern: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = 0
    move = Machine._move

    def counted(self: Machine, state: regex.Known, char: str) -> regex.Known:
        nonlocal steps
        steps += 1
        return move(self, state, char)

    monkeypatch.setattr(Machine, "_move", counted)
    tree = Reader(pattern, re.NOFLAG).tree()
    assert ways(tree) > regex.FEW or ways(tree) * LONGEST <= 8_000_000
    assert size(tree) <= LARGEST
    machine = Machine(tree)
    machine.search(text)
    assert steps <= LONGEST
    assert all(len(known.places) <= LARGEST for known in machine.known.values())
    searcher(pattern, fold=False)(text)


@pytest.mark.parametrize("pattern", ["(a{1,100}){1,100}", "((a{9}){9}){9}", "a{0,99999999}", "(a*){200}"])
def test_what_would_grow_too_large_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="too large"):
        searcher(pattern, fold=False)


def test_a_repeat_that_python_refuses() -> None:
    with pytest.raises(ValueError, match="too large"):
        searcher("a{99999999999999}", fold=False)


def test_remembered_sets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(regex, "SETS", 5)
    machine = Machine(Reader("(a|b)*a(a|b){4}c", re.NOFLAG).tree())
    for text in ("abab" * 20, "aabbab" * 20 + "c", "babaabbbabaabb" * 9):
        assert machine.search(text) == bool(re.search("(a|b)*a(a|b){4}c", text))
        assert len(machine.known) <= 5


def test_a_line_break_is_a_blank_and_the_rest_of_a_long_text_is_not_read() -> None:
    assert searcher("a.b$", fold=False)("a\nb")
    assert not searcher("^b", fold=False)("a\nb")
    assert not searcher("b", fold=False)("a" * LONGEST + "b")


CASES = ["", "a", "b", "ab", "aab", "abab", "a b", "A", "aB", "_a", "a-b", "1a", "é", "a.b", "]", "-", "^"]
PATTERNS = [
    "", "a", "ab", "a|b", "a*", "a+b", "a?b", "^a", "b$", "^ab$", "^$", r"\ba", r"a\b", r"\Ba", r"a\B", r"\b",
    "(a|b)*b$", "(?:ab)+", "(?P<x>ab){2}", "a{2}", "a{1,2}b", "a{,2}b", "a{1,}b", "a{", "a{x}", "a{,}b", "[ab]+$",
    "[^ab]", "[]a]", "[^]a]", "[a\\]]", r"\d", r"\w+\s\w+", r"\W", r"\S$", ".", r"\.", r"\x61", r"\u0061", r"a\-b",
    "a*?b", "a+?", "a??b", "a{1,2}?", r"\Aa", r"b\Z", "()", "(|a)b", "(a|)", "((a))", "(^a|b$)", "(a*)*b", "[a-c]{2}",
    r"[\w-]+", r"^[^\d]+$", "é", r"\^", "a||b", "(a{2}|b){2}", "a{0}b", r"(\b\w)+",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("fold", [False, True])
def test_the_machine_agrees_with_python(pattern: str, fold: bool) -> None:
    flags = re.DOTALL | (re.IGNORECASE if fold else re.NOFLAG)
    machine = Machine(Reader(pattern, flags).tree())
    for text in CASES:
        wanted = re.search(pattern, text, flags) is not None
        assert machine.search(text) == wanted, text
        assert searcher(pattern, fold=fold)(text) == wanted, text


def _joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    repeats = st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{,2}", "{1,}", "*?"])
    return st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.tuples(inner, repeats).map(lambda pair: f"(?:{pair[0]}){pair[1]}"),
    )


TEXTS = st.lists(st.text("abB -", min_size=1, max_size=8), max_size=5)  # \\B in "" is true since Python 3.14 only
ATOMS = st.sampled_from(["a", "b", "B", ".", "[ab]", "[^a]", r"\w", r"\W", "^", "$", r"\b", r"\B"])


@settings(deadline=None)
@given(st.recursive(ATOMS, _joined, max_leaves=8), TEXTS, st.booleans())
def test_the_machine_agrees_with_python_on_any_pattern(pattern: str, texts: list[str], fold: bool) -> None:
    flags = re.DOTALL | (re.IGNORECASE if fold else re.NOFLAG)
    tree = Reader(pattern, flags).tree()
    assume(size(tree) <= LARGEST)
    machine = Machine(tree)
    for text in texts:
        assert machine.search(text) == (re.search(pattern, text, flags) is not None)


@settings(deadline=None)
@given(st.text(max_size=30))
@example("(?P<a>x)(?P=a)")
@example("[a--b]")
@example("a**")
@example("\\")
@example("(?")
@example("(?P<1>a)")
@example("x{2,1}")
@example("(?#note)a")
@example("(?>a)")
@example(r"\8")
@example(r"\08")
@example(r"[\d-z]")
@example(r"[\N{DIGIT ONE}]")
@example("(?P<名>a)")
def test_any_pattern_is_read_or_refused(pattern: str) -> None:
    try:
        find = searcher(pattern, fold=True)
    except ValueError:
        return
    assert find("some text") in (True, False)
