"""Only the cells that changed are written."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip

from tests.ui.driving import driven, settle
from tests.ui.emulated import shown
from tui.ui import canvas, sgr
from tui.ui.canvas import changed
from tui.ui.quiet import QuietCompositor, cropped
from tui.ui.strokes import cut

RED = Style.parse("red")


def strip(*parts: tuple[str, Style | None]) -> Strip:
    return Strip([Segment(text, style) for text, style in parts])


def test_runs_of_cells() -> None:
    assert changed(strip(("abc", None)), strip(("abc", None))) == []
    assert changed(strip(("abc", None)), strip(("aXc", None))) == [(1, 2)]
    assert changed(strip(("abc", None)), strip(("ab", None), ("c", RED))) == [(2, 3)]
    assert changed(strip(("a" + " " * 40 + "b", None)), strip(("x" + " " * 40 + "y", None))) == [(0, 1), (41, 42)]
    assert changed(strip(("a    b", None)), strip(("x    y", None))) == [(0, 6)]
    assert changed(strip(("a", RED), ("    ", None), ("b", RED)), strip(("x    y", RED))) == [(0, 6)]
    assert changed(strip(("a++b", RED)), strip(("x", None), ("++y", RED))) == [(0, 4)]
    between = strip(("a", RED), ("++", None), ("b", RED)), strip(("x", RED), ("++", None), ("y", RED))
    assert changed(*between) == [(0, 1), (3, 4)]
    assert changed(strip(("a⣿⣿b", None)), strip(("x⣿⣿y", None))) == [(0, 1), (3, 4)]
    assert changed(strip(("界abc", None)), strip(("界abX", None))) == [(4, 5)]
    assert changed(strip(("界a", None)), strip(("aa界", None))) == [(0, 4)]
    assert changed(strip(("ab", None)), strip(("abc", None))) == [(0, 3)]


texts = st.text(st.sampled_from("ab 界🚀e\u0301"), max_size=30)


@given(texts, texts)
def test_what_is_outside_the_runs_is_equal(one: str, other: str) -> None:
    before, after = strip((f"x{one}", None)).adjust_cell_length(60), strip((f"x{other}", None)).adjust_cell_length(60)
    runs = changed(before, after)
    at = 0
    for start, end in [*runs, (60, 60)]:
        assert before.crop(at, start).text == after.crop(at, start).text
        assert 0 <= start <= end <= 60
        at = end


looks = st.sampled_from([None, RED, Style.parse("green"), Style.parse("on blue")])
parts = st.lists(st.tuples(st.text(st.sampled_from("abcd  界"), min_size=1, max_size=8), looks), max_size=12)


@given(parts, parts, parts, parts)
def test_cells_outside_the_runs_look_the_same_too(
    head: list[tuple[str, Style | None]],
    one: list[tuple[str, Style | None]],
    other: list[tuple[str, Style | None]],
    tail: list[tuple[str, Style | None]],
) -> None:
    first, second = strip(*one), strip(*other)
    cells = max(first.cell_length, second.cell_length)
    begin, end = list(strip(*head)), list(strip(*tail))
    before, after = (Strip([*begin, *line.adjust_cell_length(cells), *end]) for line in (first, second))
    old, new = canvas._split(before), canvas._split(after)
    found = {at for start, stop in changed(before, after) for at in range(start, stop)}
    assert found.issuperset(at for at in range(len(new)) if old[at] != new[at])
    assert all(0 <= start < stop <= before.cell_length for start, stop in changed(before, after))


def test_where_letters_alone_differ_the_runs_are_those_of_all_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    chance, short, pairs = Random(7), 0, list[tuple[Strip, Strip]]()
    choices = [None, RED, Style.parse("green"), Style.parse("on blue"), Style.parse("underline")]
    for _ in range(3_000):
        before, after = list[tuple[str, Style | None]](), list[tuple[str, Style | None]]()
        for _ in range(chance.randint(1, 6)):
            told, look = "".join(chance.choices("ab12   ", k=chance.randint(1, 20))), chance.choice(choices)
            rate = chance.choice([0, 0, 0.1, 0.4])
            other = "".join(chance.choice("ab1  ") if chance.random() < rate else sign for sign in told)
            sign = chance.choice(["", "", "", "✗", "界", "e\u0301"])
            before.append((told + sign, look))
            after.append((other + sign, look if chance.random() < 0.95 else chance.choice(choices)))
        pairs.append((strip(*before), strip(*after)))
        short += bool(canvas._letters(*map(list, pairs[-1])))
    assert short > 150
    found = [changed(*pair) for pair in pairs]
    monkeypatch.setattr(canvas, "_letters", lambda *_: None)
    assert found == [changed(*pair) for pair in pairs]


def test_lines_that_have_moved_together_are_known() -> None:
    lines = [strip((f"line {at}", None)) for at in range(9)]
    again = strip(("line 9", None))
    assert canvas.moved(lines, lines) == set()
    assert canvas.moved(lines, [*lines[1:], again]) == set(range(8))
    assert canvas.moved(lines, [lines[0], again, *lines[1:-1]]) == set(range(2, 9))
    assert canvas.moved(lines, [again, *lines[1:3], *lines[5:8], again, again, again]) == set()


def test_a_blank_in_another_colour_is_no_other_blank() -> None:
    green, under, ground = (Style.parse(text) for text in ("green", "underline", "on blue"))
    before = strip(("a", RED), ("    ", RED), ("b", None))
    assert changed(before, strip(("a", RED), ("    ", green), ("b", None))) == []
    assert changed(before, strip(("a", RED), ("    ", under), ("b", None))) == [(1, 5)]
    assert changed(before, strip(("a", RED), ("    ", ground), ("b", None))) == [(1, 5)]
    assert changed(strip(("     ", None)), strip(("a", RED), ("  ", None), ("  ", Style()))) == [(0, 1)]
    most = strip(*[(text, RED) for text in ("a", "b", "c", "d", "Succeeded   ")])
    assert changed(most, strip(*[(text, RED) for text in ("a", "B", "C", "D", "Failed      ")])) == [(1, 13)]
    few = strip(*[(text, RED) for text in ("A", "B", "C", "d", "Succeeded   ")])
    assert changed(most, few) == [(0, 3)]
    assert changed(most, strip(*[(text, ground) for text in ("a", "B", "C", "D", "Failed      ")])) == [(0, 16)]


colours = st.sampled_from(("", "red", "bright_red", "default", "color(200)", "#c9d1dc"))
signs = st.sets(st.sampled_from(("bold", "dim", "italic", "underline", "reverse", "strike")))
styles = st.builds(
    lambda sign, ink, ground: Style.parse(" ".join([*sign, ink, f"on {ground}" if ground else ""])),
    signs,
    colours,
    colours,
)
runs = st.lists(st.tuples(st.sampled_from(("x", "yy", "  ", "")), st.none() | styles), max_size=8)


@pytest.mark.parametrize("system", [ColorSystem.TRUECOLOR, ColorSystem.EIGHT_BIT, ColorSystem.STANDARD])
@given(runs)
def test_what_is_written_looks_as_if_each_text_were_reset(
    system: ColorSystem, parts: list[tuple[str, Style | None]]
) -> None:
    text, codes = sgr.written(strip(*parts), system)
    whole = "".join(part if style is None else style.render(part, color_system=system) for part, style in parts)
    assert len(text + sgr.passage(codes, sgr.PLAIN)) <= len(whole)
    assert shown(text + sgr.passage(codes, sgr.PLAIN) + "z", 20, 1) == shown(whole + "z", 20, 1)


def test_neighbours_share_what_is_equal() -> None:
    one, two = Style.parse("#010203 on #040506"), Style.parse("bold #0a0b0c on #040506")
    text, _ = sgr.written(strip(("a", one), ("b", two), ("c", one)), ColorSystem.TRUECOLOR)
    assert text == "\x1b[38;2;1;2;3;48;2;4;5;6ma\x1b[1;38;2;10;11;12mb\x1b[22;38;2;1;2;3mc"
    link = Style.parse("link https://example.com red")
    text, codes = sgr.written(strip(("a", one), ("b", link), ("c", None)), ColorSystem.TRUECOLOR)
    assert "\x1b[m\x1b]8;" in text
    assert text.endswith("\x1b]8;;\x1b\\c")
    assert codes == sgr.PLAIN


def test_a_blank_takes_the_ground_alone() -> None:
    one, two = Style.parse("#010203 on #040506"), Style.parse("#0a0b0c on #070809")
    text, _ = sgr.written(strip(("a", one), (" ", two), ("b", two)), ColorSystem.TRUECOLOR)
    assert text == "\x1b[38;2;1;2;3;48;2;4;5;6ma\x1b[48;2;7;8;9m \x1b[38;2;10;11;12mb"
    under = Style.parse("underline on #070809")
    text, _ = sgr.written(strip((" ", under), (" ", one)), ColorSystem.TRUECOLOR)
    assert text == "\x1b[4;48;2;7;8;9m \x1b[0;38;2;1;2;3;48;2;4;5;6m "


def test_a_terminal_without_colours_ends_all_signs_at_once() -> None:
    assert sgr.passage("1;7", "7") == "\x1b[0;7m"


def test_an_update_is_cropped_at_both_ends() -> None:
    line = {0: strip(("01234", None), ("56789", RED)), 10: None, 20: strip(("abc", None))}
    runs = cropped([line], [(0, 1, 3), (0, 4, 22)], [[10, 20, 23]])
    assert [(run.x, run.y, run.end, [segment.text for segment in run.parts]) for run in runs] == [
        (1, 0, 3, ["12"]),
        (4, 0, 10, ["4", "56789"]),
        (20, 0, 22, ["ab"]),
    ]


@given(texts, st.integers(0, 59), st.integers(1, 60))
def test_cells_are_cut_as_textual_does(text: str, first: int, cells: int) -> None:
    line = strip(("ab", None), (f"x{text}", RED)).adjust_cell_length(60)
    assert Strip(cut(line, first, first + cells)) == line.crop(first, first + cells)


async def test_what_changes_nothing_is_no_frame() -> None:
    async with driven(None, (80, 24)) as (_, home):
        home._compositor._dirty_regions = {Region(80, 3, 1, 1)}
        assert home._compositor.render_update() is None


async def test_the_screens_have_it() -> None:
    async with driven(None, (80, 24), "enter") as (pilot, home):
        await settle(pilot)
        assert isinstance(home._compositor, QuietCompositor)
        assert isinstance(pilot.app.screen._compositor, QuietCompositor)
