"""Only the cells that changed are written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tests.ui.driving import driven, settle
from tui.ui.canvas import changed
from tui.ui.quiet import Cropped, QuietCompositor

RED = Style.parse("red")


def strip(*parts: tuple[str, Style | None]) -> Strip:
    return Strip([Segment(text, style) for text, style in parts])


def test_runs_of_cells() -> None:
    assert changed(strip(("abc", None)), strip(("abc", None))) == []
    assert changed(strip(("abc", None)), strip(("aXc", None))) == [(1, 2)]
    assert changed(strip(("abc", None)), strip(("ab", None), ("c", RED))) == [(2, 3)]
    assert changed(strip(("a" + " " * 40 + "b", None)), strip(("x" + " " * 40 + "y", None))) == [(0, 1), (41, 42)]
    assert changed(strip(("a    b", None)), strip(("x    y", None))) == [(0, 6)]
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


def test_an_update_is_cropped_at_both_ends() -> None:
    update = Cropped([{0: strip(("0123456789", None)), 10: None}], [(0, 7, 9)], [[10, 20]])
    written = update.render_segments(Console(color_system=None, width=20))
    assert written == "\x1b[1;8H78"


async def test_the_screens_have_it() -> None:
    async with driven(None, (80, 24), "enter") as (pilot, home):
        await settle(pilot)
        assert isinstance(home._compositor, QuietCompositor)
        assert isinstance(pilot.app.screen._compositor, QuietCompositor)
