"""The brake: what Huawei refused is not sent again for a while, by nobody who has the same key (api/huawei.md 4.1)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from tui.calls import Ask, Call, Credential, Reply
from tui.errors import AuthError, CallError, ClockSkew

if TYPE_CHECKING:
    import asyncio

LOCK_SECONDS = 300.0  # more than five refusals in a row lock a key for so long
LATELY_SECONDS = 60.0  # a search through 30 regions logs in to each, one after the other, a second or less apart
UNPROVEN_AT_ONCE = 2  # each may be re-signed once, which makes four refusals: one less than what locks


class Brake:
    """Holds back what was refused, because more than five refusals in a row lock a key (api/huawei.md 4.1)."""

    def __init__(self) -> None:
        self._error: CallError | None = None
        self._since = 0.0
        self._seconds = 0.0

    def press(self, error: CallError, now: float, seconds: float) -> None:
        """From `now` (epoch seconds) on, for `seconds`."""
        self._error, self._since, self._seconds = error, now, seconds

    def check(self, now: float) -> None:
        """Raises the refusal again, without sending anything, while the brake holds."""
        error = self._error
        if error is None:
            return
        self._since = min(self._since, now)  # the clock was set back: do not hold longer for that
        if now >= self._since + self._seconds:
            self._error = None
            return
        until = _utc(self._since + self._seconds)
        again = type(error)(
            f"refused at {_utc(self._since)}, not sent again before {until} or until the credential changes: "
            f"{error.message}",
            code=error.code,
            request_id=error.request_id,
            http_status=error.http_status,
        )
        if isinstance(error, ClockSkew) and isinstance(again, ClockSkew):
            again.offset = error.offset
        raise again


class Standing:
    """How one credential stands with Huawei. Until a first call succeeds, few are sent at once."""

    def __init__(self) -> None:
        import asyncio  # 40 ms, which a command without a network need not pay

        self.brake = Brake()
        self.login = asyncio.Lock()
        self.good_at = float("-inf")
        """When a login was good last (epoch seconds)."""
        self._scopes: dict[str, Brake] = {}
        self._proven = False
        self._unproven = asyncio.Semaphore(UNPROVEN_AT_ONCE)

    def scope(self, name: str) -> Brake:
        """The brake of a login to one project alone."""
        return self._scopes.setdefault(name, Brake())

    def lately_good(self, now: float) -> bool:
        """Whether a login was good a moment ago: one that is refused says something about its project."""
        return 0 <= now - self.good_at < LATELY_SECONDS

    async def send(self, call: Call, ask: Ask, clock: Callable[[], float]) -> Reply:
        """`call` with a signed ask; a refusal stops all calls with this credential for a while."""
        self.brake.check(clock())
        if self._proven:
            return await self._send(call, ask, clock)
        async with self._unproven:
            self.brake.check(clock())
            return await self._send(call, ask, clock)

    async def _send(self, call: Call, ask: Ask, clock: Callable[[], float]) -> Reply:
        try:
            reply = await call(ask)
        except (AuthError, ClockSkew) as error:
            self._proven = False
            self.brake.press(error, clock(), LOCK_SECONDS)
            raise
        self._proven = True
        return reply


# The lock is on the key, so all sources with one key share what is known of it; by loop, as the locks inside are.
_STANDINGS: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Credential, Standing]] = WeakKeyDictionary()
_STANDINGS_KEPT = 32  # STS keys change by the hour


def standing(credential: Credential) -> Standing:
    """What is known of a credential by all sources together."""
    from asyncio import get_running_loop

    known = _STANDINGS.setdefault(get_running_loop(), {})
    key = replace(credential, project_id=None)
    if key not in known:
        while len(known) >= _STANDINGS_KEPT:
            del known[next(iter(known))]
        known[key] = Standing()
    return known[key]


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
