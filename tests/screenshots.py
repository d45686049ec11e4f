"""`make screenshots`: the screens of the seeded demo cloud, frozen but for the deck, as SVG and (with chromium) PNG."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from textual.pilot import Pilot

from tests import tour
from tests.ui.svg import picture
from tui.app import LiveDesk
from tui.cloud.server import running
from tui.ui.shell import Taskdeck

FOLDER = Path(__file__).resolve().parent.parent / "screenshots"
Steps = Callable[[Pilot[Any]], Awaitable[None]]


class Shot(NamedTuple):
    """One picture: its name, the size of the terminal, the keys that lead there, the theme, how long it is watched."""

    name: str
    columns: int
    lines: int
    keys: tuple[str, ...] = ()
    theme: str = "deck-dark"
    seconds: float = 1.5
    freeze: bool = True
    faults: tuple[str, ...] = ("storm",)

    @property
    def file(self) -> str:
        """Name of the files, without an ending."""
        return f"{self.name}-{self.columns}x{self.lines}"


def _tour() -> Iterator[Shot]:
    """One picture after each step of `docs/tour.md`, and one before the first."""
    pressed: list[str] = []
    yield Shot("tour-0", 80, 24)
    for at, step in enumerate(tour.steps(), 1):
        pressed.append(tour.TEXTUAL.get(step.key, step.key))
        yield Shot(f"tour-{at}", 80, 24, tuple(pressed))


SHOTS = (
    Shot("deck", 200, 60, seconds=20, freeze=False),
    Shot("deck", 150, 45, seconds=20, freeze=False),
    Shot("storm", 150, 45, ("x",)),
    Shot("deck", 120, 40),
    Shot("deck", 80, 24),
    Shot("all-bad", 120, 40, ("0", "x")),
    Shot("all", 200, 60, ("0", "j")),
    Shot("filter", 120, 40, ("0", "slash", "r", "e", "tab")),
    Shot("task", 120, 40, ("4", "x", "j", "enter")),
    Shot("task-timeline", 120, 40, ("1", "x", "j", "enter", "2")),
    Shot("task-raw", 120, 40, ("1", "x", "enter", "4")),
    Shot("causes", 120, 40, ("e", "j")),
    Shot("why", 120, 40, ("4", "x", "j", "X")),
    Shot("health", 120, 40, ("H", "j"), faults=("storm", "auth", "throttle")),
    Shot("health", 80, 24, ("H", "j"), faults=("storm", "auth", "throttle")),
    Shot("help", 120, 40, ("question_mark",)),
    Shot("light", 150, 45, theme="deck-light"),
    Shot("mocha", 150, 45, theme="catppuccin-mocha"),
    Shot("cvd", 150, 45, theme="cvd"),
    *_tour(),
)


async def main() -> None:
    """Takes all pictures, or those whose files begin with one of the arguments."""
    FOLDER.mkdir(exist_ok=True)
    wanted = [shot for shot in SHOTS if shot.file.startswith(tuple(sys.argv[1:]) or "")]
    for freeze, faults in sorted({(shot.freeze, shot.faults) for shot in wanted}):
        async with running(tasks=2000, seed=1, freeze=freeze, faults=faults) as cloud:
            with tempfile.TemporaryDirectory() as place:
                config = Path(place) / "config.toml"
                config.write_text(cloud.config, "utf-8")
                for shot in (one for one in wanted if (one.freeze, one.faults) == (freeze, faults)):
                    svg = FOLDER / f"{shot.file}.svg"
                    svg.write_text(await _take(shot, config), "utf-8")
                    _rasterise(svg)
                    sys.stdout.write(f"{svg.name}\n")


async def _take(shot: Shot, config: Path) -> str:
    desk = LiveDesk(config)
    app = Taskdeck(desk, tables={"monitor": {"time": "utc"}, "ui": {"glyphs": "unicode"}}, theme_name=shot.theme)
    async with app.run_test(size=(shot.columns, shot.lines)) as pilot:
        await _settled(desk, pilot)
        for key in shot.keys:
            await pilot.press(key)
        await pilot.pause(shot.seconds)
        return picture(app, title="taskdeck")


async def _settled(desk: LiveDesk, pilot: Pilot[Any]) -> None:
    """Until every source has answered once."""
    for _ in range(300):
        statuses = [desk.store.status(name) for name in desk.store.sources]
        if statuses and all((one.answered_at or one.trouble) and not one.reading for one in statuses):
            await pilot.pause(0.5)
            return
        await pilot.pause(0.1)
    raise RuntimeError("the demo cloud never answered")


def _rasterise(svg: Path) -> None:
    """A PNG beside the SVG; chromium alone keeps the columns (rsvg drops leading spaces)."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        sys.stderr.write("no chromium: SVG only\n")
        return
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg.read_text("utf-8"))
    assert box is not None
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                *(browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"),
                *("--disable-component-update", "--disable-sync", "--no-first-run", "--hide-scrollbars"),
                *(f"--user-data-dir={profile}", "--force-device-scale-factor=1"),
                f"--window-size={round(float(box[1]))},{round(float(box[2]))}",
                f"--screenshot={svg.with_suffix('.png')}",
                svg.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=60,
        )


if __name__ == "__main__":
    asyncio.run(main())
