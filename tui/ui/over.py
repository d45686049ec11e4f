"""Over: a box above a screen that still shows round it. The last line of that screen tells the keys of the box."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.app import App
from textual.screen import ModalScreen

Answer = TypeVar("Answer")
Hints = tuple[tuple[str, str], ...]


class Over(ModalScreen[Answer], inherit_bindings=False):
    """`HINTS` are its keys; empty where the box says them itself."""

    HINTS: ClassVar[Hints] = ()


def hints_above(app: App[object]) -> Hints | None:
    """The keys of the box on top of all; None where none is open and a screen's own keys hold."""
    return app.screen.HINTS if isinstance(app.screen, Over) else None
