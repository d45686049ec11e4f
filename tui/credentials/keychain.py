"""The macOS Keychain through keyring's own backend. A locked one is not touched: over SSH nobody could be asked.

Imported late, and on macOS alone.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from keyring.errors import KeyringError, KeyringLocked, PasswordDeleteError

from tui.calls import Secret
from tui.credentials import ways
from tui.credentials.ways import Plight

UNLOCK = "security unlock-keychain"
_UNLOCKED = 1  # kSecUnlockStateStatus
_NO_KEYCHAIN, _WRONG, _NOBODY_TO_ASK = -25307, -25293, -25308
_ATTRIBUTE = re.compile(r'^\s+"(svce|acct)"<blob>=(?:0x([0-9A-F]+)(?: .*)?|"(.*)")$')


class Native(Protocol):
    """The calls of the Security framework that keyring has not: each answers an OSStatus."""

    def status(self) -> tuple[int, int]:
        """Of the default keychain: OSStatus, state."""
        ...

    def unlock(self, phrase: bytes | None) -> int:
        """With its password, or by asking for it."""
        ...


class KeychainStore:
    """What `Keyring` needs of a platform."""

    def __init__(
        self,
        service: str,
        deadline: float,
        native: Native | None = None,
        dump: Callable[[float], str] | None = None,
    ) -> None:
        self._service = service
        self._deadline = deadline
        self._native = native or Security()
        self._dump = dump or dumped

    def get(self, account: str) -> str | None:
        """What is kept for an account."""
        with self._backend() as backend:
            found: str | None = backend.get_password(self._service, account)
            return found

    def put(self, account: str, text: str) -> None:
        """Keeps it."""
        with self._backend() as backend:
            backend.set_password(self._service, account, text)

    def delete(self, account: str) -> bool:
        """Forgets it."""
        with self._backend() as backend:
            if backend.get_password(self._service, account) is None:
                return False
            backend.delete_password(self._service, account)
            return True

    def names(self) -> Sequence[str]:
        """Whose keys are kept, as the items' attributes say."""
        self.check()
        return sorted(accounts_of(self._service, self._dump(max(0.1, self._deadline - time.monotonic()))))

    def check(self) -> None:
        """Nothing, where it can be used."""
        status, state = self._native.status()
        if status == _NO_KEYCHAIN:
            raise Plight(
                ways.EMPTY, "there is no default keychain", "make one: `security create-keychain login.keychain`"
            )
        if status:
            raise Plight(
                ways.FAILED, f"the keychain failed with OSStatus {status}", f"what that is: `security error {status}`"
            )
        if not state & _UNLOCKED:
            raise _locked()

    def unlock(self, phrase: Secret | None) -> None:
        """With its password, or by having macOS ask for it."""
        status = self._native.unlock(None if phrase is None else phrase.reveal().encode())
        if status == _WRONG:
            raise ways.wrong_phrase()
        self.check()

    @contextmanager
    def _backend(self) -> Iterator[Any]:
        from keyring.backends import macOS

        self.check()
        backend: Any = macOS.Keyring()  # type: ignore[no-untyped-call] # keyring's own
        backend.keychain = None  # KEYCHAIN_PATH, KEYRING_PROPERTY_KEYCHAIN: only a warning that they change nothing
        try:
            yield backend
        except KeyringLocked:
            raise _locked() from None
        except PasswordDeleteError:
            raise
        except KeyringError as error:
            cause = error.__cause__
            if cause is not None and cause.args[:1] == (_NOBODY_TO_ASK,):
                raise _locked() from None
            raise


class Security:
    """The Security framework itself."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(ctypes.util.find_library("Security"))

    def status(self) -> tuple[int, int]:
        """Asks for the state of the default keychain, which never prompts."""
        state = ctypes.c_uint32(0)
        return self._library.SecKeychainGetStatus(None, ctypes.byref(state)), state.value

    def unlock(self, phrase: bytes | None) -> int:
        """Unlocks the default keychain."""
        phrase_or_ask = (0, None, False) if phrase is None else (len(phrase), phrase, True)
        status: int = ctypes.c_int32(self._library.SecKeychainUnlock(None, *phrase_or_ask)).value
        return status


def dumped(seconds: float) -> str:
    """The attributes of all items, no secret among them: without `-d` nothing is decrypted and nobody is asked."""
    argv = ["/usr/bin/security", "dump-keychain"]
    # Fixed, without a shell, and a system program.
    return subprocess.run(argv, capture_output=True, timeout=seconds, check=True).stdout.decode(errors="replace")  # noqa: S603


def accounts_of(service: str, dump: str) -> set[str]:
    """The accounts of a service in what `security dump-keychain` prints."""
    found: set[str] = set()
    item: dict[str, str] = {}
    for line in [*dump.splitlines(), "keychain: end"]:
        if line.startswith("keychain: "):
            if item.get("svce") == service and item.get("acct"):
                found.add(item["acct"])
            item = {}
        elif (match := _ATTRIBUTE.match(line)) is not None:
            item[match[1]] = bytes.fromhex(match[2]).decode(errors="replace") if match[2] else match[3] or ""
    return found


def _locked() -> Plight:
    return Plight(ways.LOCKED, "the keychain is locked", f"unlock it: `{UNLOCK}`")
