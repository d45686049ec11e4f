"""Still: one frame of the app as text, drawn on a desk that does not move, without a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.answers import Detail
from tui.by_hand import ByHand
from tui.deeds import Deed, Done
from tui.errors import WriteRefused
from tui.model import Source, Task, TaskKey
from tui.store import Store
from tui.ui.board import ALL, DECK
from tui.ui.desk import Console, Desk, Provider
from tui.ui.door import Door

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tui.ui.home import Home

EVENTS, HEALTH, HELP, TASK, CAUSES, WHY = "events", "health", "help", "task", "causes", "why"
ABOVE = (EVENTS, HEALTH, CAUSES, HELP, TASK, WHY)
ROUNDS = 6  # in which every widget handles what waits for it, and what that sets off


class StillDesk:
    """A desk whose store holds all that there will be."""

    demo = False
    replays = False
    door: Door | None = None

    def __init__(
        self,
        store: Store,
        providers: Sequence[Provider],
        by_hand: Callable[[Task, Source], ByHand | None] = lambda task, source: None,
    ) -> None:
        self.store = store
        self._by_hand = by_hand
        self.providers = providers
        self.note = ""
        self.read_only = True

    async def run(self, changed: Callable[[], None]) -> None:
        """Nothing more comes."""

    def poke(self, source: str | None = None) -> None:
        """Nobody is read."""

    def look(self, sources: frozenset[str], *, focused: bool) -> None:
        """Nothing is read."""

    def typing(self) -> None:
        """Nothing goes on."""

    def pace(self, source: str | None, seconds: float) -> None:
        """Nobody is read, however often."""

    def faster(self, by: int) -> str:
        """It does not move."""
        return ""

    async def detail(self, key: TaskKey, *, output: bool = False) -> Detail:
        """The task as its list showed it: a frame asks for nothing."""
        task = self.store.get(key)
        assert task is not None  # noqa: S101 - it is under the cursor
        return Detail(task, self.store.raw(key))

    def deeds(self, task: Task) -> Sequence[Deed]:
        """There is nobody to ask."""
        return ()

    def console(self, task: Task) -> Console:
        """A picture has no links."""
        return Console(why_not="a picture has no links")

    def watch(self, keys: frozenset[TaskKey]) -> None:
        """Nobody is asked."""

    def by_hand(self, task: Task) -> ByHand | None:
        """The vendor's own commands, by whoever knows the adapters."""
        return self._by_hand(task, self.store.sources[task.key.source])

    def guarded(self, source: str) -> bool:
        """Nothing can be done."""
        return True

    async def act(self, deed: Deed, task: Task) -> Done:
        """A picture changes nothing."""
        return Done(task.key, deed, error=WriteRefused("a picture changes nothing"))


class Scene(NamedTuple):
    """What is on the picture: a view by its number, or one of the screens above all tasks; and the filter there."""

    screen: int | str
    filter_text: str = ""


def scenes(providers: Sequence[Provider]) -> Mapping[str, int | str]:
    """The screens by name: the deck, all tasks, each provider by its short code, what stands above them."""
    codes = {provider.short.lower(): provider.digit for provider in providers}
    return {"deck": DECK, "all": ALL, **codes, **{name: name for name in ABOVE}}


async def picture(
    desk: Desk, scene: Scene, size: tuple[int, int], tables: Mapping[str, Any], clock: Callable[[], int]
) -> list[str] | None:
    """The lines of one screen, without the blanks at their ends. None where there is no task to show.

    A picture too small for the screen is the one line that says so.
    """
    from tui.ui.home import Home
    from tui.ui.shell import Taskdeck

    app = Taskdeck(desk, tables=tables, clock=clock)
    async with app.run_test(size=size) as pilot:
        home = app.screen_stack[0]
        assert isinstance(home, Home)  # noqa: S101 - the app's own
        await _still(pilot, home)
        home.show(scene.screen if isinstance(scene.screen, int) else ALL)
        home.write_filter(scene.filter_text)
        lines = await _still(pilot, home)
        if isinstance(scene.screen, str):
            if scene.screen in (TASK, WHY) and home.active.selected is None:
                return None
            await _open(pilot, home, scene.screen)
            lines = await _still(pilot, home)
    while len(lines) > 1 and not lines[-1]:
        del lines[-1]
    return lines


async def _open(pilot: Pilot[int], home: Home, screen: str) -> None:
    """Puts a screen above the tasks, as its key does."""
    action = {HELP: "app.help", TASK: "open"}.get(screen, screen)
    await home.run_action(action)


async def _still(pilot: Pilot[int], home: Home) -> list[str]:
    """The lines of the screen on top, once they no longer change."""
    before: list[str] | None = None
    while True:
        for _ in range(ROUNDS):
            await pilot._wait_for_screen()
        if home._working or getattr(pilot.app.screen, "working", False):  # the filter goes on in slices
            await asyncio.sleep(0.001)
            continue
        screen = pilot.app.screen
        screen._on_timer_update()
        lines = [strip.text.rstrip() for strip in screen._compositor.render_strips(screen.size)]
        if lines == before:
            return lines
        before = lines
