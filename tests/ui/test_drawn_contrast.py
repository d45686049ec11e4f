"""What is really drawn, cell by cell: no text on any screen is fainter than the table of meeting tokens promises."""

from __future__ import annotations

import pytest

from tests.ui.driving import driven, press
from tests.ui.fake_desk import SOURCES, FakeDesk
from tests.ui.states import tell
from tests.ui.test_snapshots import SCENES, found, happen, lines
from tui.ui.contrast import READABLE, VISIBLE, ratio, rgb
from tui.ui.themes import palette
from tui.ui.tokens import FAINT

pytestmark = pytest.mark.snapshot


@pytest.mark.parametrize("name", [name for name in SCENES if name != "themes"])  # that wears other ones
@pytest.mark.parametrize(("theme", "least"), [("deck-dark", READABLE), ("deck-light", READABLE), ("contrast", 7.0)])
async def test_every_text_on_a_screen_can_be_read(name: str, theme: str, least: float) -> None:
    scene = SCENES[name]
    desk = FakeDesk(0 if scene.empty else 60, troubles=scene.troubles)
    if scene.write:
        desk.read_only, desk.prod = False, {SOURCES[0].name}
    tell(desk, scene.words, tasks=0 if scene.empty else None)
    async with driven(desk, (120, 40), *scene.keys, theme=theme) as (pilot, home):
        if scene.happens:
            await happen(pilot, desk, home)
        await press(pilot, *scene.then)
        await found(pilot, home)
        drawn = lines(pilot)
    faint = {palette(theme).colours(token)[0] for token in FAINT}
    low = set[tuple[float, str, str, str]]()
    for text, style, _ in (segment for strip in drawn for segment in strip):
        if not text.strip():
            continue
        assert style is not None
        assert style.color is not None
        assert style.bgcolor is not None
        ink, paper = style.color.get_truecolor().hex, style.bgcolor.get_truecolor().hex
        wanted = VISIBLE if ink in faint and theme != "contrast" else least
        if (contrast := ratio(rgb(ink), rgb(paper))) < wanted:
            low.add((round(contrast, 2), ink, paper, text.strip()))
    assert low == set()
