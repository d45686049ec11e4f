"""Accounts for a fake desk: the real door, with cabinets in memory and a provider that says what a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from tui.calls import Action, Credential, Secret
from tui.credentials import item, ways
from tui.credentials.cabinet import Cabinet
from tui.door import LiveDoor
from tui.errors import CallError, NoCredential
from tui.proving import Proof
from tui.settings import Account, Config, SourceSettings
from tui.settings.load import parse
from tui.trial import Sent
from tui.wiring import models

CONFIG = """
[accounts.ali-prod]
vendor = "alibaba"
[accounts.tx-prod]
vendor = "tencent"
credentials = "vault"
[accounts.hw-staging]
vendor = "huawei"
credentials = "env"
[accounts.hw-user]
vendor = "huawei"
auth = "token"
[[sources]]
name = "thumbs"
adapter = "alibaba-fc"
account = "ali-prod"
region = "cn-shanghai"
functions = "*"
[[sources]]
name = "ctr"
adapter = "alibaba-opensearch"
account = "ali-prod"
region = "cn-hangzhou"
targets = ["app/ctr/main"]
[[sources]]
name = "media"
adapter = "tencent-mps"
account = "tx-prod"
region = "ap-guangzhou"
[[sources]]
name = "keys"
adapter = "huawei-kps"
account = "hw-staging"
region = "cn-north-4"
"""
READ = Action("ListThings")


class FakeCabinet:
    """Keeps texts in memory. It may be locked, unusable, or never answer."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.kept: dict[str, str] = {}
        self.locked = self.hangs = self.takes_phrase = False
        self.broken = ""
        self.asked = 0

    async def _use(self) -> None:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.broken:
            raise NoCredential(self.broken, code=ways.NO_SESSION)
        if self.locked:
            raise NoCredential(f"the {self.name} is locked; {ways.WITHOUT}", code=ways.LOCKED)

    async def get(self, account: str) -> str | None:
        """What is kept."""
        await self._use()
        return self.kept.get(account)

    async def put(self, account: str, text: str) -> None:
        """Keeps it."""
        await self._use()
        self.kept[account] = text

    async def delete(self, account: str) -> bool:
        """Forgets it."""
        await self._use()
        return self.kept.pop(account, None) is not None

    async def names(self) -> Sequence[str]:
        """Whose keys there are."""
        await self._use()
        return sorted(self.kept)

    def again(self) -> None:
        """It always really asks."""

    async def trouble(self) -> str | None:
        """Why not."""
        try:
            await self._use()
        except NoCredential as error:
            return error.message
        return None

    async def unlock(self, passphrase: Secret | None = None) -> None:
        """The desktop asks, and the user says yes; or its password is given."""
        if self.takes_phrase and (passphrase is None or passphrase.reveal() != "keyring password"):
            raise NoCredential("this password does not open the keyring", code=ways.LOCKED)
        self.locked = False
        await self._use()


class FakeVault(FakeCabinet):
    """The same with a passphrase: the first one makes it."""

    def __init__(self, ask: Callable[[], Secret | None]) -> None:
        super().__init__("vault")
        self.phrase: str | None = None
        self.unlocked = False
        self._ask = ask

    async def exists(self) -> bool:
        """Whether there is a file."""
        return self.phrase is not None

    async def put(self, account: str, text: str) -> None:
        """Keeps it; a new one wants a passphrase."""
        if self.phrase is None:
            phrase = self._ask()
            if phrase is None:
                raise NoCredential("the vault is locked", code="VaultLocked")
            self.phrase, self.unlocked = phrase.reveal(), True
        if not self.unlocked:
            raise NoCredential("the vault is locked", code="VaultLocked")
        await super().put(account, text)

    async def unlock(self, passphrase: Secret | None = None) -> None:
        """With the right one."""
        if passphrase is None or passphrase.reveal() != self.phrase:
            raise NoCredential("wrong passphrase", code="WrongPassphrase")
        self.unlocked = True


class FakeDoor(LiveDoor):
    """The door, what it begins, and whom it pokes; `says` is what the provider answers, in turn."""

    def __init__(self, poke: Callable[[str], None], config: str = CONFIG) -> None:
        self.begun: list[tuple[SourceSettings, Account]] = []
        self.keyring, self.vault = FakeCabinet("keyring"), FakeVault(lambda: self.phrase)
        cabinets: dict[str, Cabinet] = {"keyring": self.keyring, "vault": self.vault}
        super().__init__(lambda *new: self.begun.append(new), poke, cabinet=cabinets.__getitem__)
        self.use(parse(config, models(), Path("fake.toml")) if config else Config())
        self.says: list[CallError | None] = []
        self.bug: Exception | None = None
        self.skew: float | None = None
        self.tried: list[tuple[str, Credential]] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def proved(self, settings: Config, account: Account, credential: Credential) -> Proof:
        """In place of `tui.proving.proved`."""
        self.tried.append((account.name, credential))
        await self.gate.wait()
        if self.bug is not None:
            raise self.bug
        error = self.says.pop(0) if self.says else None
        source = next(one for one in settings.sources if one.account == account.name)
        return Proof(f"{source.adapter} in {source.region}", error, (Sent(READ, "https://x", 0.1, error, self.skew),))

    def kept(self, cabinet: FakeCabinet, account: str) -> Credential:
        """What a cabinet has for an account."""
        return item.parse(self.config.accounts[account], cabinet.kept[account])
