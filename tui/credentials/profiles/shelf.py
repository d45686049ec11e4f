"""Shelf: the vendors' files of one look: bounded, regular, UTF-8; and what they looked like. All of it blocks."""

from __future__ import annotations

import configparser
import json
import os
import shlex
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tui.errors import NoCredential
from tui.text import clean

LARGEST = 1_000_000  # bytes; a config of a hundred profiles has some 60,000
Stamp = tuple[int, int, int, int] | None
"""Device, inode, size and time of change of a file; None where there is none."""


class Shelf:
    """Reads files and remembers their stamps; NoCredential says which file is wrong and how."""

    def __init__(self, environ: Mapping[str, str], account: str) -> None:
        self._environ, self._account = environ, account
        self._home = environ.get("HOME") or os.path.expanduser("~")  # noqa: PTH111 - Path.home() raises without one
        self.stamps: dict[str, Stamp] = {}
        self.note = ""

    def place(self, path: str, variable: str = "") -> str:
        """A file of the home, unless this variable names another one."""
        named = self._environ.get(variable, "") if variable else ""
        return os.path.join(self._home, named or path)  # noqa: PTH118 - a path in text is what messages quote

    def told(self, path: str) -> str:
        """A path as people write it."""
        inside = path.removeprefix(self._home.rstrip("/") + "/")
        return clean(path if inside == path else f"~/{inside}")

    @staticmethod
    def stamp(path: str) -> Stamp:
        """What a file looks like now: a change of its mode counts too."""
        try:
            found = Path(path).stat()
        except (OSError, ValueError):
            return None
        return found.st_dev, found.st_ino, found.st_size, found.st_ctime_ns

    def text(self, path: str) -> str | None:
        """What is in a file; None where there is none."""
        self.stamps[path] = self.stamp(path)
        try:
            # Without O_NONBLOCK, opening a pipe would wait for its writer.
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        except FileNotFoundError:
            return None
        except ValueError:
            raise self.wrong(path, "that is no path") from None
        except OSError as error:
            raise self.wrong(path, error.strerror or type(error).__name__) from None
        state = os.fstat(handle)
        if not stat.S_ISREG(state.st_mode):
            os.close(handle)
            raise self.wrong(path, "that is no regular file")
        with os.fdopen(handle, "rb") as file:
            try:
                data = file.read(LARGEST + 1)
            except OSError as error:
                raise self.wrong(path, error.strerror or type(error).__name__) from None
        if len(data) > LARGEST:
            raise self.wrong(path, f"more than {LARGEST:,} bytes: no vendor writes that")
        mode = stat.S_IMODE(state.st_mode)
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            shown = self.told(path)
            self.note = f"others can reach {shown} (mode {mode:04o}): chmod 600 {shlex.quote(clean(path))}"
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise self.wrong(path, "that is no UTF-8 text") from None

    def json(self, path: str) -> Mapping[str, Any] | None:
        """The JSON object in a file."""
        text = self.text(path)
        if text is None:
            return None
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):  # the second: ten thousand brackets
            raise self.wrong(path, "that is no JSON") from None
        if not isinstance(found, dict):
            raise self.wrong(path, "that is no JSON object")
        return found

    def sections(self, path: str) -> Mapping[str, Mapping[str, str]] | None:
        """The sections of an ini file. A percent sign is one, and the section DEFAULT is like any other."""
        text = self.text(path)
        if text is None:
            return None
        reader = configparser.RawConfigParser(strict=False, default_section="\0")
        try:
            reader.read_string(text)
        except configparser.Error:  # its text quotes the line, which may be a key
            raise self.wrong(path, "that is no ini file") from None
        return {name: dict(reader.items(name)) for name in reader.sections()}

    def wrong(self, path: str, problem: str) -> NoCredential:
        """An error about a file."""
        return NoCredential(f"account {self._account}: {self.told(path)}: {problem}; mend it with the vendor's CLI")
