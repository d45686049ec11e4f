"""Kept: one account's credential, held until it ends or its place changes; one look at a time, whoever asks."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Callable
from contextlib import suppress

from tui.calls import Credential
from tui.credentials.moments import told
from tui.credentials.origin import Origin
from tui.errors import NoCredential

LOOK_SECONDS = 5.0  # between two looks for a key that is missing or refused; doubled up to the origin's patience
EARLY_SECONDS = 0.5  # many sources wait for one account, each every 5 s: the first of them looks, for all
FAILED_SECONDS = 2.0  # so long a failure answers everybody: the sources of an account begin within 0.3 s
SHARE = 0.2  # of its life at most: the margin before a key ends, where the life is short
RETRY_SECONDS = 30.0  # between two attempts to renew a key that still works

log = logging.getLogger(__name__)


class Kept:
    """A CredentialSource for all the lines of an account: what its origin said last. No look for a key that works.

    `fresh()` looks again, but no oftener than is good for the origin; after `again()` the next one who asks waits
    for a look of that moment or later.
    """

    def __init__(self, origin: Origin, now: Callable[[], float] = time.time) -> None:
        self._origin, self._now = origin, now
        self._held: Credential | None = None
        self._error: NoCredential | None = None
        self._due = -math.inf  # loop time of the next look that nobody need ask for
        self._last = -math.inf  # loop time at which the last look was over
        self._wait = LOOK_SECONDS
        self._failures = 0
        self._asked, self._seen = 1, 0
        self._looking: asyncio.Task[None] | None = None

    @property
    def note(self) -> str:
        """What should be said of the place that the key comes from: a file that others can read."""
        return self._origin.note

    async def __call__(self) -> Credential:
        """The credential. Raises NoCredential."""
        if self._seen == self._asked:
            held = self._held
            if held is not None and self._lasts(held):
                if asyncio.get_running_loop().time() >= self._due:
                    self._look()  # behind the back of a request that can go now
                return held
            if self._error is not None and asyncio.get_running_loop().time() < self._due:
                raise self._error.anew()
        await self._looked()
        return self._answer()

    async def fresh(self) -> Credential:
        """The credential as its place has it now, for whoever waits for another one. Raises NoCredential."""
        early = asyncio.get_running_loop().time() < self._last + self._wait - EARLY_SECONDS
        if not (early and self._looking is None and self._seen == self._asked):
            before = self._held
            await self._looked()
            longest = max(LOOK_SECONDS, self._origin.patience)
            self._wait = min(2 * self._wait, longest) if self._held == before else LOOK_SECONDS
        return self._answer()

    def again(self) -> None:
        """The next one who asks waits for a new look: somebody says that the place has changed."""
        self._asked += 1
        self._wait = LOOK_SECONDS
        self._origin.again()

    async def aclose(self) -> None:
        """Ends a look that is under way, and the program that it waits for."""
        looking, self._looking = self._looking, None
        if looking is not None and not looking.done():
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking

    def _answer(self) -> Credential:
        held = self._held
        if held is not None and self._lasts(held):
            return held
        raise self._error.anew() if self._error is not None else NoCredential(_ended(held))

    def _lasts(self, held: Credential) -> bool:
        return held.expires_at is None or self._now() * 1000 < held.expires_at

    async def _looked(self) -> None:
        """Until a look is over that began after everything that was asked for by now."""
        asked = self._asked
        while True:
            await asyncio.shield(self._look())
            if self._seen >= asked:
                return

    def _look(self) -> asyncio.Task[None]:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._read())
            self._looking.add_done_callback(self._over)
        return self._looking

    def _over(self, looking: asyncio.Task[None]) -> None:
        if self._looking is looking:
            self._looking = None
        if not looking.cancelled() and (bug := looking.exception()) is not None:
            log.error("a look for a key ended in a bug: %s", type(bug).__name__)

    async def _read(self) -> None:
        asked, held = self._asked, self._held
        wanted = asked > self._seen  # somebody wants to know, whatever the place looks like
        over = held is not None and not self._lasts(held)
        try:
            if wanted or over or await self._origin.changed():
                self._take(await self._origin.read())
            elif held is not None and self._error is None:
                self._rest(held)
            else:  # as wrong as before
                self._fail(self._error, keep=True)
        except NoCredential as error:
            self._fail(error.anew(), keep=not wanted)  # what is kept has no trace: its frames hold the key
        self._seen, self._last = asked, asyncio.get_running_loop().time()

    def _take(self, found: Credential) -> None:
        if not self._lasts(found):
            raise NoCredential(_ended(found))
        renewed = found != self._held
        self._held, self._error, self._failures = found, None, 0
        self._rest(found, renewed=renewed)

    def _rest(self, held: Credential, *, renewed: bool = True) -> None:
        """When the next look is due: at its pace, or in time before the key ends."""
        loop, pace = asyncio.get_running_loop(), self._origin.pace
        self._due = math.inf if pace is None else loop.time() + pace
        if held.expires_at is not None:
            left = held.expires_at / 1000 - self._now()
            soon = left - min(self._origin.margin, SHARE * left) if renewed else RETRY_SECONDS
            self._due = min(self._due, loop.time() + soon)

    def _fail(self, error: NoCredential | None, *, keep: bool) -> None:
        """What still works is kept: until it ends, or through one look where a file was just being written."""
        held, now = self._held, asyncio.get_running_loop().time()
        self._error, self._failures = error, self._failures + 1
        lasting = held is not None and self._lasts(held)
        if keep and held is not None and lasting and (held.expires_at is not None or self._failures < 2):
            self._due = now + (RETRY_SECONDS if held.expires_at is not None else LOOK_SECONDS)
            return
        self._held, self._due = None, now + FAILED_SECONDS


def _ended(held: Credential | None) -> str:
    if held is None or held.expires_at is None:
        return "there is no key"
    return f"the temporary key ended at {told(held.expires_at)}"
