"""Tabbed: the screen of a task as its tabs show it; what is typed in its last line."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.app import ComposeResult
from textual.strip import Strip

from tui.model import Task
from tui.text import clean, cut_end, cut_middle
from tui.ui import when
from tui.ui.canvas import Bar
from tui.ui.cells import Legend
from tui.ui.desk import Desk
from tui.ui.edit import Edit
from tui.ui.ink import Ink, between
from tui.ui.layer import Layer
from tui.ui.task.about import About, Tab
from tui.ui.task.cli import Cli
from tui.ui.task.kin import gather
from tui.ui.task.output import Output
from tui.ui.task.overview import Overview
from tui.ui.task.raw import Raw
from tui.ui.task.reader import Reader, Spot
from tui.ui.task.related import Related
from tui.ui.task.timeline import Timeline
from tui.ui.themes import TONES
from tui.ui.titles import Pen
from tui.view.why import Inquiry

OVERVIEW, TIMELINE, OUTPUT, RAW, RELATED, CLI = range(6)
SLICE = 1_000  # tasks looked at between two looks at the keys: 2 ms
CRUMB = 28  # cells of one part of the way here


class Tabbed(Layer[None], inherit_bindings=False):
    """What is known of one task, in six tabs."""

    def __init__(self, desk: Desk, task: Task, pen: Callable[[], Pen], legend: Callable[[], Legend]) -> None:
        super().__init__(pen)
        self._desk, self._legend = desk, legend
        self._tab = OVERVIEW
        self._trouble = ""
        self._prompt: tuple[str, Callable[[str], None]] | None = None
        self._edit = Edit()
        self._show(task)

    def _show(self, task: Task) -> None:
        """Another task: nothing is known but its row."""
        self.about = About(self._desk, self._pen, self._legend, task)
        self.output, self.raw = Output(self.about), Raw(self.about)
        self.tabs: list[Tab] = [
            Overview(self.about),
            Timeline(self.about),
            self.output,
            self.raw,
            Related(self.about),
            Cli(self.about),
        ]
        self._spots = [Spot() for _ in self.tabs]
        self._trouble = ""

    def compose(self) -> ComposeResult:
        """Where one is, the state, the tabs, the tab, the keys."""
        yield Bar(id="header")
        yield Bar(id="state")
        yield Bar(id="tabs")
        yield Reader(lambda cells: self.tabs[self._tab].lines(cells), self._pen)
        yield Bar(id="trouble")
        yield Bar(id="hints")

    def on_mount(self) -> None:
        """Shows the row."""
        super().on_mount()
        self.reader = self.query_one(Reader)
        self._bars = {bar.id or "": bar for bar in self.query(Bar)}
        self.set_interval(1, self.paint)

    def paint(self) -> None:
        """Draws everything; only what differs is written."""
        if not self.is_current:
            return
        pen = self._pen()
        self.reader.spot = self._spots[self._tab]
        self._bars["header"].show(lambda cells: self._header(pen, cells))
        self._bars["state"].show(lambda cells: self._state(pen, cells))
        self._bars["tabs"].show(lambda cells: self._titles(pen, cells))
        self._bars["trouble"].display = bool(self._trouble)
        self._bars["trouble"].show(lambda cells: Ink().add(f" {self._trouble}", pen.look["state.bad"]).strip(cells))
        self.paint_hints()
        self.reader.repaint()

    def dressed(self) -> None:
        """The theme is another one."""
        self.paint()

    def way(self) -> list[str]:
        """What one has come by, as the header shows it."""
        return []

    def place(self) -> str:
        """Which of how many tasks this is."""
        return ""

    def _header(self, pen: Pen, cells: int) -> Strip:
        look = pen.look
        left, right = Ink().add(" taskdeck ", look["chrome.name"]), Ink().add(self.place(), look["chrome.dim"]).add(" ")
        way = [cut_end(clean(part), CRUMB) for part in self.way()]
        ident = clean(self.about.task.key.id)
        while way and left.width + sum(len(part) + 3 for part in way) + 24 + right.width > cells:
            way.pop(0)
        for part in way:
            left.add(f" {part}").add(" >", look["chrome.dim"])
        left.add(f" {cut_middle(ident, max(6, cells - left.width - right.width - 3))}")
        return between(left, right, cells).strip(cells, look["chrome"])

    def _state(self, pen: Pen, cells: int) -> Strip:
        look, task = pen.look, self.about.task
        left = Ink().add(f" {pen.glyphs.states[task.state]} {task.state.label}", look[TONES[task.state]])
        native = clean(task.native_state or "", limit=40)
        left.add(f"  {native}" if native else "", look["text"])
        source = self._desk.store.sources[task.key.source]
        where = "  ".join(clean(part) for part in (self._legend().short(task), source.account, source.region) if part)
        asking = self.about.detail is None and not self._trouble
        read = "asking" if asking else f"read {when.read_age(pen.now - task.seen_at, 3.0)} ago"
        request = f"   req {clean(task.request_id)}" if task.request_id else ""
        for beside, told in ((where, read + request), (where, read), ("", read + request), ("", read)):
            line = Ink().extend(left).add(f"   {beside}" if beside else "", look["dim"])
            right = Ink().add(told, look["dim"]).add(" ")
            if line.width + right.width + 1 <= cells:
                break
        return between(line, right, cells).strip(cells)

    def _titles(self, pen: Pen, cells: int) -> Strip:
        """` 1 Overview  2 Timeline  3 Output 12 KB hidden ..`; what stands beside the names goes first."""
        for told in (True, False):
            ink = Ink()
            for at, tab in enumerate(self.tabs):
                label = tab.label() if told or tab is self.raw else ""
                here = pen.look["title.active"] if at == self._tab else pen.look["dim"]
                ink.add(f" {at + 1}", here + pen.look["title.digit"]).add(f" {tab.name}", here)
                ink.add(f" {label}" if label else "", here).add(" ", here)
            if ink.width <= cells:
                break
        return ink.strip(cells)

    async def find_kin(self) -> None:
        """Looks through the store for what is related and for what explains it, in slices."""
        about, store, pen = self.about, self._desk.store, self._pen()
        for kin in gather(store, about.task):
            about.kin = kin
            if not kin.whole:
                await self.breathe()
        inquiry = Inquiry(about.task, {name: store.status(name) for name in store.sources}, pen.now, pen.time)
        for name in list(store.sources):
            for at, task in enumerate(list(store.tasks(name).values()), 1):
                inquiry.look(task)
                if at % SLICE == 0:
                    await self.breathe()
        about.reasons = inquiry.reasons()
        self.paint()

    async def breathe(self) -> None:
        """Lets keys and pictures go first."""
        import asyncio

        await asyncio.sleep(0.001)

    def action_tab(self, at: int) -> None:
        """Another tab."""
        self._tab = at % len(self.tabs)
        self.paint()

    def action_next_tab(self, by: int) -> None:
        """The tab beside."""
        self.action_tab(self._tab + by)

    def action_move(self, by: int) -> None:
        """A line."""
        self.reader.go(self.reader.spot.cursor + by)

    def action_page(self, share: float) -> None:
        """A page, or a part of it."""
        self.reader.page(share)

    def action_first(self) -> None:
        """The first line."""
        self.reader.go(0)

    def action_last(self) -> None:
        """The last line."""
        self.reader.go(len(self.reader.lines) - 1)

    # What is typed: words to look for, the name of a file.

    def prompt(self, asks: str, then: Callable[[str], None], text: str = "") -> None:
        """Asks for a line; Enter gives it to `then`, Esc gives it up."""
        self._prompt, self._edit = (asks, then), Edit(text)
        self.paint_hints()

    def paint_hints(self) -> None:
        """What is being typed, else the last line as it is."""
        if self._prompt is None:
            super().paint_hints()
            return
        pen, edit = self._pen(), self._edit
        ink = Ink().add(f" {self._prompt[0]} ", pen.look["key"]).add(clean(edit.text[: edit.caret]))
        rest = clean(edit.text[edit.caret :]) or " "
        ink.add(rest[:1], pen.look["caret"]).add(rest[1:])
        self.query_one("#hints", Bar).show(ink.strip)

    def on_key(self, event: events.Key) -> None:
        """While something is asked for, keys are text."""
        if self._prompt is None:
            self.say("") if self._said else None
            return
        if event.key in ("enter", "escape"):
            (_, then), self._prompt = self._prompt, None
            self.paint_hints()
            if event.key == "enter" and self._edit.text:
                then(self._edit.text)
        elif event.is_printable and event.character:
            self._edit.insert(event.character)
        elif not self._edit.press(event.key):
            return
        event.stop()
        event.prevent_default()
        self.paint_hints()

    def on_paste(self, event: events.Paste) -> None:
        """What is pasted is typed."""
        if self._prompt is not None:
            self._edit.insert(event.text[:2_000])
            self.paint_hints()
