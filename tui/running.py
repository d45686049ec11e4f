"""Running: a desk on a terminal, from the sketch that is there at once to the exit code."""

from __future__ import annotations

import gc
import os
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tui.app import DemoDesk, LiveDesk
from tui.ending import Ending
from tui.late import never
from tui.memory import Memory
from tui.sketch import Sketch
from tui.ui.desk import INTO_THE_DEMO
from tui.ui.options import wall_clock

if TYPE_CHECKING:
    from tui.replaying import ReplayDesk

# Of the cycle collector. A look at everything takes 0.2 s to a second, one at what is young 20 to 80 ms of 100,000
# tasks: the collector comes while nobody is there (`tui.courtesy`), and by itself after millions of objects only.
RARELY = (2_000_000, 50, 1_000)
# Textual reads keys and writes frames in threads, each of which would wait 5 ms for its turn beside a poll.
SWITCH = 0.0005
# Textual paints at fixed moments, 60 a second unless told otherwise: a key would wait 8 ms for the next one.
FRAMES = "250"
# What Textual (8.2.8) imports for its palette of commands, its toasts and the names of files in a browser, and for a
# table of colours for developers: an eighth of what an empty app takes to its first frame.
UNUSED = ("textual.command", "textual.widgets._toast", "rich.table", "uuid")
DEMO_TASKS = 2_000  # as `taskdeck demo` has them


class Opening(NamedTuple):
    """How the monitor begins. `themes` is the user's folder of them.

    What it remembers is kept in the folder `state`; without one it is forgotten. `clock` answers epoch milliseconds.
    """

    filter_text: str = ""
    theme_name: str | None = None
    themes: Path | None = None
    state: Path | None = None
    clock: Callable[[], int] = wall_clock


def peek(path: Path) -> dict[str, Any]:
    """The tables that the first frame needs, unchecked: what is wrong in them is said when the config is loaded."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return {name: table for name, table in data.items() if isinstance(table, dict)}


def run(desk: LiveDesk | ReplayDesk, opening: Opening) -> int:
    """Runs the monitor on a desk until it is left; answers the exit code. Raises what ended it.

    Left by `:demo`, it goes on with the demo cloud, on the same terminal, as `taskdeck demo` does.
    """
    with Ending() as ending:
        code = _run(desk, opening, ending)
        if code != INTO_THE_DEMO:
            return code
        return _run(
            DemoDesk(tasks=DEMO_TASKS, seed=1), opening._replace(filter_text="", state=None, clock=wall_clock), ending
        )


def _run(desk: LiveDesk | ReplayDesk, opening: Opening, ending: Ending) -> int:
    sketch = Sketch()
    ending.attend(None, sketch.wipe, desk.abandon)
    sketch.draw([" taskdeck", " " + "    ".join(f"{one.digit} {one.short}" for one in desk.providers), "", " LOADING"])
    try:
        return _shown(desk, opening, ending, sketch)
    finally:
        sketch.wipe()
        if isinstance(desk, DemoDesk):
            desk.close()


def _shown(desk: LiveDesk | ReplayDesk, opening: Opening, ending: Ending, sketch: Sketch) -> int:
    os.environ.setdefault("TEXTUAL_FPS", FRAMES)
    with never(*UNUSED):
        from tui.ui.shell import Taskdeck

    gc.set_threshold(*RARELY)
    gc.enable()  # `cli.screen` has kept it from 15 ms of looks at classes that will all stay
    sys.setswitchinterval(SWITCH)
    memory = Memory(opening.state)
    try:
        app = Taskdeck(
            desk,
            tables=peek(desk.path),
            filter_text=opening.filter_text,
            theme_name=opening.theme_name,
            clock=opening.clock,
            memory=memory,
            themes=opening.themes,
            ending=ending,
            sketch=sketch,
        )
        ending.attend(app.leave, app.let_go, sketch.wipe, desk.abandon)
        app.run(mouse=app.mouse)
    finally:
        memory.close()
    if ending.code is not None:
        return ending.code
    for error in (app.crash, app.failure):
        if error is not None:
            raise error
    return app.return_value or 0
