"""Copying: a text on all ways to the clipboard that there are, and the line that says what was done."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from tui.aside import aside
from tui.clipboard import Reach, Tool, osc52
from tui.text import clean, cut_middle

PATIENCE = 1.0  # seconds that a tool may take
NAMED = 40  # cells of what was copied, in the line that says so
BY_TERMINAL = "OSC 52"


class Sent(NamedTuple):
    """Which ways took a text, and what was wrong with the others."""

    ways: tuple[str, ...]
    wrong: tuple[str, ...]

    def told(self, what: str, text: str, cells: int = NAMED) -> str:
        """`copied invt-hq7f2k9a (13 bytes, OSC 52)`, with so many cells of what was copied."""
        what = cut_middle(clean(what), cells)
        if not self.ways:
            why = "; ".join(self.wrong) or "this terminal has no clipboard"
            return f"not copied: {why}; :export writes a file"
        size = len(text.encode("utf-8", "replace"))
        by = "; ".join((" and ".join(self.ways), *self.wrong))
        return f"copied {what} ({size:,} byte{'' if size == 1 else 's'}, {by})"


async def send(text: str, reach: Reach, write: Callable[[str], None]) -> Sent:
    """The first native tool that works, and tmux's buffer; by the terminal where neither took it."""
    ways: list[str] = []
    wrong: list[str] = []
    for tool in reach.native:
        problem = await handed(tool, text, reach)
        if not problem:
            ways.append(tool.name)
            break
        wrong.append(problem)
    if reach.tmux is not None:
        problem = await handed(reach.tmux, text, reach)
        (wrong if problem else ways).append(problem or reach.tmux.name)
    if not ways and reach.terminal:
        problem = by_terminal(text, reach, write)
        (wrong if problem else ways).append(problem or BY_TERMINAL)
    return Sent(tuple(ways), tuple(wrong))


def by_terminal(text: str, reach: Reach, write: Callable[[str], None]) -> str:
    """Writes the sequence, whole, between two frames; why not, "" when it did. A terminal does not answer."""
    try:
        write(osc52(text, in_screen=reach.in_screen))
    except ValueError as error:
        return str(error)
    return ""


async def handed(tool: Tool, text: str, reach: Reach) -> str:
    """Gives a program the text on its stdin; what was wrong, "" when it took it."""
    return await aside(partial(_run, tool, text.encode("utf-8", "replace"), reach))


def _run(tool: Tool, data: bytes, reach: Reach) -> str:
    try:
        ended = subprocess.run(  # noqa: S603 - a fixed list of programs by absolute paths, no shell
            tool.argv,
            input=data,
            stdout=subprocess.DEVNULL,  # they stay behind to serve the text: a pipe would never end
            stderr=subprocess.DEVNULL,
            env=dict(reach.environ),
            timeout=PATIENCE,
            check=False,
            start_new_session=True,
        )
    except subprocess.TimeoutExpired:
        return f"{tool.name}: no answer in {PATIENCE:g} s"
    except OSError as error:
        return f"{tool.name}: {clean(error.strerror or str(error), limit=80)}"
    return f"{tool.name}: exit {ended.returncode}" if ended.returncode else ""


class Tried(NamedTuple):
    """One way, tried: the text that was sent, and what came of it."""

    way: str
    text: str
    came: str


async def test(reach: Reach, write: Callable[[str], None]) -> list[Tried]:
    """A text of its own each way, one after another: what is pasted then names the last way that arrived."""
    found: list[Tried] = []
    for tool in reach.tools:
        text = f"taskdeck copytest by {tool.name}"
        found.append(Tried(tool.name, text, await handed(tool, text, reach) or "took it"))
    text = f"taskdeck copytest by {BY_TERMINAL}"
    came = "sent: no terminal answers" if reach.terminal else "not sent: this terminal has none"
    if reach.terminal:
        by_terminal(text, reach, write)
    return [*found, Tried(BY_TERMINAL, text, came)]
