"""Starting the monitor on a fake desk in a test, and reading its screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.strip import Strip

from tests.ui.fake_desk import NOW, FakeDesk
from tui.memory import Memory
from tui.ui.home import Home
from tui.ui.shell import Taskdeck

ROUNDS = 6
CHARACTERS = {"slash": "/", "question_mark": "?", "space": " "}


def monitor(
    desk: FakeDesk | None = None,
    *,
    filter_text: str = "",
    theme: str = "deck-dark",
    memory: Memory | None = None,
    **tables: Any,
) -> Taskdeck:
    """The app on a fake desk, at a fixed time."""
    tables = {"monitor": {"time": "utc"}, "ui": {"glyphs": "unicode"}} | tables
    return Taskdeck(
        desk or FakeDesk(),
        tables=tables,
        filter_text=filter_text,
        theme_name=theme,
        clock=lambda: NOW,
        memory=memory,
    )


@asynccontextmanager
async def driven(
    desk: FakeDesk | None = None, size: tuple[int, int] = (120, 40), *keys: str, **options: Any
) -> AsyncIterator[tuple[Pilot[int], Home]]:
    """The app running headless, some keys pressed."""
    app = monitor(desk, **options)
    async with app.run_test(size=size) as pilot:
        await settle(pilot)
        await press(pilot, *keys)
        home = app.screen_stack[0]
        assert isinstance(home, Home)
        yield pilot, home


async def settle(pilot: Pilot[int]) -> None:
    """Lets every widget handle what is waiting for it, and what that sets off. Textual's own pause sleeps."""
    for _ in range(ROUNDS):
        if pilot.app._exit or not await pilot._wait_for_screen():
            return
    pilot.app.screen._on_timer_update()


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Keys one after the other, each with all that it sets off."""
    for key in keys:
        name = key if len(key) > 1 or key.isalnum() else _character_to_key(key)
        char = key if len(key) == 1 else CHARACTERS.get(key)
        event = Key(name, char)
        event.set_sender(pilot.app)
        pilot.app.post_message(event)
        await settle(pilot)


def long_after(home: Home) -> None:
    """It is long since the last picture and the last key: what waits for its time is done, the next is done at once."""
    pace = home._pace
    pace._free_at = pace._key_at = 0
    if pace.waiting:
        pace._go()
        pace._free_at = 0


def strips(pilot: Pilot[int]) -> list[Strip]:
    """The lines of the screen on top, as Textual writes them."""
    screen = pilot.app.screen
    return screen._compositor.render_strips(screen.size)


def text(pilot: Pilot[int]) -> str:
    """What one reads."""
    return "\n".join(strip.text for strip in strips(pilot))
