"""Palette: a theme as it was read; Look: the one that is worn, for those who draw."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.style import Style

if TYPE_CHECKING:
    from textual.theme import Theme


class Palette(NamedTuple):
    """A theme: styles by token, and the files it was read from."""

    name: str
    dark: bool
    ansi: bool
    colors: Mapping[str, str]
    styles: Mapping[str, Style]
    files: tuple[Path, ...] = ()

    def colours(self, token: str, under: str = "") -> tuple[str, str]:
        """`#rrggbb` of a token's text and of what is beneath it; `under` is the token of the line, if any."""
        below = self.styles[under] if under else Style()
        style = below + self.styles[token]
        ink = style.color.name if style.color else self.colors["foreground"]
        paper = style.bgcolor.name if style.bgcolor else self.colors["background"]
        return (paper, ink) if style.reverse else (ink, paper)

    def textual(self, name: str = "") -> Theme:
        """The same as a theme of Textual: what CSS draws is only the background."""
        from textual.theme import BUILTIN_THEMES, Theme

        background, foreground = (self._css(self.colors[one]) for one in ("background", "foreground"))
        return Theme(
            name=name or f"taskdeck-{self.name}",
            dark=self.dark,
            ansi=self.ansi,
            primary="ansi_blue" if self.ansi else foreground,
            background=background,
            foreground=foreground,
            surface=background,
            panel=background,
            variables=BUILTIN_THEMES["ansi-dark" if self.dark else "ansi-light"].variables if self.ansi else {},
        )

    def _css(self, colour: str) -> str:
        return colour if colour.startswith("#") else f"ansi_{colour}"


class Look:
    """The theme that is worn now. Whoever draws asks it each time: another palette may come while the monitor runs."""

    def __init__(self, palette: Palette) -> None:
        self.wear(palette)

    def wear(self, palette: Palette) -> None:
        """Another theme."""
        self.palette = palette
        self.styles = palette.styles

    @property
    def name(self) -> str:
        """Of the theme."""
        return self.palette.name

    def __getitem__(self, token: str) -> Style:
        return self.styles[token]
