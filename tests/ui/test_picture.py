"""Lines that only moved are moved by the terminal, which then shows what the new picture written whole would show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import event, given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.ui.emulated import shown
from tests.ui.test_strokes import lines_of, look, plain, styles, whole
from tui.ui import picture
from tui.ui.canvas import changed
from tui.ui.picture import Move, Picture
from tui.ui.quiet import cropped
from tui.ui.strokes import Run, drawn

WIDTH, HEIGHT = 24, 14
Lines = list[Strip]


@st.composite
def scrolls(draw: st.DrawFn, looks: st.SearchStrategy[Style]) -> list[Lines]:
    """Pictures of which each is the one before with some lines moved, and some cells changed."""
    some = lines_of(looks)
    now = [*draw(some), *draw(some), *draw(some)][:HEIGHT]
    pictures = [now]
    for _ in range(draw(st.integers(1, 4))):
        first, last = sorted((draw(st.integers(0, HEIGHT)), draw(st.integers(0, HEIGHT))))
        by, new, now = draw(st.integers(-5, 5)), draw(some), list(now)
        block = now[first:last]
        block = [*block[by:], *new[:by]][: len(block)] if by > 0 else [*new[:-by], *block][: len(block)]
        now[first : first + len(block)] = block
        for _ in range(draw(st.integers(0, 3))):
            y, x = draw(st.integers(0, HEIGHT - 1)), draw(st.integers(0, WIDTH))
            now[y] = Strip([*now[y].crop(0, x), *draw(some)[0].crop(x, WIDTH)])
        pictures.append([marked(line) for line in now])
    return pictures


def marked(line: Strip) -> Strip:
    """A mark has its letter."""
    line = Strip(Segment(text.lstrip("\u0301"), style) for text, style, _ in line)
    return line if line.cell_length == WIDTH else line.adjust_cell_length(WIDTH)


def runs_of(before: Sequence[Strip], after: Sequence[Strip], columns: int = WIDTH) -> list[Run]:
    rows = enumerate(zip(before, after, strict=True))
    spans = [(y, *run) for y, (old, new) in rows for run in changed(old, new)]
    return cropped([{0: line} for line in after], spans, [[columns]] * len(after))


@pytest.fixture
def eager() -> Iterator[None]:
    """Moves are made wherever any line has moved, worth it or not."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"BROAD": 1, "LEAST": 1, "WORTH": 1_000, "KEPT": 2}.items():
            patch.setattr(picture, name, value)
        yield


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.STANDARD])
@given(scrolls(styles))
def test_the_terminal_shows_the_new_picture(system: ColorSystem, pictures: list[Lines]) -> None:
    check(pictures, system)


@pytest.mark.usefixtures("eager")
@given(scrolls(plain))
def test_without_colours_too(pictures: list[Lines]) -> None:
    check(pictures, ColorSystem.TRUECOLOR)


def check(pictures: list[Lines], system: ColorSystem) -> None:
    for lines in pictures:
        for line in lines:
            for _, style, _ in line:
                look(style)
    room = WIDTH + any("\u0301" in line.text for lines in pictures for line in lines)  # as in test_strokes
    kept, before = Picture(), [Strip.blank(WIDTH)] * HEIGHT
    screen = kept.whole(runs_of([Strip([Segment("#" * WIDTH)])] * HEIGHT, before), WIDTH, system)
    for after in pictures:
        written = kept.next(runs_of(before, after), WIDTH, system)
        event("moved" if "\x1b[r" in written else "written")
        screen += written
        assert shown(screen, room, HEIGHT) == shown(whole(after, system), room, HEIGHT)
        before = after


def table(*rows: str, width: int = 40) -> Lines:
    style = Style.parse("#c9d1dc on #11151c")
    return [Strip([Segment(row, style)]).adjust_cell_length(width, style) for row in rows]


def first_of(lines: Lines) -> Picture:
    kept = Picture()
    kept.whole([Run(0, y, 40, list(line)) for y, line in enumerate(lines)], 40, ColorSystem.TRUECOLOR)
    return kept


NAMES = [f"{chr(97 + at) * 12} {at:03} {chr(117 - at) * 12}" for at in range(20)]


@pytest.mark.parametrize(("by", "step"), [(1, "\x1b[2;11r\x1b[11H\x1bD\x1b[r"), (-1, "\x1b[2;11r\x1b[2H\x1bM\x1b[r")])
def test_a_table_that_goes_on_by_one_line_is_one_line(by: int, step: str) -> None:
    before, after = (table("head", *NAMES[start : start + 10], "foot") for start in (5, 5 + by))
    runs = runs_of(before, after, 40)
    written = first_of(before).next(runs, 40, ColorSystem.TRUECOLOR)
    assert written.startswith(step)
    come = NAMES[15] if by > 0 else NAMES[4]
    assert come in written
    assert len(written) < 110 < len(drawn(runs, 40, ColorSystem.TRUECOLOR)) / 2


def test_what_has_not_moved_is_written_as_it_is() -> None:
    before, after = table("head", *NAMES[:9]), table("head", *NAMES[10:19])
    runs = runs_of(before, after, 40)
    assert first_of(before).next(runs, 40, ColorSystem.TRUECOLOR) == drawn(runs, 40, ColorSystem.TRUECOLOR)


def test_a_screen_that_nobody_has_seen_whole_is_not_moved() -> None:
    before, after = table(*NAMES[:9]), table(*NAMES[1:10])
    runs = runs_of(before, after, 40)
    plainly = drawn(runs, 40, ColorSystem.TRUECOLOR)
    assert Picture().next(runs, 40, ColorSystem.TRUECOLOR) == plainly
    assert first_of(before).next(runs, 41, ColorSystem.TRUECOLOR) == plainly


def test_equal_lines_say_nothing_of_where_they_went() -> None:
    before, after = table(*["same as the others"] * 9), table(*["same as the others"] * 8, NAMES[0])
    assert "r" not in first_of(before).next(runs_of(before, after, 40), 40, ColorSystem.TRUECOLOR)[:6]


def test_a_figure_that_ticks_is_kept_once() -> None:
    kept = first_of(table(*NAMES))
    for second in range(50):
        kept.next([Run(5, 3, 7, [Segment(f"{second:02}")])], 40, ColorSystem.TRUECOLOR)
        kept.next([Run(9, 3, 10, [Segment("s")]), Run(6, 3, 9, [Segment("abc")])], 40, ColorSystem.TRUECOLOR)
    assert len(kept._over[3]) <= 4
    assert "".join(part.text for part in kept._line(3)) == f"{NAMES[3][:5]}4abcs{NAMES[3][10:]}".ljust(40)


def test_a_mark_goes_with_the_letter_it_stood_on() -> None:
    kept = first_of(table(*NAMES[:3], "e\u0301 and so on"))
    kept.next([Run(0, 3, 1, [Segment("x")])], 40, ColorSystem.TRUECOLOR)
    assert "".join(part.text for part in kept._line(3)) == "x and so on".ljust(40)


def test_a_move_of_many_lines() -> None:
    assert Move(3, 9, -2).sequence() == "\x1b[4;10r\x1b[4H\x1bM\x1bM\x1b[r"
