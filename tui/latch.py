"""The latch of an account: a credential that its vendor has refused is not sent again, by any of its sources."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tui.calls import Credential
from tui.errors import AuthError

KEPT = 8  # refused credentials: whoever changes keys may change them back


class Latch:
    """Which credentials of one account were refused, and whether someone has asked to try once more."""

    def __init__(self) -> None:
        self._refused: dict[Credential, AuthError] = {}
        self._again = False
        self._trying: asyncio.Event | None = None

    def refuses(self, credential: Credential | None) -> bool:
        """Whether this credential was refused."""
        return bool(self._refused) and credential in self._refused  # most accounts need no hash of their key

    def check(self, credential: Credential) -> None:
        """Raises the refusal once more, unless a try is granted or under way."""
        if not self._again and self._trying is None:
            self._say(credential)

    def close(self, credential: Credential, error: AuthError) -> None:
        """After a refusal, until there is another credential."""
        self._again = False
        self._refused[credential] = error
        while len(self._refused) > KEPT:
            del self._refused[next(iter(self._refused))]

    def again(self) -> None:
        """Grants one try of what was refused: someone asked for it."""
        self._again = bool(self._refused)

    @asynccontextmanager
    async def one_try(self, credential: Credential) -> AsyncIterator[None]:
        """For a refused credential: the try that was granted, else its outcome. Raises the refusal.

        Whoever asks while the one try is under way waits for it: a read sends two requests side by side, and the
        second must not end the read because the first is not answered yet.
        """
        while self._trying is not None:
            await self._trying.wait()
        if not self._again:
            self._say(credential)
            yield
            return
        self._again = False
        self._trying = trying = asyncio.Event()
        try:
            yield
            self._refused.pop(credential, None)
        finally:
            self._trying = None
            trying.set()

    def _say(self, credential: Credential) -> None:
        if not self.refuses(credential):
            return
        error = self._refused[credential]
        raise AuthError(error.message, code=error.code, request_id=error.request_id, http_status=error.http_status)
