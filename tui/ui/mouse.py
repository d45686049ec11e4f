"""The mouse, on and off while the program runs. Off, the terminal's own selection works as in any shell."""

from __future__ import annotations

import os
from collections.abc import Mapping

from textual.driver import Driver

REMOTE = ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")


def wanted(choice: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether `ui.mouse` asks for it. Auto: not over SSH, where each movement of it is bytes, and copying needs it."""
    return choice == "on" or (choice != "off" and not any(environ.get(name) for name in REMOTE))


def switch(driver: Driver, on: bool) -> None:
    """Tells the terminal. Textual (8.2.8) has no way to: its driver says nothing once `_mouse` is off."""
    driver._mouse = True
    tell = getattr(driver, "_enable_mouse_support" if on else "_disable_mouse_support", None)
    if tell is not None:
        tell()
    if on and getattr(driver, "_in_band_window_resize", False):  # its answers are in pixels from then on
        driver._enable_mouse_pixels()  # type: ignore[attr-defined]
    driver._mouse = on  # what it does after ctrl-z and at the end
