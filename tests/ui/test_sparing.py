"""What nobody sees is not rendered, and what is seen is what Textual would show."""

from __future__ import annotations

import pytest
from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from tests.ui.driving import driven, press
from tui.ui.canvas import Canvas

Rendered = list[tuple[str | None, int, int]]


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> Rendered:
    """The ids of the widgets that render lines, from which to which."""
    found: Rendered = []
    for kind in (Widget, Canvas):

        def noted(self: Widget, crop: Region, render=kind.render_lines) -> list[Strip]:  # type: ignore[no-untyped-def]
            found.append((self.id, crop.y, crop.bottom))
            lines: list[Strip] = render(self, crop)
            return lines

        monkeypatch.setattr(kind, "render_lines", noted)
    return found


async def test_only_lines_that_differ_are_rendered(rendered: Rendered) -> None:
    async with driven() as (pilot, home):
        pane = home.active
        rendered.clear()
        home.bars["header"].refresh()
        pane.refresh(Region(3, 5, 4, 1), Region(3, 6, 4, 1), Region(60, 9, 2, 1))
        await pilot.pause()
        home._on_timer_update()
        assert sorted(rendered) == [("header", 0, 1), (pane.id, 5, 7), (pane.id, 9, 10)]


async def test_what_is_under_another_widget_is_not_rendered(rendered: Rendered) -> None:
    async with driven() as (_, home):
        rendered.clear()
        home._compositor.render_full_update()
        assert {name for name, *_ in rendered} == {name for name, bar in home.bars.items() if bar.display} | {
            home.active.id,
            "peek",
        }


@pytest.mark.parametrize("size", [(120, 40), (200, 60), (60, 14)])
@pytest.mark.parametrize("keys", ["", "0", "/", "C", "?", "H", "j", "\t"])
async def test_what_is_shown_is_what_textual_would_show(size: tuple[int, int], keys: str) -> None:
    async with driven(None, size) as (pilot, _):
        await press(pilot, *("tab" if key == "\t" else key for key in keys))
        compositor = pilot.app.screen._compositor
        ours = compositor.render_strips()
        every = Region(0, 0, *size)
        theirs = Compositor._render_chops(compositor, every, lambda y: True)
        assert [list(line.simplify()) for line in ours] == [
            list(Strip.join(line.values()).simplify()) for line in theirs[: size[1]]
        ]
