"""A paste is text: nothing in it is a key, and it ends."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from textual import events
from textual._xterm_parser import XTermParser
from textual.message import Message

from tests.ui.fake_desk import FakeDesk
from tui.ui.pasting import BEGIN, END, Pasting
from tui.ui.shell import Taskdeck
from tui.ui.tty import Tty

KEYS = "\x1b[A\x1b[2~\x1b[20~j\x1b"


def told(messages: Iterable[Message]) -> list[str]:
    """Keys by their names, pastes by their text."""
    found = []
    for message in messages:
        if isinstance(message, events.Key):
            found.append(message.key)
        elif isinstance(message, events.Paste):
            found.append(f"paste {message.text}")
    return found


def heard(*pieces: str) -> list[str]:
    """What comes of a terminal's bytes, each piece long after the one before."""
    pasting, parser, found = Pasting(), XTermParser(), list[str]()
    for piece in pieces:
        if text := pasting.feed(piece):
            found += told(parser.feed(text))
        if parser._timeout_time is not None:
            parser._timeout_time = 0.0
        found += told(parser.tick())
    return found


@pytest.mark.parametrize(
    ("pasted", "text"),
    [
        ("red \x1b[31mHqy\x1b[0m", "red \x1a[31mHqy\x1a[0m"),
        ("\x1b", "\x1a"),
        ("\x1b\x1b[2", "\x1a\x1a[2"),
        ("\x1b]11;rgb:ffff/ffff/ffff\x1b\\", "\x1a]11;rgb:ffff/ffff/ffff\x1a\\"),
        ("\x1b[48;30;100;600;1000t", "\x1a[48;30;100;600;1000t"),
        (f"{BEGIN}twice marked", "twice marked"),
        ("", ""),
    ],
)
def test_what_is_pasted_presses_no_key(pasted: str, text: str) -> None:
    assert heard(f"j{BEGIN}{pasted}{END}k") == ["j", f"paste {text}", "k"]


def test_a_mark_in_pieces_is_a_mark() -> None:
    for at in range(1, len(END)):
        assert heard(f"{BEGIN}qy{END[:at]}", f"{END[at:]}k") == ["paste qy", "k"]
    for at in range(1, len(BEGIN)):
        pasting = Pasting()
        assert pasting.feed(f"j{BEGIN[:at]}") == f"j{BEGIN[:at]}"
        assert pasting.feed(f"{BEGIN[at:]}\x1bqy{END}k") == f"{BEGIN[at:]}\x1aqy{END}k"


@given(st.text("\x1b[201~A \nq", max_size=30), st.lists(st.integers(0, 60), max_size=6))
def test_a_paste_in_any_pieces_is_one_paste_and_no_key(pasted: str, cuts: list[int]) -> None:
    assume(END not in pasted and BEGIN not in pasted)
    pasting, text = Pasting(), f"ab{BEGIN}{pasted}{END}c{KEYS}"
    ends = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    made = "".join(pasting.feed(text[start:end]) for start, end in pairwise(ends))
    inside = made.removeprefix(f"ab{BEGIN}").partition(END)
    assert made.startswith(f"ab{BEGIN}")
    assert inside[2] == f"c{KEYS}"
    assert inside[0] == pasted.replace("\x1b", "\x1a")


class Ends(Tty):
    """The driver on a pipe; ends with the key q."""

    def __init__(self, app: Taskdeck, fileno: int) -> None:
        super().__init__(app)
        self.fileno = fileno
        self.taken: list[Message] = []

    def process_message(self, message: Message) -> None:
        self.taken.append(message)
        if told([message]) == ["q"]:
            self.exit_event.set()


async def test_the_driver_does_not_press_what_is_pasted() -> None:
    reading, writing = os.pipe()
    driver = Ends(Taskdeck(FakeDesk(), theme_name="mono"), reading)
    work = asyncio.ensure_future(asyncio.to_thread(driver.run_input_thread))
    os.write(writing, f"{BEGIN}\x1b[31mAsy{END}q".encode())
    await asyncio.wait_for(work, 20)
    for end in (reading, writing):
        os.close(end)
    assert told(driver.taken) == ["paste \x1a[31mAsy", "q"]
