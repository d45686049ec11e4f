"""The OS keyring as a cabinet: Secret Service, macOS Keychain or Windows Credential Locker, chosen by the platform.

Never by `keyring.get_keyring()`: what else is installed, configured or in the environment changes nothing.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from tui.credentials import ways
from tui.credentials.bounded import Breaker, bounded
from tui.errors import NoCredential

SERVICE = "taskdeck"
SECONDS = 3.0
"""How long a call may take."""
UNLOCK_SECONDS = 30.0
"""How long the user may take for an unlock that was asked for."""

Answer = TypeVar("Answer")


class Store(Protocol):
    """A platform's keyring, blocking. What goes wrong is a NoCredential, or any other error."""

    def get(self, account: str) -> str | None:
        """What is kept for an account."""
        ...

    def put(self, account: str, text: str) -> None:
        """Keeps it."""
        ...

    def delete(self, account: str) -> bool:
        """Forgets it."""
        ...

    def names(self) -> Sequence[str]:
        """Whose keys are kept."""
        ...

    def unlock(self) -> None:
        """Has the platform ask the user for the keyring's password."""
        ...

    def check(self) -> None:
        """Nothing, where it can be used."""
        ...


_BREAKER = Breaker()  # one for the process: the machine has one keyring, and all accounts' calls hang together


class Keyring:
    """A Cabinet. Its NoCredential has a `code` of `tui.credentials.ways`: with LOCKED, `unlock` is worth a try."""

    name = "keyring"

    def __init__(
        self, store: Callable[[float], Store] | None = None, *, seconds: float = SECONDS, breaker: Breaker = _BREAKER
    ) -> None:
        self._store = store or native
        self._seconds = seconds
        self._breaker = breaker

    async def get(self, account: str) -> str | None:
        """What is kept for an account; None where nothing is."""
        return await self._ask(lambda store: store.get(account))

    async def put(self, account: str, text: str) -> None:
        """Keeps a text for an account, in place of what was kept before."""
        await self._ask(lambda store: store.put(account, text))

    async def delete(self, account: str) -> bool:
        """Forgets what is kept for an account; False where nothing was."""
        return await self._ask(lambda store: store.delete(account))

    async def names(self) -> Sequence[str]:
        """The accounts that have something in the keyring."""
        return await self._ask(lambda store: store.names())

    async def trouble(self) -> str | None:
        """None where the keyring can be used now, else why not and the exact way out."""
        try:
            await self._ask(lambda store: store.check())
        except NoCredential as error:
            return error.message
        return None

    async def unlock(self) -> None:
        """Has the platform ask the user for the keyring's password, for 30 s. NoCredential where it stays locked."""
        self.again()
        await self._ask(lambda store: store.unlock(), UNLOCK_SECONDS)

    def again(self) -> None:
        """The next call really asks, though one before did not answer."""
        self._breaker.close()

    async def _ask(self, work: Callable[[Store], Answer], seconds: float | None = None) -> Answer:
        limit = self._seconds if seconds is None else seconds
        if self._breaker.open:
            raise ways.hung(self._seconds)
        try:
            return await bounded(lambda: work(self._store(limit)), limit)
        except NoCredential as error:
            if error.code == ways.HUNG:
                self._breaker.trip()
            raise
        except TimeoutError:
            self._breaker.trip()
            raise ways.hung(limit) from None
        except asyncio.CancelledError:
            raise
        except Exception as error:  # noqa: BLE001 - of D-Bus, of the Keychain, of ctypes: no caller knows them all
            raise ways.failed(error) from None


def native(seconds: float) -> Store:
    """This platform's own."""
    if sys.platform == "linux":
        from tui.credentials.secret_service import SecretServiceStore

        return SecretServiceStore(SERVICE, seconds)
    raise NoCredential(f"no keyring on {sys.platform}", code=ways.NO_KEYRING)
