"""The Windows Credential Locker through keyring's own backend. Imported late, and on Windows alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tui.calls import Secret
from tui.credentials import ways
from tui.credentials.ways import Plight

_NO_SESSION = 1312  # ERROR_NO_SUCH_LOGON_SESSION: SSH with a key has no credentials of the user's
_NOT_FOUND = 1168
_TOO_LONG = (1783, 87)  # a blob holds 2,560 bytes: 1,280 characters


class LockerStore:
    """What `Keyring` needs of a platform. It is open while its user is logged in."""

    def __init__(self, service: str) -> None:
        self._service = service

    def get(self, account: str) -> str | None:
        """What is kept for an account."""
        with _backend() as backend:
            found: str | None = backend.get_password(self._service, account)
            return found

    def put(self, account: str, text: str) -> None:
        """Keeps it."""
        with _backend() as backend:
            backend.set_password(self._service, account, text)

    def delete(self, account: str) -> bool:
        """Forgets it."""
        with _backend() as backend:
            if backend.get_password(self._service, account) is None:
                return False
            backend.delete_password(self._service, account)
            return True

    def names(self) -> Sequence[str]:
        """Whose keys are kept: keyring names an entry by the service, or by user and service."""
        with _backend():
            return sorted(
                {
                    name
                    for one in _entries()
                    if (name := one.get("UserName"))
                    and one.get("TargetName") in (self._service, f"{name}@{self._service}")
                }
            )

    def check(self) -> None:
        """Nothing, where it can be used."""
        with _backend():
            _entries()

    def unlock(self, phrase: Secret | None) -> None:
        """There is nothing to unlock."""
        self.check()


def _entries() -> Sequence[dict[str, Any]]:
    from keyring.backends import Windows

    native: Any = Windows  # the module has its library under a name of its own
    try:
        found: Sequence[dict[str, Any]] = native.win32cred.CredEnumerate(None, 0)
    except Exception as error:  # pywintypes.error, which only Windows has: known by its number, else raised on
        if getattr(error, "winerror", None) == _NOT_FOUND:  # not one entry of anybody's
            return ()
        raise
    return found


@contextmanager
def _backend() -> Iterator[Any]:
    from keyring.backends import Windows

    try:
        yield Windows.WinVaultKeyring()  # type: ignore[no-untyped-call] # keyring's own
    except Exception as error:  # as above
        code = getattr(error, "winerror", None)
        if code == _NO_SESSION:
            cause = "this logon has no credential store, as over SSH with a key"
            raise Plight(ways.NO_SESSION, cause, "log on with a password") from None
        if code in _TOO_LONG:
            raise Plight(
                ways.FAILED, "the key is too long for the Credential Locker", "it takes 1,280 characters"
            ) from None
        raise
