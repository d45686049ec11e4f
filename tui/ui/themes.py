"""Themes: one TOML file each, tokens -> styles. Widgets name tokens, never colours."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from rich.style import Style
from textual.theme import BUILTIN_THEMES, Theme

from tui.errors import ConfigError
from tui.model import BAD, State

TONES: Mapping[State, str] = {
    **dict.fromkeys(State, "state.live"),
    **dict.fromkeys(BAD, "state.bad"),
    State.SUCCEEDED: "state.ok",
    State.QUEUED: "state.idle",
    State.CANCELLED: "state.idle",
    State.UNKNOWN: "state.unknown",
}


@dataclass(frozen=True)
class Look:
    """A theme, read: styles by token."""

    name: str
    dark: bool
    ansi: bool
    colors: Mapping[str, str]
    styles: Mapping[str, Style]

    def __getitem__(self, token: str) -> Style:
        return self.styles[token]

    def textual(self) -> Theme:
        """The same as a theme of Textual: what CSS draws is only the background."""
        prefix = "ansi_" if self.ansi else ""
        background, foreground = prefix + self.colors["background"], prefix + self.colors["foreground"]
        accent = "ansi_blue" if self.ansi else foreground
        return Theme(
            name=f"taskdeck-{self.name}",
            dark=self.dark,
            ansi=self.ansi,
            primary=accent,
            background=background,
            foreground=foreground,
            surface=background,
            panel=background,
            variables=BUILTIN_THEMES["ansi-dark" if self.dark else "ansi-light"].variables if self.ansi else {},
        )


def folder() -> Path:
    """Where the themes are: in the package once installed, beside it in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "themes"
    return installed if installed.is_dir() else package.parent / "themes"


def names() -> list[str]:
    """The themes there are."""
    return sorted(path.stem for path in folder().glob("*.toml"))


@lru_cache(maxsize=8)
def load(name: str) -> Look:
    """One theme by name; ConfigError names those that exist."""
    if name not in names():
        raise ConfigError(f"theme {name!r} does not exist; there are: {', '.join(['auto', *names()])}")
    read: dict[str, Any] = tomllib.loads((folder() / f"{name}.toml").read_text(encoding="utf-8"))
    styles = {token: Style.parse(text or "none") for token, text in read["tokens"].items()}
    return Look(name, bool(read["dark"]), bool(read.get("ansi")), read["colors"], styles)


def choose(wanted: str, environ: Mapping[str, str] = os.environ) -> Look:
    """The theme for `monitor.theme`. NO_COLOR wins; auto looks at what the terminal says of itself."""
    if "NO_COLOR" in environ:
        return load("mono")
    if wanted != "auto":
        return load(wanted)
    shows_many = "256" in environ.get("TERM", "") or environ.get("COLORTERM", "") in ("truecolor", "24bit")
    background = environ.get("COLORFGBG", "").rpartition(";")[2]
    light = background in ("7", "15")
    if shows_many or "TERM" not in environ:
        return load("deck-light" if light else "deck-dark")
    return load("ansi-light" if light and "ansi-light" in names() else "ansi-dark")
