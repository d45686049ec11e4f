"""Taskdeck: the app. It starts the desk once the first frame is drawn, and ends without a traceback on screen."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events
from textual.geometry import Size
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from tui.ending import HUNG_UP
from tui.errors import ConfigError, TaskdeckError
from tui.late import rest
from tui.memory import Memory
from tui.ui import glyphs, mouse, options
from tui.ui.beside import beside
from tui.ui.desk import INTO_THE_DEMO, Desk
from tui.ui.dressed import Dressed
from tui.ui.home import Home
from tui.ui.keys import APP, keymap, listed
from tui.ui.messages import Changed, Sought, Wanted
from tui.ui.picture import Picture
from tui.ui.quiet import Cropped, Whole
from tui.ui.turnstile import Turnstile
from tui.ui.wardrobe import Wardrobe

if TYPE_CHECKING:
    from rich.console import RenderableType

    from tui.ending import Ending
    from tui.sketch import Sketch
    from tui.ui.layer import Layer

NO_TABLES: Mapping[str, Any] = {}
TWICE = 1.0
BETWEEN = 0.02  # seconds


class Taskdeck(Dressed, inherit_bindings=False):
    """The monitor on a desk. `run()` answers the exit code; `failure` or `crash` is what ended it, if anything did.

    `themes` is the folder with the user's own.
    """

    ENABLE_COMMAND_PALETTE = False
    BINDINGS = APP
    CSS: ClassVar[str] = ""

    def __init__(
        self,
        desk: Desk,
        *,
        tables: Mapping[str, Any] = NO_TABLES,
        filter_text: str = "",
        theme_name: str | None = None,
        clock: Callable[[], int] = options.wall_clock,
        memory: Memory | None = None,
        themes: Path | None = None,
        ending: Ending | None = None,
        sketch: Sketch | None = None,
    ) -> None:
        chosen = options.read(tables, filter_text, theme_name, clock, memory or Memory())
        super().__init__(Wardrobe(chosen.theme, themes))
        self.desk = desk
        self._ending = ending
        self.sketch = sketch
        self.failure: TaskdeckError | None = None
        self.crash: Exception | None = None
        self.mouse = mouse.wanted(chosen.mouse)
        signs = glyphs.choose(chosen.glyphs)
        self._plain_signs = signs is glyphs.ASCII
        self._home = Home(desk, chosen, self.wardrobe.look, signs)
        self._interrupted_at = -TWICE
        self._picture = Picture()
        self.set_keymap(keymap(chosen.keys))
        self._turnstile = Turnstile(super().on_event, lambda: self.focused or self.screen, self.set_timer)

    def get_default_screen(self) -> Screen[None]:
        """Home is the screen below all others."""
        return self._home

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes of a burst go one by one: the first may move the focus that the others are meant for."""
        if isinstance(event, events.Key | events.Paste) and not event.is_forwarded:
            self.desk.typing()
            self._home.typing()
            await self._turnstile.key(event)
        elif isinstance(event, events.Resize) and not self.is_headless:
            await super().on_event(_today(event))
        else:
            await super().on_event(event)

    def on_app_blur(self) -> None:
        """Nobody looks: the terminal says that something else has the focus."""
        self._home.attention.focus(False)

    def on_app_focus(self) -> None:
        """Somebody looks again."""
        self._home.attention.focus(True)

    async def on_passed(self) -> None:
        """A key is through."""
        await self._turnstile.passed()

    def on_mount(self) -> None:
        """Polling starts when the first frame has been drawn, and what that did without is loaded."""
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        beside(self, partial(self.desk.run, self._changed), "desk", exclusive=False)
        beside(self, self._load_the_rest, "late", exclusive=False)

    async def _load_the_rest(self) -> None:
        """Before a key needs it, and keys go in between."""
        for _ in rest():
            await asyncio.sleep(BETWEEN)

    def _changed(self) -> None:
        if not self._home.will_paint:  # with 220 sources 60 messages a second
            self._home.post_message(Changed())

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """The desk has ended: fine, or with what its caller is to say."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.end(event.worker.error)

    def end(self, error: BaseException) -> None:
        """Leaves with an error: 2 for the user's, 70 for ours. The first one counts."""
        if self.failure is not None or self.crash is not None:
            return
        while isinstance(error, BaseExceptionGroup):
            known = error.subgroup(ConfigError)
            error = (known or error).exceptions[0]
        if isinstance(error, ConfigError):
            self.failure = error
            self.exit(2, return_code=2)
        else:
            self.crash = error if isinstance(error, Exception) else RuntimeError(repr(error))
            self.exit(70, return_code=70)

    def exit(self, result: int | None = None, return_code: int = 0, message: RenderableType | None = None) -> None:
        """Leaves, by force if it takes too long."""
        if self._ending is not None and result != INTO_THE_DEMO:
            self._ending.hurry(result or 0)
        super().exit(result, return_code, message)

    def leave(self, code: int) -> None:
        """Leaves with a code, from any thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                self._loop.call_soon_threadsafe(partial(self.exit, code, return_code=code))

    @property
    def plain_signs(self) -> bool:
        """Whether the glyphs are the plain ones, by the user's choice or the terminal's."""
        return self._plain_signs

    @property
    def leaving(self) -> bool:
        """Whether somebody wants it to end, be it by a signal of this moment."""
        return self._exit or (self._ending is not None and self._ending.noticed)

    def hung_up(self) -> None:
        """The terminal is gone."""
        if self._ending is None:
            self.leave(HUNG_UP)
        else:
            self._ending.ask(HUNG_UP)

    def let_go(self) -> None:
        """Gives the terminal back at once, whatever the loop is stuck in. From any thread."""
        let_go = getattr(self._driver, "let_go", None)
        if let_go is not None:
            let_go()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """A frame that would only wait is dropped: all is drawn anew when the terminal reads again."""
        if not getattr(self._driver, "behind", False):
            if isinstance(renderable, Cropped | Whole):
                renderable.picture = self._picture
            super()._display(screen, renderable)

    def _handle_exception(self, error: Exception) -> None:
        """Textual would write a traceback with all locals on the screen: whoever started us gets the error instead."""
        if self._exception is None:  # what a test's pilot raises
            self._exception = error
            self._exception_event.set()
        self.end(error)
        self._close_messages_no_wait()

    def action_interrupt(self) -> None:
        """Twice within a second leaves."""
        now = monotonic()
        if now - self._interrupted_at < TWICE:
            self.exit(130, return_code=130)
            return
        self._interrupted_at = now
        said_by = self._top()
        said_by.say("ctrl-c again to quit")
        self.set_timer(TWICE, lambda: said_by.say("") if said_by.is_attached else None)

    def say(self, text: str) -> None:
        """One line on whatever is on top."""
        self._top().say(text)

    def _top(self) -> Home | Layer[Any]:
        """Who has a line for what the user just did."""
        from tui.ui.layer import Layer

        return self.screen if isinstance(self.screen, Layer) else self._home

    def on_wanted(self, message: Wanted) -> None:
        """Home does it, with a task that is shown above it."""
        self._home.wanted(message.task, message.what)

    def on_sought(self, message: Sought) -> None:
        """Home shows them; Esc there comes back."""
        self._home.follow_fact(message.called, message.clause)

    def action_mouse(self) -> None:
        """On, off. Off, the terminal's own selection works."""
        if self._driver is not None:
            self.mouse = not self.mouse
            mouse.switch(self._driver, self.mouse)
            self._top().say("mouse on" if self.mouse else "mouse off: the terminal selects; m turns it on")

    def action_help(self) -> None:
        """The keys of the screen below."""
        from tui.ui.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            titles = {f"provider-{one.digit}": one.title for one in self.desk.providers}
            self.push_screen(HelpScreen(self._home.pen, listed(self.screen.active_bindings.values()), titles))


def _today(event: events.Resize) -> events.Resize:
    """A resize with the size that the terminal has now.

    Textual (8.2.8) reads the size in its signal handler, which the next signal may interrupt before it has posted what
    it read: of 200 quick resizes one in some 2,000 then comes last with an old size, and stays.
    """
    size = Size(*shutil.get_terminal_size())
    return event if size == event.size else events.Resize(size, size)
