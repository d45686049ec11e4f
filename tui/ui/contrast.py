"""Contrast: how well one colour stands out from another, as WCAG 2 counts, for all pairs of tokens that meet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from tui.ui.tokens import FAINT, MEETS

if TYPE_CHECKING:
    from tui.ui.palette import Palette

Rgb = tuple[float, float, float]
"""Red, green and blue from 0 to 1, as a screen has them."""
READABLE, VISIBLE = 4.5, 3.0
HALF = 0.179  # the luminance that stands out from black as much as from white


class Pair(NamedTuple):
    """A token on another, and their contrast."""

    under: str
    token: str
    ratio: float

    @property
    def least(self) -> float:
        """What it must have."""
        return VISIBLE if self.token in FAINT else READABLE


def rgb(text: str) -> Rgb:
    """The colour of `#rrggbb`."""
    red, green, blue = (int(text[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def linear(colour: Rgb) -> Rgb:
    """The light of a colour."""
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in colour)
    return red, green, blue


def luminance(colour: Rgb) -> float:
    """How bright it is: 0 is black, 1 white."""
    red, green, blue = linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: Rgb, other: Rgb) -> float:
    """From 1, the same, to 21, black on white."""
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


def pairs(palette: Palette) -> Iterator[Pair]:
    """Every pair of tokens that meet in a theme whose colours are its own; none of one with the terminal's."""
    if palette.ansi:
        return
    for under, tokens in MEETS.items():
        for token in tokens:
            ink, paper = palette.colours(token, under)
            yield Pair(under or "background", token, ratio(rgb(ink), rgb(paper)))
