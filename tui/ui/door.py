"""Door: what the login dialog asks of the rest of the program: a key tried, kept, taken away. Values and protocols."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

from tui.calls import Secret


class Field(NamedTuple):
    """One line to fill in. `offers` are values that are known; of a `half` of a key only the last four signs show.

    `exact`: a passphrase, of which nothing is left out, blanks at its ends neither.
    """

    name: str
    label: str
    secret: bool = False
    optional: bool = False
    text: str = ""
    offers: tuple[str, ...] = ()
    half: bool = False
    exact: bool = False


class Answer(NamedTuple):
    """What came of one real read: whether the provider knows the key, and what it said, in lines.

    `field` is the one that is wrong, where that is known without asking anybody.
    """

    fine: bool
    told: str
    notes: tuple[str, ...] = ()
    field: str = ""


class Stuck(NamedTuple):
    """Why a key cannot be kept where it should be: the cause with what mends it; "" where a passphrase is all it takes.

    `locked`: it can be unlocked; `phrase`: with a passphrase, else by the desktop's own prompt.
    """

    told: str
    locked: bool = False
    phrase: bool = False


class Way(NamedTuple):
    """Another way to give an account its key: what it is, how it goes, and the lines for the config."""

    label: str
    does: str
    toml: str


class Kept(NamedTuple):
    """A key has its place: what is said of it, and the lines that the config lacks, "" where it lacks none."""

    told: str
    toml: str = ""


class Login(Protocol):
    """One account being given a key. Nothing here blocks, nothing waits without an end."""

    account: str
    title: str
    fields: Sequence[Field]

    @property
    def place(self) -> str:
        """Where the key is to be kept, in words."""
        ...

    @property
    def ways(self) -> Sequence[Way]:
        """What does without our keeping it: environment, command."""
        ...

    async def stuck(self) -> Stuck | None:
        """Why it cannot be kept there now; None where it can."""
        ...

    async def unlock(self, phrase: Secret | None) -> bool:
        """Unlocks the place; whether it has a key of this account, whose sources then go on. Raises NoCredential."""
        ...

    async def read(self, given: Mapping[str, Secret | str]) -> Answer:
        """One real read with what was typed; nothing is kept."""
        ...

    async def new_phrase(self) -> bool:
        """Whether the place needs a passphrase that there is not yet."""
        ...

    async def keep(self, phrase: Secret | None) -> Kept:
        """Keeps what was read with last; the account's sources go on. Raises NoCredential."""
        ...

    def into_vault(self) -> None:
        """The user has chosen the vault instead."""
        ...

    def forget(self) -> None:
        """Drops what was typed."""
        ...


class Door(Protocol):
    """The accounts there are, and the way in to each."""

    def accounts(self) -> Sequence[str]:
        """Names of accounts."""
        ...

    def login(self, name: str) -> Login:
        """Of an account, or of a provider by its short code: a source that is new. Raises UsageError."""
        ...

    async def test(self, account: str) -> Answer:
        """One real read with the key that the account has. Raises UsageError."""
        ...

    async def logout(self, account: str) -> str:
        """Takes its key away from wherever we keep it; what was done. Raises UsageError, NoCredential."""
        ...
