"""What the faults have in store for one request."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turn:
    """A front looks here while it answers; all defaults is a calm day."""

    shift: int = 0  # rows that a later page seems to have moved by
    drift: int = 0  # how far a total is off
    repeat: bool = False  # the next cursor is the one that was sent
    lapsed: bool = False  # the cursor has expired
    wrap: bool = False  # a page past the end shows page 1
    denied: bool = False  # the action is not allowed
    gone_key: bool = False  # the key was deleted
    stale_token: bool = False  # the temporary token has expired


CALM = Turn()
