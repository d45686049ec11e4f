"""Themes: one TOML file each, tokens -> styles. Widgets name tokens, never colours."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from tui.errors import ConfigError
from tui.model import BAD, State
from tui.text import clean
from tui.ui.palette import Look, Palette
from tui.ui.theme_file import read

__all__ = ["AUTO", "PLAIN", "TONES", "Look", "auto", "choose", "colourless", "folder", "load", "names", "palette"]

AUTO, PLAIN = "auto", "mono"
TONES: Mapping[State, str] = {
    **dict.fromkeys(State, "state.live"),
    **dict.fromkeys(BAD, "state.bad"),
    State.SUCCEEDED: "state.ok",
    State.QUEUED: "state.idle",
    State.CANCELLED: "state.idle",
    State.UNKNOWN: "state.unknown",
}


def folder() -> Path:
    """Where the themes are: in the package once installed, beside it in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "themes"
    return installed if installed.is_dir() else package.parent / "themes"


def names(own: Path | None = None) -> list[str]:
    """The themes there are, those in the user's folder among them."""
    return sorted({path.stem for place in (folder(), own) if place is not None for path in place.glob("*.toml")})


def palette(name: str, own: Path | None = None) -> Palette:
    """One theme by name, the user's before ours. Raises ConfigError, which names those that exist."""
    return _palette(name, own, ())


def load(name: str, own: Path | None = None) -> Look:
    """The same, to draw with."""
    return Look(palette(name, own))


def colourless(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether colours are not wanted: NO_COLOR wins over every theme."""
    return "NO_COLOR" in environ


def choose(wanted: str, environ: Mapping[str, str] = os.environ, own: Path | None = None) -> Look:
    """The theme for `monitor.theme`; `auto` is what the environment says until the terminal answers."""
    if colourless(environ):
        return load(PLAIN, own)
    return load(auto(environ) if wanted == AUTO else wanted, own)


def auto(environ: Mapping[str, str] = os.environ, *, light: bool | None = None) -> str:
    """The theme for a terminal: how many colours it has, and whether its background is light, as far as is known."""
    shows_many = "256" in environ.get("TERM", "") or environ.get("COLORTERM", "") in ("truecolor", "24bit")
    if light is None:
        light = environ.get("COLORFGBG", "").rpartition(";")[2] in ("7", "15")
    if environ.get("TERM", "").startswith("vt"):
        return PLAIN  # DEC's, and what takes their names: no colour at all
    kind = "deck" if shows_many or "TERM" not in environ else "ansi"
    return f"{kind}-{'light' if light else 'dark'}"


def _palette(name: str, own: Path | None, above: tuple[Path, ...]) -> Palette:
    """`above` are the files that build upon it: the user's deck-dark may build upon ours."""
    known = [AUTO, *names(own)]
    if name not in known[1:]:
        from tui.ui.commands import nearest

        near = nearest(name, known)
        there = f"did you mean {near}?" if near else f"there are: {', '.join(known)}"
        raise ConfigError(clean(f"theme {name[:40]!r} does not exist; {there}"))
    for place in (own, folder()):
        path = place / f"{name}.toml" if place is not None else None
        if path is not None and path.exists() and path not in above:
            return read(path, partial(_palette, own=own, above=(*above, path)))
    raise ConfigError(clean(f"theme {name!r} builds upon itself"))
