"""How often a call that failed is tried again and how long is waited; after which errors nothing more is sent."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeVar

from tui.errors import AuthError, CallError, ClockSkew, Malformed, NoCredential, Throttled, Unavailable

T = TypeVar("T")
# After these no other call of the account may be sent: Huawei locks a key after five bad signatures.
FATAL = (AuthError, NoCredential, ClockSkew)
AGAIN = (Throttled, Unavailable, Malformed)


class Patience(NamedTuple):
    """How often a call is tried, and how long at most is waited between two tries (seconds)."""

    tries: int = 4
    longest: float = 20.0
    first: float = 0.2
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    turn: Callable[[], Awaitable[None]] | None = None  # awaited before each slice of work, where others share the loop


PATIENT = Patience()


async def retrying(
    ask: Callable[[], Awaitable[T]],
    patience: Patience = PATIENT,
    waiting: Callable[[CallError, float], None] | None = None,
) -> T:
    """Tries again what was throttled, unavailable or unreadable: back-off with full jitter, or the provider's hint."""
    for attempt in range(1, patience.tries + 1):
        try:
            return await ask()
        except AGAIN as error:
            hint: float | None = getattr(error, "retry_after", None)
            backing_off = patience.first * 2**attempt * random.uniform(0.5, 1)
            pause = hint if hint is not None and hint >= 0 else backing_off  # "nan" and "yesterday" are no hints
            if attempt == patience.tries or pause > patience.longest:
                raise
            if waiting is not None:
                waiting(error, pause)
            await patience.sleep(pause)
    raise AssertionError("patience has at least one try")
