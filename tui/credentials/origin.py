"""Origin: a place that keys are read from and that takes its time: a file, a keyring, another program."""

from __future__ import annotations

from typing import Protocol

from tui.calls import Credential


class Origin(Protocol):
    """One place that one account's credential comes from. Never written to.

    `pace`: how often a key that works is compared with its place, None: never. `patience`: the longest time between
    two looks for a key that is missing or refused; they begin every 5 s. `margin`: so long before a temporary key
    ends a new one is asked for. All in seconds; `note` is what should be said of the place, "" where nothing.
    """

    pace: float | None
    patience: float
    margin: float
    note: str

    def again(self) -> None:
        """Somebody asks for the next look, and waits for it: what was given up is tried once more."""
        ...

    async def read(self) -> Credential:
        """The credential, as it is there now. Raises NoCredential, which says where and what to do."""
        ...

    async def changed(self) -> bool:
        """Whether `read` may answer otherwise than the last time: cheap where it can be, else True."""
        ...
