"""Pictures of the screens, compared with the ones in `snapshots/`. TASKDECK_SNAPSHOT_UPDATE=1 takes them anew."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.ui.driving import driven
from tests.ui.fake_desk import FakeDesk

pytestmark = pytest.mark.snapshot

FOLDER = Path(__file__).parent / "snapshots"
UPDATE = "TASKDECK_SNAPSHOT_UPDATE"
SIZES = [(80, 24), (120, 40), (200, 60)]
SCREENS: dict[str, tuple[str, ...]] = {
    "deck": (),
    "merged": ("0", "x", "j", "j"),
    "detail": ("0", "n", "enter"),
    "help": ("question_mark",),
    "filter": ("0", "slash", *"state:bad age<2"),
    "picker": ("2", "s"),
}
DARK, ANSI = ("deck-dark", "unicode"), ("ansi-dark", "ascii")
PICTURES = [
    *((screen, size, "", DARK) for screen in ("deck", "merged", "detail", "help") for size in SIZES),
    *((screen, SIZES[0], "", DARK) for screen in ("filter", "picker")),
    *((screen, SIZES[0], "-ascii", ANSI) for screen in ("deck", "merged")),
    ("deck", SIZES[2], "-light", ("deck-light", "unicode")),
]


def normal(svg: str) -> str:
    """The same picture is the same text: the ids that Textual makes up are taken out."""
    return re.sub(r"terminal-\d+", "terminal", svg)


def compare(name: str, svg: str) -> None:
    """Fails where the picture differs from the stored one, which shows beside it as `.new.svg`."""
    stored, new = FOLDER / f"{name}.svg", FOLDER / f"{name}.new.svg"
    if os.environ.get(UPDATE):
        stored.write_text(svg, encoding="utf-8")
    known = stored.read_text(encoding="utf-8") if stored.exists() else ""
    if svg == known:
        new.unlink(missing_ok=True)
        return
    new.write_text(svg, encoding="utf-8")
    pytest.fail(f"{new} differs from {stored.name}; {UPDATE}=1 takes it over")


@pytest.mark.parametrize(
    ("screen", "size", "variant", "look"),
    PICTURES,
    ids=[f"{one[0]}-{one[1][0]}x{one[1][1]}{one[2]}" for one in PICTURES],
)
async def test_picture(screen: str, size: tuple[int, int], variant: str, look: tuple[str, str]) -> None:
    theme, glyphs = look
    desk = FakeDesk(troubles=screen == "deck")
    async with driven(desk, size, *SCREENS[screen], theme=theme, ui={"glyphs": glyphs}) as (pilot, _):
        svg = normal(pilot.app.export_screenshot())
    compare(f"{screen}-{size[0]}x{size[1]}{variant}", svg)
