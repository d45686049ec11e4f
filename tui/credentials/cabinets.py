"""Cabinets: the keyring and the vault of this run, each opened when it is first asked for, and then shared."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from pathlib import Path
from typing import NoReturn

from tui.calls import Secret
from tui.credentials.cabinet import Cabinet
from tui.errors import NoCredential
from tui.logs import state_dir

Passphrase = Callable[[], Awaitable[Secret]]


class Cabinets:
    """One keyring and one vault for all accounts: the vault is unlocked once.

    `ask` gives the vault's passphrase, `state` is the folder that the vault is in; both have defaults that ask nobody.
    """

    def __init__(self, state: Path | None = None, ask: Passphrase | None = None) -> None:
        self._state, self._ask = state, ask or _nobody
        self._open: dict[str, Cabinet] = {}

    def __call__(self, kind: str) -> Cabinet:
        """The cabinet named `keyring` or `vault`."""
        if kind not in self._open:
            self._open[kind] = self._keyring() if kind == "keyring" else self._vault()
        return self._open[kind]

    def _keyring(self) -> Cabinet:
        from tui.credentials.keyring import Keyring

        return Keyring()

    def _vault(self) -> Cabinet:
        from tui.credentials.vault import Vault

        return Vault(vault_path(self._state), self._ask)


def vault_path(state: Path | None = None) -> Path:
    """Where the vault is: in the state folder."""
    return (state or state_dir(Namespace())) / "vault"


cabinets: ContextVar[Callable[[str], Cabinet] | None] = ContextVar("cabinets", default=None)
"""The cabinets of this run, set by whoever can ask for a passphrase: a command on a terminal, or the monitor."""


async def _nobody() -> NoReturn:
    raise NoCredential("the vault is locked, and nobody can be asked for its passphrase here", code="VaultLocked")
