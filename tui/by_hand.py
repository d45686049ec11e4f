"""The same question for the vendor's own command line, as text that is safe to paste. Pure."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import NamedTuple


class ByHand(NamedTuple):
    """How to ask for one task without this program: a command, others beside it, where that is documented.

    `beside` are commands with what they are for; `note` is what the reader may have to add.
    """

    command: str
    beside: tuple[tuple[str, str], ...] = ()
    document: str = ""
    note: str = ""


def word(text: str) -> str:
    """One argument that a shell reads back as it is. What it holds of control characters is spelled out.

    Within plain quotes an escape or a ctrl-c would still do something to the line that it is pasted into.
    """
    if text.isprintable():
        return shlex.quote(text)
    return "$'" + "".join(map(_escaped, text)) + "'"


def option(name: str, value: str) -> str:
    """`--name value`; a value that looks like an option itself is tied to its name."""
    return f"{name}={word(value)}" if value.startswith("-") else f"{name} {word(value)}"


def array(values: Sequence[str]) -> str:
    """A list as JSON, in ASCII."""
    return json.dumps(list(values))


def _escaped(char: str) -> str:
    if char in "\\'":
        return f"\\{char}"
    if char.isprintable():
        return char
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))
