"""An account's line to its vendor: asks the budget and the latch, signs, judges, translates every failure once."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from functools import partial

from tui.budget import Budget, Lane
from tui.calls import Action, Ask, Credential, CredentialSource, Reply, Secret, Signed
from tui.errors import AuthError, BadRequest, CallError, ClockSkew, Malformed, NoCredential, WriteRefused
from tui.latch import Latch
from tui.net import Wire
from tui.settings import Account
from tui.settings.endpoints import host_of, is_loopback

TELLING = 2.0  # seconds by which a clock is off, at least: a Date header has whole seconds, and was under way
LOOK_SECONDS = 5.0  # between two looks for another credential; whoever keeps one may look less often
_NO_LIMIT: AbstractAsyncContextManager[None] = nullcontext()


class Clocks:
    """What we know of the providers' clocks, by origin: seconds to add to ours, once a provider has refused ours."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._offsets: dict[str, float] = {}

    def here(self) -> float:
        """Epoch seconds by this machine's clock."""
        return self._now()

    def now(self, origin: str) -> float:
        """Epoch seconds to sign with."""
        return self._now() + self.offset(origin)

    def offset(self, origin: str) -> float:
        """What `now` adds to this machine's clock."""
        return self._offsets.get(origin, 0.0)

    def correct(self, origin: str, offset: float) -> None:
        """Believes a provider that its clock is `offset` seconds ahead of ours."""
        self._offsets[origin] = offset


class Line:
    """One account's line to its vendor: a Call. Counts its calls and remembers the last measured skew."""

    def __init__(
        self,
        wire: Wire,
        account: Account,
        region: str,
        credential: CredentialSource,
        *,
        budget: Budget,
        clocks: Clocks,
        latch: Latch | None = None,
        write: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._wire, self._account, self._region, self._credential = wire, account, region, credential
        self._look: CredentialSource = getattr(credential, "fresh", credential)  # one that keeps nothing is fresh
        self._stale: Callable[[], None] = getattr(credential, "again", lambda: None)
        self._budget, self._clocks, self._write, self._sleep = budget, clocks, write, sleep
        self._latch = latch or Latch()
        self._lanes: dict[str, Lane | None] = {}
        self._used: Credential | None = None
        self.calls = 0
        self.skew: float | None = None

    @property
    def budget(self) -> float | None:
        """The part (0 to 1) of our share that the last minute used, of its tightest action; None: the share is off."""
        lanes = self._lanes.values()
        if math.isinf(self._account.rate_share):
            return None
        return max((lane.used for lane in lanes if lane), default=0.0)

    @property
    def closed_until(self) -> float | None:
        """Epoch seconds until which the provider has told us to wait with one of its actions; None: it is open."""
        seconds = max((lane.closed_for for lane in self._lanes.values() if lane), default=0.0)
        return self._clocks.here() + seconds if seconds > 0 else None

    @property
    def expires_at(self) -> int | None:
        """When the credential that was used last ends (epoch ms); None where nobody knows, or none was."""
        return self._used.expires_at if self._used is not None else None

    @property
    def key_note(self) -> str:
        """What should be said of the place that the credential comes from, "" where nothing."""
        return str(getattr(self._credential, "note", ""))

    async def credential(self) -> Credential:
        """The account's credential. Raises NoCredential."""
        self._used = None
        self._used = await self._credential()
        return self._used

    def again(self) -> None:
        """Looks for another credential, and lets one that was refused be tried once more: the user asked for it."""
        self._stale()
        self._latch.again()

    def open(self) -> None:
        """Lets one call of each action through, where the provider has told us to wait: the user asked for it."""
        for lane in self._lanes.values():
            if lane is not None:
                lane.again()

    async def renewed(self) -> None:
        """Waits until there is another credential than the last one, or until that one is no longer refused."""
        last, refused = self._used, self._latch.refuses(self._used, self)
        while True:
            await self._sleep(LOOK_SECONDS)
            with suppress(NoCredential):
                if await self._look() != last:
                    return
            if refused and not self._latch.refuses(last, self):
                return

    async def __call__(self, ask: Ask) -> Reply:
        """Signs, sends, judges; re-signs once with the provider's clock. Raises CallErrors only."""
        if ask.action.kind != "read" and not self._write:
            raise WriteRefused(f"{ask.action.name} changes something: needs write = true or --write")
        credential = await self.credential()
        if self._account.credentials == "demo" and not is_loopback(host_of(ask.origin)):
            raise NoCredential("the demo keys are for loopback endpoints only")
        try:
            return await self._once(ask, credential)
        except ClockSkew as skewed:
            offset = skewed.offset if skewed.offset is not None else self.skew
            if offset is None:
                raise
            self._clocks.correct(ask.origin, offset)
        try:
            return await self._once(ask, credential)
        except ClockSkew as skewed:
            agrees = abs(offset) < TELLING
            clock = "agrees with the provider's" if agrees else f"is off by {offset:+.0f} s"
            skewed.reword(f"this machine's clock {clock}: {skewed.message}")
            raise

    async def _once(self, ask: Ask, credential: Credential) -> Reply:
        if ask.by_token:
            async with self._turn(ask.action), self._wire.gate(ask.origin):
                return await self._sent(ask, credential)
        latch = self._latch
        latch.check(credential, self)
        few = latch.few if self._account.vendor == "huawei" else _NO_LIMIT
        async with self._turn(ask.action, partial(latch.check, credential, self)), self._wire.gate(ask.origin), few:
            if latch.refuses(credential, self):  # meanwhile
                async with latch.one_try(credential, self):
                    return await self._sent(ask, credential)
            return await self._sent(ask, credential)

    def _turn(self, action: Action, *check: Callable[[], None]) -> AbstractAsyncContextManager[None]:
        name = action.name
        if name not in self._lanes:
            account = self._account
            scope = (account.vendor, account.name, self._region)
            self._lanes[name] = self._budget.lane(scope, action, account.rate_share)
        lane = self._lanes[name]
        return lane.turn(*check) if lane else _NO_LIMIT

    async def _sent(self, ask: Ask, credential: Credential) -> Reply:
        offset = self._clocks.offset(ask.origin)
        try:
            signed = ask.sign(ask, credential, self._clocks.now(ask.origin))
        except UnicodeError:  # half a surrogate pair in an id that a cloud gave us
            raise BadRequest(f"a name or an id of {ask.action.name} cannot be signed") from None
        self.calls += 1
        try:
            reply = await self._judged(ask, signed, offset)
        except CallError as error:
            _hide(error, credential, signed)
            if isinstance(error, AuthError) and not ask.by_token:
                # Huawei says the same of a wrong key and of a wrong signature, and locks a key after five of them
                signature = self._account.vendor != "huawei" and "signature" in error.code.lower()
                self._latch.close(credential, error, self, signature=signature)
            raise
        if not ask.by_token:
            self._latch.proved(credential)
        return reply

    async def _judged(self, ask: Ask, signed: Signed, offset: float) -> Reply:
        reply = await self._wire.send(ask, signed)
        if reply.skew is not None:
            self.skew = reply.skew
        error = ask.judge(_as_signed(reply, offset))
        if isinstance(error, ClockSkew) and error.offset is not None:
            error.offset += offset
        if error is not None:
            raise error
        if not reply.parsed and not (ask.action.kind == "write" and not reply.body.strip()):
            raise Malformed(f"{reply.told}: not JSON", http_status=reply.status)
        return reply


def _as_signed(reply: Reply, offset: float) -> Reply:
    """A reply with the skew of the clock that signed: ours may have been put right since we corrected it."""
    return reply if reply.skew is None else reply._replace(skew=reply.skew - offset)


def _hide(error: CallError, credential: Credential, signed: Signed) -> None:
    """Takes our secrets out of what a server said: Alibaba quotes the signed headers, an STS token among them."""
    tokens = [Secret(value) for name, value in signed.headers if "token" in name.lower()]

    def hidden(text: str) -> str:
        text = credential.hide(text)
        for token in tokens:
            text = token.hide(text)
        return text

    error.reword(hidden(error.message))
    error.code = hidden(error.code)
    error.request_id = error.request_id and hidden(error.request_id)
