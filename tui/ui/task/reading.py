"""Reading: the output of a task, asked for by a key, cut into rows between the keys, looked through, saved."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from time import monotonic

from textual.timer import Timer

from tui.aside import aside
from tui.errors import CallError
from tui.text import clean
from tui.ui.beside import beside
from tui.ui.task.about import Line, Part
from tui.ui.task.output import Stage
from tui.ui.task.raw import Raw
from tui.ui.task.rows import pattern, search
from tui.ui.task.save import save, suggested
from tui.ui.task.tabbed import OUTPUT, RAW, Tabbed

SLICE = 0.008  # seconds of work between two looks at the keys
REVEALED = 30.0  # seconds that secrets show

log = logging.getLogger(__name__)


class Reading(Tabbed, inherit_bindings=False):
    """What the keys of Output and Raw do, and `/` on every tab."""

    _words = ""
    _masking: Timer | None = None

    def paint(self) -> None:
        """With the rows of an output that has just been shown, or is shown in another width."""
        super().paint()
        rows = self.output.rows
        if self._tab == OUTPUT and rows is not None and not rows.done and not self._cutting():
            beside(self, self._cut, "rows")

    def _cutting(self) -> bool:
        return any(worker.name == "rows" and not worker.is_finished for worker in self.workers if worker.node is self)

    async def _cut(self) -> None:
        """Cuts on while there is something to cut."""
        while (rows := self.output.rows) is not None and not rows.done:
            rows.work(_for(SLICE))
            self.reader.repaint() if self._tab == OUTPUT and self.is_current else None
            await self.breathe()

    def action_output(self) -> None:
        """Asks for the output, once. What is there is not asked for again, unless the task still lives."""
        self.action_tab(OUTPUT)
        if self.output.stage is Stage.ASKING or (self.output.stage is Stage.HERE and self.about.task.state.final):
            return
        self.output.stage, self.output.trouble = Stage.ASKING, ""
        self.paint()
        beside(self, self._fetch, "output")

    async def _fetch(self) -> None:
        about, output = self.about, self.output
        try:
            found = await self._desk.detail(about.task.key, output=True)
        except CallError as error:
            output.stage, output.trouble = Stage.HIDDEN, told(error.code, error.message, error.request_id)
        else:
            if found.task.key == about.task.key:
                output.take(found.output)
            else:
                output.stage, output.trouble = Stage.HIDDEN, "the answer was about another task"
        self.paint()

    def action_save(self) -> None:
        """Asks for the name of a file."""
        if self.output.stage is not Stage.HERE or self.output.printed is None:
            self.say("nothing to save: o fetches the output first")
            return
        self.action_tab(OUTPUT)
        self.prompt("save as", self._save, suggested(self.about.task.key))

    def _save(self, named: str) -> None:
        async def saving() -> None:
            printed = self.output.printed
            if printed is not None:
                self.say("saving ..")
                done = await aside(lambda: save(printed.text, named, Path.cwd()))
                self.say(clean(done))

        beside(self, saving, "save", exclusive=False)

    # Looking for words.

    def action_find(self) -> None:
        """Asks what for."""
        self.prompt("/", self._find)

    def _find(self, words: str) -> None:
        self._words = self.output.words = words
        self.action_next_hit(1)

    def action_next_hit(self, by: int) -> None:
        """The next or previous line that holds the words; round the end."""
        if not self._words:
            self.say("nothing is looked for: / asks what for")
        elif self._tab == OUTPUT and self.output.rows is not None and self.output.printed is not None:
            beside(self, partial(self._seek, by), "seek")
        else:
            self._step_to(by)

    def _step_to(self, by: int) -> None:
        """Among lines that are all there."""
        lines, here, wanted = self.reader.lines, self.reader.spot.cursor, pattern(clean(self._words))
        count = len(lines)
        order = ((here + by * step) % count for step in range(1, count + 1)) if count else iter(())
        at = next((at for at in order if wanted.search(written(lines[at]))), None)
        self.say(f"no {clean(self._words)} here" if at is None else "")
        if at is not None:
            self.reader.go(at)

    async def _seek(self, by: int) -> None:
        """Through a text of any size, in slices."""
        output, rows = self.output, self.output.rows
        head = len(output.head(self._pen()))
        if rows is None:
            return
        here = max(-1, self.reader.spot.cursor - head)
        start = rows.start(here + 1) if by > 0 else rows.start(max(0, here))
        found: int | None = None
        for found in search(rows.text, self._words, start, back=by < 0):
            if found is None:
                await asyncio.sleep(0)
        if found is None or found < 0 or rows is not output.rows:
            self.say(f"no {clean(self._words)} in it")
            return
        while rows is output.rows and not rows.done and rows.start(len(rows) - 1) <= found:
            await self.breathe()
        self.say("")
        self.reader.go(rows.place(found) + head)

    # Folding, and what is masked.

    def action_fold(self) -> None:
        """Folds or unfolds what is under the cursor."""
        line = self.reader.line
        if self._tab != RAW:
            self.say("only Raw folds: 4 or y shows it")
        elif line is not None and isinstance(line.opens, Part):
            self.raw.fold(line.opens.path)
            self.reader.repaint()

    def action_fold_all(self, closed: int) -> None:
        """All parts of Raw."""
        self.action_tab(RAW)
        self.raw.fold_all(closed=bool(closed))
        self.paint()

    def action_raw(self) -> None:
        """The provider's own answer."""
        self.action_tab(RAW)

    def action_reveal(self) -> None:
        """Shows what Raw masks, for a while; the log has that it was shown, never what."""
        self.action_tab(RAW)
        raw = self.raw
        raw.revealed = True
        log.warning("%s: the secrets of its raw answer were shown for %d s", self.about.task.key, REVEALED)
        self.say(f"secrets show for {REVEALED:.0f} s; the log says that they did")
        if self._masking is not None:
            self._masking.stop()
        self._masking = self.set_timer(REVEALED, lambda: self._mask(raw))
        self.paint()

    def _mask(self, raw: Raw) -> None:
        raw.revealed = False
        self.paint()


def told(code: str, message: str, request_id: str | None) -> str:
    """What went wrong, in one line."""
    said = " ".join(part for part in (code, message) if part)
    return clean(f"{said} (request {request_id})" if request_id else said)


def written(line: Line) -> str:
    """The text of a line."""
    return "".join(text for text, _ in line.ink.parts)


def _for(seconds: float) -> Callable[[], bool]:
    """True for so long, then False."""
    until = monotonic() + seconds
    return lambda: monotonic() < until
