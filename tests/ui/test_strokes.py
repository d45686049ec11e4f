"""What changed is written in few bytes, and shows what the new picture written whole would show."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.ui.emulated import shown, spot
from tui.ui.canvas import changed
from tui.ui.glyphs import UNICODE
from tui.ui.quiet import cropped
from tui.ui.strokes import SURE, Run, drawn, way

WIDTH, HEIGHT = 24, 5
Lines = Sequence[Strip]

colours = st.sampled_from(("", "red", "bright_red", "default", "color(200)", "#c9d1dc", "#11151c"))
styles = st.builds(
    lambda sign, ink, ground: Style.parse(" ".join([*sign, ink, f"on {ground}" if ground else ""])),
    st.sets(st.sampled_from(("bold", "dim", "italic", "underline", "reverse", "strike")), max_size=2),
    colours,
    colours,
)
plain = st.builds(lambda sign: Style.parse(" ".join(sign)), st.sets(st.sampled_from(("bold", "reverse")), max_size=2))
# Figures that tick, blanks, letters, our own signs, wide characters, a combining mark.
texts = st.text(st.sampled_from("0123456789  s\u2717\u25b8\u754c\U0001f680e\u0301"), min_size=1, max_size=12)


def lines_of(looks: st.SearchStrategy[Style]) -> st.SearchStrategy[Lines]:
    segment = st.builds(lambda text, style: Segment(text.lstrip("\u0301") or " ", style), texts, st.none() | looks)
    line = st.lists(segment, min_size=1, max_size=5).map(lambda parts: Strip(parts).adjust_cell_length(WIDTH))
    return st.lists(line, min_size=HEIGHT, max_size=HEIGHT)


@st.composite
def pairs(draw: st.DrawFn, looks: st.SearchStrategy[Style]) -> tuple[Lines, Lines]:
    """A picture and the next: some lines are others, some differ in a few cells, some not at all."""
    before, other = draw(lines_of(looks)), draw(lines_of(looks))
    after = []
    for old, new in zip(before, other, strict=True):
        first, last = sorted((draw(st.integers(0, WIDTH)), draw(st.integers(0, WIDTH))))
        parts = [*old.crop(0, first), *new.crop(first, last), *old.crop(last, WIDTH)]
        after.append(Strip(Segment(text.lstrip("\u0301"), style) for text, style, _ in parts))  # a mark has a letter
    return before, [line if line.cell_length == WIDTH else line.adjust_cell_length(WIDTH) for line in after]


def whole(lines: Lines, system: ColorSystem | None) -> str:
    """A picture as Rich writes it: each text with all of its style, and reset."""
    parts = []
    for y, line in enumerate(lines):
        texts = [text if style is None else style.render(text, color_system=system) for text, style, _ in line]
        parts.append(f"\x1b[{y + 1};1H{''.join(texts)}")
    return "".join(parts)


def spans(before: Lines, after: Lines) -> list[tuple[int, int, int]]:
    rows = enumerate(zip(before, after, strict=True))
    return [(y, *run) for y, (old, new) in rows for run in changed(old, new)]


def runs_of(before: Lines, after: Lines) -> list[Run]:
    return cropped([{0: line} for line in after], spans(before, after), [[WIDTH]] * HEIGHT)


def look(style: Style | None) -> None:
    """Rich keeps the codes of a style as those of the system it was first written for."""
    if style is not None:
        style._ansi = None


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD])
@given(pairs(styles))
def test_the_terminal_shows_the_new_picture(system: ColorSystem, pictures: tuple[Lines, Lines]) -> None:
    check(pictures, system)


@given(pairs(plain))
def test_without_colours_too(pictures: tuple[Lines, Lines]) -> None:
    check(pictures, ColorSystem.TRUECOLOR)


def check(pictures: tuple[Lines, Lines], system: ColorSystem) -> None:
    before, after = pictures
    for line in (*before, *after):
        for _, style, _ in line:
            look(style)
    columns = WIDTH + any(
        "\u0301" in line.text for line in (*before, *after)
    )  # pyte wraps before a mark on the last column
    runs = runs_of(before, after)
    written = drawn(runs, columns, system)
    assert shown(whole(before, system) + written, columns, HEIGHT) == shown(whole(after, system), columns, HEIGHT)
    rewritten = [f"\x1b[{run.y + 1};{run.x + 1}H{whole([Strip(run.parts)], system)[6:]}" for run in runs]
    assert len(written.encode()) <= len("".join(rewritten).encode())
    assert bool(written) == (before != after) or not runs


@given(st.integers(0, 300), st.integers(0, 90), st.integers(0, 300), st.integers(0, 90))
def test_the_cursor_gets_there(x: int, y: int, to_x: int, to_y: int) -> None:
    straight = way(None, (to_x, to_y))
    relative = way((x, y), (to_x, to_y))
    assert len(relative) <= len(straight) <= len(f"\x1b[{to_y + 1};{to_x + 1}H")
    assert spot(f"{way(None, (x, y))}{relative}") == spot(straight) == (to_x, to_y)


def test_figures_that_tick_below_each_other_are_written_column_by_column() -> None:
    before = [Strip([Segment("15s    1m15s")]) for _ in range(6)]
    after = [Strip([Segment("16s    1m16s")]) for _ in range(6)]
    rows = enumerate(zip(before, after, strict=True))
    found = [(y, *run) for y, pair in rows for run in changed(*pair)]
    column = "6" + "\b\x1b[B6" * 5
    runs = cropped([{0: line} for line in after], found, [[12]] * 6)
    assert drawn(runs, 80, ColorSystem.TRUECOLOR) == f"\x1b[1;2H{column}\x1b[1;11H{column}"
    few = [run for run in runs if run.y < 3]
    assert drawn(few, 80, ColorSystem.TRUECOLOR) == "\x1b[3;2H6\b\x1b[A6\b\x1b[A6\x1b[8C6\b\x1b[B6\b\x1b[B6"  # up, down


def test_what_a_changed_status_changes_is_written_the_way_that_is_shortest() -> None:
    red, grey, page, row = "bold #ff8585", "#c9d1dc", "on #11151c", "on #23364d"
    runs = [
        Run(x, y, x + len(text), [Segment(text, Style.parse(f"{ink} {ground}"))])
        for x, y, text, ink, ground in [
            (10, 1, "6", red, page),
            (47, 2, "3", grey, page),
            (2, 4, "x FAIL", red, row),
            (35, 4, "job-1", grey, row),
        ]
    ]
    for run in runs:
        look(run.parts[0].style)
    assert drawn(runs, 80, ColorSystem.TRUECOLOR) == (  # in order it is 155 bytes, with each pen taken once 145
        "\x1b[2;11H\x1b[1;38;2;255;133;133;48;2;17;21;28m6\x1b[5;3H\x1b[48;2;35;54;77mx FAIL"
        "\x1b[27C\x1b[22;38;2;201;209;220mjob-1\x1b[3;48H\x1b[48;2;17;21;28m3\x1b[m"
    )


def test_behind_a_foreign_text_and_the_last_column_the_cursor_is_put_where_it_is_to_be() -> None:
    for text, width in (("\u201cx", 80), ("\u754c", 80), ("ab", 2)):
        runs = [Run(0, 0, 2, [Segment(text)]), Run(0, 1, 1, [Segment("c")])]
        assert "\x1b[2Hc" in drawn(runs, width, ColorSystem.TRUECOLOR)


def test_our_own_signs_are_as_wide_as_we_say() -> None:
    signs = [*UNICODE.states.values(), *UNICODE.words.values(), *UNICODE.fresh.values(), UNICODE.bar(50, 4)]
    signs += [UNICODE.cursor, UNICODE.mark, UNICODE.up, UNICODE.down, UNICODE.left, UNICODE.right, UNICODE.pin]
    assert SURE.fullmatch("".join(signs))
