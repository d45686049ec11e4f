"""A cabinet: where this machine keeps an account's key. The OS keyring is one, the vault the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Cabinet(Protocol):
    """Keeps one text for each account: the JSON object of `tui.credentials.item`.

    Every method but `trouble` and `again` raises NoCredential where the cabinet cannot be used, with the cause and the
    way out in its message and one word for the cause in `code`. None blocks the loop, and none waits without a limit.
    """

    @property
    def name(self) -> str:
        """`keyring` or `vault`, as in the config."""
        ...

    async def get(self, account: str) -> str | None:
        """What is kept for an account; None where nothing is."""
        ...

    async def put(self, account: str, text: str) -> None:
        """Keeps a text, in place of what was kept before."""
        ...

    async def delete(self, account: str) -> bool:
        """Forgets what is kept for an account; False where nothing was."""
        ...

    async def names(self) -> Sequence[str]:
        """The accounts for which something is kept, in order."""
        ...

    async def trouble(self) -> str | None:
        """None where the cabinet can be used now, else why not, and the exact way out."""
        ...

    def again(self) -> None:
        """The next call really asks, though one before was not answered."""
        ...
