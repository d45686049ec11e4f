"""The filter bar: live from the first character; a wrong query shows where and why. Quick keys write into its text."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style
from textual import events
from textual.message import Message
from textual.strip import Strip

from tui.text import clean, cut_end
from tui.text import width as terminal
from tui.ui.canvas import Canvas
from tui.ui.edit import Edit, Search
from tui.ui.ink import Ink, between
from tui.ui.titles import Pen

if TYPE_CHECKING:
    from tui.query import Completion
    from tui.ui.offers import Offers

Hints = tuple[tuple[str, str], ...]
HINTS: Hints = (
    ("Tab", "complete"),
    ("ctrl-r", "search"),
    ("Up", "history"),
    ("Enter", "keep"),
    ("Esc", "leave"),
)
SEARCHING = (("ctrl-r", "an older one"), ("Tab", "edit it"), ("Enter", "keep"), ("Esc", "leave the search"))
CHOOSING = (("Tab", "next"), ("shift-tab", "previous"), ("Enter", "take"), ("Esc", "close the list"))
CUT, SIGNED = "..", 24  # the sign that the beginning is cut, and from how many cells on there is room for it
CROWD = 4  # characters looked at for each cell: marks have no width, and a text may be nothing else


class Verdict(NamedTuple):
    """What came of the text: how many rows, or what is wrong from which character to which."""

    told: str = ""
    wrong: str = ""
    start: int = 0
    end: int = 0


class FilterBar(Canvas, can_focus=True):
    """One line. Messages go up, verdicts come down."""

    DEFAULT_CSS = "FilterBar { height: 1; display: none; }"

    class Typed(Message):
        """The text is another one."""

    class Kept(Message):
        """Enter: the filter stays, the bar is left."""

    class Left(Message):
        """Esc."""

    class Turned(Message):
        """The keys mean something else now: a list or a search has begun or ended."""

    def __init__(self, pen: Pen, text: str = "") -> None:
        super().__init__(id="filter")
        self.edit = Edit(text)
        self.offer: Callable[[str, int], Sequence[Completion]] = lambda text, caret: ()
        """What could stand at the caret of a text; `Filtering` knows."""
        self.pinned = self.deck = ""
        self._hinted: Hints = HINTS
        self._pen = pen
        self._verdict = Verdict()
        self._said = ""
        self._search: Search | None = None
        self._offers: Offers | None = None
        self._first = self._lead = self._origin = 0

    def judge(self, verdict: Verdict, pinned: str = "", deck: str = "") -> None:
        """Shows what came of the text, and what holds beside it: on every view, and on the deck with its panes."""
        self._verdict, self.pinned, self.deck = verdict, pinned, "" if deck == pinned else deck
        quiet = self._search is None and self._offers is None
        self.repaint(
            (verdict, pinned, deck, self.edit.text, self.edit.caret, self.has_focus, self._said) if quiet else None
        )

    @property
    def hints(self) -> Hints:
        """What the keys do now."""
        if self._search is not None:
            return SEARCHING
        return CHOOSING if self._offers is not None and self._offers.open else HINTS

    def draw(self, width: int, height: int) -> Sequence[Strip]:
        """`/ text                 39 of 1,284`; in front of it ` = pinned` and ` deck: text`, while one searches
        ` / (search) text: hit` instead of it.
        """
        look, verdict = self._pen.look, self._verdict
        told = clean(self._said or verdict.wrong or verdict.told)
        left = self._head(width // 3, max(width - 5 - terminal(told), width // 2))
        room = width - left.width - 2  # a blank between the two and one at the end
        self._origin = left.width
        wrong = verdict.wrong and not self._said
        cells = max(room - terminal(told), room // (3 if wrong else 2))  # why it is wrong takes more room than a count
        if self._search is not None:
            left.extend(self._searched(cells))
        elif not self._alone:
            left.extend(self._text(cells))
        right = Ink().add(cut_end(told, width - 2 - left.width), look["state.bad" if wrong else "dim"]).add(" ")
        return [between(left, right, width).strip(width)]

    def _head(self, cells: int, most: int) -> Ink:
        """What stands before the text: the filters that hold anyway, in `most` cells where they are all; the sign."""
        look, alone = self._pen.look, self._alone
        held = [(sign, text) for sign, text in ((" = ", self.pinned), (" deck: ", self.deck)) if text]
        room = (most if alone else cells) - sum(len(sign) for sign, _ in held) + 3
        ink = Ink()
        for sign, text in held:
            ink.add(sign, look["key"]).add(cut_end(clean(text), max(1, room // len(held))), look["text"])
        return ink if alone else ink.add(" / ", look["key"])

    @property
    def _alone(self) -> bool:
        """Whether there is nothing to show beside the filters that hold anyway."""
        held = self.pinned or self.deck
        return bool(held) and not self.has_focus and self.edit.text in ("", held)

    def _searched(self, cells: int) -> Ink:
        """What `ctrl-r` looks for and what it has found."""
        look, search = self._pen.look, self._search
        assert search is not None  # noqa: S101 - drawn only while searching
        label = "(search, no such) " if search.failed else "(search) "
        ink = Ink().add(label, look["dim"]).add(cut_end(clean(search.wanted), cells // 3), look["text"])
        ink.add(" ", look["text"] + look["caret"]).add(": ", look["dim"])
        return ink.add(cut_end(clean(search.hit), max(0, cells - ink.width)), look["text"])

    def _text(self, cells: int) -> Ink:
        """The part of the text that fits, from its beginning or, while one types, round the caret. The caret is
        reversed, the wrong span underlined, and a sign stands where the text is cut.

        Only characters that are shown are looked at, however long the text is.
        """
        edit, look = self.edit, self._pen.look
        still = not self.has_focus and not self._verdict.wrong
        self._first, self._lead = 0 if still else self._left(cells), 0
        if self._first and cells >= SIGNED:
            self._lead = len(CUT)
            self._first = self._left(cells - self._lead)
        ink = Ink().add(CUT[: self._lead], look["dim"])
        letters = list(self._letters(self._first, cells))
        cut = still and sum(terminal(shown) for *_, shown in letters[:-1]) > cells
        room = cells - len(CUT) * cut
        for start, end, shown in letters:
            if ink.width + terminal(shown) > room:
                break
            caret = self.has_focus and start <= edit.caret < end
            ink.add(shown, self._style(start, end) + look["caret"] if caret else self._style(start, end))
        return ink.add(CUT if cut else "", look["dim"])

    def _left(self, cells: int) -> int:
        """The first character that is shown, for the caret to be among them."""
        text, first = self.edit.text, self.edit.caret
        room = cells - (terminal(clean(text[first])) if first < len(text) else 1)
        while first > 0 and first > self.edit.caret - CROWD * cells:
            room -= terminal(clean(text[first - 1]))
            if room < 0:
                break
            first -= 1
        return first

    def _letters(self, first: int, cells: int) -> Iterator[tuple[int, int, str]]:
        """From where to where, and what is shown for it: a character with its marks. At the end a blank."""
        text = self.edit.text
        end = min(len(text), first + 2 * CROWD * cells)
        while first < end:
            after = first + 1
            while after < end and unicodedata.category(text[after])[0] == "M":
                after += 1
            yield first, after, clean(text[first:after])
            first = after
        if end == len(text):
            yield end, end + 1, " "

    def _style(self, start: int, end: int) -> Style:
        look, verdict = self._pen.look, self._verdict
        wrong = verdict.wrong and start < verdict.end and end > verdict.start
        return look["match"] + look["state.bad"] if wrong else look["text"]

    def on_key(self, event: events.Key) -> None:
        """Searches, chooses, types, edits, keeps or leaves. What it does not know goes on to the screen."""
        before, self._said = self.edit.text, ""
        if self._searching(event) or self._choosing(event) or self._typing(event):
            event.stop()
            event.prevent_default()
        self._after(before)

    def on_paste(self, event: events.Paste) -> None:
        """A paste is typed."""
        before = self.edit.text
        self.let_go()
        self.edit.insert(event.text.strip("\r\n"))
        event.stop()
        self._after(before)

    def on_blur(self) -> None:
        """The bar is left: so is whatever it had opened."""
        self.let_go()
        self.call_next(self.repaint)  # only after this message is it without the focus

    def let_go(self) -> None:
        """Closes the list and ends the search, without a choice."""
        self._search = None
        if self._offers is not None:
            self._offers.close()

    def _after(self, before: str) -> None:
        if self.edit.text != before:
            self.post_message(self.Typed())
        if self.hints is not self._hinted:
            self._hinted = self.hints
            self.post_message(self.Turned())
        self.repaint()

    def _typing(self, event: events.Key) -> bool:
        """The line itself."""
        match event.key:
            case "enter":
                self.edit.remember()
                self.post_message(self.Kept())
            case "escape":
                self.post_message(self.Left())
            case "tab" | "shift+tab":
                self._complete()
            case "ctrl+r":
                self._search = Search(self.edit.history)
                self.repaint()
            case key if event.is_printable and event.character:
                self.edit.insert(event.character)
            case key:
                return self.edit.press(key)
        return True

    def _searching(self, event: events.Key) -> bool:
        """While `ctrl-r` looks back. A key that edits takes the hit and acts on it."""
        search = self._search
        if search is None:
            return False
        match event.key:
            case "ctrl+r":
                search.older()
            case "backspace":
                search.erase()
            case "escape" | "ctrl+g":
                self._search = None
            case key if event.is_printable and event.character:
                search.type(event.character)
            case key:
                self._search = None
                if search.hit:
                    self.edit.put(search.hit)
                return key == "enter"
        return True

    def _choosing(self, event: events.Key) -> bool:
        """While the list is open. Typing narrows it down, or, once a key has chosen, takes the choice and goes on."""
        offers = self._offers
        if offers is None or not offers.open:
            return False
        step = {"tab": 1, "down": 1, "shift+tab": -1, "up": -1}.get(event.key)
        printable = event.character if event.is_printable else None
        if step is not None:
            offers.move(step)
        elif event.key == "escape":
            offers.close()
        elif event.key == "enter":
            self._take(offers.choice)
        elif printable == " " or (printable and offers.chosen):
            self._take(offers.choice)
            self.edit.insert("" if printable == " " and self.edit.text[: self.edit.caret].endswith(":") else printable)
        elif printable or event.key == "backspace":
            self.edit.insert(printable) if printable else self.edit.press(event.key)
            self._narrow()
        else:
            offers.close()
            return False
        return True

    def _complete(self) -> None:
        """Tab: what there is to choose; the only one is taken at once."""
        found = self._found()
        if len(found) > 1:
            self._open(found)
        elif found:
            self._take(found[0])
        else:
            self._said = "nothing to complete here"

    def _found(self) -> Sequence[Completion]:
        """What could stand at the caret, but for the one thing that stands there already."""
        found, text, caret = self.offer(self.edit.text, self.edit.caret), self.edit.text, self.edit.caret
        there = len(found) == 1 and text[found[0].start : caret] == found[0].text
        return () if there else found

    def _narrow(self) -> None:
        found = self._found()
        self._open(found) if found else self.let_go()

    def _open(self, found: Sequence[Completion]) -> None:
        if self._offers is None:
            from tui.ui.offers import Offers

            self._offers = Offers(self._pen)
            self.mount(self._offers)
        start = max(found[0].start, self._first)
        before = terminal(clean(self.edit.text[self._first : start]))
        self._offers.show(found, self._origin + self._lead + before - 1, self.app.size.width)

    def _take(self, offer: Completion) -> None:
        self.edit.replace(offer.start, offer.end, offer.text)
        self.let_go()
