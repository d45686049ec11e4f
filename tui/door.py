"""The monitor's door: its accounts, where their keys come from in this run, and what changes when somebody logs in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.calls import Credential, CredentialSource, Secret
from tui.credentials.cabinet import Cabinet
from tui.credentials.cabinets import Cabinets
from tui.errors import NoCredential, UsageError
from tui.settings import Account, Config, SourceSettings
from tui.text import word

if TYPE_CHECKING:
    from tui.adapters import Adapter
    from tui.logging_in import LiveLogin
    from tui.proving import Proof
    from tui.ui.door import Answer

KINDS = ("keyring", "vault")
"""The places where we keep keys."""
LOCKED = "VaultLocked"


class Given:
    """An account's credential source, which may be another one from now on: all its lines ask this."""

    def __init__(self, source: CredentialSource) -> None:
        self.source = source

    async def __call__(self) -> Credential:
        return await self.source()

    async def fresh(self) -> Credential:
        """As its place has it now."""
        look: CredentialSource = getattr(self.source, "fresh", self.source)
        return await look()

    def again(self) -> None:
        """The next one who asks gets what the place says then."""
        again: Callable[[], None] = getattr(self.source, "again", lambda: None)
        again()

    @property
    def note(self) -> str:
        """What should be said of the place."""
        return str(getattr(self.source, "note", ""))

    async def aclose(self) -> None:
        """Ends a look that is under way."""
        close = getattr(self.source, "aclose", None)
        if close is not None:
            await close()


class LiveDoor:
    """A Door. `begin` starts reading a source that is new, `poke` reads one now.

    `cabinet` opens the keyring or the vault; the vault's passphrase comes from nowhere but the dialog.
    """

    def __init__(
        self,
        begin: Callable[[SourceSettings, Account], None],
        poke: Callable[[str], None],
        state: Path | None = None,
        cabinet: Callable[[str], Cabinet] | None = None,
    ) -> None:
        self.config = Config()
        self.written: Mapping[str, Account] = {}
        """The accounts as the file has them."""
        self.phrase: Secret | None = None
        """That of the vault, while it is made or opened."""
        self.refused: dict[tuple[str, str], int] = {}
        """How many signatures the vendors have refused in this run, by vendor and key id."""
        self.cabinet: Callable[[str], Cabinet] = cabinet or Cabinets(state, self._ask)
        self._begin, self._poke = begin, poke
        self._given: dict[str, Given] = {}

    def use(self, config: Config) -> None:
        """The config of this run."""
        self.config, self.written = config, dict(config.accounts)

    def source_of(self, account: Account) -> Given:
        """The one credential source of an account."""
        if account.name not in self._given:
            self._given[account.name] = Given(self._opened(account))
        return self._given[account.name]

    def _opened(self, account: Account) -> CredentialSource:
        from tui.credentials import source_of

        return source_of(account, cabinet=self.cabinet)

    async def _ask(self) -> Secret:
        """The vault's passphrase. Whoever only reads is never held up by a question."""
        if self.phrase is None:
            raise NoCredential("the vault is locked: U here, or :login, asks for its passphrase", code=LOCKED)
        return self.phrase

    def accounts(self) -> Sequence[str]:
        """Those of this run."""
        return tuple(self.config.accounts)

    def login(self, name: str) -> LiveLogin:
        """Of an account, or of a provider by its short code. Raises UsageError."""
        from tui.adapters import every
        from tui.logging_in import LiveLogin

        if name in self.config.accounts:
            return LiveLogin(self, self.config.accounts[name])
        adapter = next((one for one in every() if name.lower() in (one.short.lower(), one.id)), None)
        if adapter is None:
            return LiveLogin(self, self.config.accounts[self._account_of(name)])
        names = list(dict.fromkeys(one.account for one in self.config.sources if one.adapter == adapter.id))
        if len(names) == 1:
            return LiveLogin(self, self.config.accounts[names[0]])
        if names:
            raise UsageError(f"which account? {' or '.join(f':login {one}' for one in names)}")
        there = [one.name for one in self.config.accounts.values() if one.vendor == adapter.vendor]
        if there:
            way = f"`taskdeck sources --discover {word(there[0])}`"
            raise UsageError(f"no source of {adapter.title} yet: {way} prints them")
        return LiveLogin(self, self._new(adapter), adapter)

    def _account_of(self, name: str) -> str:
        """Of a source by its name. Raises UsageError."""
        for one in self.config.sources:
            if one.name == name:
                return one.account
        there = ", ".join(self.config.accounts)
        if not there:
            raise UsageError("there is no account yet: :login and the short code of a provider begin one")
        raise UsageError(f"no such account: {name[:40]}; there is {there}")

    def _new(self, adapter: type[Adapter]) -> Account:
        taken, at, name = self.config.accounts, 1, adapter.vendor
        while name in taken:
            at += 1
            name = f"{adapter.vendor}-{at}"
        return Account(name=name, vendor=adapter.vendor)  # type: ignore[arg-type]  # adapters name known vendors

    async def test(self, account: str) -> Answer:
        """One real read with the key that the account has; where that is fine, its sources go on."""
        from tui.logging_in import tried
        from tui.ui.door import Answer

        if account not in self.config.accounts:
            account = self._account_of(account)
        settings = self.config.accounts[account]
        given = self.source_of(settings)
        given.again()
        try:
            credential = await given()
        except NoCredential as error:
            return Answer(False, f"NOKEY {error.message}")
        answer = await tried(self, self.config, settings, credential)
        if answer.fine:
            self.resume(account)
        return answer

    def count(self, account: Account, credential: Credential, proof: Proof) -> None:
        """Remembers refused signatures: Huawei locks a key after five in a row."""
        from tui.errors import AuthError, ClockSkew

        key, bad = (account.vendor, credential.key_id), 0
        for sent in proof.sent:
            bad = bad + 1 if isinstance(sent.error, AuthError | ClockSkew) else 0
        self.refused[key] = 0 if proof.good else self.refused.get(key, 0) + bad

    async def logout(self, account: str) -> str:
        """Out of both places."""
        if account not in self.config.accounts:
            account = self._account_of(account)
        settings, gone, failed = self.config.accounts[account], list[str](), list[NoCredential]()
        for kind in KINDS:
            try:
                if await self.cabinet(kind).delete(account):
                    gone.append(f"the {kind}")
            except NoCredential as error:
                if settings.credentials == kind:
                    failed.append(error)
        if failed and not gone:
            raise failed[0]
        self.resume(account)
        if gone:
            return f"the key of {account} is no longer in {' and '.join(gone)}"
        if settings.credentials in KINDS:
            return f"there was no key of {account} in the {settings.credentials}"
        kind = settings.credentials.partition(":")[0]
        return f'{account} has its key from credentials = "{kind}": nothing of it was kept here'

    def enter(self, account: Account, source: SourceSettings | None) -> int:
        """An account gets its key from elsewhere from now on, and maybe a source that is new; how many it has."""
        before = self.config.accounts.get(account.name)
        self.config.accounts[account.name] = account
        if before is not None and before.credentials != account.credentials:
            self.source_of(account).source = self._opened(account)
        if source is not None:
            self.config = replace(self.config, sources=(*self.config.sources, source))
            self._begin(source, account)
        self.resume(account.name)
        return sum(one.account == account.name for one in self.config.sources)

    def resume(self, account: str) -> None:
        """All its sources look for their key again, and read."""
        self.source_of(self.config.accounts[account]).again()
        for one in self.config.sources:
            if one.account == account:
                self._poke(one.name)
