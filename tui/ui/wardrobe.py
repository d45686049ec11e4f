"""Wardrobe: the theme that is worn, those that may be, and whether the file of the worn one has changed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from tui.errors import ConfigError
from tui.ui import themes
from tui.ui.palette import Look, Palette


class Wardrobe:
    """`wanted` is a theme's name or `auto`, `own` the user's folder of themes. Raises ConfigError."""

    def __init__(self, wanted: str, own: Path | None = None, environ: Mapping[str, str] = os.environ) -> None:
        self._own, self._environ = own, environ
        self.colourless = themes.colourless(environ)
        self.automatic = wanted == themes.AUTO and not self.colourless
        self.look: Look = themes.choose(wanted, environ, own)
        self._stamps = self._look_at_files()

    @property
    def name(self) -> str:
        """Of the theme that is worn."""
        return self.look.palette.name

    def names(self) -> list[str]:
        """What can be worn."""
        return [themes.PLAIN] if self.colourless else themes.names(self._own)

    def find(self, name: str) -> Palette:
        """A theme by name, or what `auto` comes to. Raises ConfigError."""
        return themes.palette(themes.auto(self._environ) if name == themes.AUTO else name, self._own)

    def wear(self, palette: Palette) -> None:
        """Another theme."""
        self.look.wear(palette)
        self._stamps = self._look_at_files()

    def answered(self, *, light: bool) -> Palette | None:
        """What to wear now that the background is known; None where nothing changes."""
        name = themes.auto(self._environ, light=light)
        return self.find(name) if self.automatic and name != self.name else None

    def changed(self) -> Palette | None:
        """The worn theme anew, once after each change of its files. Raises ConfigError, once too."""
        stamps = self._look_at_files()
        if stamps == self._stamps:
            return None
        self._stamps = stamps
        if stamps and stamps[0] is None:
            raise ConfigError(f"{self.look.palette.files[0]}: gone; what was read of it stays")
        return self.find(self.name)

    def told(self, error: ConfigError) -> str:
        """A mistake as the screen says it: of a file in the user's folder without the way there, which has no room."""
        return str(error).replace(f"{self._own}{os.sep}", "") if self._own is not None else str(error)

    def _look_at_files(self) -> list[tuple[int, int] | None]:
        """When each was written, and how long it is; None where there is none."""
        return [_stamp(path) for path in self.look.palette.files]


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
