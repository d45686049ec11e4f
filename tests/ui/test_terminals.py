"""Kinds of terminals: how many colours, which signs, which charset, which size; what is written is what they know."""

from __future__ import annotations

import re

import pyte
import pytest
from textual import events
from textual.pilot import Pilot

from tests.ui.driving import settle
from tests.ui.fake_desk import FakeDesk
from tui.ui import charset, glyphs
from tui.ui.shell import Taskdeck

MANY, SIXTEEN, NONE, TRUE = "256 colours", "16 colours", "no colour", "all colours"
SGR = re.compile(r"\x1b\[([0-9;]*)m")
KINDS = [
    ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, TRUE, "unicode"),
    ({"TERM": "xterm-256color"}, MANY, "unicode"),
    ({"TERM": "xterm"}, SIXTEEN, "unicode"),
    ({"TERM": "screen-256color", "TMUX": "/tmp/t,1,0"}, MANY, "unicode"),
    ({"TERM": "tmux-256color", "TMUX": "/tmp/t,1,0"}, MANY, "unicode"),
    ({"TERM": "screen", "STY": "1.tty"}, SIXTEEN, "unicode"),
    ({"TERM": "linux"}, SIXTEEN, "ascii"),
    ({"TERM": "vt100"}, NONE, "ascii"),
    ({"TERM": "vt220"}, NONE, "ascii"),
    ({"TERM": "xterm-256color", "COLORTERM": "truecolor", "NO_COLOR": "1"}, NONE, "unicode"),
    ({"TERM": "xterm-256color", "LC_ALL": "POSIX"}, MANY, "ascii"),
    ({"TERM": "xterm-256color", "LANG": "C", "LC_CTYPE": "C.UTF-8"}, MANY, "ascii"),
    ({"TERM": "xterm-256color", "LC_ALL": "zh_CN.UTF-8"}, MANY, "unicode"),
    ({"TERM": "xterm-256color", "LANG": "zh_CN.GBK", "LC_CTYPE": "C.UTF-8"}, MANY, "ascii"),
]
SIZES = [(1, 1), (2, 1), (1, 200), (59, 15), (60, 14), (60, 15), (80, 24), (132, 43), (500, 15), (60, 200), (500, 200)]


def of(parameters: str) -> set[str]:
    """The kinds of colour that one SGR sequence asks for."""
    words = iter(int(word or 0) for word in parameters.split(";"))
    found: set[str] = set()
    for word in words:
        if word in (38, 48):
            how = next(words)
            found.add(MANY if how == 5 else TRUE)
            for _ in range(1 if how == 5 else 3):
                next(words)
        elif 30 <= word <= 37 or 40 <= word <= 47 or 90 <= word <= 107:
            found.add(SIXTEEN)
    return found


def written(pilot: Pilot[int]) -> str:
    """A whole frame as a terminal gets it. Rich keeps the codes that a style had in the test before: it must not."""
    console = pilot.app.console
    lines = [""] * pilot.app.size.height
    for y, strip in enumerate(pilot.app.screen._compositor.render_strips()):
        for shown, style, _ in strip:
            if style is not None:
                style._ansi = None
                lines[y] += style.render(shown, color_system=console._color_system)
            else:
                lines[y] += shown
    return "\r\n".join(lines)


@pytest.mark.screen
@pytest.mark.parametrize(("environ", "colours", "signs"), KINDS)
async def test_a_terminal_gets_its_colours_and_its_signs(
    environ: dict[str, str], colours: str, signs: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("TERM", "COLORTERM", "COLORFGBG", "NO_COLOR", "TMUX", "STY", "LC_ALL", "LC_CTYPE", "LANG")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"LANG": "en_US.UTF-8"} | environ).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("locale.getencoding", lambda: "ANSI_X3.4-1968" if "LC_ALL" in environ else "UTF-8")
    app = Taskdeck(FakeDesk(40))
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        frame = written(pilot)
        seen = set[str]().union(*(of(found) for found in SGR.findall(frame)))
        assert (seen or {NONE}) <= {colours, SIXTEEN if colours == MANY else colours}
        assert colours in (seen or {NONE})
        assert app.plain_signs is (signs == "ascii")
        if app.plain_signs:
            own = set("".join(glyphs.UNICODE.states.values()) + "⣿⣀❚›") - set("".join(glyphs.ASCII.states.values()))
            assert not own & set(frame)
        shown = pyte.Screen(120, 40)
        pyte.Stream(shown).feed(frame)
        assert "taskdeck" in shown.display[0]


@pytest.mark.screen
async def test_every_size_shows_something_that_fits() -> None:
    app = Taskdeck(FakeDesk(300), theme_name="deck-dark")
    async with app.run_test(size=(120, 40)) as pilot:
        for keys, sizes in (((), SIZES), (("0",), SIZES[-1:])):
            await pilot.press(*keys)
            for columns, lines in sizes:
                await pilot.resize_terminal(columns, lines)
                await settle(pilot)
                strips = app.screen._compositor.render_strips()
                assert [strip.cell_length for strip in strips] == [columns] * lines
                text = "\n".join(strip.text for strip in strips)
                if columns < 60 or lines < 15:
                    assert "FC" not in text
                else:
                    assert "taskdeck" in strips[0].text


@pytest.mark.screen
async def test_what_is_pasted_is_cleaned_and_no_key() -> None:
    app = Taskdeck(FakeDesk(40), theme_name="deck-dark")
    async with app.run_test(size=(120, 40)) as pilot:
        await settle(pilot)
        before = written(pilot)
        app.post_message(events.Paste("q\ny\x1b[31m:quit\n"))
        await settle(pilot)
        assert app.is_running
        assert "quit?" not in written(pilot)
        assert SGR.sub("", written(pilot)).count("\n") == SGR.sub("", before).count("\n")
        await pilot.press("/")
        app.post_message(events.Paste("state:fail\x1b]0;owned\x07\u202e\u200b\r\nq"))
        await settle(pilot)
        frame = written(pilot)
        assert "state:fail" in SGR.sub("", frame)
        assert not re.search("\x1b\\]|\x07|\u202e|\u200b", frame)


@pytest.mark.parametrize(
    ("environ", "found"),
    [
        ({"LC_ALL": "zh_CN.GBK", "LANG": "en_US.UTF-8"}, "gbk"),
        ({"LANG": "zh_CN.GB18030"}, "gb18030"),
        ({"LANG": "zh_CN.GBK", "LC_CTYPE": "C.UTF-8"}, "gbk"),  # Python's own doing
        ({"LC_CTYPE": "zh_TW.Big5"}, "big5"),
        ({"LANG": "de_DE.ISO-8859-15@euro"}, "iso8859-15"),
        ({"LANG": "zh_CN.UTF-8"}, "utf-8"),
        ({"LC_ALL": "POSIX", "LANG": "zh_CN.UTF-8"}, None),
        ({"LC_ALL": "C"}, None),
        ({"LANG": "xx_XX.nosuch"}, None),
        ({}, None),
    ],
)
def test_the_charset_of_a_locale(environ: dict[str, str], found: str | None) -> None:
    assert charset.named(environ) == found
    assert charset.wide(found) is (found in ("gbk", "gb18030", "big5"))


def test_signs_of_ambiguous_width_are_one_cell_where_they_would_be_two() -> None:
    text = "“删除”…—·→ ЖΩ é ①§ ok 处理\u0301"
    assert text.translate(charset.Narrow(letters=True)) == '"删除".-.> ?? ? ?? ok 处理\u0301'
    assert text.translate(charset.Narrow(letters=False)) == '"删除".-.> ЖΩ é ①? ok 处理\u0301'
