"""The command line: a line at the bottom with a list above it, over whatever is shown. What it says runs elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message
from textual.strip import Strip

from tui.text import clean, cut_end, width
from tui.ui.canvas import Canvas
from tui.ui.edit import Edit
from tui.ui.ink import Ink, between
from tui.ui.titles import Pen

if TYPE_CHECKING:
    from tui.ui.commands import Offer

LINES = 34  # of the list: all commands, where there is room
LABEL = 32  # cells of what would be typed


class CommandLine(Canvas, can_focus=True):
    """A widget of the screen below, not a screen of its own: the tables under it go on living."""

    DEFAULT_CSS = """
    CommandLine { layer: above; dock: bottom; width: 100%; height: 1; display: none; }
    """

    class Entered(Message):
        """Enter, on a line."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

    class Left(Message):
        """Esc, or an empty line."""

    def __init__(self, pen: Callable[[], Pen], offer: Callable[[str], Sequence[Offer]]) -> None:
        super().__init__(id="command")
        self.edit = Edit()
        self.offers: Sequence[Offer] = ()
        self.chosen: int | None = None
        self.wrong = ""
        self._pen, self._offer = pen, offer

    def begin(self) -> None:
        """Opens, empty: everything there is, is listed."""
        self.edit.put("")
        self.display = True
        self.look()

    def end(self) -> None:
        """Goes away."""
        self.display = False
        self.offers, self.wrong = (), ""

    def complain(self, problem: str) -> None:
        """The line stays, with what is wrong with it."""
        self.wrong = problem
        self.repaint()

    def keep(self, line: str) -> None:
        """Remembers a line that was run."""
        self.edit.put(line)
        self.edit.remember()

    def look(self) -> None:
        """Offers for what is typed now; the best command is the choice as soon as a letter of it is typed."""
        self.offers, self.wrong = self._offer(self.edit.text), ""
        name = self.edit.text.lstrip(" :")
        self.chosen = 0 if self.offers and name and " " not in name else None
        self.styles.height = 1 + min(LINES, len(self.offers), max(0, self.app.size.height - 6))
        self.repaint()

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """The list with the choice in it, then the line."""
        room = height - 1
        top = max(0, min((self.chosen or 0) - room // 2, len(self.offers) - room))
        shown = range(top, min(top + room, len(self.offers)))
        strips = [self._listed(at, width) for at in shown]
        blank = Ink().strip(width, self._pen().look["title"])
        return [*(blank for _ in range(room - len(strips))), *strips, self._line(width)]

    def _listed(self, at: int, cells: int) -> Strip:
        look, offer = self._pen().look, self.offers[at]
        ink = Ink().add(" ").add(cut_end(clean(offer.label), max(cells // 2, min(LABEL, cells)) - 2), look["key"])
        if offer.does:
            ink.fill(LABEL).add(" ").add(clean(offer.does), look["text"])
        key = clean(offer.key)
        if key and ink.width + width(key) + 2 <= cells:
            ink.fill(cells - width(key) - 1).add(key, look["key"])
        return ink.strip(cells, look["cursor" if at == self.chosen else "title"])

    def _line(self, cells: int) -> Strip:
        """` :tta       no such command; did you mean :tat?`"""
        look, told = self._pen().look, clean(self.wrong)
        room = max(cells // 2, cells - width(clean(self.edit.text[:cells])) - 6)
        right = Ink().add(cut_end(told, room), look["state.bad"]).add(" ") if told else Ink()
        left = Ink().add(" :", look["key"]).extend(self._typed(cells - 3 - right.width))
        return between(left, right, cells).strip(cells)

    def _typed(self, cells: int) -> Ink:
        """The part of the text round the caret that fits, the caret reversed. Never more than fits is looked at."""
        look, edit = self._pen().look, self.edit
        first, room = edit.caret, cells - 2
        while first > 0 and (room := room - width(clean(edit.text[first - 1]))) >= 0:
            first -= 1
        ink = Ink()
        for at in range(first, min(len(edit.text), first + 4 * max(cells, 1)) + 1):
            char = clean(edit.text[at]) if at < len(edit.text) else " "
            if ink.width + width(char) > cells:
                break
            ink.add(char, look["text"] + look["caret"] if at == edit.caret else look["text"])
        return ink

    def on_key(self, event: events.Key) -> None:
        """Every key is the line's, whatever it does elsewhere."""
        event.stop()
        event.prevent_default()
        before = self.edit.text
        match event.key:
            case "escape":
                self.post_message(self.Left())
            case "enter":
                self._enter()
            case "tab":
                self._take()
            case "up" | "shift+tab":
                self._choose(-1)
            case "down":
                self._choose(1)
            case "ctrl+p":
                self.edit.recall(-1)
            case "ctrl+n":
                self.edit.recall(1)
            case "backspace" if not self.edit.text:
                self.post_message(self.Left())
            case key if event.is_printable and event.character:
                self.edit.insert(event.character)
            case key:
                self.edit.press(key)
        if self.edit.text != before:
            self.look()
        else:
            self.repaint()

    def on_paste(self, event: events.Paste) -> None:
        """A paste is typed."""
        event.stop()
        self.edit.insert(event.text.strip())
        self.look()

    def on_blur(self) -> None:
        """A click elsewhere leaves it; another window does not."""
        if self.display and self.screen.focused is not self and self.app.app_focus:
            self.post_message(self.Left())

    def _choose(self, by: int) -> None:
        if self.offers:
            at = self.chosen
            self.chosen = (0 if by > 0 else -1) % len(self.offers) if at is None else (at + by) % len(self.offers)

    def _take(self) -> None:
        """Tab: the choice, else the best."""
        if self.offers:
            self.edit.put(self.offers[self.chosen or 0].text)

    def _enter(self) -> None:
        """The choice and what it stands for, else the line as it is typed."""
        line = self.edit.text.lstrip(" :")
        if self.chosen is not None:
            line = self.offers[self.chosen].text
            self.edit.put(line)
        if line.strip():
            self.post_message(self.Entered(line.strip()))
        else:
            self.post_message(self.Left())
