"""A theme file, read: every mistake in it is one line with file, line and token, and the token that may be meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from rich.style import Style

from tui.errors import ConfigError
from tui.text import clean
from tui.toml_lines import Path as Keys
from tui.toml_lines import line_of, toml
from tui.ui.palette import Palette
from tui.ui.tokens import TOKENS

LARGEST = 65_536  # bytes: the themes here have 2,000
KEYS = ("base", "dark", "ansi", "colors", "tokens")
COLORS = ("background", "foreground")
EIGHT = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
NAMED = ("default", *EIGHT, *(f"bright_{name}" for name in EIGHT))
"""The terminal's own colours, for themes with `ansi = true`."""
WEIGHTS = ("bold", "dim", "italic", "underline", "reverse", "strike")
_HEX = re.compile("#[0-9a-fA-F]{6}")


def read(path: Path, base: Callable[[str], Palette]) -> Palette:
    """The theme of a file; `base` answers with the theme it builds upon. Raises ConfigError."""
    file = _File(path, _text(path))
    return file.palette(base)


def _text(path: Path) -> str:
    try:
        if not path.is_file():  # a pipe would be waited for
            raise ConfigError(f"{path}: no file")
        if path.stat().st_size > LARGEST:
            raise ConfigError(f"{path}: larger than {LARGEST:,} bytes: no theme")
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}") from None


class _File:
    """The text of a theme file with its path, for what is to be said of it."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        self.data = toml(text, path)

    def palette(self, base: Callable[[str], Palette]) -> Palette:
        self._known((), self.data, KEYS)
        below = self._base(base)
        dark, ansi = (
            self._flag("dark", below.dark if below else None),
            self._flag("ansi", below.ansi if below else False),
        )
        colors, tokens = self._table("colors", COLORS), self._table("tokens", TOKENS)
        self._whole("colors", colors, COLORS, below)
        self._whole("tokens", tokens, TOKENS, below)
        for name, word in colors.items():
            self._colour(("colors", name), word, ansi=ansi)
        if below is not None and below.ansi != ansi:
            raise self._wrong(("ansi",), "must be that of its base")
        styles = {name: self._style(("tokens", name), text, ansi=ansi) for name, text in tokens.items()}
        return Palette(
            name=self.path.stem,
            dark=dark,
            ansi=ansi,
            colors={**(below.colors if below else {}), **colors},
            styles={**(below.styles if below else {}), **styles},
            files=(self.path, *(below.files if below else ())),
        )

    def _base(self, base: Callable[[str], Palette]) -> Palette | None:
        name = self.data.get("base")
        if name is None:
            return None
        if not isinstance(name, str):
            raise self._wrong(("base",), "the name of a theme is wanted")
        try:
            return base(name)
        except ConfigError as error:
            raise self._wrong(("base",), str(error)) from None

    def _flag(self, name: str, usual: bool | None) -> bool:
        value = self.data.get(name, usual)
        if not isinstance(value, bool):
            raise self._wrong((name,), "true or false is wanted" if name in self.data else "is missing: true or false")
        return value

    def _table(self, name: str, known: Iterable[str]) -> dict[str, str]:
        table = self.data.get(name, {})
        if not isinstance(table, dict):
            raise self._wrong((name,), "a table is wanted")
        self._known((name,), table, known)
        for key, value in table.items():
            if not isinstance(value, str):
                raise self._wrong((name, key), "a text is wanted")
        return table

    def _known(self, where: tuple[str, ...], table: Mapping[str, Any], known: Iterable[str]) -> None:
        for key in table:
            if key not in known:
                from tui.ui.commands import nearest

                near = nearest(key, known)
                what = "token" if where == ("tokens",) else "key"
                raise self._wrong((*where, key), f"no such {what}{f'; did you mean {near}?' if near else ''}")

    def _whole(self, where: str, table: Mapping[str, str], wanted: Iterable[str], below: Palette | None) -> None:
        missing = [] if below is not None else [name for name in wanted if name not in table]
        if missing:
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            way = 'a theme that says only some tokens begins with `base = "deck-dark"`'
            raise self._wrong((where,), f"{missing[0]}{more} missing; {way}")

    def _style(self, where: Keys, text: str, *, ansi: bool) -> Style:
        """`bold #ff7a7a on #11151c`: weights, a colour, a background."""
        words = text.split()
        colours = [at for at, word in enumerate(words) if word != "on" and word not in WEIGHTS]
        papers = [at for at in colours if at and words[at - 1] == "on"]
        for at in colours:
            self._colour(where, words[at], ansi=ansi)
        if words.count("on") != len(papers) or len(papers) > 1 or len(colours) - len(papers) > 1:
            raise self._wrong(where, f"{_brief(text)} is not like `bold #ff7a7a on #11151c`")
        return Style.parse(text or "none")

    def _colour(self, where: Keys, word: str, *, ansi: bool) -> None:
        if _HEX.fullmatch(word) or (ansi and word in NAMED):
            return
        if word in NAMED:
            raise self._wrong(where, f"{word} is a colour of the terminal, for themes with ansi = true; #rrggbb here")
        wanted = "#rrggbb, or default, red, bright_blue and the like" if ansi else "#rrggbb"
        raise self._wrong(where, f"{_brief(word)} is no colour: {wanted}")

    def _wrong(self, where: Keys, problem: str) -> ConfigError:
        name = ".".join(str(part) for part in where)
        return ConfigError(clean(f"{self.path}:{line_of(self.text, where)}: {name}: {problem}"))


def _brief(word: str) -> str:
    return repr(word[:40])
