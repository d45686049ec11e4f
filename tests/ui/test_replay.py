"""The screens on a recording: what it does not say is left out, and nothing in it can hurt."""

from __future__ import annotations

from pathlib import Path
from random import Random

from tests.ui.fake_desk import HOSTILE, NOW, SOURCES, make
from tui.model import Source, TaskKey
from tui.recorded import Recording, Said, Sighted
from tui.replaying import ReplayDesk
from tui.status import Word
from tui.ui.home import Home
from tui.ui.shell import Taskdeck


def desk() -> ReplayDesk:
    """Each hostile text in each source, and a source of nobody's with a word."""
    rng = Random(7)
    events: list[Sighted | Said] = [Said(NOW, "\x1b[2Jquiet", Word.AUTH, "Co\x07de", HOSTILE[2])]
    for source in SOURCES:
        for at, name in enumerate(HOSTILE):
            made = make(source, at, rng)
            key = TaskKey(source.name, name, f"{name}{at}")
            events.append(Sighted(NOW + at, source, made._replace(key=key, name=name, error=name, seen_at=NOW + at)))
    known = {source.name: source for source in SOURCES} | {"\x1b[2Jquiet": Source("\x1b[2Jquiet", "", "", "")}
    return ReplayDesk(Recording(tuple(events), known, 3), Path("none.toml"), speed=100, monotonic=lambda: 0.0)


async def test_all_screens_show_a_recording() -> None:
    stands = desk()
    app = Taskdeck(stands, clock=stands.clock)
    async with app.run_test(size=(120, 40)) as pilot:
        home = app.screen_stack[0]
        assert isinstance(home, Home)
        await pilot.pause()
        await pilot.press("r")
        for _ in HOSTILE:
            await pilot.press("r")
        await pilot.pause()
        seen = ""
        for key in ("0", "E", "escape", "H", "escape", "e", "escape", "enter", "escape", "full_stop"):
            await pilot.press(key)
            await pilot.pause()
            seen += "\n".join(strip.text for line in app.screen._compositor.render_strips() for strip in [line])
        assert "replay 200x" in seen
        assert "3 lines unread" in seen
        assert "every 15s" not in seen.partition("health")[0]
        assert "200 times as fast" in seen
        assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(seen)
        assert len(stands.store.tasks(SOURCES[0].name)) == len(HOSTILE)
