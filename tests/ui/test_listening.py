"""What the terminal answers about its background is read, and never typed as keys, however it comes."""

from __future__ import annotations

import asyncio
import os
import selectors
import threading
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import events
from textual.message import Message

from tests.ui.fake_desk import FakeDesk
from tui.ui import background, listening, tty
from tui.ui.listening import Answers, Background, Listening
from tui.ui.shell import Taskdeck

WHITE, BLACK = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\", "\x1b]11;rgb:0000/0000/0000\x07"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds, as the parser has them."""
    clock = [100.0]
    monkeypatch.setattr(listening, "monotonic", lambda: clock[0])
    monkeypatch.setattr("textual._parser.get_time", lambda: clock[0])
    return clock


def told(messages: Iterable[Message]) -> list[str | bool]:
    """Keys by their names, pastes by their text, answers as what they say."""
    found: list[str | bool] = []
    for message in messages:
        if isinstance(message, events.Key):
            found.append(message.key)
        elif isinstance(message, events.Paste):
            found.append(f"paste {message.text}")
        elif isinstance(message, Background):
            found.append(message.light)
    return found


@pytest.mark.parametrize(
    ("answer", "light"),
    [
        ("rgb:ffff/ffff/ffff", True),
        ("rgb:fb/fb/f9", True),
        ("rgb:f/f/f", True),
        ("rgba:ffff/ffff/ffff/8000", True),
        ("#ffffff", True),
        ("#fdf6e3", True),  # solarized light
        ("#ffffffffffff", True),
        ("rgb:1111/1515/1c1c", False),
        ("rgb:0000/2b2b/3636", False),  # solarized dark
        ("#000", False),
        ("rgb:7777/7777/7777", True),  # black stands out 4.7 to 1, white 4.5
        ("rgb:7575/7575/7575", False),
        ("rgb:fffff/0/0", None),
        ("rgb:ff/ff", None),
        ("white", None),
        ("#ffff", None),
        ("", None),
    ],
)
def test_what_colour_is_light(answer: str, light: bool | None) -> None:
    assert background.light(answer) is light


@pytest.mark.parametrize(
    ("environ", "asked"),
    [
        ({"TERM": "xterm-256color"}, 1),
        ({"TERM": "xterm-kitty"}, 1),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/x,1,0"}, 2),
        ({"TERM": "screen-256color", "TMUX": "/tmp/x,1,0"}, 2),
        ({"TERM": "screen-256color"}, 0),
        ({"TERM": "xterm-256color", "STY": "1.tty"}, 0),
        ({"TERM": "linux"}, 0),
        ({"TERM": "dumb"}, 0),
        ({"TERM": "vt100"}, 0),
        ({}, 0),
    ],
)
def test_who_is_asked(environ: dict[str, str], asked: int) -> None:
    question = background.question(environ)
    assert question.count("]11;?") == asked
    if asked == 2:
        assert question.endswith("\x1bPtmux;\x1b\x1b]11;?\x1b\x1b\\\x1b\\")


def test_an_answer_is_no_key(now: list[float]) -> None:
    parser = Answers()
    assert told(parser.feed(f"j{WHITE}k{BLACK}q")) == ["j", True, "k", False, "q"]
    assert told(parser.feed("\x1b[A\x1b]11;hello\x07\x1b[B")) == ["up", "down"]


@given(st.sampled_from([WHITE, BLACK]), st.lists(st.integers(0, 40), max_size=6))
def test_an_answer_may_come_in_any_pieces(answer: str, cuts: list[int]) -> None:
    text = f"ab{answer}\x1b[Acd"
    ends = sorted({min(cut, len(text)) for cut in cuts} | {0, len(text)})
    parser = Answers()
    found: list[str | bool] = []
    for start, end in pairwise(ends):
        found += told(parser.feed(text[start:end]))
    assert found == ["a", "b", answer == WHITE, "up", "c", "d"]


def test_escape_is_still_a_key(now: list[float]) -> None:
    parser = Answers()
    assert told(parser.feed("\x1b")) == []
    assert told(parser.tick()) == []
    found = list[str | bool]()
    for _ in range(3):
        now[0] += 0.2
        found += told(parser.tick())
    assert found == ["escape"]
    assert told(parser.feed("\x1bj")) == []
    now[0] += 0.2
    assert told(parser.tick()) == ["alt+j"]  # as ever


def test_escape_waits_once_and_a_key_soon_behind_it_is_no_chord(now: list[float]) -> None:
    parser = Answers()
    assert told(parser.feed("\x1b")) == []
    assert told(parser.tick()) == []
    now[0] += 0.11
    assert told(parser.tick()) == ["escape"]
    assert told(parser.feed("e")) == ["e"]


def test_what_only_began_like_an_answer_is_keys_in_the_end(now: list[float]) -> None:
    parser = Answers()
    assert told(parser.feed("\x1b]1")) == []
    now[0] += 0.2
    found = told(parser.tick())
    now[0] += 0.2
    found += told(parser.tick())
    assert found
    assert found[-1] == "1"
    assert told(parser.feed("j")) == ["j"]


def test_a_late_answer_changes_nothing_and_is_no_key_either(now: list[float]) -> None:
    parser = Answers()
    now[0] += 3
    assert told(parser.feed(f"j{WHITE}k")) == ["j", "k"]
    now[0] += 3600
    assert told(parser.feed(f"j{WHITE[:9]}")) == ["j"]
    assert told(parser.feed(f"{WHITE[9:]}k")) == ["k"]
    assert told(parser.feed("\x1b")) == []  # it waits in Textual's own parser from now on
    now[0] += 0.2
    assert told(parser.tick()) == ["escape"]


def test_an_answer_without_an_end_does_not_eat_the_keys(now: list[float]) -> None:
    parser = Answers()
    found = told(parser.feed("\x1b]11;" + "x" * 200))
    now[0] += 1
    found += told(parser.tick())
    now[0] += 1
    found += told(parser.tick())
    found += told(parser.feed("j"))
    assert found[-1] == "j"
    assert found.count("x") > 100


def test_a_paste_stays_a_paste_and_the_end_ends(now: list[float]) -> None:
    parser = Answers()
    assert told(parser.feed("\x1b[200~a\x1b[201~b")) == ["paste a", "b"]
    list(parser.feed("\x1b"))
    assert told(parser.feed("")) == ["escape"]
    assert parser.is_eof


class Ends(Listening):
    """The driver on a pipe instead of a terminal."""

    def __init__(self, app: Taskdeck, fileno: int) -> None:
        super().__init__(app)
        self.fileno = fileno
        self.taken: list[Message] = []
        self.came = threading.Event()

    def process_message(self, message: Message) -> None:
        self.taken.append(message)
        self.came.set()
        if len(self.taken) == 3:
            self.exit_event.set()


async def test_the_driver_reads_keys_and_answers_until_it_is_told_to_stop() -> None:
    reading, writing = os.pipe()
    driver = Ends(Taskdeck(FakeDesk(), theme_name="auto"), reading)
    work = asyncio.ensure_future(asyncio.to_thread(driver.run_input_thread))
    os.write(writing, f"j{WHITE}".encode() + "é".encode()[:1])
    os.write(writing, "é".encode()[1:])
    await asyncio.wait_for(work, 20)
    for end in (reading, writing):
        os.close(end)
    assert told(driver.taken)[:2] == ["j", True]
    assert len(driver.taken) == 3


async def test_a_driver_to_whom_nobody_types_sleeps_until_somebody_does_or_it_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slept: list[float | None] = []

    class Noted(selectors.SelectSelector):
        def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
            slept.append(timeout)
            return super().select(timeout)

    monkeypatch.setattr(selectors, "SelectSelector", Noted)
    monkeypatch.setattr(tty, "PENDING", 0.0)
    reading, writing = os.pipe()
    driver = Ends(Taskdeck(FakeDesk(), theme_name="auto"), reading)
    for typed in ("j", "k"):  # suspended and begun again
        work = asyncio.ensure_future(asyncio.to_thread(driver.run_input_thread))
        os.write(writing, typed.encode())
        assert await asyncio.to_thread(driver.came.wait, 20)
        driver.came.clear()
        driver.exit_event.set()
        await asyncio.wait_for(work, 20)
        driver.exit_event.clear()
    for end in (reading, writing):
        os.close(end)
    assert told(driver.taken) == ["j", "k"]
    assert set(slept) == {None}
    assert len(slept) <= 6
