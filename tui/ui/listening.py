"""Listening: the terminal's driver, which takes answers about the background off the stream of keys."""

from __future__ import annotations

import os
from collections.abc import Iterable
from time import monotonic

from textual import constants
from textual._xterm_parser import XTermParser
from textual.message import Message

from tui.ui.background import ANSWER, BEGUN, light, question
from tui.ui.tty import Tty

LIMIT = 2.0  # seconds after which an answer changes nothing: somebody reads by then
LATE = 10.0  # seconds in which a lone Esc may be the beginning of an answer, and waits 0.1 s for the rest


class Background(Message, bubble=False):
    """The terminal has said whether its background is light."""

    def __init__(self, light: bool) -> None:
        super().__init__()
        self.light = light


class Answers(XTermParser):
    """Textual's parser (8.2.8), which would type such an answer as keys: `]11;rgb:..`."""

    def __init__(self, debug: bool = False) -> None:
        super().__init__(debug)
        self._since = monotonic()
        self._held = ""
        self._until = 0.0

    def feed(self, data: str) -> Iterable[Message]:
        """Keys and whatever else a terminal sends; an answer may come in pieces, and between keys."""
        if not data:
            yield from self._let_go()
            yield from super().feed("")
            return
        data, self._held, at = self._held + data, "", 0
        age = monotonic() - self._since
        for answer in ANSWER.finditer(data):
            yield from self._keys(data[at : answer.start()])
            at, told = answer.end(), light(answer[1])
            if told is not None and age < LIMIT:
                yield Background(told)
        begun = BEGUN.search(data, at)
        if begun and (age < LATE or len(begun[0]) > 1):
            self._held, self._until = begun[0], monotonic() + constants.ESCAPE_DELAY
            yield from self._keys(data[at : begun.start()])
        else:
            yield from self._keys(data[at:])

    def tick(self) -> Iterable[Message]:
        """Nothing has come for a while: what looked like an answer is keys."""
        if self._held and monotonic() >= self._until:
            yield from self._let_go()
            self._timeout_time = self._timeout_time and 0.0  # it has waited: twice as long made alt+e of Esc and e
        yield from super().tick()

    def _let_go(self) -> Iterable[Message]:
        held, self._held = self._held, ""
        yield from self._keys(held)

    def _keys(self, data: str) -> Iterable[Message]:
        if data:  # nothing is the end, to Textual
            yield from super().feed(data)


class Listening(Tty):
    """Asks once, as soon as the terminal is ours, and waits for nothing."""

    _asked = False

    def start_application_mode(self) -> None:
        """The alternate screen and all that; then the question."""
        super().start_application_mode()
        if not self._asked and self.input_tty and os.isatty(self.fileno):
            self._asked = True
            self.write(question(os.environ))
            self.flush()

    def parser(self) -> XTermParser:
        """The one above."""
        return Answers(self._debug)
