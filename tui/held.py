"""Held: the secrets that this process has now, so that nothing it writes down quotes one of them."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from json import dumps
from typing import Protocol
from urllib.parse import quote
from weakref import WeakValueDictionary

LEAST = 6  # characters: a shorter one is in every second word


class Hiding(Protocol):
    """What knows how to take itself out of a text."""

    def hide(self, text: str) -> str:
        """The text without it."""
        ...

    def __len__(self) -> int: ...


_held: WeakValueDictionary[int, Hiding] = WeakValueDictionary()


def hold(secret: Hiding) -> None:
    """From now on nothing that is written down has it, for as long as anybody holds it."""
    _held[id(secret)] = secret


def without(text: str) -> str:
    """A text without the secrets that are held, in any spelling.

    The longest first: where one begins with another, the rest of it would be left standing.
    """
    for secret in sorted(_held.values(), key=len, reverse=True):
        if len(secret) >= LEAST:
            text = secret.hide(text)
    return text


def spellings(text: str) -> Iterator[str]:
    """The ways in which a text is quoted: as it is, in JSON, percent-encoded, in base64 at each of its three places."""
    yield text
    for plain in (True, False):
        written = dumps(text, ensure_ascii=plain)[1:-1]
        yield from (written, written.replace("/", "\\/"))
    for safe in ("", "/"):
        once = quote(text, safe=safe, errors="replace")
        yield from (once, re.sub("%..", lambda escape: escape[0].lower(), once), quote(once, safe=""))
    data = text.encode(errors="replace")
    for before in range(3):  # where in the encoded text it begins, modulo three bytes: the signs that are all its own
        coded = b64encode(bytes(before) + data).decode()[-(-8 * before // 6) : 8 * (before + len(data)) // 6]
        if len(coded) > 7:
            yield from (coded, coded.replace("+", "-").replace("/", "_"))
