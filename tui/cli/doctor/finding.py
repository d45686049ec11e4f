"""What a doctor found: how it is, what was looked at, what there is to say, and the way out."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any, NamedTuple

from tui.cli.exits import Exit

NO_FACTS: Mapping[str, Any] = MappingProxyType({})


class Mark(StrEnum):
    """How it is: `warn` works today, `fail` does not."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


class Finding(NamedTuple):
    """One line. `name` is the account, host or source; `exit` what a script learns; `facts` are for JSON alone."""

    mark: Mark
    check: str
    said: str
    name: str = ""
    way: str = ""
    exit: Exit = Exit.FINE
    facts: Mapping[str, Any] = NO_FACTS
