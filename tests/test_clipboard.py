"""Which ways lead to the clipboard, and the bytes a terminal takes for it."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.clipboard import KEPT, MOST, Reach, harmless, osc52, reach

DESKTOP = {"DISPLAY": ":0", "TERM": "xterm-256color", "PATH": "/usr/bin"}


def everything(name: str) -> str | None:
    return f"/usr/bin/{name}"


def names(found: Reach) -> list[str]:
    return [tool.name for tool in found.tools]


@pytest.mark.parametrize(
    ("environ", "platform", "wanted"),
    [
        (DESKTOP, "linux", ["xclip", "xsel"]),
        (DESKTOP | {"WAYLAND_DISPLAY": "wayland-0"}, "linux", ["wl-copy", "xclip", "xsel"]),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", ["wl-copy"]),
        ({"TERM": "xterm"}, "linux", []),
        ({}, "darwin", ["pbcopy"]),
        (DESKTOP | {"SSH_CONNECTION": "1 2 3 4"}, "linux", []),
        ({"SSH_TTY": "/dev/pts/1"}, "darwin", []),
        ({"TMUX": "/tmp/tmux-1/default,1,0"}, "linux", ["tmux"]),
        (DESKTOP | {"TMUX": "x", "SSH_CLIENT": "1"}, "linux", ["tmux"]),
        (DESKTOP | {"TMUX": "x"}, "linux", ["xclip", "xsel", "tmux"]),
        (DESKTOP | {"TMUX": ""}, "linux", ["xclip", "xsel"]),
    ],
)
def test_the_ways_by_surroundings(environ: Mapping[str, str], platform: str, wanted: list[str]) -> None:
    assert names(reach(environ, platform, everything)) == wanted


def test_a_tool_that_is_not_there_or_lies_where_one_stands_is_none() -> None:
    assert names(reach(DESKTOP, "linux", lambda name: None)) == []
    assert names(reach(DESKTOP | {"TMUX": "x"}, "linux", lambda name: f"./{name}")) == []


def test_a_tool_runs_by_its_path_and_sees_no_key() -> None:
    environ = DESKTOP | {"TENCENTCLOUD_SECRET_KEY": "s3cret", "HOME": "/home/me"}
    found = reach(environ, "linux", everything)
    assert found.native[0].argv == ("/usr/bin/xclip", "-selection", "clipboard", "-in")
    assert set(found.environ) == {"DISPLAY", "TERM", "PATH", "HOME"} <= set(KEPT)
    assert "s3cret" not in repr(found)
    assert "/home/me" not in repr(found)


@pytest.mark.parametrize(("term", "has"), [("xterm", True), ("linux", False), ("dumb", False), ("", True)])
def test_some_terminals_have_no_clipboard(term: str, has: bool) -> None:
    assert reach({"TERM": term}, "linux", everything).terminal is has


def test_screen_is_known_outside_tmux_alone() -> None:
    assert reach({"STY": "1.pts"}, "linux", everything).in_screen
    assert not reach({"STY": "1.pts", "TMUX": "x"}, "linux", everything).in_screen


@given(st.text(max_size=300), st.booleans())
def test_a_sequence_holds_the_text_and_nothing_of_it_raw(text: str, in_screen: bool) -> None:
    sequence = osc52(harmless(text), in_screen=in_screen)
    if in_screen:
        pieces = re.findall(r"\x1bP(.*?)\x1b\\", sequence, re.DOTALL)
        assert "".join(f"\x1bP{piece}\x1b\\" for piece in pieces) == sequence
        assert max(map(len, pieces)) <= 100
        sequence = "".join(pieces)
    found = re.fullmatch(r"\x1b\]52;c;([A-Za-z0-9+/]*={0,2})\x07", sequence)
    assert found
    assert base64.b64decode(found[1]).decode() == harmless(text).encode("utf-8", "replace").decode()


def test_more_than_terminals_take_is_an_error() -> None:
    assert len(osc52("x" * MOST)) == 100_000
    with pytest.raises(ValueError, match=r"74,995 bytes are more than OSC 52 takes \(74,994\)"):
        osc52("x" * (MOST + 1))
    with pytest.raises(ValueError, match="75,000 bytes"):
        osc52("界" * 25_000)


@given(st.text(max_size=300))
def test_what_is_harmless_is_one_line_without_controls(text: str) -> None:
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", harmless(text))


def test_a_long_text_is_not_cut() -> None:
    assert harmless("x" * 100_000 + "\x1b") == "x" * 100_000 + "\u241b"
