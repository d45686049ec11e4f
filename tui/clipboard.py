"""The clipboard: which ways lead to it from here, and the bytes that a terminal takes for it. Pure, no Textual."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import NamedTuple

from tui.text import clean

MOST = 74_994  # bytes by OSC 52: in base64 they are 99,992 characters, and terminals stop at 100,000
CHUNK = 76  # characters in one of the pieces that GNU screen passes on
LONG = 1 << 30  # characters: nothing is cut, it is counted instead
REMOTE = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")
DEAF = ("linux", "dumb")  # terminals without a clipboard, by TERM
KEPT = (
    *("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TERM"),
    *("DISPLAY", "XAUTHORITY", "WAYLAND_DISPLAY", "XDG_RUNTIME_DIR", "TMUX", "TMUX_TMPDIR"),
)
"""The variables that a tool gets: the others may be keys."""
ON_WAYLAND = (("wl-copy", "--type", "text/plain"),)
ON_X11 = (("xclip", "-selection", "clipboard", "-in"), ("xsel", "--clipboard", "--input"))
ON_MACOS = (("pbcopy",),)
BY_TMUX = ("tmux", "load-buffer", "-w", "-")  # -w: and by OSC 52 to the terminal outside, where tmux may


class Tool(NamedTuple):
    """A program that takes a text on stdin."""

    name: str
    argv: tuple[str, ...]


@dataclass(frozen=True)
class Reach:
    """The ways from here: the first native tool that works, tmux's buffer beside it, else the terminal itself."""

    native: tuple[Tool, ...] = ()
    tmux: Tool | None = None
    terminal: bool = True
    in_screen: bool = False
    environ: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def tools(self) -> tuple[Tool, ...]:
        """All programs there are."""
        return self.native if self.tmux is None else (*self.native, self.tmux)


def reach(environ: Mapping[str, str], platform: str, which: Callable[[str], str | None]) -> Reach:
    """What there is: native tools only where the desktop is this machine's, never those of a folder one stands in."""

    def found(*commands: tuple[str, ...]) -> tuple[Tool, ...]:
        there = ((name, which(name), rest) for name, *rest in commands)
        return tuple(Tool(name, (path, *rest)) for name, path, rest in there if path and PurePath(path).is_absolute())

    native: tuple[Tool, ...] = ()
    if not any(environ.get(name) for name in REMOTE):
        if platform == "darwin":
            native = found(*ON_MACOS)
        else:
            native = found(*ON_WAYLAND) if environ.get("WAYLAND_DISPLAY") else ()
            native += found(*ON_X11) if environ.get("DISPLAY") else ()
    in_tmux = bool(environ.get("TMUX"))
    return Reach(
        native,
        next(iter(found(BY_TMUX)), None) if in_tmux else None,
        terminal=environ.get("TERM", "") not in DEAF,
        in_screen=bool(environ.get("STY")) and not in_tmux,
        environ={name: environ[name] for name in KEPT if name in environ},
    )


def harmless(text: str) -> str:
    """Foreign text for a clipboard: nobody it is pasted to takes it for a command, a key or a line of its own."""
    return clean(text, limit=LONG)


def osc52(text: str, *, in_screen: bool = False) -> str:
    """The sequence that has a terminal put a text into the clipboard; for GNU screen in pieces that it passes on.

    ValueError for more than terminals take.
    """
    data = text.encode("utf-8", "replace")
    if len(data) > MOST:
        raise ValueError(f"{len(data):,} bytes are more than OSC 52 takes ({MOST:,})")
    packed = b64encode(data).decode("ascii")
    if not in_screen:
        return f"\x1b]52;c;{packed}\x07"
    pieces = "\x1b\\\x1bP".join(packed[at : at + CHUNK] for at in range(0, len(packed), CHUNK))
    return f"\x1bP\x1b]52;c;{pieces}\x07\x1b\\"
