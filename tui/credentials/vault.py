"""The vault: an encrypted file as a cabinet, for machines without a keyring, and only where somebody chooses it.

The file is read anew at each call, so that two programs see each other's keys; what is kept in memory is the key to
it, until nobody has needed it for a while. See docs/vault.md.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from tui.calls import Secret
from tui.credentials import sealed as form
from tui.credentials.bounded import Breaker, bounded
from tui.credentials.private import BUSY, DAMAGED, PATIENCE, PrivateFile
from tui.credentials.sealed import COST, Cost, Sealed, WrongKey
from tui.errors import NoCredential
from tui.typed import SHORTEST

IDLE = 15 * 60.0
"""Seconds after its last use that the key to the file is kept in memory."""

WRONG = "WrongPassphrase"
"""Asking again is worth it."""
WEAK = "WeakPassphrase"
LOCKED = "VaultLocked"
"""What whoever is asked for the passphrase raises where nobody can be asked."""
HUNG = "VaultHung"
FAILED = "VaultFailed"
ABSENT = "NoVault"

_READ_SECONDS = 3.0
_WRITE_SECONDS = 2 * PATIENCE  # most of it for another program that writes
_DERIVE_SECONDS = 30.0  # it takes 0.2; a machine that swaps is given time
_TRIES = 3  # how often somebody else may change the passphrase under our hands

Answer = TypeVar("Answer")


class _Stale(Exception):
    """The file has another salt than the key was made with: somebody has changed the passphrase."""


@dataclass(frozen=True, slots=True)
class _Key:
    cost: Cost
    salt: bytes
    key: bytes = field(repr=False)

    def fits(self, sealed: Sealed) -> bool:
        """Whether it was made for this file's lock."""
        return (self.cost, self.salt) == (sealed.cost, sealed.salt)


def _since_boot() -> float:
    """Seconds, those of a laptop's sleep included: its key does not outlive a night in a bag."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class Vault:
    """A Cabinet. Its NoCredential with the `code` WRONG says that asking again is worth it."""

    name = "vault"

    def __init__(
        self,
        path: Path,
        passphrase: Callable[[], Awaitable[Secret]],
        *,
        idle: float = IDLE,
        cost: Cost = COST,
        clock: Callable[[], float] = _since_boot,
    ) -> None:
        self._file = PrivateFile(path, form.LARGEST)
        self._passphrase = passphrase
        self._idle = idle
        self._cost = cost
        self._clock = clock
        self._breaker = Breaker()
        self._turn = asyncio.Lock()  # one question at a time, however many sources wait for its answer
        self._asked = 0
        self._refused: NoCredential | None = None
        self._key: _Key | None = None
        self._used = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def path(self) -> Path:
        """Where the file is, or will be."""
        return self._file.path

    @property
    def unlocked(self) -> bool:
        """Whether the next call asks nobody for the passphrase, as far as we know."""
        if self._key is not None and self._clock() - self._used >= self._idle:
            self.lock()
        return self._key is not None

    async def exists(self) -> bool:
        """Whether there is one: else the next passphrase that `put` asks for is a new one, to be typed twice."""
        return await self._read() is not None

    async def get(self, account: str) -> str | None:
        """What is kept for an account; None where nothing is, which is told without the passphrase."""
        asked = self._asked  # before the disk is waited for: who comes back late has waited with the others
        sealed = await self._read()
        if sealed is None or account not in sealed.names:
            return None
        sealed, key = await self._unlocked(asked=asked)
        return None if sealed is None else self._unsealed(sealed, key).get(account)

    async def put(self, account: str, text: str) -> None:
        """Keeps a text for an account, in place of what was kept before. Makes the vault where there is none."""
        await self._edit(lambda items: items.update({account: text}))

    async def delete(self, account: str) -> bool:
        """Forgets what is kept for an account; False where nothing was, which is told without the passphrase."""
        if account not in await self.names():
            return False
        found: list[str | None] = []
        await self._edit(lambda items: found.append(items.pop(account, None)))
        return found[-1] is not None

    async def names(self) -> Sequence[str]:
        """The accounts for which something is kept, in order: told without the passphrase, and not to be relied on."""
        sealed = await self._read()
        return () if sealed is None else sealed.names

    async def trouble(self) -> str | None:
        """None where it can be used, or made; it may ask for its passphrase. Else why not, and the exact way out.

        Once that was refused it is locked, until `unlock` or `put` opens it: nobody is asked again and again.
        """
        try:
            await self._read()
        except NoCredential as error:
            return error.message
        return self._refused.message if self._refused and not self.unlocked else None

    def again(self) -> None:
        """The next call really asks, though a disk did not answer the one before."""
        self._breaker.close()

    async def unlock(self, passphrase: Secret | None = None) -> None:
        """Opens it with this passphrase, or the one that is asked for. NoCredential where it stays as it was."""
        self._breaker.close()
        if not await self.exists():
            raise self._absent()
        await self._unlocked(passphrase)

    def lock(self) -> None:
        """Forgets the key: the next call asks for the passphrase."""
        self._key = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def change(self, old: Secret, new: Secret) -> None:
        """Another passphrase, with a new salt and today's cost. NoCredential where the old one stays."""
        self._breaker.close()
        async with self._turn:
            for _ in range(_TRIES):
                sealed = await self._read()
                if sealed is None:
                    raise self._absent()
                before, after = await self._made(old, sealed), await self._made(new, None)
                try:
                    await self._write(partial(self._rewritten, before, after, _nothing))
                except _Stale:
                    continue
                return self._hold(after)
            raise self._contended()

    async def _edit(self, edit: Callable[[dict[str, str]], object]) -> None:
        for _ in range(_TRIES):
            _, key = await self._unlocked()
            try:
                return await self._write(partial(self._rewritten, key, key, edit))
            except _Stale:
                continue
        raise self._contended()

    async def _unlocked(
        self, passphrase: Secret | None = None, *, asked: int | None = None
    ) -> tuple[Sealed | None, _Key]:
        """The file as it is now, and its key: the one that we have, or of the passphrase that is given or asked for."""
        asked = self._asked if asked is None else asked
        async with self._turn:
            sealed = await self._read()
            if passphrase is None:
                if self.unlocked and (key := self._key) and (sealed is None or key.fits(sealed)):
                    self._hold(key)
                    return sealed, key
                if asked != self._asked and (told := self._refused):  # somebody was asked while we waited
                    raise told.anew()
            self._asked, self._refused = self._asked + 1, None
            try:
                key = await self._made(await self._passphrase() if passphrase is None else passphrase, sealed)
            except NoCredential as error:
                self._refused = error.anew()
                raise
            self._hold(key)
            return sealed, key

    def _hold(self, key: _Key) -> None:
        """Keeps the key, from now on for as long as it may be idle."""
        self._key, self._used = key, self._clock()
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._idle, self._drowse)

    def _drowse(self) -> None:
        self._timer = None
        if self.unlocked:
            left = self._used + self._idle - self._clock()
            self._timer = asyncio.get_running_loop().call_later(left, self._drowse)

    async def _made(self, passphrase: Secret, sealed: Sealed | None) -> _Key:
        """The key of a passphrase, proved on the file. Without a file: of a new one."""
        if sealed is None:
            self._strong(passphrase)
            cost, salt = self._cost, secrets.token_bytes(form.SALT)
        else:
            cost, salt = sealed.cost, sealed.salt
        key = _Key(cost, salt, await self._aside(lambda: self._derived(passphrase, cost, salt), _DERIVE_SECONDS))
        if sealed is not None:
            self._unsealed(sealed, key)
        return key

    def _derived(self, passphrase: Secret, cost: Cost, salt: bytes) -> bytes:
        try:
            return form.derive(passphrase, cost, salt)
        except MemoryError:
            told = f"there are no {cost.memory // 1024:,} MiB of memory to open it with"
            raise self._file.error(FAILED, told) from None
        except Exception as error:  # noqa: BLE001 - an OpenSSL without Argon2, a broken wheel: its text is of no use
            told = f"Argon2id failed with {type(error).__name__}: pip install --force-reinstall cryptography"
            raise self._file.error(FAILED, told) from None

    def _strong(self, new: Secret) -> None:
        if len(new.reveal()) < SHORTEST:
            told = f"a new passphrase has at least {SHORTEST} characters; several words are better than one"
            raise self._file.error(WEAK, told)

    async def _read(self) -> Sealed | None:
        data = await self._aside(self._file.read, _READ_SECONDS)
        if data is None:
            return None
        with self._sound():
            return form.parse(data)

    async def _write(self, edit: Callable[[bytes | None], bytes]) -> None:
        await self._aside(partial(self._file.change, edit), _WRITE_SECONDS)

    def _unsealed(self, sealed: Sealed, key: _Key) -> dict[str, str]:
        with self._sound():
            return form.unseal(sealed, key.key)

    def _rewritten(
        self, before: _Key, after: _Key, edit: Callable[[dict[str, str]], object], data: bytes | None
    ) -> bytes:
        """The file with a change in it. What others have put there meanwhile stays."""
        items: dict[str, str] = {}
        if data is not None:
            with self._sound():
                sealed = form.parse(data)
            if not before.fits(sealed):
                raise _Stale
            items = self._unsealed(sealed, before)
        edit(items)
        try:
            return form.seal(items, after.key, after.cost, after.salt)
        except ValueError as error:
            raise self._file.error(
                FAILED, f"{error}; nothing was changed; make room: taskdeck logout ACCOUNT"
            ) from None

    @contextmanager
    def _sound(self) -> Iterator[None]:
        """What is wrong with the bytes of the file, as an error with its name and a way out."""
        try:
            yield
        except WrongKey:
            self._key = None  # not lock(): this may be a thread
            told = f"wrong passphrase; try again. Nothing recovers one that is forgotten, then begin anew: {self._anew}"
            raise self._file.error(WRONG, told) from None
        except ValueError as error:
            told = f"{error}; nothing was overwritten. Put a copy of it back, or begin anew: {self._anew}"
            raise self._file.error(DAMAGED, told) from None

    async def _aside(self, work: Callable[[], Answer], seconds: float) -> Answer:
        if not self._breaker.open:
            try:
                return await bounded(work, seconds)
            except TimeoutError:
                self._breaker.trip()
        told = f"has not answered for {seconds:g} s: its disk, or this machine lacks memory"
        written = "; what was being written may be there or not: taskdeck accounts" if seconds == _WRITE_SECONDS else ""
        raise self._file.error(HUNG, f"{told}{written}; another folder: --state-dir or TASKDECK_STATE_DIR")

    def _absent(self) -> NoCredential:
        return self._file.error(ABSENT, "does not exist yet; make it: taskdeck login ACCOUNT --store vault")

    def _contended(self) -> NoCredential:
        return self._file.error(BUSY, "another program keeps changing its passphrase; nothing was changed; try again")

    @property
    def _anew(self) -> str:
        return f"{self._file.away} && taskdeck login ACCOUNT --store vault"


def _nothing(items: dict[str, str]) -> None:
    """A change that changes nothing."""
