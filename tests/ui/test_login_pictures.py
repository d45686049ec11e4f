"""Pictures of the login dialog and of the first start, compared with those in `snapshots/login`."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.ui.driving import driven, press, text
from tests.ui.fake_desk import FakeDesk
from tests.ui.fake_door import FakeDoor
from tests.ui.svg import picture
from tests.ui.test_first_start import unconfigured
from tests.ui.test_login import KEY, SECRET, calm, command, fill, paste, refusal
from tests.ui.test_snapshots import colourless, compare, fits, lines

pytestmark = pytest.mark.snapshot

SIZES = [(80, 24), (120, 40), (200, 60)]
LEAST = (60, 15)
BROKEN = (
    "no D-Bus session: SSH without a desktop; start one: "
    'dbus-run-session -- bash -c \'read -rsp "Keyring password: " p; '
    'printf %s "$p" | gnome-keyring-daemon --unlock --components=secrets >/dev/null; taskdeck\''
)


class Scene(NamedTuple):
    """How one gets there."""

    line: str = ""
    new: bool = False
    broken: bool = False
    refused: bool = False
    kept: bool = False


SCENES = {
    "begin": Scene(new=True),
    "new": Scene("login fc", new=True),
    "stuck": Scene("login ali-prod", broken=True),
    "refused": Scene("login hw-staging", refused=True),
    "kept": Scene("login kps", new=True, kept=True),
}
PICTURES = [(scene, size, "") for scene in SCENES for size in (*SIZES, *([LEAST] if scene != "begin" else []))]
PICTURES += [("refused", SIZES[0], "nocolor"), ("begin", SIZES[0], "ascii")]


@pytest.mark.parametrize(("scene", "size", "variant"), PICTURES)
async def test_picture(scene: str, size: tuple[int, int], variant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if variant == "nocolor":
        monkeypatch.setenv("NO_COLOR", "1")
    how = SCENES[scene]
    desk = unconfigured() if how.new else FakeDesk(40)
    desk.door = door = FakeDoor(desk.poke, "") if how.new else FakeDoor(desk.poke)
    door.keyring.broken = BROKEN if how.broken else ""
    monkeypatch.setattr("tui.proving.proved", door.proved)
    ui = {"glyphs": "ascii"} if variant == "ascii" else {"glyphs": "unicode"}
    async with driven(desk, size, theme="ansi-dark" if variant == "ascii" else "deck-dark", ui=ui) as (pilot, _):
        if how.line:
            await command(pilot, how.line)
        if how.refused:
            door.says, door.skew = [refusal() for _ in range(3)], 250.0
            await fill(pilot, "HPUASOMEBODY0001", SECRET)
            for _ in range(2):
                await press(pilot, "enter")
                await calm(pilot)
        if how.kept:
            await paste(pilot, "cn-north-4")
            await press(pilot, "tab")
            await fill(pilot, KEY, SECRET)
        drawn, svg = lines(pilot), picture(pilot.app)
        assert SECRET not in text(pilot)
    fits(drawn, size)
    if variant == "nocolor":
        colourless(drawn)
    if variant == "ascii":
        assert all(strip.text.isascii() for strip in drawn)
    compare("login/" + "-".join(filter(None, (scene, f"{size[0]}x{size[1]}", variant))), svg)
