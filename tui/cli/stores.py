"""The keyring and the vault as the commands use them; the vault's passphrase is asked for on the terminal."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

from tui.errors import NoCredential, UsageError

if TYPE_CHECKING:
    from tui.calls import Credential, Secret
    from tui.credentials.cabinet import Cabinet
    from tui.credentials.keyring import Keyring

T = TypeVar("T")
STORES = ("keyring", "vault")
TRIES = 3  # for a passphrase
NOWHERE = (
    "and there is no terminal (/dev/tty) without echo to ask for its passphrase on: start this on one; "
    'what runs without one takes credentials = "env" or "command:PROGRAM"'
)
LATE = "the vault is locked: its passphrase is asked for when a command begins; start it again"
SHORT = "that is too short: a passphrase has at least {} characters; several words are better than one"


class Stores:
    """Both cabinets of one command, each opened when it is needed; all ask for the passphrase once."""

    def __init__(self, given: Namespace) -> None:
        from tui.credentials.cabinets import Cabinets
        from tui.logs import state_dir

        self._cabinets = Cabinets(state_dir(given), self._passphrase)
        self._typed: Secret | None = None
        self._begun = False  # from then on somebody waits for answers, and nobody is asked for anything
        self._shut: NoCredential | None = None

    def __call__(self, name: str) -> Cabinet:
        """One of them."""
        return self._cabinets(name)

    async def ready(self, name: str) -> None:
        """Opens one of them, so that a key can be put there. NoCredential says why not, and the way out."""
        from tui.credentials import ways
        from tui.credentials.keyring import Keyring
        from tui.credentials.vault import Vault

        cabinet = self(name)
        if isinstance(cabinet, Vault):
            if await cabinet.exists():
                await _patiently(cabinet.unlock)
            return
        try:
            await cabinet.names()
        except NoCredential as error:
            if error.code != ways.LOCKED or not isinstance(cabinet, Keyring):
                raise
            await _unlocked(cabinet)

    async def opened(self, accounts: Iterable[str]) -> None:
        """Opens the vault where it has a key of one of these. Who asks it later is told why it stayed shut."""
        from tui.credentials.vault import Vault

        vault = self("vault")
        if self._begun or not isinstance(vault, Vault):
            return
        try:
            if not vault.unlocked and {*accounts} & {*await vault.names()}:
                await _patiently(vault.unlock)
        except NoCredential as error:
            self._shut = error.anew()
        self._begun = True

    async def put(self, name: str, account: str, credential: Credential) -> Sequence[str]:
        """Keeps a key in exactly one of them; answers what there is to say about it."""
        from tui.credentials.item import dump

        chosen = self(name)
        await _patiently(lambda: chosen.put(account, dump(credential)))
        lines = [f"account {account}: {told(credential)} is in the {name} now"]
        (other,) = (one for one in STORES if one != name)
        try:
            if await self.remove(other, account):
                lines.append(f"account {account}: removed from the {other}: a key is kept in one place")
        except (NoCredential, UsageError) as error:
            if not nowhere(error):
                lines.append(f"account {account}: the {other} may still have a key of it: {error}")
        return lines

    async def remove(self, name: str, account: str) -> bool:
        """Forgets a key; False where there was none."""
        cabinet = self(name)
        if account not in await cabinet.names():  # told without the vault's passphrase
            return False
        return await _patiently(lambda: cabinet.delete(account))

    async def changed(self, new: Secret) -> None:
        """Another passphrase for the vault that was opened."""
        from tui.credentials.vault import Vault

        vault = self("vault")
        if isinstance(vault, Vault) and self._typed is not None:
            await vault.change(self._typed, new)
            self._typed = new

    async def _passphrase(self) -> Secret:
        """Typed once; twice where the vault is only made by it. NoCredential where nobody can be asked."""
        from tui.credentials.vault import LOCKED, Vault

        if self._begun:
            if self._typed is None or self._shut is not None:
                raise self._shut.anew() if self._shut else NoCredential(LATE, code=LOCKED)
            return self._typed  # it has locked itself again: a command asks once a run
        vault = self("vault")
        try:
            if isinstance(vault, Vault) and not await vault.exists():
                self._typed = new_passphrase("Passphrase for the new vault")
            else:
                self._typed = _typed("Passphrase of the vault: ")
        except UsageError:  # which speaks of keys, and of --stdin
            raise NoCredential(f"the vault is locked, {NOWHERE}", code=LOCKED) from None
        if self._typed is None:
            raise NoCredential("no passphrase was typed: the vault stays locked", code=LOCKED)
        return self._typed


def new_passphrase(prompt: str, *, optional: bool = False) -> Secret | None:
    """A new one, typed twice; None where it is optional and nothing is typed. NoCredential after three tries."""
    from tui.cli.asking import terminal
    from tui.credentials.vault import WEAK
    from tui.typed import SHORTEST

    more = f" (at least {SHORTEST} characters{', Enter: keep it' if optional else ''})"
    with terminal() as asked:
        for _ in range(TRIES):
            first = asked.secret(f"{prompt}{more}: ", exact=True)
            if optional and not first:
                return None
            if len(first.reveal()) < SHORTEST:
                asked.say(SHORT.format(SHORTEST))
            elif asked.secret("The same once more: ", exact=True) == first:
                return first
            else:
                asked.say("these two differ")
    raise NoCredential(f"no passphrase in {TRIES} tries", code=WEAK)


def nowhere(error: Exception) -> bool:
    """Whether an error says that this machine has no keyring at all: no key is in it then."""
    from tui.credentials import ways

    return isinstance(error, NoCredential) and error.code in (ways.NO_SESSION, ways.NO_KEYRING, ways.EMPTY)


def who(credential: Credential) -> str:
    """What kind of key it is."""
    return "IAM user" if credential.domain is not None else "temporary key" if credential.token else "key"


def tail(credential: Credential) -> str:
    """Which key it is, without telling it: the last four of an id that is long enough to have a tail."""
    return f"..{credential.key_id[-4:]}" if len(credential.key_id) > 8 else ""


def told(credential: Credential) -> str:
    """Both: `temporary key ..0002`."""
    return f"{who(credential)} {tail(credential)}".rstrip()


async def _unlocked(keyring: Keyring) -> None:
    """The keyring's own password, asked for here or by the desktop. NoCredential where it stays locked."""
    from tui.cli import say

    if keyring.takes_phrase:
        await _patiently(lambda: keyring.unlock(_typed("Password of the keyring: ")))
        return
    say("taskdeck: the keyring is locked; the desktop asks for its password, for 30 s")
    await keyring.unlock()


def _typed(prompt: str) -> Secret:
    from tui.cli.asking import terminal

    with terminal() as asked:
        return asked.secret(prompt, exact=True)


async def _patiently(work: Callable[[], Awaitable[T]]) -> T:
    """Once more after a wrong passphrase, three times in all."""
    from tui.cli import say
    from tui.credentials import ways
    from tui.credentials.vault import WRONG

    wrong = {WRONG: "that is not the passphrase of the vault", ways.REFUSED: "the keyring did not take that password"}
    for attempt in range(1, TRIES + 1):
        try:
            return await work()
        except NoCredential as error:
            if error.code not in wrong or attempt == TRIES:
                raise
            say(f"taskdeck: {wrong[error.code]}")
    raise AssertionError  # the last try has returned or raised
