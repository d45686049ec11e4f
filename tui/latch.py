"""The latch of an account: a credential that its vendor has refused is not sent again, by any of its sources.

But for a signature that is refused of one source alone, while the same key has just been good for another: that says
something about what was signed, not about the key, and stops that source.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tui.calls import Credential
from tui.errors import AuthError

AT_ONCE = 4  # requests with one key under way where refusals lock it: Huawei does after more than five in a row
KEPT = 8  # refused credentials: whoever changes keys may change them back


class Latch:
    """Which credentials of one account were refused, and whether someone has asked to try once more."""

    def __init__(self) -> None:
        self._refused: dict[tuple[Credential, object], AuthError] = {}  # whose request may not be sent; None: anybody's
        self._good: Credential | None = None  # the last one that was, since the last refusal
        self._again = False
        self._trying: asyncio.Event | None = None
        self.few = asyncio.Semaphore(AT_ONCE)
        """What passes here is refused before much more of it is sent: sources are read together."""

    def refuses(self, credential: Credential | None, whose: object = None) -> bool:
        """Whether this credential was refused, for all or for `whose` requests."""
        return credential is not None and self._refusal(credential, whose) is not None

    def check(self, credential: Credential, whose: object = None) -> None:
        """Raises the refusal once more, unless a try is granted or under way."""
        if not self._again and self._trying is None:
            self._say(credential, whose)

    def proved(self, credential: Credential) -> None:
        """A request with it was answered."""
        self._good = credential

    def close(self, credential: Credential, error: AuthError, whose: object = None, *, signature: bool = False) -> None:
        """After a refusal, until there is another credential: for all, or `whose` signature alone was wrong.

        Two such refusals without a good answer in between, and it is the key: its secret was changed.
        """
        self._again = False
        alone = signature and self._good == credential
        self._good = None
        self._refused[credential, whose if alone else None] = error
        while len(self._refused) > KEPT:
            del self._refused[next(iter(self._refused))]

    def again(self) -> None:
        """Grants one try of what was refused: someone asked for it."""
        self._again = bool(self._refused)

    @asynccontextmanager
    async def one_try(self, credential: Credential, whose: object = None) -> AsyncIterator[None]:
        """For a refused credential: the try that was granted, else its outcome. Raises the refusal.

        Whoever asks while the one try is under way waits for it: a read sends two requests side by side, and the
        second must not end the read because the first is not answered yet.
        """
        while self._trying is not None:
            await self._trying.wait()
        if not self._again:
            self._say(credential, whose)
            yield
            return
        self._again = False
        self._trying = trying = asyncio.Event()
        try:
            yield
            self._refused.pop((credential, None), None)
            self._refused.pop((credential, whose), None)
        finally:
            self._trying = None
            trying.set()

    def _refusal(self, credential: Credential, whose: object) -> AuthError | None:
        if not self._refused:  # most accounts need no hash of their key
            return None
        return self._refused.get((credential, None)) or self._refused.get((credential, whose))

    def _say(self, credential: Credential, whose: object) -> None:
        error = self._refusal(credential, whose)
        if error is None:
            return
        raise AuthError(error.message, code=error.code, request_id=error.request_id, http_status=error.http_status)
