"""Ink: text and styles on their way to one line of the screen, never wider than it may be."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.text import cut_end, width

PLAIN = Style()


class Ink:
    """One line being written. What is added must be clean."""

    def __init__(self) -> None:
        self.parts: list[tuple[str, Style]] = []
        self.width = 0

    def add(self, text: str, style: Style = PLAIN, cells: int | None = None) -> Ink:
        """Writes on; who knows how many `cells` the text has saves counting them."""
        if text:
            self.parts.append((text, style))
            self.width += width(text) if cells is None else cells
        return self

    def extend(self, other: Ink) -> Ink:
        """Writes what another one holds."""
        self.parts += other.parts
        self.width += other.width
        return self

    def fill(self, cells: int, style: Style = PLAIN, sign: str = " ") -> Ink:
        """Blank up to a column."""
        return self.add(sign * (cells - self.width), style)

    def strip(self, cells: int, under: Style = PLAIN) -> Strip:
        """Exactly `cells` cells, `under` beneath everything; equal neighbours become one segment.

        Not so wide characters: a picture of the screen then shows the columns after them in their place.
        """
        segments: list[Segment] = []
        fits = self.width <= cells  # nearly always: then no text is measured again
        room = cells - self.width if fits else cells
        for text, style in self.parts:
            if not fits:
                if width(text) > room:
                    text = cut_end(text, room)
                room -= width(text)
            if under is not PLAIN:
                style = laid(under, style)
            alike = segments and (segments[-1].style is style or segments[-1].style == style)
            if alike and text.isascii() and segments[-1].text.isascii():
                segments[-1] = Segment(segments[-1].text + text, style)
            elif text:
                segments.append(Segment(text, style))
            if room <= 0 and not fits:
                break
        if room > 0:
            segments.append(Segment(" " * room, under))
        return Strip(segments, cells)


@lru_cache(maxsize=1_024)
def laid(under: Style, style: Style) -> Style:
    """A style on that of its line. On a reversed line a colour would become a patch of background: it keeps its weight.

    What is reversed itself, as a caret is, is turned back.
    """
    if not under.reverse:
        return under + style
    return under + Style(bold=style.bold, underline=style.underline, reverse=not style.reverse, link=style.link)


def between(left: Ink, right: Ink, cells: int, style: Style = PLAIN, sign: str = " ") -> Ink:
    """`left` and `right` at the two ends of a line; `right` goes where both do not fit."""
    if left.width + right.width + 1 > cells:
        return left
    return left.fill(cells - right.width, style, sign).extend(right)


def linked(style: Style, url: str) -> Style:
    """A style whose text is a hyperlink (OSC 8) where the terminal has those; it is underlined there.

    An address that is more than plain signs is none: Rich writes it into the sequence as it is.
    """
    plain = url.isascii() and url.isprintable()
    return style + Style(link=url, underline=True) if url and plain else style
