"""A screen as SVG: the same screen is the same text, and wide characters have the room they have in a terminal."""

from __future__ import annotations

import html
import re
from typing import Any

from textual.app import App

from tui.text import width

CELL = 12.2  # units of a cell, as Rich draws it
_TEXT = re.compile(r'textLength="[\d.]+"( clip-path="[^"]*">)([^<]*)</text>')


def picture(app: App[Any], title: str | None = None) -> str:
    """What is on the screen now. Rich makes up ids, and counts a wide character as one cell when it sets a text."""
    svg = re.sub(r"terminal-\d+", "terminal", app.export_screenshot(title=title))
    return _TEXT.sub(_measured, svg)


def _measured(found: re.Match[str]) -> str:
    cells = width(html.unescape(found[2]))
    return f'textLength="{round(cells * CELL, 1):g}"{found[1]}{found[2]}</text>'
