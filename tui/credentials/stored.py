"""A key that we keep ourselves, in the OS keyring or in the vault."""

from __future__ import annotations

from tui.calls import Credential
from tui.credentials.cabinet import Cabinet
from tui.credentials.item import parse
from tui.errors import NoCredential
from tui.settings import Account
from tui.text import word


def lacking(place: str, account: str) -> str:
    """That a place has no key of an account, and the command that puts one there."""
    return f"the {place} has no key of it; taskdeck login {word(account)}{' --store vault' if place == 'vault' else ''}"


class Stored:
    """An Origin: what a cabinet has for an account. A key that works is not looked up again."""

    pace: float | None = None
    patience = 5.0  # a look at a keyring takes 2 ms
    margin = 0.0
    note = ""

    def __init__(self, account: Account, cabinet: Cabinet) -> None:
        self._account, self._cabinet = account, cabinet
        self._locked = False

    def again(self) -> None:
        """One that did not answer, or is locked, is asked once more."""
        self._locked = False
        self._cabinet.again()

    async def read(self) -> Credential:
        """What is kept for the account."""
        name = self._account.name
        try:
            text = await self._cabinet.get(name)
        except NoCredential as error:
            self._locked = True
            raise NoCredential(f"account {name}: {error.message}", code=error.code) from None
        self._locked = False
        if text is None:
            raise NoCredential(f"account {name}: {lacking(self._cabinet.name, name)}")
        return parse(self._account, text)

    async def changed(self) -> bool:
        """True but for a cabinet that is still shut: looking must not ask anybody for its passphrase."""
        return not self._locked or await self._cabinet.trouble() is None
