"""Foreign text on its way to a terminal."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.text import LIMIT, clean, cut_end, cut_middle, fit, width

wild = st.text(st.characters(), max_size=60) | st.text(
    st.sampled_from("\x1b[]()0;31m\x07\x9b\x9d\\a\u0301\ufe0f\u200b\u202e\t\r\n\x00任🙂\ud800\u115f"), max_size=60
)


@given(wild, st.booleans())
def test_nothing_that_a_terminal_obeys_comes_out(text: str, lines: bool) -> None:
    shown = clean(text, lines=lines)
    for char in shown:
        assert char.isprintable() or (lines and char == "\n")
        assert unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} or char == "\n"
    shown.encode()


@given(wild)
def test_clean_text_stays_as_it_is(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200))
def test_plain_text_is_untouched(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "␛red␛"),
        ("\x1b]0;title\x07x", "␛x"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "␛link␛"),
        ("\x9b31mx", "␛x"),
        ("\x1bPq\x1b\\x", "␛x"),
        ("a\tb\r\nc", "a b  c"),
        ("\x00\x07\x7f", "␀␇␡"),
        ("\u202egnp.exe", "␦gnp.exe"),
        ("e" + "\u0301" * 20, "e" + "\u0301" * 3),
        ("x[/]y", "x[/]y"),
        (b"\xff\x1b[0m", "\ufffd␛"),
        (42, "42"),
    ],
)
def test_what_stands_for_what(text: object, shown: str) -> None:
    assert clean(text) == shown


def test_lines_stay_lines_where_they_are_wanted() -> None:
    assert clean("a\r\n\tb", lines=True) == "a\n    b"


@pytest.mark.parametrize("text", ["x" * (LIMIT + 1), "任" * 10 * LIMIT, "\x1b[0m" * 10 * LIMIT])
def test_a_text_without_end_is_cut(text: str) -> None:
    assert len(clean(text)) == LIMIT
    assert clean(text).endswith("..")


@given(wild, st.integers(1, 40), st.booleans(), st.booleans())
def test_a_fitted_text_is_exactly_as_wide_as_asked(text: str, cells: int, right: bool, middle: bool) -> None:
    assert cell_len(fit(clean(text), cells, right=right, middle=middle)) == cells


def test_both_ends_of_an_id_are_shown() -> None:
    shown = cut_middle("2459412766-WorkflowTask-80108cc3380155d98b2e3573a48a", 20)
    assert shown.startswith("2459412766")
    assert shown.endswith("a48a")
    assert width(shown) <= 20


def test_what_fits_is_not_cut() -> None:
    assert cut_end("任务", 4) == cut_middle("任务", 4) == "任务"
    assert cut_end("abcdef", 5) == "abc.."


def test_of_a_text_without_end_only_what_is_shown_is_looked_at() -> None:
    class Endless(str):
        __slots__ = ()

        def isprintable(self) -> bool:
            raise AssertionError("4 MB take 10 ms, each time that a cell is drawn")

    assert clean(Endless("a" * 100_000)) == "a" * (LIMIT - 2) + ".."
