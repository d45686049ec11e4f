"""The OS keyring as a cabinet: Secret Service, macOS Keychain or Windows Credential Locker, by the platform alone.

Never by `keyring.get_keyring()`: what else is installed, in the environment or in keyring's own config changes nothing.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar

from tui.calls import Secret
from tui.credentials import ways
from tui.credentials.bounded import Breaker, bounded
from tui.credentials.ways import Plight
from tui.errors import NoCredential

log = logging.getLogger(__name__)

SERVICE = "taskdeck"
SECONDS = 3.0
"""How long a call may take."""
UNLOCK_SECONDS = 30.0
"""How long the user may take for an unlock that was asked for."""

Answer = TypeVar("Answer")


class Store(Protocol):
    """A platform's keyring, blocking. What goes wrong is a Plight, or an error that nobody foresaw."""

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

    def unlock(self, phrase: Secret | None) -> None:
        """With the keyring's password, or else by having the platform ask for it."""
        ...

    def check(self) -> None:
        """Nothing, where it can be used."""
        ...


# One for the process: the machine has one keyring, and all accounts' calls hang together.
_BREAKER = Breaker()


class Keyring:
    """A Cabinet. No call but `unlock` makes the platform ask the user anything: a locked keyring is left alone.

    Its NoCredential has a `code` of `tui.credentials.ways`; where that is LOCKED, `unlock` is worth a try.
    """

    name = "keyring"

    def __init__(
        self,
        store: Callable[[float], Store] | None = None,
        *,
        seconds: float = SECONDS,
        breaker: Breaker = _BREAKER,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        self._store = store or native
        self._seconds = seconds
        self._breaker = breaker
        self._environ = environ

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
        """The accounts that have something in the keyring, in order."""
        return await self._ask(lambda store: store.names())

    async def trouble(self) -> str | None:
        """None where the keyring can be used now, else why not and the exact way out."""
        try:
            await self._ask(lambda store: store.check())
        except NoCredential as error:
            return error.message
        return None

    async def unlock(self, phrase: Secret | None = None) -> None:
        """Unlocks it with its own password, or else has the desktop ask for that. NoCredential where it stays locked.

        The desktop's question may take 30 s; nothing is waited for otherwise.
        """
        self.again()
        limit = UNLOCK_SECONDS if phrase is None else self._seconds
        await self._ask(lambda store: store.unlock(phrase), limit)

    @property
    def takes_phrase(self) -> bool:
        """Whether `unlock` needs the password: there is no desktop here that could ask for it."""
        return not ways.desktop(self._environ)

    def again(self) -> None:
        """The next call really asks, though one before did not answer."""
        self._breaker.close()

    async def _ask(self, work: Callable[[Store], Answer], seconds: float | None = None) -> Answer:
        if (told := self._breaker.told) is not None:
            raise told.anew()
        limit = self._seconds if seconds is None else seconds
        deadline = time.monotonic() + limit
        try:
            return await bounded(lambda: work(self._store(deadline)), limit)
        except TimeoutError:
            plight = ways.silent(limit)
        except Plight as known:
            plight = known
        except Exception as error:  # noqa: BLE001 - of D-Bus, the Keychain, ctypes, imports: nobody knows them all
            # Its text may quote what was to be kept.
            log.warning("keyring: %s at %s", type(error).__name__, _place(error))
            plight = ways.failed(error)
        if plight.code == ways.HUNG:
            self._breaker.trip(plight.error)
        raise plight.error


def _place(error: BaseException) -> str:
    """Where it was raised: file and line, and nothing of what they worked on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace is not None else "?"


def native(deadline: float, platform: str = sys.platform) -> Store:
    """This platform's own keyring, whose calls end before `deadline` (monotonic) where it can see to that itself."""
    if platform == "darwin":
        from tui.credentials.keychain import KeychainStore

        return KeychainStore(SERVICE, deadline)
    if platform == "win32":
        from tui.credentials.locker import LockerStore

        return LockerStore(SERVICE)
    from tui.credentials.secret_service import SecretServiceStore

    return SecretServiceStore(SERVICE, deadline)
