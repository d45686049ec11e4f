"""`profile:NAME`: keys from the vendors' own files, read only. Each vendor has a module that knows its files.

What a profile says in clear (a key pair, a temporary key that still lasts) is used. Whatever takes a network to become
a key (a role, a machine's role, a log-in) is refused by its name, with the command that does it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module

from tui.calls import Credential
from tui.credentials.bounded import bounded
from tui.credentials.profiles.asked import Asked
from tui.credentials.profiles.shelf import Shelf, Stamp
from tui.errors import NoCredential
from tui.settings import Account
from tui.text import word

SECONDS = 3.0  # a home on a disk that has gone away must not hold up more than that
_VENDORS = {
    "alibaba": "tui.credentials.profiles.aliyun",
    "tencent": "tui.credentials.profiles.tccli",
    "huawei": "tui.credentials.profiles.koocli",
}


class Profile:
    """An Origin: one profile of a vendor's CLI or SDK. Its files are looked at every 5 s, and read when they change."""

    pace: float | None = 5.0
    patience = 5.0
    margin = 0.0  # nothing here renews a key: who changes the file does

    def __init__(self, account: Account, name: str, environ: Mapping[str, str] = os.environ) -> None:
        self._account, self._name, self._environ = account, name, environ
        self._stamps: dict[str, Stamp] = {}
        self.note = ""

    def again(self) -> None:
        """Nothing was given up."""

    async def read(self) -> Credential:
        """The credential of the profile."""
        if self._account.auth == "token":
            told = 'no profile holds the password that auth = "token" needs'
            way = f'auth = "aksk", or taskdeck login {word(self._account.name)} and credentials = "keyring"'
            raise NoCredential(f"account {self._account.name}: {told}; {way}")
        shelf = Shelf(self._environ, self._account.name)
        module = import_module(_VENDORS[self._account.vendor])
        find: Callable[[Asked], Credential] = module.find
        try:
            return await bounded(lambda: find(Asked(self._account, self._name, shelf)), SECONDS)
        except TimeoutError:
            raise NoCredential(
                f"account {self._account.name}: the disk of profile {self._name} has not answered for {SECONDS:g} s"
            ) from None
        finally:
            self._stamps, self.note = shelf.stamps, shelf.note

    async def changed(self) -> bool:
        """Whether one of the files looks otherwise, or is there now."""
        known = self._stamps
        try:
            return not known or await bounded(lambda: {path: Shelf.stamp(path) for path in known}, SECONDS) != known
        except TimeoutError:
            return False
