"""Help: the keys that work on the screen below, from its live bindings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from textual import events
from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.strip import Strip

from tui.text import cut_end
from tui.ui.canvas import Bar
from tui.ui.edit import Edit
from tui.ui.ink import Ink
from tui.ui.keys import HELP, gathered
from tui.ui.layer import Layer
from tui.ui.pager import Pager
from tui.ui.titles import Pen

KEYS, TEXT = 16, 34
FRESH_HELP = {"new": "new", "changed": "its state has changed", "gone": "has left the list"}
FILTER_HELP = (
    ("word", "in the id, name, target, error ..."),
    ("state:bad  state:run,queue", "groups live, done, bad; states by their first letters"),
    ("age<2h  dur>5m  created:today", "ages, durations, times"),
    ("src:fc  region:cn-  name:canary", "any field; -clause and OR, ( ) as you expect"),
)


class HelpScreen(Layer[None], inherit_bindings=False):
    """The list, in as many columns as fit. Typing after `/` narrows it."""

    BINDINGS = HELP

    def __init__(self, pen: Callable[[], Pen], below: Sequence[ActiveBinding], titles: Mapping[str, str]) -> None:
        super().__init__(pen)
        self._keys = [
            (replace(binding, description=titles.get(binding.id or "", binding.description)), keys)
            for binding, keys in gathered(active.binding for active in below)
        ]
        self._edit: Edit | None = None
        self.pager = Pager(self._write, pen)  # a key may come before it is mounted

    def compose(self) -> ComposeResult:
        """A title, the keys, the way out."""
        yield Bar(id="header")
        yield self.pager
        yield Bar(id="hints")

    def on_mount(self) -> None:
        """Draws everything."""
        self._paint()

    def _paint(self) -> None:
        pen = self._pen()
        self.query_one("#header", Bar).show(lambda cells: self._header(pen, cells))
        self.paint_hints()
        self.pager.repaint()

    def _header(self, pen: Pen, cells: int) -> Strip:
        look = pen.look
        ink = Ink().add(" taskdeck", look["chrome.name"]).add("  keys of this screen")
        if self._edit is not None:
            ink.add("   /", look["key"]).add(self._edit.text).add(" ", look["caret"])
        return ink.strip(cells, look["chrome"])

    def _write(self, width: int) -> Sequence[Ink]:
        look = self._pen().look
        wanted = self._edit.text.lower() if self._edit else ""
        groups: dict[str, list[Ink]] = {}
        for binding, keys in self._keys:
            name = binding.group.description if binding.group else ""
            if wanted in f"{keys} {binding.description} {binding.id} {name}".lower():
                line = Ink().add(" ").add(cut_end(keys, KEYS - 1), look["key"]).fill(KEYS + 1)
                groups.setdefault(name, []).append(line.add(cut_end(binding.description, TEXT - 2), look["text"]))
        columns = max(1, width // (KEYS + TEXT))
        lines: list[Ink] = []
        for name, found in groups.items():
            lines += [Ink(), Ink().add(f" {name}", look["head"]), *_columns(found, columns)]
        if not wanted:
            lines += [Ink(), Ink().add(" In the filter", look["head"])]
            lines += [Ink().add(f" {text}", look["key"]).fill(34).add(told, look["text"]) for text, told in FILTER_HELP]
            lines += [Ink(), Ink().add(" Left of a task", look["head"]), *self._signs()]
        return lines or [Ink(), Ink().add(" no key of this screen does that", look["dim"])]

    def _signs(self) -> list[Ink]:
        pen = self._pen()
        signs = [(pen.glyphs.cursor, "key", "the cursor"), (pen.glyphs.mark, "mark", "marked")]
        signs.append((pen.glyphs.pin, "key", "on the watch list"))
        signs += [(pen.glyphs.fresh[name], "age.fresh", f"{told}, a moment ago") for name, told in FRESH_HELP.items()]
        return [
            Ink().add(f" {sign}", pen.look[token]).fill(5).add(told, pen.look["text"]) for sign, token, told in signs
        ]

    def action_narrow(self) -> None:
        """Starts typing."""
        self._edit = Edit()
        self._paint()

    def on_key(self, event: events.Key) -> None:
        """While typing, keys are text."""
        if self._edit is None:
            return
        if event.key == "escape":
            self._edit = None
        elif event.is_printable and event.character:
            self._edit.insert(event.character)
        elif event.key != "enter" and not self._edit.press(event.key):
            return
        event.stop()
        event.prevent_default()
        self._paint()


def _columns(found: list[Ink], columns: int) -> list[Ink]:
    """The lines side by side, read downwards."""
    rows = -(-len(found) // columns)
    lines = []
    for row in range(rows):
        line = Ink()
        for at, column in enumerate(range(row, len(found), rows)):
            line.fill(at * (KEYS + TEXT)).extend(found[column])
        lines.append(line)
    return lines
