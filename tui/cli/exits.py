"""Exit codes, and how failed sources add up to one (contract, sections 1 and 4)."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

from tui.errors import (
    AuthError,
    BadRequest,
    CallError,
    ClockSkew,
    Denied,
    Malformed,
    NoCredential,
    NotFound,
    Throttled,
    Unavailable,
    WriteRefused,
)

if TYPE_CHECKING:
    from tui.status import Trouble


class Exit(IntEnum):
    """What a script can rely on."""

    FINE = 0
    NOT_MET = 1
    USAGE = 2
    AUTH = 3
    THROTTLED = 4
    PARTIAL = 5
    NETWORK = 6
    BUG = 70


_GRAVITY = (Exit.AUTH, Exit.THROTTLED, Exit.NETWORK, Exit.USAGE, Exit.BUG)
_ASKED_WRONGLY = frozenset(kind.__name__ for kind in (NotFound, BadRequest, WriteRefused))


def code_of(error: CallError, *, of_task: bool = False) -> Exit:
    """The code of one failed call; `of_task`: it asked for one TASK, which may simply not exist."""
    match error:
        case AuthError() | Denied() | ClockSkew() | NoCredential():
            return Exit.AUTH
        case Throttled():
            return Exit.THROTTLED
        case Unavailable() | Malformed():
            return Exit.NETWORK
        case NotFound():
            return Exit.NOT_MET if of_task else Exit.USAGE
        case WriteRefused() | BadRequest():
            return Exit.USAGE
    return Exit.BUG


def code_of_trouble(trouble: Trouble) -> Exit:
    """The same code, of what the state of a source keeps of the error."""
    from tui.status import Word

    match trouble.word:
        case Word.NOKEY | Word.AUTH | Word.DENIED:
            return Exit.AUTH
        case Word.THROTTLED:
            return Exit.THROTTLED
        case Word.OFFLINE:
            return Exit.NETWORK
    if trouble.kind == Malformed.__name__:
        return Exit.NETWORK
    return Exit.USAGE if trouble.kind in _ASKED_WRONGLY else Exit.BUG


def summed(failures: Sequence[Exit], *, answered: bool) -> Exit:
    """The code of a command over several sources: 5 where some answered, else that of the gravest failure."""
    if not failures:
        return Exit.FINE
    if answered:
        return Exit.PARTIAL
    return min(failures, key=lambda one: _GRAVITY.index(one) if one in _GRAVITY else len(_GRAVITY))
